//! When half of a plan's time to be approved is over.

use crate::time::Millis;

/// The middle between when a plan was made and when it expires; when it was made, if that is not before.
#[must_use]
pub fn halfway(made_at: Millis, expires_at: Millis) -> Millis {
    made_at.plus(expires_at.since(made_at) / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_middle_and_never_before_the_beginning() {
        let made = Millis(1_790_000_000_000);
        assert_eq!(halfway(made, Millis(made.0 + 28_800_000)), Millis(made.0 + 14_400_000));
        assert_eq!(halfway(made, Millis(made.0 + 1)), made);
        assert_eq!(halfway(made, Millis(made.0 - 5)), made);
    }
}
