//! Real listeners, real credentials, and principals that may do exactly what a reset takes.

use engine::port::Journal;
use engine::{Entry, Outcome};
use interlock::approval::State;
use interlock::facts::Fact;
use interlock::plan::Check;
use kafka_admin::{Credentials, Sasl, Security};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use story::kafka_house::{CLUSTER, KafkaHouse, KafkaPlot, Place, check, credentials, lab, refusal, tls};
use story::lab::judge::{Acl, Committed, Resource};
use story::lab::{Identity, Listener};

const FIRST: i64 = 1_732_089_600_000;
const LIMIT: Duration = Duration::from_secs(120);
/// How long a look at the door may take.
const PATIENT: Duration = Duration::from_secs(60);
/// A refusal there does not use that up, however busy the machine is.
const AT_ONCE: Duration = Duration::from_secs(20);

use Resource::{Group, Topic};

/// The table act → ACL: what a reset takes. The broker counts DESCRIBE as given to whoever has READ or DELETE.
const RESET: &[(Resource, &str)] = &[(Group, "Describe"), (Group, "Read"), (Topic, "Describe"), (Topic, "Read")];
/// And what it takes where a commit has to be removed by the way back.
const REMOVE: (Resource, &str) = (Group, "Delete");

/// One way into the secure cluster.
struct Way {
    listener: Listener,
    credentials: (Security, Sasl),
    /// The same for the judge.
    judge: Identity<'static>,
    user: &'static str,
}

impl Way {
    fn plain(user: &'static str) -> Self {
        let credentials = (Security::Plaintext, Sasl::Plain(credentials(user)));
        Self { listener: Listener::Sasl, credentials, judge: Identity::Sasl("PLAIN", user), user }
    }
}

struct Scene {
    house: KafkaHouse,
    place: Place,
    before: Vec<Committed>,
}

/// A topic, and a group with a commit in the first of its two partitions; the user of the way in has these rights.
async fn scene(way: Way, rights: &[(Resource, &str)]) -> Scene {
    let house = KafkaPlot::secure(way.listener, way.credentials).await.build().await;
    let place = Place::unique();
    house.topic(&place, &[10, 10], FIRST).await;
    house.commits(&place, &[place.commit(0, 4)]).await;
    let acls: Vec<Acl> = rights.iter().map(|right| acl(way.user, &place, *right)).collect();
    if !acls.is_empty() {
        house.judge.create_acls(&acls).await.unwrap();
    }
    let has = |kind| rights.iter().any(|(resource, _)| *resource == kind);
    let judge = lab().secure_as(way.listener, way.judge).await.unwrap();
    let began = Instant::now();
    // Brokers learn of rights a moment after the controller.
    while (has(Group) && judge.group(&place.group).await.is_err())
        || (has(Topic) && judge.topic(&place.topic).await.is_err())
    {
        assert!(began.elapsed() < LIMIT, "the rights never come");
    }
    let before = house.committed(&place).await;
    Scene { house, place, before }
}

fn acl(user: &str, place: &Place, (resource, operation): (Resource, &str)) -> Acl {
    let name = if resource == Topic { &place.topic } else { &place.group };
    Acl::allow(user, operation, resource, name)
}

/// The whole story with no right more than the table says.
async fn works(way: Way) {
    let Scene { house, place, before } = scene(way, &[RESET, &[REMOVE]].concat()).await;
    let id = house.carried_out(&place.reset("latest")).await;
    let plan = house.story.plan(&id).await;
    assert!(!check(&plan.plan().checks, "rights-sufficient").blocks());
    let after: BTreeMap<i32, i64> =
        house.committed(&place).await.iter().map(|one| (one.partition, one.offset)).collect();
    assert_eq!(after, BTreeMap::from([(0, 10), (1, 10)]));
    house.taken_back(&id).await;
    assert_eq!(house.committed(&place).await, before);
}

#[tokio::test]
async fn plain_with_exactly_the_rights_of_the_table() {
    works(Way::plain("p2")).await;
}

#[tokio::test]
async fn plain_over_tls_with_exactly_the_rights_of_the_table() {
    let credentials = (tls("ca.pem", None), Sasl::Plain(credentials("p3")));
    works(Way { listener: Listener::SaslTls, credentials, judge: Identity::Sasl("PLAIN", "p3"), user: "p3" }).await;
}

#[tokio::test]
async fn scram_sha_256_with_exactly_the_rights_of_the_table() {
    let credentials = (Security::Plaintext, Sasl::ScramSha256(credentials("p4")));
    let judge = Identity::Sasl("SCRAM-SHA-256", "p4");
    works(Way { listener: Listener::Sasl, credentials, judge, user: "p4" }).await;
}

#[tokio::test]
async fn scram_sha_512_over_tls_with_exactly_the_rights_of_the_table() {
    let credentials = (tls("ca.pem", None), Sasl::ScramSha512(credentials("p5")));
    let judge = Identity::Sasl("SCRAM-SHA-512", "p5");
    works(Way { listener: Listener::SaslTls, credentials, judge, user: "p5" }).await;
}

