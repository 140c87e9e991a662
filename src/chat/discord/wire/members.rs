//! Members and permissions.

use super::bot::chat;
use crate::chat::discord::Dangerous;
use crate::chat::{Chat, ChatError, MemberNow};
use discord_model::{Fault, On, permissions};
use interlock::principal::{Account, ChatRole};
use std::time::Duration;

#[tokio::test]
async fn a_member_is_looked_up_as_it_is_now() {
    let (model, chat) = chat().await;
    let role = model.guild().role("approvers");
    let alice = model.user("alice").with_role(role);
    let account = Account::Discord(alice.id().get());
    let member = MemberNow::Member { roles: [ChatRole(role.get())].into(), name: "alice".to_owned() };
    assert_eq!(chat.member(account).await, Ok(member.clone()));
    alice.loses_role(role);
    let bare = MemberNow::Member { roles: [].into(), name: "alice".to_owned() };
    assert_eq!(chat.member(account).await, Ok(bare));
    alice.is_pending(true);
    assert_eq!(chat.member(account).await, Ok(MemberNow::NotCounted));
    alice.is_pending(false);
    alice.is_timed_out(Duration::from_secs(60));
    assert_eq!(chat.member(account).await, Ok(MemberNow::NotCounted));
    let bob = model.user("bob");
    bob.is_banned();
    assert_eq!(chat.member(Account::Discord(bob.id().get())).await, Ok(MemberNow::NotCounted));
    bob.deletes_account();
    assert_eq!(chat.member(Account::Discord(bob.id().get())).await, Ok(MemberNow::NotCounted));
    let other = model.other_bot("other");
    assert_eq!(chat.member(Account::Discord(other.id().get())).await, Ok(MemberNow::NotCounted));
    model.assert_clean();
}

#[tokio::test]
async fn who_cannot_be_looked_up_is_not_taken_for_gone() {
    let (model, chat) = chat().await;
    let account = Account::Discord(model.user("alice").id().get());
    let look_up = || On::path("GET", "/guilds/{guild_id}/members/{user_id}");
    model.fails_once(look_up(), Fault::Status(500));
    assert!(matches!(chat.member(account).await, Err(ChatError::Unknown(_))));
    model.fails_once(look_up(), Fault::Status(403));
    assert!(matches!(chat.member(account).await, Err(ChatError::Forbidden(_))));
    model.fails_once(look_up(), Fault::Status(404));
    assert!(matches!(chat.member(account).await, Err(ChatError::Gone(_))), "a 404 that does not name the member");
    assert!(matches!(chat.member(Account::System(0)).await, Err(ChatError::Wrong(_))));
    model.assert_clean();
}

#[tokio::test]
async fn missing_and_dangerous_permissions_are_named() {
    let (model, chat) = chat().await;
    let (guild, ops) = (model.guild(), model.channel("ops"));
    let rights = chat.missing_permissions(ops.id().get()).await.unwrap();
    assert!(rights.is_text && rights.missing.is_empty(), "{rights:?}");
    assert_eq!(chat.dangerous_permissions().await, Ok(Vec::new()));
    ops.overwrites_role(guild.id(), 0, permissions::ADD_REACTIONS | permissions::EMBED_LINKS);
    let rights = chat.missing_permissions(ops.id().get()).await.unwrap();
    assert_eq!(rights.missing, ["EMBED_LINKS", "ADD_REACTIONS"]);
    let news = guild.announcement_channel("news");
    let rights = chat.missing_permissions(news.id().get()).await.unwrap();
    assert!(!rights.is_text && rights.is_served);
    let elsewhere = model.new_guild("elsewhere").text_channel("general");
    assert!(!chat.missing_permissions(elsewhere.id().get()).await.unwrap().is_served);
    guild.lets_role(guild.bot_role(), permissions::BOT | permissions::MANAGE_MESSAGES);
    let found = chat.dangerous_permissions().await.unwrap();
    let (guild, role) = (guild.id().get(), guild.bot_role().get());
    assert_eq!(found, [Dangerous { guild, permission: "MANAGE_MESSAGES", role }]);
    model.assert_clean();
}
