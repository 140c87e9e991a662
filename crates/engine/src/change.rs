//! A transition as the engine asks for it.

use crate::entry::Entry;
use crate::inner::Inner;
use crate::notice::Notice;
use crate::operation::{Changes, Freezes, Operation, Transition, Why};
use crate::record::{Actor, Record};
use interlock::approval::Event;
use interlock::facts::Facts;

/// A transition as the engine asks for it; what is left out stays as it is.
pub(crate) struct Move {
    pub(crate) event: Event,
    pub(crate) why: Why,
    pub(crate) holds: Changes,
    pub(crate) freezes: Freezes,
    pub(crate) entry: Option<(i64, Entry)>,
    pub(crate) notices: Vec<Notice>,
    pub(crate) facts: Facts,
}

impl Move {
    pub(crate) fn new(event: Event) -> Self {
        Self {
            event,
            why: Why::default(),
            holds: Changes::None,
            freezes: Freezes::Unasked,
            entry: None,
            notices: Vec::new(),
            facts: Facts::none(),
        }
    }

    pub(crate) fn because(mut self, id: &str, facts: Facts) -> Self {
        self.facts = facts.clone();
        self.why = Why { id: id.to_owned(), facts };
        self
    }

    pub(crate) fn telling(mut self, notices: Vec<Notice>) -> Self {
        self.notices = notices;
        self
    }

    pub(crate) fn holds(mut self, holds: Changes) -> Self {
        self.holds = holds;
        self
    }

    pub(crate) fn freezes(mut self, freezes: Freezes) -> Self {
        self.freezes = freezes;
        self
    }

    /// The whole transition from where the operation stands.
    pub(crate) fn of(self, operation: &Operation, inner: &Inner, actor: Actor) -> Transition {
        let now = inner.ports.clock.now();
        let record = Record {
            what: self.event.key().to_owned(),
            actor,
            operation: Some(operation.id.clone()),
            request: None,
            digest: Some(operation.digest),
            facts: if self.why.id.is_empty() { self.facts } else { self.facts.with("why", self.why.id.as_str()) },
        };
        Transition {
            operation: operation.id.clone(),
            from: operation.state,
            version: operation.version,
            event: self.event,
            token: None,
            at: now,
            next_at: now,
            why: self.why,
            holds: self.holds,
            freezes: self.freezes,
            only_while: None,
            entry: self.entry,
            records: vec![record],
            notices: self.notices,
        }
    }
}
