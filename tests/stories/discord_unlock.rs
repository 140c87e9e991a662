//! `/unlock` on Discord: the thread hears that a second person is wanted, and the first one's right is looked up again.

use discord_model::{Fault, On};
use interlock::approval::State;
use interlock::cluster::kafka::Committed;
use interlock::policy::Role;
use simulated::Interference;
use story::discord_house::{DiscordStory, GROUP, Posted, SOON, TOPIC, chat_role};

const MEMBER: &str = "/guilds/{guild_id}/members/{user_id}";

/// Somebody else wrote right after the act: nobody planned what stands there now.
async fn stuck() -> (DiscordStory, Posted) {
    let story = DiscordStory::begin().await;
    let posted = story.reset().await;
    let commit = Interference::Commit(GROUP.parse().unwrap(), TOPIC.parse().unwrap(), 0, Committed::plain(33));
    story.kafka().after_next_act(commit).unwrap();
    story.reacts("bob", &posted.card, "✅").await;
    story.becomes(&posted.id, State::Stuck).await;
    posted.card.becomes("Stuck", SOON).await;
    (story, posted)
}

async fn unlocks(story: &DiscordStory, who: &str, posted: &Posted) -> String {
    let line = format!("/unlock operation:{} reason:\"looked with /group\"", posted.id);
    let answer = story.user(who).runs(&story.ops, &line).await;
    answer.text()
}

async fn is_clean(story: &DiscordStory) {
    story.everything_is_read().await;
    story.discord.assert_clean();
}

#[tokio::test]
async fn the_thread_hears_once_that_a_second_person_is_wanted() {
    let (story, posted) = stuck().await;
    for _ in 0..2 {
        assert!(unlocks(&story, "alice", &posted).await.contains("second person"));
    }
    let wanted = "alice asks to give this up";
    let told = story.thread_of(&posted.card).await;
    let told: Vec<&str> = told.iter().map(|one| one.text.as_str()).filter(|text| text.contains(wanted)).collect();
    assert_eq!(told.len(), 1, "{told:#?}");
    for part in ["looked with", "A second person is needed until", posted.id.as_str()] {
        assert!(told[0].contains(part), "{}", told[0]);
    }
    is_clean(&story).await;
}

/// alice asked first, and has lost her role since: what olga says is the first word, and somebody else has to repeat it.
#[tokio::test]
async fn a_first_word_counts_only_while_its_owner_has_the_right() {
    let (story, posted) = stuck().await;
    unlocks(&story, "alice", &posted).await;
    let operator = chat_role(&story.discord, Role::Operator);
    story.user("alice").loses_role(operator);
    assert!(unlocks(&story, "olga", &posted).await.contains("second person"));
    assert_eq!(story.operation(&posted.id).await.state, State::Stuck);
    assert!(story.thread_of(&posted.card).await.iter().any(|one| one.text.contains("olga asks to give this up")));
    let audit = story.audit(&posted.id).await;
    assert!(audit.iter().any(|what| what == "unlock-lapsed"), "{audit:?}");
    story.user("bob").gets_role(operator);
    assert!(unlocks(&story, "bob", &posted).await.contains("holds nothing any more"));
    story.becomes(&posted.id, State::Abandoned).await;
    posted.card.becomes("Given up with /unlock by olga and bob", SOON).await;
    is_clean(&story).await;
}

#[tokio::test]
async fn whoever_asked_first_and_cannot_be_looked_up_is_waited_for() {
    let (story, posted) = stuck().await;
    unlocks(&story, "alice", &posted).await;
    let alice = On::path("GET", MEMBER).about("user_id", &story.user("alice").id());
    story.discord.fails_always(alice, Fault::Status(503));
    let answer = unlocks(&story, "olga", &posted).await;
    assert!(answer.contains("The roles of alice, who asked first, cannot be looked up now"), "{answer}");
    assert_eq!(story.operation(&posted.id).await.state, State::Stuck);
    story.discord.works_again();
    assert!(unlocks(&story, "olga", &posted).await.contains("holds nothing any more"));
    story.becomes(&posted.id, State::Abandoned).await;
    is_clean(&story).await;
}
