//! Plans and views for the tests of texts.

use crate::desk::{Done, Refusal};
use crate::text::{CardView, Locale, Owners, Progress};
use engine::{Entry, History, Outcome, Why};
use interlock::approval::{BrokenGlass, NotCounted, Review, State, Tally, Uncounted};
use interlock::cluster::kafka::Committed;
use interlock::cluster::{ClusterKind, Tier};
use interlock::command::Arguments;
use interlock::facts::Facts;
use interlock::freeze::{Freeze, FreezeOn};
use interlock::id::{GroupId, OperationId, PersonId, TopicName};
use interlock::plan::{
    Action, Aspect, Capture, Captured, Check, Condition, Effect, Estimate, Expectation, Hold, Impact, KafkaAction,
    Level, OffsetExpected, OffsetInLog, OffsetMove, OffsetRule, OffsetTarget, Plan, Requester, Row, Rule, Scope,
    Sealed, Seat, Sharing, Step, Thing, Undo, Wait, Work, inverse,
};
use interlock::principal::{Account, Place};
use interlock::time::Millis;
use std::collections::BTreeMap;
use std::time::Duration;

pub(super) const NOON: Millis = Millis(1_795_500_000_000);
const HOUR: i64 = 3_600_000;

pub(super) fn person(name: &str) -> PersonId {
    name.parse().unwrap()
}

/// These checks forbid something on the cluster of the plans.
pub(super) fn refused(checks: Vec<Check>) -> Done {
    Done::Refused(Refusal { cluster: "logs-kafka".parse().unwrap(), checks })
}

fn names(all: &[&str]) -> Vec<String> {
    all.iter().map(|name| (*name).to_owned()).collect()
}

/// A reset of group `billing` in topic `orders` with so many partitions, two hours back.
pub(super) fn reset(partitions: i32) -> Plan {
    let topic: TopicName = "orders".parse().unwrap();
    let group: GroupId = "billing".parse().unwrap();
    let at = |partition: i32| 1_200_000 + i64::from(partition) * 37;
    let moves: Vec<OffsetMove> = (0..partitions)
        .map(|partition| OffsetMove {
            topic: topic.clone(),
            partition,
            from: (partition != 3).then(|| Committed::plain(at(partition))),
            to: Committed::plain(at(partition) - 800 - i64::from(partition)),
        })
        .collect();
    let rows = moves.iter().map(|one| Row::Offset {
        topic: "orders".to_owned(),
        partition: one.partition,
        from: one.from.as_ref().map(|committed| committed.offset),
        to: Some(one.to.offset),
        log_start: 1_000_000,
        log_end: 1_300_000,
        clamped: one.partition == 4,
    });
    let rows: Vec<Row> = rows.collect();
    let expected = moves.iter().map(|one| OffsetExpected {
        topic: topic.clone(),
        partition: one.partition,
        committed: one.from.clone(),
    });
    let in_log = moves.iter().map(|one| OffsetInLog { partition: one.partition, offset: one.to.offset }).collect();
    let stopped = Expectation::KafkaGroupHasNoMembers { group: group.clone() };
    let expectations = vec![
        Expectation::KafkaClusterIs { id: "q1Sh-9_ISia_zwGINzRvyQ".to_owned() },
        Expectation::KafkaTopicIs {
            topic: topic.clone(),
            id: "b8tRS7h4TJ2Vt43Dp85v2A".to_owned(),
            partitions: u32::try_from(partitions).unwrap(),
        },
        stopped.clone(),
        Expectation::KafkaCommittedAre { group: group.clone(), offsets: expected.collect() },
        Expectation::KafkaOffsetsInLog { topic: topic.clone(), offsets: in_log },
    ];
    let action = Action::Kafka(KafkaAction::CommitOffsets { group, moves });
    let step = Step {
        number: 1,
        needs: vec![stopped],
        done: Condition::ReadBack,
        undo: Undo::Literal { actions: inverse(&action), needs: Vec::new() },
        work: Work::Act(action),
    };
    let clamped = Facts::none()
        .with("count", 1_i64)
        .with("topic", "orders")
        .with("partition", 4_i64)
        .with("wanted", 999_000_i64)
        .with("used", 1_199_344_i64);
    let cluster: interlock::id::ClusterName = "logs-kafka".parse().unwrap();
    let hold = |thing, sharing| Hold { cluster: cluster.clone(), thing, aspect: Aspect::Offsets, sharing };
    let holds = vec![
        hold(Thing::Group("billing".to_owned()), Sharing::Exclusive),
        hold(Thing::Topic("orders".to_owned()), Sharing::Shared),
    ];
    Plan {
        format: 1,
        operation: "K7F3QD".parse().unwrap(),
        revision: 1,
        command: "reset-offset".to_owned(),
        request: Arguments::default(),
        arguments: BTreeMap::from(
            [("cluster", "logs-kafka"), ("group", "billing"), ("topic", "orders"), ("to", "2026-11-24T02:00:00Z")]
                .map(|(name, value)| (name.to_owned(), value.to_owned())),
        ),
        requesters: vec![Requester { account: Account::Discord(80_351_110_224_678_912), person: person("alice") }],
        place: Place::Discord { guild: 1, channel: 2, thread: None },
        reason: "double charge since 02:00".to_owned(),
        ticket: "OPS-1182".to_owned(),
        reverses: None,
        covered: false,
        cluster: cluster.clone(),
        kind: ClusterKind::Kafka,
        tier: Tier::Production,
        identity: "q1Sh-9_ISia_zwGINzRvyQ".to_owned(),
        made_at: NOON,
        expires_at: Millis(NOON.0 + 8 * HOUR),
        effect: Effect::Reversible,
        scope: Scope::Group,
        holds,
        checks: vec![
            Check::pass("cluster-reachable"),
            Check::pass("group-inactive"),
            Check::pass("rights-sufficient"),
            Check::pass("not-held"),
            Check::new(Level::Warn, "target-clamped", clamped),
        ],
        expectations,
        steps: vec![step],
        restore: Vec::new(),
        adopts: Vec::new(),
        impact: Impact {
            worst_case: "reset-replays".to_owned(),
            topics: names(&["orders"]),
            groups: names(&["billing"]),
            clients: Vec::new(),
            facts: Facts::none(),
            rows,
            needs_from_application: Vec::new(),
        },
        estimate: Estimate { duration_ms: 2_000, way_back_ms: 2_000, changes: u64::try_from(partitions).unwrap() },
        votes: vec![Seat::Approver, Seat::Owner { of: names(&["billing"]), check: "owner-of-group".to_owned() }],
    }
}