#[tokio::test]
async fn a_client_certificate_with_exactly_the_rights_of_the_table() {
    let credentials = (tls("ca.pem", Some("bot")), Sasl::None);
    works(Way { listener: Listener::Tls, credentials, judge: Identity::Certificate("bot"), user: "bot" }).await;
}

#[tokio::test]
async fn without_removals_the_right_to_delete_is_not_asked_for() {
    let Scene { house, place, before } = scene(Way::plain("p6"), RESET).await;
    let id = house.carried_out(&place.reset("latest partitions:0")).await;
    assert_eq!(house.committed(&place).await, [place.commit(0, 10)]);
    house.taken_back(&id).await;
    assert_eq!(house.committed(&place).await, before);
}

/// What is named when these rights are all there are.
async fn missing(rights: &[(Resource, &str)], named: &[(&str, &str)]) {
    let Scene { house, place, before } = scene(Way::plain("p7"), rights).await;
    let checks = refusal(house.story.person("alice").runs(&place.reset("latest")).await);
    assert_eq!(missing_rights(&checks, &place), named, "{rights:?}: {checks:?}");
    assert_eq!(house.committed(&place).await, before, "{rights:?}");
}

/// The rights that a refusal names, by the kind of resource; the resource itself must be ours.
fn missing_rights<'a>(checks: &'a [Check], place: &Place) -> Vec<(&'a str, &'a str)> {
    let named = checks.iter().filter(|check| check.id == "missing-right").map(|check| {
        assert!(check.blocks());
        let text = |fact: &str| match check.facts.get(fact) {
            Some(Fact::Text(text)) => text.as_str(),
            other => panic!("{fact}: {other:?}"),
        };
        let name = if text("on") == "topic" { &place.topic } else { &place.group };
        assert_eq!(text("name"), name);
        (text("on"), text("right"))
    });
    let mut named: Vec<_> = named.collect();
    named.sort_unstable();
    named.dedup();
    named
}

#[tokio::test]
async fn each_missing_right_is_named_before_the_first_step() {
    missing(&[(Group, "Describe"), (Group, "Delete"), (Topic, "Read")], &[("group", "READ")]).await;
    missing(&[(Group, "Read"), (Topic, "Read")], &[("group", "DELETE")]).await;
    missing(&[(Group, "Read"), (Group, "Delete"), (Topic, "Describe")], &[("topic", "READ")]).await;
    missing(&[(Group, "Describe"), (Topic, "Describe")], &[("group", "DELETE"), ("group", "READ"), ("topic", "READ")])
        .await;
}

#[tokio::test]
async fn what_may_not_even_be_looked_at_is_named_too() {
    for (rights, on) in
        [(&[(Topic, "Read")][..], "group"), (&[(Group, "Read"), (Group, "Delete")][..], "topic"), (&[][..], "group")]
    {
        let Scene { house, place, before } = scene(Way::plain("p8"), rights).await;
        let checks = refusal(house.story.person("alice").runs(&place.reset("latest")).await);
        let denied = checks.iter().filter(|one| one.facts.get("failure") == Some(&Fact::Text("denied".to_owned())));
        assert!(denied.clone().count() > 0 && denied.clone().all(|one| one.id == "cannot-verify" && one.blocks()));
        assert!(missing_rights(&checks, &place).contains(&(on, "DESCRIBE")), "{rights:?}: {checks:?}");
        assert_eq!(house.committed(&place).await, before);
    }
}

/// The broker has the last word: a right that went after the approval stops the run before anything is changed.
#[tokio::test]
async fn a_right_that_is_taken_away_after_the_plan_stops_the_run() {
    let Scene { house, place, before } = scene(Way::plain("p6"), &[RESET, &[REMOVE]].concat()).await;
    let id = house.story.person("alice").plans(&place.reset("latest")).await;
    house.judge.delete_acls(&[acl("p6", &place, (Group, "Read"))]).await.unwrap();
    house.judge.create_acls(&[acl("p6", &place, (Group, "Read")).denied()]).await.unwrap();
    until(&place, 4, false).await;
    house.story.person("bob").approves(&id).await;
    let ended = house.story.becomes(&id, State::Stopped).await;
    assert_eq!(ended.why.id, "missing-right", "{:?}", ended.why);
    assert_eq!(house.committed(&place).await, before);
}

