//! Everything the model knows, under one lock: accounts, guilds, channels, messages, commands, interactions, sessions.

pub(crate) mod account;
pub(crate) mod channel;
pub(crate) mod command;
pub(crate) mod guild;
pub(crate) mod interaction;
pub(crate) mod message;
pub(crate) mod notify;
pub(crate) mod show;

use std::collections::BTreeMap;

use crate::clock::Clock;
use crate::error::{self, ApiError};
use crate::faults::Faults;
use crate::gateway::sessions::Sessions;
use crate::id::{Id, Ids};
use crate::options::Options;
use crate::requests::Request;
use crate::rest::buckets::Buckets;
use crate::trouble::Trouble;

use account::Account;
use channel::Channel;
use command::Command;
use guild::Guild;
use interaction::Interaction;
use message::Message;

/// The bot's application.
#[derive(Debug)]
pub(crate) struct Application {
    pub(crate) id: Id,
    pub(crate) bot: Id,
    /// `None` once Discord reset it.
    pub(crate) token: Option<String>,
}

/// The whole state.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) options: Options,
    pub(crate) base_url: String,
    pub(crate) application: Application,
    pub(crate) home: Id,
    pub(crate) accounts: BTreeMap<Id, Account>,
    pub(crate) guilds: BTreeMap<Id, Guild>,
    pub(crate) channels: BTreeMap<Id, Channel>,
    pub(crate) messages: BTreeMap<Id, Message>,
    /// Registered commands by guild; `None` holds the global ones.
    pub(crate) commands: BTreeMap<Option<Id>, Vec<Command>>,
    /// Commands created in each scope; the model counts a whole test as one day.
    pub(crate) creations: BTreeMap<Option<Id>, usize>,
    pub(crate) interactions: BTreeMap<Id, Interaction>,
    pub(crate) sessions: Sessions,
    pub(crate) buckets: Buckets,
    pub(crate) faults: Faults,
    pub(crate) requests: Vec<Request>,
    pub(crate) troubles: Vec<Trouble>,
    /// Where clients are told that the gateway is, if that is not where it is.
    pub(crate) told_gateway: Option<String>,
    /// Whether clients are told how often they may still identify.
    pub(crate) tells_budget: bool,
    ids: Ids,
}

impl World {
    pub(crate) fn new(options: Options, base_url: String) -> Self {
        let mut ids = Ids::default();
        let now = options.clock.now_ms();
        let (application, bot, home, owner) = (ids.next(now), ids.next(now), ids.next(now), ids.next(now));
        let token = format!("model-token-{bot}");
        let mut world = Self {
            sessions: Sessions::new(options.identifies),
            buckets: Buckets::new(options.rate_limits),
            options,
            base_url,
            application: Application { id: application, bot, token: Some(token) },
            home,
            accounts: BTreeMap::new(),
            guilds: BTreeMap::new(),
            channels: BTreeMap::new(),
            messages: BTreeMap::new(),
            commands: BTreeMap::new(),
            creations: BTreeMap::new(),
            interactions: BTreeMap::new(),
            faults: Faults::default(),
            requests: Vec::new(),
            troubles: Vec::new(),
            told_gateway: None,
            tells_budget: true,
            ids,
        };
        world.accounts.insert(bot, Account::bot(bot, "signalbox"));
        world.accounts.insert(owner, Account::person(owner, "guild-owner"));
        world.open_guild(home, "Lab", owner);
        world
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.options.clock
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.options.clock.now_ms()
    }

    pub(crate) fn next_id(&mut self) -> Id {
        let now = self.now_ms();
        self.ids.next(now)
    }

    pub(crate) fn account(&self, id: Id) -> Result<&Account, ApiError> {
        self.accounts.get(&id).ok_or(error::UNKNOWN_USER)
    }

    pub(crate) fn guild(&self, id: Id) -> Result<&Guild, ApiError> {
        self.guilds.get(&id).ok_or(error::UNKNOWN_GUILD)
    }

    pub(crate) fn channel(&self, id: Id) -> Result<&Channel, ApiError> {
        self.channels.get(&id).filter(|c| !c.deleted).ok_or(error::UNKNOWN_CHANNEL)
    }

    pub(crate) fn channel_mut(&mut self, id: Id) -> Result<&mut Channel, ApiError> {
        self.channels.get_mut(&id).filter(|c| !c.deleted).ok_or(error::UNKNOWN_CHANNEL)
    }

    /// A message that stands in this channel.
    pub(crate) fn message(&self, channel: Id, id: Id) -> Result<&Message, ApiError> {
        let there = |m: &&Message| !m.deleted && m.channel == channel;
        self.messages.get(&id).filter(there).ok_or(error::UNKNOWN_MESSAGE)
    }

    /// Writes down what the bot did wrong.
    pub(crate) fn trouble(&mut self, trouble: Trouble) {
        tracing::warn!(target: "discord_model", "{trouble}");
        self.troubles.push(trouble);
    }

    pub(crate) fn is_bot(&self, user: Id) -> bool {
        user == self.application.bot
    }
}
