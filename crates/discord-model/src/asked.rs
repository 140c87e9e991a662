//! What comes back to a person who used the application.

use std::fmt;
use std::time::Duration;

use serde_json::Value;

use crate::discord::{Discord, fail};
use crate::id::Id;
use crate::message::{Message, Seen};
use crate::modal::Modal;
use crate::world::World;
use crate::world::interaction::{Callback, Interaction};

/// An interaction under way.
#[derive(Clone, Debug)]
pub struct Asked {
    pub(crate) discord: Discord,
    pub(crate) id: Id,
}

/// Nothing came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Silence {
    /// "The application did not respond": no first answer in time.
    NoFirstAnswer(String),
    /// It deferred ("is thinking …") and then said nothing.
    NoFinalAnswer(String),
}

impl fmt::Display for Silence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoFirstAnswer(what) => write!(f, "the application did not respond to {what}"),
            Self::NoFinalAnswer(what) => {
                write!(f, "the application is still thinking about {what}")
            }
        }
    }
}

impl std::error::Error for Silence {}

impl Asked {
    /// The interaction's id.
    #[must_use]
    pub fn id(&self) -> Id {
        self.id
    }

    /// Its token, as somebody who reads logs might find it.
    #[must_use]
    pub fn token(&self) -> String {
        self.record(|i| i.token.clone())
    }

    /// Tells it to the bot once more, as after a reconnect.
    pub fn is_delivered_again(&self) {
        self.discord.inner.change(|w| w.sessions.redeliver(&self.id.to_string()));
    }

    fn record<T>(&self, look: impl FnOnce(&Interaction) -> T) -> T {
        self.discord.inner.read(|w| match w.interactions.get(&self.id) {
            Some(interaction) => look(interaction),
            None => fail(format!("no interaction {}", self.id)),
        })
    }

    /// Waits for the first answer within Discord's deadline. Missing it is recorded as trouble.
    ///
    /// # Errors
    /// [`Silence::NoFirstAnswer`].
    pub async fn is_acknowledged(&self) -> Result<(), Silence> {
        let deadline = self.discord.inner.read(|w| w.options.callback_deadline);
        // A little beyond the deadline, so that the model itself decides what was in time.
        let slack = Duration::from_millis(50);
        let rest = (deadline + slack).saturating_sub(self.record(|i| i.started.elapsed()));
        let look = |w: &World| w.interactions.get(&self.id).and_then(|i| i.callback.as_ref()).map(|_| ());
        if self.discord.inner.wait(rest, look).await.is_some() {
            return Ok(());
        }
        self.discord.inner.change(World::report_missed);
        Err(Silence::NoFirstAnswer(self.record(|i| i.label.clone())))
    }

    /// Waits for the first answer in time and then for the final one.
    ///
    /// # Errors
    /// [`Silence`].
    pub async fn answer(self) -> Result<Answer, Silence> {
        self.is_acknowledged().await?;
        let patience = self.discord.inner.read(|w| w.options.patience);
        let look = |w: &World| w.interactions.get(&self.id).filter(|i| i.answered).map(|_| ());
        match self.discord.inner.wait(patience, look).await {
            Some(()) => Ok(Answer { asked: self }),
            None => Err(Silence::NoFinalAnswer(self.record(|i| i.label.clone()))),
        }
    }

    pub(crate) fn choices(&self) -> Vec<Value> {
        self.record(|i| match &i.callback {
            Some(Callback::Choices(choices)) => choices.clone(),
            _ => Vec::new(),
        })
    }
}

/// The final answer to an interaction: a message, a changed message, or a modal.
#[derive(Clone, Debug)]
pub struct Answer {
    asked: Asked,
}

impl Answer {
    /// The interaction.
    #[must_use]
    pub fn asked(&self) -> &Asked {
        &self.asked
    }

    /// The message that answers: the reply, or the message whose component was used. Fails for a modal.
    #[must_use]
    pub fn message(&self) -> Message {
        match self.asked.record(|i| i.original) {
            Some(id) => Message { discord: self.asked.discord.clone(), id },
            None => fail(format!("no message answers {}", self.asked.record(|i| i.label.clone()))),
        }
    }

    /// Further messages of this interaction.
    #[must_use]
    pub fn follow_ups(&self) -> Vec<Message> {
        let ids = self.asked.record(|i| i.followups.clone());
        ids.into_iter().map(|id| Message { discord: self.asked.discord.clone(), id }).collect()
    }

    /// Whether only the person who asked sees it.
    #[must_use]
    pub fn is_private(&self) -> bool {
        self.look().private
    }

    /// Looks at the message and reads it.
    #[must_use]
    pub fn look(&self) -> Seen {
        self.message().look()
    }

    /// What it says.
    #[must_use]
    pub fn text(&self) -> String {
        self.message().text()
    }

    /// Waits until it says this.
    pub async fn becomes(&self, text: &str, within: Duration) -> Seen {
        self.message().becomes(text, within).await
    }

    /// The modal that opened. Fails when it is a message.
    #[must_use]
    pub fn modal(&self) -> Modal {
        let opened = self.asked.record(|i| match &i.callback {
            Some(Callback::Modal(data)) => Some(data.clone()),
            _ => None,
        });
        match opened {
            Some(data) => Modal::new(self.asked.clone(), &data),
            None => fail(format!("no modal opened, but: {}", self.text())),
        }
    }
}
