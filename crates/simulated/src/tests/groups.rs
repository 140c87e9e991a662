use super::{Lab, billing, billing_spec, name, orders, short};
use crate::{GroupSpec, Leave, Member, ResetPolicy, per_second};
use engine::port::Clock;
use interlock::cluster::kafka::{self, Committed, GroupKind, GroupState, KafkaAnswer, KafkaQuery};
use interlock::time::Millis;
use std::collections::BTreeMap;
use std::time::Duration;

fn lag(lab: &Lab, partition: usize) -> i64 {
    let committed = lab.committed_in(i32::try_from(partition).unwrap()).map_or(0, |one| one.offset);
    lab.ranges()[partition].end - committed
}

#[test]
fn a_working_group_follows_and_commits_now_and_then() {
    let lab = Lab::new().with_working_group();
    let before = lab.committed();
    lab.pass(2);
    assert_eq!(lab.committed(), before, "between two commits nothing moves");
    lab.pass(5);
    let after = lab.committed();
    assert!(after[0].committed.offset > before[0].committed.offset);
    assert_eq!(after[0].committed.leader_epoch, Some(0), "a consumer commits the epoch");
    assert_eq!(after[3].committed.offset, 0, "it commits in the empty partition, too");
    assert_eq!(after.len(), 4);
}

#[test]
fn lag_shrinks_when_reading_is_faster_and_grows_when_it_is_slower() {
    let lab = Lab::new().with_working_group();
    let before = lag(&lab, 0);
    lab.pass(30);
    let shrunk = lag(&lab, 0);
    assert!(shrunk < before, "{shrunk} < {before}");
    lab.pass(300);
    assert!(lag(&lab, 0) < 111 * 5, "it has caught up but for the time since the last commit");
    lab.kafka.set_reading(&billing(), &orders(), per_second(10)).unwrap();
    lab.pass(100);
    assert!(lag(&lab, 0) > 7_000);
}

fn assigned(member: &kafka::Member) -> Vec<i32> {
    member.assigned.iter().flat_map(BTreeMap::values).flatten().copied().collect()
}

#[test]
fn members_are_told_and_share_the_partitions() {
    let lab = Lab::new().with_working_group();
    lab.kafka.join(&billing(), Member::new("billing-2", "/10.0.0.2").fixed("two")).unwrap();
    let group = lab.group().unwrap();
    assert_eq!((group.kind, group.state), (GroupKind::Classic, GroupState::Rebalancing));
    assert!(group.members.iter().all(|member| member.assigned == Some(BTreeMap::new())));
    lab.pass(3);
    let group = lab.group().unwrap();
    assert_eq!((group.state, group.protocol_type.as_str()), (GroupState::Stable, "consumer"));
    let told: Vec<_> = group
        .members
        .iter()
        .map(|one| (one.client_id.as_str(), one.host.as_str(), one.instance_id.as_deref(), assigned(one).len()))
        .collect();
    assert_eq!(told, [("billing-1", "/10.0.0.1", None, 2), ("billing-2", "/10.0.0.2", Some("two"), 2)]);
    assert!(group.members[0].member_id.starts_with("billing-1-") && group.members[0].member_id.len() == 10 + 36);
    let mut all: Vec<_> = group.members.iter().flat_map(assigned).collect();
    all.sort_unstable();
    assert_eq!(all, [0, 1, 2, 3]);
}

#[test]
fn who_leaves_in_order_is_gone_at_once_who_does_not_stays_for_its_session() {
    let fixed = Member::new("b", "/10.0.0.9").fixed("b");
    let plain = Member::new("b", "/10.0.0.9");
    let cases = [
        ("dynamic, in order", plain.clone(), Leave::InOrder, 0),
        ("dynamic, killed", plain, Leave::Killed, 45),
        ("static, in order", fixed.clone(), Leave::InOrder, 45),
        ("static, killed", fixed, Leave::Killed, 45),
    ];
    for (case, member, how, stays) in cases {
        let lab = Lab::new();
        lab.kafka.add_group(&billing_spec()).unwrap();
        lab.kafka.join(&billing(), member).unwrap();
        lab.pass(10);
        lab.kafka.leave(&billing(), "b", how, None).unwrap();
        if stays > 0 {
            lab.pass(stays - 1);
            let group = lab.group().unwrap();
            assert_eq!((group.members.len(), group.state), (1, GroupState::Stable), "{case}");
            assert_eq!(short(&lab.act(&lab.commit(&[(0, 1)]))).1, "group-has-members", "{case}");
            lab.pass(1);
        }
        let group = lab.group().unwrap();
        assert_eq!((group.members.len(), group.state), (0, GroupState::Empty), "{case}");
        assert_eq!(short(&lab.act(&lab.commit(&[(0, 1)]))).0, "applied", "{case}");
    }
}

#[test]
fn leaving_in_order_commits_once_more() {
    for (how, last) in [(Leave::InOrder, true), (Leave::Killed, false)] {
        let lab = Lab::new().with_working_group();
        lab.pass(300);
        lab.clock.advance(Duration::from_millis(2_500));
        let before = lab.committed_in(0).unwrap().offset;
        lab.kafka.leave(&billing(), "billing-1", how, None).unwrap();
        let end = lab.ranges()[0].end;
        let after = lab.committed_in(0).unwrap().offset;
        assert_eq!(after == end, last, "{how:?}: {before} {after} {end}");
        assert_eq!(after == before, !last, "{how:?}");
        lab.pass(3_600);
        assert_eq!(lab.committed_in(0).unwrap().offset, after, "{how:?}: nothing moves any more");
    }
}

