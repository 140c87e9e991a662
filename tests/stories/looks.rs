//! What only reads, asked by people with and without rights, about things that are there and things that are not.

use interlock::approval::State;
use interlock::cluster::kafka::GroupState;
use interlock::facts::Fact;
use interlock::id::ClusterName;
use interlock::looks::{AuditPage, AuditVerified, Counts, Grade, Help, LookAnswer};
use interlock::plan::{Mistake, Seat};
use signalbox::desk::Done;
use simulated::{SimulatedKafka, Trouble};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use story::Story;

const SOON: Duration = Duration::from_secs(120);

fn looked(done: Done) -> LookAnswer {
    match done {
        Done::Looked(answer) => *answer,
        other => panic!("no look: {other:?}"),
    }
}

fn mistaken(done: Done) -> Mistake {
    match done {
        Done::Mistake(mistake) => mistake,
        other => panic!("no mistake: {other:?}"),
    }
}

fn names(mistake: &Mistake, fact: &str) -> Vec<String> {
    match mistake.facts.get(fact) {
        Some(Fact::Names(names)) => names.clone(),
        _ => Vec::new(),
    }
}

async fn story() -> (Story, SimulatedKafka) {
    let (story, fleet) = Story::on_simulated().await;
    let name: ClusterName = simulated::demo::PRODUCTION.parse().expect("a cluster's name");
    let kafka = fleet.kafka(&name);
    story.house().desk().refresh_directory().await;
    (story, kafka)
}

#[tokio::test]
async fn help_and_whoami_are_for_everybody_and_show_what_one_may() {
    let (story, _kafka) = story().await;
    let commands = |answer: LookAnswer| match answer {
        LookAnswer::Help(Help::List(pages)) => pages.into_iter().map(|page| page.name).collect::<Vec<_>>(),
        other => panic!("no list: {other:?}"),
    };
    let of_mallory = commands(looked(story.person("mallory").runs("/help").await));
    assert_eq!(of_mallory, ["help", "whoami"]);
    let of_alice = commands(looked(story.person("alice").runs("/help").await));
    assert!(of_alice.iter().any(|name| name == "reset-offset") && !of_alice.iter().any(|name| name == "audit"));
    let one = looked(story.person("mallory").runs("/help command:reset-offset").await);
    let LookAnswer::Help(Help::Command(page)) = one else { panic!("no page: {one:?}") };
    assert!(page.options.iter().any(|option| option.name == "to" && option.required) && page.role == "operator");
    let LookAnswer::WhoAmI(dora) = looked(story.person("dora").runs("/whoami").await) else { panic!("not who") };
    assert_eq!((dora.person.as_str(), dora.roles.join(" ")), ("dora", "viewer".to_owned()));
    assert_eq!(dora.owns, ["orders.*", "billing.*"]);
    let LookAnswer::WhoAmI(mallory) = looked(story.person("mallory").runs("/whoami").await) else { panic!("not who") };
    assert!(mallory.roles.is_empty() && mallory.clusters.is_empty());
}

#[tokio::test]
async fn a_viewer_sees_clusters_topics_groups_and_lag() {
    let (story, _kafka) = story().await;
    let vic = story.person("vic");
    let LookAnswer::Clusters(all) = looked(vic.runs("/clusters").await) else { panic!("no clusters") };
    let seen: Vec<&str> = all.clusters.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(seen, ["orders-kafka", "staging-kafka"]);
    let three = |counts: &Counts| matches!(counts, Counts::Kafka(counts) if counts.brokers == 3);
    assert!(all.clusters.iter().all(|one| one.counts.known().is_some_and(three)));

    let LookAnswer::Topic(topic) = looked(vic.runs("/topic topic:orders cluster:orders-kafka").await) else {
        panic!("no topic")
    };
    assert_eq!(topic.partitions.len(), 12);
    assert!(topic.partitions.iter().all(|one| one.range.is_some_and(|(start, end)| start < end)));

    let LookAnswer::Group(group) = looked(vic.runs("/group group:billing cluster:orders-kafka").await) else {
        panic!("no group")
    };
    let mut clients: Vec<&str> = group.members.iter().map(|member| member.client_id.as_str()).collect();
    clients.sort_unstable();
    assert_eq!((group.state, clients), (GroupState::Stable, vec!["billing-1", "billing-2", "billing-3"]));

    let LookAnswer::Lag(lag) = looked(vic.runs("/lag group:nightly-report topic:orders cluster:orders-kafka").await)
    else {
        panic!("no lag")
    };
    let sum: i64 = lag.group.partitions.iter().filter_map(|one| one.lag).sum();
    assert!(lag.group.total > 0 && lag.group.total == sum, "{:?}", lag.group);

    let LookAnswer::Health(well) = looked(vic.runs("/health cluster:orders-kafka").await) else { panic!("no health") };
    assert!(well.grade == Grade::Healthy && well.brokers.len() == 3 && well.under_replicated == 0, "{well:?}");
}

