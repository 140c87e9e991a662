//! Whole topics and groups on real Kafka: what is there afterwards is told by Kafka's AdminClient.

use interlock::approval::State;
use interlock::facts::Fact;
use interlock::id::OperationId;
use interlock::plan::Check;
use kafka_admin::{Sasl, Security};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use story::kafka_house::{CLUSTER, KafkaHouse, KafkaPlot, Place, credentials, lab, proxy, refusal};
use story::lab::Listener;
use story::lab::judge::{Acl, MemberSpec, Resource, TopicSpec};
use story::lab::proxy::{Fate, Fault, Rule, api};

const FIRST: i64 = 1_732_089_600_000;
const LIMIT: Duration = Duration::from_secs(120);

fn line(command: &str, rest: &str) -> String {
    format!("/{command} cluster:{CLUSTER} {rest}")
}

fn expand(place: &Place, to: u32) -> String {
    line("expand-partitions", &format!("topic:{} to:{to}", place.topic))
}

fn create(place: &Place) -> String {
    let rest =
        format!("topic:{} partitions:4 replicas:3 config:\"retention.ms=7d min.insync.replicas=2\"", place.topic);
    line("topic-create", &rest)
}

fn delete(place: &Place) -> String {
    line("topic-delete", &format!("topic:{}", place.topic))
}

fn delete_group(place: &Place) -> String {
    line("group-delete", &format!("group:{}", place.group))
}

/// Everybody who may has approved it, and it has succeeded.
async fn done(house: &KafkaHouse, line: &str) -> OperationId {
    let id = house.story.person("alice").plans(line).await;
    vote(house, &id).await;
    house.story.becomes(&id, State::Succeeded).await;
    id
}

async fn vote(house: &KafkaHouse, id: &OperationId) {
    for who in ["bob", "carol", "dora"] {
        if house.story.operation(id).await.state == State::AwaitingApproval {
            house.story.person(who).approves(id).await;
        }
    }
}

fn blocks(checks: &[Check]) -> Vec<&str> {
    checks.iter().filter(|check| check.blocks()).map(|check| check.id.as_str()).collect()
}

async fn is_there(house: &KafkaHouse, place: &Place) -> bool {
    house.judge.topics().await.expect("the judge").contains(&place.topic)
}

