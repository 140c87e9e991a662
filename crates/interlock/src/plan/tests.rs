//! Judging: expectations, probes, conditions, differences and seals, each against what was seen.

use super::ClosedMemory;
use super::*;
use crate::cluster::kafka::{
    Committed, CommittedOffset, Group, GroupKind, GroupState, KafkaAnswer, KafkaCluster, KafkaQuery, LogRange, Member,
    Partition, Topic,
};
use crate::cluster::{Answer, Failure, FailureKind, Section, Sections, Seen};
use crate::id::{GroupId, TopicName};
use std::time::Duration;

fn group() -> GroupId {
    "billing".parse().unwrap()
}

fn topic() -> TopicName {
    "orders".parse().unwrap()
}

fn seen(query: KafkaQuery, answer: KafkaAnswer) -> Sections {
    let mut sections = Sections::empty();
    let section = Section::Seen(Seen { from: Millis(1), to: Millis(2), value: Answer::Kafka(answer) });
    sections.put(Query::Kafka(query), section);
    sections
}

fn failed(queries: &BTreeSet<Query>) -> Sections {
    let mut sections = Sections::empty();
    for query in queries {
        let failure = Failure { kind: FailureKind::TimedOut, said: "no answer".to_owned() };
        sections.put(query.clone(), Section::Failed(failure));
    }
    sections
}

fn committed(values: &[(i32, &Committed)]) -> Sections {
    let one = |(partition, committed): &(i32, &Committed)| CommittedOffset {
        topic: topic(),
        partition: *partition,
        committed: (*committed).clone(),
    };
    seen(KafkaQuery::Committed(group()), KafkaAnswer::Committed(values.iter().map(one).collect()))
}

fn with_members(names: &[&str]) -> Sections {
    let member = |name: &&str| Member {
        member_id: format!("{name}-1"),
        instance_id: None,
        client_id: (*name).to_owned(),
        host: "10.1.2.3".to_owned(),
        assigned: Some(std::collections::BTreeMap::new()),
    };
    let group_seen = Group {
        kind: GroupKind::Classic,
        state: if names.is_empty() { GroupState::Empty } else { GroupState::Stable },
        protocol_type: "consumer".to_owned(),
        members: names.iter().map(member).collect(),
        rights: None,
    };
    seen(KafkaQuery::Group(group()), KafkaAnswer::Group(Some(group_seen)))
}

fn plain(offset: i64) -> Committed {
    Committed::plain(offset)
}

mod expectations {
    use super::*;