#[tokio::test]
async fn operations_and_status_are_told_to_those_who_may_see_them() {
    let (story, _kafka) = story().await;
    let id = story.person("alice").plans("/reset-offset cluster:orders-kafka group:nightly-report to:earliest").await;
    for (name, waits) in [("bob", true), ("alice", false), ("vic", false)] {
        let LookAnswer::Operations(list) = looked(story.person(name).runs("/operations").await) else {
            panic!("no operations")
        };
        let (mine, others) = (&list.waiting_for_me, &list.others);
        assert_eq!((mine.len(), others.len()), if waits { (1, 0) } else { (0, 1) }, "{name}: {list:?}");
    }
    let LookAnswer::Status(status) = looked(story.person("vic").runs(&format!("/status operation:{id}")).await) else {
        panic!("no status")
    };
    assert_eq!(status.digest, story.plan(&id).await.digest().to_string());
    assert!(status.steps.len() == 1 && !status.steps[0].done && status.line.expires_at.is_some());
    let unknown = mistaken(story.person("vic").runs("/status operation:AAAAAA").await);
    assert_eq!(unknown.id, "unknown-operation");
}

#[tokio::test]
async fn status_shows_votes_and_open_seats_before_the_start() {
    let (story, _kafka) = story().await;
    let line = "/reset-offset cluster:orders-kafka group:billing to:earliest wait-for-stop:30m";
    let id = story.person("alice").plans(line).await;
    let seen = async || {
        let LookAnswer::Status(status) = looked(story.person("vic").runs(&format!("/status operation:{id}")).await)
        else {
            panic!("no status")
        };
        (status.seats, status.tally.seats)
    };
    let (seats, filled) = seen().await;
    assert!(matches!(seats.as_slice(), [Seat::Approver, Seat::Owner { .. }]), "{seats:?}");
    assert_eq!(filled, [None, None]);
    story.person("bob").approves(&id).await;
    assert_eq!(seen().await.1, [Some("bob".parse().unwrap()), None]);
    story.person("dora").approves(&id).await;
    story.becomes(&id, State::Waiting).await;
    assert_eq!(seen().await.1, [Some("bob".parse().unwrap()), Some("dora".parse().unwrap())]);
}

#[tokio::test]
async fn auditors_read_the_log_and_others_do_not() {
    let (story, _kafka) = story().await;
    let id = story.person("alice").plans("/reset-offset cluster:orders-kafka group:nightly-report to:earliest").await;
    let ada = story.person("ada");
    let LookAnswer::AuditPage(page) = looked(ada.runs(&format!("/audit operation:{id}")).await) else {
        panic!("no page")
    };
    assert!(page.entries.iter().any(|entry| entry.what == "planned" && entry.who == "alice"), "{page:?}");
    assert!(page.entries.iter().all(|entry| entry.operation.as_ref() == Some(&id)));
    let LookAnswer::AuditVerified(found) = looked(ada.runs("/audit action:verify").await) else { panic!("no verdict") };
    assert!(matches!(found, AuditVerified::Whole { entries, compared: None, .. } if entries > 0), "{found:?}");
    for name in ["alice", "bob", "vic", "mallory"] {
        let Done::Denied(denied) = story.person(name).runs("/audit").await else { panic!("{name} read the log") };
        assert_eq!((denied.id, denied.needs.as_deref()), ("no-role", Some("auditor")));
    }
}

