//! Answers of looks for the snapshots.

use super::fixture::{NOON, freeze, person};
use interlock::approval::{NotCounted, State, Tally, Uncounted};
use interlock::cluster::kafka::{ConfigEntry, GroupKind, GroupState};
use interlock::cluster::{ClusterKind, Failure, FailureKind, Mode, Tier};
use interlock::command::Kind;
use interlock::facts::Facts;
use interlock::freeze::FreezeOn;
use interlock::looks::{
    AuditEntry, AuditPage, AuditVerified, Board, Cell, ClusterCounts, ClusterLine, ClustersLook, Counts, Grade,
    GroupLag, GroupLook, Health, Help, HelpCommand, HelpOption, LagLook, LookAnswer, MemberLine, Obligation,
    OperationLine, OperationStatus, OperationsList, Part, PartitionLag, PartitionLine, Phrase, Report, Sheet, StepLine,
    TopicLag, TopicLook, UnhealthyTopic, WhoAmI,
};
use interlock::plan::{Effect, Seat};

fn failure() -> Failure {
    Failure { kind: FailureKind::TimedOut, said: "no answer within 8 s".to_owned() }
}

fn owned(all: &[&str]) -> Vec<String> {
    all.iter().map(|one| (*one).to_owned()).collect()
}

/// Every look with a name for its snapshot.
pub(super) fn all() -> Vec<(&'static str, LookAnswer)> {
    vec![
        ("clusters", clusters()),
        ("health", health()),
        ("topic", topic(6)),
        ("topic_many", topic(100)),
        ("group", group()),
        ("lag", lag()),
        ("help", LookAnswer::Help(Help::List(vec![command()]))),
        ("help_one", LookAnswer::Help(Help::Command(Box::new(command())))),
        ("whoami", whoami()),
        ("operations", operations()),
        ("status", status()),
        ("status_waiting", status_waiting()),
        ("audit_page", audit_page()),
        (
            "audit_whole",
            AuditVerified::Whole { entries: 12_431, head: "9c41d2e8".repeat(8), compared: None }.into_look(),
        ),
        ("audit_broken", AuditVerified::Broken { seq: 977, why: "changed".to_owned() }.into_look()),
    ]
}

/// What `/who` finds of a hundred clients whose names are all this, below these sentences.
pub(super) fn report(lines: Vec<Phrase>, with: &str) -> LookAnswer {
    let client = vec![Cell::name(with), Cell::name(with), Cell::name(with), Cell::Number(1_204)];
    LookAnswer::Report(Report {
        cluster: "logs-kafka".parse().unwrap(),
        grade: None,
        headline: Phrase::new("who-headline").with("name", with).with("cluster", "logs-kafka"),
        lines,
        tables: vec![Sheet::new("clients", &["client", "group", "host", "partitions"]).rows(vec![client; 100])],
    })
}

trait IntoLook {
    fn into_look(self) -> LookAnswer;
}

impl IntoLook for AuditVerified {
    fn into_look(self) -> LookAnswer {
        LookAnswer::AuditVerified(self)
    }
}

fn clusters() -> LookAnswer {
    let line = |name: &str, tier, mode, counts| ClusterLine {
        name: name.parse().unwrap(),
        kind: ClusterKind::Kafka,
        tier,
        domain: "payments".to_owned(),
        mode,
        counts,
        freezes: Vec::new(),
    };
    let production = freeze(FreezeOn::Tier(Tier::Production), NOON, "year end");
    let logs = freeze(FreezeOn::Cluster("logs-kafka".parse().unwrap()), NOON, "black friday");
    let well = ClusterCounts { brokers: 3, topics: 1_204, offline: 0, under_replicated: 0 };
    let ill = ClusterCounts { under_replicated: 17, ..well };
    LookAnswer::Clusters(ClustersLook {
        clusters: vec![
            ClusterLine {
                freezes: vec![production.clone(), logs],
                ..line("logs-kafka", Tier::Production, Mode::Change, Part::Known(Counts::Kafka(well)))
            },
            ClusterLine {
                freezes: vec![production],
                ..line("core-kafka", Tier::Production, Mode::Observe, Part::Known(Counts::Kafka(ill)))
            },
            line("lab", Tier::Development, Mode::Change, Part::Unknown(failure())),
        ],
    })
}