    fn broken(expectation: &Expectation, sections: &Sections) -> &'static str {
        match evaluate(expectation, sections) {
            Held::Broken { id, .. } => id,
            other => panic!("{other:?}"),
        }
    }

    fn all() -> Vec<Expectation> {
        let offsets = vec![
            OffsetExpected { topic: topic(), partition: 0, committed: Some(plain(5)) },
            OffsetExpected { topic: topic(), partition: 1, committed: None },
        ];
        vec![
            Expectation::KafkaClusterIs { id: "one".to_owned() },
            Expectation::KafkaTopicIs { topic: topic(), id: "first".to_owned(), partitions: 1 },
            Expectation::KafkaGroupHasNoMembers { group: group() },
            Expectation::KafkaCommittedAre { group: group(), offsets },
            Expectation::KafkaOffsetsInLog { topic: topic(), offsets: vec![OffsetInLog { partition: 0, offset: 5 }] },
        ]
    }

    #[test]
    fn what_was_not_seen_never_holds() {
        for expectation in all() {
            assert!(matches!(evaluate(&expectation, &failed(&expectation.queries())), Held::CannotTell(_)));
            assert!(matches!(evaluate(&expectation, &Sections::empty()), Held::CannotTell(_)), "{expectation:?}");
        }
    }

    #[test]
    fn the_cluster() {
        let cluster = |id: &str| {
            let cluster = KafkaCluster { id: id.to_owned(), controller: None, brokers: Vec::new(), rights: None };
            seen(KafkaQuery::Cluster, KafkaAnswer::Cluster(cluster))
        };
        assert_eq!(evaluate(&all()[0], &cluster("one")), Held::Holds);
        assert_eq!(broken(&all()[0], &cluster("two")), "cluster-changed");
    }

    #[test]
    fn the_topic() {
        let found = |id: &str, count: i32| {
            let partition = |partition| Partition { partition, leader: None, replicas: Vec::new(), isr: Vec::new() };
            let partitions = (0..count).map(partition).collect();
            let found = Topic { id: id.to_owned(), internal: false, partitions, rights: None };
            seen(KafkaQuery::Topic(topic()), KafkaAnswer::Topic(Some(found)))
        };
        assert_eq!(evaluate(&all()[1], &found("first", 1)), Held::Holds, "whoever leads it");
        assert_eq!(broken(&all()[1], &found("second", 1)), "topic-recreated");
        assert_eq!(broken(&all()[1], &found("first", 2)), "topic-partitions-changed");
        let gone = seen(KafkaQuery::Topic(topic()), KafkaAnswer::Topic(None));
        assert_eq!(broken(&all()[1], &gone), "topic-gone");
    }

    #[test]
    fn the_members() {
        assert_eq!(evaluate(&all()[2], &with_members(&[])), Held::Holds);
        let none = seen(KafkaQuery::Group(group()), KafkaAnswer::Group(None));
        assert_eq!(evaluate(&all()[2], &none), Held::Holds);
        assert_eq!(broken(&all()[2], &with_members(&["a"])), "group-has-members");
    }

    #[test]
    fn the_commits() {
        assert_eq!(evaluate(&all()[3], &committed(&[(0, &plain(5)), (7, &plain(1))])), Held::Holds);
        let epoch = Committed { leader_epoch: Some(1), ..plain(5) };
        let note = Committed { metadata: "x".to_owned(), ..plain(5) };
        for other in [
            committed(&[(0, &plain(6))]),
            committed(&[]),
            committed(&[(0, &plain(5)), (1, &plain(0))]),
            committed(&[(0, &epoch)]),
            committed(&[(0, &note)]),
        ] {
            assert_eq!(broken(&all()[3], &other), "offsets-changed");
        }
    }

    #[test]
    fn the_log() {
        let log = |start, end| {
            let range = LogRange { partition: 0, start, end };
            seen(KafkaQuery::LogRanges(topic()), KafkaAnswer::LogRanges(vec![range]))
        };
        for (start, end) in [(0, 9), (5, 5), (5, 9), (0, 5)] {
            assert_eq!(evaluate(&all()[4], &log(start, end)), Held::Holds);
        }
        assert_eq!(broken(&all()[4], &log(6, 9)), "offset-left-the-log");
        assert_eq!(broken(&all()[4], &log(0, 4)), "offset-left-the-log");
        let unseen = seen(KafkaQuery::LogRanges(topic()), KafkaAnswer::LogRanges(Vec::new()));
        assert_eq!(broken(&all()[4], &unseen), "offset-left-the-log");
    }
}

mod probes {
    use super::*;

    fn commit(from: [Option<i64>; 2], to: [i64; 2]) -> Action {
        let one = |partition: i32, from: Option<i64>, to| OffsetMove {
            topic: topic(),
            partition,
            from: from.map(plain),
            to: plain(to),
        };
        let moves = vec![one(0, from[0], to[0]), one(1, from[1], to[1])];
        Action::Kafka(KafkaAction::CommitOffsets { group: group(), moves })
    }

    fn delete(from: i64) -> Action {
        let removals = vec![OffsetRemoval { topic: topic(), partition: 0, from: plain(from) }];
        Action::Kafka(KafkaAction::DeleteOffsets { group: group(), removals })
    }