/// The same reset, which waits for the group to stop first.
pub(super) fn waiting_reset() -> Plan {
    let mut plan = reset(6);
    let group: GroupId = "billing".parse().unwrap();
    let partitions = vec![("orders".parse().unwrap(), (0..6).collect::<Vec<i32>>())];
    let condition = Condition::KafkaGroupHasNoMembers { group: group.clone(), looks: 3 };
    let step = |number, work, done, undo| Step { number, work, needs: Vec::new(), done, undo };
    let wait = Wait { condition: condition.clone(), interval_ms: 5_000, deadline_ms: 1_800_000 };
    let rule = OffsetRule {
        group: group.clone(),
        target: OffsetTarget::At(Millis(NOON.0 - 2 * HOUR)),
        partitions: partitions.clone(),
        captured_by: 2,
    };
    let capture = Work::Capture(Capture::KafkaCommitted { group, partitions });
    plan.steps = vec![
        step(1, Work::Wait(wait), condition, Undo::Nothing),
        step(2, capture, Condition::ReadBack, Undo::Nothing),
        step(3, Work::Rule(Rule::KafkaResetOffsets(rule)), Condition::ReadBack, Undo::Captured { step: 2 }),
    ];
    plan.expectations.truncate(2);
    plan.impact.clients = names(&["billing-1", "billing-2", "billing-3", "billing-4", "billing-5"]);
    plan.impact.needs_from_application = names(&["stop-consumers"]);
    let members = Facts::none().with("group", "billing").with("members", plan.impact.clients.clone());
    plan.checks.push(Check::new(Level::Consent, "group-will-stop", members));
    plan
}

/// What the journal says once [`waiting_reset`] has captured and fixed its offsets: the group went on before it stopped. Two
/// partitions stand where they should by then, and one has no commit.
pub(super) fn captured() -> Vec<Entry> {
    let topic: TopicName = "orders".parse().unwrap();
    let stood = |partition: i32| (partition != 3).then(|| Committed::plain(1_250_000 + i64::from(partition)));
    let offsets =
        (0..6).map(|partition| OffsetExpected { topic: topic.clone(), partition, committed: stood(partition) });
    let set = |partition: i32| OffsetMove {
        topic: topic.clone(),
        partition,
        from: stood(partition),
        to: Committed::plain(1_240_000 + i64::from(partition)),
    };
    let moves = (0..4).map(set).collect();
    vec![
        Entry::StepDone { step: 1 },
        Entry::Captured { step: 2, captured: Captured { offsets: offsets.collect(), queues: Vec::new() } },
        Entry::StepDone { step: 2 },
        Entry::Expanded {
            step: 3,
            actions: vec![Action::Kafka(KafkaAction::CommitOffsets { group: "billing".parse().unwrap(), moves })],
        },
    ]
}

/// What the journal says where the cluster took a part of [`reset`] and refused the rest.
pub(super) fn half_done() -> Vec<Entry> {
    vec![
        Entry::Intent { step: 1, action: 0, attempt: 1, at: NOON },
        Entry::Outcome { step: 1, action: 0, attempt: 1, outcome: Outcome::Partly, facts: denied() },
    ]
}

