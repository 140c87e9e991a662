use super::{Lab, NOON, lab, orders, short};
use crate::{ActFault, Fleet, FleetError, HandClock};
use engine::port::Clock;
use interlock::cluster::kafka::KafkaQuery;
use std::fs;
use std::path::Path;
use std::sync::Arc;

fn in_file(path: &Path) -> Lab {
    let clock = HandClock::at(NOON);
    Lab::on(Fleet::open(path, Arc::new(clock.clone()), 7).unwrap(), clock)
}

/// The same file as another process opens it.
fn again(path: &Path, clock: &HandClock) -> Lab {
    let fleet = Fleet::open(path, Arc::new(clock.clone()), 99).unwrap();
    Lab { clock: clock.clone(), kafka: fleet.kafka(&lab()), fleet }
}

#[test]
fn a_fleet_survives_its_process() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.json");
    let before = in_file(&path).with_working_group();
    before.kafka.fail_next_act(ActFault::AnswerLost).unwrap();
    let clock = before.clock.clone();
    let told = |lab: &Lab| {
        let queries = [KafkaQuery::Cluster, KafkaQuery::Topics, KafkaQuery::Topic(orders()), KafkaQuery::Groups];
        let answers: Vec<_> = queries.into_iter().map(|query| lab.look(query)).collect();
        (answers, lab.ranges(), lab.committed(), lab.group())
    };
    let expected = told(&before);
    drop(before);
    assert_eq!(told(&again(&path, &clock)), expected);
}

#[test]
fn an_act_whose_answer_was_lost_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.json");
    let before = in_file(&path).with_stopped_group();
    let action = before.commit(&[(0, 4)]);
    before.kafka.fail_next_act(ActFault::AnswerLost).unwrap();
    assert_eq!(short(&before.act(&action)).0, "unknown");
    let after = again(&path, &before.clock);
    assert_eq!(after.committed_in(0).map(|one| one.offset), Some(4));
    assert_eq!(after.kafka.acts().unwrap().len(), 1);
}

#[test]
fn two_processes_see_each_others_changes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.json");
    let one = in_file(&path).with_stopped_group();
    let other = again(&path, &one.clock);
    one.act(&one.commit(&[(0, 4)]));
    other.act(&other.commit(&[(1, 5)]));
    for lab in [&one, &other] {
        let found = [0, 1].map(|partition| lab.committed_in(partition).map(|one| one.offset));
        assert_eq!(found, [Some(4), Some(5)]);
        assert_eq!(lab.kafka.acts().unwrap().len(), 2);
    }
}

#[test]
fn a_failed_change_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.json");
    let lab = in_file(&path).with_stopped_group();
    let before = fs::read(&path).unwrap();
    assert!(lab.kafka.recreate_topic(&super::name("nope")).is_err());
    assert_eq!(fs::read(&path).unwrap(), before);
    folder.close().unwrap();
    assert_eq!(short(&lab.act(&super::Lab::new().commit(&[(0, 4)]))), ("not applied", "unreachable".to_owned()));
}

#[test]
fn damage_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.json");
    fs::write(&path, "{\"draw\":").unwrap();
    let clock: Arc<dyn Clock> = Arc::new(HandClock::at(NOON));
    assert!(matches!(Fleet::open(&path, clock, 1), Err(FleetError::Damaged(_))));
}
