//! Where offsets go: `earliest`, `latest`, `offset:N`, `shift:±N`, or an instant.

use super::instant::{self, Times};
use super::parse::given;
use crate::plan::{Mistake, OffsetTarget};

/// Reads a target; times are resolved to instants, none of which is in the future.
pub(super) fn parse(text: &str, times: &Times<'_>) -> Result<OffsetTarget, Mistake> {
    match text {
        "earliest" => return Ok(OffsetTarget::Earliest),
        "latest" => return Ok(OffsetTarget::Latest),
        _ => {}
    }
    if let Some(number) = text.strip_prefix("offset:") {
        let offset = digits(number).ok_or_else(|| Mistake::new("not-an-offset", given(text)))?;
        return Ok(OffsetTarget::Offset(offset));
    }
    if let Some(shift) = text.strip_prefix("shift:") {
        return signed(shift).map(OffsetTarget::Shift).ok_or_else(|| Mistake::new("not-a-shift", given(text)));
    }
    if digits(text).is_some() {
        return Err(Mistake::new("bare-number", given(text)));
    }
    instant::parse(text, times).map(OffsetTarget::At)
}

/// A sign and at least one step: without a sign nobody knows which way was meant.
fn signed(text: &str) -> Option<i64> {
    let (sign, number) = match text.split_at_checked(1)? {
        ("+", number) => (1, number),
        ("-", number) => (-1, number),
        _ => return None,
    };
    digits(number).filter(|number| *number != 0).map(|number| sign * number)
}

fn digits(text: &str) -> Option<i64> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Millis;
    use jiff::tz::TimeZone;

    fn read(text: &str) -> Result<OffsetTarget, String> {
        let zone = TimeZone::UTC;
        parse(text, &Times { now: Millis(1_700_000_000_000), zone: &zone }).map_err(|mistake| mistake.id)
    }

    #[test]
    fn reads_each_form() {
        for (text, target) in [
            ("earliest", OffsetTarget::Earliest),
            ("latest", OffsetTarget::Latest),
            ("offset:0", OffsetTarget::Offset(0)),
            ("offset:9223372036854775807", OffsetTarget::Offset(i64::MAX)),
            ("shift:+5", OffsetTarget::Shift(5)),
            ("shift:-500", OffsetTarget::Shift(-500)),
            ("-1h", OffsetTarget::At(Millis(1_699_996_400_000))),
            ("now", OffsetTarget::At(Millis(1_700_000_000_000))),
        ] {
            assert_eq!(read(text), Ok(target), "{text}");
            assert_eq!(read(&target.to_string()), Ok(target), "{text}");
        }
    }

    #[test]
    fn refuses_what_could_mean_two_things() {
        for (text, id) in [
            ("offset:", "not-an-offset"),
            ("offset:-1", "not-an-offset"),
            ("offset:9223372036854775808", "not-an-offset"),
            ("offset:+1", "not-an-offset"),
            ("shift:5", "not-a-shift"),
            ("shift:+0", "not-a-shift"),
            ("shift:--5", "not-a-shift"),
            ("shift:−5", "not-a-shift"),
            ("shift:", "not-a-shift"),
            ("12345", "bare-number"),
            ("1700000000000", "bare-number"),
            ("Latest", "not-a-time"),
            ("", "not-a-time"),
            ("end", "not-a-time"),
        ] {
            assert_eq!(read(text), Err(id.to_owned()), "{text:?}");
        }
    }
}