/// A right that is missing, as the cluster says it.
pub(super) fn denied() -> Facts {
    Facts::none().with("failure", "denied").with("said", "29 TOPIC_AUTHORIZATION_FAILED: Topic authorization failed.")
}

/// alice froze it before.
pub(super) fn freeze(on: FreezeOn, until: Millis, reason: &str) -> Freeze {
    let set_at = Millis(NOON.0 - HOUR);
    Freeze { id: "F7K3QD".parse().unwrap(), on, person: person("alice"), reason: reason.to_owned(), set_at, until }
}

/// Four members of the group, as a check finds them.
pub(super) fn members() -> Facts {
    let members = names(&["billing-1", "billing-2", "billing-3", "billing-4"]);
    Facts::none().with("group", "billing").with("count", 4_i64).with("members", members).with("static", 0_i64)
}

/// Everything a view borrows.
pub(super) struct Scene {
    pub(super) plan: Sealed,
    pub(super) state: State,
    pub(super) why: Why,
    pub(super) tally: Tally,
    pub(super) progress: Option<Progress>,
    pub(super) history: History,
    pub(super) owners: Owners,
    pub(super) vetoed_because: Vec<(PersonId, String)>,
    pub(super) frozen: Option<Freeze>,
    pub(super) glass: Option<BrokenGlass>,
    pub(super) behind: Option<OperationId>,
}

impl Scene {
    pub(super) fn of(plan: Plan) -> Self {
        let seats = vec![None; plan.votes.len()];
        Self {
            plan: Sealed::seal(plan).unwrap(),
            state: State::AwaitingApproval,
            why: Why::default(),
            tally: Tally { seats, ..Tally::default() },
            progress: None,
            history: History::default(),
            owners: Owners::default(),
            vetoed_because: Vec::new(),
            frozen: None,
            glass: None,
            behind: None,
        }
    }

    /// Its cluster is frozen for so long after it was asked for.
    pub(super) fn frozen(mut self, span: Duration, reason: &str) -> Self {
        let on = FreezeOn::Cluster(self.plan.plan().cluster.clone());
        self.frozen = Some(freeze(on, self.plan.plan().made_at.plus(span), reason));
        self
    }

    /// olga has broken the glass, with these words; bob has reviewed that, with others.
    pub(super) fn broken(mut self, reason: &str, review: Option<&str>) -> Self {
        self.tally.broken = Some(person("olga"));
        self.glass = Some(BrokenGlass {
            operation: self.plan.plan().operation.clone(),
            digest: self.plan.digest(),
            account: Account::Discord(5),
            person: person("olga"),
            reason: reason.to_owned(),
            at: NOON,
            review: review.map(|words| {
                let at = Millis(NOON.0 + HOUR);
                Review { person: person("bob"), words: words.to_owned(), at }
            }),
        });
        self
    }

    /// carol has vetoed it, with these words.
    pub(super) fn vetoed(mut self, reason: &str) -> Self {
        self.tally.vetoes = vec![person("carol")];
        self.vetoed_because = vec![(person("carol"), reason.to_owned())];
        self.at(State::Rejected)
    }

    pub(super) fn at(mut self, state: State) -> Self {
        self.state = state;
        self
    }

    pub(super) fn because(mut self, id: &str, facts: Facts) -> Self {
        self.why = Why { id: id.to_owned(), facts };
        self
    }

    pub(super) fn at_step(mut self, step: u32) -> Self {
        self.progress = Some(Progress { step, done: 0, total: 0 });
        self
    }

    /// Its journal says this.
    pub(super) fn after(mut self, entries: &[Entry]) -> Self {
        self.history = History::read(entries);
        self
    }

    /// Two own something of it, and so many have been told.
    pub(super) fn owned(mut self, told: Option<usize>) -> Self {
        self.owners = Owners { all: 2, told };
        self
    }

    pub(super) fn voted_by_bob(mut self) -> Self {
        self.tally.seats[0] = Some(person("bob"));
        self.tally.uncounted = vec![Uncounted { person: person("alice"), why: NotCounted::AskedForIt }];
        self
    }

    pub(super) fn approved(mut self) -> Self {
        self.tally.seats = vec![Some(person("bob")), Some(person("carol"))];
        self
    }

    pub(super) fn view(&self, locale: Locale) -> CardView<'_> {
        CardView {
            plan: &self.plan,
            state: self.state,
            why: &self.why,
            tally: &self.tally,
            seats: &self.plan.plan().votes,
            progress: self.progress,
            owed: &[],
            history: &self.history,
            expires_at: self.plan.plan().expires_at,
            newer: None,
            owners: self.owners,
            vetoed_because: &self.vetoed_because,
            frozen: self.frozen.as_ref(),
            glass: self.glass.as_ref(),
            behind: self.behind.as_ref(),
            mentions: &[],
            locale,
        }
    }
}
