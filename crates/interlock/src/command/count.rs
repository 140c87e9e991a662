//! Whole numbers of things: partitions, replicas.

use super::parse::given;
use crate::plan::Mistake;

/// The most of anything that an option counts.
const MOST: u32 = 1_000_000;

/// Reads a whole number from 1 on.
///
/// # Errors
/// `not-a-count`.
pub(super) fn parse(text: &str) -> Result<u32, Mistake> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = if digits { text.parse().ok() } else { None };
    number
        .filter(|number| (1..=MOST).contains(number))
        .ok_or_else(|| Mistake::new("not-a-count", given(text).with("most", i64::from(MOST))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_numbers_from_one_on_are_read() {
        assert_eq!((parse("1"), parse("12"), parse("1000000")), (Ok(1), Ok(12), Ok(1_000_000)));
        for text in ["", "0", "-1", "+1", "1.5", "1 ", "1k", "1000001", "99999999999999999999", "１"] {
            assert_eq!(parse(text).map_err(|mistake| mistake.id), Err("not-a-count".to_owned()), "{text:?}");
        }
    }
}
