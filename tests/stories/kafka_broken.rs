//! A real cluster that is down, slow or talks nonsense: every command answers clearly and in time, nothing is changed, and
//! when the cluster is itself again so is the bot.

use interlock::approval::State;
use interlock::facts::Fact;
use interlock::id::OperationId;
use signalbox::desk::Done;
use std::time::{Duration, Instant};
use story::kafka_house::{CLUSTER, KafkaHouse, KafkaPlot, Place, check, proxy};
use story::lab::judge::Committed;
use story::lab::proxy::{Fault, Route, Rule};

const FIRST: i64 = 1_732_089_600_000;
/// How long a story waits for a cluster that is well.
const LIMIT: Duration = Duration::from_secs(120);
/// How long one look may take where none is answered. A command is at most two looks until it knows that there is no answer.
const SHORT: Duration = Duration::from_secs(3);
/// How long one look may take where answers come, and are wrong: brokers of a busy machine need some seconds for one.
const LONG: Duration = Duration::from_secs(10);
/// Answers of a cluster that is slow come after this time.
const SLOW: Duration = Duration::from_secs(30);
/// Nobody who was answered by then waited for a slow cluster; a busy machine takes less. That Discord hears of a command
/// within its three seconds, whatever the cluster does, is in `discord_asked.rs`.
const IN_TIME: Duration = Duration::from_secs(25);

struct Scene {
    house: KafkaHouse,
    place: Place,
    before: Vec<Committed>,
}

impl Scene {
    async fn looking_within(longest: Duration) -> Self {
        let mut plot = KafkaPlot::proxied().await;
        plot.looks_within(longest);
        let house = plot.build().await;
        let place = Place::unique();
        house.topic(&place, &[10, 10], FIRST).await;
        house.commits(&place, &[place.commit(0, 4), place.commit(1, 5)]).await;
        let before = house.committed(&place).await;
        // It has worked before: connections are open, addresses are known.
        let line = format!("/group cluster:{CLUSTER} group:{}", place.group);
        let began = Instant::now();
        while !matches!(house.story.person("alice").runs(&line).await, Done::Looked(_)) {
            assert!(began.elapsed() < LIMIT, "it never worked");
        }
        Self { house, place, before }
    }

    /// Every command that asks the cluster, and the failure that it tells.
    async fn answers(&self, failure: &str) {
        let Self { house, place, before } = self;
        let (topic, group) = (&place.topic, &place.group);
        for line in [
            format!("/topic cluster:{CLUSTER} topic:{topic}"),
            format!("/group cluster:{CLUSTER} group:{group}"),
            format!("/lag cluster:{CLUSTER} group:{group} topic:{topic}"),
            format!("/health cluster:{CLUSTER}"),
        ] {
            match timed(house, &line).await {
                Done::Failed { id, .. } => {
                    assert_eq!(id.strip_prefix("cluster-"), Some(failure), "{line}");
                }
                other => panic!("{line}: {other:?}"),
            }
        }
        let clusters = timed(house, "/clusters").await;
        assert!(matches!(clusters, Done::Looked(_)), "{clusters:?}");
        let checks = story::kafka_house::refusal(timed(house, &place.reset("latest")).await);
        let told = check(&checks, "cannot-verify").facts.get("failure");
        assert_eq!(told, Some(&Fact::Text(failure.to_owned())), "{checks:?}");
        assert!(checks.iter().all(|one| one.blocks()), "{checks:?}");
        assert_eq!(&house.committed(place).await, before);
        assert_eq!(proxy().changes(&house.client_id), []);
    }

    /// A look is short here, and brokers of a busy machine may miss it: it is asked again.
    async fn planned(&self) -> OperationId {
        let began = Instant::now();
        loop {
            match self.house.story.person("alice").runs(&self.place.reset("latest")).await {
                Done::Planned { operation, .. } => return operation,
                other => assert!(began.elapsed() < LIMIT, "it does not work again: {other:?}"),
            }
        }
    }

    async fn works_again(&self) {
        let Self { house, place, .. } = self;
        let id = self.planned().await;
        house.approved(&id).await;
        assert!(house.committed(place).await.iter().all(|one| one.offset == 10));
    }
}

async fn timed(house: &KafkaHouse, line: &str) -> Done {
    let began = Instant::now();
    let done = house.story.person("alice").runs(line).await;
    assert!(began.elapsed() < IN_TIME, "{line} took {:?}", began.elapsed());
    done
}

#[tokio::test]
async fn a_cluster_that_is_down_is_told_in_time() {
    let scene = Scene::looking_within(SHORT).await;
    proxy().route(&scene.house.client_id, Route::Down);
    scene.answers("unreachable").await;
    proxy().route(&scene.house.client_id, Route::Main);
    scene.works_again().await;
}

#[tokio::test]
async fn a_cluster_that_takes_30_seconds_is_told_in_time() {
    let scene = Scene::looking_within(SHORT).await;
    let slow = proxy().arm(Rule::every(&scene.house.client_id, Fault::DelayAnswer(SLOW)));
    scene.answers("timed-out").await;
    slow.disarm();
    scene.works_again().await;
}

#[tokio::test]
async fn a_cluster_that_talks_nonsense_is_told_in_time() {
    let nonsense: [&[u8]; 5] = [
        // Another protocol, whose first bytes are no length.
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        // An answer to a question that was never asked.
        &[0, 0, 0, 8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        // Lengths that none has: negative, nothing, one gigabyte.
        &[0xff, 0xff, 0xff, 0xff],
        &[0, 0, 0, 0],
        &[0x40, 0, 0, 0],
    ];
    let scene = Scene::looking_within(LONG).await;
    for bytes in nonsense {
        let armed = proxy().arm(Rule::every(&scene.house.client_id, Fault::Garbage(bytes.to_vec())));
        scene.answers("garbage").await;
        armed.disarm();
    }
    scene.works_again().await;
}

#[tokio::test]
async fn a_cluster_whose_answers_never_end_is_told_in_time() {
    let scene = Scene::looking_within(SHORT).await;
    let endless = proxy().arm(Rule::every(&scene.house.client_id, Fault::Garbage(vec![0, 0, 0, 8, 0, 0])));
    scene.answers("timed-out").await;
    endless.disarm();
    scene.works_again().await;
}

/// An approved plan waits for the cluster; it neither ends nor acts on what it cannot see.
#[tokio::test]
async fn an_approved_plan_outlives_an_outage() {
    let scene = Scene::looking_within(SHORT).await;
    let Scene { house, place, before } = &scene;
    let id = scene.planned().await;
    proxy().route(&house.client_id, Route::Down);
    house.story.person("bob").approves(&id).await;
    let began = Instant::now();
    while !tried_to_look(house, &id).await {
        assert!(began.elapsed() < LIMIT, "it never looks");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(house.story.operation(&id).await.state, State::Queued);
    assert_eq!(&house.committed(place).await, before);
    proxy().route(&house.client_id, Route::Main);
    house.story.becomes(&id, State::Succeeded).await;
    assert!(house.committed(place).await.iter().all(|one| one.offset == 10));
}

/// A look that failed puts the next one off.
async fn tried_to_look(house: &KafkaHouse, id: &OperationId) -> bool {
    let operation = house.story.operation(id).await;
    operation.next_at > operation.updated_at
}
