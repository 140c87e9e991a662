//! Broken glass: empty seats are skipped, who is at work on the same thing pauses first, and people are told until somebody else
//! has reviewed it.

use super::{RESET, Scene, comes_to, ends, now, plans, says, tells, votes, works};
use engine::port::Journal;
use engine::{Entry, Notice, Operation, PAUSED_BY_GLASS, Stream, glass_plan_gone};
use interlock::approval::State;
use interlock::cluster::kafka::Committed;
use interlock::id::{GroupId, OperationId, TopicName};
use interlock::looks::LookAnswer;
use interlock::plan::Level;
use signalbox::desk::Done;
use signalbox::house::House;
use signalbox::store::Taker;
use signalbox::store::audit::{AuditFilter, AuditPage};
use simulated::{GroupSpec, Member};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use story::crash::{Deed, PaperChat, Point, Points, Settled, TOPIC, ask, vanish};
use tokio::sync::Notify;

const HOUR: Duration = Duration::from_secs(3_600);
/// Waits for its group to stop, which it does not do.
const WAITING: &str =
    "/reset-offset cluster:orders-kafka group:billing-busy topic:orders to:earliest wait-for-stop:6h reason:replay";
const OTHER: &str =
    "/reset-offset cluster:orders-kafka group:billing-busy topic:orders to:latest wait-for-stop:6h reason:urgent";

/// Somebody plans, and the plan is told.
async fn asks(house: &House, who: &str, line: &str) -> OperationId {
    let id = match ask(house, who, line).await {
        Done::Planned { operation, .. } => operation,
        other => panic!("{who}: {line}: {other:?}"),
    };
    tells(house).await;
    id
}

/// The line that breaks the glass of the plan that counts.
async fn breaking(house: &House, id: &OperationId) -> String {
    let operation = now(house, id).await;
    let plan = house.rooms().store.plan(&operation).await.expect("the plan");
    let name = plan.plan().name_to_repeat();
    format!("/break-glass operation:{id} digest:{} reason:\"payments stand still\" confirm:{name}", plan.digest())
}

async fn breaks(house: &House, id: &OperationId) {
    let line = breaking(house, id).await;
    assert_eq!(says(house, "olga", &line).await, "glass-broken");
}

/// alice's reset waits for its group to stop.
async fn at_work(scene: &Scene, house: &House) -> OperationId {
    let (group, topic): (GroupId, TopicName) = ("billing-busy".parse().unwrap(), TOPIC.parse().unwrap());
    let spec = GroupSpec::new(group.clone()).committed(topic, 0, Committed::plain(1));
    scene.kafka.add_group(&spec).unwrap();
    scene.kafka.join(&group, Member::new("busy-1", "/10.0.9.1")).unwrap();
    let id = plans(house, WAITING).await;
    for who in ["bob", "dora"] {
        votes(house, who, &id).await;
    }
    comes_to(house, &id, State::Waiting).await;
    id
}

async fn looks(scene: &Scene, house: &House, times: u32) {
    for _ in 0..times {
        works(house).await;
        tells(house).await;
        scene.passes(Duration::from_secs(6)).await;
    }
}

fn told(scene: &Scene, part: &str) -> usize {
    PaperChat::posted(&scene.ground.chat_file()).iter().filter(|line| line.contains(part)).count()
}

async fn logged(house: &House, id: &OperationId) -> Vec<String> {
    let filter = AuditFilter { operation: Some(id.clone()), ..AuditFilter::default() };
    let page = AuditPage { before: None, limit: 400 };
    let all = house.rooms().store.audit_search(&filter, page).await.expect("the store answers");
    all.into_iter().rev().map(|one| one.record.what).collect()
}

/// How often people were told that nobody has reviewed it.
async fn nagged(house: &House, id: &OperationId) -> usize {
    logged(house, id).await.into_iter().filter(|what| what == "review-open").count()
}

