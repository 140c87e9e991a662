//! How a run ended, and what is wrong with that.

use super::chat::PaperChat;
use super::ground::{CLUSTER, GROUP, Ground, ROCKETMQS, STOPPED, WORKING};
use engine::port::{Clock, Journal, Observe};
use engine::{Entry, Operation};
use interlock::cluster::kafka::{CommittedOffset, KafkaQuery};
use interlock::cluster::rocketmq::{self, RocketmqQuery};
use interlock::cluster::{Look, Looker, Query};
use interlock::id::{GroupId, OperationId};
use interlock::plan::{Action, KafkaAction, RocketmqAction};
use signalbox::store::audit::{AuditFilter, AuditPage, Verdict};
use signalbox::store::{Filter, Page, Store};
use simulated::{ReceivedAct, SimulatedKafka, SimulatedRocketmq};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What people ask twice if they got no answer, and what a worker does twice: try again after it found out that nothing
/// was applied, and capture the values and count out the targets of the moment as long as nothing is changed.
const VARYING: [&str; 7] = ["planned", "approved", "controlled", "intent", "outcome", "captured", "expanded"];
/// How the lines of progress begin, which are edited, not posted, while they are young: which one is posted first, and
/// what the last one says, is a matter of time.
const PROGRESS: [&str; 7] = [
    "first: Still ",
    "first: No member left",
    "first: The cluster’s answer was lost",
    "first: Moving",
    "second: Moving",
    "first: Watching whether",
    "second: Watching whether",
];

/// What the progress of a watch over a few looks says, of which one may end with its worker.
const LOOKS: &str = "; I look once more (";

/// How a run ended.
#[derive(Debug, Clone)]
pub struct Ending {
    /// The operations, oldest first.
    pub operations: Vec<Operation>,
    /// Their journals.
    pub entries: BTreeMap<OperationId, Vec<Entry>>,
    /// What the audit log tells of each, oldest first.
    pub audit: BTreeMap<OperationId, Vec<String>>,
    /// What verifying the audit chain found.
    pub chain: Verdict,
    /// Who holds something on the cluster.
    pub holds: Vec<OperationId>,
    /// Whose lease is held, or seems to be.
    pub leases: Vec<OperationId>,
    /// What both groups committed.
    pub committed: Vec<(GroupId, Vec<CommittedOffset>)>,
    /// Where the stopped group stands in each RocketMQ cluster.
    pub stands: Vec<Vec<rocketmq::CommittedOffset>>,
    /// The acts that came to the clusters.
    pub acts: Vec<ReceivedAct>,
    /// The first line of each message, without ids and numbers.
    pub messages: Vec<String>,
}

