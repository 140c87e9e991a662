//! Keeps a connection: opens serenity's client, paces its attempts, and begins anew when it hangs.
//!
//! serenity resumes without any pause and identifies every five seconds. Before each connection it takes the address of the
//! gateway out of a mutex; holding that mutex is how its attempts are paced.

use super::super::backoff::Backoff;
use super::super::http::{Failed, plain_client};
use super::budget::{Budget, Way};
use super::events::Events;
use super::{CLOSING, Opened, Standing};
use interlock::time::Millis;
use secrecy::ExposeSecret;
use serenity::all::{ClientBuilder, GatewayIntents, HttpBuilder, ShardManager};
use serenity::gateway::GatewayError;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, OwnedMutexGuard, watch};
use tokio::task::JoinHandle;

/// How often the gate is opened to see whether somebody waits.
const LOOK: Duration = Duration::from_millis(200);
/// A connection that was up for so long was a good one.
const GOOD: Duration = Duration::from_secs(60);
/// An attempt that has come to nothing after this time hangs.
const HANGS: Duration = Duration::from_secs(60);

fn intents() -> GatewayIntents {
    GatewayIntents::GUILDS | GatewayIntents::GUILD_MESSAGES | GatewayIntents::GUILD_MESSAGE_REACTIONS
}

/// Why a client came to its end.
#[derive(Debug, PartialEq, Eq)]
enum End {
    Stopped,
    Hung,
    Lost,
    Refused(String),
}

/// How a client lived.
#[derive(Debug)]
struct Lived {
    end: End,
    /// Whether it had a good connection.
    was_good: bool,
}

impl Lived {
    const fn in_vain() -> Self {
        Self { end: End::Lost, was_good: false }
    }

    /// The wait before the next client. What failed before a good life is no reason to wait longer after it.
    fn pause(&self, backoff: &mut Backoff) -> Duration {
        if self.was_good {
            backoff.reset();
        }
        backoff.next()
    }
}

/// Runs until stopped.
pub(super) async fn supervise(opened: &Arc<Opened>, mut stop: watch::Receiver<bool>) {
    let registering = {
        let discord = Arc::clone(&opened.discord);
        opened.tasks.on().spawn(async move { discord.register().await })
    };
    let mut backoff = Backoff::default();
    loop {
        let wait = tokio::select! {
            () = stopped(&mut stop) => break,
            way = way(opened) => match way {
                Ok(way) => match life(opened, way, &mut stop).await {
                    Lived { end: End::Stopped, .. } => break,
                    Lived { end: End::Refused(why), .. } => {
                        opened.is_refused(why);
                        Duration::from_secs(300)
                    }
                    lived => {
                        tracing::warn!(?lived, "the connection to the gateway is begun anew");
                        lived.pause(&mut backoff)
                    }
                },
                Err(failed) => unreached(opened, &failed, &mut backoff),
            },
        };
        tokio::select! {
            () = stopped(&mut stop) => break,
            () = opened.discord.clock.sleep(wait) => {}
        }
    }
    registering.abort();
}

/// Asked beside: the connections of REST live there.
async fn way(opened: &Arc<Opened>) -> Result<Way, Failed> {
    let discord = Arc::clone(&opened.discord);
    let asked = opened.tasks.on().spawn(async move { discord.way().await });
    asked.await.unwrap_or_else(|error| Err(Failed::Unknown(error.to_string())))
}

/// Returns once we are to stop, or nobody is there any more to say so.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

fn unreached(opened: &Arc<Opened>, failed: &Failed, backoff: &mut Backoff) -> Duration {
    tracing::warn!(?failed, "the gateway's address cannot be had");
    match failed {
        Failed::Refused { status: 401, said, .. } => {
            opened.is_refused(said.clone());
            Duration::from_secs(300)
        }
        Failed::Later(wait) => backoff.next().max(*wait),
        _ => backoff.next(),
    }
}

/// One client of serenity, from its start to its end.
async fn life(opened: &Arc<Opened>, way: Way, stop: &mut watch::Receiver<bool>) -> Lived {
    let mut client = match client(opened).await {
        Ok(client) => client,
        Err(why) => {
            tracing::error!(why, "no client for the gateway");
            return Lived::in_vain();
        }
    };
    let cell = Arc::clone(&client.ws_url);
    let mut held = Arc::clone(&cell).lock_owned().await;
    // serenity's own address may be a guess of its own.
    way.url.clone_into(&mut held);
    let manager = Arc::clone(&client.shard_manager);
    let running = tokio::spawn(async move { client.start().await });
    let gate = Gate {
        cell,
        held: Some(held),
        budget: way.budget,
        backoff: Backoff::default(),
        opens_at: Duration::ZERO,
        passed_at: None,
        was_good: false,
    };
    attend(opened, Life { gate, manager, running }, stop).await
}

async fn client(opened: &Arc<Opened>) -> Result<serenity::Client, String> {
    let discord = &opened.discord;
    let http = plain_client().map_err(|error| error.to_string())?;
    let builder = HttpBuilder::new(discord.token.expose_secret()).client(http).ratelimiter_disabled(true);
    let builder = match discord.base.proxy() {
        Some(base) => builder.proxy(base),
        None => builder,
    };
    let building =
        ClientBuilder::new_with_http(builder.build(), intents()).raw_event_handler(Events(Arc::clone(opened)));
    // serenity's errors may hold addresses, but none with a token in it: it asks for `/gateway` only.
    building.await.map_err(|error| error.to_string())
}

