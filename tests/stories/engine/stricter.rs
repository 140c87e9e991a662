//! Settings that change while people vote, and who asked while a plan is made anew.

use super::{RESET, Scene, comes_to, ends, now, plans, tells, votes, works};
use interlock::approval::State;
use interlock::cluster::kafka::Committed;
use interlock::plan::Seat;
use interlock::policy::Role;
use std::time::Duration;
use story::crash::{GROUP, Rules, TOPIC};
use story::discord_house::{DiscordStory, SOON};

fn approvers(count: usize) -> Rules {
    Rules { approvers: Some(count), ..Rules::default() }
}

#[tokio::test]
async fn a_quorum_lowered_while_voting_changes_nothing_for_the_plan() {
    let scene = Scene::new();
    let house = scene.house_under(approvers(2)).await;
    let id = plans(&house, RESET).await;
    ends(house).await;
    let house = scene.house_under(approvers(1)).await;
    assert_eq!(votes(&house, "bob", &id).await, "vote-counted");
    works(&house).await;
    assert_eq!(now(&house, &id).await.state, State::AwaitingApproval, "two were needed, so two are");
    votes(&house, "carol", &id).await;
    comes_to(&house, &id, State::Succeeded).await;
    let other = plans(&house, &RESET.replace("earliest", "latest")).await;
    votes(&house, "bob", &other).await;
    comes_to(&house, &other, State::Succeeded).await;
}

#[tokio::test]
async fn a_quorum_raised_after_the_approval_asks_for_the_votes_that_are_missing() {
    let scene = Scene::new();
    let house = scene.house().await;
    let id = plans(&house, RESET).await;
    votes(&house, "bob", &id).await;
    assert_eq!(now(&house, &id).await.state, State::Queued);
    ends(house).await;
    let house = scene.house_under(approvers(2)).await;
    works(&house).await;
    let asked = now(&house, &id).await;
    assert_eq!((asked.state, asked.why.id.as_str()), (State::AwaitingApproval, "policy-stricter"));
    assert_eq!(asked.revision, 1, "the plan is the same");
    assert!(scene.kafka.acts().unwrap().is_empty());
    votes(&house, "carol", &id).await;
    comes_to(&house, &id, State::Succeeded).await;
}

/// Through Discord, with the card that people read.
#[tokio::test]
async fn a_quorum_raised_while_voting_holds_and_the_card_says_so() {
    let mut story = DiscordStory::begin().await;
    let posted = story.reset().await;
    let planned = story.plan(&posted.id).await.plan().votes.len();
    story.dies().await;
    story.settings_change(|policy| {
        let (tier, effect) = (interlock::cluster::Tier::Production, interlock::plan::Effect::Reversible);
        policy.seats.demand(tier, effect, 2).expect("a number");
    });
    story.is_born().await;
    story.reacts("bob", &posted.card, "✅").await;
    let more = format!("Needs {} (1 so far)", planned + 1);
    let seen = posted.card.becomes(&more, SOON).await;
    assert!(seen.text.contains("the settings became stricter"), "{}", seen.text);
    assert_eq!(story.operation(&posted.id).await.state, State::AwaitingApproval, "one is missing");
    story.reacts("carol", &posted.card, "✅").await;
    story.becomes(&posted.id, State::Succeeded).await;
    assert_eq!(story.plan(&posted.id).await.plan().votes.iter().filter(|seat| **seat == Seat::Approver).count(), 1);
}

/// Approved, and stale when it starts, in a process with these settings: how it stands then.
async fn made_anew_under(rules: Rules) -> (State, String, u32) {
    let scene = Scene::new();
    let house = scene.house().await;
    let id = plans(&house, RESET).await;
    votes(&house, "bob", &id).await;
    ends(house).await;
    let to = Committed::plain(77);
    scene.kafka.foreign_commit(&GROUP.parse().unwrap(), &TOPIC.parse().unwrap(), 1, to).unwrap();
    let house = scene.house_under(rules).await;
    works(&house).await;
    tells(&house).await;
    scene.passes(Duration::from_secs(10)).await;
    works(&house).await;
    let operation = now(&house, &id).await;
    assert!(scene.kafka.acts().unwrap().is_empty());
    (operation.state, operation.why.id, operation.revision)
}

#[tokio::test]
async fn a_plan_is_made_anew_only_for_who_may_still_ask_for_it() {
    let (state, why, revision) = made_anew_under(Rules::default()).await;
    assert_eq!((state, why.as_str(), revision), (State::AwaitingApproval, "offsets-changed", 2));
    let dismissed = Rules { nobody_is: Some(Role::Operator), ..Rules::default() };
    let (state, why, revision) = made_anew_under(dismissed).await;
    assert_eq!((state, why.as_str(), revision), (State::Refused, "requester-without-right", 1));
    let moved = Rules { not_here: true, ..Rules::default() };
    let (state, why, revision) = made_anew_under(moved).await;
    assert_eq!((state, why.as_str(), revision), (State::Refused, "place-not-allowed", 1));
}

#[tokio::test]
async fn a_cluster_that_is_only_observed_by_now_is_not_changed() {
    let scene = Scene::new();
    let house = scene.house().await;
    let id = plans(&house, RESET).await;
    votes(&house, "bob", &id).await;
    ends(house).await;
    let house = scene.house_under(Rules { observed: true, ..Rules::default() }).await;
    works(&house).await;
    let operation = now(&house, &id).await;
    assert_eq!((operation.state, operation.why.id.as_str()), (State::Refused, "cluster-only-observed"));
    assert!(scene.kafka.acts().unwrap().is_empty());
}