#[tokio::test]
async fn empty_seats_are_skipped_and_the_start_says_by_whom() {
    let scene = Scene::new();
    let house = scene.house().await;
    let id = plans(&house, RESET).await;
    looks(&scene, &house, 3).await;
    assert_eq!(now(&house, &id).await.state, State::AwaitingApproval, "without it nothing starts");
    breaks(&house, &id).await;
    comes_to(&house, &id, State::Succeeded).await;
    assert_eq!(told(&scene, "Votes that were missing here were skipped: olga broke the glass"), 1);
    let entries = house.rooms().store.entries(&id).await.unwrap();
    let Some(Entry::Started(record)) = entries.first() else { panic!("{entries:?}") };
    assert_eq!((record.seats.len(), record.broken.as_ref().map(|who| who.as_str())), (0, Some("olga")));
    let log = logged(&house, &id).await;
    for what in ["glass-broken", "approve", "start", "finish"] {
        assert!(log.iter().any(|one| one == what), "{what}: {log:?}");
    }
}

#[tokio::test]
async fn only_who_is_on_call_plans_on_what_is_held_and_what_runs_there_is_paused_first() {
    let scene = Scene::new();
    let house = scene.house().await;
    let holder = at_work(&scene, &house).await;
    let refused = ask(&house, "alice", OTHER).await;
    let held = |checks: &[interlock::plan::Check]| checks.iter().any(|check| check.id == "held-by-other");
    assert!(matches!(&refused, Done::Refused(checks) if held(checks)), "{refused:?}");
    let id = asks(&house, "olga", OTHER).await;
    let plan = house.rooms().store.plan(&now(&house, &id).await).await.unwrap();
    let checks = &plan.plan().checks;
    let warned = checks.iter().find(|check| check.id == "held-by-running").expect("it says who is at work there");
    assert_eq!((warned.level, warned.facts.get("operation")), (Level::Warn, Some(&holder.as_str().into())));
    assert!(!checks.iter().any(|check| check.id == "not-held"));

    breaks(&house, &id).await;
    assert_eq!(now(&house, &id).await.state, State::Queued);
    let paused = comes_to(&house, &holder, State::Paused).await;
    assert_eq!(paused.why.id, "paused-for-break-glass");
    assert_eq!(paused.why.facts.get("by"), Some(&"olga".into()));
    assert_eq!(paused.why.facts.get("operation"), Some(&id.as_str().into()));
    looks(&scene, &house, 5).await;
    assert_eq!(now(&house, &id).await.state, State::Queued, "two never share a thing");

    // What may be done yet is not reviewed.
    let review = format!("/break-glass operation:{id} review:\"it was right\"");
    let early = ask(&house, "bob", &review).await;
    assert!(matches!(&early, Done::Mistake(mistake) if mistake.id == "not-possible-now"), "{early:?}");

    // It is paused as by a guard: who asked for it does not let it go on alone.
    let own = ask(&house, "alice", &format!("/resume operation:{holder}")).await;
    assert!(matches!(&own, Done::Denied(denied) if denied.id == "another-person"), "{own:?}");
    says(&house, "olga", &format!("/resume operation:{holder}")).await;
    looks(&scene, &house, 5).await;
    let resumed = now(&house, &holder).await.state;
    assert_eq!(
        (resumed, now(&house, &id).await.state),
        (State::Waiting, State::Queued),
        "nobody overrules who resumed it"
    );
    says(&house, "alice", &format!("/stop operation:{holder}")).await;
    comes_to(&house, &holder, State::Stopped).await;
    comes_to(&house, &id, State::Waiting).await;
    assert_eq!(says(&house, "bob", &review).await, "review-closed");
    let log = logged(&house, &holder).await;
    assert_eq!(log.iter().filter(|what| *what == "pause").count(), 1, "{log:?}");
}

#[tokio::test]
async fn with_votes_alone_nobody_is_paused() {
    let scene = Scene::new();
    let house = scene.house().await;
    let holder = at_work(&scene, &house).await;
    let id = asks(&house, "olga", OTHER).await;
    for who in ["bob", "dora"] {
        votes(&house, who, &id).await;
    }
    looks(&scene, &house, 5).await;
    assert_eq!(now(&house, &id).await.state, State::Queued);
    assert_eq!(now(&house, &holder).await.state, State::Waiting);
    let full = ask(&house, "olga", &breaking(&house, &id).await).await;
    assert!(matches!(&full, Done::Mistake(mistake) if mistake.id == "no-seat-to-skip"), "{full:?}");
}