#[tokio::test]
async fn the_log_is_searched_by_person_text_and_time_and_nothing_is_ignored() {
    let (story, _kafka) = story().await;
    let line = "/reset-offset cluster:orders-kafka group:nightly-report to:earliest reason:\"a \\\"Quoted\\\" word\"";
    let id = story.person("alice").plans(line).await;
    story.person("bob").runs("/whoami").await;
    let ada = story.person("ada");
    let search = async |options: &str| {
        let LookAnswer::AuditPage(page) = looked(ada.runs(&format!("/audit {options}")).await) else {
            panic!("no page")
        };
        page
    };
    let who = |page: &AuditPage| page.entries.iter().map(|entry| entry.who.clone()).collect::<BTreeSet<_>>();
    // A record may be written a moment after its answer, and what was asked before it is written before it.
    let began = Instant::now();
    while search("person:bob").await.entries.is_empty() {
        assert!(began.elapsed() < SOON, "what bob asked is never recorded");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(who(&search("person:bob").await), BTreeSet::from(["bob".to_owned()]));
    assert!(search("person:nobody").await.entries.is_empty());
    let found = search("text:\"a \\\"quoted\\\" WORD\" person:alice").await;
    assert!(
        !found.entries.is_empty() && found.entries.iter().all(|one| one.operation.as_ref() == Some(&id)),
        "{found:?}"
    );
    assert!(search("text:nowhere-to-be-found").await.entries.is_empty());
    assert!(!search("since:1h").await.entries.is_empty());
    assert_eq!(search("since:1h").await.unsearched_before, None, "it saw the whole log");
    for option in [format!("operation:{id}"), "person:bob".to_owned(), "text:x".to_owned(), "since:1h".to_owned()] {
        let mistake = mistaken(ada.runs(&format!("/audit action:verify {option}")).await);
        assert_eq!(mistake.id, "not-for-verify", "{option}");
    }
    assert_eq!(mistaken(ada.runs("/audit action:export").await).id, "not-a-choice");
}

#[tokio::test]
async fn a_search_that_stops_says_where() {
    let (story, _kafka) = story().await;
    let record = engine::Record {
        what: "noise".to_owned(),
        actor: engine::Actor::Engine,
        operation: None,
        request: None,
        digest: None,
        facts: interlock::facts::Facts::none(),
    };
    story.house().rooms().store.append_looks(vec![record; 10_400]).await.unwrap();
    let LookAnswer::AuditPage(page) = looked(story.person("ada").runs("/audit text:nowhere").await) else { panic!() };
    assert!(page.entries.is_empty() && page.unsearched_before.is_some_and(|seq| seq > 1 && seq <= 401), "{page:?}");
    let LookAnswer::AuditPage(page) = looked(story.person("ada").runs("/audit text:noise").await) else { panic!() };
    assert!(page.entries.len() == 20 && page.left_out > 0 && page.unsearched_before.is_some(), "{page:?}");
}

#[tokio::test]
async fn who_has_no_role_gets_an_answer_and_learns_nothing() {
    let (story, _kafka) = story().await;
    let mallory = story.person("mallory");
    for line in [
        "/clusters",
        "/health cluster:orders-kafka",
        "/health cluster:no-such-cluster",
        "/topic topic:orders cluster:orders-kafka",
        "/group group:billing cluster:orders-kafka",
        "/lag group:billing cluster:orders-kafka",
        "/operations",
        "/reset-offset group:nightly-report to:earliest cluster:orders-kafka",
        "/stop operation:AAAAAA",
    ] {
        let done = mallory.runs(line).await;
        let Done::Denied(denied) = &done else { panic!("{line}: {done:?}") };
        assert_eq!(denied.id, "no-role", "{line}");
    }
    let done = story.person("vic").runs("/reset-offset group:nightly-report to:earliest cluster:orders-kafka").await;
    assert!(matches!(&done, Done::Denied(denied) if denied.needs.as_deref() == Some("operator")), "{done:?}");
}

#[tokio::test]
async fn what_is_not_there_is_named_with_what_was_meant() {
    let (story, _kafka) = story().await;
    let alice = story.person("alice");
    for (line, id, fact, meant) in [
        ("/health cluster:order-kafka", "unknown-cluster", "did-you-mean", "orders-kafka"),
        ("/topic topic:ordes cluster:orders-kafka", "unknown-topic", "suggestions", "orders"),
        ("/group group:biling cluster:orders-kafka", "unknown-group", "suggestions", "billing"),
        ("/lag group:biling cluster:orders-kafka", "unknown-group", "suggestions", "billing"),
        (
            "/reset-offset group:nightly-reprot to:earliest cluster:orders-kafka",
            "unknown-group",
            "suggestions",
            "nightly-report",
        ),
        (
            "/reset-offset group:nightly-report topic:ordes to:earliest cluster:orders-kafka",
            "unknown-topic",
            "suggestions",
            "orders",
        ),
    ] {
        let mistake = mistaken(alice.runs(line).await);
        assert_eq!(mistake.id, id, "{line}: {mistake:?}");
        assert!(names(&mistake, fact).iter().any(|name| name == meant), "{line}: {mistake:?}");
    }
}

#[tokio::test]
async fn hostile_names_get_an_answer_and_change_nothing() {
    let (story, kafka) = story().await;
    let alice = story.person("alice");
    let long = "x".repeat(300);
    for name in ["<@&42>", "@everyone", "**bold**", "消费组", "bi\u{200b}lling", "bіlling", long.as_str()] {
        for line in [
            format!("/group cluster:orders-kafka group:\"{name}\""),
            format!("/topic cluster:orders-kafka topic:\"{name}\""),
            format!("/reset-offset cluster:orders-kafka group:\"{name}\" to:earliest"),
            format!("/health cluster:\"{name}\""),
        ] {
            let done = alice.runs(&line).await;
            assert!(matches!(done, Done::Mistake(_)), "{line}: {done:?}");
        }
    }
    assert!(kafka.acts().expect("the broker's books").is_empty());
}

#[tokio::test]
async fn times_that_cannot_be_meant_are_refused() {
    let (story, _kafka) = story().await;
    let alice = story.person("alice");
    for (to, id) in [
        ("yesterday", "not-a-time"),
        ("2099-01-01T00:00:00Z", "time-in-future"),
        ("2026-02-30T00:00:00Z", "no-such-date"),
        ("\"2025-10-26 02:30 Europe/Berlin\"", "time-exists-twice"),
        ("\"2026-03-29 02:30 Europe/Berlin\"", "time-does-not-exist"),
        ("\"2026-01-01 00:00 CST\"", "unknown-zone"),
        ("offset:-1", "not-an-offset"),
        ("1700000000", "bare-number"),
    ] {
        let line = format!("/reset-offset cluster:orders-kafka group:nightly-report to:{to}");
        let mistake = mistaken(alice.runs(&line).await);
        assert_eq!(mistake.id, id, "{to}: {mistake:?}");
    }
}

#[tokio::test]
async fn a_time_before_the_log_is_clamped_and_said_so() {
    let (story, _kafka) = story().await;
    let line = "/reset-offset cluster:orders-kafka group:nightly-report topic:orders to:2001-01-01T00:00:00Z";
    let id = story.person("alice").plans(line).await;
    let plan = story.plan(&id).await;
    let check = plan.plan().checks.iter().find(|check| check.id == "time-before-log-start");
    assert!(check.is_some_and(|check| !check.blocks()), "{:?}", plan.plan().checks);
}

#[tokio::test]
async fn what_is_missing_or_not_built_is_named() {
    let (story, _kafka) = story().await;
    let alice = story.person("alice");
    let without_cluster = mistaken(alice.runs("/health").await);
    assert_eq!(without_cluster.id, "missing-option");
    assert_eq!(names(&without_cluster, "choices"), ["orders-kafka", "staging-kafka"]);
    let without_to = mistaken(alice.runs("/reset-offset cluster:orders-kafka group:billing").await);
    assert_eq!((without_to.id.as_str(), without_to.facts.get("option")), ("missing-option", Some(&Fact::from("to"))));
    let active = alice.runs("/reset-offset cluster:orders-kafka group:billing to:earliest").await;
    let Done::Refused(checks) = active else { panic!("an active group: {active:?}") };
    assert!(checks.iter().any(|check| check.id == "group-inactive" && check.blocks()), "{checks:?}");
    let windowed = interlock::command::parse_line(
        &story.house().rooms().catalogue,
        "/reset-offset group:billing to:earliest window:22:00",
    );
    assert_eq!(windowed.expect_err("not built").id, "not-built-yet");
}

#[tokio::test]
async fn a_cluster_in_trouble_is_told_and_the_other_one_answers() {
    let (story, kafka) = story().await;
    let vic = story.person("vic");
    for (trouble, id) in [
        (Trouble::Down, "cluster-unreachable"),
        (Trouble::Garbage, "cluster-garbage"),
        (Trouble::NotAuthenticated, "cluster-not-authenticated"),
    ] {
        kafka.trouble(Some(trouble)).expect("trouble");
        let done = vic.runs("/health cluster:orders-kafka").await;
        assert!(matches!(&done, Done::Failed { id: told, .. } if told == id), "{id}: {done:?}");
        let refused =
            story.person("alice").runs("/reset-offset cluster:orders-kafka group:nightly-report to:earliest").await;
        assert!(
            matches!(&refused, Done::Refused(checks) if checks.iter().any(|check| check.id == "cannot-verify" && check.blocks())),
            "{id}: {refused:?}"
        );
        let LookAnswer::Clusters(all) = looked(vic.runs("/clusters").await) else { panic!("no clusters") };
        let known: Vec<bool> = all.clusters.iter().map(|one| one.counts.known().is_some()).collect();
        assert_eq!(known, [false, true], "{id}");
    }
    kafka.trouble(None).expect("no trouble");
    assert!(matches!(vic.runs("/health cluster:orders-kafka").await, Done::Looked(_)));
}
