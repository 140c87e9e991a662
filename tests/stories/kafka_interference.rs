//! Somebody else works on the same real Kafka: between approval and execution, and while it runs.

use interlock::approval::{Event, State};
use interlock::changes::Guard;
use interlock::facts::Fact;
use interlock::id::OperationId;
use signalbox::desk::Done;
use std::collections::BTreeMap;
use std::time::Duration;
use story::kafka_house::{KafkaHouse, KafkaPlot, Place, check, lab, planned, proxy};
use story::lab::KafkaTools;
use story::lab::judge::{Committed, TopicSpec};
use story::lab::proxy::{Fault, Route, Rule, RuleHandle, api};
use story::made;

const FIRST: i64 = 1_732_089_600_000;
/// A drive that the store failed in goes on after lease and act deadline, here two minutes: longer than that.
const LIMIT: Duration = Duration::from_secs(300);

pub(super) struct Scene {
    pub(super) house: KafkaHouse,
    pub(super) place: Place,
    pub(super) id: OperationId,
}

impl Scene {
    /// A reset to the earliest offsets awaits its approval.
    pub(super) async fn new() -> Self {
        Self::of(|_| {}).await
    }

    /// The same with these guards taken away.
    async fn without(guards: &[Guard]) -> Self {
        Self::of(|plot| guards.iter().for_each(|guard| plot.without(*guard))).await
    }

    /// The same in another setting.
    pub(super) async fn of(change: impl FnOnce(&mut KafkaPlot)) -> Self {
        let mut plot = KafkaPlot::proxied().await;
        change(&mut plot);
        plot.acts_within(Duration::from_secs(60));
        plot.looks_within(Duration::from_secs(60));
        let house = plot.build().await;
        let place = Place::unique();
        house.topic(&place, &[30, 30], FIRST).await;
        house.commits(&place, &[place.commit(0, 10), place.commit(1, 12)]).await;
        let id = house.story.person("alice").plans(&place.reset("earliest")).await;
        Self { house, place, id }
    }

    /// bob has approved, and whatever is asked from now on waits in front of the brokers: no look sees what was before.
    pub(super) async fn approved_and_held(&self) -> RuleHandle {
        let hold = proxy().arm(Rule::every(&self.house.client_id, Fault::HoldRequest));
        self.house.story.person("bob").approves(&self.id).await;
        assert!(hold.meets(1, LIMIT).await, "it does not look before it starts");
        hold
    }

    /// It asks again, because of this, with a second revision on which no vote counts yet.
    async fn asks_again(&self, why: &str) {
        let operation = self.revised().await;
        assert_eq!((operation.state, operation.why.id.as_str()), (State::AwaitingApproval, why), "{:?}", operation.why);
        assert_eq!(proxy().changes(&self.house.client_id), [], "nothing was sent");
        made(&self.house.story.audit(&self.id).await, &[(State::Queued, Event::AskAgain)]);
    }

