//! A house whose people are on Discord: the real adapter, over the wire, against a Discord that lives in the test.

mod ground;
mod settled;

pub use ground::{Under, chat_role, old_topic};

use crate::answered::answered;
use discord_model::{Channel, Discord, Id, Message, Options, RateLimits, Seen, User};
use engine::port::{Clock, Journal};
use engine::{Operation, Pace};
use ground::{Ground, SetClock, names};
use interlock::approval::State;
use interlock::cluster::kafka::{Committed, KafkaQuery};
use interlock::cluster::{Look, Looker, Query};
use interlock::command::{Catalogue, parse_line};
use interlock::id::{ClusterName, GroupId, OperationId};
use interlock::plan::Sealed;
use interlock::policy::Policy;
use interlock::principal::{Account, Place};
use signalbox::bot;
use signalbox::chat::discord::Running;
use signalbox::clock::SystemClock;
use signalbox::config::DiscordSettings;
use signalbox::desk::{Answer, Incoming, Parts, Times};
use signalbox::house::{House, Plot};
use signalbox::store::audit::{AuditFilter, AuditPage, Verdict};
use signalbox::store::{Store, StoreError};
use simulated::{Fleet, GroupSpec, Member, SimulatedKafka, demo};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::task::JoinSet;

/// How long anything may take.
pub const SOON: Duration = Duration::from_secs(120);
/// How long Discord waits here for the first answer to a command. There it is three seconds; a busy machine stands still for
/// longer now and then, and only some stories are about being in time.
const PATIENT: Duration = Duration::from_secs(60);
/// The cluster of the stories.
pub const CLUSTER: &str = demo::PRODUCTION;
/// A topic with a known number of records, owned by dora.
pub const TOPIC: &str = "orders-eu";
/// A stopped group that has read some of them, owned by dora.
pub const GROUP: &str = "billing-eu";
/// How many partitions [`TOPIC`] has; each has a hundred records, of which [`GROUP`] has read sixty.
pub const PARTITIONS: i32 = 3;

/// A bot at work on its clusters, and the Discord on which its people are.
pub struct DiscordStory {
    /// Discord.
    pub discord: Discord,
    /// The team's channel, in which every cluster may be shown.
    pub ops: Channel,
    /// The simulated fleet under the bot; on other clusters it is there and nobody uses it.
    pub fleet: Fleet,
    ground: Ground,
    life: Option<Life>,
}

/// One process.
struct Life {
    house: House,
    running: Running,
    tasks: JoinSet<()>,
}

/// A process beside that of the story.
pub struct Beside {
    tasks: JoinSet<()>,
}

impl Beside {
    /// It ends without a word.
    pub async fn dies(mut self) {
        self.tasks.shutdown().await;
    }
}

/// What alice asked for: the operation, and its card.
#[derive(Clone)]
pub struct Posted {
    /// The operation.
    pub id: OperationId,
    /// Its card.
    pub card: Message,
}

impl DiscordStory {
    /// The bot is connected and has looked at its clusters once.
    ///
    /// # Panics
    /// If it cannot be built.
    pub async fn begin() -> Self {
        Self::begin_with(|_, _| ()).await
    }

    /// The same with other rules.
    ///
    /// # Panics
    /// If it cannot be built.
    pub async fn begin_with(change: impl FnOnce(&mut Policy, &Discord)) -> Self {
        Self::begin_set(|policy, _, discord| change(policy, discord)).await
    }

    /// The same with other rules, languages and places.
    ///
    /// # Panics
    /// If it cannot be built.
    pub async fn begin_set(change: impl FnOnce(&mut Policy, &mut Times, &Discord)) -> Self {
        Self::begin_under(RateLimits::Off, change).await
    }

    /// On a Discord that counts requests, as the real one does, and holds each against the bot that is one too many.
    ///
    /// # Panics
    /// If it cannot be built.
    pub async fn begin_limited() -> Self {
        Self::begin_under(RateLimits::Strict, |_, _, _| ()).await
    }

    /// On a Discord that waits for a first answer for as long as this.
    ///
    /// # Panics
    /// If it cannot be built.
    pub async fn begin_prompt(callback_deadline: Duration) -> Self {
        let options = Options { callback_deadline, ..patient(RateLimits::Off) };
        Self::begin_at((options, None), |_, fleet| Under::simulated(fleet), |_, _, _| ()).await
    }

