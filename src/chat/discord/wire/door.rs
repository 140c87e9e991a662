//! A door that writes down what is handed in.

use super::SOON;
use crate::chat::{Clicked, Completing, Door, Filled, MessageRef, Reacted, Stranger, Suggested};
use crate::desk::{Incoming, RawValue};
use crate::text::{Card, Form, Line, Span};
use engine::port::Boxed;
use interlock::principal::{Account, Principal};
use tokio::sync::watch;

/// What was handed in.
#[derive(Debug, Clone)]
pub(super) enum Handed {
    Command(Incoming),
    Completing(Completing),
    Clicked(Clicked),
    Filled(Filled),
    Reacted(Reacted),
    Connected,
}

/// The door.
#[derive(Debug)]
pub(super) struct FakeDoor {
    handed: watch::Sender<Vec<Handed>>,
}

impl Default for FakeDoor {
    fn default() -> Self {
        Self { handed: watch::Sender::new(Vec::new()) }
    }
}

/// A card of one line of our own words.
pub(super) fn card(text: &str) -> Card {
    Card { headline: vec![Line(vec![Span::Plain(text.to_owned())])], ..Card::default() }
}

impl FakeDoor {
    fn hand(&self, handed: Handed) {
        self.handed.send_modify(|all| all.push(handed));
    }

    /// Everything so far.
    pub(super) fn all(&self) -> Vec<Handed> {
        self.handed.borrow().clone()
    }

    /// Waits until so many of a kind are there, and gives them.
    pub(super) async fn wait<T>(&self, count: usize, pick: impl Fn(&Handed) -> Option<T>) -> Vec<T> {
        let mut watched = self.handed.subscribe();
        let enough = watched.wait_for(|all| all.iter().filter_map(&pick).count() >= count);
        let came = tokio::time::timeout(SOON, enough).await.is_ok();
        let all: Vec<T> = self.all().iter().filter_map(&pick).collect();
        assert!(came, "only {} of {count} came: {:?}", all.len(), self.all());
        all
    }

    pub(super) async fn reactions(&self, count: usize) -> Vec<Reacted> {
        let pick = |handed: &Handed| match handed {
            Handed::Reacted(reacted) => Some(reacted.clone()),
            _ => None,
        };
        self.wait(count, pick).await
    }

    pub(super) async fn connections(&self, count: usize) {
        self.wait(count, |handed| matches!(handed, Handed::Connected).then_some(())).await;
    }

    pub(super) fn commands(&self) -> Vec<Incoming> {
        let command = |handed: &Handed| match handed {
            Handed::Command(incoming) => Some(incoming.clone()),
            _ => None,
        };
        self.all().iter().filter_map(command).collect()
    }
}

impl Door for FakeDoor {
    fn command(&self, incoming: Incoming) -> Boxed<'_, Card> {
        self.hand(Handed::Command(incoming.clone()));
        Box::pin(async move {
            let reason = match incoming.options.get("reason") {
                Some(RawValue::Text(text)) => text.clone(),
                _ => String::new(),
            };
            assert!(reason != "break", "on purpose");
            let line = Line(vec![Span::Plain(format!("done {}: ", incoming.command)), Span::Foreign(reason)]);
            Card { headline: vec![line], ..Card::default() }
        })
    }

    fn complete(&self, completing: &Completing) -> Vec<Suggested> {
        self.hand(Handed::Completing(completing.clone()));
        assert!(completing.prefix != "break", "on purpose");
        let value = format!("{}ing", completing.prefix);
        vec![Suggested { label: value.clone(), value }]
    }

    fn clicked(&self, clicked: Clicked) -> Boxed<'_, Card> {
        self.hand(Handed::Clicked(clicked.clone()));
        Box::pin(async move { card(&format!("clicked {}", clicked.id)) })
    }

    fn form<'a>(&'a self, button: &'a str, _principal: &'a Principal, locale: &'a str) -> Boxed<'a, Option<Form>> {
        let form = button.starts_with("form:").then(|| Form {
            id: button.to_owned(),
            title: format!("form {locale}"),
            label: "name".to_owned(),
            longest: 20,
            filled: String::new(),
            is_high: false,
        });
        let is_slow = button.starts_with("form:slow");
        Box::pin(async move {
            if is_slow {
                std::future::pending::<()>().await;
            }
            form
        })
    }

    fn filled(&self, filled: Filled) -> Boxed<'_, Card> {
        self.hand(Handed::Filled(filled.clone()));
        Box::pin(async move { card(&format!("filled {} with {}", filled.id, filled.text.unwrap_or_default())) })
    }

    fn stranger(&self, stranger: Stranger, _account: Option<Account>, locale: &str) -> Card {
        card(&format!("no: {stranger:?} {locale}"))
    }

    fn concerns(&self, _reacted: &Reacted) -> bool {
        true
    }

    fn moved(&self, _account: Account) {}

    fn overrun(&self, _message: MessageRef) -> Boxed<'_, ()> {
        Box::pin(async {})
    }

    fn reacted(&self, reacted: Reacted) -> Boxed<'_, ()> {
        self.hand(Handed::Reacted(reacted));
        Box::pin(async {})
    }

    fn connected(&self) -> Boxed<'_, ()> {
        self.hand(Handed::Connected);
        Box::pin(async {})
    }
}
