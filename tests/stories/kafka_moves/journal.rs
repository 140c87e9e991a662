//! Each kind of request that a move sends to real brokers × what can happen between the intent and its outcome. The end is
//! the same, and the proxy has seen nothing twice that was applied.

use super::scene::{TOPIC, assignment, becomes, filled_with, moves, scale_out, throttles, until};
use interlock::approval::State;
use interlock::cluster::kafka::{FOLLOWER_RATE, LEADER_RATE};
use interlock::id::OperationId;
use std::collections::BTreeMap;
use std::time::Duration;
use story::kafka_house::{KafkaHouse, KafkaPlot, lab, proxy};
use story::lab::MoveCluster;
use story::lab::proxy::{Fate, Fault, Rule, RuleHandle, api};
use tokio::sync::OnceCell;

const LIMIT: Duration = Duration::from_secs(300);

/// In the order in which a move sends them: the rates, a batch; and the lists, which are put back first of all. An election
/// is sent only where the controller did not make the first replica lead by itself.
const KINDS: [i16; 3] =
    [api::INCREMENTAL_ALTER_CONFIGS, api::ALTER_PARTITION_REASSIGNMENTS, api::INCREMENTAL_ALTER_CONFIGS];

/// A move that waits for its last approval.
struct Scene {
    cluster: MoveCluster,
    house: KafkaHouse,
    id: OperationId,
}

impl Scene {
    async fn new() -> Self {
        let cluster = MoveCluster::alone(lab()).await;
        // Enough partitions that the new broker leads one of them in the end; how much is in them does not matter.
        filled_with(&cluster, 240).await;
        let mut plot = KafkaPlot::moving_proxied(&cluster).await;
        plot.acts_within(Duration::from_secs(6));
        let house = plot.build().await;
        let id = house.story.person("alice").plans(&scale_out("20MiB")).await;
        house.story.person("bob").approves(&id).await;
        Self { cluster, house, id }
    }

    fn arms(&self, kind: i16, fault: &Fault) -> RuleHandle {
        proxy().arm(Rule::next(&self.house.client_id, kind, fault.clone()))
    }

    async fn begins(&self) {
        self.house.story.person("carol").approves(&self.id).await;
    }

    /// How often each request was sent, once all of it is as planned.
    async fn ends(&self) -> BTreeMap<i16, usize> {
        let Self { cluster, house, id } = self;
        becomes(house, id, State::Succeeded).await;
        let now = assignment(cluster).await;
        for one in moves(house.story.plan(id).await.plan()) {
            assert_eq!(now[&one.partition], one.to.0, "{TOPIC} {}", one.partition);
        }
        let seen = cluster.judge().topic(TOPIC).await.expect("the topic");
        assert!(seen.partitions.iter().all(|one| one.leader == one.replicas[0]), "{seen:?}");
        assert_eq!(throttles(cluster).await, BTreeMap::new());
        house.story.audit(id).await;
        let mut sent = BTreeMap::new();
        for one in proxy().changes(&house.client_id) {
            *sent.entry(one.api).or_default() += 1;
        }
        sent
    }

    fn met(&self, fate: Fate) -> Vec<i16> {
        proxy().changes(&self.house.client_id).iter().filter(|one| one.fate == fate).map(|one| one.api).collect()
    }
}

/// How often each request is sent where nothing is lost: once for all who compare with it.
async fn undisturbed() -> BTreeMap<i16, usize> {
    static SENT: OnceCell<BTreeMap<i16, usize>> = OnceCell::const_new();
    let plays = async || {
        let scene = Scene::new().await;
        scene.begins().await;
        scene.ends().await
    };
    SENT.get_or_init(plays).await.clone()
}

/// Each kind meets the fault once while one process goes on.
async fn met_by_each(fault: Fault) -> (Scene, BTreeMap<i16, usize>) {
    let scene = Scene::new().await;
    let mut armed: Vec<RuleHandle> = KINDS[..2].iter().map(|kind| scene.arms(*kind, &fault)).collect();
    scene.begins().await;
    // Of the settings first the throttle; once a batch is begun, what is set next is what is put back.
    assert!(armed[1].meets(1, LIMIT).await, "no batch");
    armed.push(scene.arms(KINDS[2], &fault));
    let sent = scene.ends().await;
    assert!(armed.iter().all(|one| one.met() == 1), "{armed:?}");
    (scene, sent)
}

/// The process ends at each kind, and the next one goes on.
async fn ended_at_each(fault: Fault) -> (Scene, BTreeMap<i16, usize>) {
    let mut scene = Scene::new().await;
    let mut armed = Vec::new();
    for (place, kind) in KINDS.into_iter().enumerate() {
        let rule = scene.arms(kind, &fault);
        if place == 0 {
            scene.begins().await;
        }
        assert!(rule.meets(1, LIMIT).await, "{kind} never came");
        if place == 0 {
            // The rates go to all brokers at once: whoever ends before they were sent has sent fewer.
            let others = MoveCluster::BROKERS.len() - 1;
            until("the others are answered", async || scene.met(Fate::Answered).len() >= others).await;
        }
        let Scene { cluster, house, id } = scene;
        let KafkaHouse { story, judge, client_id, turn } = house;
        scene = Scene { cluster, house: KafkaHouse { story: story.reborn(), judge, client_id, turn }, id };
        armed.push(rule);
    }
    let sent = scene.ends().await;
    armed.iter().for_each(RuleHandle::disarm);
    (scene, sent)
}

/// Each act is done once more. The rates are one act of a request to each broker: those that were answered are sent again with
/// the one that was lost, for they set a value. A batch is two requests: the directories of its copies are given again, too.
fn once_more(sent: &BTreeMap<i16, usize>) -> BTreeMap<i16, usize> {
    let mut more = sent.clone();
    let requests = [MoveCluster::BROKERS.len(), 1, 1];
    KINDS.iter().zip(requests).for_each(|(kind, requests)| *more.entry(*kind).or_default() += requests);
    *more.entry(api::ALTER_REPLICA_LOG_DIRS).or_default() += 1;
    more
}

#[tokio::test]
async fn what_is_lost_on_its_way_is_sent_again_and_what_was_applied_is_not() {
    let usual = undisturbed().await;
    assert!(KINDS.iter().all(|kind| usual.contains_key(kind)), "{usual:?}");
    let (scene, sent) = met_by_each(Fault::DropRequest).await;
    assert_eq!((sent, scene.met(Fate::Dropped).len()), (once_more(&usual), KINDS.len()));
    drop(scene);
    let (scene, sent) = met_by_each(Fault::LoseAnswer).await;
    assert_eq!((sent, scene.met(Fate::AnswerLost).len()), (usual, KINDS.len()));
}

#[tokio::test]
async fn what_was_intended_only_is_sent_by_the_next_process_and_what_was_applied_is_recognized() {
    let usual = undisturbed().await;
    let (scene, sent) = ended_at_each(Fault::HoldRequest).await;
    assert_eq!(sent, once_more(&usual));
    // Held for longer than anybody waits, they come to pass all the same. Of what they do only a broker's rates were not done
    // or undone since; without a list these slow nothing down (`lists.rs`).
    until("the rates come late", async || !throttles(&scene.cluster).await.is_empty()).await;
    let late = throttles(&scene.cluster).await;
    assert!(late.keys().all(|key| key.ends_with(LEADER_RATE) || key.ends_with(FOLLOWER_RATE)), "{late:?}");
    drop(scene);
    let (_, sent) = ended_at_each(Fault::HoldAnswer).await;
    assert_eq!(sent, usual);
}