#[tokio::test]
async fn a_freeze_stops_it_all_the_same_and_nobody_is_paused_for_it() {
    let scene = Scene::new();
    let house = scene.house().await;
    let holder = at_work(&scene, &house).await;
    let id = asks(&house, "olga", OTHER).await;
    let frozen = ask(&house, "bob", "/freeze cluster:orders-kafka for:1h reason:\"black friday\"").await;
    assert!(matches!(frozen, Done::Frozen(_)), "{frozen:?}");
    breaks(&house, &id).await;
    looks(&scene, &house, 5).await;
    assert_eq!((now(&house, &id).await.state, now(&house, &holder).await.state), (State::Queued, State::Waiting));
    let lifted = ask(&house, "bob", "/unfreeze cluster:orders-kafka reason:over").await;
    assert!(matches!(lifted, Done::Unfrozen { .. }), "{lifted:?}");
    comes_to(&house, &holder, State::Paused).await;
}

#[tokio::test]
async fn a_veto_ends_it_while_it_waits_for_who_is_at_work_there() {
    let scene = Scene::new();
    let house = scene.house().await;
    let holder = at_work(&scene, &house).await;
    let id = asks(&house, "olga", OTHER).await;
    breaks(&house, &id).await;
    comes_to(&house, &holder, State::Paused).await;
    assert_eq!(says(&house, "carol", &format!("/reject operation:{id} reason:wait")).await, "vetoed");
    assert_eq!(now(&house, &id).await.state, State::Rejected);
    says(&house, "olga", &format!("/resume operation:{holder}")).await;
    comes_to(&house, &holder, State::Waiting).await;
}

/// What somebody says in this house at a point of a run; known only once its operation is made.
type Line = Arc<Mutex<Option<(House, String)>>>;

/// They say it, once.
fn says_it(who: &'static str, line: &Line) -> Deed {
    let line = line.clone();
    Box::new(move || {
        let line = line.lock().unwrap().take();
        Box::pin(async move {
            let Some((house, line)) = line else { return };
            // On a stack of its own: it happens deep within the engine.
            tokio::spawn(async move { says(&house, who, &line).await }).await.unwrap();
        })
    })
}

/// Who waits to be told that they pause for a plan, or that it is gone, and what. All that waits counts as told.
async fn told_of_glass(house: &House) -> Vec<(Stream, Notice)> {
    let rooms = house.rooms();
    let mut told = Vec::new();
    loop {
        let at = rooms.clock.now();
        let taker = Taker { name: "reader".to_owned(), until: at.plus(HOUR), in_chat: true };
        let due = rooms.store.due(&taker, at, 100).await.expect("the store answers");
        if due.is_empty() {
            return told;
        }
        for one in due {
            assert!(rooms.store.sent(&one.claim, at, &[]).await.expect("the store answers"));
            if matches!(&one.notice, Notice::Alert { id, .. } if id == PAUSED_BY_GLASS || id == "glass-plan-gone") {
                told.push((one.stream, one.notice));
            }
        }
    }
}

/// What came of a plan that carol vetoed while the one at work there was asked to pause for it.
struct Vetoed {
    holder: Operation,
    gone: Operation,
    told: Vec<(Stream, Notice)>,
}

/// olga breaks the glass of a plan, and carol vetoes it at this point of the run. The one at work there may pause for another plan
/// already.
async fn vetoed_at(point: Point, pauses_already: bool) -> Vetoed {
    let scene = Scene::new();
    let veto = Line::default();
    let points = Points::at(point, says_it("carol", &veto));
    let house = scene.ground.house(Settled::honest(scene.clock.clone(), points)).await;
    let holder = at_work(&scene, &house).await;
    if pauses_already {
        let first = asks(&house, "olga", OTHER).await;
        breaks(&house, &first).await;
        comes_to(&house, &holder, State::Paused).await;
    }
    let id = asks(&house, "olga", OTHER).await;
    told_of_glass(&house).await;
    *veto.lock().unwrap() = Some((house.clone(), format!("/reject operation:{id} reason:wait")));
    breaks(&house, &id).await;
    for _ in 0..20 {
        works(&house).await;
        scene.passes(Duration::from_secs(1)).await;
    }
    assert!(veto.lock().unwrap().is_none(), "it was vetoed in that moment");
    let (holder, gone) = (now(&house, &holder).await, now(&house, &id).await);
    assert_eq!(gone.state, State::Rejected);
    Vetoed { holder, gone, told: told_of_glass(&house).await }
}

