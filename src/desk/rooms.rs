//! What every part of the desk works with.

use super::answer::Done;
use super::drafting::NoPlan;
use super::members::Known;
use super::other_messages::OtherMessages;
use super::readings::Readings;
use super::weighed::Weighed;
use crate::chat::{Chat, MessageRef};
use crate::store::{MessageOf, MessageRole, Store, StoreError};
use crate::text::Locale;
use engine::History;
use engine::port::{Clock, Clusters, Journal, JournalError, Observe};
use interlock::changes::{Guards, Owing};
use interlock::cluster::Cluster;
use interlock::command::{Catalogue, Directory};
use interlock::facts::Facts;
use interlock::id::ClusterName;
use interlock::plan::Mistake;
use interlock::policy::Policy;
use interlock::principal::{ChatRole, Place};
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Duration;

/// What every part of the desk works with: the catalogue, the rules, the clusters, the store, and time.
pub struct Rooms {
    /// The commands.
    pub catalogue: Catalogue,
    /// Who may do what, and the clusters as the settings describe them.
    pub policy: Policy,
    /// The clusters as they can be reached.
    pub backends: Clusters,
    /// The durable record.
    pub store: Store,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// The rest of the settings.
    pub times: Times,
    /// The guards of the planners: all of them, but in a story that shows what one of them is for.
    pub guards: Guards,
    pub(super) members: Known,
    pub(super) other_messages: OtherMessages,
    pub(super) weighed: Weighed,
    pub(super) readings: Readings,
    pub(super) silent: RwLock<BTreeSet<ChatRole>>,
    /// One plan is posted after the other: each sees how many wait.
    pub(super) posting: tokio::sync::Mutex<()>,
    chat: OnceLock<Arc<dyn Chat>>,
    directory: RwLock<Arc<Directory>>,
}

/// Times, zones, languages and the last place of the settings.
#[derive(Debug, Clone)]
pub struct Times {
    /// The zone in which times without one are read.
    pub zone: TimeZone,
    /// How long a plan waits for approval.
    pub expiry: Duration,
    /// How many plans of one person may wait for votes or their turn.
    pub open_plans: usize,
    /// The language of cards where no other is said.
    pub locale: Locale,
    /// The language of cards in a channel or thread.
    pub languages: BTreeMap<u64, Locale>,
    /// Where operators are told what cannot be told elsewhere.
    pub operators: Option<Place>,
    /// The channels that have a board.
    pub boards: BTreeSet<Place>,
    /// Where the head of the audit log is posted.
    pub audit_heads: Option<Place>,
}

impl Times {
    /// The language of what everybody reads in a place.
    #[must_use]
    pub fn language(&self, place: &Place) -> Locale {
        let Place::Discord { channel, thread, .. } = place else { return self.locale };
        self.language_of(*channel, *thread)
    }

    /// The language of a channel, or of a thread in it.
    #[must_use]
    pub fn language_of(&self, channel: u64, thread: Option<u64>) -> Locale {
        let own = thread.and_then(|thread| self.languages.get(&thread));
        own.or_else(|| self.languages.get(&channel)).copied().unwrap_or(self.locale)
    }
}

impl Default for Times {
    fn default() -> Self {
        Self {
            zone: TimeZone::UTC,
            expiry: Duration::from_secs(8 * 3600),
            open_plans: 20,
            locale: Locale::EnUs,
            languages: BTreeMap::new(),
            operators: None,
            boards: BTreeSet::new(),
            audit_heads: None,
        }
    }
}

/// The parts that [`Rooms::new`] takes.
pub struct Parts {
    /// See [`Rooms::catalogue`].
    pub catalogue: Catalogue,
    /// See [`Rooms::policy`].
    pub policy: Policy,
    /// See [`Rooms::backends`].
    pub backends: Clusters,
    /// See [`Rooms::store`].
    pub store: Store,
    /// See [`Rooms::clock`].
    pub clock: Arc<dyn Clock>,
    /// See [`Rooms::times`].
    pub times: Times,
    /// See [`Rooms::guards`].
    pub guards: Guards,
}

impl Rooms {
    /// The rooms, without a chat yet and with an empty directory.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self {
            catalogue: parts.catalogue,
            policy: parts.policy,
            backends: parts.backends,
            store: parts.store,
            clock: parts.clock,
            times: parts.times,
            guards: parts.guards,
            members: Known::default(),
            other_messages: OtherMessages::default(),
            weighed: Weighed::default(),
            readings: Readings::default(),
            silent: RwLock::default(),
            posting: tokio::sync::Mutex::default(),
            chat: OnceLock::new(),
            directory: RwLock::default(),
        }
    }

    /// Connects the chat; once.
    pub fn connect(&self, chat: Arc<dyn Chat>) {
        if self.chat.set(chat).is_err() {
            tracing::error!("a second chat was connected; the first one stays");
        }
    }

    /// The chat, if there is one.
    #[must_use]
    pub fn chat(&self) -> Option<&Arc<dyn Chat>> {
        self.chat.get()
    }

    /// Whether a message is known to be no card; from memory, at once.
    pub(crate) fn is_no_card(&self, message: MessageRef) -> bool {
        self.other_messages.knows(message, self.clock.monotonic())
    }

    /// We posted a card; whoever reacts on it is heard as soon as the store knows of it.
    pub(crate) fn posted_card(&self, message: MessageRef) {
        self.other_messages.posted(message);
    }

    /// The card that a message is. That it is none is remembered for a while.
    pub(crate) async fn card_at(&self, message: MessageRef) -> Result<Option<MessageOf>, StoreError> {
        let found = self.store.message_of(message.channel, message.message).await?;
        let card = found.filter(|found| found.message.role == MessageRole::Card);
        if card.is_none() {
            self.other_messages.put(message, self.clock.monotonic());
        }
        Ok(card)
    }

    /// The names that were last seen.
    #[must_use]
    pub fn directory(&self) -> Arc<Directory> {
        self.directory.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn put_directory(&self, directory: Directory) {
        *self.directory.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(directory);
    }

    /// A cluster of the settings, and how it is looked at.
    pub(super) fn cluster(&self, name: &ClusterName) -> Result<(&Cluster, &Arc<dyn Observe>), Done> {
        let unknown = || Done::Mistake(Mistake::new("unknown-cluster", Facts::none().with("given", name.as_str())));
        let cluster = self.policy.clusters.get(name).ok_or_else(unknown)?;
        Ok((cluster, self.backends.get(name).ok_or_else(unknown)?))
    }

    /// What operations that ended still have to put back on a cluster. What the plan of which cannot be read is known to nobody;
    /// its hold still keeps others off.
    pub(super) async fn owing(&self, cluster: &ClusterName) -> Result<Vec<Owing>, NoPlan> {
        let mut owing = Vec::new();
        for operation in self.store.owing(cluster).await? {
            let plan = match self.store.plan(&operation).await {
                Err(JournalError::Damaged(_)) => continue,
                plan => plan?,
            };
            let turned_to = History::read(&self.store.entries(&operation.id).await?).turned_to();
            let owed = operation.memory.owed.iter();
            owing.extend(owed.map(|owed| Owing::of(plan.plan(), &owed.on, &turned_to)));
        }
        Ok(owing)
    }
}