    /// On a database at this address, which several processes can have at once.
    ///
    /// # Panics
    /// If it cannot be built.
    pub async fn begin_kept_in(database: String, change: impl FnOnce(&mut Policy, &mut Times, &Discord)) -> Self {
        let on = (patient(RateLimits::Off), Some(database));
        Self::begin_at(on, |_, fleet| Under::simulated(fleet), change).await
    }

    async fn begin_under(rate_limits: RateLimits, change: impl FnOnce(&mut Policy, &mut Times, &Discord)) -> Self {
        Self::begin_at((patient(rate_limits), None), |_, fleet| Under::simulated(fleet), change).await
    }

    /// On a Discord that counts requests, and on the clusters that this makes of the story's clock.
    ///
    /// # Panics
    /// If it cannot be built.
    pub async fn begin_on(
        under: impl FnOnce(Arc<dyn Clock>) -> Under,
        change: impl FnOnce(&mut Policy, &mut Times, &Discord),
    ) -> Self {
        let jumping = |under: Under| Under { pace: ground::jumping(under.pace), ..under };
        Self::begin_at((patient(RateLimits::Strict), None), |clock, _| jumping(under(clock)), change).await
    }

    /// By an engine with the times of the usual settings, for what takes its time.
    ///
    /// # Panics
    /// If it cannot be built.
    pub async fn begin_usual(change: impl FnOnce(&mut Policy, &mut Times, &Discord)) -> Self {
        let under = |_: Arc<dyn Clock>, fleet: &Fleet| Under::simulated_at(Pace::default(), fleet);
        Self::begin_at((patient(RateLimits::Off), None), under, change).await
    }

    async fn begin_at(
        (mut options, database): (Options, Option<String>),
        under: impl FnOnce(Arc<dyn Clock>, &Fleet) -> Under,
        change: impl FnOnce(&mut Policy, &mut Times, &Discord),
    ) -> Self {
        let ahead_ms = Arc::new(AtomicI64::new(0));
        let clock = discord_model::Clock::shared(ahead_ms.clone());
        options.clock = clock;
        let discord = Discord::start(options).await.expect("a port");
        let clock = SetClock { system: SystemClock::new(), ahead_ms };
        let fleet = simulated::demo(Arc::new(clock.clone())).expect("the demo fleet");
        let under = under(Arc::new(clock.clone()), &fleet);
        let ops = discord.channel("ops");
        let mut policy = ground::policy(&discord, &ops, &under.clusters);
        let mut times = Times::default();
        change(&mut policy, &mut times, &discord);
        let folder = TempDir::new().expect("a folder");
        let own = || format!("sqlite:{}", folder.path().join("signalbox.db").display());
        let database = database.unwrap_or_else(own);
        let ground = Ground { clock, policy, times, under, lives: 0, database, _folder: folder };
        let mut story = Self { discord, ops, fleet, ground, life: None };
        story.is_born().await;
        let registered = |request: &discord_model::Request| {
            request.is("PUT", "/applications/{application_id}/guilds/{guild_id}/commands")
                && request.status == Some(200)
        };
        story.discord.wait_for_request(registered, SOON).await;
        story
    }

    /// A process begins on the store that is there.
    ///
    /// # Panics
    /// If the house cannot be built.
    pub async fn is_born(&mut self) {
        self.ground.lives += 1;
        let identified = self.discord.gateway().identifies();
        let house = self.house_anew().await;
        let chat = bot::chat(&self.settings(), &house).expect("settings that work");
        house.connect(chat.clone());
        house.desk().refresh_directory().await;
        let running = chat.open(house.door()).expect("a thread for the gateway");
        let tasks = house.open();
        self.life = Some(Life { house, running, tasks });
        self.is_connected(identified).await;
    }

    fn settings(&self) -> DiscordSettings {
        DiscordSettings {
            token: self.discord.bot_token().into(),
            application: self.discord.application_id().get(),
            guilds: [self.discord.guild().id().get()].into(),
            operators_channel: None,
            audit_channel: None,
            api_base: Some(self.discord.base_url()),
        }
    }