fn health() -> LookAnswer {
    let topic = |name: &str, offline, under_replicated, under_min_isr| UnhealthyTopic {
        topic: name.parse().unwrap(),
        offline,
        under_replicated,
        under_min_isr,
    };
    LookAnswer::Health(Health {
        cluster: "logs-kafka".parse().unwrap(),
        grade: Grade::Broken,
        brokers: vec![1, 2],
        controller: Some(2),
        offline: 1,
        under_replicated: 12,
        under_min_isr: 3,
        min_isr_unknown: 1,
        topics: vec![topic("orders", 1, 4, Some(3)), topic("payments-by-customer-and-day", 0, 8, None)],
        topics_left_out: 2,
        freezes: vec![freeze(FreezeOn::Tier(Tier::Production), NOON, "year end"); 5],
        obligations: ["broker-throttle", "topic-throttle"].into_iter().cycle().zip(1..=7).map(owed).collect(),
    })
}

/// More than a card shows.
fn owed((id, number): (&str, i32)) -> Obligation {
    let thing = if id == "broker-throttle" { format!("broker {number}") } else { format!("topic orders-{number}") };
    Obligation { operation: "K7F3QD".parse().unwrap(), id: id.to_owned(), thing, due: NOON }
}

fn topic(partitions: i32) -> LookAnswer {
    let line = |partition| PartitionLine {
        partition,
        leader: (partition != 2).then_some(1),
        replicas: vec![1, 2, 3],
        isr: if partition == 2 { Vec::new() } else { vec![1, 2, 3] },
        range: Some((1_000_000, 1_300_000 + i64::from(partition))),
    };
    let entry = |key: &str, value: Option<&str>| ConfigEntry { key: key.to_owned(), value: value.map(str::to_owned) };
    LookAnswer::Topic(TopicLook {
        cluster: "logs-kafka".parse().unwrap(),
        topic: "orders".parse().unwrap(),
        id: "b8tRS7h4TJ2Vt43Dp85v2A".to_owned(),
        partitions: (0..partitions).map(line).collect(),
        ranges_failed: None,
        settings: Part::Known(vec![entry("retention.ms", Some("604800000")), entry("min.insync.replicas", Some("2"))]),
    })
}

fn group() -> LookAnswer {
    let member = |client: &str, instance: Option<&str>, assigned| MemberLine {
        client_id: client.to_owned(),
        instance_id: instance.map(str::to_owned),
        host: "10.0.3.7".to_owned(),
        assigned,
    };
    LookAnswer::Group(GroupLook {
        cluster: "logs-kafka".parse().unwrap(),
        group: "billing".parse().unwrap(),
        state: GroupState::Stable,
        kind: GroupKind::Classic,
        protocol_type: "consumer".to_owned(),
        members: vec![
            member("billing-1", None, Some(2)),
            member("billing-2", Some("b2"), Some(2)),
            member("billing-3", None, None),
        ],
        topics: Part::Known(vec![TopicLag {
            topic: "orders".parse().unwrap(),
            committed: 5,
            without_commit: 1,
            lag: Some(48_213),
        }]),
        topics_left_out: 0,
    })
}

fn lag() -> LookAnswer {
    let partition = |partition: i32| PartitionLag {
        partition,
        committed: (partition != 1).then_some(1_200_000),
        start: 1_000_000,
        end: 1_300_000,
        lag: (partition != 1).then_some(100_000),
    };
    LookAnswer::Lag(LagLook {
        cluster: "logs-kafka".parse().unwrap(),
        topic: "orders".parse().unwrap(),
        group: GroupLag {
            group: "billing".parse().unwrap(),
            total: 200_000,
            partitions: (0..3).map(partition).collect(),
        },
    })
}

fn command() -> HelpCommand {
    let option = |name: &str, description: &str, required| HelpOption {
        name: name.to_owned(),
        description: description.to_owned(),
        required,
    };
    HelpCommand {
        name: "reset-offset".to_owned(),
        usage: "/reset-offset cluster: group: topic: to:".to_owned(),
        description: "Set where a consumer group goes on reading".to_owned(),
        options: vec![
            option("to", "Where to", true),
            option("wait-for-stop", "Wait until the group has stopped", false),
        ],
        role: "operator".to_owned(),
        kind: Kind::Change,
        effect: Effect::Reversible,
        examples: owned(&["/reset-offset cluster:logs-kafka group:billing topic:orders to:-2h"]),
    }
}

fn whoami() -> LookAnswer {
    LookAnswer::WhoAmI(WhoAmI {
        account: "discord:80351110224678912".to_owned(),
        person: person("alice"),
        roles: owned(&["operator", "viewer"]),
        clusters: vec!["logs-kafka".parse().unwrap()],
        commands: owned(&["help", "lag", "reset-offset"]),
        owns: Vec::new(),
    })
}

