//! People who see a part: what they are told of the rest, which is nothing, and what they may do with their part.

use engine::port::Clock;
use interlock::approval::State;
use interlock::cluster::Tier;
use interlock::cluster::kafka::{FOLLOWER_LIST, Right};
use interlock::looks::{LookAnswer, OperationsList};
use interlock::policy::{Grantee, Names, Pattern, Policy};
use signalbox::clock::SystemClock;
use signalbox::desk::{Denied, Done};
use simulated::SimulatedKafka;
use simulated::demo::PRODUCTION;
use std::sync::Arc;
use story::{Setting, Story};

/// The group has offsets in `orders` and in `refunds`.
const RESET: &str = "/reset-offset cluster:orders-kafka group:nightly-report to:earliest";

async fn story(rules: fn(&mut Policy)) -> (Story, SimulatedKafka) {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let fleet = simulated::demo(clock.clone()).unwrap();
    let kafka = fleet.kafka(&PRODUCTION.parse().unwrap());
    let setting = Setting { rules, ..Setting::default() };
    (Story::set(setting, &[(PRODUCTION, Tier::Production)], fleet.clusters().unwrap(), clock).await, kafka)
}

fn is(name: &str) -> Grantee {
    Grantee::Person(name.parse().unwrap())
}

/// alice operates `orders` and the group, and nothing else.
fn alice_sees_a_part(policy: &mut Policy) {
    let names = ["orders", "nightly-report"].map(|source| Pattern::new(source).unwrap());
    for grant in policy.grants.0.iter_mut().filter(|grant| grant.to.contains(&is("alice"))) {
        grant.reach.names = Names::Matching(names.to_vec());
    }
}

fn dora_has_no_grant(policy: &mut Policy) {
    policy.grants.0.retain(|grant| !grant.to.contains(&is("dora")));
}

fn dora_has_nothing(policy: &mut Policy) {
    dora_has_no_grant(policy);
    policy.owners.0.clear();
}

fn beyond_sight(done: &Done) -> bool {
    let is_beyond = matches!(done, Done::Denied(Denied { id: "beyond-sight" | "beyond-sight-of-list", needs: None }));
    is_beyond && !format!("{done:?}").contains("refunds")
}

async fn listed(story: &Story, who: &str, line: &str) -> OperationsList {
    match story.person(who).runs(line).await {
        Done::Looked(answer) => match *answer {
            LookAnswer::Operations(list) => list,
            other => panic!("{who}: {other:?}"),
        },
        other => panic!("{who}: {other:?}"),
    }
}

#[tokio::test]
async fn a_refusal_over_what_one_may_not_see_names_nothing_of_it() {
    let (story, kafka) = story(alice_sees_a_part).await;
    kafka.revoke_on_topic(&"refunds".parse().unwrap(), Right::Read).unwrap();
    // Who sees everything is told what is wrong, and where.
    let whole = story.person("olga").runs(RESET).await;
    assert!(matches!(&whole, Done::Refused(_)) && format!("{whole:?}").contains("refunds"), "{whole:?}");
    for dry in ["", " dry-run:true"] {
        let part = story.person("alice").runs(&format!("{RESET}{dry}")).await;
        assert!(beyond_sight(&part), "{part:?}");
    }
    story.person("alice").plans(&format!("{RESET} topic:orders")).await;
}

#[tokio::test]
async fn a_plan_over_what_one_may_not_see_is_not_made_and_names_nothing_of_it() {
    let (story, kafka) = story(alice_sees_a_part).await;
    for dry in ["", " dry-run:true"] {
        let part = story.person("alice").runs(&format!("{RESET}{dry}")).await;
        assert!(beyond_sight(&part), "{part:?}");
    }
    assert!(listed(&story, "olga", "/operations").await.others.is_empty(), "nothing was made");
    // What concerns only the part is told as it is.
    kafka.revoke_on_topic(&"orders".parse().unwrap(), Right::Read).unwrap();
    let own = story.person("alice").runs(&format!("{RESET} topic:orders")).await;
    assert!(matches!(&own, Done::Refused(checks) if checks.iter().any(|check| check.id == "missing-right")), "{own:?}");
    story.person("olga").plans(&format!("{RESET} topic:refunds")).await;
}

/// A move of one's own topic warns of a throttle that somebody left on another one, and that has a name.
#[tokio::test]
async fn a_warning_over_what_one_may_not_see_names_nothing_of_it() {
    let (story, kafka) = story(alice_sees_a_part).await;
    kafka.add_broker(4, Some("az-d")).unwrap();
    let asked = "/scale-out cluster:orders-kafka brokers:4 topics:orders throttle:100MiB reason:growth dry-run:true";
    let own = story.person("alice").runs(asked).await;
    assert!(matches!(own, Done::DryRun(_)), "{own:?}");
    kafka.set_topic_config(&"refunds".parse().unwrap(), FOLLOWER_LIST, Some("0:1")).unwrap();
    let part = story.person("alice").runs(asked).await;
    assert!(beyond_sight(&part), "{part:?}");
    let whole = story.person("olga").runs(asked).await;
    assert!(matches!(&whole, Done::DryRun(plan) if plan.bytes().contains("refunds")), "{whole:?}");
}