    fn name(probe: &Probe) -> &'static str {
        match probe {
            Probe::NotYet => "not yet",
            Probe::Partly => "partly",
            Probe::Done => "done",
            Probe::Foreign(_) => "foreign",
            Probe::CannotTell(_) => "cannot tell",
            Probe::Overtaken(_) => "overtaken",
        }
    }

    #[test]
    fn the_table() {
        let (five, nine, other) = (plain(5), plain(9), plain(77));
        let noted = Committed { metadata: "x".to_owned(), ..plain(9) };
        let commit = commit([Some(5), None], [9, 9]);
        for (found, expected) in [
            (vec![(0, &five)], "not yet"),
            (vec![(0, &nine)], "partly"),
            (vec![(0, &five), (1, &nine)], "partly"),
            (vec![(0, &nine), (1, &nine)], "done"),
            (vec![(0, &nine), (1, &nine), (2, &other)], "done"),
            (vec![(0, &other), (1, &nine)], "foreign"),
            (vec![(1, &nine)], "foreign"),
            (vec![(0, &nine), (1, &noted)], "foreign"),
        ] {
            assert_eq!(name(&probe(&commit, &committed(&found))), expected, "{found:?}");
        }
        for (found, expected) in [(vec![(0, &five)], "not yet"), (vec![], "done"), (vec![(0, &nine)], "foreign")] {
            assert_eq!(name(&probe(&delete(5), &committed(&found))), expected, "{found:?}");
        }
    }

    #[test]
    fn a_failed_look_tells_nothing() {
        for action in [commit([None, None], [1, 1]), delete(5)] {
            assert_eq!(name(&probe(&action, &failed(&action.read_back()))), "cannot tell");
            assert_eq!(name(&probe(&action, &Sections::empty())), "cannot tell");
        }
    }

    #[test]
    fn what_stands_before_an_act_is_what_its_probe_calls_not_yet() {
        let five = plain(5);
        let sections = committed(&[(0, &five)]);
        for action in [commit([Some(5), None], [9, 9]), delete(5)] {
            assert_eq!(evaluate(&action.before().unwrap(), &sections), Held::Holds);
            assert_eq!(probe(&action, &sections), Probe::NotYet);
        }
        assert!(matches!(evaluate(&delete(6).before().unwrap(), &sections), Held::Broken { .. }));
    }
}

mod conditions {
    use super::*;

    const EVERY: Duration = Duration::from_secs(2);

    /// The ids of looks at these seconds; "met" where it was met.
    fn looks(sections: &[(i64, Sections)]) -> Vec<&'static str> {
        let condition = Condition::KafkaGroupHasNoMembers { group: group(), looks: 2 };
        let mut memory = Memory::default();
        let mut found = Vec::new();
        for (second, sections) in sections {
            let pace = Pace { now: Millis(second * 1_000), interval: EVERY };
            let awaited = Awaited { condition: &condition, actions: &[] };
            let (next, looked) = look(awaited, &memory, sections, pace);
            memory = next;
            found.push(match looked {
                Looked::Met => "met",
                Looked::NotYet { id, .. }
                | Looked::Impossible { id, .. }
                | Looked::Unsafe { id, .. }
                | Looked::Foreign { id, .. } => id,
            });
        }
        found
    }

    #[test]
    fn so_many_quiet_looks_in_a_row() {
        let (busy, quiet) = (with_members(&["a"]), with_members(&[]));
        let found = looks(&[(0, busy.clone()), (2, quiet.clone()), (4, busy), (6, quiet.clone()), (8, quiet)]);
        let watching = "watching-a-little-longer";
        assert_eq!(found, ["members-remain", watching, "members-remain", watching, "met"]);
    }

    #[test]
    fn a_gap_of_more_than_three_intervals_and_half_a_minute_begins_anew() {
        let quiet = with_members(&[]);
        assert_eq!(looks(&[(0, quiet.clone()), (30, quiet.clone())])[1], "met", "late is not missed");
        assert_eq!(
            looks(&[(0, quiet.clone()), (31, quiet.clone()), (33, quiet)])[1..],
            ["watching-a-little-longer", "met"]
        );
    }

    #[test]
    fn an_outage_is_never_met_and_ends_a_streak() {
        let quiet = with_members(&[]);
        let condition = Condition::KafkaGroupHasNoMembers { group: group(), looks: 2 };
        let out = failed(&Awaited { condition: &condition, actions: &[] }.queries());
        let found = looks(&[(0, quiet.clone()), (2, out), (4, quiet.clone()), (6, Sections::empty()), (8, quiet)]);
        let watching = "watching-a-little-longer";
        assert_eq!(found, [watching, "cannot-look", watching, "cannot-look", watching]);
    }

    #[test]
    fn the_memory_survives_being_stored() {
        let memory = Memory {
            streak: 1,
            last_look: Some(Millis(5)),
            left_bytes: Some(7),
            left_since: Some(Millis(4)),
            least_left: Some(6),
            stalled: true,
            frozen: Some("F7K3QD".parse().unwrap()),
            paused: ["K7F3QD".parse().unwrap()].into(),
            later: Some(Later { step: 3, at: Millis(4), left_bytes: Some(9) }),
            failing: Some(Failing { since: Millis(2), last: Millis(3) }),
            owed: vec![
                Owed { on: ConfigOn::Broker(4), due: Millis(9), called: false },
                Owed { on: ConfigOn::Topic("orders".parse().unwrap()), due: Millis(9), called: true },
            ],
            began: Some(Millis(1)),
            last: Some(LastLook { streak: 2, since: Millis(3), called: true }),
            closed: Some(ClosedMemory {
                told: Some(Millis(6)),
                told_id: "queues-unread".to_owned(),
                ..ClosedMemory::default()
            }),
        };
        let stored = serde_json::to_string(&memory).unwrap();
        assert_eq!(serde_json::from_str::<Memory>(&stored).unwrap(), memory);
        let owed: Owed = serde_json::from_str(r#"{"broker":4,"due":9}"#).unwrap();
        assert_eq!(owed, Owed { on: ConfigOn::Broker(4), due: Millis(9), called: false });
        assert_eq!(serde_json::from_str::<Memory>("{}").unwrap(), Memory::default());
    }
}

