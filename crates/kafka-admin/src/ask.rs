//! One request on its way: to whom, over which connection, and whether it is sent again.
//! This is the only place that sends anything twice.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use rand::Rng;
use tokio::sync::OwnedMutexGuard;
use tokio::time::{Instant, sleep, timeout_at};

use crate::client::{Client, Slot};
use crate::code::ErrorCode;
use crate::config::HostPort;
use crate::connection::{Connection, Versions, Wanted};
use crate::error::{Cause, Error, NONSENSE, Result};
use crate::route::{BROKERS, Route};
use crate::wire::call::{Call, Effect};

/// The first pause before sending again; it doubles up to the longest.
const PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// An answer with its version.
type Answered<C> = (i16, <C as Call>::Answer);
/// The place of a connection, held.
type Place = OwnedMutexGuard<Option<Connection>>;

/// What to do after an attempt.
enum Next<T> {
    Return(Result<T>),
    Again(Result<T>),
}

impl Client {
    /// Asks, and asks again while that is safe and the deadline allows. `build` makes the
    /// request for the negotiated version; `verdict` finds the code that stands for the whole answer.
    ///
    /// # Errors
    /// What the last attempt said. An answer whose verdict stays bad is returned as it is.
    pub(crate) async fn ask<C: Call>(
        &self,
        route: &Route,
        deadline: Instant,
        build: impl Fn(i16) -> Result<C> + Send + Sync,
        verdict: impl Fn(&C::Answer) -> Option<ErrorCode> + Send + Sync,
    ) -> Result<C::Answer> {
        self.ask_with_version(route, deadline, build, verdict).await.map(|(_, answer)| answer)
    }

    /// As [`ask`](Self::ask); also says in which version the answer came.
    ///
    /// # Errors
    /// As [`ask`](Self::ask).
    pub(crate) async fn ask_with_version<C: Call>(
        &self,
        route: &Route,
        deadline: Instant,
        build: impl Fn(i16) -> Result<C> + Send + Sync,
        verdict: impl Fn(&C::Answer) -> Option<ErrorCode> + Send + Sync,
    ) -> Result<Answered<C>> {
        let client = self.on_way_of(C::API.effect);
        let mut attempt = 0;
        let mut before = None;
        loop {
            attempt += 1;
            let outcome = client.attempt(route, deadline, &build).await;
            // An attempt that had no time left says less than the one before.
            if let (Err(Error::NotSent { cause: Cause::Deadline, .. }), Some(before)) = (&outcome, before.take()) {
                return before;
            }
            let last = match client.judge::<C>(route, attempt, outcome, &verdict) {
                Next::Return(result) => return result,
                Next::Again(last) => last,
            };
            client.forget(route);
            let pause = client.pause(route, attempt);
            if Instant::now() + pause >= deadline {
                return last;
            }
            sleep(pause).await;
            // A process that was stopped wakes up later than it wanted to.
            if Instant::now() >= deadline {
                return last;
            }
            before = Some(last);
        }
    }

    fn judge<C: Call>(
        &self,
        route: &Route,
        attempt: u32,
        outcome: Result<Answered<C>>,
        verdict: &impl Fn(&C::Answer) -> Option<ErrorCode>,
    ) -> Next<Answered<C>> {
        let configured = self.config().max_attempts;
        let reading = C::API.effect == Effect::Read;
        let (again, limit) = match &outcome {
            Ok((_, answer)) => {
                let code = verdict(answer);
                if code.is_some_and(ErrorCode::is_moved) {
                    self.forget(route);
                }
                (code.is_some_and(|code| C::API.effect.is_repeated_after(code)), configured)
            }
            Err(Error::NotSent { cause, .. }) => {
                let again = match (cause, route) {
                    (Cause::Encoding(_), _) => false,
                    // Another broker may have another certificate, or another listener.
                    (cause, route) if cause.stays() => matches!(route, Route::Any),
                    // It hangs, and nobody else can answer.
                    (Cause::Deadline, Route::Broker(_) | Route::Address(_)) => false,
                    _ => true,
                };
                let limit = match (cause, route) {
                    // Somebody else may talk sense.
                    (Cause::NotKafka(_), Route::Any) => configured.min(self.choice().max(NONSENSE)),
                    (Cause::NotKafka(_), _) => configured.min(NONSENSE),
                    _ => self.attempts(route),
                };
                (again, limit)
            }
            Err(Error::UnknownOutcome { .. }) => (reading, self.attempts(route)),
            Err(Error::Garbage { .. }) => (reading, configured.min(NONSENSE)),
            Err(_) => (false, 0),
        };
        if again && attempt < limit {
            tracing::debug!(api = C::API.name, ?route, attempt, "asking again");
            return Next::Again(outcome);
        }
        Next::Return(outcome)
    }