/// It was told that it pauses for the plan, and then, once, that the plan is gone.
fn heard_once(it: &Vetoed) {
    let [(stream, Notice::Alert { id, facts, .. }), last] = &it.told[..] else { panic!("{:?}", it.told) };
    assert_eq!((stream, id.as_str()), (&Stream::Operation(it.holder.id.clone()), PAUSED_BY_GLASS));
    assert_eq!(facts.get("operation"), Some(&it.gone.id.as_str().into()));
    assert_eq!(last, &(Stream::Operation(it.holder.id.clone()), glass_plan_gone(&it.gone)));
    assert_eq!(it.holder.state, State::Paused);
}

#[tokio::test]
async fn nobody_pauses_for_a_plan_that_ended_before_they_were_asked() {
    let it = vetoed_at(Point::before("pause", 1), false).await;
    assert_eq!((it.holder.state, it.told), (State::Waiting, Vec::new()));
}

#[tokio::test]
async fn who_pauses_for_a_plan_that_ends_in_the_same_moment_hears_of_it_once() {
    heard_once(&vetoed_at(Point::after("pause", 1), false).await);
}

#[tokio::test]
async fn who_pauses_already_hears_nothing_of_another_plan_that_ended_before_it_was_for_that() {
    let it = vetoed_at(Point::before("remember telling", 1), true).await;
    assert_eq!((it.holder.state, it.told), (State::Paused, Vec::new()));
}

#[tokio::test]
async fn who_pauses_already_hears_once_of_another_plan_that_ends_in_the_same_moment() {
    heard_once(&vetoed_at(Point::after("remember telling", 1), true).await);
}

/// It was told once that it pauses for this plan, and nothing else.
fn heard_to_pause(told: &[(Stream, Notice)], holder: &Operation, plan: &OperationId) {
    let [(stream, Notice::Alert { id, facts, .. })] = told else { panic!("{told:?}") };
    assert_eq!((stream, id.as_str()), (&Stream::Operation(holder.id.clone()), PAUSED_BY_GLASS));
    assert_eq!(facts.get("operation"), Some(&plan.as_str().into()));
    assert_eq!((holder.state, holder.why.id.as_str()), (State::Paused, PAUSED_BY_GLASS));
}

/// Somebody lets it go on who has not heard of the second plan: it is asked again, for that one.
#[tokio::test]
async fn who_is_let_go_on_in_the_moment_it_is_told_of_another_plan_pauses_for_that() {
    let scene = Scene::new();
    let resume = Line::default();
    let points = Points::at(Point::before("remember telling", 1), says_it("olga", &resume));
    let house = scene.ground.house(Settled::honest(scene.clock.clone(), points)).await;
    let holder = at_work(&scene, &house).await;
    let first = asks(&house, "olga", OTHER).await;
    breaks(&house, &first).await;
    comes_to(&house, &holder, State::Paused).await;
    let id = asks(&house, "olga", OTHER).await;
    told_of_glass(&house).await;
    *resume.lock().unwrap() = Some((house.clone(), format!("/resume operation:{holder}")));
    breaks(&house, &id).await;
    for _ in 0..60 {
        works(&house).await;
        scene.passes(Duration::from_secs(1)).await;
    }
    assert!(resume.lock().unwrap().is_none(), "it was let go on in that moment");
    let (holder, waits) = (now(&house, &holder).await, now(&house, &id).await);
    heard_to_pause(&told_of_glass(&house).await, &holder, &id);
    assert_eq!(holder.why.facts.get("operation"), Some(&id.as_str().into()));
    assert!(waits.memory.paused.contains(&holder.id));
}

