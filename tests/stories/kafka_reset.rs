//! `/reset-offset` on real Kafka: where the group stands afterwards, and after the way back, is told by the judge.

use interlock::approval::State;
use interlock::changes::Guard;
use interlock::facts::Fact;
use signalbox::desk::Done;
use std::collections::BTreeMap;
use story::kafka_house::{CLUSTER, KafkaHouse, KafkaPlot, LogSeen, Place, check, planned};
use story::lab::KafkaTools;
use story::lab::judge::{Committed, Point, TopicSpec};

/// 2024-11-20T08:00:00Z, the time of the first records; each further one is a minute later.
const FIRST: i64 = 1_732_089_600_000;
const MINUTE: i64 = 60_000;

/// A partition for each thing that can be odd about one.
struct Scene {
    house: KafkaHouse,
    place: Place,
    before: Vec<Committed>,
}

/// A commit with epoch and metadata in the middle of the log.
const ORDINARY: i32 = 0;
/// The log no longer begins at 0.
const CUT: i32 = 1;
/// Nothing is committed.
const FRESH: i32 = 2;
/// Without records, nothing committed.
const EMPTY: i32 = 3;
/// Its last record is older than everything asked for.
const OLD: i32 = 4;

impl Scene {
    async fn new() -> Self {
        Self::in_house(KafkaPlot::direct().await.build().await).await
    }

    async fn in_house(house: KafkaHouse) -> Self {
        let place = Place::unique();
        house.topic(&place, &[100, 100, 50, 0, 10], FIRST).await;
        house.judge.delete_records(&place.partition(CUT), 20).await.unwrap();
        let mut ordinary = place.commit(ORDINARY, 40);
        ordinary.leader_epoch = Some(0);
        ordinary.metadata = "checkpoint 7".to_owned();
        house.commits(&place, &[ordinary, place.commit(CUT, 60), place.commit(OLD, 10)]).await;
        let before = house.committed(&place).await;
        assert_eq!(before.len(), 3);
        Self { house, place, before }
    }

    fn from(&self, partition: i32) -> Option<i64> {
        self.before.iter().find(|one| one.partition == partition).map(|one| one.offset)
    }

    /// Resets, compares with the plan and with what the judge's own answers make of the target, takes it back.
    async fn there_and_back(&self, to: &str, expected: &BTreeMap<i32, i64>) -> Vec<String> {
        let Self { house, place, before } = self;
        let id = house.carried_out(&place.reset(to)).await;
        let plan = house.story.plan(&id).await;
        let after = offsets(&house.committed(place).await);
        assert_eq!(&after, expected, "{to}: what the judge makes of it");
        for (partition, offset) in planned(plan.plan()) {
            assert_eq!(after.get(&partition), Some(&offset), "{to}: partition {partition} is as planned");
        }
        house.taken_back(&id).await;
        assert_eq!(&house.committed(place).await, before, "{to}: everything is as before, epoch and metadata too");
        house.story.audit(&id).await;
        plan.plan().checks.iter().map(|check| check.id.clone()).collect()
    }
}

fn offsets(committed: &[Committed]) -> BTreeMap<i32, i64> {
    committed.iter().map(|one| (one.partition, one.offset)).collect()
}

fn numbered(offsets: &[i64]) -> BTreeMap<i32, i64> {
    (0..).zip(offsets.iter().copied()).collect()
}

fn clamp(log: &LogSeen, partition: i32, wanted: i64) -> i64 {
    let at = usize::try_from(partition).unwrap();
    wanted.clamp(log.starts[at], log.ends[at])
}

#[tokio::test]
async fn a_group_is_set_to_the_earliest_offsets_and_back() {
    let scene = Scene::new().await;
    let log = scene.house.log(&scene.place).await;
    assert_eq!(log.starts, [0, 20, 0, 0, 0]);
    let checks = scene.there_and_back("earliest", &numbered(&log.starts)).await;
    for id in ["partition-empty", "partition-without-commit", "targets-in-log"] {
        assert!(checks.iter().any(|check| check == id), "{id} is missing in {checks:?}");
    }
}

