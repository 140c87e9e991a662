//! Replicas on the move: time, throttles, and what the controller believes.

use super::*;
use interlock::cluster::kafka::{Controllers, FOLLOWER_LIST, FOLLOWER_RATE, Reassignment, Replicas};
use interlock::plan::{ConfigChange, ConfigOn, KafkaAction, ListRemoval, PreferredLeader, ReplicaMove};
use std::collections::BTreeMap;

const MIB: u64 = 1 << 20;

fn moved() -> TopicName {
    "moved".parse().unwrap()
}

fn act(bed: &Lab, action: &Action) -> Acted {
    bed.kafka.apply(action, None)
}

/// Brokers 1 to 4; "orders" with one partition of 100 MiB on 3, 2, 1.
fn bed() -> Lab {
    let bed = Lab::new();
    let mut spec = TopicSpec::new(moved(), 1);
    spec.retention = None;
    bed.kafka.add_topic(&spec).unwrap();
    // What comes in at the instant a log begins counts as before its start.
    bed.clock.advance(seconds(1));
    bed.kafka.produce(&moved(), 0, u32::try_from(100 * MIB / 512).unwrap()).unwrap();
    // It lies on the first three, so this is an order alone.
    bed.kafka.add_broker(4, Some("az-d")).unwrap();
    act(&bed, &reassign(&[3, 2, 1]));
    act(&bed, &elect(3));
    bed
}

fn reassign(to: &[i32]) -> Action {
    let (topic, topic_id) = (moved(), String::new());
    let one = ReplicaMove {
        topic,
        topic_id,
        partition: 0,
        from: Replicas::default(),
        to: Replicas(to.to_vec()),
        or_from: None,
        dirs: BTreeMap::new(),
    };
    Action::Kafka(KafkaAction::Reassign { moves: vec![one] })
}

fn elect(leader: i32) -> Action {
    let partitions = vec![PreferredLeader { topic: moved(), partition: 0, leader }];
    Action::Kafka(KafkaAction::ElectPreferred { partitions })
}

fn set(on: ConfigOn, key: &str, to: Option<&str>) -> Action {
    let change = ConfigChange { on, key: key.to_owned(), from: None, to: to.map(str::to_owned) };
    Action::Kafka(KafkaAction::SetConfigs { changes: vec![change] })
}

fn under_way(bed: &Lab) -> Vec<Reassignment> {
    match bed.look(KafkaQuery::Reassignments).unwrap() {
        KafkaAnswer::Reassignments(all) => all,
        other => panic!("{other:?}"),
    }
}

fn partition(bed: &Lab) -> interlock::cluster::kafka::Partition {
    match bed.look(KafkaQuery::Topic(moved())).unwrap() {
        KafkaAnswer::Topic(Some(topic)) => topic.partitions[0].clone(),
        other => panic!("{other:?}"),
    }
}

fn throttle(bed: &Lab, rate: u64) {
    act(bed, &set(ConfigOn::Broker(4), FOLLOWER_RATE, Some(&rate.to_string())));
    act(bed, &set(ConfigOn::Topic(moved()), FOLLOWER_LIST, Some("0:4")));
}

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

#[test]
fn a_move_takes_bytes_over_throttle() {
    let bed = bed();
    throttle(&bed, 10 * MIB);
    act(&bed, &reassign(&[4, 2, 1]));
    bed.clock.advance(seconds(9));
    let seen = &under_way(&bed)[0];
    assert_eq!((seen.replicas.to_string(), seen.target().to_string()), ("4,2,1,3".to_owned(), "4,2,1".to_owned()));
    assert_eq!(partition(&bed).isr, [3, 2, 1]);
    bed.clock.advance(seconds(2));
    assert_eq!(under_way(&bed), []);
    assert_eq!((partition(&bed).replicas, partition(&bed).isr), (vec![4, 2, 1], vec![4, 2, 1]));
    assert_eq!(partition(&bed).leader, Some(4), "its leader left; the first one leads");
}

#[test]
fn without_the_list_a_rate_has_no_effect() {
    let bed = bed();
    act(&bed, &set(ConfigOn::Broker(4), FOLLOWER_RATE, Some("1000")));
    act(&bed, &reassign(&[4, 2, 1]));
    bed.clock.advance(seconds(2));
    assert_eq!(under_way(&bed), []);
}

#[test]
fn below_the_inflow_it_never_ends() {
    let bed = bed();
    bed.kafka.set_rate(&moved(), per_second(4_000)).unwrap();
    throttle(&bed, MIB);
    act(&bed, &reassign(&[4, 2, 1]));
    bed.clock.advance(seconds(100_000));
    assert_eq!(under_way(&bed).len(), 1, "2,048,000 bytes a second come in");
}

