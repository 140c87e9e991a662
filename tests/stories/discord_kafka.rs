//! The whole way on real brokers: people on Discord, the real adapter over the wire, a real Kafka behind the bot, and Kafka's
//! own clients that judge what was done.

use super::command_line::Home;
use discord_model::{Message, Seen};
use interlock::approval::State;
use interlock::cluster::Tier;
use interlock::cluster::kafka::{FOLLOWER_LIST, FOLLOWER_RATE, LEADER_LIST};
use interlock::id::OperationId;
use interlock::plan::{Digest, Effect};
use interlock::policy::Policy;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};
use story::discord_house::{DiscordStory, Posted, SOON, operation_in};
use story::kafka_house::{CLUSTER, KafkaHouse, KafkaPlot, Place, lab, planned, proxy};
use story::lab::MoveCluster;
use story::lab::judge::{Committed, TopicSpec};
use story::lab::proxy::api;
use story::traffic::Load;

const FIRST: i64 = 1_732_089_600_000;
/// How long replicas may move.
const PATIENCE: Duration = Duration::from_secs(180);
/// Deferred, for the one who asked alone.
const DEFERRED: u64 = 5;
const PRIVATE: u64 = 64;

fn two_approvers(policy: &mut Policy) {
    policy.seats.demand(Tier::Production, Effect::Reversible, 2).unwrap();
}

/// Three partitions; the group has read some of two, with all that a commit can hold, and has never been in the third.
struct Scene {
    house: KafkaHouse<DiscordStory>,
    place: Place,
    before: Vec<Committed>,
}

impl Scene {
    async fn new() -> Self {
        let mut plot = KafkaPlot::proxied().await;
        plot.rules(two_approvers);
        let house = plot.build_in_chat().await;
        let place = Place::unique();
        house.topic(&place, &[100, 100, 50], FIRST).await;
        let mut first = place.commit(0, 40);
        first.leader_epoch = Some(0);
        first.metadata = "checkpoint 7".to_owned();
        house.commits(&place, &[first, place.commit(1, 60)]).await;
        let before = house.committed(&place).await;
        assert_eq!(before.len(), 2);
        Self { house, place, before }
    }

    fn changes(&self) -> Vec<i16> {
        proxy().changes(&self.house.client_id).iter().map(|one| one.api).collect()
    }

    async fn nothing_changed(&self) {
        assert_eq!(self.house.committed(&self.place).await, self.before);
        assert!(self.changes().is_empty(), "{:?}", self.changes());
    }
}

#[tokio::test]
async fn a_reset_goes_from_the_slash_command_to_real_brokers_and_all_the_way_back() {
    let scene = Scene::new().await;
    let Scene { house, place, before } = &scene;
    let story = &house.story;
    let posted = story.asks("alice", &place.reset("earliest")).await;
    is_deferred_in_private(story);
    let plan = story.plan(&posted.id).await;
    shows_what_is_approved(&posted, plan.digest());
    let wanted = planned(plan.plan());
    assert_eq!(wanted, BTreeMap::from([(0, 0), (1, 0), (2, 0)]));

    // One of two is not enough, and who asked for it is none of them.
    story.reacts("alice", &posted.card, "✅").await;
    story.reacts("bob", &posted.card, "✅").await;
    let one = posted.card.becomes("1 of 2: bob", SOON).await;
    assert!(one.text.contains("alice (asked for it)"), "{}", one.text);
    scene.nothing_changed().await;
    story.reacts("carol", &posted.card, "✅").await;
    story.becomes(&posted.id, State::Succeeded).await;
    assert_eq!(house.offsets(place).await, wanted, "Kafka's own client sees what was approved");
    assert_eq!(scene.changes(), [api::OFFSET_COMMIT], "by one request");
    let done = posted.card.becomes("Done and read back", SOON).await;
    assert!(done.text.contains("bob") && done.text.contains("carol"), "{}", done.text);
    owners_are_told_before_and_after(story, &story.thread_of(&posted.card).await);

    let back = taken_back_by_reaction(story, &posted).await;
    assert_eq!(&house.committed(place).await, before, "epoch, metadata and what was absent");
    assert_eq!(scene.changes(), [api::OFFSET_COMMIT, api::OFFSET_COMMIT, api::OFFSET_DELETE]);
    owners_are_told_before_and_after(story, &story.thread_of(&back.card).await);

    nothing_is_said_twice(&nothing_is_posted_twice(story).await);
    the_record_is_whole(story, &[&posted.id, &back.id]).await;
    story.everything_is_read().await;
    story.discord.assert_clean();
}

/// The first thing that Discord heard of the command, long before anything was asked of Kafka.
fn is_deferred_in_private(story: &DiscordStory) {
    let requests = story.discord.requests();
    let answers: Vec<_> = requests.iter().filter(|one| one.template.ends_with("/callback")).collect();
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert_eq!((&answers[0].body["type"], &answers[0].body["data"]["flags"]), (&DEFERRED.into(), &PRIVATE.into()));
}