/// A client that runs, and the gate its attempts pass.
struct Life {
    gate: Gate,
    manager: Arc<ShardManager>,
    running: JoinHandle<Result<(), serenity::Error>>,
}

async fn attend(opened: &Arc<Opened>, mut life: Life, stop: &mut watch::Receiver<bool>) -> Lived {
    let clock = &opened.discord.clock;
    life.gate.opens_at = clock.monotonic() + life.gate.budget.pace(clock.now());
    loop {
        let end = tokio::select! {
            () = stopped(stop) => Some(End::Stopped),
            ended = &mut life.running => Some(why(ended)),
            () = clock.sleep(LOOK) => life.gate.attend(opened).await,
        };
        if let Some(end) = end {
            let was_good = life.gate.was_good || is_good(&opened.standing.borrow(), clock.now());
            opened.is_down();
            close(life).await;
            return Lived { end, was_good };
        }
    }
}

fn why(ended: Result<Result<(), serenity::Error>, tokio::task::JoinError>) -> End {
    match ended {
        Ok(Err(serenity::Error::Gateway(
            error @ (GatewayError::InvalidAuthentication
            | GatewayError::InvalidGatewayIntents
            | GatewayError::DisallowedGatewayIntents),
        ))) => End::Refused(error.to_string()),
        _ => End::Lost,
    }
}

/// Ends a client. One that waits for its gate gets an address that leads nowhere.
async fn close(mut life: Life) {
    let closing = async {
        life.manager.shutdown_all().await;
    };
    if tokio::time::timeout(CLOSING, closing).await.is_err() {
        tracing::debug!("the connection did not close in time");
    }
    if let Some(mut held) = life.gate.held.take() {
        held.clear();
    }
    life.running.abort();
}

/// The address of the gateway, given out when it is time for another attempt.
struct Gate {
    cell: Arc<Mutex<String>>,
    held: Option<OwnedMutexGuard<String>>,
    budget: Budget,
    backoff: Backoff,
    opens_at: Duration,
    passed_at: Option<Duration>,
    /// Whether a connection before the present one was a good one.
    was_good: bool,
}

fn is_good(standing: &Standing, now: Millis) -> bool {
    matches!(standing, Standing::Up { since } if now.since(*since) >= GOOD)
}

impl Gate {
    /// Lets one attempt pass if it is time and one waits.
    async fn attend(&mut self, opened: &Arc<Opened>) -> Option<End> {
        let clock = &opened.discord.clock;
        let now = clock.monotonic();
        if now < self.opens_at {
            return None;
        }
        // The mutex is fair: whoever waits gets it before we do.
        drop(self.held.take());
        if let Ok(held) = Arc::clone(&self.cell).try_lock_owned() {
            self.held = Some(held);
            return self.hangs(now, &opened.standing.borrow()).then_some(End::Hung);
        }
        self.held = Some(Arc::clone(&self.cell).lock_owned().await);
        self.passed(opened, now).await;
        None
    }

    /// Whether the last attempt has come to nothing and no other is wanted.
    fn hangs(&self, now: Duration, standing: &Standing) -> bool {
        !standing.is_up() && self.passed_at.is_some_and(|passed| now.saturating_sub(passed) > HANGS)
    }

    /// An attempt passed: whatever connection there was is gone.
    async fn passed(&mut self, opened: &Arc<Opened>, now: Duration) {
        let clock = &opened.discord.clock;
        if is_good(&opened.standing.borrow(), clock.now()) {
            self.was_good = true;
            self.backoff.reset();
        }
        opened.is_down();
        tracing::info!("connecting to the gateway");
        self.passed_at = Some(now);
        self.budget = match way(opened).await {
            Ok(way) => way.budget,
            Err(_) => self.budget.spent(),
        };
        let pace = self.budget.pace(clock.now());
        if pace > Duration::from_secs(60) {
            tracing::error!(?pace, budget = ?self.budget, "few identifies are left today: reconnecting is slowed down");
        }
        self.opens_at = now + self.backoff.next().max(pace);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG_AGO: Millis = Millis(1_795_402_000_000);

    #[test]
    fn a_connection_is_good_when_it_was_up_for_a_while() {
        let up = Standing::Up { since: LONG_AGO };
        assert!(is_good(&up, LONG_AGO.plus(GOOD)));
        assert!(!is_good(&up, LONG_AGO.plus(GOOD - Duration::from_millis(1))));
        assert!(!is_good(&Standing::Down { since: LONG_AGO }, LONG_AGO.plus(GOOD)));
    }

    #[test]
    fn after_a_good_life_the_next_client_comes_at_once_whatever_failed_before_it() {
        let mut backoff = Backoff::default();
        let (hung, good) = (Lived { end: End::Hung, was_good: false }, Lived { end: End::Hung, was_good: true });
        for _ in 0..9 {
            hung.pause(&mut backoff);
        }
        assert!(hung.pause(&mut backoff) >= Duration::from_secs(150), "one after the other they are slowed down");
        assert!(good.pause(&mut backoff) <= Duration::from_secs(1));
        let second = hung.pause(&mut backoff);
        assert!(second <= Duration::from_secs(2), "and that is counted from there: {second:?}");
    }
}