    /// Another process begins beside the one that lives, with the settings as they are by now. It has no gateway, and tells what
    /// is to be told as that one does. It needs a database that several processes can have.
    ///
    /// # Panics
    /// If the house cannot be built.
    pub async fn is_joined(&mut self) -> Beside {
        self.ground.lives += 1;
        let house = self.house_anew().await;
        house.connect(bot::chat(&self.settings(), &house).expect("settings that work"));
        Beside { tasks: house.open() }
    }

    async fn is_connected(&self, identified: u32) {
        let mut standing = self.life().running.standing();
        let up = tokio::time::timeout(SOON, standing.wait_for(|standing| standing.is_up())).await;
        up.expect("a connection in time").expect("an adapter");
        assert!(self.discord.gateway().identifies() > identified, "it identified anew");
    }

    async fn house_anew(&self) -> House {
        let clock: Arc<dyn Clock> = Arc::new(self.ground.clock.clone());
        let parts = Parts {
            catalogue: Catalogue::built_in().expect("the catalogue"),
            policy: self.ground.policy.clone(),
            backends: self.ground.under.backends.clone(),
            store: self.store(&clock).await,
            clock,
            times: self.ground.times.clone(),
            guards: self.ground.under.guards.clone(),
        };
        House::build(Plot { parts, pace: self.ground.under.pace, holder: format!("life {}", self.ground.lives) })
    }

    /// The store, once the process before has let go of it.
    async fn store(&self, clock: &Arc<dyn Clock>) -> Store {
        let began = Instant::now();
        loop {
            match Store::open(&self.store_address(), clock.clone()).await {
                Err(StoreError::InUse) if began.elapsed() < SOON => tokio::time::sleep(Duration::from_millis(10)).await,
                opened => return opened.expect("a store"),
            }
        }
    }

    /// The process ends without a word.
    pub async fn dies(&mut self) {
        let Some(Life { house, running, mut tasks }) = self.life.take() else { return };
        tasks.shutdown().await;
        drop((house, running));
        let gone = |sessions: &[discord_model::gateway::SessionView]| sessions.iter().all(|one| !one.connected);
        self.discord.gateway().is(gone, SOON).await;
    }

    /// The settings change. The process that lives does not know; the next one does.
    pub fn settings_change(&mut self, change: impl FnOnce(&mut Policy)) {
        change(&mut self.ground.policy);
    }

    /// The same of languages and places.
    pub fn places_change(&mut self, change: impl FnOnce(&mut Times)) {
        change(&mut self.ground.times);
    }

    fn life(&self) -> &Life {
        self.life.as_ref().expect("a living bot")
    }

    /// The address of the store, for whoever tampers with it.
    #[must_use]
    pub fn store_address(&self) -> String {
        self.ground.database.clone()
    }

    /// The house.
    ///
    /// # Panics
    /// If it is dead.
    #[must_use]
    pub fn house(&self) -> &House {
        &self.life().house
    }

    /// The cluster of the stories.
    #[must_use]
    pub fn kafka(&self) -> SimulatedKafka {
        self.fleet.kafka(&cluster())
    }

    /// Somebody: one of the people of the stories, or anybody else.
    #[must_use]
    pub fn user(&self, name: &str) -> User {
        self.discord.user(name)
    }

    /// Time goes on, for the bot and for Discord.
    pub fn time_passes(&self, span: Duration) {
        let span = i64::try_from(span.as_millis()).expect("a span");
        self.ground.clock.ahead_ms.fetch_add(span, Ordering::SeqCst);
    }

    /// alice asks for a reset of the group of the stories to the earliest offsets.
    pub async fn reset(&self) -> Posted {
        self.asks("alice", &reset("earliest")).await
    }

    /// The group [`live`] reads [`TOPIC`], and these clients of it are at work.
    ///
    /// # Panics
    /// If there is such a group already.
    pub fn has_live(&self, clients: &[&str]) {
        let (group, (_, topic)) = (live(), names());
        let spec =
            GroupSpec::new(group.clone()).reading(topic.clone(), 3_600).committed(topic, 0, Committed::plain(50));
        self.kafka().add_group(&spec).expect("the group");
        for client in clients {
            self.kafka().join(&group, Member::new(client, "/10.0.9.1")).expect("a member");
        }
    }

