//! Requests that come to pass after their sender gave them up, and permits that ended, on real Kafka.

use engine::port::{Journal, Observe};
use engine::{Entry, Outcome};
use interlock::approval::State;
use interlock::id::OperationId;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};
use story::kafka_house::{KafkaHouse, KafkaPlot, Place, proxy};
use story::lab::proxy::{Fate, Fault, Rule, RuleHandle, Times, api};

const FIRST: i64 = 1_732_089_600_000;
const LIMIT: Duration = Duration::from_secs(120);

async fn outcomes(house: &KafkaHouse, id: &OperationId) -> Vec<Outcome> {
    let entries = house.story.house().rooms().store.entries(id).await.unwrap();
    let outcome = |entry: &Entry| match entry {
        Entry::Outcome { outcome, .. } => Some(*outcome),
        _ => None,
    };
    entries.iter().filter_map(outcome).collect()
}

/// An approved reset whose first commit the proxy holds back until the bot has given it up.
struct GivenUp {
    house: KafkaHouse,
    place: Place,
    id: OperationId,
    commit: RuleHandle,
    /// What is asked of what is committed waits, too: for however long it takes until the commit lands, nobody sees that it has
    /// not, and takes it for lost.
    looks: RuleHandle,
}

impl GivenUp {
    /// The commit lands, and then it is looked for.
    async fn lands(&self) {
        self.commit.disarm();
        let began = Instant::now();
        while self.house.committed(&self.place).await != [self.place.commit(0, 10)] {
            assert!(began.elapsed() < LIMIT, "it never lands");
        }
        self.looks.disarm();
    }
}

async fn given_up() -> GivenUp {
    let mut plot = KafkaPlot::proxied().await;
    plot.acts_within(Duration::from_secs(10));
    let house = plot.build().await;
    let place = Place::unique();
    house.topic(&place, &[10], FIRST).await;
    house.commits(&place, &[place.commit(0, 4)]).await;
    let id = house.story.person("alice").plans(&place.reset("latest")).await;
    let commit = proxy().arm(Rule::next(&house.client_id, api::OFFSET_COMMIT, Fault::HoldRequest));
    house.story.person("bob").approves(&id).await;
    assert!(commit.meets(1, LIMIT).await, "the request never came");
    let began = Instant::now();
    // An attempt before it may have found no time to send anything.
    while outcomes(&house, &id).await.last() != Some(&Outcome::Unknown) {
        assert!(began.elapsed() < LIMIT, "it is never given up: {:?}", outcomes(&house, &id).await);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let looks = proxy().arm(Rule::next(&house.client_id, api::OFFSET_FETCH, Fault::HoldRequest).times(Times::All));
    assert_eq!(house.committed(&place).await, [place.commit(0, 4)], "nothing has happened yet");
    GivenUp { house, place, id, commit, looks }
}

#[tokio::test]
async fn a_commit_that_lands_after_its_deadline_is_seen_and_not_sent_again() {
    let given_up = given_up().await;
    given_up.lands().await;
    let GivenUp { house, place, id, .. } = given_up;
    house.story.becomes(&id, State::Succeeded).await;
    assert_eq!(house.committed(&place).await, [place.commit(0, 10)]);
    let outcomes = outcomes(&house, &id).await;
    assert!(outcomes.ends_with(&[Outcome::Unknown, Outcome::Done]), "{outcomes:?}");
    let sent: Vec<_> = proxy().changes(&house.client_id).iter().map(|one| one.api).collect();
    assert_eq!(sent, [api::OFFSET_COMMIT], "once");
}

#[tokio::test]
async fn a_stop_before_it_lands_says_that_something_was_changed() {
    let given_up = given_up().await;
    let GivenUp { house, place, id, .. } = &given_up;
    house.story.person("alice").runs(&format!("/stop operation:{id} reason:because")).await;
    house.story.becomes(id, State::Stopping).await;
    given_up.lands().await;
    let stopped = house.story.becomes(id, State::Stopped).await;
    assert_eq!(stopped.why.facts.get("changed"), Some(&interlock::facts::Fact::Count(1)));
    assert_eq!(house.committed(place).await, [place.commit(0, 10)]);
}

/// Somebody stands still between the intent and the act for longer than the permit.
#[tokio::test]
async fn a_permit_that_ended_sends_nothing() {
    sends_nothing(KafkaPlot::stands_still_once).await;
}

/// The permit is looked at and holds; then the process is stopped before it sends anything.
#[tokio::test]
async fn a_process_that_is_stopped_right_after_its_look_at_the_permit_sends_nothing() {
    sends_nothing(KafkaPlot::is_stopped_after_look).await;
}

async fn sends_nothing(disturbed: fn(&mut KafkaPlot) -> Arc<AtomicBool>) {
    let mut plot = KafkaPlot::proxied().await;
    plot.acts_within(Duration::from_secs(10));
    let stood = disturbed(&mut plot);
    let house = plot.build().await;
    let place = Place::unique();
    house.topic(&place, &[10], FIRST).await;
    house.commits(&place, &[place.commit(0, 4)]).await;
    let id = house.story.person("alice").plans(&place.reset("latest")).await;
    house.story.person("bob").approves(&id).await;
    house.story.becomes(&id, State::Succeeded).await;
    assert!(stood.load(std::sync::atomic::Ordering::Relaxed), "the first act came too late");
    assert_eq!(outcomes(&house, &id).await, [Outcome::NotApplied, Outcome::Done]);
    let sent: Vec<_> = proxy().changes(&house.client_id).iter().map(|one| (one.api, one.fate)).collect();
    assert_eq!(sent, [(api::OFFSET_COMMIT, Fate::Answered)], "the first attempt sent nothing");
    assert_eq!(house.intents(&id).await, 2);
}

/// A share group cannot be described; it is known from the list of groups.
#[tokio::test]
async fn a_share_group_is_refused() {
    let house = KafkaPlot::direct().await.build().await;
    let place = Place::unique();
    house.topic(&place, &[10], FIRST).await;
    let tools = story::lab::KafkaTools::new(story::kafka_house::lab());
    let arguments = ["--topic", &place.topic, "--group", &place.group, "--timeout-ms", "3000"];
    tools.share_consumer(&arguments).await.unwrap();
    let group: interlock::id::GroupId = place.group.parse().unwrap();
    let query = interlock::cluster::Query::Kafka(interlock::cluster::kafka::KafkaQuery::Group(group.clone()));
    let rooms = house.story.house().rooms();
    let cluster: &std::sync::Arc<dyn Observe> =
        rooms.backends.get(&story::kafka_house::CLUSTER.parse().unwrap()).unwrap();
    let sections = cluster.observe(&[query].into()).await;
    let interlock::cluster::Look::Seen(Some(found)) = interlock::cluster::Looker::new(&sections).kafka_group(&group)
    else {
        panic!("{sections:?}")
    };
    assert_eq!(found.kind, interlock::cluster::kafka::GroupKind::Other);
    let refused = house.story.person("alice").runs(&place.reset("latest")).await;
    let signalbox::desk::Done::Refused(checks) = &refused else { panic!("{refused:?}") };
    assert!(checks.iter().any(|check| check.blocks() && check.id == "group-kind-not-supported"), "{checks:?}");
}
