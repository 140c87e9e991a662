//! `/freeze` and `/unfreeze` at the console: who may, what is shown of it and to whom, and what is no freeze.

use engine::port::Clock;
use interlock::approval::State;
use interlock::cluster::Tier;
use interlock::facts::Fact;
use interlock::freeze::{Freeze, FreezeOn};
use interlock::looks::LookAnswer;
use interlock::policy::{Grantee, Names, Of, Pattern, Policy, Role};
use signalbox::clock::SystemClock;
use signalbox::desk::Done;
use signalbox::text::{Drawing, Locale, answer, console};
use simulated::demo::{PRODUCTION, STAGING};
use std::sync::Arc;
use std::time::Duration;
use story::{Setting, Story};

const RESET: &str = "/reset-offset cluster:orders-kafka group:nightly-report to:earliest";

async fn story(rules: fn(&mut Policy)) -> Story {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let fleet = simulated::demo(clock.clone()).unwrap();
    let setting = Setting { rules, ..Setting::default() };
    let clusters = [(PRODUCTION, Tier::Production), (STAGING, Tier::Staging)];
    Story::set(setting, &clusters, fleet.clusters().unwrap(), clock).await
}

async fn freezes(story: &Story, who: &str, what: &str) -> Freeze {
    match story.person(who).runs(&format!("/freeze {what} reason:\"black friday\"")).await {
        Done::Frozen(freeze) => *freeze,
        other => panic!("{who} freezes {what}: {other:?}"),
    }
}

async fn looks(story: &Story, who: &str, line: &str) -> LookAnswer {
    match story.person(who).runs(line).await {
        Done::Looked(seen) => *seen,
        other => panic!("{who}: {line}: {other:?}"),
    }
}

/// What somebody reads.
async fn reads(story: &Story, who: &str, line: &str) -> String {
    let card = answer(&story.person(who).asks(line).await, Locale::EnUs);
    console(&card, Drawing { width: 200, colour: false })
}

fn mistake(done: &Done) -> &str {
    match done {
        Done::Mistake(mistake) => &mistake.id,
        other => panic!("no mistake: {other:?}"),
    }
}

/// Freezes that stand, as `/clusters` tells of a cluster.
async fn standing(story: &Story, who: &str, cluster: &str) -> Vec<Freeze> {
    let LookAnswer::Clusters(seen) = looks(story, who, "/clusters").await else { panic!("no clusters") };
    let line = seen.clusters.into_iter().find(|line| line.name.as_str() == cluster);
    line.map_or_else(Vec::new, |line| line.freezes)
}

/// Somebody's only grant is this role, for what the change makes of its reach.
fn only(policy: &mut Policy, who: &str, role: Role, change: impl Fn(&mut interlock::policy::Reach)) {
    let is = Grantee::Person(who.parse().unwrap());
    for grant in policy.grants.0.iter_mut().filter(|grant| grant.to.contains(&is)) {
        grant.role = role;
        change(&mut grant.reach);
    }
}

#[tokio::test]
async fn a_freeze_is_shown_wherever_somebody_looks_and_on_what_waits_for_it() {
    let story = story(|_| {}).await;
    let id = story.person("alice").plans(RESET).await;
    let set = freezes(&story, "alice", "cluster:orders-kafka for:2h").await;
    assert_eq!((set.person.as_str(), set.on.to_string().as_str()), ("alice", "cluster:orders-kafka"));
    assert_eq!(set.until, set.set_at.plus(Duration::from_secs(7_200)));
    story.person("bob").approves(&id).await;
    for line in ["/clusters", "/health cluster:orders-kafka", &format!("/status operation:{id}")] {
        let read = reads(&story, "vic", line).await;
        for part in ["orders-kafka frozen until", "by alice (", "): black friday", set.id.as_str()] {
            assert!(read.contains(part), "{line} lacks {part:?}: {read}");
        }
    }
    let read = reads(&story, "vic", "/operations").await;
    assert!(read.contains("not before") && read.contains("orders-kafka is frozen"), "{read}");
    let LookAnswer::Health(other) = looks(&story, "vic", &format!("/health cluster:{STAGING}")).await else { panic!() };
    assert_eq!(other.freezes, [], "nothing of another cluster");
    assert_eq!(story.operation(&id).await.state, State::Queued);
    let lifted = reads(&story, "bob", "/unfreeze cluster:orders-kafka reason:\"it is over\"").await;
    assert!(lifted.contains("Lifted: orders-kafka frozen until"), "{lifted}");
    story.becomes(&id, State::Succeeded).await;
    assert!(!reads(&story, "vic", "/clusters").await.contains("frozen"));
}

