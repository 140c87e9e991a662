//! One request on its way: to whom, over which connection, and whether it is sent again.
//! This is the only place that sends anything twice.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use kafka_protocol::messages::{FindCoordinatorRequest, MetadataRequest, MetadataResponse};
use kafka_protocol::protocol::StrBytes;
use rand::Rng;
use tokio::time::{Instant, sleep, timeout_at};

use crate::client::{Client, Slot};
use crate::code::ErrorCode;
use crate::config::HostPort;
use crate::connection::{Connection, Wanted};
use crate::error::{Cause, Error, Result};
use crate::wire::call::{Call, Effect};

/// Brokers accepted in one answer.
const BROKERS: usize = 10_000;
/// Attempts at one named broker that cannot be reached.
const AT_ONE_BROKER: u32 = 3;
/// The first pause before sending again; it doubles up to the longest.
const PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// Who has to be asked.
#[derive(Clone, Debug)]
pub(crate) enum Route {
    /// Whoever answers.
    Any,
    /// The controller, or a broker that hands on to it.
    Controller,
    /// This broker.
    Broker(i32),
    /// This address, whoever is there.
    Address(HostPort),
    /// The coordinator of this group.
    Coordinator(String),
}

impl Route {
    /// How often a request goes this way at most while nobody can be reached.
    fn attempts(&self, configured: u32) -> u32 {
        match self {
            Self::Broker(_) | Self::Address(_) => configured.min(AT_ONE_BROKER),
            _ => configured,
        }
    }
}

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
                let again = verdict(answer)
                    .is_some_and(|code| code.is_moved() || (reading && code.is_passing()));
                (again, configured)
            }
            Err(Error::NotSent { cause, .. }) => {
                let hopeless = matches!(cause, Cause::Encoding(_))
                    || (matches!(cause, Cause::Deadline) && !matches!(route, Route::Any));
                (!hopeless, route.attempts(configured))
            }
            Err(Error::UnknownOutcome { .. }) => (reading, route.attempts(configured)),
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

    /// Somebody to ask. A look leaves half of the time for somebody else, in case this one hangs.
    fn anybody(
        &self,
        effect: Effect,
        api: &'static str,
        deadline: Instant,
    ) -> Result<(HostPort, Instant)> {
        let (broker, choice) = self
            .book()
            .anybody()
            .ok_or_else(|| nobody(api, "any broker", "no broker is known"))?;
        if effect == Effect::Change || choice < 2 {
            return Ok((broker, deadline));
        }
        let left = deadline.saturating_duration_since(Instant::now());
        Ok((broker, Instant::now() + left / 2))
    }

    /// Sends to one address, over its connection or a new one.
    async fn call_at<C: Call>(
        &self,
        broker: &HostPort,
        deadline: Instant,
        build: &(impl Fn(i16) -> Result<C> + Send + Sync),
    ) -> Result<C::Answer> {
        let slot = self.slot(broker);
        let mut place = timeout_at(deadline, slot.lock())
            .await
            .map_err(|_| Error::NotSent {
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

    async fn open(
        &self,
        broker: &HostPort,
        api: &'static str,
        deadline: Instant,
    ) -> Result<Connection> {
        let wanted = Wanted {
            broker,
            config: self.config(),
            tls: self.tls(),
            api,
        };
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
    pub(crate) async fn versions_at(
        &self,
        route: &Route,
        deadline: Instant,
    ) -> Result<crate::connection::Versions> {
        let api = "ApiVersions";
        let broker = match route {
            Route::Any => self.anybody(Effect::Read, api, deadline)?.0,
            _ => self.resolve(route, api, deadline).await?,
        };
        let slot = self.slot(&broker);
        let mut place = timeout_at(deadline, slot.lock())
            .await
            .map_err(|_| Error::NotSent {
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

    /// Boxed, because finding the way asks, too.
    fn resolve<'a>(
        &'a self,
        route: &'a Route,
        api: &'static str,
        deadline: Instant,
    ) -> Pin<Box<dyn Future<Output = Result<HostPort>> + Send + 'a>> {
        Box::pin(async move {
            match route {
                Route::Any => self
                    .anybody(Effect::Read, api, deadline)
                    .map(|(who, _)| who),
                Route::Address(address) => Ok(address.clone()),
                Route::Broker(id) => self.broker(*id, api, deadline).await,
                Route::Controller => {
                    if self.book().controller().is_none() {
                        self.refresh(deadline)
                            .await
                            .map_err(|error| lost(api, error))?;
                    }
                    match self.book().controller() {
                        Some(id) => self.broker(id, api, deadline).await,
                        None => Err(nobody(api, "the controller", "no broker names one")),
                    }
                }
                Route::Coordinator(group) => {
                    let id = match self.book().coordinator(group) {
                        Some(id) => id,
                        None => self
                            .find_one(group, deadline)
                            .await
                            .map_err(|error| lost(api, error))?,
                    };
                    self.broker(id, api, deadline).await
                }
            }
        })
    }

    async fn broker(&self, id: i32, api: &'static str, deadline: Instant) -> Result<HostPort> {
        if let Some(address) = self.book().address(id) {
            return Ok(address);
        }
        self.refresh(deadline)
            .await
            .map_err(|error| lost(api, error))?;
        self.book()
            .address(id)
            .ok_or_else(|| nobody(api, &format!("broker {id}"), "the cluster does not list it"))
    }

    /// Asks any broker who is there.
    pub(crate) async fn refresh(&self, deadline: Instant) -> Result<()> {
        let answer = self
            .ask(
                &Route::Any,
                deadline,
                |_| {
                    Ok(MetadataRequest::default()
                        .with_topics(Some(Vec::new()))
                        .with_allow_auto_topic_creation(false))
                },
                |_: &MetadataResponse| None,
            )
            .await?;
        self.learn(&answer);
        Ok(())
    }

    /// Takes brokers and controller over from a metadata answer.
    pub(crate) fn learn(&self, answer: &MetadataResponse) {
        let mut brokers = HashMap::new();
        for broker in answer.brokers.iter().take(BROKERS) {
            if let Ok(port) = u16::try_from(broker.port) {
                let host = broker.host.to_string();
                brokers.insert(broker.node_id.0, HostPort { host, port });
            }
        }
        // An answer without brokers teaches nothing: the one who gave it is there at least.
        if brokers.is_empty() {
            return;
        }
        let controller = Some(answer.controller_id.0).filter(|id| *id >= 0);
        self.book().learn(brokers, controller);
    }

    async fn find_one(&self, group: &str, deadline: Instant) -> Result<i32> {
        let groups = [group.to_owned()];
        let mut found = self.find_coordinators(&groups, deadline).await;
        match found.remove(group) {
            Some(result) => result,
            None => Err(nobody(
                FindCoordinatorRequest::API.name,
                group,
                "no answer for it",
            )),
        }
    }

    /// Finds the coordinators of groups, and remembers them.
    pub(crate) async fn find_coordinators(
        &self,
        groups: &[String],
        deadline: Instant,
    ) -> HashMap<String, Result<i32>> {
        let mut found = HashMap::new();
        let mut rest = groups;
        while !rest.is_empty() {
            // Brokers before version 4 answer one key at a time; the first request shows it.
            let (batch, tail) = rest.split_at(rest.len().min(1_000));
            rest = tail;
            match self.find_batch(batch, deadline).await {
                Ok(answers) => found.extend(answers),
                Err(Error::Unsupported { .. }) => {
                    for group in batch {
                        let one = self.find_batch(std::slice::from_ref(group), deadline).await;
                        match one {
                            Ok(answers) => found.extend(answers),
                            Err(error) => {
                                found.insert(group.clone(), Err(error));
                            }
                        }
                    }
                }
                Err(error) => {
                    found.extend(
                        batch
                            .iter()
                            .map(|group| (group.clone(), Err(error.clone()))),
                    );
                }
            }
        }
        found
    }

    async fn find_batch(
        &self,
        groups: &[String],
        deadline: Instant,
    ) -> Result<Vec<(String, Result<i32>)>> {
        let api = FindCoordinatorRequest::API.name;
        let text = |group: &String| StrBytes::from_string(group.clone());
        let answer = self
            .ask(
                &Route::Any,
                deadline,
                |version| {
                    let request = FindCoordinatorRequest::default();
                    match groups {
                        _ if version >= 4 => {
                            Ok(request.with_coordinator_keys(groups.iter().map(text).collect()))
                        }
                        [group] => Ok(request.with_key(text(group))),
                        _ => Err(Error::Unsupported {
                            api,
                            broker: "an older broker".to_owned(),
                            why: "one group a request".to_owned(),
                        }),
                    }
                },
                |answer| {
                    let codes = answer.coordinators.iter().map(|found| found.error_code);
                    codes.chain([answer.error_code]).find_map(ErrorCode::of)
                },
            )
            .await?;
        if answer.coordinators.is_empty() {
            let [group] = groups else {
                return Ok(Vec::new());
            };
            let at = (answer.node_id.0, answer.host.to_string(), answer.port);
            let message = answer.error_message.map(|text| text.to_string());
            let one = Error::check(api, answer.error_code, message);
            return Ok(vec![(
                group.clone(),
                one.and_then(|()| self.remember(group, at)),
            )]);
        }
        let each = answer.coordinators.into_iter().map(|found| {
            let at = (found.node_id.0, found.host.to_string(), found.port);
            let message = found.error_message.map(|text| text.to_string());
            let one = Error::check(api, found.error_code, message);
            let group = found.key.to_string();
            let result = one.and_then(|()| self.remember(&group, at));
            (group, result)
        });
        Ok(each.collect())
    }

    fn remember(&self, group: &str, (id, host, port): (i32, String, i32)) -> Result<i32> {
        let api = FindCoordinatorRequest::API.name;
        let port = u16::try_from(port).map_err(|_| Error::Garbage {
            api,
            broker: host.clone(),
            why: format!("port {port}"),
        })?;
        self.book()
            .learn_coordinator(group, (id, HostPort { host, port }));
        Ok(id)
    }

    fn forget(&self, route: &Route) {
        match route {
            Route::Any => self.book().next_one(),
            Route::Controller => self.book().forget_controller(),
            Route::Broker(id) => self.book().forget_broker(*id),
            Route::Address(_) => {}
            Route::Coordinator(group) => {
                if let Some(id) = self.book().coordinator(group) {
                    self.book().forget_broker(id);
                }
                self.book().forget_coordinator(group);
            }
        }
    }
}

/// The request at hand was not sent, because the way was not found.
fn lost(api: &'static str, error: Error) -> Error {
    match error {
        Error::NotSent { broker, cause, .. } | Error::UnknownOutcome { broker, cause, .. } => {
            Error::NotSent { api, broker, cause }
        }
        Error::Garbage { broker, why, .. } => Error::NotSent {
            api,
            broker,
            cause: Cause::NotKafka(why),
        },
        Error::Broker {
            api: asked,
            code,
            message,
        } if code.leaves_outcome_open() => {
            let why = message.unwrap_or_default();
            nobody(api, "a broker", &format!("{asked}: {code} {why}"))
        }
        other => other,
    }
}

fn nobody(api: &'static str, wanted: &str, why: &str) -> Error {
    Error::NotSent {
        api,
        broker: wanted.to_owned(),
        cause: Cause::NoBroker(why.to_owned()),
    }
}

/// Half of it fixed, half of it random, so that several clients do not knock together.
pub(crate) fn pause(attempt: u32) -> Duration {
    let doubled = PAUSE.saturating_mul(1 << attempt.saturating_sub(1).min(8));
    let whole = doubled.min(LONGEST_PAUSE);
    whole.mul_f32(rand::rng().random_range(0.5..=1.0))
}
