//! The handle: start, look, make time pass, and judge at the end.

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::routing::any;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::{Instant, timeout_at};

use crate::channel::Channel;
use crate::clock::Clock;
use crate::faults::{ENDLESS, Fault, On};
use crate::gateway::{Gateway, socket};
use crate::guild::Guild;
use crate::id::Id;
use crate::line::{Cutter, Lines};
use crate::message::Message;
use crate::options::{Options, RateLimits};
use crate::requests::Request;
use crate::rest;
use crate::rest::buckets::Buckets;
use crate::trouble::Trouble;
use crate::user::User;
use crate::world::World;
use crate::world::account::Account;
use crate::world::channel::Kind;
use crate::world::interaction::Interaction;
use crate::world::message::LOADING;

/// The state under its lock, and the news that it changed.
#[derive(Debug)]
pub(crate) struct Inner {
    world: Mutex<World>,
    changed: watch::Sender<u64>,
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn read<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&self.lock())
    }

    /// Changes the state and wakes whoever waits for it.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        let result = change(&mut self.lock());
        self.changed.send_modify(|n| *n += 1);
        result
    }

    /// Waits until `look` finds something.
    pub(crate) async fn wait<T>(&self, within: Duration, look: impl Fn(&World) -> Option<T>) -> Option<T> {
        let deadline = Instant::now() + within;
        let mut changed = self.changed.subscribe();
        loop {
            changed.mark_unchanged();
            if let Some(found) = self.read(&look) {
                return Some(found);
            }
            if timeout_at(deadline, changed.changed()).await.is_err() {
                return self.read(&look);
            }
        }
    }
}

/// Stops serving when the last handle is gone.
#[derive(Debug)]
struct Server(AbortHandle);

impl Drop for Server {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A running model.
#[derive(Clone)]
pub struct Discord {
    pub(crate) inner: Arc<Inner>,
    _server: Arc<Server>,
}

impl fmt::Debug for Discord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Discord({})", self.base_url())
    }
}

/// Ends a test: the model's people found something else than the story says.
#[track_caller]
#[expect(clippy::panic, reason = "a test's helper fails the test")]
pub(crate) fn fail(why: impl fmt::Display) -> ! {
    panic!("{why}")
}

impl Discord {
    /// Starts a model on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// When no port can be bound.
    pub async fn start(options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let base_url = format!("http://{}", listener.local_addr()?);
        let world = Mutex::new(World::new(options, base_url));
        let inner = Arc::new(Inner { world, changed: watch::Sender::new(0) });
        let router = Router::new()
            .route("/ws", any(socket::upgrade))
            .route("/ws/", any(socket::upgrade))
            .fallback(rest::handle)
            .with_state(Arc::clone(&inner))
            .into_make_service_with_connect_info::<Cutter>();
        let serving = tokio::spawn(async move {
            if let Err(error) = axum::serve(Lines(listener), router).await {
                tracing::error!(%error, "the model stopped serving");
            }
        });
        Ok(Self { inner, _server: Arc::new(Server(serving.abort_handle())) })
    }

    /// Where REST is: `http://127.0.0.1:P`; paths start with `/api/v10`.
    #[must_use]
    pub fn base_url(&self) -> String {
        self.inner.read(|w| w.base_url.clone())
    }

    /// The bot's token; empty once the identify budget was overrun and Discord reset it.
    #[must_use]
    pub fn bot_token(&self) -> String {
        self.inner.read(|w| w.application.token.clone().unwrap_or_default())
    }

    /// The bot's user id.
    #[must_use]
    pub fn bot_id(&self) -> Id {
        self.inner.read(|w| w.application.bot)
    }

    /// The application's id.
    #[must_use]
    pub fn application_id(&self) -> Id {
        self.inner.read(|w| w.application.id)
    }

    /// The model's time.
    #[must_use]
    pub fn clock(&self) -> Clock {
        self.inner.read(|w| w.clock().clone())
    }

    /// The guild that is there from the start.
    #[must_use]
    pub fn guild(&self) -> Guild {
        Guild { discord: self.clone(), id: self.inner.read(|w| w.home) }
    }

    /// Another guild, with the bot in it.
    #[must_use]
    pub fn new_guild(&self, name: &str) -> Guild {
        let id = self.inner.change(|w| {
            let (id, owner) = (w.next_id(), w.next_id());
            w.accounts.insert(owner, Account::person(owner, &format!("owner-of-{name}")));
            w.open_guild(id, name, owner);
            id
        });
        Guild { discord: self.clone(), id }
    }

    /// A person of this name, member of the first guild; made when there is none yet.
    #[must_use]
    pub fn user(&self, name: &str) -> User {
        self.account(name, Account::person)
    }

    /// Another bot, member of the first guild.
    #[must_use]
    pub fn other_bot(&self, name: &str) -> User {
        self.account(name, Account::bot)
    }

    fn account(&self, name: &str, make: impl FnOnce(Id, &str) -> Account) -> User {
        let id = self.inner.change(|w| {
            if let Some(known) = w.accounts.values().find(|a| a.name == name) {
                return known.id;
            }
            let (id, home) = (w.next_id(), w.home);
            w.accounts.insert(id, make(id, name));
            w.join(home, id, &[]);
            id
        });
        User { discord: self.clone(), id }
    }

    /// A text channel of the first guild; made when there is none of this name yet.
    #[must_use]
    pub fn channel(&self, name: &str) -> Channel {
        self.guild().text_channel(name)
    }

    /// The gateway.
    #[must_use]
    pub fn gateway(&self) -> Gateway {
        Gateway { discord: self.clone() }
    }