#[tokio::test]
async fn a_freeze_of_a_tier_counts_for_its_clusters_and_no_others() {
    let story = story(|_| {}).await;
    let set = freezes(&story, "bob", "tier:production for:30d").await;
    assert_eq!(set.on, FreezeOn::Tier(Tier::Production));
    assert_eq!(standing(&story, "vic", PRODUCTION).await, std::slice::from_ref(&set));
    assert_eq!(standing(&story, "vic", STAGING).await, []);
    let id = story.person("alice").plans(RESET).await;
    story.person("bob").approves(&id).await;
    // Two at once, each by its own name.
    let second = freezes(&story, "olga", "cluster:orders-kafka for:1h").await;
    let done = story.person("bob").runs("/unfreeze cluster:orders-kafka reason:\"not that one\"").await;
    let Done::Unfrozen { freeze, still } = done else { panic!("{done:?}") };
    assert_eq!((*freeze, still), (second, vec![set.clone()]));
    let done = story.person("bob").runs("/unfreeze cluster:orders-kafka reason:\"again\"").await;
    assert_eq!(mistake(&done), "frozen-by-tier");
    assert_eq!(story.operation(&id).await.state, State::Queued);
    let done = story.person("bob").runs(&format!("/unfreeze tier:production freeze:{} reason:over", set.id)).await;
    assert!(matches!(&done, Done::Unfrozen { still, .. } if still.is_empty()), "{done:?}");
    story.becomes(&id, State::Succeeded).await;
}

/// Whoever lifts a tier reads what of it stays frozen by a freeze of its own.
#[tokio::test]
async fn what_still_stops_a_part_of_a_lifted_tier_is_said() {
    let story = story(|_| {}).await;
    freezes(&story, "bob", "tier:production for:1h").await;
    let own = freezes(&story, "olga", "cluster:orders-kafka for:2h").await;
    freezes(&story, "bob", "tier:staging for:1h").await;
    let done = story.person("bob").runs("/unfreeze tier:production reason:over").await;
    let Done::Unfrozen { freeze, still } = done else { panic!("{done:?}") };
    assert_eq!((freeze.on, still), (FreezeOn::Tier(Tier::Production), vec![own]));
}

#[tokio::test]
async fn whoever_makes_safe_freezes_and_whoever_approves_lifts() {
    let story = story(|_| {}).await;
    let everywhere = ["cluster:orders-kafka", "tier:staging"];
    for what in everywhere {
        for who in ["vic", "ada", "dora"] {
            let done = story.person(who).runs(&format!("/freeze {what} for:1h reason:why")).await;
            assert!(matches!(&done, Done::Denied(denied) if denied.id == "no-role"), "{who}: {done:?}");
        }
        for who in ["alice", "bob", "olga"] {
            freezes(&story, who, &format!("{what} for:1h")).await;
        }
        for who in ["vic", "ada", "dora", "alice", "olga"] {
            let done = story.person(who).runs(&format!("/unfreeze {what} reason:why")).await;
            let needs = |denied: &signalbox::desk::Denied| denied.needs.as_deref() == Some("approver");
            assert!(matches!(&done, Done::Denied(denied) if needs(denied)), "{who}: {done:?}");
        }
        let done = story.person("carol").runs(&format!("/unfreeze {what} reason:why")).await;
        let Done::Mistake(which) = &done else { panic!("{done:?}") };
        let Some(Fact::Names(ids)) = which.facts.get("choices") else { panic!("{which:?}") };
        assert_eq!((which.id.as_str(), ids.len()), ("which-freeze", 3));
        for id in ids {
            let lower = id.to_lowercase();
            let done = story.person("carol").runs(&format!("/unfreeze {what} freeze:{lower} reason:why")).await;
            assert!(matches!(done, Done::Unfrozen { .. }), "{done:?}");
        }
        let done = story.person("carol").runs(&format!("/unfreeze {what} reason:why")).await;
        assert_eq!(mistake(&done), "not-frozen");
    }
}

/// alice operates some topics only: she must not stop all others there.
fn alice_has_a_part(policy: &mut Policy) {
    only(policy, "alice", Role::Operator, |reach| {
        reach.names = Names::Matching(vec![Pattern::new("orders.*").unwrap()]);
    });
    only(policy, "bob", Role::Approver, |reach| reach.clusters = Of::These([PRODUCTION.parse().unwrap()].into()));
}

#[tokio::test]
async fn nobody_freezes_more_than_their_own() {
    let story = story(alice_has_a_part).await;
    for (who, what) in [
        ("alice", "cluster:orders-kafka"),
        ("alice", "tier:production"),
        ("bob", "tier:production"),
        ("bob", "tier:staging"),
    ] {
        let done = story.person(who).runs(&format!("/freeze {what} for:1h reason:why")).await;
        assert!(matches!(&done, Done::Denied(denied) if denied.id == "no-role"), "{who} {what}: {done:?}");
    }
    freezes(&story, "bob", "cluster:orders-kafka for:1h").await;
    freezes(&story, "carol", "tier:production for:1h").await;
    let done = story.person("bob").runs("/unfreeze tier:production reason:why").await;
    assert!(matches!(&done, Done::Denied(_)), "{done:?}");
}

/// vic looks at staging only, and mallory at nothing.
fn vic_sees_staging(policy: &mut Policy) {
    only(policy, "vic", Role::Approver, |reach| reach.clusters = Of::These([STAGING.parse().unwrap()].into()));
}

