//! [`Chat`] for [`Discord`].

use super::render::{render, will_say};
use super::{Discord, http};
use crate::chat::{CardSeen, Chat, ChatError, Lists, MemberNow, MessageRef, Sending};
use crate::text::Card;
use engine::port::Boxed;
use interlock::principal::{Account, ChatRole, Place, Readers};
use interlock::time::Millis;
use std::collections::BTreeSet;

impl Chat for Discord {
    fn send<'a>(&'a self, sending: &'a Sending<'a>) -> Boxed<'a, Result<MessageRef, ChatError>> {
        Box::pin(async move { Ok(self.post(sending).await?) })
    }

    fn edit<'a>(&'a self, message: MessageRef, card: &'a Card) -> Boxed<'a, Result<(), ChatError>> {
        Box::pin(async move { Ok(self.replace(message, card).await?) })
    }

    fn find<'a>(
        &'a self,
        channel: u64,
        marker: &'a str,
        since: Millis,
    ) -> Boxed<'a, Result<Option<MessageRef>, ChatError>> {
        Box::pin(async move { Ok(self.search(channel, marker, since).await?) })
    }

    fn direct(&self, account: Account) -> Boxed<'_, Result<u64, ChatError>> {
        Box::pin(async move { Ok(self.direct_messages(account).await?) })
    }

    fn link(&self, guild: u64, message: MessageRef) -> String {
        format!("https://discord.com/channels/{guild}/{}/{}", message.channel, message.message)
    }

    fn seed<'a>(&'a self, message: MessageRef, emoji: &'a str) -> Boxed<'a, Result<(), ChatError>> {
        Box::pin(async move { Ok(self.react(message, emoji).await?) })
    }

    fn reactions<'a>(
        &'a self,
        message: MessageRef,
        emoji: &'a str,
        lists: Lists,
    ) -> Boxed<'a, Result<BTreeSet<Account>, ChatError>> {
        Box::pin(async move { Ok(self.reactors(message, emoji, lists).await?) })
    }

    fn thread<'a>(&'a self, message: MessageRef, name: &'a str) -> Boxed<'a, Result<u64, ChatError>> {
        Box::pin(async move { Ok(self.open_thread(message, name).await?) })
    }

    fn member(&self, account: Account) -> Boxed<'_, Result<MemberNow, ChatError>> {
        Box::pin(async move { Ok(self.look_up(account).await?) })
    }

    fn silent<'a>(&'a self, roles: &'a BTreeSet<ChatRole>) -> Boxed<'a, Result<BTreeSet<ChatRole>, ChatError>> {
        Box::pin(async move {
            let asked = roles.iter().map(|role| role.0).collect();
            Ok(self.not_mentionable(&asked).await?.into_iter().map(ChatRole).collect())
        })
    }

    fn says(&self, card: &Card) -> String {
        will_say(&render(card, None))
    }

    fn read(&self, message: MessageRef) -> Boxed<'_, Result<CardSeen, ChatError>> {
        Box::pin(async move { Ok(self.seen(message).await?) })
    }

    fn place(&self, channel: u64) -> Boxed<'_, Result<Option<Place>, ChatError>> {
        Box::pin(async move { Ok(self.place_now(channel).await?) })
    }

    fn place_and_readers(&self, channel: u64) -> Boxed<'_, Result<Option<(Place, Readers)>, ChatError>> {
        Box::pin(async move { Ok(self.place_and_readers_now(channel).await?) })
    }

    fn leaving_room<'a>(&'a self, work: Boxed<'a, ()>) -> Boxed<'a, ()> {
        Box::pin(http::leaving_room(work))
    }
}
