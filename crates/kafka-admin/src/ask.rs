//! One request on its way: to whom, over which connection, and whether it is sent again.
//! This is the only place that sends anything twice.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use rand::Rng;
use tokio::time::{Instant, sleep, timeout_at};

use crate::client::{Client, Slot};
use crate::code::ErrorCode;
use crate::config::HostPort;
use crate::connection::{Connection, Versions, Wanted};
use crate::error::{Cause, Error, Result};
use crate::route::{BROKERS, Route};
use crate::wire::call::{Call, Effect};

/// The first pause before sending again; it doubles up to the longest.
const PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

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
        let mut attempt = 0;
        loop {
            attempt += 1;
            let outcome = self.attempt(route, deadline, &build).await;
            let last = match self.judge::<C>(route, attempt, outcome, &verdict) {
                Next::Return(result) => return result,
                Next::Again(last) => last,
            };
            self.forget(route);
            let pause = pause(attempt);
            if Instant::now() + pause >= deadline {
                return last;
            }
            sleep(pause).await;
        }
    }

    fn judge<C: Call>(
        &self,
        route: &Route,
        attempt: u32,
        outcome: Result<C::Answer>,
        verdict: &impl Fn(&C::Answer) -> Option<ErrorCode>,
    ) -> Next<C::Answer> {
        let configured = self.config().max_attempts;
        let reading = C::API.effect == Effect::Read;
        let (again, limit) = match &outcome {
            Ok(answer) => {
                let again = verdict(answer).is_some_and(|code| code.is_moved() || (reading && code.is_passing()));
                (again, configured)
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
                (again, self.attempts(route))
            }
            Err(Error::UnknownOutcome { .. }) => (reading, self.attempts(route)),
            Err(Error::Garbage { .. }) => (reading, configured.min(2)),
            Err(_) => (false, 0),
        };
        if again && attempt < limit {
            tracing::debug!(api = C::API.name, ?route, attempt, "asking again");
            return Next::Again(outcome);
        }
        Next::Return(outcome)
    }

    async fn attempt<C: Call>(
        &self,
        route: &Route,
        deadline: Instant,
        build: &(impl Fn(i16) -> Result<C> + Send + Sync),
    ) -> Result<C::Answer> {
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
    ) -> Result<C::Answer> {
        let slot = self.slot(broker);
        let mut place = timeout_at(deadline, slot.lock()).await.map_err(|_| Error::NotSent {
            api: C::API.name,
            broker: broker.to_string(),
            cause: Cause::Deadline,
        })?;
        // Taken out while in use: whatever interrupts this call also drops the connection.
        let kept = place.take().and_then(Connection::if_fresh);
        let mut connection = match kept {
            Some(connection) => connection,
            None => self.open(broker, C::API.name, deadline).await?,
        };
        let version = match connection.negotiate(&C::API) {
            Ok(version) => version,
            Err(error) => {
                *place = Some(connection);
                return Err(error);
            }
        };
        let request = match build(version) {
            Ok(request) => request,
            Err(error) => {
                *place = Some(connection);
                return Err(error);
            }
        };
        let answer = connection.call(&request, version, deadline).await?;
        *place = Some(connection);
        Ok(answer)
    }

    async fn open(&self, broker: &HostPort, api: &'static str, deadline: Instant) -> Result<Connection> {
        let wanted = Wanted { broker, config: self.config(), tls: self.tls(), api };
        Connection::open(wanted, deadline).await
    }

    fn slot(&self, broker: &HostPort) -> Arc<Slot> {
        let mut slots = self.slots().lock().unwrap_or_else(PoisonError::into_inner);
        if slots.len() > BROKERS {
            slots.clear();
        }
        slots.entry(broker.clone()).or_default().clone()
    }

    /// The versions that a broker announces.
    pub(crate) async fn versions_at(&self, route: &Route, deadline: Instant) -> Result<Versions> {
        let api = "ApiVersions";
        let broker = match route {
            Route::Any => self.anybody(Effect::Read, api, deadline)?.0,
            _ => self.resolve(route, api, deadline).await?,
        };
        let slot = self.slot(&broker);
        let mut place = timeout_at(deadline, slot.lock()).await.map_err(|_| Error::NotSent {
            api,
            broker: broker.to_string(),
            cause: Cause::Deadline,
        })?;
        let kept = place.take().and_then(Connection::if_fresh);
        let connection = match kept {
            Some(connection) => connection,
            None => self.open(&broker, api, deadline).await?,
        };
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
