//! The story that `./dev demo` tells without a terminal: on the simulated fleet, and on the lab's real Kafka.

use engine::port::Boxed;
use signalbox::demo::{
    Books, Committed, Growth, Replicas, Stage, Surveyor, Tale, Throttles, Witness, persona, policy, policy_of_two,
    simulated, tell,
};
use std::sync::atomic::{AtomicUsize, Ordering};
use story::real::Scene;

/// Tells of each offset that it is one more.
struct Liar<W>(W);

impl<W: Witness> Witness for Liar<W> {
    fn committed<'a>(&'a self, group: &'a str) -> Boxed<'a, Result<Committed, String>> {
        Box::pin(async move {
            let seen = self.0.committed(group).await?;
            Ok(seen.into_iter().map(|(place, offset)| (place, offset + 1)).collect())
        })
    }
}

/// Sees one more throttle at each look.
struct Pessimist(Books, AtomicUsize);

impl Surveyor for Pessimist {
    fn replicas<'a>(&'a self, topics: &'a [&'a str]) -> Boxed<'a, Result<Replicas, String>> {
        self.0.replicas(topics)
    }

    fn throttles(&self) -> Boxed<'_, Result<Throttles, String>> {
        Box::pin(async {
            let mut seen = self.0.throttles().await?;
            seen.insert(format!("look {}", self.1.fetch_add(1, Ordering::Relaxed)), String::new());
            Ok(seen)
        })
    }
}

/// Turns the replicas of each partition round.
struct Reverser(Books);

impl Surveyor for Reverser {
    fn replicas<'a>(&'a self, topics: &'a [&'a str]) -> Boxed<'a, Result<Replicas, String>> {
        Box::pin(async move {
            let seen = self.0.replicas(topics).await?;
            Ok(seen.into_iter().map(|(place, found)| (place, found.into_iter().rev().collect())).collect())
        })
    }

    fn throttles(&self) -> Boxed<'_, Result<Throttles, String>> {
        self.0.throttles()
    }
}

/// What the story tells on the simulated fleet; without the second approver if so wanted.
async fn on_simulated(two: bool, witness: impl FnOnce(Books) -> Box<dyn Witness>) -> Result<String, String> {
    growing(two, witness, |_| None).await
}

/// The same with a new broker that gets its share, where somebody surveys it.
async fn growing(
    two: bool,
    witness: impl FnOnce(Books) -> Box<dyn Witness>,
    surveyor: impl FnOnce(Books) -> Option<Box<dyn Surveyor>>,
) -> Result<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let (fleet, clusters) = simulated().unwrap();
    let backends = fleet.clusters().unwrap();
    let policy = if two { policy_of_two(clusters) } else { policy(clusters) };
    let stage = Stage::build(folder.path(), policy.unwrap(), backends.clone()).await.unwrap();
    let cluster = ::simulated::demo::PRODUCTION;
    let books = || Books { fleet: backends.clone(), cluster: cluster.parse().unwrap() };
    let (witness, surveyor) = (witness(books()), surveyor(books()));
    let growth = surveyor.as_deref().map(|surveyor| Growth {
        cluster,
        broker: ::simulated::demo::NEW_BROKER,
        topics: &["refunds", "products"],
        throttle: (50 << 20, 150 << 20),
        surveyor,
    });
    let tale = Tale {
        stage: &stage,
        cluster,
        group: "nightly-report",
        cast: &persona,
        witness: witness.as_ref(),
        growth,
        replay: None,
    };
    let mut out = Vec::new();
    let told = tell(&tale, &mut out).await.map_err(|error| error.to_string());
    stage.house.rooms().store.close().await;
    told.map(|()| String::from_utf8(out).unwrap())
}

#[tokio::test]
async fn the_story_is_told_on_the_simulated_fleet() {
    let told = on_simulated(true, |books| Box::new(books)).await.unwrap();
    // Each card stands before the first vote on it.
    let mut rest = told.as_str();
    for step in [
        "alice> /reset-offset",
        "Waiting for approval: reset nightly-report",
        "bob> /approve",
        "carol> /approve",
        "alice> /rollback",
        "Waiting for approval: take back",
        "alice> /approve",
        "each follows from",
    ] {
        let (_, after) = rest.split_once(step).unwrap_or_else(|| panic!("{step} comes too late, or never, in {told}"));
        rest = after;
    }
}

#[tokio::test]
async fn the_story_tells_of_a_new_broker_too_and_breaks_where_that_is_not_so() {
    let told = growing(true, |books| Box::new(books), |books| Some(Box::new(books))).await.unwrap();
    for step in [
        "alice> /scale-out",
        "Batch 1 of",
        "alice> /throttle",
        "partitions stand as in the plan",
        "partitions stand as in what stood before",
        "each follows from",
    ] {
        assert!(told.contains(step), "{step} in {told}");
    }
    let reversed = growing(true, |books| Box::new(books), |books| Some(Box::new(Reverser(books)))).await.unwrap_err();
    assert!(reversed.contains("by the plan"), "{reversed}");
    let pessimist = |books| Some(Box::new(Pessimist(books, AtomicUsize::new(0))) as Box<dyn Surveyor>);
    let left = growing(true, |books| Box::new(books), pessimist).await.unwrap_err();
    assert!(left.contains("throttles were"), "{left}");
}

#[tokio::test]
async fn the_story_breaks_where_a_step_did_not_happen() {
    let lied = on_simulated(true, |books| Box::new(Liar(books))).await.unwrap_err();
    assert!(lied.contains("by the plan"), "{lied}");
    let alone = on_simulated(false, |books| Box::new(books)).await.unwrap_err();
    assert!(alone.contains("not awaiting-approval"), "bob alone was enough: {alone}");
}

#[tokio::test]
async fn the_story_is_told_on_real_kafka_and_judged_by_its_own_client() {
    let scene = Scene::set().await.unwrap();
    let (judged, surveyed) = (scene.judged(), scene.surveyed());
    let mut out = Vec::new();
    scene.tell((&judged, &surveyed), &mut out).await.unwrap();
    let told = String::from_utf8(out).unwrap();
    for step in [
        "6 partitions agree with the plan",
        "6 partitions agree with what stood before",
        "alice> /scale-out cluster:growing-kafka",
        "alice> /throttle",
        "partitions stand as in the plan",
        "partitions stand as in what stood before",
        "Throttles are as they were before",
    ] {
        assert!(told.contains(step), "{step} in {told}");
    }
    let lied = scene.tell((&Liar(scene.judged()), &surveyed), &mut Vec::new()).await.unwrap_err();
    assert!(lied.to_string().contains("by the plan"), "{lied}");
    scene.clear().await.unwrap();
}