/// Waits until Kafka's AdminClient tells these settings of the topic, and no others: it may ask a broker that is a moment behind
/// the one that the bot has looked at.
async fn has(house: &KafkaHouse, place: &Place, settings: &[(&str, &str)]) {
    let wanted: BTreeMap<String, String> = settings.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let began = Instant::now();
    loop {
        let found = house.judge.configs("topic", &place.topic).await.expect("the judge");
        if found == wanted {
            return;
        }
        assert!(began.elapsed() < LIMIT, "{found:?}, not {wanted:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_topic_from_its_making_to_its_end() {
    let house = KafkaPlot::direct().await.build().await;
    let place = Place::unique();
    done(&house, &create(&place)).await;
    house.judge.known_by_all(&place.topic, 4).await;
    let made = house.judge.topic(&place.topic).await.expect("the topic");
    assert_eq!(made.partitions.len(), 4);
    assert!(made.partitions.iter().all(|one| one.replicas.len() == 3), "{made:?}");
    let settings = [("min.insync.replicas", "2"), ("retention.ms", "604800000")];
    has(&house, &place, &settings).await;

    let altered =
        line("topic-alter", &format!("topic:{} config:\"retention.ms=14d max.message.bytes=2MiB\"", place.topic));
    let id = done(&house, &altered).await;
    has(&house, &place, &[settings[0], ("retention.ms", "1209600000"), ("max.message.bytes", "2097152")]).await;
    house.taken_back(&id).await;
    // What was absent is absent again.
    has(&house, &place, &settings).await;

    done(&house, &expand(&place, 7)).await;
    house.judge.known_by_all(&place.topic, 7).await;
    let wider = house.judge.topic(&place.topic).await.expect("the topic");
    assert_eq!((wider.partitions.len(), &wider.topic_id), (7, &made.topic_id));
    let replicas =
        |all: &[story::lab::judge::PartitionView]| all.iter().map(|one| one.replicas.clone()).collect::<Vec<_>>();
    assert_eq!(replicas(&wider.partitions[..4]), replicas(&made.partitions), "the old ones stay where they are");

    let id = done(&house, &delete(&place)).await;
    house.judge.known_by_all(&place.topic, 0).await;
    assert!(!is_there(&house, &place).await);
    house.story.audit(&id).await;
}

#[tokio::test]
async fn a_topic_that_was_made_is_taken_back_only_while_it_is_empty() {
    let house = KafkaPlot::direct().await.build().await;
    let (empty, used) = (Place::unique(), Place::unique());
    let id = done(&house, &create(&empty)).await;
    house.taken_back(&id).await;
    house.judge.known_by_all(&empty.topic, 0).await;
    assert!(!is_there(&house, &empty).await);
    let id = done(&house, &create(&used)).await;
    house.produce(&used, (0, 3), FIRST).await;
    house.judge.known_by_all(&used.topic, 4).await;
    let checks = refusal(house.story.person("alice").runs(&format!("/rollback operation:{id}")).await);
    assert_eq!(blocks(&checks), ["topic-not-empty"]);
    assert!(is_there(&house, &used).await);
}

/// ⚠ The broker itself makes a topic that nobody can write to with acks=all; we do not.
#[tokio::test]
async fn a_topic_that_nobody_could_write_to_is_not_made() {
    let house = KafkaPlot::direct().await.build().await;
    let place = Place::unique();
    let spec = TopicSpec::new(&place.topic, 1, 1).config("min.insync.replicas", "2");
    house.judge.create_topic(spec).await.expect("the broker takes it");
    let other = Place::unique();
    let wanted = format!("topic:{} partitions:1 replicas:1 config:\"min.insync.replicas=2\"", other.topic);
    let checks = refusal(house.story.person("alice").runs(&line("topic-create", &wanted)).await);
    assert_eq!(blocks(&checks), ["min-isr-above-replicas"]);
    let wanted = format!("topic:{} partitions:1 replicas:4", other.topic);
    let checks = refusal(house.story.person("alice").runs(&line("topic-create", &wanted)).await);
    assert_eq!(blocks(&checks), ["too-few-brokers"]);
    assert!(!is_there(&house, &other).await);
}

#[tokio::test]
async fn whoever_is_at_work_is_asked_before_partitions_come_and_keeps_the_topic_from_going() {
    let house = KafkaPlot::direct().await.build().await;
    let place = Place::unique();
    house.topic(&place, &[10, 10], FIRST).await;
    let spec = MemberSpec::new(&place.group, &place.topic).client_id("billing-worker-7");
    let member = house.judge.start_member(spec).await.expect("a member");
    let id = house.story.person("alice").plans(&format!("{} keyed:false", expand(&place, 3))).await;
    let plan = house.story.plan(&id).await;
    assert_eq!(plan.plan().impact.groups, std::slice::from_ref(&place.group));
    assert_eq!(plan.plan().impact.clients, ["billing-worker-7"]);
    assert!(plan.plan().checks.iter().any(|one| one.id == "groups-at-work"));
    let checks = refusal(house.story.person("alice").runs(&delete(&place)).await);
    assert_eq!(blocks(&checks), ["clients-connected"]);
    let checks = refusal(house.story.person("alice").runs(&delete_group(&place)).await);
    assert_eq!(blocks(&checks), ["group-inactive"]);
    member.stop().await.expect("it stops");
    done(&house, &delete_group(&place)).await;
    done(&house, &delete(&place)).await;
    house.judge.known_by_all(&place.topic, 0).await;
    assert!(!is_there(&house, &place).await);
}

#[tokio::test]
async fn a_deleted_group_gets_its_offsets_back() {
    let house = KafkaPlot::direct().await.build().await;
    let place = Place::unique();
    house.topic(&place, &[10, 10], FIRST).await;
    let mut first = place.commit(0, 4);
    first.metadata = "checkpoint 7".to_owned();
    house.commits(&place, &[first, place.commit(1, 7)]).await;
    let before = house.committed(&place).await;
    let id = done(&house, &delete_group(&place)).await;
    assert_eq!(house.committed(&place).await, []);
    house.taken_back(&id).await;
    assert_eq!(house.committed(&place).await, before);
}

/// A topic that was deleted and made again is another topic, though it looks the same.
#[tokio::test]
async fn a_topic_made_again_after_the_approval_is_left_alone() {
    let house = KafkaPlot::direct().await.build().await;
    let place = Place::unique();
    house.topic(&place, &[0, 0], FIRST).await;
    let id = house.story.person("alice").plans(&delete(&place)).await;
    house.story.person("bob").approves(&id).await;
    let made = house.judge.recreate_topic(TopicSpec::new(&place.topic, 2, 1)).await.expect("another one");
    house.story.person("carol").approves(&id).await;
    let began = Instant::now();
    while house.story.operation(&id).await.revision == 1 {
        assert!(began.elapsed() < LIMIT, "it is never planned anew");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(house.judge.topic(&place.topic).await.expect("the topic").topic_id, made.topic_id);
}

/// The kinds of action.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Create,
    Expand,
    Delete,
    DeleteGroup,
}

/// The first request is lost on its way, or its answer is: the end is the same, and each intent is one request.
async fn survives(kind: Kind, fault: Fault) {
    let mut plot = KafkaPlot::proxied().await;
    plot.acts_within(Duration::from_secs(8));
    let house = plot.build().await;
    let place = Place::unique();
    if !matches!(kind, Kind::Create) {
        house.topic(&place, &[5, 5], FIRST).await;
        house.commits(&place, &[place.commit(0, 5), place.commit(1, 5)]).await;
    }
    let (line, request) = match kind {
        Kind::Create => (create(&place), api::CREATE_TOPICS),
        Kind::Expand => (expand(&place, 3), api::CREATE_PARTITIONS),
        Kind::Delete => (delete(&place), api::DELETE_TOPICS),
        Kind::DeleteGroup => (delete_group(&place), api::DELETE_GROUPS),
    };
    let id = house.story.person("alice").plans(&line).await;
    let armed = proxy().arm(Rule::next(&house.client_id, request, fault.clone()));
    vote(&house, &id).await;
    assert!(armed.meets(1, LIMIT).await, "{kind:?}: the request never came");
    house.story.becomes(&id, State::Succeeded).await;
    // Whichever broker is asked.
    match kind {
        Kind::Create => house.judge.known_by_all(&place.topic, 4).await,
        Kind::Expand => house.judge.known_by_all(&place.topic, 3).await,
        Kind::Delete => house.judge.known_by_all(&place.topic, 0).await,
        Kind::DeleteGroup => {}
    }
    match kind {
        Kind::Create => assert!(is_there(&house, &place).await),
        Kind::Expand => assert_eq!(house.judge.topic(&place.topic).await.expect("the topic").partitions.len(), 3),
        Kind::Delete => assert!(!is_there(&house, &place).await),
        Kind::DeleteGroup => assert_eq!(house.committed(&place).await, []),
    }
    let sent: Vec<_> = proxy().changes(&house.client_id).iter().map(|one| (one.api, one.fate)).collect();
    let seen = match fault {
        Fault::DropRequest => vec![(request, Fate::Dropped), (request, Fate::Answered)],
        _ => vec![(request, Fate::AnswerLost)],
    };
    assert_eq!(sent, seen, "{kind:?} {fault:?}");
    assert_eq!(house.intents(&id).await, sent.len(), "{kind:?} {fault:?}: once an intent");
    armed.disarm();
}

#[tokio::test]
async fn a_lost_answer_is_not_sent_again() {
    for kind in [Kind::Create, Kind::Expand, Kind::Delete, Kind::DeleteGroup] {
        survives(kind, Fault::LoseAnswer).await;
    }
}

#[tokio::test]
async fn a_lost_request_is_sent_once_more() {
    for kind in [Kind::Expand, Kind::Delete] {
        survives(kind, Fault::DropRequest).await;
    }
}

async fn secured(user: &str, acls: &[Acl]) -> KafkaHouse {
    let superuser = lab().secure().await.expect("the judge");
    superuser.set_scram(user, "SCRAM-SHA-256", lab().password()).await.expect("a user");
    let credentials = (Security::Plaintext, Sasl::ScramSha256(credentials(user)));
    let house = KafkaPlot::secure(Listener::Sasl, credentials).await.build().await;
    house.judge.create_acls(acls).await.expect("the rights");
    house
}

/// What a refusal names as missing.
fn missing(checks: &[Check]) -> Vec<String> {
    let text = |check: &Check, fact: &str| match check.facts.get(fact) {
        Some(Fact::Text(text)) => text.clone(),
        other => panic!("{fact}: {other:?}"),
    };
    let named = checks.iter().filter(|check| check.id == "missing-right" && check.blocks());
    let mut all: Vec<String> = named.map(|check| format!("{} {}", text(check, "on"), text(check, "right"))).collect();
    all.sort();
    all.dedup();
    all
}

/// Until a line is no longer answered as before: brokers learn of rights a moment after the controller.
async fn answered(house: &KafkaHouse, line: &str, wanted: &[&str]) {
    let began = Instant::now();
    loop {
        let done = house.story.person("alice").runs(line).await;
        let found = match &done {
            signalbox::desk::Done::Refused(checks) => missing(checks),
            _ => Vec::new(),
        };
        if found == wanted {
            return;
        }
        assert!(began.elapsed() < LIMIT, "{line}: {done:?}, not {wanted:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn each_right_of_the_table_is_named_before_the_first_step_and_enough() {
    use Resource::{Group, Topic};
    let user = lab().unique("topics");
    let user = user.as_str();
    let place = Place::unique();
    let on_topic = |operation: &str| Acl::allow(user, operation, Topic, &place.topic);
    let on_group = |operation: &str| Acl::allow(user, operation, Group, &place.group);
    let describe = [on_topic("Describe"), on_group("Describe")];
    let house = secured(user, &describe).await;
    house.topic(&place, &[5, 5], FIRST).await;
    house.commits(&place, &[place.commit(0, 5), place.commit(1, 5)]).await;
    let expanding = format!("{} dry-run:true", expand(&place, 3));
    let deleting_group = format!("{} dry-run:true", delete_group(&place));
    answered(&house, &expanding, &["topic DESCRIBE_CONFIGS"]).await;
    answered(&house, &deleting_group, &["group DELETE", "group READ"]).await;
    house.judge.create_acls(&[on_topic("DESCRIBE_CONFIGS")]).await.expect("a right");
    answered(&house, &expanding, &["topic ALTER"]).await;
    house.judge.create_acls(&[on_topic("Alter")]).await.expect("a right");
    answered(&house, &expanding, &[]).await;
    done(&house, &expand(&place, 3)).await;
    assert_eq!(house.judge.topic(&place.topic).await.expect("the topic").partitions.len(), 3);
    house.judge.create_acls(&[on_group("Delete"), on_group("Read")]).await.expect("rights");
    answered(&house, &deleting_group, &[]).await;
    done(&house, &delete_group(&place)).await;

    let fresh = Place::unique();
    let creating = line("topic-create", &format!("topic:{} partitions:1 replicas:1 dry-run:true", fresh.topic));
    house.judge.create_acls(&[Acl::allow(user, "Describe", Topic, &fresh.topic)]).await.expect("a right");
    answered(&house, &creating, &["cluster CREATE", "cluster DESCRIBE"]).await;
    let cluster = [Acl::on_cluster(user, "Create"), Acl::on_cluster(user, "Describe")];
    let every_group = Acl::allow(user, "Describe", Group, "*");
    house.judge.create_acls(&[&cluster[..], &[every_group]].concat()).await.expect("rights");
    answered(&house, &creating, &[]).await;
    done(&house, creating.trim_end_matches(" dry-run:true")).await;
    assert!(is_there(&house, &fresh).await);
    // With DESCRIBE on the cluster what it weighs is told, and what is left to be given is the right to delete.
    let deleting = format!("{} dry-run:true", delete(&fresh));
    answered(&house, &deleting, &["topic DELETE"]).await;
    house.judge.create_acls(&[Acl::allow(user, "Delete", Topic, &fresh.topic)]).await.expect("a right");
    answered(&house, &deleting, &[]).await;
    done(&house, &delete(&fresh)).await;
    assert!(!is_there(&house, &fresh).await);
    house.judge.delete_acls_of(user).await.expect("the rights go");
}