/// sixty newer operations that alice may not see stand before the one she may.
#[tokio::test]
async fn what_one_may_see_is_found_behind_what_one_may_not() {
    let (story, _kafka) = story(alice_sees_a_part).await;
    let own = story.person("alice").plans(&format!("{RESET} topic:orders")).await;
    for _ in 0..60 {
        story.person("olga").plans(&format!("{RESET} topic:refunds")).await;
    }
    let of_alice = listed(&story, "alice", "/operations").await;
    let shown: Vec<_> = of_alice.others.iter().map(|line| &line.operation).collect();
    assert_eq!((shown, of_alice.left_out, of_alice.is_cut), (vec![&own], 0, false));

    // bob could fill a seat of each: the oldest are not looked at, and that is said.
    let of_bob = listed(&story, "bob", "/operations").await;
    assert_eq!((of_bob.waiting_for_me.len(), of_bob.left_out, of_bob.is_cut), (25, 25, true));
    assert!(of_bob.others.is_empty());
    // What waits is found although newer ones do not.
    let of_carol = listed(&story, "carol", "/operations show:mine").await;
    assert!(of_carol.waiting_for_me.is_empty() && of_carol.others.is_empty() && !of_carol.is_cut);
}

#[tokio::test]
async fn what_waits_for_one_is_found_behind_what_has_ended() {
    let (story, _kafka) = story(|_| {}).await;
    let waiting = story.person("alice").plans(&format!("{RESET} topic:orders")).await;
    for _ in 0..30 {
        let id = story.person("alice").plans(&format!("{RESET} topic:refunds")).await;
        story.person("alice").runs(&format!("/reject operation:{id}")).await;
    }
    let list = listed(&story, "bob", "/operations").await;
    let found: Vec<_> = list.waiting_for_me.iter().map(|line| &line.operation).collect();
    assert_eq!((found, list.others.len(), list.left_out), (vec![&waiting], 25, 5));
}

#[tokio::test]
async fn an_owner_without_a_grant_sees_votes_and_stops_like_by_reaction() {
    let line = "/reset-offset cluster:orders-kafka group:billing to:earliest wait-for-stop:30m";
    let (story, _kafka) = story(dora_has_no_grant).await;
    let id = story.person("alice").plans(line).await;
    // The plan concerns `payments` too, which is not hers; her seat is.
    let list = listed(&story, "dora", "/operations").await;
    assert_eq!(list.waiting_for_me.iter().map(|line| &line.operation).collect::<Vec<_>>(), [&id]);
    let counted = story.person("dora").approves(&id).await;
    assert!(matches!(&counted, Done::Controlled { what: "vote-counted", .. }), "{counted:?}");
    let status = story.person("dora").runs(&format!("/status operation:{id}")).await;
    assert!(format!("{status:?}").contains("dora"), "her vote is shown: {status:?}");
    let foreign = story.person("dora").runs("/topic cluster:orders-kafka topic:payments").await;
    assert!(matches!(&foreign, Done::Denied(denied) if denied.id == "no-role"), "{foreign:?}");
    story.person("bob").approves(&id).await;
    story.becomes(&id, State::Waiting).await;
    let stopped = story.person("dora").runs(&format!("/stop operation:{id}")).await;
    assert!(matches!(&stopped, Done::Controlled { what: "stop-asked", .. }), "{stopped:?}");
    let changes = story.person("dora").runs(line).await;
    assert!(matches!(&changes, Done::Denied(denied) if denied.needs.as_deref() == Some("operator")), "{changes:?}");
}

#[tokio::test]
async fn who_owns_nothing_and_has_no_grant_sees_nothing() {
    let (story, _kafka) = story(dora_has_nothing).await;
    let id = story.person("alice").plans(RESET).await;
    for line in [format!("/status operation:{id}"), format!("/reject operation:{id}"), "/operations".to_owned()] {
        let done = story.person("dora").runs(&line).await;
        assert!(matches!(&done, Done::Denied(denied) if denied.id == "no-role"), "{line}: {done:?}");
    }
    assert_eq!(story.operation(&id).await.state, State::AwaitingApproval);
}

/// What is owed on a topic has the topic's name.
#[tokio::test]
async fn what_is_owed_on_a_topic_that_one_may_not_see_is_not_told() {
    let (story, kafka) = story(alice_sees_a_part).await;
    kafka.add_broker(4, Some("az-d")).unwrap();
    let line = "/scale-out cluster:orders-kafka brokers:4 topics:payments throttle:1MiB reason:growth";
    let id = story.person("olga").plans(line).await;
    for who in ["bob", "carol"] {
        story.person(who).approves(&id).await;
    }
    story.becomes(&id, State::Waiting).await;
    kafka.revoke_on_topic(&"payments".parse().unwrap(), Right::AlterConfigs).unwrap();
    story.person("olga").runs(&format!("/stop operation:{id} reason:enough")).await;
    story.becomes(&id, State::Stopped).await;
    let owed = async |who: &str| match story.person(who).runs("/health cluster:orders-kafka").await {
        Done::Looked(answer) => match *answer {
            LookAnswer::Health(health) => health.obligations.into_iter().map(|one| one.thing).collect::<Vec<_>>(),
            other => panic!("{who}: {other:?}"),
        },
        other => panic!("{who}: {other:?}"),
    };
    assert_eq!(owed("olga").await, ["topic payments"]);
    assert_eq!(owed("alice").await, [""; 0]);
}
