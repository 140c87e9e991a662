//! Whole topics and groups of RocketMQ on the simulated fleet of both lines: made, permitted otherwise, deleted, taken back, refused.

use engine::Operation;
use engine::port::{Clock, Journal, Observe};
use interlock::approval::State;
use interlock::cluster::rocketmq::{Perm, RocketmqAnswer, RocketmqQuery, Topic};
use interlock::cluster::{Answer, Query, Section};
use interlock::id::{BrokerName, GroupId, OperationId, TopicName};
use interlock::plan::{Effect, Sealed, Seat};
use signalbox::desk::Done;
use signalbox::house::House;
use simulated::{ActFault, HandClock, SimulatedRocketmq};
use std::collections::BTreeSet;
use std::sync::Arc;
use story::crash::{AT_WORK, Ending, Ground, Points, ROCKETMQS, STOPPED, Settled, Turns, act_on, ask};

/// Turns in which an operation comes to its end.
const LONG: Turns = Turns(200);
const CREATE: &str = "/topic-create topic:orders-eu partitions:3";

struct Scene {
    _ground: Ground,
    clock: HandClock,
    house: House,
    cluster: &'static str,
    version: &'static str,
    shop: SimulatedRocketmq,
}

fn name(text: &str) -> TopicName {
    text.parse().unwrap()
}

fn broker(letter: char) -> BrokerName {
    format!("broker-{letter}").parse().unwrap()
}

impl Scene {
    async fn on(line: usize) -> Self {
        let (ground, (cluster, version)) = (Ground::new(), ROCKETMQS[line]);
        let clock = HandClock::at(ground.start());
        let house = ground.house(Settled::honest(Arc::new(clock.clone()), Points::none())).await;
        let shop = ground.rocketmq(cluster, Arc::new(clock.clone()));
        Self { _ground: ground, clock, house, cluster, version, shop }
    }

    async fn asks(&self, line: &str) -> Done {
        let more = format!(" cluster:{} reason:because", self.cluster);
        let more = if line.starts_with("/rollback") { "" } else { &more };
        ask(&self.house, "alice", &format!("{line}{more}")).await
    }

    async fn plans(&self, line: &str) -> OperationId {
        match self.asks(line).await {
            Done::Planned { operation, .. } => operation,
            other => panic!("{line} on {}: {other:?}", self.version),
        }
    }

    async fn blocks(&self, line: &str) -> Vec<String> {
        match self.asks(line).await {
            Done::Refused(checks) => checks.into_iter().filter(|one| one.blocks()).map(|one| one.id).collect(),
            other => panic!("{line} on {}: {other:?}", self.version),
        }
    }

    async fn mistake(&self, line: &str) -> String {
        match self.asks(line).await {
            Done::Mistake(mistake) => mistake.id,
            other => panic!("{line} on {}: {other:?}", self.version),
        }
    }

    async fn plan(&self, id: &OperationId) -> Sealed {
        let store = &self.house.rooms().store;
        let operation = store.operation(id).await.unwrap().unwrap();
        store.plan(&operation).await.unwrap()
    }

    async fn ends(&self, line: &str) -> (OperationId, Operation) {
        let id = self.plans(line).await;
        let ended = act_on(&self.house, &id, LONG).await;
        (id, ended)
    }

    async fn carried_out(&self, line: &str) -> OperationId {
        let (id, ended) = self.ends(line).await;
        assert_eq!(ended.state, State::Succeeded, "{line} on {}: {:?}", self.version, ended.why);
        id
    }

    async fn takes_back(&self, id: &OperationId) {
        self.carried_out(&format!("/rollback operation:{id}")).await;
    }

