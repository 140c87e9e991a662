//! Faults on demand: what the next requests of a kind meet instead of an ordinary answer.

use std::collections::BTreeMap;
use std::time::Duration;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// 429, not applied.
    RateLimited {
        /// When to come back.
        retry_after: Duration,
        /// The limit over all routes rather than a bucket's.
        global: bool,
    },
    /// This status with a short body that is no JSON, not applied.
    Status(u16),
    /// Never an answer, not applied; the connection stays open.
    NoAnswer,
    /// The connection closes at once, not applied.
    Unreachable,
    /// Applied, then the connection closes without an answer.
    AnswerLost,
    /// Applied, then the connection closes in the middle of the answer's body.
    HalfAnswer,
    /// Applied, answered after this time.
    Slow(Duration),
    /// Neither applied nor answered before [`crate::Discord::lets_go`]; then as ever. Written down without a status when it
    /// comes in.
    Held,
}

/// Which requests a fault is for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct On {
    method: Option<String>,
    template: Option<String>,
    containing: Option<String>,
    about: Option<(String, String)>,
}

impl On {
    /// Every request.
    #[must_use]
    pub fn any() -> Self {
        Self::default()
    }

    /// Requests of this method on this path template, as in Discord's document:
    /// `On::path("POST", "/channels/{channel_id}/messages")`.
    #[must_use]
    pub fn path(method: &str, template: &str) -> Self {
        Self { method: Some(method.to_owned()), template: Some(template.to_owned()), ..Self::default() }
    }

    /// Only those whose body contains this text.
    #[must_use]
    pub fn containing(self, text: &str) -> Self {
        Self { containing: Some(text.to_owned()), ..self }
    }

    /// Only those with this value in the path: `about("user_id", id)`.
    #[must_use]
    pub fn about(self, parameter: &str, value: &impl ToString) -> Self {
        Self { about: Some((parameter.to_owned(), value.to_string())), ..self }
    }

    fn matches(&self, met: &Met<'_>) -> bool {
        self.method.as_deref().is_none_or(|m| m == met.method)
            && self.template.as_deref().is_none_or(|t| t == met.template)
            && self.containing.as_deref().is_none_or(|text| met.body.contains(text))
            && self.about.as_ref().is_none_or(|(name, value)| met.parameters.get(name) == Some(value))
    }
}

/// A request, as faults see it.
pub(crate) struct Met<'a> {
    pub(crate) method: &'a str,
    pub(crate) template: &'a str,
    pub(crate) body: &'a str,
    pub(crate) parameters: &'a BTreeMap<String, String>,
}

#[derive(Debug)]
struct Planned {
    on: On,
    fault: Fault,
    times: u32,
}

/// Faults still to come.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    planned: Vec<Planned>,
}

impl Faults {
    pub(crate) fn plan(&mut self, on: On, fault: Fault, times: u32) {
        self.planned.push(Planned { on, fault, times });
    }

    /// The fault that this request meets; uses it up once.
    pub(crate) fn meet(&mut self, met: &Met<'_>) -> Option<Fault> {
        let planned = self.planned.iter_mut().find(|p| p.times > 0 && p.on.matches(met))?;
        planned.times = planned.times.saturating_sub(1);
        Some(planned.fault)
    }

    /// Whether a request like this is held still.
    pub(crate) fn holds(&self, met: &Met<'_>) -> bool {
        self.planned.iter().any(|p| p.fault == Fault::Held && p.on.matches(met))
    }

    /// Requests like this are held no more.
    pub(crate) fn let_go(&mut self, on: &On) {
        self.planned.retain(|p| p.fault != Fault::Held || p.on != *on);
    }

    /// Ends all faults and tells how many were not met (endless ones not counted).
    pub(crate) fn clear(&mut self) -> u32 {
        let left = self.planned.iter().map(|p| p.times).filter(|t| *t < ENDLESS / 2).sum();
        self.planned.clear();
        left
    }

    /// Faults that were planned and never met.
    pub(crate) fn unmet(&self) -> Vec<String> {
        let unmet = self.planned.iter().filter(|p| p.times > 0 && p.times < ENDLESS / 2);
        unmet.map(|p| format!("{:?} on {:?}, {} times", p.fault, p.on, p.times)).collect()
    }
}

/// Times of a fault that lasts until it is cleared.
pub(crate) const ENDLESS: u32 = u32::MAX;