    /// alice asks for a reset of [`live`] that waits until its one client has stopped.
    pub async fn asks_to_wait(&self) -> Posted {
        self.has_live(&["live-1"]);
        let line =
            format!("/reset-offset cluster:{CLUSTER} group:{} topic:{TOPIC} to:earliest wait-for-stop:6h", live());
        self.asks("alice", &line).await
    }

    /// bob approves it, and dora, whose group it is.
    pub async fn both_approve(&self, posted: &Posted) {
        self.reacts("bob", &posted.card, "✅").await;
        posted.card.becomes("1 of 2: bob", SOON).await;
        self.reacts("dora", &posted.card, "✅").await;
    }

    /// A reset of [`live`] waits until its one client has stopped: approved by bob and dora, and with what steers it seeded.
    pub async fn waits(&self) -> Posted {
        let posted = self.asks_to_wait().await;
        self.both_approve(&posted).await;
        self.becomes(&posted.id, State::Waiting).await;
        posted.card.until(|seen| !seen.reacted("↩️").is_empty(), SOON).await;
        posted
    }

    /// Somebody asks for a change, and is answered privately; the card appears, with its votes seeded and its thread open.
    ///
    /// # Panics
    /// If not.
    pub async fn asks(&self, who: &str, line: &str) -> Posted {
        let answer = self.user(who).runs(&self.ops, line).await;
        assert!(answer.is_private() && answer.text().contains("is posted"), "{line}: {}", answer.text());
        let id = operation_in(&answer.text());
        let card = self.card(&id, 1).await;
        // Not within the closure: it is called under Discord's lock.
        let bot = self.discord.bot_id();
        card.until(|seen| seen.reacted("❌") == [bot], SOON).await;
        wait_until("the thread", || card.thread().is_some()).await;
        Posted { id, card }
    }

