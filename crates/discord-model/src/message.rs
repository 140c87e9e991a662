//! A message, as a person reads it.

use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;

use crate::channel::Channel;
use crate::discord::{Discord, fail};
use crate::id::Id;
use crate::world::World;
use crate::world::message::{LOADING, Message as Record, Reaction, SILENT, SUPPRESS_EMBEDS, same_emoji};

/// A message. Looking at it marks it as read; [`Message::peek`] does not.
#[derive(Clone, Debug)]
pub struct Message {
    pub(crate) discord: Discord,
    pub(crate) id: Id,
}

/// An attached file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name.
    pub name: String,
    /// Alt text.
    pub description: Option<String>,
    /// Its MIME type as uploaded.
    pub content_type: Option<String>,
    /// What is in it.
    pub bytes: Bytes,
}

impl File {
    /// The file as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

/// Who reacted with an emoji.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reactors {
    /// The emoji.
    pub emoji: String,
    /// By ordinary reactions, in their order.
    pub normal: Vec<Id>,
    /// By super reactions.
    pub burst: Vec<Id>,
}

/// A button that can be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Button {
    /// What it says.
    pub label: String,
    /// What a click sends; empty for links.
    pub custom_id: String,
    /// Whether it can be clicked.
    pub enabled: bool,
}

/// A message at one moment.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Its id.
    pub id: Id,
    /// Its channel.
    pub channel: Id,
    /// Its author; a webhook's id for a webhook's message.
    pub author: Id,
    /// Whether the bot wrote it.
    pub by_bot: bool,
    /// The content alone.
    pub content: String,
    /// Content and embeds as a person reads them.
    pub text: String,
    /// The embeds as sent.
    pub embeds: Vec<Value>,
    /// The components as sent.
    pub components: Vec<Value>,
    /// The files.
    pub files: Vec<File>,
    /// The reactions.
    pub reactions: Vec<Reactors>,
    /// Whether only one person sees it.
    pub private: bool,
    /// Deferred and not yet answered.
    pub thinking: bool,
    /// Posted without a notification.
    pub silent: bool,
    /// Who was notified by name.
    pub notified_users: Vec<Id>,
    /// Which roles were notified.
    pub notified_roles: Vec<Id>,
    /// Whether everyone was notified.
    pub notified_everyone: bool,
    /// How often it was edited.
    pub edits: usize,
    /// The nonce it was posted with.
    pub nonce: Option<String>,
    /// The message it replies to.
    pub reply_to: Option<Id>,
    /// Whether it was deleted.
    pub deleted: bool,
}

impl Seen {
    pub(crate) fn of(world: &World, message: &Record) -> Self {
        let shown = message.flags & SUPPRESS_EMBEDS == 0;
        let embeds = if shown { message.embeds.clone() } else { Vec::new() };
        Self {
            id: message.id,
            channel: message.channel,
            author: message.author,
            by_bot: message.author == world.application.bot && message.webhook.is_none(),
            text: flatten(&message.content, &embeds),
            content: message.content.clone(),
            embeds,
            components: message.components.clone(),
            files: message.attachments.iter().map(file).collect(),
            reactions: message.reactions.iter().map(reactors).collect(),
            private: message.private_to.is_some(),
            thinking: message.flags & LOADING != 0,
            silent: message.flags & SILENT != 0,
            notified_users: message.notified.users.clone(),
            notified_roles: message.notified.roles.clone(),
            notified_everyone: message.notified.everyone,
            edits: message.history.len(),
            nonce: message.nonce.clone(),
            reply_to: message.reply_to,
            deleted: message.deleted,
        }
    }

    /// The buttons, row by row.
    #[must_use]
    pub fn buttons(&self) -> Vec<Button> {
        let rows = self.components.iter().filter_map(|row| row["components"].as_array());
        rows.flatten().filter(|c| c["type"] == 2).map(button).collect()
    }

    /// The file of this name.
    #[must_use]
    pub fn file(&self, name: &str) -> Option<&File> {
        self.files.iter().find(|f| f.name == name)
    }

    /// Who reacted with this emoji, super reactions after the others.
    #[must_use]
    pub fn reacted(&self, emoji: &str) -> Vec<Id> {
        let found = self.reactions.iter().find(|r| same_emoji(&r.emoji, emoji));
        found.map_or_else(Vec::new, |r| r.normal.iter().chain(&r.burst).copied().collect())
    }
}

fn button(component: &Value) -> Button {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Button {
        label: text(&component["label"]),
        custom_id: text(&component["custom_id"]),
        enabled: component["disabled"] != true,
    }
}

fn file(attachment: &crate::world::message::Attachment) -> File {
    File {
        name: attachment.filename.clone(),
        description: attachment.description.clone(),
        content_type: attachment.content_type.clone(),
        bytes: attachment.bytes.clone(),
    }
}

fn reactors(reaction: &crate::world::message::Reaction) -> Reactors {
    let (emoji, normal, burst) = (reaction.emoji.clone(), reaction.normal.clone(), reaction.burst.clone());
    Reactors { emoji, normal, burst }
}

/// Content, then each embed from top to bottom, a line each.
fn flatten(content: &str, embeds: &[Value]) -> String {
    let mut lines = vec![content.to_owned()];
    for embed in embeds {
        let texts = [&embed["author"]["name"], &embed["title"], &embed["description"]];
        lines.extend(texts.into_iter().filter_map(Value::as_str).map(str::to_owned));
        for field in embed["fields"].as_array().into_iter().flatten() {
            let part = |key: &str| field[key].as_str().unwrap_or_default();
            lines.push(format!("{}: {}", part("name"), part("value")));
        }
        lines.extend(embed["footer"]["text"].as_str().map(str::to_owned));
    }
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}