    /// None before somebody is asked who was not yet.
    fn pause(&self, route: &Route, attempt: u32) -> Duration {
        if matches!(route, Route::Any) && attempt < self.choice() { Duration::ZERO } else { pause(attempt) }
    }

    async fn attempt<C: Call>(
        &self,
        route: &Route,
        deadline: Instant,
        build: &(impl Fn(i16) -> Result<C> + Send + Sync),
    ) -> Result<Answered<C>> {
        let (broker, deadline) = match route {
            Route::Any => self.anybody(C::API.effect, C::API.name, deadline)?,
            _ => (self.resolve(route, C::API.name, deadline).await?, deadline),
        };
        self.call_at(&broker, deadline, build).await
    }

    /// Sends to one address, over its connection or a new one.
    async fn call_at<C: Call>(
        &self,
        broker: &HostPort,
        deadline: Instant,
        build: &(impl Fn(i16) -> Result<C> + Send + Sync),
    ) -> Result<Answered<C>> {
        let (mut place, mut connection) = self.connected(broker, C::API.name, deadline).await?;
        let request = match connection.negotiate(&C::API).and_then(|version| Ok((version, build(version)?))) {
            Ok(request) => request,
            Err(error) => {
                *place = Some(connection);
                return Err(error);
            }
        };
        let (version, request) = request;
        connection.counts_against(self.budget());
        let answer = connection.call(&request, version, deadline).await?;
        *place = Some(connection);
        Ok((version, answer))
    }

    /// Waits for the place of the connection to an address, and gives it with a connection that can be trusted.
    /// The connection is taken out while in use: whatever interrupts the call also drops it.
    async fn connected(&self, broker: &HostPort, api: &'static str, deadline: Instant) -> Result<(Place, Connection)> {
        let waiting = self.slot(broker).lock_owned();
        let mut place = timeout_at(deadline, waiting).await.map_err(|_| Error::NotSent {
            api,
            broker: broker.to_string(),
            cause: Cause::Deadline,
        })?;
        let connection = match place.take().and_then(Connection::if_fresh) {
            Some(connection) => connection,
            None => self.open(broker, api, deadline).await?,
        };
        Ok((place, connection))
    }

    async fn open(&self, broker: &HostPort, api: &'static str, deadline: Instant) -> Result<Connection> {
        let wanted = Wanted { broker, config: self.config(), tls: self.tls(), api };
        Connection::open(wanted, deadline).await
    }

    fn slot(&self, broker: &HostPort) -> Arc<Slot> {
        let mut slots = self.slots().lock().unwrap_or_else(PoisonError::into_inner);
        if slots.len() > 2 * BROKERS {
            slots.clear();
        }
        slots.entry((broker.clone(), self.lane())).or_default().clone()
    }

    /// The versions that a broker announces.
    pub(crate) async fn versions_at(&self, route: &Route, deadline: Instant) -> Result<Versions> {
        let api = "ApiVersions";
        let broker = match route {
            Route::Any => self.anybody(Effect::Read, api, deadline)?.0,
            _ => self.resolve(route, api, deadline).await?,
        };
        let (mut place, connection) = self.connected(&broker, api, deadline).await?;
        let versions = connection.versions().clone();
        *place = Some(connection);
        Ok(versions)
    }
}

/// Half of it fixed, half of it random, so that several clients do not knock together.
pub(crate) fn pause(attempt: u32) -> Duration {
    let doubled = PAUSE.saturating_mul(1 << attempt.saturating_sub(1).min(8));
    let whole = doubled.min(LONGEST_PAUSE);
    whole.mul_f32(rand::rng().random_range(0.5..=1.0))
}
