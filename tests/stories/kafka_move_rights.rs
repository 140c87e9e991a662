//! Which rights a move takes on a real authorizer: each one missing is named before the first step, and no more are needed.

use super::kafka_moves::scene::{approved, becomes, moves, until};
use interlock::approval::State;
use interlock::facts::Fact;
use interlock::plan::Check;
use kafka_admin::{Sasl, Security};
use signalbox::desk::Done;
use std::collections::BTreeSet;
use std::time::Duration;
use story::kafka_house::{CLUSTER, KafkaHouse, KafkaPlot, Place, credentials, lab};
use story::lab::judge::{Acl, Bulk, Resource, TopicSpec};
use story::lab::{Listener, SecondBroker};

const USER: &str = "p8";

fn on_cluster(right: &str) -> Acl {
    Acl::on_cluster(USER, right)
}

fn on_topic(right: &str, topic: &str) -> Acl {
    Acl::allow(USER, right, Resource::Topic, topic)
}

/// The fewest: Kafka counts ALTER as DESCRIBE, and ALTER_CONFIGS as DESCRIBE_CONFIGS (`StandardAuthorizer`).
fn fewest(topic: &str) -> [Acl; 4] {
    [on_cluster("Alter"), on_cluster("ALTER_CONFIGS"), on_topic("Describe", topic), on_topic("ALTER_CONFIGS", topic)]
}

/// One of the fewest is taken away, and what it implied is given or not: what is named then.
struct Missing {
    taken: usize,
    given: Option<Acl>,
    named: &'static [&'static str],
}

fn cases(topic: &str) -> Vec<Missing> {
    let case = |taken, given, named| Missing { taken, given, named };
    vec![
        case(0, Some(on_cluster("Describe")), &["cluster ALTER"]),
        // A look that is denied says nothing more; what it needs is named.
        case(0, None, &["cluster DESCRIBE"]),
        case(1, Some(on_cluster("DESCRIBE_CONFIGS")), &["cluster ALTER_CONFIGS"]),
        case(1, None, &["cluster DESCRIBE_CONFIGS"]),
        // Nobody tells a stranger that it is there.
        case(2, None, &["unknown-topic"]),
        case(3, Some(on_topic("DESCRIBE_CONFIGS", topic)), &["topic ALTER_CONFIGS"]),
        case(3, None, &["topic ALTER_CONFIGS", "topic DESCRIBE_CONFIGS"]),
    ]
}

fn said(check: &Check, fact: &str) -> String {
    match check.facts.get(fact) {
        Some(Fact::Text(text)) => text.clone(),
        other => panic!("{fact}: {other:?}"),
    }
}

/// What a refusal names; of looks that were denied the right that they need, which stands beside them.
async fn named(house: &KafkaHouse, line: &str) -> BTreeSet<String> {
    let name = |one: &Check| match one.id.as_str() {
        "missing-right" => Some(format!("{} {}", said(one, "on"), said(one, "right"))),
        "cannot-verify" if said(one, "failure") == "denied" => None,
        other => Some(other.to_owned()),
    };
    match house.story.person("alice").runs(&format!("{line} dry-run:true")).await {
        Done::Refused(checks) => checks.iter().filter(|one| one.blocks()).filter_map(name).collect(),
        Done::Mistake(mistake) => BTreeSet::from([mistake.id]),
        Done::DryRun(_) => BTreeSet::new(),
        other => BTreeSet::from([format!("{other:?}")]),
    }
}

#[tokio::test]
async fn each_missing_right_is_named_exactly_and_the_fewest_are_enough() {
    let credentials = (Security::Plaintext, Sasl::Plain(credentials(USER)));
    let mut plot = KafkaPlot::secure(Listener::Sasl, credentials).await;
    plot.alone();
    // Each of many dry runs sleeps for a third of this.
    plot.looks_within(Duration::from_secs(10));
    let house = plot.build().await;
    let judge = &house.judge;
    let place = Place { topic: lab().unique("moved"), ..Place::unique() };
    // Kafka's own topics are there before another broker is that they could be put on.
    judge.create_topic(TopicSpec::new(&place.topic, 2, 1).on(vec![vec![1]; 2])).await.expect("a topic");
    judge.alter_offsets(&place.group, &[place.commit(0, 0)]).await.expect("a commit");
    let records = Bulk {
        topic: place.topic.clone(),
        partitions: vec![0, 1],
        count: 500,
        first_timestamp: 1_732_089_600_000,
        step_ms: 1,
        value_bytes: 1_000,
    };
    judge.produce_many(records).await.expect("records");
    let second = SecondBroker::start(lab(), judge).await;
    let line =
        format!("/scale-out cluster:{CLUSTER} brokers:{} topics:{} throttle:10MiB", SecondBroker::ID, place.topic);

    let fewest = fewest(&place.topic);
    judge.create_acls(&fewest).await.expect("rights");
    until("nothing is missing", async || named(&house, &line).await.is_empty()).await;
    for Missing { taken, given, named: expected } in cases(&place.topic) {
        if let Some(given) = &given {
            judge.create_acls(std::slice::from_ref(given)).await.expect("a right");
        }
        judge.delete_acls(&fewest[taken..=taken]).await.expect("a right");
        let expected: BTreeSet<String> = expected.iter().map(|one| (*one).to_owned()).collect();
        until(&format!("{expected:?} and nothing else"), async || named(&house, &line).await == expected).await;
        judge.create_acls(&fewest[taken..=taken]).await.expect("a right");
        if let Some(given) = given {
            judge.delete_acls(&[given]).await.expect("a right");
        }
        until("nothing is missing again", async || named(&house, &line).await.is_empty()).await;
    }

    let stands = async || {
        let seen = judge.topic(&place.topic).await.expect("the topic");
        seen.partitions.into_iter().map(|one| one.replicas).collect::<Vec<_>>()
    };
    let id = approved(&house, &line).await;
    becomes(&house, &id, State::Succeeded).await;
    let planned = moves(house.story.plan(&id).await.plan());
    let [one] = &planned[..] else { panic!("of two partitions one moves: {planned:?}") };
    let moved = usize::try_from(one.partition).expect("a number");
    // The bot may have asked the one broker, and the judge asks the other.
    until("it has moved", async || stands().await[moved] == [SecondBroker::ID]).await;
    let rates = async || judge.configs("broker", "1").await.expect("its settings");
    until("its rates were put back", async || rates().await.is_empty()).await;
    house.taken_back(&id).await;
    until("all is where it was", async || stands().await == [[1], [1]]).await;
    judge.delete_acls(&fewest).await.expect("rights on the cluster are everybody's");
    judge.delete_topic(&place.topic).await.expect("the topic");
    second.ends(judge).await;
}
