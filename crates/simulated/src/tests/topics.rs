use super::{Lab, NOON, lab, name, orders};
use crate::{Fleet, HandClock, TopicSpec};
use interlock::cluster::FailureKind;
use interlock::cluster::kafka::{KafkaAnswer, KafkaQuery};
use interlock::time::Millis;
use std::sync::Arc;
use std::time::Duration;

#[test]
fn a_cluster_is_told_with_its_brokers() {
    let Ok(KafkaAnswer::Cluster(cluster)) = Lab::new().look(KafkaQuery::Cluster) else { panic!() };
    assert_eq!(cluster.id.len(), 22);
    assert_eq!(cluster.controller, Some(1));
    let brokers: Vec<_> = cluster.brokers.iter().map(|one| (one.id, one.rack.as_deref())).collect();
    assert_eq!(brokers, [(1, Some("a")), (2, Some("b")), (3, Some("c"))]);
    assert!(cluster.rights.is_some());
}

#[test]
fn a_topic_is_told_alone_and_in_the_list() {
    let lab = Lab::new();
    let topic = lab.topic().unwrap();
    assert_eq!(topic.id.len(), 22);
    assert_eq!(topic.partitions.len(), 4);
    for one in &topic.partitions {
        assert_eq!((one.replicas.len(), one.leader), (3, one.replicas.first().copied()));
        assert_eq!(one.isr, one.replicas);
    }
    let Ok(KafkaAnswer::Topics(list)) = lab.look(KafkaQuery::Topics) else { panic!() };
    let names: Vec<_> = list.iter().map(|one| (one.name.as_str(), one.internal, one.partitions)).collect();
    assert_eq!(names, [("__consumer_offsets", true, 50), ("orders", false, 4)]);
    assert!(list.iter().all(|one| one.replicas == 3 && one.under_replicated == 0 && one.offline == 0));
}

#[test]
fn a_missing_topic_is_none_and_has_no_log() {
    let lab = Lab::new();
    assert_eq!(lab.look(KafkaQuery::Topic(name("nope"))), Ok(KafkaAnswer::Topic(None)));
    assert_eq!(lab.look(KafkaQuery::LogRanges(name("nope"))), Ok(KafkaAnswer::LogRanges(Vec::new())));
    assert_eq!(lab.look(KafkaQuery::OffsetsAt(name("nope"), NOON)), Ok(KafkaAnswer::OffsetsAt(Vec::new())));
    let failure = lab.look(KafkaQuery::TopicConfig(name("nope"))).unwrap_err();
    assert_eq!(failure.kind, FailureKind::Refused);
    assert!(failure.said.contains("UNKNOWN_TOPIC_OR_PARTITION"), "{}", failure.said);
}

#[test]
fn settings_are_told() {
    let lab = Lab::new();
    let mut spec = TopicSpec::new(name("audit"), 1);
    spec.config = vec![("retention.ms".to_owned(), "-1".to_owned())];
    lab.kafka.add_topic(&spec).unwrap();
    let Ok(KafkaAnswer::TopicConfig(config)) = lab.look(KafkaQuery::TopicConfig(name("audit"))) else { panic!() };
    assert_eq!(config.len(), 1);
    assert_eq!((config[0].key.as_str(), config[0].value.as_deref()), ("retention.ms", Some("-1")));
}

#[test]
fn logs_grow_with_the_rate() {
    let lab = Lab::new();
    let before = lab.ranges();
    lab.pass(100);
    for (before, after) in before.iter().zip(lab.ranges()) {
        let grown = after.end - before.end;
        let expected = if after.partition == 3 { 0..=0 } else { 8_900..=11_100 };
        assert!(expected.contains(&grown), "partition {} grew by {grown}", after.partition);
    }
    lab.kafka.set_rate(&orders(), 0).unwrap();
    let stopped = lab.ranges();
    lab.pass(100);
    assert_eq!(lab.ranges(), stopped);
    lab.kafka.produce(&orders(), 3, 42).unwrap();
    assert_eq!(lab.ranges()[3].end, 42);
}

#[test]
fn logs_shrink_by_retention_and_by_hand() {
    let lab = Lab::new();
    let day = 86_400;
    assert!(lab.ranges().iter().all(|one| one.start == 0));
    lab.pass(7 * day);
    let ranges = lab.ranges();
    assert!(ranges[0].start > 0 && ranges[0].start < ranges[0].end);
    assert_eq!((ranges[3].start, ranges[3].end), (0, 0));
    lab.kafka.delete_records(&orders(), 0, ranges[0].end - 10).unwrap();
    assert_eq!(lab.ranges()[0].start, ranges[0].end - 10);
    lab.kafka.delete_records(&orders(), 0, i64::MAX).unwrap();
    assert_eq!(lab.ranges()[0].start, ranges[0].end, "never past the end");
}

#[test]
fn offsets_at_times_fit_the_log_ranges() {
    let lab = Lab::new();
    let earlier = lab.ranges();
    lab.pass(60);
    let now = lab.ranges();
    let cases = [
        ("before the log", Millis(0), [Some(0), Some(0), Some(0), None]),
        ("a minute ago", Millis(NOON.0 + 1), [Some(earlier[0].end), Some(earlier[1].end), Some(earlier[2].end), None]),
        ("after the last record", NOON.plus(Duration::from_secs(61)), [None; 4]),
        ("far ahead", Millis(i64::MAX), [None; 4]),
    ];
    for (case, at, expected) in cases {
        let found: Vec<_> = lab.offsets_at(at).iter().map(|one| one.offset).collect();
        assert_eq!(found, expected, "{case}");
    }
    let mut last = lab.offsets_at(NOON);
    for second in 1..60 {
        let next = lab.offsets_at(NOON.plus(Duration::from_secs(second)));
        for ((one, other), range) in last.iter().zip(&next).zip(&now) {
            assert!(other.offset.is_none() || one.offset < other.offset, "later means further");
            assert!(other.offset.is_none_or(|offset| (range.start..range.end).contains(&offset)));
        }
        last = next;
    }
    lab.kafka.delete_records(&orders(), 0, earlier[0].end).unwrap();
    assert_eq!(lab.offsets_at(Millis(0))[0].offset, Some(earlier[0].end), "what is gone is not answered");
}