#[test]
fn a_group_can_be_told_when_to_stop() {
    let lab = Lab::new().with_working_group();
    lab.kafka.stop_group(&billing(), Leave::InOrder, Some(ahead(&lab, 60))).unwrap();
    lab.pass(59);
    assert_eq!(lab.group().unwrap().members.len(), 1);
    let before = lab.committed();
    lab.pass(1);
    assert_eq!(lab.group().unwrap().members, []);
    let stopped = lab.committed();
    assert!(stopped[0].committed.offset > before[0].committed.offset, "it committed until it stopped");
    lab.pass(600);
    assert_eq!(lab.committed(), stopped);
}

fn ahead(lab: &Lab, seconds: u64) -> Millis {
    lab.clock.now().plus(Duration::from_secs(seconds))
}

#[test]
fn who_comes_back_begins_at_what_is_committed() {
    let lab = Lab::new().with_stopped_group();
    let end = lab.ranges()[0].end;
    assert_eq!(short(&lab.act(&lab.commit(&[(0, 1_000), (1, end * 2)]))).0, "applied");
    lab.kafka.join(&billing(), Member::new("billing-1", "/10.0.0.1")).unwrap();
    lab.pass(5);
    assert_eq!(lab.committed_in(0).unwrap().offset, 1_000 + 5 * 150, "from where the administrator put it");
    let one = lab.committed_in(1).unwrap().offset;
    assert!(
        one <= lab.ranges()[1].end && one >= lab.ranges()[1].end - 600,
        "out of range: the reset policy, here the end"
    );
    let two = lab.committed_in(2).unwrap().offset;
    assert!(two >= lab.ranges()[2].end - 600, "no commit: the same");
}

#[test]
fn the_earliest_policy_begins_at_the_start() {
    let lab = Lab::new();
    let mut spec = GroupSpec::new(billing()).reading(orders(), per_second(100));
    spec.reset = ResetPolicy::Earliest;
    lab.kafka.add_group(&spec).unwrap();
    lab.kafka.join(&billing(), Member::new("b", "/10.0.0.1")).unwrap();
    assert_eq!(lab.committed(), []);
    lab.pass(5);
    assert_eq!(lab.committed_in(0).unwrap().offset, 500);
}

#[test]
fn a_static_member_takes_its_own_place_again() {
    let lab = Lab::new();
    lab.kafka.add_group(&billing_spec()).unwrap();
    let member = || Member::new("b", "/10.0.0.1").fixed("one");
    let first = lab.kafka.join(&billing(), member()).unwrap();
    lab.kafka.leave(&billing(), "one", Leave::Killed, None).unwrap();
    let second = lab.kafka.join(&billing(), member()).unwrap();
    lab.pass(4);
    let members = lab.group().unwrap().members;
    assert_eq!(members.len(), 1);
    assert_ne!(first, second);
    assert_eq!(members[0].member_id, second);
}

#[test]
fn a_group_without_members_can_move_its_commits() {
    let lab = Lab::new();
    lab.kafka.add_group(&billing_spec().read_until(Duration::from_secs(60))).unwrap();
    lab.kafka.join(&billing(), Member::new("flink", "/10.0.0.1").alone()).unwrap();
    lab.pass(30);
    let group = lab.group().unwrap();
    assert_eq!((group.members.len(), group.state), (0, GroupState::Empty));
    assert_eq!(short(&lab.act(&lab.commit(&[(0, 5)]))).0, "applied", "the broker lets us");
    assert_eq!(lab.committed_in(0), Some(Committed::plain(5)));
    lab.pass(5);
    assert!(lab.committed_in(0).unwrap().offset > 1_000, "and the application does not care");
}

#[test]
fn refused_acts_do_not_disturb_the_pace_of_commits() {
    let (calm, poked) = (Lab::new().with_working_group(), Lab::new().with_working_group());
    for _ in 0..20 {
        calm.pass(1);
        poked.pass(1);
        poked.act(&poked.commit(&[(0, 1)]));
        poked.kafka.delete_records(&orders(), 3, 0).unwrap();
    }
    assert_eq!(calm.committed(), poked.committed());
}

#[test]
fn groups_are_listed_with_their_state() {
    let lab = Lab::new().with_working_group();
    let mut spec = GroupSpec::new(name("alerts"));
    spec.kind = GroupKind::Consumer;
    lab.kafka.add_group(&spec).unwrap();
    let Ok(KafkaAnswer::Groups(groups)) = lab.look(KafkaQuery::Groups) else { panic!() };
    let told: Vec<_> = groups.iter().map(|one| (one.id.as_str(), one.kind, one.state)).collect();
    assert_eq!(
        told,
        [("alerts", GroupKind::Consumer, GroupState::Empty), ("billing", GroupKind::Classic, GroupState::Stable)]
    );
    assert_eq!(lab.look(KafkaQuery::Group(name("nope"))), Ok(KafkaAnswer::Group(None)));
    assert_eq!(lab.look(KafkaQuery::Committed(name("nope"))), Ok(KafkaAnswer::Committed(Vec::new())));
    assert!(lab.kafka.add_group(&spec).is_err());
}

#[test]
fn what_retention_removed_cannot_be_read() {
    let lab = Lab::new();
    lab.kafka
        .add_group(&GroupSpec::new(billing()).reading(orders(), 1).read_until(Duration::from_secs(3_600)))
        .unwrap();
    lab.kafka.join(&billing(), Member::new("b", "/10.0.0.1")).unwrap();
    lab.pass(14 * 86_400);
    let (range, committed) = (lab.ranges()[0], lab.committed_in(0).unwrap());
    assert!(range.start > 0 && committed.offset >= range.start, "{range:?} {committed:?}");
}