#[tokio::test]
async fn who_was_asked_to_pause_just_before_a_death_hears_of_it_once() {
    let scene = Scene::new();
    let dead = Arc::new(Notify::new());
    let points = Points::at(Point::after("pause", 1), vanish(&dead));
    let house = scene.ground.house(Settled::honest(scene.clock.clone(), points)).await;
    let holder = at_work(&scene, &house).await;
    let id = asks(&house, "olga", OTHER).await;
    told_of_glass(&house).await;
    let asked = async {
        breaks(&house, &id).await;
        for _ in 0..60 {
            works(&house).await;
            scene.passes(Duration::from_secs(1)).await;
        }
    };
    tokio::select! {
        biased;
        () = dead.notified() => {}
        () = asked => panic!("nobody was asked to pause"),
    }
    ends(house).await;
    let next = scene.house().await;
    for _ in 0..180 {
        works(&next).await;
        scene.passes(Duration::from_secs(1)).await;
    }
    let (holder, waits) = (now(&next, &holder).await, now(&next, &id).await);
    assert!(waits.memory.paused.contains(&holder.id), "another process has looked");
    heard_to_pause(&told_of_glass(&next).await, &holder, &id);
}

#[tokio::test]
async fn it_stands_before_those_who_were_approved_before_it() {
    let scene = Scene::new();
    let house = scene.house().await;
    let holder = at_work(&scene, &house).await;
    let (voted, broken) = (asks(&house, "olga", OTHER).await, asks(&house, "olga", OTHER).await);
    for who in ["bob", "dora"] {
        votes(&house, who, &voted).await;
    }
    assert_eq!(now(&house, &voted).await.state, State::Queued);
    breaks(&house, &broken).await;
    comes_to(&house, &holder, State::Paused).await;
    says(&house, "alice", &format!("/stop operation:{holder}")).await;
    comes_to(&house, &holder, State::Stopped).await;
    comes_to(&house, &broken, State::Waiting).await;
    looks(&scene, &house, 3).await;
    assert_eq!(now(&house, &voted).await.state, State::Queued, "it waits for the one whose glass was broken");
}

#[tokio::test]
async fn a_review_is_told_of_after_an_hour_and_then_daily_until_somebody_else_closes_it() {
    let scene = Scene::new();
    let house = scene.house().await;
    let id = plans(&house, RESET).await;
    breaks(&house, &id).await;
    comes_to(&house, &id, State::Succeeded).await;
    scene.passes(HOUR - Duration::from_secs(240)).await;
    looks(&scene, &house, 3).await;
    assert_eq!(nagged(&house, &id).await, 0, "not before an hour is over");
    scene.passes(Duration::from_secs(300)).await;
    looks(&scene, &house, 5).await;
    assert_eq!(nagged(&house, &id).await, 1);
    ends(house).await;
    let house = scene.house().await;
    looks(&scene, &house, 5).await;
    scene.passes(HOUR * 22).await;
    looks(&scene, &house, 5).await;
    assert_eq!(nagged(&house, &id).await, 1, "once, also over a restart");
    // Two days without a process are one more line, and not two.
    ends(house).await;
    scene.passes(HOUR * 48).await;
    let house = scene.house().await;
    looks(&scene, &house, 5).await;
    assert_eq!(nagged(&house, &id).await, 2);
    let waits = async |who: &str| match ask(&house, who, "/operations").await {
        Done::Looked(seen) => match *seen {
            LookAnswer::Operations(list) => list.reviews.into_iter().map(|line| line.operation).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    };
    assert_eq!(waits("bob").await, std::slice::from_ref(&id), "his to close");
    for who in ["alice", "olga", "vic"] {
        assert_eq!(waits(who).await, [], "{who}");
    }
    let line = format!("/break-glass operation:{id} review:\"it was right\"");
    assert_eq!(says(&house, "bob", &line).await, "review-closed");
    tells(&house).await;
    assert_eq!((told(&scene, "Reviewed by bob"), waits("bob").await.len()), (1, 0));
    scene.passes(HOUR * 72).await;
    looks(&scene, &house, 5).await;
    assert_eq!(nagged(&house, &id).await, 2, "it is closed");
    let again = ask(&house, "carol", &line).await;
    assert!(matches!(&again, Done::Mistake(mistake) if mistake.id == "no-open-review"), "{again:?}");
    let log = logged(&house, &id).await;
    assert_eq!(log.iter().filter(|what| *what == "review-closed").count(), 1, "{log:?}");
}