#[test]
fn a_topic_made_again_is_another() {
    let lab = Lab::new().with_stopped_group();
    let before = lab.topic().unwrap();
    lab.kafka.recreate_topic(&orders()).unwrap();
    let after = lab.topic().unwrap();
    assert_ne!(after.id, before.id);
    assert_eq!(after.partitions.len(), before.partitions.len());
    assert!(lab.ranges().iter().all(|one| (one.start, one.end) == (0, 0)));
    assert_eq!(lab.committed(), [], "commits go with the topic");
    lab.pass(10);
    assert!(lab.ranges()[0].end > 0, "the producers go on");
    lab.kafka.delete_topic(&orders()).unwrap();
    assert_eq!(lab.topic(), None);
    assert!(lab.kafka.delete_topic(&orders()).is_err());
}

#[test]
fn a_replaced_cluster_has_other_ids() {
    let lab = Lab::new().with_stopped_group();
    let (topic, cluster) = (lab.topic().unwrap().id, lab.look(KafkaQuery::Cluster));
    lab.kafka.replace().unwrap();
    assert_ne!(lab.look(KafkaQuery::Cluster), cluster);
    assert_ne!(lab.topic().unwrap().id, topic);
    assert_eq!(lab.group(), None);
}

#[test]
fn a_dead_broker_is_noticed_after_a_while() {
    let lab = Lab::new();
    let led = lab.topic().unwrap().partitions[0].leader.unwrap();
    lab.kafka.kill_broker(led).unwrap();
    assert_eq!(lab.topic().unwrap().partitions[0].leader, Some(led), "nobody has noticed yet");
    assert_eq!(lab.look(KafkaQuery::LogRanges(orders())).unwrap_err().kind, FailureKind::Unreachable);
    lab.pass(9);
    let partition = lab.topic().unwrap().partitions[0].clone();
    assert!(partition.leader.is_some_and(|leader| leader != led));
    assert!(!partition.isr.contains(&led) && partition.replicas.contains(&led));
    let Ok(KafkaAnswer::Topics(list)) = lab.look(KafkaQuery::Topics) else { panic!() };
    assert!(list.iter().all(|one| one.under_replicated == one.partitions && one.offline == 0));
    assert_eq!(lab.ranges().len(), 4);
    lab.kafka.start_broker(led).unwrap();
    assert_eq!(lab.topic().unwrap().partitions[0].isr.len(), 3);
}

#[test]
fn without_brokers_nobody_answers() {
    let lab = Lab::new();
    for broker in [1, 2, 3] {
        lab.kafka.kill_broker(broker).unwrap();
    }
    assert_eq!(lab.look(KafkaQuery::Cluster).unwrap_err().kind, FailureKind::Unreachable);
}

#[test]
fn two_dead_brokers_leave_partitions_of_two_replicas_offline() {
    let lab = Lab::new();
    let mut spec = TopicSpec::new(name("pairs"), 3);
    spec.replicas = 2;
    lab.kafka.add_topic(&spec).unwrap();
    lab.kafka.kill_broker(1).unwrap();
    lab.kafka.kill_broker(2).unwrap();
    lab.pass(9);
    let Ok(KafkaAnswer::Topics(list)) = lab.look(KafkaQuery::Topics) else { panic!() };
    let pairs = list.iter().find(|one| one.name.as_str() == "pairs").unwrap();
    assert_eq!((pairs.offline, pairs.under_replicated), (1, 3));
    let Ok(KafkaAnswer::LogRanges(ranges)) = lab.look(KafkaQuery::LogRanges(name("pairs"))) else { panic!() };
    assert_eq!(ranges.len(), 2, "the partition without a leader is left out");
}

#[test]
fn the_same_seed_and_time_give_the_same_answers() {
    let queries = || [KafkaQuery::Cluster, KafkaQuery::Topic(orders()), KafkaQuery::LogRanges(orders())];
    let one = Lab::new().with_working_group();
    let other = Lab::new().with_working_group();
    one.pass(3_600);
    for _ in 0..3_600 {
        // Being looked at changes nothing.
        other.pass(1);
        let _ = other.ranges();
    }
    for query in queries() {
        assert_eq!(one.look(query.clone()), other.look(query));
    }
    assert_eq!(one.committed(), other.committed());
    assert_eq!(one.group(), other.group());
    let stranger = HandClock::at(NOON);
    let stranger = Lab::on(Fleet::new(Arc::new(stranger.clone()), 8), stranger);
    assert_ne!(one.look(KafkaQuery::Cluster), stranger.look(KafkaQuery::Cluster));
}

#[test]
fn a_clock_set_back_does_not_unproduce() {
    let lab = Lab::new();
    lab.pass(100);
    let before = lab.ranges();
    lab.clock.set(NOON);
    assert_eq!(lab.ranges(), before);
}

#[test]
fn names_are_taken_once() {
    let it = Lab::new();
    assert!(it.fleet.add_kafka(&lab(), &[(1, None)]).is_err());
    assert!(it.kafka.add_topic(&TopicSpec::new(orders(), 1)).is_err());
    assert_eq!(it.fleet.names().unwrap(), [lab()]);
    assert!(it.fleet.clusters().unwrap().get(&lab()).is_some());
}