    /// The card of a revision of an operation, once votes on it are taken.
    ///
    /// # Panics
    /// If it does not come.
    pub async fn card(&self, id: &OperationId, revision: u32) -> Message {
        let began = Instant::now();
        loop {
            let store = &self.house().rooms().store;
            let messages = answered(async || store.messages(id).await).await;
            let is_card = |one: &&signalbox::store::MessageOf| {
                one.revision == revision && one.message.role == signalbox::store::MessageRole::Card
            };
            if let Some(found) = messages.iter().find(is_card) {
                let wanted = Id::new(found.message.message);
                return self.ops.wait_for(|seen| seen.id == wanted, SOON).await;
            }
            assert!(began.elapsed() < SOON, "no card of revision {revision} of {id}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Somebody reacts on a card.
    pub async fn reacts(&self, who: &str, card: &Message, emoji: &str) {
        self.user(who).reacts(card, emoji).await;
    }

    /// An operation as it stands.
    ///
    /// # Panics
    /// If there is none.
    pub async fn operation(&self, id: &OperationId) -> Operation {
        let store = &self.house().rooms().store;
        answered(async || store.operation(id).await).await.expect("the operation is there")
    }

    /// The plan that counts.
    ///
    /// # Panics
    /// If it cannot be read.
    pub async fn plan(&self, id: &OperationId) -> Sealed {
        let operation = self.operation(id).await;
        let store = &self.house().rooms().store;
        answered(async || store.plan(&operation).await).await
    }

    /// Waits until an operation is in a state.
    ///
    /// # Panics
    /// If it does not come there in time.
    pub async fn becomes(&self, id: &OperationId, state: State) -> Operation {
        let began = Instant::now();
        loop {
            let operation = self.operation(id).await;
            if operation.state == state {
                return operation;
            }
            let in_time = began.elapsed() < SOON && !operation.state.has_ended();
            assert!(in_time, "{id} is {} because {:?}, not {state}", operation.state, operation.why);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Somebody at the console of the bot's machine asks something.
    ///
    /// # Panics
    /// If the line cannot be taken apart.
    pub async fn at_the_console(&self, uid: u32, line: &str) -> Answer {
        let rooms = self.house().rooms();
        let parsed = parse_line(&rooms.catalogue, line).unwrap_or_else(|mistake| panic!("{line}: {mistake:?}"));
        let principal = rooms.policy.people.principal(Account::System(uid), BTreeSet::new());
        let (place, locale, at) = (Place::Console, "en-US".to_owned(), rooms.clock.now());
        let incoming = Incoming { command: parsed.command, options: parsed.options, principal, place, locale, at };
        self.house().desk().handle(incoming).await
    }

    /// What was said in the thread of a card, once everything is told.
    ///
    /// # Panics
    /// If there is no thread.
    pub async fn thread_of(&self, card: &Message) -> Vec<Seen> {
        self.all_is_told().await;
        let thread = card.thread().expect("the thread");
        thread.bot_messages().iter().map(Message::look).collect()
    }

    /// What the audit log tells of an operation, oldest first, after verifying the whole chain.
    ///
    /// # Panics
    /// If the chain does not verify.
    pub async fn audit(&self, id: &OperationId) -> Vec<String> {
        let store = &self.house().rooms().store;
        let verdict = answered(async || store.audit_verify(None).await).await;
        assert!(matches!(verdict, Verdict::Verified { .. }), "{verdict:?}");
        let filter = AuditFilter { operation: Some(id.clone()), ..AuditFilter::default() };
        let page = AuditPage { before: None, limit: 200 };
        let found = answered(async || store.audit_search(&filter, page).await).await;
        found.into_iter().rev().map(|entry| entry.record.what).collect()
    }

    /// What the group of the stories has committed, by the cluster's own books.
    ///
    /// # Panics
    /// If it cannot be asked.
    pub async fn committed(&self) -> Vec<i64> {
        let group: GroupId = GROUP.parse().expect("a group's name");
        let query = Query::Kafka(KafkaQuery::Committed(group.clone()));
        let sections = engine::port::Observe::observe(&self.kafka(), &BTreeSet::from([query])).await;
        match Looker::new(&sections).kafka_committed(&group) {
            Look::Seen(found) => found.iter().map(|one| one.committed.offset).collect(),
            _ => panic!("the cluster does not tell"),
        }
    }

    /// How many acts of ours the cluster has received.
    ///
    /// # Panics
    /// If it cannot be asked.
    #[must_use]
    pub fn acts(&self) -> usize {
        self.kafka().acts().expect("the fleet").iter().filter(|act| act.permit.is_some()).count()
    }

    /// How often an operation meant to act, by its journal.
    ///
    /// # Panics
    /// If it cannot be read.
    pub async fn intents(&self, id: &OperationId) -> usize {
        let store = &self.house().rooms().store;
        let entries = answered(async || store.entries(id).await).await;
        entries.iter().filter(|entry| matches!(entry, engine::Entry::Intent { .. })).count()
    }

    /// Somebody else sets where the group stands in the first partition.
    ///
    /// # Panics
    /// If the cluster refuses.
    pub fn another_tool_commits(&self, offset: i64) {
        let (group, topic) = names();
        self.kafka().foreign_commit(&group, &topic, 0, Committed::plain(offset)).expect("the fleet");
    }
}

/// A group with clients at work, where a story [has it](DiscordStory::has_live); owned by dora.
#[must_use]
pub fn live() -> GroupId {
    "billing-live".parse().expect("a group's name")
}

/// The command that resets the group of the stories.
#[must_use]
pub fn reset(to: &str) -> String {
    format!("/reset-offset cluster:{CLUSTER} group:{GROUP} topic:{TOPIC} to:{to} reason:\"it was wrong\"")
}

/// The operation that an answer names.
///
/// # Panics
/// If it names none.
#[must_use]
pub fn operation_in(text: &str) -> OperationId {
    let words = text.split(|character: char| !character.is_ascii_alphanumeric());
    let found = words.filter(|word| word.len() == 6 && !word.bytes().any(|byte| byte.is_ascii_lowercase()));
    let found = found.filter_map(|word| word.parse().ok()).next();
    found.unwrap_or_else(|| panic!("no operation is named in: {text}"))
}

fn patient(rate_limits: RateLimits) -> Options {
    Options { rate_limits, callback_deadline: PATIENT, patience: SOON, ..Options::default() }
}

/// Waits until something is true.
///
/// # Panics
/// If it does not come true in time.
pub async fn wait_until(what: &str, is: impl Fn() -> bool) {
    let began = Instant::now();
    while !is() {
        assert!(began.elapsed() < SOON, "{what} does not come");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// The cluster of the stories.
fn cluster() -> ClusterName {
    CLUSTER.parse().expect("a cluster's name")
}
