//! Reactions: as they come and go, and read to the end.

use super::bot::{bot, chat, message, post};
use super::door::card;
use crate::chat::{Chat, ChatError, Lists};
use interlock::principal::Account;
use std::collections::BTreeSet;

#[tokio::test]
async fn reactions_are_handed_in_and_our_own_are_not() {
    let bot = bot().await;
    let posted = post(&bot.chat, &bot.ops, &card("card"), "m-1").await.unwrap();
    bot.chat.seed(posted, "✅").await.unwrap();
    let (alice, there) = (bot.model.user("alice"), message(&bot.ops, posted));
    there.read();
    alice.reacts(&there, "✅").await;
    let first = bot.door.reactions(1).await.remove(0);
    assert_eq!((first.message, first.account), (posted, Some(Account::Discord(alice.id().get()))));
    assert_eq!((first.emoji.as_str(), first.added), ("✅", true));
    alice.unreacts(&there, "✅").await;
    assert!(!bot.door.reactions(2).await[1].added);
    alice.super_reacts(&there, "⏸\u{fe0f}").await;
    assert_eq!(bot.door.reactions(3).await[2].emoji, "⏸");
    there.loses_emoji("⏸\u{fe0f}");
    let emptied = &bot.door.reactions(4).await[3];
    assert_eq!((emptied.account, emptied.emoji.as_str(), emptied.added), (None, "⏸", false));
    there.loses_reactions();
    let cleared = &bot.door.reactions(5).await[4];
    let found = (cleared.message, cleared.account, cleared.emoji.as_str(), cleared.added);
    assert_eq!(found, (posted, None, "", false));
    bot.model.assert_clean();
}

#[tokio::test]
async fn a_reaction_that_cannot_be_read_still_says_where_and_else_all_is_read_anew() {
    let bot = bot().await;
    bot.door.connections(1).await;
    let posted = post(&bot.chat, &bot.ops, &card("card"), "m-1").await.unwrap();
    let (alice, there) = (bot.model.user("alice"), message(&bot.ops, posted));
    bot.model.gateway().alters("MESSAGE_REACTION_ADD", |data| {
        data.as_object_mut().unwrap().remove("burst");
    });
    alice.reacts(&there, "✅").await;
    let unread = bot.door.reactions(1).await.remove(0);
    let found = (unread.message, unread.account, unread.emoji.as_str(), unread.added);
    assert_eq!(found, (posted, None, "✅", true), "something changed there: it must not pass for one that went");
    bot.model.gateway().alters("MESSAGE_REACTION_ADD", |data| {
        data.as_object_mut().unwrap().remove("message_id");
    });
    alice.reacts(&there, "❌").await;
    bot.door.connections(2).await;
}

#[tokio::test]
async fn reactions_in_foreign_guilds_are_not_handed_in() {
    let bot = bot().await;
    let alice = bot.model.user("alice");
    let foreign = bot.model.new_guild("elsewhere");
    alice.joins(&foreign);
    let there = alice.says(&foreign.text_channel("general"), "hello").await;
    alice.reacts(&there, "✅").await;
    let here = alice.says(&bot.ops, "hello").await;
    alice.reacts(&here, "✅").await;
    let handed = bot.door.reactions(1).await;
    assert_eq!(handed.iter().map(|one| one.message.message).collect::<Vec<_>>(), [here.id().get()]);
}

#[tokio::test]
async fn all_who_react_are_read_by_pages_super_reactions_too_bots_and_ourselves_not() {
    let (model, chat) = chat().await;
    let ops = model.channel("ops");
    let posted = post(&chat, &ops, &card("card"), "m-1").await.unwrap();
    let there = message(&ops, posted);
    there.read();
    chat.seed(posted, "✅").await.unwrap();
    let mut expected = BTreeSet::new();
    for number in 0..101 {
        let user = model.user(&format!("user-{number}"));
        user.reacts(&there, "✅").await;
        expected.insert(Account::Discord(user.id().get()));
    }
    let eager = model.user("eager");
    eager.super_reacts(&there, "✅").await;
    expected.insert(Account::Discord(eager.id().get()));
    model.other_bot("other").reacts(&there, "✅").await;
    assert_eq!(chat.reactions(posted, "✅", Lists::ALL).await, Ok(expected));
    assert_eq!(chat.reactions(posted, "❌", Lists::ALL).await, Ok(BTreeSet::new()));
    there.deletes();
    assert!(matches!(chat.reactions(posted, "✅", Lists::ALL).await, Err(ChatError::Gone(_))));
    model.assert_clean();
}
