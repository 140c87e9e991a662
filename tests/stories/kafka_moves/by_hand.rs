//! `by-hand.md` is followed with Kafka's own tools once the bot is gone; what came of it is judged by its AdminClient.

use super::scene::{TOPIC, approved, assignment, at, becomes, moves, scale_out, small, throttles, under_way, until};
use engine::History;
use engine::port::Journal;
use interlock::approval::State;
use interlock::cluster::kafka::{FOLLOWER_LIST, FOLLOWER_RATE, LEADER_LIST, LEADER_RATE};
use interlock::id::OperationId;
use interlock::plan::ReplicaMove;
use signalbox::text::{by_hand, reassignment};
use std::collections::BTreeMap;
use story::kafka_house::{KafkaHouse, KafkaPlot, lab};
use story::lab::judge::TopicSpec;
use story::lab::{KafkaTools, MoveCluster};
use tempfile::TempDir;

/// Settings of others in the way of the move: a rate of its brokers, and an entry in one of its topic's lists.
const FOREIGN: [((&str, &str), &str, &str); 2] =
    [(("broker", "2"), LEADER_RATE, "777777777"), (("topic", TOPIC), FOLLOWER_LIST, "99:99")];

async fn others_set(cluster: &MoveCluster) -> BTreeMap<String, String> {
    for (on, key, value) in FOREIGN {
        cluster.judge().set_config(on, key, Some(value)).await.expect("a setting");
    }
    throttles(cluster).await
}

/// What is attached to the card, in a folder; the bot is gone.
struct Hands<'a> {
    cluster: &'a MoveCluster,
    tools: KafkaTools,
    folder: TempDir,
    text: String,
    planned: Vec<ReplicaMove>,
}

impl<'a> Hands<'a> {
    async fn take_over(cluster: &'a MoveCluster, house: KafkaHouse, id: &OperationId) -> Self {
        let plan = house.story.plan(id).await;
        let entries = house.story.house().rooms().store.entries(id).await.expect("the journal");
        drop(house);
        let text = by_hand::by_hand(plan.plan(), &History::read(&entries));
        let folder = TempDir::new().expect("a folder");
        let left = text.lines().find(|line| line.starts_with("    {")).unwrap_or_default();
        let (forward, back) = (reassignment::forward(plan.plan()), reassignment::back(plan.plan()));
        for (name, bytes) in [("reassignment.json", forward.as_str()), ("rollback.json", &back), ("left.json", left)] {
            std::fs::write(folder.path().join(name), bytes).expect("a file");
        }
        Self { cluster, tools: cluster.tools(), folder, text, planned: moves(plan.plan()) }
    }

    /// Runs the commands of a section, one after the other, as it says.
    async fn follow(&self, section: &str) {
        let (_, rest) = self.text.split_once(section).expect("a section");
        let section = rest.split_once("\n## ").map_or(rest, |(section, _)| section);
        for line in section.lines().filter(|line| line.starts_with("    kafka-")) {
            match line.split_once("   # write ") {
                Some((_, what)) => self.writes_back(what).await,
                None if line.contains(" --verify ") => self.verifies(line).await,
                None => self.runs(line).await,
            }
        }
    }

    /// What a broker that is dead does not take goes to the controllers, as it says.
    async fn runs(&self, line: &str) {
        let dead = MoveCluster::BROKERS.into_iter().find(|id| !self.cluster.runs(*id));
        let of_dead = |id: i32| line.contains(&format!("--entity-type brokers --entity-name {id} "));
        let line = match dead.filter(|id| of_dead(*id)) {
            Some(_) => line.replace("--bootstrap-server <address>", "--bootstrap-controller <controllers>"),
            None => line.to_owned(),
        };
        let line = line.as_str();
        let done = self.tools.by_hand(line, self.folder.path()).await.expect("Kafka's tool");
        // Of an election the tool says so too, and fails, where nobody else has to lead.
        let needless = done.stdout.contains("Valid replica already elected");
        assert!(done.success || needless, "{line}: {done:?}");
    }

    async fn verifies(&self, line: &str) {
        until("each is completed", async || {
            let done = self.tools.by_hand(line, self.folder.path()).await.expect("Kafka's tool");
            assert!(done.success, "{line}: {done:?}");
            done.stdout.contains("is completed") && !done.stdout.contains("still in progress")
        })
        .await;
    }

    /// `KEY back without ENTRIES`: what is left of the list; `; if nothing is left, --delete-config it`.
    async fn writes_back(&self, what: &str) {
        let (what, deletes) = what.split_once("; if nothing is left").map_or((what, false), |(what, _)| (what, true));
        let (key, ours) = what.split_once(" back without ").expect("a key and entries");
        let ours: Vec<&str> = ours.split(',').collect();
        let set = self.cluster.judge().configs("topic", TOPIC).await.expect("its settings");
        let left: Vec<&str> = set[key].split(',').filter(|entry| !ours.contains(entry)).collect();
        let change = match (left.as_slice(), deletes) {
            ([], true) => format!("--delete-config {key}"),
            (left, _) => format!("--add-config '{key}=[{}]'", left.join(",")),
        };
        let tool = "kafka-configs.sh --bootstrap-server <address> --command-config <admin.properties>";
        self.runs(&format!("{tool} --entity-type topics --entity-name {TOPIC} --alter {change}")).await;
    }
}

