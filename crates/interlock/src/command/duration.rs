//! Time spans: `30m`, `2h`, `90s`, `1h30m`, `7d`.

use super::parse::given;
use crate::plan::Mistake;
use std::time::Duration;

/// The longest span that any option takes: ten years.
pub(super) const LONGEST: Duration = Duration::from_secs(3650 * 86_400);
const UNITS: [(char, u64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

/// Reads a span: whole numbers with the units d, h, m, s, each at most once and in this order; more than nothing, and at
/// most ten years.
///
/// # Errors
/// `not-a-duration`, `duration-too-long`.
pub fn parse(text: &str) -> Result<Duration, Mistake> {
    let span = any(text)?;
    if span > LONGEST {
        return Err(Mistake::new("duration-too-long", given(text).with("most", LONGEST)));
    }
    Ok(span)
}

/// Reads a span however long it is; one that no clock could count is the longest that there is.
pub(super) fn any(text: &str) -> Result<Duration, Mistake> {
    let mistake = || Mistake::new("not-a-duration", given(text));
    let mut seconds: u64 = 0;
    let mut units = UNITS.iter();
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, after) = rest.split_at(digits);
        if number.is_empty() {
            return Err(mistake());
        }
        // Digits only, so what cannot be read is too much.
        let number: u64 = number.parse().unwrap_or(u64::MAX);
        let unit = after.chars().next().ok_or_else(mistake)?;
        let (_, factor) = units.find(|(letter, _)| *letter == unit).ok_or_else(mistake)?;
        seconds = seconds.saturating_add(number.saturating_mul(*factor));
        rest = &after[unit.len_utf8()..];
    }
    if text.is_empty() || seconds == 0 {
        return Err(mistake());
    }
    Ok(Duration::from_secs(seconds))
}

/// The one writing of a span of whole seconds.
pub(super) fn canonical(span: Duration) -> String {
    let mut left = span.as_secs();
    let mut text = String::new();
    for (letter, factor) in UNITS {
        if left >= factor {
            text.push_str(&format!("{}{letter}", left / factor));
            left %= factor;
        }
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        for (text, seconds, shown) in [
            ("30m", 1_800, "30m"),
            ("2h", 7_200, "2h"),
            ("90s", 90, "1m30s"),
            ("1h30m", 5_400, "1h30m"),
            ("7d", 604_800, "7d"),
            ("48h", 172_800, "2d"),
            ("0h5m", 300, "5m"),
        ] {
            assert_eq!(parse(text).map(|span| (span.as_secs(), canonical(span))), Ok((seconds, shown.to_owned())));
        }
    }

    #[test]
    fn refuses_the_rest() {
        let wrong =
            ["", "0s", "30", "m", "30 m", "30M", "-30m", "+30m", "1.5h", "30m1h", "1h1h", "５m", "30min", "1h\n"];
        for text in wrong {
            assert_eq!(parse(text).map_err(|mistake| mistake.id), Err("not-a-duration".to_owned()), "{text:?}");
        }
        for text in ["3651d", "99999999999999999999h", "18446744073709551615d"] {
            assert_eq!(parse(text).map_err(|mistake| mistake.id), Err("duration-too-long".to_owned()), "{text}");
        }
    }
}