fn operation(state: State) -> OperationLine {
    OperationLine {
        operation: "K7F3QD".parse().unwrap(),
        state,
        command: "reset-offset".to_owned(),
        cluster: "logs-kafka".parse().unwrap(),
        is_readable: true,
        about: owned(&["billing", "orders"]),
        asked_by: "alice".to_owned(),
        updated_at: NOON,
        expires_at: (state == State::AwaitingApproval).then_some(NOON),
        frozen: None,
    }
}

/// A board with more on it than it names.
pub(super) fn board() -> Board {
    let mut board =
        Board { clusters: vec!["logs-kafka".parse().unwrap(), "pay-kafka".parse().unwrap()], ..Board::default() };
    for state in [State::Stuck, State::AwaitingApproval, State::Queued, State::Running, State::Waiting, State::Pausing]
    {
        board.add(operation(state));
    }
    board.add(OperationLine { is_readable: false, about: Vec::new(), ..operation(State::Stopping) });
    board.freezes = vec![freeze(FreezeOn::Tier(Tier::Production), NOON, "year end")];
    board
}

/// A board of nothing but what is as long as it can be.
pub(super) fn largest_board(with: &str) -> Board {
    let name = |letter: &str| letter.repeat(63);
    let mut board =
        Board { clusters: ["a", "b", "c", "d"].map(|one| name(one).parse().unwrap()).into(), ..Board::default() };
    let frozen = freeze(FreezeOn::Cluster(name("a").parse().unwrap()), NOON, with);
    for state in State::ALL.iter().cycle().take(200) {
        let line = OperationLine {
            command: with.to_owned(),
            cluster: name("a").parse().unwrap(),
            about: vec![with.to_owned(); 4],
            asked_by: with.to_owned(),
            frozen: Some(frozen.clone()),
            ..operation(*state)
        };
        board.add(line);
    }
    board.freezes = vec![frozen; 100];
    board.is_cut = true;
    board
}

fn operations() -> LookAnswer {
    LookAnswer::Operations(OperationsList {
        waiting_for_me: vec![operation(State::AwaitingApproval)],
        reviews: vec![operation(State::Succeeded)],
        others: vec![
            operation(State::Succeeded),
            OperationLine {
                frozen: Some(freeze(FreezeOn::Tier(Tier::Production), NOON, "year end")),
                expires_at: Some(NOON),
                ..operation(State::Queued)
            },
            OperationLine { is_readable: false, about: Vec::new(), ..operation(State::Stuck) },
        ],
        left_out: 3,
        is_cut: true,
    })
}

fn status() -> LookAnswer {
    let step = |number, what: &str, done| StepLine { number, what: what.to_owned(), done };
    LookAnswer::Status(Box::new(OperationStatus {
        line: operation(State::Waiting),
        why: "wait-members-remain".to_owned(),
        why_facts: Facts::none().with("count", 2_i64).with("members", owned(&["billing-1", "billing-2"])),
        revision: 2,
        digest: "9c41d2e8".repeat(8),
        seats: vec![Seat::Approver, Seat::Approver],
        tally: Tally { seats: vec![Some(person("bob")), Some(person("carol"))], ..Tally::default() },
        has_started: true,
        steps: vec![step(1, "wait", false), step(2, "capture", false), step(3, "rule", false)],
        reverses: None,
    }))
}

/// Before it starts: one of two seats is filled, and one vote counts for nothing.
fn status_waiting() -> LookAnswer {
    let LookAnswer::Status(started) = status() else { unreachable!() };
    let owner = Seat::Owner { of: owned(&["billing"]), check: "keyed".to_owned() };
    LookAnswer::Status(Box::new(OperationStatus {
        line: operation(State::AwaitingApproval),
        why: String::new(),
        why_facts: Facts::none(),
        seats: vec![Seat::Approver, owner],
        tally: Tally {
            seats: vec![Some(person("bob")), None],
            uncounted: vec![Uncounted { person: person("alice"), why: NotCounted::AskedForIt }],
            ..Tally::default()
        },
        has_started: false,
        ..*started
    }))
}

fn audit_page() -> LookAnswer {
    let entry = |seq, what: &str, who: &str| AuditEntry {
        seq,
        at: NOON,
        what: what.to_owned(),
        who: who.to_owned(),
        operation: Some("K7F3QD".parse().unwrap()),
        request: None,
    };
    LookAnswer::AuditPage(AuditPage {
        entries: vec![entry(12, "started", ""), entry(11, "approved", "bob")],
        left_out: 1,
        unsearched_before: Some(11),
    })
}
