//! Owners are told before anything of theirs is changed; where they cannot be, nothing goes on without a word.

use super::{RESET, Scene, comes_to, ends, entries, intents, now, plans, says, tells, votes, works};
use engine::Entry;
use interlock::approval::State;
use interlock::id::OperationId;
use interlock::principal::Place;
use signalbox::desk::{Denied, Done};
use signalbox::house::House;
use std::time::Duration;
use story::crash::{PaperChat, Rules, ask};
use story::people;

const BEFORE: &str = "You own part of this. It begins now";
const AFTER: &str = "You own part of this. Succeeded";

/// How often somebody was told something that begins so.
fn told(scene: &Scene, start: &str) -> usize {
    PaperChat::posted(&scene.ground.chat_file()).iter().filter(|line| line.starts_with(start)).count()
}

fn acts(scene: &Scene) -> usize {
    scene.kafka.acts().unwrap().len()
}

/// The engine works, and nothing is delivered.
async fn works_untold(scene: &Scene, house: &House, span: Duration) {
    for _ in 0..span.as_secs() {
        works(house).await;
        scene.passes(Duration::from_secs(1)).await;
    }
}

async fn approved(house: &House) -> OperationId {
    let id = plans(house, RESET).await;
    votes(house, "bob", &id).await;
    id
}

/// Approved, started, and paused because nobody told the owners in time.
async fn paused(scene: &Scene, house: &House) -> OperationId {
    let id = approved(house).await;
    works_untold(scene, house, Duration::from_secs(125)).await;
    let operation = now(house, &id).await;
    assert_eq!((operation.state, operation.why.id.as_str()), (State::Paused, "owners-not-told"));
    assert_eq!((acts(scene), intents(house, &id).await), (0, 0));
    id
}

#[tokio::test]
async fn nothing_is_changed_before_the_owners_were_told() {
    let scene = Scene::new();
    let house = scene.house().await;
    let id = approved(&house).await;
    works_untold(&scene, &house, Duration::from_secs(60)).await;
    assert_eq!(now(&house, &id).await.state, State::Running);
    assert_eq!((told(&scene, BEFORE), acts(&scene), intents(&house, &id).await), (0, 0, 0));
    tells(&house).await;
    assert_eq!((told(&scene, BEFORE), acts(&scene)), (1, 0));
    works(&house).await;
    assert_eq!(acts(&scene), 1, "told, so it goes on");
    comes_to(&house, &id, State::Succeeded).await;
    tells(&house).await;
    assert_eq!((told(&scene, BEFORE), told(&scene, AFTER)), (1, 1));
}

/// The negative control: it is the owners that are waited for, and nothing else.
#[tokio::test]
async fn what_nobody_owns_waits_for_nobody() {
    let scene = Scene::new();
    let house = scene.house_under(Rules { nobody_owns: true, ..Rules::default() }).await;
    let id = approved(&house).await;
    works(&house).await;
    assert_eq!(acts(&scene), 1);
    comes_to(&house, &id, State::Succeeded).await;
}

#[tokio::test]
async fn a_restart_forgets_nobody_who_is_to_be_told() {
    let scene = Scene::new();
    let house = scene.house().await;
    let id = approved(&house).await;
    works_untold(&scene, &house, Duration::from_secs(5)).await;
    ends(house).await;
    let house = scene.house().await;
    works_untold(&scene, &house, Duration::from_secs(40)).await;
    assert_eq!((now(&house, &id).await.state, acts(&scene)), (State::Running, 0));
    comes_to(&house, &id, State::Succeeded).await;
    assert_eq!(told(&scene, BEFORE), 1);
}

#[tokio::test]
async fn owners_who_are_not_told_in_time_pause_it_until_somebody_else_lets_it_go_on() {
    let scene = Scene::new();
    let house = scene.house().await;
    let id = paused(&scene, &house).await;
    let resume = format!("/resume operation:{id} reason:\"dora knows\"");
    let alone = ask(&house, "alice", &resume).await;
    assert!(matches!(alone, Done::Denied(Denied { id: "another-person", .. })), "{alone:?}");
    assert_eq!(says(&house, "olga", &resume).await, "resumed");
    works(&house).await;
    assert_eq!(acts(&scene), 1, "a person let it go on");
    assert!(entries(&house, &id).await.contains(&Entry::OwnersNotTold), "it is on record that they were not told");
    comes_to(&house, &id, State::Succeeded).await;
    tells(&house).await;
    assert_eq!((told(&scene, BEFORE), told(&scene, AFTER)), (1, 1), "late is better than never");
}