#[tokio::test]
async fn a_group_is_set_to_the_latest_offsets_and_back() {
    let scene = Scene::new().await;
    let log = scene.house.log(&scene.place).await;
    assert_eq!(log.ends, [100, 100, 50, 0, 10]);
    scene.there_and_back("latest", &numbered(&log.ends)).await;
}

#[tokio::test]
async fn a_group_is_set_to_a_time_and_back() {
    let scene = Scene::new().await;
    // Between two records of the long partitions, and after the last one of two others.
    let at = FIRST + 70 * MINUTE - 1;
    let found = scene.house.judge.offsets(&scene.place.topic, Point::Time(at)).await.unwrap();
    let found: Vec<i64> = found.into_iter().map(|one| one.offset).collect();
    // After the last record Kafka answers -1, which is no offset to commit.
    assert_eq!(found, [70, 70, -1, -1, -1]);
    let log = scene.house.log(&scene.place).await;
    let expected: Vec<i64> =
        found.iter().zip(&log.ends).map(|(found, end)| if *found < 0 { *end } else { *found }).collect();
    let checks = scene.there_and_back("2024-11-20T09:09:59.999Z", &numbered(&expected)).await;
    assert!(checks.iter().any(|check| check == "time-after-last-record"), "{checks:?}");
}

#[tokio::test]
async fn a_time_before_the_log_start_is_clamped_and_said_so() {
    let scene = Scene::new().await;
    let log = scene.house.log(&scene.place).await;
    let checks = scene.there_and_back("2024-11-20T08:05:00Z", &numbered(&[5, 20, 5, 0, 5])).await;
    assert_eq!(log.starts[1], 20);
    assert!(checks.iter().any(|check| check == "time-before-log-start"), "{checks:?}");
}

#[tokio::test]
async fn an_offset_outside_of_the_log_is_clamped_and_said_so() {
    let scene = Scene::new().await;
    let log = scene.house.log(&scene.place).await;
    let expected: Vec<i64> = (0..5).map(|partition| clamp(&log, partition, 70)).collect();
    assert_eq!(expected, [70, 70, 50, 0, 10]);
    let (place, house) = (&scene.place, &scene.house);
    let Done::DryRun(plan) =
        house.story.person("alice").runs(&format!("{} dry-run:true", place.reset("offset:70"))).await
    else {
        panic!("no dry run");
    };
    let clamped = check(&plan.plan().checks, "target-clamped");
    for (fact, value) in [("wanted", 70), ("used", 50), ("partition", 2), ("count", 3)] {
        assert_eq!(clamped.facts.get(fact), Some(&Fact::Count(value)), "{fact} in {clamped:?}");
    }
    assert_eq!(house.committed(place).await, scene.before, "a dry run changes nothing");
    scene.there_and_back("offset:70", &numbered(&expected)).await;
}

/// ⚠ The guard is ours alone: the broker itself takes a commit far past the end of the log.
#[tokio::test]
async fn the_broker_accepts_a_commit_past_the_end_and_we_do_not() {
    let scene = Scene::new().await;
    let (place, house) = (&scene.place, &scene.house);
    house.commits(place, &[place.commit(ORDINARY, 1_000_000)]).await;
    assert_eq!(offsets(&house.committed(place).await)[&ORDINARY], 1_000_000, "what the broker stores unasked");
    house.carried_out(&place.reset("offset:1000000")).await;
    assert_eq!(offsets(&house.committed(place).await), numbered(&[100, 100, 50, 0, 10]), "what we commit");
}