#[tokio::test]
async fn by_hand_a_move_is_finished_undone_and_what_others_set_stays() {
    let cluster = MoveCluster::alone(lab()).await;
    small(&cluster, 3, "1").await;
    let first = assignment(&cluster).await;
    let foreign = others_set(&cluster).await;
    let house = KafkaPlot::moving(&cluster).await.build().await;
    let id = approved(&house, &scale_out("200KiB")).await;
    becomes(&house, &id, State::Waiting).await;
    let hands = Hands::take_over(&cluster, house, &id).await;
    hands.follow("## Finish").await;
    let now = assignment(&cluster).await;
    assert!(hands.planned.iter().all(|one| now[&one.partition] == one.to.0), "{now:?}");
    cluster.whole().await;
    let seen = cluster.judge().topic(TOPIC).await.expect("the topic");
    assert!(seen.partitions.iter().all(|one| one.leader == one.replicas[0]), "{seen:?}");

    hands.follow("## Undo").await;
    assert_eq!(assignment(&cluster).await, first, "order included");
    hands.follow("## Put back").await;
    assert_eq!(throttles(&cluster).await, foreign, "each as it was before");
}

#[tokio::test]
async fn by_hand_a_move_is_stopped_and_the_order_is_brought_back() {
    let cluster = MoveCluster::alone(lab()).await;
    small(&cluster, 3, "1").await;
    let first = assignment(&cluster).await;
    let foreign = others_set(&cluster).await;
    let house = KafkaPlot::moving(&cluster).await.build().await;
    let (id, one) = under_way(&house).await;
    let hands = Hands::take_over(&cluster, house, &id).await;
    assert_eq!(cluster.judge().reassignments().await.expect("the moves").len(), 1);
    // What has not been begun cannot be called off, and the tool says so of each of them.
    hands.follow("## Stop").await;
    assert_eq!(cluster.judge().reassignments().await.expect("the moves"), []);
    let called_off = assignment(&cluster).await[&one.partition].clone();
    assert!(!called_off.contains(&4), "{called_off:?}");
    hands.follow("## Undo").await;
    assert_eq!(assignment(&cluster).await, first, "order included");
    // Somebody's entry came into the list that was absent before, and the broker that was to get replicas dies.
    let ours = cluster.judge().configs("topic", TOPIC).await.expect("its settings")[LEADER_LIST].clone();
    cluster.judge().set_config(("topic", TOPIC), LEADER_LIST, Some(&format!("{ours},77:77"))).await.expect("a setting");
    cluster.kill_broker(4).await;
    cluster.until_dead(4).await;
    hands.follow("## Put back").await;
    cluster.start_broker(4).await;
    cluster.whole().await;
    let mut left = throttles(&cluster).await;
    assert_eq!(left.remove(LEADER_LIST).as_deref(), Some("77:77"), "what came since stays");
    assert_eq!(left, foreign, "each as it was before, also of the broker that was dead");
}

/// Why the commands of `by-hand.md` never give the tool a throttle, and always have it preserve them.
#[tokio::test]
async fn the_tool_overwrites_and_clears_what_others_set() {
    let cluster = MoveCluster::alone(lab()).await;
    small(&cluster, 3, "1").await;
    others_set(&cluster).await;
    let (judge, tools) = (cluster.judge(), cluster.tools());
    judge.set_config(("broker", "3"), FOLLOWER_RATE, Some("333")).await.expect("a setting");
    let beside = TopicSpec::new("beside", 1, 1).on(vec![vec![3]]).config(FOLLOWER_LIST, "0:3");
    judge.create_topic(beside).await.expect("a topic");
    judge.reassign(&at(1), Some(&[2, 1])).await.expect("a partition that broker 3 has no part in");
    cluster.whole().await;
    let moves = [(at(1), vec![4, 1])];
    let before = throttles(&cluster).await;
    let lists = async || judge.configs("topic", TOPIC).await.expect("its settings");

    tools.reassign(&["--execute", "--additional"], &[(at(1), vec![2, 1])]).await.expect("Kafka's tool");
    assert_eq!(throttles(&cluster).await, before, "without a throttle it sets none");
    let executed = tools.reassign(&["--execute", "--throttle", "1000"], &moves).await.expect("Kafka's tool");
    assert!(executed.success, "{executed:?}");
    assert_eq!(lists().await[FOLLOWER_LIST], "1:4", "the entry of somebody else is gone");
    let set = throttles(&cluster).await;
    assert_eq!(set[&format!("2 {LEADER_RATE}")], "1000", "and so is the rate");
    assert_eq!(set[&format!("3 {FOLLOWER_RATE}")], "333", "of a broker that has no part in it it is left");

    tools.reassign(&["--verify"], &moves).await.expect("Kafka's tool");
    assert_eq!(throttles(&cluster).await, set, "while something moves nothing is cleared");
    for key in [LEADER_LIST, FOLLOWER_LIST] {
        judge.set_config(("topic", TOPIC), key, None).await.expect("a setting");
    }
    cluster.whole().await;
    judge.set_config(("topic", TOPIC), FOLLOWER_LIST, Some("99:99")).await.expect("a setting");
    let standing = throttles(&cluster).await;
    tools.reassign(&["--verify", "--preserve-throttles"], &moves).await.expect("Kafka's tool");
    assert_eq!(throttles(&cluster).await, standing, "preserved");
    tools.reassign(&["--verify"], &moves).await.expect("Kafka's tool");
    until("it clears them", async || throttles(&cluster).await.is_empty()).await;
    let other = judge.configs("topic", "beside").await.expect("its settings");
    assert_eq!(other.get(FOLLOWER_LIST).map(String::as_str), Some("0:3"), "lists of other topics stay");
}