#[tokio::test]
async fn what_waits_for_its_owners_is_stopped_without_a_trace() {
    let scene = Scene::new();
    let house = scene.house().await;
    let id = approved(&house).await;
    works_untold(&scene, &house, Duration::from_secs(3)).await;
    assert_eq!(says(&house, "alice", &format!("/stop operation:{id} reason:no")).await, "stop-asked");
    let stopped = comes_to(&house, &id, State::Stopped).await;
    assert_eq!((stopped.why.id.as_str(), acts(&scene)), ("stop-asked", 0));
}

/// What takes back was announced with what it takes back, and waiting keeps the harm: it goes on, and says what it could not.
#[tokio::test]
async fn a_way_back_goes_on_and_says_that_owners_were_not_told() {
    let scene = Scene::new();
    let house = scene.house().await;
    let id = approved(&house).await;
    comes_to(&house, &id, State::Succeeded).await;
    tells(&house).await;
    let before = acts(&scene);
    let back = plans(&house, &format!("/rollback operation:{id}")).await;
    votes(&house, "alice", &back).await;
    works_untold(&scene, &house, Duration::from_secs(100)).await;
    assert_eq!((now(&house, &back).await.state, acts(&scene)), (State::Running, before));
    works_untold(&scene, &house, Duration::from_secs(60)).await;
    assert_eq!(now(&house, &back).await.state, State::Succeeded);
    assert!(acts(&scene) > before);
    assert!(entries(&house, &back).await.contains(&Entry::OwnersNotTold));
    tells(&house).await;
    let line = PaperChat::posted(&scene.ground.chat_file()).join("\n");
    assert_eq!(told(&scene, BEFORE), 2, "{line}");
}

/// alice types at the console of the machine.
async fn typed(house: &House, line: &str) -> Done {
    let incoming = people::typed(house.rooms(), "alice", line, Place::Console);
    house.desk().handle(incoming).await.done
}

async fn planned_at_the_console(house: &House) -> OperationId {
    let done = typed(house, RESET).await;
    let Done::Planned { operation, .. } = done else { panic!("{done:?}") };
    tells(house).await;
    operation
}

async fn warned(house: &House, id: &OperationId) -> bool {
    use engine::port::Journal;
    let plan = house.rooms().store.plan(&now(house, id).await).await.unwrap();
    plan.plan().checks.iter().any(|check| check.id == "owners-unreachable")
}

#[tokio::test]
async fn owners_hear_of_what_is_asked_in_a_console_before_it_begins() {
    let scene = Scene::new();
    let house = scene.house().await;
    let id = planned_at_the_console(&house).await;
    assert!(!warned(&house, &id).await);
    votes(&house, "bob", &id).await;
    works_untold(&scene, &house, Duration::from_secs(30)).await;
    assert_eq!((now(&house, &id).await.state, acts(&scene)), (State::Running, 0));
    assert_eq!(PaperChat::posted(&scene.ground.chat_file()), Vec::<String>::new(), "its card is in the console");
    comes_to(&house, &id, State::Succeeded).await;
    tells(&house).await;
    assert_eq!((told(&scene, BEFORE), told(&scene, AFTER)), (1, 1));
    assert_eq!(PaperChat::posted(&scene.ground.chat_file()).len(), 2, "and nothing else is told there");
}

#[tokio::test]
async fn where_owners_can_be_told_nowhere_the_plan_says_so() {
    for (nobody_owns, warns) in [(false, true), (true, false)] {
        let scene = Scene::new();
        let rules = Rules { not_here: true, no_chat: true, nobody_owns, ..Rules::default() };
        let house = scene.house_under(rules).await;
        let id = planned_at_the_console(&house).await;
        assert_eq!(warned(&house, &id).await, warns);
        votes(&house, "bob", &id).await;
        comes_to(&house, &id, State::Succeeded).await;
        assert_eq!(acts(&scene), 1);
    }
}