/// What must not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// One action took effect twice.
    AppliedTwice(String),
    /// Two acts came under one intent.
    TwoActsUnderOneIntent(String),
    /// An act came for which no intent is journalled.
    ActWithoutIntent(String),
    /// An intent follows another one of which nobody found out what became.
    IntentUponOpenIntent(String),
    /// The audit chain does not verify.
    Chain(String),
    /// Something differs from the run in which nobody died: what, there, here.
    Differs(&'static str, String, String),
    /// A hold or a lease is left.
    Left(&'static str, String),
}

impl Ending {
    /// Reads how a run ended.
    ///
    /// # Panics
    /// If store or cluster do not answer.
    pub async fn read(store: &Store, ground: &Ground, clock: Arc<dyn Clock>) -> Self {
        let page = Page { before: None, limit: 50 };
        let listed = store.operations(&Filter::default(), page).await.expect("the store answers");
        let operations: Vec<Operation> = listed.into_iter().rev().map(|one| one.operation).collect();
        let (mut entries, mut audit, mut leases) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        for operation in &operations {
            let id = &operation.id;
            entries.insert(id.clone(), store.entries(id).await.expect("the store answers"));
            audit.insert(id.clone(), told(store, id).await);
            if store.lease(id).await.expect("the store answers").is_some_and(|beat| !beat.holder.is_empty()) {
                leases.push(id.clone());
            }
        }
        let mut holds = store.holds(&CLUSTER.parse().expect("a name")).await.expect("the store answers");
        let kafka = ground.kafka(clock.clone());
        let (mut acts, mut stands) = (kafka.acts().expect("its acts"), Vec::new());
        for (cluster, _) in ROCKETMQS {
            holds.extend(store.holds(&cluster.parse().expect("a name")).await.expect("the store answers"));
            let rocketmq = ground.rocketmq(cluster, clock.clone());
            acts.extend(rocketmq.acts().expect("its acts"));
            stands.push(Self::stands(&rocketmq, STOPPED).await);
        }
        let groups = [GROUP, WORKING].map(|name| name.parse::<GroupId>().expect("a name"));
        let mut committed = Vec::new();
        for group in groups {
            let found = Self::committed(&kafka, group.as_str()).await;
            committed.push((group, found));
        }
        let ids: Vec<&OperationId> = operations.iter().map(|one| &one.id).collect();
        let messages = PaperChat::posted(&ground.chat_file()).iter().map(|line| plain(line, &ids)).collect();
        Self {
            entries,
            audit,
            chain: store.audit_verify(None).await.expect("the store answers"),
            holds: holds.into_iter().map(|held| held.operation).collect(),
            leases,
            committed,
            acts,
            stands,
            messages,
            operations,
        }
    }

    /// What a group committed.
    ///
    /// # Panics
    /// If the cluster does not answer.
    pub async fn committed(kafka: &SimulatedKafka, group: &str) -> Vec<CommittedOffset> {
        let group: GroupId = group.parse().expect("a name");
        let queries = BTreeSet::from([Query::Kafka(KafkaQuery::Committed(group.clone()))]);
        let sections = kafka.observe(&queries).await;
        let Look::Seen(found) = Looker::new(&sections).kafka_committed(&group) else {
            panic!("the cluster does not answer")
        };
        found.clone()
    }

    /// Where a group stands in a RocketMQ cluster.
    ///
    /// # Panics
    /// If the cluster does not answer.
    pub async fn stands(rocketmq: &SimulatedRocketmq, group: &str) -> Vec<rocketmq::CommittedOffset> {
        let group: GroupId = group.parse().expect("a name");
        let queries = BTreeSet::from([Query::Rocketmq(RocketmqQuery::Committed(group.clone()))]);
        let sections = rocketmq.observe(&queries).await;
        let Look::Seen(found) = Looker::new(&sections).rocketmq_committed(&group) else {
            panic!("the cluster does not answer")
        };
        found.seen.clone()
    }

    /// What is wrong in itself.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = self.doubled();
        if !matches!(self.chain, Verdict::Verified { .. }) {
            faults.push(Fault::Chain(format!("{:?}", self.chain)));
        }
        let state = |id: &OperationId| self.operations.iter().find(|one| one.id == *id).map(|one| one.state);
        for id in &self.holds {
            if !state(id).is_some_and(interlock::approval::State::keeps_holds) {
                faults.push(Fault::Left("a hold", id.to_string()));
            }
        }
        for id in &self.leases {
            if !state(id).is_some_and(interlock::approval::State::has_ended) {
                faults.push(Fault::Left("a lease", id.to_string()));
            }
        }
        faults
    }

    fn doubled(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut applied: Vec<(&OperationId, &Action)> = Vec::new();
        let mut intents = BTreeSet::new();
        for act in &self.acts {
            let Some(permit) = &act.permit else { continue };
            let told = || format!("{permit:?}");
            if !intents.insert((&permit.operation, permit.intent)) {
                faults.push(Fault::TwoActsUnderOneIntent(told()));
            }
            let entries = self.entries.get(&permit.operation).map_or(&[][..], Vec::as_slice);
            let place = usize::try_from(permit.intent).unwrap_or_default().wrapping_sub(1);
            if !matches!(entries.get(place), Some(Entry::Intent { .. })) {
                faults.push(Fault::ActWithoutIntent(told()));
            }
            if act.applied && applied.contains(&(&permit.operation, &act.action)) {
                faults.push(Fault::AppliedTwice(told()));
            }
            if act.applied {
                applied.push((&permit.operation, &act.action));
            }
        }
        for (id, entries) in &self.entries {
            faults.extend(upon_open(entries).map(|seq| Fault::IntentUponOpenIntent(format!("{id}, entry {seq}"))));
        }
        faults
    }

    /// What differs from a run in which nobody died.
    #[must_use]
    pub fn differs(&self, undisturbed: &Self) -> Vec<Fault> {
        let ends = |of: &Self| of.operations.iter().map(|one| (one.command.clone(), one.state)).collect::<Vec<_>>();
        let kinds = |of: &Self| of.operations.iter().map(|one| counted(of.trail(&one.id))).collect::<Vec<_>>();
        let mut faults = Vec::new();
        differ("the states", &ends(undisturbed), &ends(self), &mut faults);
        differ("the offsets", &undisturbed.of_changed_groups(), &self.of_changed_groups(), &mut faults);
        differ("where groups stand", &undisturbed.stands, &self.stands, &mut faults);
        differ("the holds", &undisturbed.holds.len(), &self.holds.len(), &mut faults);
        differ("the audit log", &kinds(undisturbed), &kinds(self), &mut faults);
        let messages = |of: &Self| {
            let is_progress = |line: &str| PROGRESS.iter().any(|begin| line.starts_with(begin)) || line.contains(LOOKS);
            counted(of.messages.iter().filter(|line| !is_progress(line)).cloned())
        };
        differ("the messages", &messages(undisturbed), &messages(self), &mut faults);
        let acts =
            |of: &Self| in_order(of.acts.iter().filter(|act| act.applied).map(|act| steady(&act.action)).collect());
        differ("the applied actions", &acts(undisturbed), &acts(self), &mut faults);
        faults
    }

    /// The audit kinds that do not depend on how often something had to be tried or asked.
    fn trail(&self, id: &OperationId) -> impl Iterator<Item = String> {
        let all = self.audit.get(id).into_iter().flatten();
        all.filter(|what| !VARYING.contains(&what.as_str())).cloned()
    }

    /// What is committed in groups that were changed; others go on working, and time differs.
    fn of_changed_groups(&self) -> Vec<(&GroupId, &Vec<CommittedOffset>)> {
        let changed = |id: &GroupId| self.acts.iter().any(|ReceivedAct { action, .. }| action.group() == Some(id));
        self.committed.iter().filter(|(id, _)| changed(id)).map(|(id, committed)| (id, committed)).collect()
    }
}

