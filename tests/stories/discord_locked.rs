//! Another program locks the file of the store: whoever asks in chat is answered in time and hears what is true, and no vote is
//! lost.

use interlock::approval::State;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};
use std::str::FromStr;
use std::time::Duration;
use story::discord_house::{CLUSTER, DiscordStory, GROUP, TOPIC, reset, wait_until};

const REACTIONS: &str = "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}";

#[tokio::test]
async fn while_the_store_is_locked_everybody_is_answered_and_no_vote_is_lost() {
    // As long as Discord waits.
    let story = DiscordStory::begin_prompt(Duration::from_secs(3)).await;
    let posted = story.reset().await;
    story.all_is_told().await;
    let options = SqliteConnectOptions::from_str(&story.store_address()).unwrap();
    let mut other: SqliteConnection = options.connect().await.unwrap();
    sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    let refused = "I cannot write to my own records now, so I change nothing";
    for (who, line, said) in [
        ("alice", reset("latest"), refused),
        ("carol", format!("/reject operation:{}", posted.id), refused),
        ("vic", format!("/lag cluster:{CLUSTER} group:{GROUP} topic:{TOPIC}"), "not in the audit log yet"),
    ] {
        let asked = story.user(who).starts(&story.ops, &line);
        assert_eq!(asked.is_acknowledged().await, Ok(()), "{line}");
        let seen = asked.answer().await.unwrap().look();
        assert!(seen.private && seen.text.contains(said), "{line}: {}", seen.text);
    }
    let looks = || story.discord.requests().iter().filter(|one| one.is("GET", REACTIONS)).count();
    let before = looks();
    story.reacts("bob", &posted.card, "✅").await;
    wait_until("a look at the votes", || looks() > before).await;
    assert_eq!((story.operation(&posted.id).await.state, story.acts()), (State::AwaitingApproval, 0));

    other.close().await.unwrap();
    story.cards_are_read_anew().await;
    story.becomes(&posted.id, State::Succeeded).await;
    assert_eq!(story.committed().await, [0, 0, 0]);
    story.everything_is_read().await;
    assert_eq!(story.ops.threads().len(), 1, "nothing came of what was refused");
    story.audit(&posted.id).await;
    story.discord.assert_clean();
}