    async fn revised(&self) -> engine::Operation {
        let began = std::time::Instant::now();
        loop {
            let operation = self.house.story.operation(&self.id).await;
            if operation.revision == 2 {
                return operation;
            }
            assert!(began.elapsed() < LIMIT && !operation.state.has_ended(), "{operation:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub(super) async fn offsets(&self) -> BTreeMap<i32, i64> {
        self.house.committed(&self.place).await.iter().map(|one| (one.partition, one.offset)).collect()
    }

    /// A second approval, this time undisturbed.
    async fn approved_again(&self) {
        self.house.approved(&self.id).await;
        assert_eq!(self.offsets().await, BTreeMap::from([(0, 0), (1, 0)]));
    }
}

#[tokio::test]
async fn offsets_that_another_tool_set_after_the_approval_make_the_plan_stale() {
    let scene = Scene::new().await;
    let (house, place) = (&scene.house, &scene.place);
    let first = house.story.operation(&scene.id).await.digest;
    let hold = scene.approved_and_held().await;
    house.commits(place, &[place.commit(1, 20)]).await;
    hold.disarm();
    scene.asks_again("offsets-changed").await;
    assert_eq!(scene.offsets().await, BTreeMap::from([(0, 10), (1, 20)]), "the other tool's value stands");
    // The first plan can be approved no more.
    match house.story.person("carol").runs(&format!("/approve operation:{} digest:{first}", scene.id)).await {
        Done::Mistake(mistake) => assert_eq!(mistake.id, "another-plan"),
        other => panic!("{other:?}"),
    }
    scene.approved_again().await;
    house.taken_back(&scene.id).await;
    assert_eq!(scene.offsets().await, BTreeMap::from([(0, 10), (1, 20)]), "back to what stood last");
}

/// The same hold without the other tool: it is the other tool that makes it stale.
#[tokio::test]
async fn a_plan_that_nobody_disturbs_is_carried_out_at_the_first_approval() {
    let scene = Scene::new().await;
    scene.approved_and_held().await.disarm();
    let done = scene.house.story.becomes(&scene.id, State::Succeeded).await;
    assert_eq!(done.revision, 1);
    assert_eq!(scene.offsets().await, BTreeMap::from([(0, 0), (1, 0)]));
}

#[tokio::test]
async fn a_topic_that_was_deleted_and_made_again_is_another_topic() {
    let scene = Scene::new().await;
    let (house, place) = (&scene.house, &scene.place);
    let hold = scene.approved_and_held().await;
    house.judge.delete_topic(&place.topic).await.unwrap();
    made_again(house, place).await;
    hold.disarm();
    scene.asks_again("topic-recreated").await;
    scene.approved_again().await;
}

/// A deleted name can be taken again only when the deletion is through.
async fn made_again(house: &KafkaHouse, place: &Place) {
    let began = std::time::Instant::now();
    while let Err(error) = house.judge.create_topic(TopicSpec::new(&place.topic, 2, 1)).await {
        assert!(began.elapsed() < LIMIT, "{error}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    house.commits(place, &[place.commit(0, 10), place.commit(1, 12)]).await;
}

/// Kafka's own tool sees a group moved in a topic that nobody has looked at, by a plan for another one.
#[tokio::test]
async fn without_the_guard_a_group_is_reset_in_a_topic_that_nobody_approved() {
    let scene = Scene::without(&[Guard::TopicIs]).await;
    let (house, place) = (&scene.house, &scene.place);
    let hold = scene.approved_and_held().await;
    house.judge.delete_topic(&place.topic).await.unwrap();
    made_again(house, place).await;
    hold.disarm();
    let done = house.story.becomes(&scene.id, State::Succeeded).await;
    assert_eq!(done.revision, 1, "nobody was asked again");
    assert_eq!(scene.offsets().await, BTreeMap::from([(0, 0), (1, 0)]), "it stood at 10 and 12");
}

#[tokio::test]
async fn a_topic_that_is_gone_is_not_reset() {
    let scene = Scene::new().await;
    let hold = scene.approved_and_held().await;
    scene.house.judge.delete_topic(&scene.place.topic).await.unwrap();
    hold.disarm();
    let ended = scene.house.story.becomes(&scene.id, State::Refused).await;
    assert_eq!(ended.why.id, "topic-gone", "{:?}", ended.why);
    assert_eq!(proxy().changes(&scene.house.client_id), []);
}

#[tokio::test]
async fn partitions_that_were_added_make_the_plan_stale() {
    let scene = Scene::new().await;
    let hold = scene.approved_and_held().await;
    let more = ["--alter", "--topic", &scene.place.topic, "--partitions", "3"];
    let said = KafkaTools::new(lab()).topics(&more).await.unwrap();
    assert!(said.success, "{said:?}");
    scene.house.judge.known_by_all(&scene.place.topic, 3).await;
    hold.disarm();
    scene.asks_again("topic-partitions-changed").await;
    let plan = scene.house.story.plan(&scene.id).await;
    assert_eq!(planned(plan.plan()), BTreeMap::from([(0, 0), (1, 0), (2, 0)]), "the new one is in it");
    scene.house.approved(&scene.id).await;
    assert_eq!(scene.offsets().await, BTreeMap::from([(0, 0), (1, 0), (2, 0)]));
}

#[tokio::test]
async fn a_member_that_came_after_the_approval_refuses_the_plan() {
    let scene = Scene::new().await;
    let (house, place) = (&scene.house, &scene.place);
    let hold = scene.approved_and_held().await;
    let member = story::lab::judge::MemberSpec::new(&place.group, &place.topic);
    let member = house.judge.start_member(member).await.unwrap();
    hold.disarm();
    let ended = house.story.becomes(&scene.id, State::Refused).await;
    assert_eq!(ended.why.id, "group-has-members");
    made(&house.story.audit(&scene.id).await, &[(State::Queued, Event::Refuse)]);
    assert_eq!(proxy().changes(&house.client_id), []);
    assert_eq!(scene.offsets().await, BTreeMap::from([(0, 10), (1, 12)]));
    member.stop().await.unwrap();
}

/// The other cluster has a topic and a group of the same names: only its id tells that it is another one.
#[tokio::test]
async fn another_cluster_behind_the_same_address_is_asked_about_anew() {
    let scene = Scene::new().await;
    let (house, place) = (&scene.house, &scene.place);
    let other = lab().secure().await.unwrap();
    other.create_topic(TopicSpec::new(&place.topic, 2, 1)).await.unwrap();
    let there = [place.commit(0, 3), place.commit(1, 4)];
    other.alter_offsets(&place.group, &there).await.unwrap();
    proxy().route(&house.client_id, Route::OtherCluster);
    house.story.person("bob").approves(&scene.id).await;
    scene.asks_again("cluster-changed").await;
    let plan = house.story.plan(&scene.id).await;
    assert_eq!(plan.plan().identity, other.cluster().await.unwrap().cluster_id);
    assert_eq!(other.committed(&place.group).await.unwrap(), there, "nothing there");
    assert_eq!(scene.offsets().await, BTreeMap::from([(0, 10), (1, 12)]), "nothing here");
    // Back at the first cluster, the plan that was made for the other one is stale in turn.
    proxy().route(&house.client_id, Route::Main);
    house.story.person("bob").approves(&scene.id).await;
    let began = std::time::Instant::now();
    while house.story.operation(&scene.id).await.revision != 3 {
        assert!(began.elapsed() < LIMIT);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    scene.approved_again().await;
    assert_eq!(other.committed(&place.group).await.unwrap(), there);
}

/// The other cluster's topic has another id: also that tells it from the first one. Only with both guards taken away, as for
/// a cluster too old for ids of topics and a bot that compares none of clusters, somebody else's group is moved.
#[tokio::test]
async fn without_the_guard_a_group_of_another_cluster_is_reset() {
    for (guards, harmed) in [(&[Guard::TopicIs][..], false), (&[Guard::TopicIs, Guard::ClusterIs], true)] {
        let scene = Scene::without(guards).await;
        let (house, place) = (&scene.house, &scene.place);
        let other = lab().secure().await.unwrap();
        other.create_topic(TopicSpec::new(&place.topic, 2, 1)).await.unwrap();
        let as_here = [place.commit(0, 10), place.commit(1, 12)];
        other.alter_offsets(&place.group, &as_here).await.unwrap();
        proxy().route(&house.client_id, Route::OtherCluster);
        house.story.person("bob").approves(&scene.id).await;
        if harmed {
            house.story.becomes(&scene.id, State::Succeeded).await;
            assert_eq!(other.committed(&place.group).await.unwrap(), [place.commit(0, 0), place.commit(1, 0)]);
        } else {
            scene.asks_again("cluster-changed").await;
            assert_eq!(other.committed(&place.group).await.unwrap(), as_here);
        }
        assert_eq!(scene.offsets().await, BTreeMap::from([(0, 10), (1, 12)]), "here is where it was approved for");
    }
}

/// The commit is applied, its answer never comes, and before anybody looks another tool has set something else.
#[tokio::test]
async fn a_foreign_value_while_it_runs_is_named_and_left_to_people() {
    let scene = Scene::new().await;
    let (house, place) = (&scene.house, &scene.place);
    let before = house.committed(place).await;
    let hold = proxy().arm(Rule::next(&house.client_id, api::OFFSET_COMMIT, Fault::HoldAnswer));
    house.story.person("bob").approves(&scene.id).await;
    assert!(hold.meets(1, LIMIT).await);
    let began = std::time::Instant::now();
    while scene.offsets().await != BTreeMap::from([(0, 0), (1, 0)]) {
        assert!(began.elapsed() < LIMIT, "it is not applied");
    }
    house.commits(place, &[place.commit(1, 17)]).await;
    proxy().cut(&house.client_id);
    let stuck = house.story.becomes(&scene.id, State::Stuck).await;
    assert_eq!(stuck.why.id, "foreign-value");
    for (fact, value) in [
        ("topic", Fact::Text(place.topic.clone())),
        ("partition", Fact::Count(1)),
        ("found", Fact::Text("17".to_owned())),
    ] {
        assert_eq!(stuck.why.facts.get(fact), Some(&value), "{:?}", stuck.why);
    }
    assert_eq!(scene.offsets().await, BTreeMap::from([(0, 0), (1, 17)]), "it does not fight");
    assert_eq!(proxy().changes(&house.client_id).len(), 1);
    back_from_stuck(&scene, &before).await;
}

/// The way back over a value that moved on is not covered by the first approval.
async fn back_from_stuck(scene: &Scene, before: &[Committed]) {
    let house = &scene.house;
    let back = house.story.person("alice").plans(&format!("/rollback operation:{}", scene.id)).await;
    let moved = house.story.plan(&back).await;
    assert_eq!(check(&moved.plan().checks, "values-moved-on").facts.get("partition"), Some(&Fact::Count(1)));
    let refused = house.story.person("alice").approves(&back).await;
    assert!(matches!(refused, Done::Denied(_)), "{refused:?}");
    house.approved(&back).await;
    assert_eq!(house.committed(&scene.place).await, before);
}