#[test]
fn calling_off_loses_the_order_and_sending_back_never_ends() {
    let bed = bed();
    throttle(&bed, MIB);
    act(&bed, &reassign(&[4, 2, 1]));
    bed.kafka.foreign_cancel(&moved(), 0).unwrap();
    assert_eq!(partition(&bed).replicas, [2, 1, 3]);
    act(&bed, &reassign(&[3, 2, 1]));
    assert_eq!(partition(&bed).replicas, [3, 2, 1], "an order alone is there at once");
    act(&bed, &reassign(&[4, 2, 1]));
    act(&bed, &reassign(&[3, 2, 1]));
    bed.clock.advance(seconds(100_000));
    let seen = &under_way(&bed)[0];
    assert_eq!((seen.replicas.to_string(), seen.adding.to_string()), ("3,2,1,4".to_owned(), "4".to_owned()));
    assert_eq!((seen.removing.to_string(), seen.target().to_string()), ("4".to_owned(), "3,2,1".to_owned()));
    bed.kafka.foreign_cancel(&moved(), 0).unwrap();
    assert_eq!((under_way(&bed), partition(&bed).replicas), (vec![], vec![3, 2, 1]));
}

#[test]
fn the_controller_accepts_a_dead_target_and_it_never_arrives() {
    let bed = bed();
    bed.kafka.kill_broker(4).unwrap();
    bed.clock.advance(seconds(60));
    assert_eq!(act(&bed, &reassign(&[4])), Acted::Applied);
    bed.clock.advance(seconds(3_600));
    assert_eq!(under_way(&bed).len(), 1);
    assert!(matches!(act(&bed, &reassign(&[99])), Acted::NotApplied(_)), "one that was never registered is refused");
}

#[test]
fn a_dead_broker_takes_no_setting_but_through_the_controllers_and_tells_none() {
    let bed = bed();
    throttle(&bed, MIB);
    bed.kafka.kill_broker(4).unwrap();
    bed.clock.advance(seconds(60));
    bed.kafka.set_controllers(Controllers::NotGiven).unwrap();
    assert!(matches!(act(&bed, &set(ConfigOn::Broker(4), FOLLOWER_RATE, None)), Acted::NotApplied(_)));
    assert_eq!(bed.look(KafkaQuery::BrokerConfig(4)).unwrap(), KafkaAnswer::BrokerConfig(None));
    bed.kafka.set_controllers(Controllers::Answer).unwrap();
    assert_eq!(act(&bed, &set(ConfigOn::Broker(4), FOLLOWER_RATE, None)), Acted::Applied);
    assert_eq!(bed.look(KafkaQuery::BrokerConfig(4)).unwrap(), KafkaAnswer::BrokerConfig(None));
    bed.kafka.start_broker(4).unwrap();
    assert_eq!(bed.look(KafkaQuery::BrokerConfig(4)).unwrap(), KafkaAnswer::BrokerConfig(Some(Vec::new())));
}

#[test]
fn entries_leave_a_list_and_what_others_put_there_stays() {
    let bed = bed();
    let list = |value: Option<&str>| bed.kafka.set_topic_config(&moved(), FOLLOWER_LIST, value).unwrap();
    let take = |stood_before| {
        let (topic, key, entries) = (moved(), FOLLOWER_LIST.to_owned(), vec!["0:4".to_owned()]);
        let lists = vec![ListRemoval { topic, key, entries, stood_before }];
        act(&bed, &Action::Kafka(KafkaAction::TakeFromLists { lists }));
        match bed.look(KafkaQuery::TopicConfig(moved())).unwrap() {
            KafkaAnswer::TopicConfig(entries) => entries.into_iter().find(|one| one.key == FOLLOWER_LIST),
            other => panic!("{other:?}"),
        }
        .and_then(|entry| entry.value)
    };
    list(Some("7:7,0:4"));
    assert_eq!(take(false).as_deref(), Some("7:7"));
    list(Some("0:4"));
    assert_eq!(take(true).as_deref(), Some(""));
    list(Some("0:4"));
    assert_eq!(take(false), None);
}

#[test]
fn leadership_goes_to_the_preferred_replica_only_if_it_is_alive() {
    let bed = bed();
    act(&bed, &reassign(&[4, 3, 2]));
    bed.clock.advance(seconds(60));
    assert_eq!(partition(&bed).leader, Some(3), "who led goes on leading");
    act(&bed, &elect(4));
    assert_eq!(partition(&bed).leader, Some(4));
    bed.kafka.kill_broker(4).unwrap();
    bed.clock.advance(seconds(60));
    assert!(matches!(act(&bed, &elect(4)), Acted::NotApplied(_)));
}