fn shows_what_is_approved(posted: &Posted, digest: Digest) {
    let seen = posted.card.look();
    let json = seen.file("plan.json").expect("the plan for machines");
    assert_eq!(Digest::of(&json.bytes), digest, "the attachment is the plan");
    assert!(seen.file("plan.txt").expect("the plan in words").text().contains(&digest.to_string()));
    assert!(seen.content.contains(&digest.short()) && seen.content.lines().count() <= 5, "{}", seen.content);
}

/// dora owns topic and group: she is called before anything is done and when it is done; alice, who asked for it, at the end.
fn owners_are_told_before_and_after(story: &DiscordStory, told: &[Seen]) {
    let dora = story.user("dora").id();
    let calls: Vec<usize> = (0..told.len()).filter(|place| told[*place].notified_users == [dora]).collect();
    let done = told.iter().position(|one| one.text.contains("Step 1 is done")).expect("the step is told");
    assert!(calls.len() == 2 && calls[0] < done, "{calls:?}, {done}: {told:#?}");
    assert!(told[calls[0]].text.contains("It begins now"), "{}", told[calls[0]].text);
    // What is told to owners has a stream of its own: the end may come to them before the thread is told of the steps.
    assert!(told[calls[1]].text.contains("Done and read back"), "{}", told[calls[1]].text);
    let alice = story.user("alice").id();
    assert_eq!(told.iter().filter(|one| one.notified_users == [alice]).count(), 1, "{told:#?}");
    assert!(told.iter().all(|one| one.notified_users.iter().all(|who| [dora, alice].contains(who))), "{told:#?}");
    assert!(told[done].file("by-hand.md").is_some(), "how to go on by hand");
}

/// alice taps ↩️, and confirms the plan that is posted herself: the first approval covers it.
async fn taken_back_by_reaction(story: &DiscordStory, posted: &Posted) -> Posted {
    posted.card.until(|seen| !seen.reacted("↩️").is_empty(), SOON).await;
    story.reacts("alice", &posted.card, "↩️").await;
    let card = story.ops.wait_for_text("take back", SOON).await;
    let content = card.look().content;
    let id = operation_in(content.lines().find(|line| line.starts_with("op ")).expect("the line of ids"));
    let bot = story.discord.bot_id();
    card.until(|seen| seen.reacted("❌") == [bot], SOON).await;
    story.reacts("alice", &card, "✅").await;
    story.becomes(&id, State::Succeeded).await;
    card.becomes("Done and read back", SOON).await;
    Posted { id, card }
}

/// Each message was posted once, under a marker of its own; all of them.
async fn nothing_is_posted_twice(story: &DiscordStory) -> Vec<Seen> {
    story.all_is_told().await;
    let cards = story.ops.bot_messages();
    let threads: Vec<Message> =
        cards.iter().filter_map(Message::thread).flat_map(|thread| thread.bot_messages()).collect();
    let all: Vec<Seen> = threads.iter().chain(&cards).map(Message::look).filter(|one| !one.private).collect();
    let mut markers = BTreeSet::new();
    for seen in &all {
        let marker = seen.nonce.clone().unwrap_or_else(|| panic!("without a marker: {}", seen.text));
        assert!(markers.insert(marker), "posted twice: {}", seen.text);
    }
    assert!(all.len() > 6, "{all:?}");
    all
}

/// No two messages of a channel have the same words, either.
fn nothing_is_said_twice(all: &[Seen]) {
    let mut said = BTreeSet::new();
    for seen in all {
        assert!(said.insert((seen.channel, without_its_marker(&seen.text))), "said twice: {}", seen.text);
    }
}

fn without_its_marker(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.trim_start_matches("-# ").starts_with("ref "));
    lines.collect::<Vec<_>>().join("\n")
}

/// The log holds all of it in one chain, for an auditor in chat and for the program that only reads.
async fn the_record_is_whole(story: &DiscordStory, operations: &[&OperationId]) {
    for id in operations {
        let told = story.audit(id).await;
        for what in ["planned", "approve", "start", "finish"] {
            assert!(told.iter().any(|one| one == what), "{what} is not in {told:?}");
        }
    }
    let verified = story.user("ada").runs(&story.ops, "/audit action:verify").await;
    assert!(verified.is_private(), "{}", verified.text());
    verified.message().read();
    let home = Home::new(&format!(
        "[[cluster]]\nname = \"{CLUSTER}\"\nkind = \"kafka\"\ntier = \"production\"\nsimulated = true\n"
    ));
    home.is_kept_in(&story.store_address());
    let said = home.runs(&["audit", "verify"], "").await;
    assert!(said.status.success() && said.out.starts_with("whole: "), "{}{}", said.out, said.err);
    let exported = home.runs(&["audit", "export"], "").await;
    for id in operations {
        assert!(exported.out.contains(&format!("\"operation\":\"{id}\"")), "{}", exported.err);
    }
}