mod seals {
    use super::*;

    const STORED: &str = include_str!("../../golden/plan-1-reset-offset.json");

    fn stored() -> Plan {
        Sealed::open(STORED.to_owned(), Digest::of(STORED.as_bytes())).unwrap().plan().clone()
    }

    #[test]
    fn the_digest_is_sha256_of_exactly_the_bytes() {
        // As `printf abc | sha256sum` shows it.
        let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(Digest::of(b"abc").to_string(), abc);
        assert_eq!(Digest::of(b"abc").short(), "ba78 16bf 8f01");
        assert_eq!(abc.parse::<Digest>().unwrap(), Digest::of(b"abc"));
        assert!(abc.to_uppercase().parse::<Digest>().is_err());
        assert!(abc[..12].parse::<Digest>().is_err());
        let sealed = Sealed::seal(stored()).unwrap();
        assert_eq!(sealed.digest(), Digest::of(sealed.bytes().as_bytes()));
    }

    #[test]
    fn altered_bytes_are_not_opened() {
        let sealed = Sealed::seal(stored()).unwrap();
        let altered = sealed.bytes().replace("\"revision\": 1", "\"revision\": 2");
        assert_ne!(altered, sealed.bytes());
        let found = Digest::of(altered.as_bytes());
        let error = Sealed::open(altered, sealed.digest()).unwrap_err();
        assert_eq!(error, NotReadable::Altered { expected: sealed.digest(), found });
    }

    #[test]
    fn another_format_and_damage_are_told_apart() {
        let open = |bytes: String| {
            let digest = Digest::of(bytes.as_bytes());
            Sealed::open(bytes, digest).unwrap_err()
        };
        let other = STORED.replace("\"format\": 1", "\"format\": 99");
        assert_eq!(open(other), NotReadable::Format { found: 99 });
        assert_eq!(open("{\"format\": 2}".to_owned()), NotReadable::Format { found: 2 });
        for damaged in [STORED[..STORED.len() / 2].to_owned(), String::new(), "{\"format\": 1}".to_owned()] {
            assert!(matches!(open(damaged), NotReadable::Damaged(_)));
        }
        let unknown = STORED.replacen("\"format\": 1", "\"format\": 1, \"more\": true", 1);
        assert!(matches!(open(unknown), NotReadable::Damaged(_)));
    }

    #[test]
    fn differences_name_what_a_voter_must_know() {
        let before = stored();
        assert_eq!(differences(&before, &before), []);
        let mut after = before.clone();
        after.arguments.insert("to".to_owned(), "latest".to_owned());
        after.votes.push(Seat::Approver);
        after.checks.retain(|check| check.id != "not-held");
        let Row::Offset { to, .. } = &mut after.impact.rows[0] else { panic!() };
        *to = None;
        let found = differences(&before, &after);
        let what: Vec<_> = found.iter().map(|one| one.what.as_str()).collect();
        assert_eq!(what, ["argument to", "offset orders 0", "check not-held", "seats count"]);
        assert_eq!((found[1].before.as_str(), found[1].after.as_str()), ("60 to 42", "60 to none"));
        assert_eq!((found[2].before.as_str(), found[2].after.as_str()), ("pass", ""));
        assert_eq!((found[3].before.as_str(), found[3].after.as_str()), ("1", "2"));
    }
}