/// The broker takes a commit topic by topic: one is set, the other refused. That is known, so nothing is waited for or tried
/// again, and the way back is of the one that was set.
#[tokio::test]
async fn a_right_lost_on_one_of_two_topics_ends_it_at_once_and_what_was_set_is_taken_back() {
    let Scene { house, place, .. } = scene(Way::plain("p6"), &[RESET, &[REMOVE]].concat()).await;
    let other = Place { topic: lab().unique("orders"), ..place.clone() };
    house.topic(&other, &[10], FIRST).await;
    house.commits(&other, &[other.commit(0, 3)]).await;
    let read = acl("p6", &other, (Topic, "Read"));
    house.judge.create_acls(&[acl("p6", &other, (Topic, "Describe")), read.clone()]).await.unwrap();
    until(&other, 3, true).await;
    let before = house.committed(&place).await;
    let all = format!("/reset-offset cluster:{CLUSTER} group:{} to:latest", place.group);
    let id = house.story.person("alice").plans(&all).await;
    house.judge.delete_acls(std::slice::from_ref(&read)).await.unwrap();
    house.judge.create_acls(&[read.clone().denied()]).await.unwrap();
    until(&other, 3, false).await;
    house.story.person("bob").approves(&id).await;
    let ended = house.story.becomes(&id, State::Failed).await;
    assert_eq!((ended.why.id.as_str(), house.intents(&id).await), ("missing-right", 1), "{:?}", ended.why);
    let expected = [place.commit(0, 10), other.commit(0, 3)];
    let after = house.committed(&place).await;
    assert!(expected.iter().all(|one| after.contains(one)), "{after:?}");
    let entries = house.story.house().rooms().store.entries(&id).await.unwrap();
    let outcomes = entries.iter().filter_map(|entry| match entry {
        Entry::Outcome { outcome, .. } => Some(*outcome),
        _ => None,
    });
    assert_eq!(outcomes.collect::<Vec<_>>(), [Outcome::Partly]);

    house.judge.delete_acls(&[read.clone().denied()]).await.unwrap();
    house.judge.create_acls(&[read]).await.unwrap();
    until(&other, 3, true).await;
    house.taken_back(&id).await;
    assert_eq!(house.committed(&place).await, before);
}

/// Until the broker takes, or refuses, a commit of the same principal: one of the value that stands there, so nothing changes.
async fn until(place: &Place, stands: i64, taken: bool) {
    let judge = lab().secure_as(Listener::Sasl, Identity::Sasl("PLAIN", "p6")).await.unwrap();
    let began = Instant::now();
    while judge.alter_offsets(&place.group, &[place.commit(0, stands)]).await.is_ok() != taken {
        assert!(began.elapsed() < LIMIT, "the right stays as it was");
    }
}

/// Credentials that do not work give a clear refusal at once, tell no secret, and leave the other clusters alone.
async fn refused_at_the_door(listener: Listener, credentials: (Security, Sasl), failure: &str) {
    let mut plot = KafkaPlot::secure(listener, credentials).await;
    plot.looks_within(PATIENT);
    plot.and_healthy("other");
    let house = plot.build().await;
    let began = Instant::now();
    let checks = refusal(house.story.person("alice").runs(&Place::unique().reset("latest")).await);
    assert!(began.elapsed() < AT_ONCE, "{:?}", began.elapsed());
    let found = check(&checks, "cannot-verify");
    assert_eq!(found.facts.get("failure"), Some(&Fact::Text(failure.to_owned())), "{found:?}");
    let shown = format!("{checks:?}");
    assert!(!shown.contains("not the password") && !shown.contains(lab().password()), "{shown}");
    works_elsewhere(&house).await;
}

async fn works_elsewhere(house: &KafkaHouse) {
    let main = lab().kafka().await.unwrap();
    let place = Place::unique();
    main.create_topic(story::lab::judge::TopicSpec::new(&place.topic, 1, 1)).await.unwrap();
    main.alter_offsets(&place.group, &[place.commit(0, 4)]).await.unwrap();
    let line = format!("/reset-offset cluster:other group:{} topic:{} to:earliest", place.group, place.topic);
    house.carried_out(&line).await;
    assert_eq!(main.committed(&place.group).await.unwrap(), [place.commit(0, 0)]);
}

fn wrong(user: &str) -> Credentials {
    Credentials { user: user.to_owned(), password: "not the password".to_owned().into() }
}

#[tokio::test]
async fn a_wrong_password_is_told_and_kept() {
    for sasl in [Sasl::Plain(wrong("p2")), Sasl::ScramSha256(wrong("p2")), Sasl::ScramSha512(wrong("p2"))] {
        refused_at_the_door(Listener::Sasl, (Security::Plaintext, sasl), "not-authenticated").await;
    }
}

#[tokio::test]
async fn a_user_that_does_not_exist_is_told() {
    let sasl = Sasl::ScramSha512(wrong("nobody"));
    refused_at_the_door(Listener::SaslTls, (tls("ca.pem", None), sasl), "not-authenticated").await;
}

#[tokio::test]
async fn a_certificate_of_another_authority_is_not_trusted() {
    let sasl = Sasl::Plain(credentials("p2"));
    refused_at_the_door(Listener::SaslTls, (tls("other-ca.pem", None), sasl), "unreachable").await;
}

#[tokio::test]
async fn a_listener_that_wants_credentials_gets_none() {
    refused_at_the_door(Listener::Sasl, (Security::Plaintext, Sasl::None), "unreachable").await;
}
