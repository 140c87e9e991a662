//! What our buttons and forms do, by their ids. What is in an id is hostile like any other input.

use crate::desk::ShownPlan;
use interlock::id::RequestId;

/// The looks that need no options.
const LOOKS: [&str; 3] = ["clusters", "help", "operations"];

/// A button, or the form it opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Pressed {
    /// Shows an operation, and how the vote stands: `details:K7F3QD`, `myvote:K7F3QD:1`.
    Status(String),
    /// Looks at one of [`LOOKS`]: `look:operations`.
    Look(&'static str),
    /// Shares what a request was answered with: `share:M2WQ7A`.
    Share(RequestId),
    /// Asks for a plan otherwise than it is: `change:K7F3QD:` and the plan's whole digest.
    Change(ShownPlan),
    /// Asks for the name of what a plan changes, and approves it: `confirm:K7F3QD:` and its whole digest.
    Confirm(ShownPlan),
    /// Asks for the reason of a veto, and vetoes a plan: `reject:K7F3QD:` and its whole digest.
    Reject(ShownPlan),
}

impl Pressed {
    /// What the button or form of an id does; none if it is not one of ours.
    pub(super) fn of(id: &str) -> Option<Self> {
        let (does, to) = id.split_once(':')?;
        match does {
            "details" => Some(Self::Status(to.to_owned())),
            "myvote" => Some(Self::Status(to.split(':').next().unwrap_or(to).to_owned())),
            "look" => LOOKS.into_iter().find(|look| *look == to).map(Self::Look),
            "share" => to.parse().ok().map(Self::Share),
            "change" => exactly(to).map(Self::Change),
            "confirm" => exactly(to).map(Self::Confirm),
            "reject" => exactly(to).map(Self::Reject),
            _ => None,
        }
    }
}

/// An operation, and the whole digest of one of its plans.
fn exactly(to: &str) -> Option<ShownPlan> {
    let (operation, digest) = to.split_once(':')?;
    Some(ShownPlan { operation: operation.parse().ok()?, digest: digest.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::{Answer, Done, Recorded, Refusal};
    use crate::text::{Card, Locale, answer, vocabulary};
    use interlock::changes::HELD;
    use interlock::facts::Facts;
    use interlock::plan::{Check, Digest, Level, Mistake};

    #[test]
    fn an_id_that_is_not_one_of_ours_does_nothing() {
        let digest = Digest::of(b"plan");
        let shown = ShownPlan { operation: "K7F3QD".parse().unwrap(), digest };
        assert_eq!(Pressed::of(&format!("change:K7F3QD:{digest}")), Some(Pressed::Change(shown.clone())));
        assert_eq!(Pressed::of(&format!("confirm:K7F3QD:{digest}")), Some(Pressed::Confirm(shown.clone())));
        assert_eq!(Pressed::of("look:operations"), Some(Pressed::Look("operations")));
        assert_eq!(Pressed::of("share:M2WQ7A"), Some(Pressed::Share("M2WQ7A".parse().unwrap())));
        assert_eq!(Pressed::of("myvote:K7F3QD:1"), Some(Pressed::Status("K7F3QD".to_owned())));
        assert_eq!(Pressed::of(&format!("reject:K7F3QD:{digest}")), Some(Pressed::Reject(shown)));
        let short = format!("confirm:K7F3QD:{}", &digest.to_string()[..12]);
        let longer = format!("confirm:K7F3QD:{digest}:1");
        for id in [
            "",
            "details",
            "approve:K7F3QD",
            "confirm:K7F3QD",
            "confirm:nope:",
            "reject:",
            "reject:K7F3QD",
            "reject:K7F3QD:1",
            "look:",
            "look:audit",
            "share:",
            "share:<@1>",
            "change:K7F3QD",
            "change:K7F3QD:1",
            &short,
            &longer,
        ] {
            assert_eq!(Pressed::of(id), None, "{id}");
        }
    }

    fn answered(done: Done) -> Card {
        answer(&Answer { request: "M2WQ7A".parse().unwrap(), done, recorded: Recorded::Yes }, Locale::EnUs)
    }

    /// One thing at most, and it works; nothing where it would have to be typed what is meant.
    #[test]
    fn what_a_refusal_offers_to_be_tapped_does_something() {
        let digest = Digest::of(b"plan").to_string();
        let facts = Facts::none().with("operation", "K7F3QD").with("state", "running").with("digest", digest);
        let offered = |done: Done| {
            let buttons = answered(done).buttons;
            assert!(buttons.len() <= 1, "{buttons:?}");
            buttons.first().map(|button| Pressed::of(&button.id).unwrap_or_else(|| panic!("{button:?} does nothing")))
        };
        let of = |id: &str, facts: &Facts| offered(Done::Mistake(Mistake::new(id, facts.clone())));
        let some = vocabulary::MISTAKES.iter().filter(|id| of(id, &facts).is_some()).count();
        assert!((15..30).contains(&some), "{some}");
        let details = Some(Pressed::Status("K7F3QD".to_owned()));
        assert_eq!(of("voting-closed", &facts), details);
        assert_eq!(of("unknown-cluster", &facts), Some(Pressed::Look("clusters")));
        assert_eq!(of("form-late", &facts).map(|of| matches!(of, Pressed::Change(_))), Some(true));
        assert_eq!(of("not-a-time", &facts), None);
        // Only an operation's id becomes part of a button's.
        for hostile in ["K7F3QD:1", "<@1>", "", "k7f3qd"] {
            assert_eq!(of("voting-closed", &Facts::none().with("operation", hostile)), None, "{hostile}");
        }
        let held = Check::new(Level::Block, HELD, facts);
        let refused = |checks| Done::Refused(Refusal { cluster: "logs-kafka".parse().unwrap(), checks });
        assert_eq!(offered(refused(vec![held.clone()])), details);
        let other = Check::new(Level::Block, "group-inactive", Facts::none());
        assert_eq!(offered(refused(vec![other, held])), None, "the first one is what is in the way");
    }
}