impl Message {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> Id {
        self.id
    }

    /// Its channel.
    #[must_use]
    pub fn channel(&self) -> Channel {
        Channel { discord: self.discord.clone(), id: self.peek().channel }
    }

    /// Looks at it as it stands now.
    #[must_use]
    pub fn look(&self) -> Seen {
        self.read();
        self.peek()
    }

    /// Looks without reading it: it stays on the list of unread messages.
    #[must_use]
    pub fn peek(&self) -> Seen {
        self.record(Seen::of)
    }

    fn record<T>(&self, look: impl FnOnce(&World, &Record) -> T) -> T {
        self.discord.inner.read(|w| match w.messages.get(&self.id) {
            Some(message) => look(w, message),
            None => fail(format!("no message {}", self.id)),
        })
    }

    /// Marks it as read.
    pub fn read(&self) {
        self.discord.inner.change(|w| {
            if let Some(message) = w.messages.get_mut(&self.id) {
                message.read = true;
            }
        });
    }

    /// Content and embeds as a person reads them.
    #[must_use]
    pub fn text(&self) -> String {
        self.look().text
    }

    /// The file of this name.
    #[must_use]
    pub fn file(&self, name: &str) -> Option<File> {
        self.look().file(name).cloned()
    }

    /// The thread that was started from it.
    #[must_use]
    pub fn thread(&self) -> Option<Channel> {
        let there = self.discord.inner.read(|w| w.channels.get(&self.id).is_some_and(|c| !c.deleted));
        there.then(|| Channel { discord: self.discord.clone(), id: self.id })
    }

    /// What it said before each edit, oldest first.
    #[must_use]
    pub fn history(&self) -> Vec<String> {
        self.read();
        self.record(|_, m| m.history.iter().map(|v| flatten(&v.content, &v.embeds)).collect())
    }

    /// Whether it is gone.
    #[must_use]
    pub fn is_deleted(&self) -> bool {
        self.record(|_, m| m.deleted)
    }

    /// Waits until it looks as wanted, and reads it.
    pub async fn until(&self, wanted: impl Fn(&Seen) -> bool, within: Duration) -> Seen {
        let look = |w: &World| w.messages.get(&self.id).map(|m| Seen::of(w, m)).filter(|seen| wanted(seen));
        match self.discord.inner.wait(within, look).await {
            Some(seen) => {
                self.read();
                seen
            }
            None => fail(format!("within {within:?} the message did not become as wanted; it says:\n{}", self.text())),
        }
    }

    /// Waits until its text contains this.
    pub async fn becomes(&self, text: &str, within: Duration) -> Seen {
        self.until(|seen| seen.text.contains(text), within).await
    }

    /// Somebody who may deletes it.
    pub fn deletes(&self) {
        self.discord.inner.change(|w| w.delete_message(self.id));
    }

    /// A moderator hides its embeds.
    pub fn loses_embeds(&self) {
        self.alter(|m| m.flags |= SUPPRESS_EMBEDS);
    }

    /// Somebody with the bot's token edits it behind the bot's back.
    pub fn is_forged(&self, content: &str, embeds: Vec<Value>) {
        self.alter(|m| {
            content.clone_into(&mut m.content);
            m.embeds = embeds;
        });
    }

    /// Somebody with the bot's token exchanges what can be tapped, and leaves its words alone.
    pub fn components_are_forged(&self, components: Vec<Value>) {
        self.alter(|m| m.components = components);
    }

    /// Somebody with the bot's token exchanges a file by another one of its name, or takes it off.
    pub fn file_is_forged(&self, name: &str, bytes: Option<Bytes>) {
        self.alter(|m| match bytes {
            Some(bytes) => {
                m.attachments.iter_mut().filter(|a| a.filename == name).for_each(|a| a.bytes = bytes.clone());
            }
            None => m.attachments.retain(|a| a.filename != name),
        });
    }

    fn alter(&self, change: impl FnOnce(&mut Record)) {
        self.discord.inner.change(|w| {
            let now = w.now_ms();
            if let Some(message) = w.messages.get_mut(&self.id) {
                message.remember(now);
                change(message);
            }
            w.tell_edit(self.id);
        });
    }

    /// These people react with an emoji, each once, and no event ever tells of it.
    pub fn has_reactors(&self, emoji: &str, people: &[Id]) {
        self.discord.inner.change(|w| {
            let Some(message) = w.messages.get_mut(&self.id) else { return };
            let known = message.reactions.iter().position(|one| same_emoji(&one.emoji, emoji));
            let place = known.unwrap_or_else(|| {
                message.reactions.push(Reaction { emoji: emoji.to_owned(), ..Reaction::default() });
                message.reactions.len() - 1
            });
            if let Some(reaction) = message.reactions.get_mut(place) {
                let new = people.iter().filter(|id| !reaction.normal.contains(id)).copied();
                let new: Vec<Id> = new.collect();
                reaction.normal.extend(new);
            }
        });
    }

    /// A moderator removes all reactions.
    pub fn loses_reactions(&self) {
        self.discord.inner.change(|w| w.clear_reactions(self.id, None));
    }

    /// A moderator removes all reactions with one emoji.
    pub fn loses_emoji(&self, emoji: &str) {
        self.discord.inner.change(|w| w.clear_reactions(self.id, Some(emoji)));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::flatten;

    #[test]
    fn a_person_reads_content_and_embeds_from_top_to_bottom() {
        let embed = json!({
            "title": "T", "description": "D", "fields": [{"name": "n", "value": "v"}],
            "footer": {"text": "F"}, "author": {"name": "A"}, "color": 5,
        });
        assert_eq!(flatten("C", &[embed]), "C\nA\nT\nD\nn: v\nF");
        assert_eq!(flatten("", &[]), "");
    }
}
