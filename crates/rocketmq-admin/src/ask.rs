//! One request on its way: to whom, over which connection, and whether it is sent again.
//! This is the only place that sends anything twice.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use rand::Rng;
use tokio::sync::OwnedMutexGuard;
use tokio::time::{Instant, sleep, timeout_at};

use crate::client::{Client, Slot};
use crate::config::HostPort;
use crate::connection::{Connection, Wanted, keeps};
use crate::error::{Cause, Error, Result};
use crate::route::Route;
use crate::wire::api::Effect;
use crate::wire::request::{Answer, Request};

/// The first pause before sending again; it doubles up to the longest.
const PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// Connections kept at most.
const SLOTS: usize = 20_000;

/// The place of a connection, held.
type Place = OwnedMutexGuard<Option<Connection>>;

impl Client {
    /// Asks, and asks again while that is safe and the deadline allows. `read` makes the typed answer.
    ///
    /// # Errors
    /// What the last attempt said.
    pub(crate) async fn ask<T>(
        &self,
        route: &Route,
        request: &Request,
        deadline: Instant,
        read: impl Fn(&Answer) -> Result<T, String> + Send + Sync,
    ) -> Result<T> {
        let client = self.on_way_of(request.api.effect);
        let mut attempt = 0;
        let mut before = None;
        loop {
            attempt += 1;
            let outcome = client.attempt(route, request, deadline, &read).await;
            // An attempt that had no time left says less than the one before.
            if let (Err(Error::NotSent { cause: Cause::Deadline, .. }), Some(before)) = (&outcome, before.take()) {
                return Err(before);
            }
            let error = match outcome {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let (again, limit) = client.is_asked_again(route, request.api.effect, &error);
            if !again || attempt >= limit {
                return Err(error);
            }
            tracing::debug!(api = request.api.name, %route, attempt, "asking again");
            client.forget(route);
            let pause = pause(attempt);
            if Instant::now() + pause >= deadline {
                return Err(error);
            }
            sleep(pause).await;
            // A process that was stopped wakes up later than it wanted to.
            if Instant::now() >= deadline {
                return Err(error);
            }
            before = Some(error);
        }
    }

    /// Whether a request is sent again after this, and how often at most.
    fn is_asked_again(&self, route: &Route, effect: Effect, error: &Error) -> (bool, u32) {
        let configured = self.config().max_attempts;
        let reading = effect == Effect::Read;
        match error {
            Error::NotSent { cause, .. } => {
                let again = match (cause, route) {
                    (Cause::Encoding(_), _) => false,
                    // Another NameServer may have another certificate.
                    (cause, route) if cause.stays() => *route == Route::NameServer,
                    // It hangs, and nobody else can answer.
                    (Cause::Deadline, Route::Broker { .. } | Route::Address(_)) => false,
                    _ => true,
                };
                (again, self.attempts(route))
            }
            Error::UnknownOutcome { .. } => (reading, self.attempts(route)),
            Error::Garbage { .. } => (reading, configured.min(2)),
            Error::Server { code, .. } => (code.is_before_work(), configured),
            Error::Invalid(_) | Error::Denied { .. } | Error::Unsupported { .. } => (false, 0),
        }
    }

    async fn attempt<T>(
        &self,
        route: &Route,
        request: &Request,
        deadline: Instant,
        read: &(impl Fn(&Answer) -> Result<T, String> + Send + Sync),
    ) -> Result<T> {
        let api = request.api.name;
        let (server, deadline) = self.resolve(route, request, deadline).await?;
        let (mut place, mut connection) = self.connected(&server, api, deadline).await?;
        let outcome = connection.call(request, self.config(), deadline).await;
        if keeps(&outcome) {
            *place = Some(connection);
        }
        read(&outcome?).map_err(|why| Error::Garbage { api, server: server.to_string(), why })
    }

    /// Waits for the place of the connection to an address, and gives it with a connection that can be trusted.
    /// The connection is taken out while in use: whatever interrupts the call also drops it.
    async fn connected(&self, server: &HostPort, api: &'static str, deadline: Instant) -> Result<(Place, Connection)> {
        let waiting = self.slot(server).lock_owned();
        let mut place = timeout_at(deadline, waiting).await.map_err(|_| Error::NotSent {
            api,
            server: server.to_string(),
            cause: Cause::Deadline,
        })?;
        let connection = match place.take().and_then(Connection::if_fresh) {
            Some(connection) => connection,
            None => {
                let wanted = Wanted { server, config: self.config(), tls: self.tls(), api };
                Connection::open(wanted, deadline).await?
            }
        };
        Ok((place, connection))
    }

    fn slot(&self, server: &HostPort) -> Arc<Slot> {
        let mut slots = self.slots().lock().unwrap_or_else(PoisonError::into_inner);
        if slots.len() > SLOTS {
            slots.clear();
        }
        slots.entry((server.clone(), self.lane())).or_default().clone()
    }
}

/// Half of it fixed, half of it random, so that several clients do not knock together.
fn pause(attempt: u32) -> Duration {
    let doubled = PAUSE.saturating_mul(1 << attempt.saturating_sub(1).min(8));
    let whole = doubled.min(LONGEST_PAUSE);
    whole.mul_f32(rand::rng().random_range(0.5..=1.0))
}