/// Rates are put back each by itself; which of those next to each other comes first depends on which was tried last.
fn in_order(mut acts: Vec<Action>) -> Vec<Action> {
    let is_one_setting =
        |action: &Action| matches!(action, Action::Kafka(KafkaAction::SetConfigs { changes }) if changes.len() == 1);
    for together in acts.chunk_by_mut(|one, next| is_one_setting(one) && is_one_setting(next)) {
        together.sort_by_key(|action| format!("{action:?}"));
    }
    acts
}

/// An action without what was on its way at the time it was fixed: the ends of queues that others write, and where clients of a
/// group at work stood.
fn steady(action: &Action) -> Action {
    let mut action = action.clone();
    let (moves, goes_on) = match &mut action {
        Action::Rocketmq(RocketmqAction::SetOffsets { moves, running, .. }) => (moves, *running),
        Action::Rocketmq(RocketmqAction::TellClients { moves, .. }) => (moves, true),
        Action::Rocketmq(_) | Action::Kafka(_) => return action,
    };
    for one in moves {
        one.end = 0;
        one.from = one.from.filter(|_| !goes_on);
    }
    action
}

fn differ<T: PartialEq + std::fmt::Debug>(what: &'static str, there: &T, here: &T, faults: &mut Vec<Fault>) {
    if there != here {
        faults.push(Fault::Differs(what, format!("{there:?}"), format!("{here:?}")));
    }
}

fn counted(all: impl IntoIterator<Item = String>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for one in all {
        *counts.entry(one).or_default() += 1;
    }
    counts
}

/// Intents that were written though nobody had found out what became of the one before.
fn upon_open(entries: &[Entry]) -> impl Iterator<Item = usize> {
    let mut open = BTreeSet::new();
    let mut found = Vec::new();
    for (seq, entry) in (1..).zip(entries) {
        match entry {
            Entry::Intent { step, action, .. } if !open.insert((*step, *action)) => found.push(seq),
            Entry::Outcome { step, action, outcome, .. }
                if !matches!(outcome, engine::Outcome::Unknown | engine::Outcome::Answered) =>
            {
                open.remove(&(*step, *action));
            }
            _ => {}
        }
    }
    found.into_iter()
}

async fn told(store: &Store, id: &OperationId) -> Vec<String> {
    let filter = AuditFilter { operation: Some(id.clone()), ..AuditFilter::default() };
    let page = AuditPage { before: None, limit: 200 };
    let found = store.audit_search(&filter, page).await.expect("the store answers");
    found.into_iter().rev().map(|entry| entry.record.what).collect()
}

/// A line without what differs from run to run: ids and numbers.
fn plain(line: &str, ids: &[&OperationId]) -> String {
    let named = ids.iter().enumerate().fold(line.to_owned(), |line, (place, id)| {
        line.replace(id.as_str(), ["first", "second", "third"].get(place).copied().unwrap_or("later"))
    });
    let mut plain = String::new();
    for letter in named.chars().map(|letter| if letter.is_ascii_digit() { '#' } else { letter }) {
        if letter != '#' || !plain.ends_with('#') {
            plain.push(letter);
        }
    }
    plain
}