/// The same with the guard taken away: nobody else keeps the group inside of its log.
#[tokio::test]
async fn without_the_guard_a_commit_past_the_end_is_made() {
    let mut plot = KafkaPlot::direct().await;
    plot.without(Guard::TargetInLog);
    let scene = Scene::in_house(plot.build().await).await;
    let (place, house) = (&scene.place, &scene.house);
    house.carried_out(&place.reset("offset:1000000")).await;
    assert_eq!(offsets(&house.committed(place).await), numbered(&[1_000_000; 5]));
}

#[tokio::test]
async fn a_shift_counts_from_the_commit_and_is_clamped() {
    let scene = Scene::new().await;
    let log = scene.house.log(&scene.place).await;
    for by in [-50, 45] {
        let expected = [ORDINARY, CUT, OLD]
            .map(|partition| (partition, clamp(&log, partition, scene.from(partition).unwrap() + by)));
        let checks = scene.there_and_back(&format!("shift:{by:+}"), &expected.into()).await;
        for id in ["target-clamped", "no-commit-to-shift"] {
            assert!(checks.iter().any(|check| check == id), "{id} is missing in {checks:?}");
        }
    }
}

#[tokio::test]
async fn only_the_named_partitions_are_touched() {
    let scene = Scene::new().await;
    let expected = BTreeMap::from([(ORDINARY, 40), (CUT, 20), (FRESH, 0), (OLD, 10)]);
    scene.there_and_back(&format!("earliest partitions:{CUT}-{FRESH}"), &expected).await;
    let expected = BTreeMap::from([(ORDINARY, 40), (CUT, 60), (EMPTY, 0), (OLD, 10)]);
    scene.there_and_back(&format!("latest partitions:{EMPTY}"), &expected).await;
}

#[tokio::test]
async fn without_a_topic_every_topic_of_the_group_is_reset() {
    let house = KafkaPlot::direct().await.build().await;
    let (one, mut other) = (Place::unique(), Place::unique());
    other.group.clone_from(&one.group);
    house.topic(&one, &[10, 10], FIRST).await;
    house.topic(&other, &[10], FIRST).await;
    house.commits(&one, &[one.commit(0, 4), one.commit(1, 5)]).await;
    house.commits(&other, &[other.commit(0, 6)]).await;
    house.carried_out(&format!("/reset-offset cluster:{CLUSTER} group:{} to:latest", one.group)).await;
    let after = house.committed(&one).await;
    assert_eq!(after.len(), 3);
    assert!(after.iter().all(|one| one.offset == 10), "{after:?}");
}

#[tokio::test]
async fn names_that_are_not_there_are_mistakes() {
    let house = KafkaPlot::direct().await.build().await;
    let place = Place::unique();
    house.topic(&place, &[10, 10], FIRST).await;
    house.commits(&place, &[place.commit(0, 4)]).await;
    let before = house.committed(&place).await;
    let nowhere = Place::unique();
    let group = |of: &Place| format!("/reset-offset cluster:{CLUSTER} group:{} to:latest", of.group);
    for (line, mistake) in [
        (format!("{} topic:{}", group(&place), nowhere.topic), "unknown-topic"),
        (group(&nowhere), "unknown-group"),
        (format!("{} topic:{}", group(&nowhere), place.topic), "unknown-group"),
        (place.reset("latest new-group:true"), "group-is-not-new"),
        (format!("{} topic:{} partitions:0,7", group(&place), place.topic), "unknown-partition"),
        (place.reset("shift:-1 partitions:1"), "no-commit-to-shift"),
        (place.reset("offset:4 partitions:0"), "nothing-to-do"),
        (place.reset("yesterday"), "not-a-time"),
        (place.reset("2999-01-01T00:00:00Z"), "time-in-future"),
    ] {
        match house.story.person("alice").runs(&line).await {
            Done::Mistake(found) => assert_eq!(found.id, mistake, "{line}"),
            other => panic!("{line}: {other:?}"),
        }
    }
    assert_eq!(house.committed(&place).await, before);
    assert_eq!(house.committed(&nowhere).await, []);
}