#[tokio::test]
async fn whoever_does_not_see_a_cluster_learns_nothing_of_its_freezes() {
    let story = story(vic_sees_staging).await;
    let answers = async |who: &str| {
        let mut all = Vec::new();
        for line in [
            "/freeze cluster:orders-kafka for:1h reason:why",
            "/unfreeze cluster:orders-kafka reason:why",
            "/unfreeze cluster:orders-kafka freeze:F7K3QD reason:why",
            "/freeze tier:production for:1h reason:why",
            "/unfreeze tier:production reason:why",
            "/clusters",
            "/operations",
            "/health cluster:orders-kafka",
        ] {
            all.push(format!("{:?}", story.person(who).runs(line).await));
        }
        all
    };
    let (vic, mallory) = (answers("vic").await, answers("mallory").await);
    for what in ["cluster:orders-kafka", "tier:production"] {
        freezes(&story, "alice", &format!("{what} for:1h")).await;
    }
    let id = story.person("alice").plans(RESET).await;
    story.person("bob").approves(&id).await;
    assert_eq!((answers("vic").await, answers("mallory").await), (vic.clone(), mallory), "the same as before");
    // And a cluster that is not there at all is answered alike.
    let absent = story.person("vic").runs("/freeze cluster:absent-kafka for:1h reason:why").await;
    assert_eq!(format!("{absent:?}").replace("absent-kafka", "orders-kafka"), vic[0]);
    assert_eq!(standing(&story, "olga", PRODUCTION).await.len(), 2, "those are there for who sees it");
}

#[tokio::test]
async fn what_is_no_freeze_is_a_mistake_and_freezes_nothing() {
    let story = story(|_| {}).await;
    let (long, longest) = ("x".repeat(201), "x".repeat(200));
    let on = "cluster:orders-kafka";
    for (line, id) in [
        (format!("{on} tier:production for:1h reason:why"), "one-of-these"),
        ("for:1h reason:why".to_owned(), "one-of-these"),
        (format!("{on} reason:why"), "one-of-these"),
        (format!("{on} for:1h until:2099-01-01T00:00Z reason:why"), "time-too-far"),
        (format!("{on} until:2099-01-01T00:00Z reason:why"), "time-too-far"),
        (format!("{on} until:2020-01-01T00:00Z reason:why"), "time-in-past"),
        (format!("{on} until:now reason:why"), "time-in-past"),
        (format!("{on} until:tomorrow reason:why"), "not-a-time"),
        (format!("{on} until:\"2026-02-30 09:00\" reason:why"), "no-such-date"),
        (format!("{on} for:31d reason:why"), "duration-too-long"),
        (format!("{on} for:59s reason:why"), "duration-too-short"),
        (format!("{on} for:0h reason:why"), "not-a-duration"),
        (format!("{on} for:1h"), "missing-option"),
        (format!("{on} for:1h reason:\"\""), "empty"),
        (format!("{on} for:1h reason:\"   \""), "empty"),
        (format!("{on} for:1h reason:{long}"), "text-too-long"),
        ("cluster:nowhere for:1h reason:why".to_owned(), "unknown-cluster"),
        ("tier:gold for:1h reason:why".to_owned(), "not-a-choice"),
    ] {
        let done = story.person("alice").runs(&format!("/freeze {line}")).await;
        assert_eq!(mistake(&done), id, "{line}");
    }
    for (line, id) in [
        (format!("{on} tier:production reason:why"), "one-of-these"),
        ("reason:why".to_owned(), "one-of-these"),
        (on.to_owned(), "missing-option"),
        (format!("{on} reason:\" \""), "empty"),
        (format!("{on} freeze:nonsense reason:why"), "text-too-long"),
        (format!("{on} freeze:1 reason:why"), "not-frozen"),
        (format!("{on} freeze:F7K3QD reason:why"), "not-frozen"),
    ] {
        let done = story.person("bob").runs(&format!("/unfreeze {line}")).await;
        assert_eq!(mistake(&done), id, "{line}");
    }
    assert_eq!(standing(&story, "vic", PRODUCTION).await, []);
    let tomorrow = story.house().rooms().clock.now().plus(Duration::from_secs(86_400));
    let local = tomorrow.to_string().replace('T', " ")[..16].to_owned();
    let both = format!("/freeze {on} until:\"{local}\" for:1h reason:why");
    assert_eq!(mistake(&story.person("alice").runs(&both).await), "one-of-these");
    let done = story.person("alice").runs(&format!("/freeze {on} until:\"{local}\" reason:{longest}")).await;
    let Done::Frozen(freeze) = done else { panic!("{done:?}") };
    assert_eq!(freeze.until.to_string()[..16], local.replace(' ', "T"), "in the zone of the settings");
    let most = interlock::freeze::MOST_FREEZES;
    for _ in 1..most {
        freezes(&story, "alice", &format!("{on} for:1h")).await;
    }
    let done = story.person("alice").runs(&format!("/freeze {on} for:1h reason:why")).await;
    assert_eq!(mistake(&done), "too-many-freezes");
}