#[tokio::test]
async fn a_veto_an_early_end_and_time_change_nothing_on_real_brokers() {
    let scene = Scene::new().await;
    let story = &scene.house.story;
    for (who, emoji, state, says) in [
        ("bob", "❌", State::Rejected, "Vetoed by bob"),
        ("alice", "❌", State::Cancelled, "Taken back by whoever asked"),
        ("", "", State::Expired, "Not approved in time"),
    ] {
        let posted = story.asks("alice", &scene.place.reset("latest")).await;
        story.reacts("carol", &posted.card, "✅").await;
        posted.card.becomes("1 of 2: carol", SOON).await;
        if who.is_empty() {
            story.time_passes(Duration::from_secs(9 * 3_600));
        } else {
            story.reacts(who, &posted.card, emoji).await;
        }
        story.becomes(&posted.id, state).await;
        let seen = posted.card.becomes(says, SOON).await;
        assert!(seen.text.contains("nothing was changed"), "{}", seen.text);
        scene.nothing_changed().await;
        story.audit(&posted.id).await;
    }
    story.everything_is_read().await;
    story.discord.assert_clean();
}

const TOPIC: &str = "orders-moved";

/// Three partitions of about a megabyte on the brokers 1 to 3.
async fn filled(cluster: &MoveCluster) {
    let rings = [[1, 2, 3], [2, 3, 1], [3, 1, 2]];
    let spec = TopicSpec::new(TOPIC, 3, 3).on(rings.map(|ring| ring.to_vec()).into());
    cluster.judge().create_topic(spec).await.unwrap();
    cluster.in_sync(TOPIC).await;
    Load::named("fill").keys(48).record_bytes(10_000).write(cluster.bootstrap(), TOPIC, 300).await;
}

/// Longer than the stories' own patience: real bytes are copied.
async fn arrives(story: &DiscordStory, id: &OperationId) {
    let began = Instant::now();
    loop {
        let seen = story.operation(id).await;
        if seen.state == State::Succeeded {
            return;
        }
        let ended = seen.state.has_ended() || matches!(seen.state, State::Failed | State::Stuck);
        assert!(!ended && began.elapsed() < PATIENCE, "{:?} because of {:?}", seen.state, seen.why);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn a_scale_out_is_approved_shown_and_done_in_chat_on_real_brokers() {
    let cluster = MoveCluster::alone(lab()).await;
    filled(&cluster).await;
    let house = KafkaPlot::moving(&cluster).await.build_in_chat().await;
    let story = &house.story;
    let line = format!("/scale-out cluster:{CLUSTER} brokers:4 topics:{TOPIC} throttle:10KiB");
    let posted = story.asks("alice", &line).await;
    let seen = posted.card.look();
    let picture = seen.file("before-after.png").expect("a picture");
    assert!(picture.bytes.starts_with(b"\x89PNG"), "a picture");
    let alt = picture.description.as_deref().expect("its numbers in words");
    assert!(alt.contains("Broker 4"), "{alt}");
    let moves = super::kafka_moves::moves_of(story.plan(&posted.id).await.plan());
    assert!(!moves.is_empty() && seen.file("reassignment.json").is_some(), "{:?}", seen.files);

    story.reacts("bob", &posted.card, "✅").await;
    posted.card.becomes("1 of 2: bob", SOON).await;
    assert_eq!(cluster.judge().reassignments().await.unwrap(), []);
    story.reacts("carol", &posted.card, "✅").await;
    story.becomes(&posted.id, State::Waiting).await;
    let thread = posted.card.thread().expect("the thread");
    let progress = thread.wait_for_text("partitions have arrived", SOON).await;
    assert!(progress.look().silent, "progress wakes nobody");
    thread.wait_for_text("To copy", SOON).await;
    thread.wait_for_text(" left", SOON).await;
    assert!(!cluster.judge().reassignments().await.unwrap().is_empty(), "Kafka's own client sees it");
    posted.card.becomes("Batch 1 of", SOON).await;
    // Somebody takes one of its rates away: told, and left alone.
    cluster.judge().set_config(("broker", "4"), FOLLOWER_RATE, None).await.unwrap();
    thread.wait_for_text("Somebody else changed", SOON).await;
    // That was seen: by somebody else's hand the moves go as fast as they can.
    for key in [FOLLOWER_LIST, LEADER_LIST] {
        cluster.judge().set_config(("topic", TOPIC), key, None).await.unwrap();
    }
    arrives(story, &posted.id).await;

    // Whichever broker is asked.
    cluster.caught_up().await;
    let topic = cluster.judge().topic(TOPIC).await.unwrap();
    for one in &moves {
        let found = &topic.partitions[usize::try_from(one.partition).unwrap()];
        assert_eq!((&found.replicas, found.isr.len()), (&one.to.0, one.to.0.len()), "as planned and in sync");
    }
    posted.card.becomes("Done and read back", SOON).await;
    let told = story.thread_of(&posted.card).await;
    let dora = story.user("dora").id();
    assert_eq!(told.iter().filter(|one| one.notified_users == [dora]).count(), 2, "before and after: {told:#?}");
    nothing_is_posted_twice(story).await;
    story.everything_is_read().await;
    story.discord.assert_clean();
}