/// A group that Kafka does not know is made by its first commit, where that is what is asked for.
#[tokio::test]
async fn a_group_that_is_not_there_is_made_and_taken_back() {
    let house = KafkaPlot::direct().await.build().await;
    let place = Place::unique();
    house.topic(&place, &[10, 10], FIRST).await;
    let id = house.story.person("alice").plans(&place.reset("offset:3 new-group:true")).await;
    check(&house.story.plan(&id).await.plan().checks, "group-is-new");
    house.approved(&id).await;
    assert_eq!(offsets(&house.committed(&place).await), numbered(&[3, 3]));
    house.taken_back(&id).await;
    assert_eq!(house.committed(&place).await, []);
}

#[tokio::test]
async fn two_thousand_partitions_are_set_in_one_commit() {
    const PARTITIONS: i32 = 2_000;
    let mut plot = KafkaPlot::direct().await;
    plot.acts_within(std::time::Duration::from_secs(30));
    plot.looks_within(std::time::Duration::from_secs(60));
    plot.alone();
    let house = plot.build().await;
    let place = Place::unique();
    house.judge.create_topic(TopicSpec::new(&place.topic, PARTITIONS, 1)).await.unwrap();
    house.produce(&place, (1_234, 20), FIRST).await;
    let before: Vec<Committed> = (0..PARTITIONS).map(|partition| place.commit(partition, 7)).collect();
    house.commits(&place, &before).await;
    let id = house.carried_out(&place.reset("latest")).await;
    let plan = house.story.plan(&id).await;
    assert_eq!(plan.plan().estimate.changes, 2_000);
    assert_eq!(house.intents(&id).await, 1, "one commit");
    let after = offsets(&house.committed(&place).await);
    assert_eq!(after.len(), 2_000);
    assert_eq!(after.values().sum::<i64>(), 20, "all empty but one");
    assert_eq!(after[&1_234], 20);
    assert_eq!(after, planned(plan.plan()));
    house.taken_back(&id).await;
    assert_eq!(house.committed(&place).await, before);
    house.judge.delete_topic(&place.topic).await.unwrap();
    // Brokers do things in order: when each of them has this topic, it has removed the other one.
    let after = TopicSpec::new(&Place::unique().topic, 3, 1).on(vec![vec![1], vec![2], vec![3]]);
    house.judge.create_topic(after).await.unwrap();
}

/// ⚠ Kafka's own tool ends with 0 when it refuses; what it printed is another matter.
#[tokio::test]
async fn kafkas_own_tool_refuses_with_exit_code_0() {
    let house = KafkaPlot::direct().await.build().await;
    let place = Place::unique();
    house.topic(&place, &[10], FIRST).await;
    let member = story::lab::judge::MemberSpec::new(&place.group, &place.topic).reads_only(0);
    let member = house.judge.start_member(member).await.unwrap();
    member.consume(10).await.unwrap();
    member.commit().await.unwrap();
    let before = house.committed(&place).await;
    let tools = KafkaTools::new(story::kafka_house::lab());
    let arguments = ["--reset-offsets", "--group", &place.group, "--topic", &place.topic, "--to-earliest", "--execute"];
    let said = tools.consumer_groups(&arguments).await.unwrap();
    assert!(said.success, "the tool tells the truth now: {said:?}");
    assert_eq!(house.committed(&place).await, before, "and yet it did nothing");
    // Ours says that it does not, and why.
    let refused = story::kafka_house::refusal(house.story.person("alice").runs(&place.reset("earliest")).await);
    assert!(check(&refused, "group-inactive").blocks());
    member.stop().await.unwrap();
    let id = house.carried_out(&place.reset("earliest")).await;
    assert_eq!(house.story.operation(&id).await.state, State::Succeeded);
    assert_eq!(offsets(&house.committed(&place).await), numbered(&[0]));
}
