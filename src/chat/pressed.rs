//! What our buttons and forms do, by their ids. What is in an id is hostile like any other input.

use crate::desk::Shown;

/// A button, or the form it opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Pressed {
    /// Shows an operation, and how the vote stands: `details:K7F3QD`, `myvote:K7F3QD:1`.
    Status(String),
    /// Asks for a plan otherwise than it is: `change:K7F3QD:` and the plan's whole digest.
    Change(Shown),
    /// Asks for the name of what a plan changes, and approves it: `confirm:K7F3QD:` and its whole digest.
    Confirm(Shown),
    /// Asks for the reason of a veto, and vetoes a plan: `reject:K7F3QD:` and its whole digest.
    Reject(Shown),
}

impl Pressed {
    /// What the button or form of an id does; none if it is not one of ours.
    pub(super) fn of(id: &str) -> Option<Self> {
        let (does, to) = id.split_once(':')?;
        match does {
            "details" => Some(Self::Status(to.to_owned())),
            "myvote" => Some(Self::Status(to.split(':').next().unwrap_or(to).to_owned())),
            "change" => exactly(to).map(Self::Change),
            "confirm" => exactly(to).map(Self::Confirm),
            "reject" => exactly(to).map(Self::Reject),
            _ => None,
        }
    }
}

/// An operation, and the whole digest of one of its plans.
fn exactly(to: &str) -> Option<Shown> {
    let (operation, digest) = to.split_once(':')?;
    Some(Shown { operation: operation.parse().ok()?, digest: digest.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use interlock::plan::Digest;

    #[test]
    fn an_id_that_is_not_one_of_ours_does_nothing() {
        let digest = Digest::of(b"plan");
        let shown = Shown { operation: "K7F3QD".parse().unwrap(), digest };
        assert_eq!(Pressed::of(&format!("change:K7F3QD:{digest}")), Some(Pressed::Change(shown.clone())));
        assert_eq!(Pressed::of(&format!("confirm:K7F3QD:{digest}")), Some(Pressed::Confirm(shown.clone())));
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
            "change:K7F3QD",
            "change:K7F3QD:1",
            &short,
            &longer,
        ] {
            assert_eq!(Pressed::of(id), None, "{id}");
        }
    }
}
