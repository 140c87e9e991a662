//! Accounts: people, bots and webhooks that look like them.

use serde_json::{Value, json};

use crate::id::Id;

/// One account.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) id: Id,
    pub(crate) name: String,
    pub(crate) is_bot: bool,
    /// Language of the person's client.
    pub(crate) locale: String,
    /// Takes no direct messages.
    pub(crate) closed_dms: bool,
}

impl Account {
    pub(crate) fn person(id: Id, name: &str) -> Self {
        let (name, locale) = (name.to_owned(), "en-US".to_owned());
        Self { id, name, is_bot: false, locale, closed_dms: false }
    }

    pub(crate) fn bot(id: Id, name: &str) -> Self {
        Self { is_bot: true, ..Self::person(id, name) }
    }

    /// The user object.
    pub(crate) fn show(&self) -> Value {
        json!({
            "id": self.id, "username": self.name, "discriminator": "0", "global_name": self.name,
            "avatar": null, "bot": self.is_bot, "system": false, "public_flags": 0, "flags": 0,
        })
    }
}