    /// The next request like this meets a fault.
    pub fn fails_once(&self, on: On, fault: Fault) {
        self.fails_times(on, fault, 1);
    }

    /// The next `times` requests like this meet a fault.
    pub fn fails_times(&self, on: On, fault: Fault, times: u32) {
        self.inner.change(|w| w.faults.plan(on, fault, times));
    }

    /// Every request like this meets a fault until [`Self::works_again`].
    pub fn fails_always(&self, on: On, fault: Fault) {
        self.fails_times(on, fault, ENDLESS);
    }

    /// Requests like this are held until [`Self::lets_go`] of the same.
    pub fn holds(&self, on: On) {
        self.fails_always(on, Fault::Held);
    }

    /// Requests like this are held no more, and those that were come to pass.
    pub fn lets_go(&self, on: &On) {
        self.inner.change(|w| w.faults.let_go(on));
    }

    /// Ends all faults; how many planned ones were never met.
    pub fn works_again(&self) -> u32 {
        self.inner.change(|w| w.faults.clear())
    }

    /// From now on requests are counted like this, by buckets that are full.
    pub fn counts_requests(&self, limits: RateLimits) {
        self.inner.change(|w| w.buckets = Buckets::new(limits));
    }

    /// Everything the bot asked over REST so far.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.inner.read(|w| w.requests.clone())
    }

    /// Waits for a request.
    pub async fn wait_for_request(&self, wanted: impl Fn(&Request) -> bool, within: Duration) -> Request {
        let look = |w: &World| w.requests.iter().find(|r| wanted(r)).cloned();
        match self.inner.wait(within, look).await {
            Some(request) => request,
            None => fail(format!("no such request within {within:?}")),
        }
    }

    /// What the bot did wrong so far; it stays recorded.
    #[must_use]
    pub fn violations(&self) -> Vec<Trouble> {
        self.inner.read(|w| w.troubles.clone())
    }

    /// What the bot did wrong so far, and what it deferred and never answered, taken off the record: for tests that
    /// provoke it.
    pub fn take_troubles(&self) -> Vec<Trouble> {
        self.inner.change(|w| {
            w.report_missed();
            let mut troubles = std::mem::take(&mut w.troubles);
            troubles.extend(w.forgive_unfinished());
            troubles
        })
    }

    /// The direct messages between the bot and each user with whom there are any, or could be.
    #[must_use]
    pub fn direct_messages(&self) -> Vec<Channel> {
        let all = |w: &World| -> Vec<Id> { w.channels.values().filter(|c| c.kind == Kind::Dm).map(|c| c.id).collect() };
        let ids = self.inner.read(all);
        ids.into_iter().map(|id| Channel { discord: self.clone(), id }).collect()
    }

    /// Messages of the bot that no test has looked at.
    #[must_use]
    pub fn unread(&self) -> Vec<Message> {
        let ids = self.inner.read(World::unread);
        ids.into_iter().map(|id| Message { discord: self.clone(), id }).collect()
    }

    /// Fails when the bot did anything wrong, left anyone without an answer, or said something nobody looked at.
    #[track_caller]
    pub fn assert_clean(&self) {
        let mut found = self.inner.change(|w| {
            w.report_missed();
            let mut found: Vec<String> = w.troubles.iter().map(ToString::to_string).collect();
            found.extend(w.unfinished().iter().map(ToString::to_string));
            found.extend(w.faults.unmet().into_iter().map(|f| format!("planned fault never met: {f}")));
            found
        });
        found.extend(self.unread().iter().map(|m| format!("unread message: {}", m.peek().text)));
        if !found.is_empty() {
            fail(format!("Discord is not clean:\n- {}", found.join("\n- ")));
        }
    }
}

impl World {
    /// The bot's messages that stand, are finished, and were not looked at.
    fn unread(&self) -> Vec<Id> {
        let mine = self.messages.values().filter(|m| m.author == self.application.bot && m.webhook.is_none());
        let unread = mine.filter(|m| !m.read && !m.deleted && m.flags & LOADING == 0);
        unread.map(|m| m.id).collect()
    }

    /// Reports interactions whose deadline passed without a first answer.
    pub(crate) fn report_missed(&mut self) {
        let deadline = self.options.callback_deadline;
        let late = self
            .interactions
            .values_mut()
            .filter(|i| i.callback.is_none() && !i.missed && i.started.elapsed() > deadline);
        let labels: Vec<String> = late
            .map(|i| {
                i.missed = true;
                i.label.clone()
            })
            .collect();
        labels.into_iter().for_each(|interaction| self.trouble(Trouble::Unanswered { interaction }));
    }

    /// Interactions that stand open: no first answer yet, or deferred only.
    fn unfinished(&self) -> Vec<Trouble> {
        let open = self.interactions.values().filter(|i| !i.answered && !i.missed && !i.forgiven);
        open.map(|i| {
            let interaction = i.label.clone();
            match i.callback {
                None => Trouble::Unanswered { interaction },
                Some(_) => Trouble::Unfinished { interaction },
            }
        })
        .collect()
    }

    /// Takes deferrals that were never answered off the record.
    fn forgive_unfinished(&mut self) -> Vec<Trouble> {
        let deferred = |i: &&mut Interaction| i.callback.is_some() && !i.answered && !i.forgiven;
        let forgiven = self.interactions.values_mut().filter(deferred).map(|i| {
            i.forgiven = true;
            Trouble::Unfinished { interaction: i.label.clone() }
        });
        forgiven.collect()
    }
}