    async fn look(&self, query: RocketmqQuery) -> RocketmqAnswer {
        let query = Query::Rocketmq(query);
        let sections = self.shop.observe(&BTreeSet::from([query.clone()])).await;
        match sections.get(&query) {
            Section::Seen(seen) => match seen.value.clone() {
                Answer::Rocketmq(answer) => answer,
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        }
    }

    async fn topic(&self, topic: &str) -> Option<Topic> {
        match self.look(RocketmqQuery::Topic(name(topic))).await {
            RocketmqAnswer::Topic(found) => found,
            other => panic!("{other:?}"),
        }
    }

    /// What every master has of a topic, and what every NameServer tells of it.
    async fn stands(&self, topic: &str) -> (Vec<String>, Vec<String>) {
        let Some(found) = self.topic(topic).await else { return (Vec::new(), Vec::new()) };
        let at = found.settings().map(|at| format!("{} {}/{} {}", at.broker, at.read, at.write, at.perm));
        let routes = found.routes.iter().filter_map(|(_, said)| said.answer()?.as_ref());
        let told = routes.flat_map(|route| &route.queues);
        let told = told.map(|one| format!("{} {}/{} {}", one.broker, one.read, one.write, one.perm));
        (at.collect(), told.collect())
    }

    /// The masters that have a group.
    async fn group_at(&self, group: &str) -> usize {
        match self.look(RocketmqQuery::Group(group.parse().unwrap())).await {
            RocketmqAnswer::Group(found) => {
                found.map_or(0, |found| found.at.iter().filter(|at| at.settings.is_some()).count())
            }
            other => panic!("{other:?}"),
        }
    }

    fn acts(&self) -> usize {
        self.shop.acts().unwrap().len()
    }
}

fn twice(perm: &str) -> Vec<String> {
    ['a', 'b'].map(|letter| format!("broker-{letter} 3/3 {perm}")).into()
}

#[tokio::test]
async fn a_topic_is_made_at_every_master_and_goes_again_while_it_is_empty() {
    for line in [0, 1] {
        let scene = Scene::on(line).await;
        let id = scene.carried_out(CREATE).await;
        let (at, told) = scene.stands("orders-eu").await;
        assert_eq!((at, told), (twice("RW-"), [twice("RW-"), twice("RW-")].concat()));
        scene.takes_back(&id).await;
        assert!(scene.topic("orders-eu").await.is_none(), "no master and no route is left");

        let id = scene.carried_out(CREATE).await;
        scene.shop.send(&name("orders-eu"), &broker('b'), 2, 1).unwrap();
        assert_eq!(scene.blocks(&format!("/rollback operation:{id}")).await, ["topic-not-empty"]);
    }
}

#[tokio::test]
async fn what_the_brokers_would_take_is_refused_before_anything_is_sent() {
    for line in [0, 1] {
        let scene = Scene::on(line).await;
        let create = |topic: &str, rest: &str| format!("/topic-create topic:{topic} partitions:{rest}");
        for topic in ["broker-a", "shop", "TBW102", "%RETRY%x", "%DLQ%x", "RMQ_SYS_TRANS_HALF_TOPIC", "rmq_sys_any"] {
            assert_eq!(scene.blocks(&create(topic, "4")).await[0], "not-an-ordinary-topic", "{topic}");
        }
        for rest in ["0", "10000", "-1", "many"] {
            let mistake = scene.mistake(&create("fresh", rest)).await;
            assert!(["not-a-count", "not-a-queue-count"].contains(&mistake.as_str()), "{rest}: {mistake}");
        }
        let forbidden = (' '..='\x7f').filter(|c| !(c.is_ascii_alphanumeric() || "%|-_".contains(*c)));
        for character in forbidden.chain(['é', '東', '\u{202e}']) {
            // In quotes, where those that quote and escape are escaped.
            let escape = if ['"', '\\'].contains(&character) { "\\" } else { "" };
            let named = format!("\"a{escape}{character}b\"");
            let topic = create(&named, "4");
            assert_eq!(scene.mistake(&topic).await, "not-a-topic-name", "{topic}");
            let group = format!("/group-create group:{named}");
            assert_eq!(scene.mistake(&group).await, "not-a-group-name", "{group}");
        }
        assert_eq!(scene.mistake(&create("fresh", "4 replicas:2")).await, "option-not-for-kind");
        assert_eq!(scene.mistake(&create("fresh", "4 perm:everything")).await, "not-a-choice");
        assert_eq!(scene.mistake("/topic-alter topic:coupons config:\"retention.ms=7d\"").await, "option-not-for-kind");
        assert_eq!(scene.blocks(&create("coupons", "4")).await, ["topic-exists"]);
        assert_eq!(scene.blocks("/group-create group:CID_RMQ_SYS_TRANS").await, ["system-name"]);
        assert_eq!(scene.blocks("/group-delete group:warehouse").await, ["group-has-clients"]);
        scene.shop.not_registered_at(1, &broker('b')).unwrap();
        assert_eq!(scene.blocks(&create("fresh", "4")).await, ["broker-not-registered"]);
        assert_eq!(scene.acts(), 0, "nothing was sent");
    }
}

#[tokio::test]
async fn what_may_be_done_is_changed_at_every_master_and_put_back() {
    for line in [0, 1] {
        let scene = Scene::on(line).await;
        scene.carried_out(CREATE).await;
        let id = scene.carried_out("/topic-alter topic:orders-eu perm:read-only").await;
        let (at, told) = scene.stands("orders-eu").await;
        assert_eq!((at, told), (twice("R--"), [twice("R--"), twice("R--")].concat()));
        scene.takes_back(&id).await;
        assert_eq!(scene.stands("orders-eu").await.0, twice("RW-"));
        // Whoever writes is cut off: owners are asked.
        let id = scene.plans("/topic-alter topic:carts perm:read-only").await;
        let plan = scene.plan(&id).await;
        assert!(plan.plan().checks.iter().any(|check| check.id == "writers-cut-off"), "{:?}", plan.plan().checks);
    }
}

#[tokio::test]
async fn a_deletion_needs_two_and_leaves_no_route() {
    for line in [0, 1] {
        let scene = Scene::on(line).await;
        assert_eq!(
            scene.blocks("/topic-delete topic:carts").await,
            ["clients-connected", "topic-written-lately"],
            "{AT_WORK} reads it"
        );
        assert_eq!(scene.blocks("/topic-delete topic:shop").await, ["not-an-ordinary-topic"]);
        scene.carried_out(CREATE).await;
        let id = scene.plans("/topic-delete topic:orders-eu").await;
        let plan = scene.plan(&id).await;
        assert_eq!(plan.plan().effect, Effect::Irreversible);
        assert_eq!(plan.plan().votes.iter().filter(|seat| **seat == Seat::Approver).count(), 2);
        let ended = act_on(&scene.house, &id, LONG).await;
        assert_eq!(ended.state, State::Succeeded, "{:?}", ended.why);
        assert!(scene.topic("orders-eu").await.is_none());
        assert_eq!(scene.blocks(&format!("/rollback operation:{id}")).await, ["irreversible"]);
    }
}

/// The control of forgetting routes: by hand a broker deletes, and every NameServer goes on telling clients of it.
#[tokio::test]
async fn without_the_name_servers_a_route_stays() {
    let scene = Scene::on(0).await;
    scene.carried_out(CREATE).await;
    for letter in ['a', 'b'] {
        scene.shop.delete_topic_at(&broker(letter), &name("orders-eu")).unwrap();
    }
    let (at, told) = scene.stands("orders-eu").await;
    assert_eq!((at, told.len()), (Vec::new(), 4), "two brokers at each of two NameServers");
    assert_eq!(scene.blocks(CREATE).await, ["topic-exists"]);
}

#[tokio::test]
async fn a_deletion_is_refused_while_a_name_server_or_a_master_is_silent() {
    let scene = Scene::on(1).await;
    scene.carried_out(CREATE).await;
    scene.shop.name_server_dies(1, true).unwrap();
    assert_eq!(scene.blocks("/topic-delete topic:orders-eu").await, ["cannot-verify"]);
    scene.shop.name_server_dies(1, false).unwrap();
    scene.shop.process_dies(&broker('a'), 0, true).unwrap();
    let blocks = scene.blocks("/topic-delete topic:orders-eu").await;
    assert!(!blocks.is_empty() && blocks.iter().all(|one| one == "cannot-verify"), "{blocks:?}");
    assert_eq!(scene.blocks("/group-create group:readers").await, ["cannot-verify"]);
}

#[tokio::test]
async fn a_topic_that_is_written_to_after_the_plan_is_not_deleted() {
    let scene = Scene::on(0).await;
    scene.carried_out(CREATE).await;
    let id = scene.plans("/topic-delete topic:orders-eu").await;
    let acts = scene.acts();
    scene.shop.send(&name("orders-eu"), &broker('a'), 0, 3).unwrap();
    let seen = act_on(&scene.house, &id, Turns(20)).await;
    assert!(seen.revision > 1 || seen.state == State::Refused, "{seen:?}");
    assert_eq!(scene.acts(), acts, "nothing was sent");
    assert!(scene.topic("orders-eu").await.is_some());
}

#[tokio::test]
async fn a_group_is_made_at_every_master_and_goes_again_unused() {
    for line in [0, 1] {
        let scene = Scene::on(line).await;
        let id = scene.carried_out("/group-create group:readers").await;
        assert_eq!(scene.group_at("readers").await, 2);
        assert_eq!(scene.blocks("/group-create group:readers").await, ["group-exists"]);
        scene.takes_back(&id).await;
        assert_eq!(scene.group_at("readers").await, 0);
    }
}

#[tokio::test]
async fn a_deleted_group_gets_its_settings_and_offsets_back() {
    for line in [0, 1] {
        let scene = Scene::on(line).await;
        let group: GroupId = STOPPED.parse().unwrap();
        scene.shop.update_group(&broker('b'), &group, 3).unwrap();
        let before = Ending::stands(&scene.shop, STOPPED).await;
        assert_eq!(before.len(), 4);
        let whole = async || match scene.look(RocketmqQuery::Group(group.clone())).await {
            RocketmqAnswer::Group(Some(found)) => found.at,
            other => panic!("{other:?}"),
        };
        let settings = whole().await;
        let id = scene.plans(&format!("/group-delete group:{STOPPED}")).await;
        assert_eq!(scene.plan(&id).await.plan().votes.iter().filter(|seat| **seat == Seat::Approver).count(), 2);
        let ended = act_on(&scene.house, &id, LONG).await;
        assert_eq!(ended.state, State::Succeeded, "{:?}", ended.why);
        assert_eq!((scene.group_at(STOPPED).await, Ending::stands(&scene.shop, STOPPED).await), (0, Vec::new()));
        scene.takes_back(&id).await;
        assert_eq!(Ending::stands(&scene.shop, STOPPED).await, before);
        assert_eq!(whole().await, settings, "3 tries at broker-b, 16 at broker-a");
    }
}

#[tokio::test]
async fn success_that_changed_nothing_is_seen() {
    let scene = Scene::on(0).await;
    scene.shop.answers_success_and_does_nothing(1).unwrap();
    scene.carried_out(CREATE).await;
    assert_eq!(scene.stands("orders-eu").await.0, twice("RW-"), "it was sent again");
    let acts = scene.acts();
    scene.shop.answers_success_and_does_nothing(100).unwrap();
    let (_, ended) = scene.ends("/topic-alter topic:orders-eu perm:read-only").await;
    assert_eq!((ended.state, ended.why.id.as_str()), (State::Stopped, "tried-too-often"), "nothing was changed");
    assert_eq!(scene.acts() - acts, 3, "and not more often than that");
}

#[tokio::test]
async fn a_lost_answer_and_a_lost_request_are_settled_by_looking() {
    for (fault, sent) in [(ActFault::AnswerLost, 1), (ActFault::RequestLost, 2)] {
        for line in [CREATE, "/group-create group:readers", "/group-delete group:coupon-audit"] {
            let scene = Scene::on(0).await;
            scene.shop.fail_next_act(fault).unwrap();
            let id = scene.carried_out(line).await;
            assert_eq!(scene.shop.acts().unwrap().iter().filter(|act| act.applied).count(), 1, "{line}");
            let (store, id) = (&scene.house.rooms().store, &id);
            let entries = store.entries(id).await.unwrap();
            let intents = entries.iter().filter(|entry| matches!(entry, engine::Entry::Intent { .. })).count();
            assert_eq!(intents, sent, "{fault:?}: {line}");
        }
    }
}

#[tokio::test]
async fn a_permission_that_somebody_changes_back_is_noticed() {
    let scene = Scene::on(1).await;
    scene.carried_out(CREATE).await;
    let id = scene.plans("/topic-alter topic:orders-eu perm:read-only").await;
    for _ in 0..200 {
        if act_on(&scene.house, &id, Turns(1)).await.state == State::Waiting {
            break;
        }
    }
    scene.shop.update_topic((&broker('b'), 0), &name("orders-eu"), (3, 3, Perm::READ_WRITE)).unwrap();
    let ended = act_on(&scene.house, &id, LONG).await;
    assert_eq!(ended.state, State::Stuck, "{:?}", ended.why);
    assert_eq!(ended.why.id, "topic-settings-changed");
    assert!(scene.clock.now().0 > 0);
}
