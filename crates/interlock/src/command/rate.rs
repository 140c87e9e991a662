//! Rates of data: `50MiB`, `1GiB`, each second.

use super::parse::given;
use crate::plan::Mistake;

const UNITS: [(&str, u64); 4] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)];
/// Units of ten that look like ours and are not; people mean one and get the other.
const DECIMAL: [&str; 6] = ["kB", "KB", "MB", "GB", "Mb", "Gb"];
/// The fastest that any option takes: a terabyte each second.
const FASTEST: u64 = 1 << 40;

/// Reads a rate: a whole number and a unit, `/s` may follow.
///
/// # Errors
/// `rate-in-decimal`, `rate-of-zero`, `not-a-rate`.
pub(crate) fn parse(text: &str) -> Result<u64, Mistake> {
    let mistake = || Mistake::new("not-a-rate", given(text));
    let amount = text.strip_suffix("/s").unwrap_or(text);
    let digits = amount.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = amount.split_at(digits);
    if DECIMAL.contains(&unit) {
        return Err(Mistake::new("rate-in-decimal", given(text).with("unit", unit)));
    }
    let (_, factor) = UNITS.into_iter().find(|(name, _)| *name == unit).ok_or_else(mistake)?;
    let number: u64 = number.parse().map_err(|_| mistake())?;
    if number == 0 {
        return Err(Mistake::new("rate-of-zero", given(text)));
    }
    number.checked_mul(factor).filter(|rate| *rate <= FASTEST).ok_or_else(mistake)
}

/// The one writing of a rate: in the largest unit that leaves a whole number.
pub(super) fn canonical(rate: u64) -> String {
    let (unit, factor) = UNITS.into_iter().find(|(_, factor)| rate.is_multiple_of(*factor)).unwrap_or(("B", 1));
    format!("{}{unit}", rate / factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write() {
        for (text, rate, shown) in [
            ("50MiB", 50 << 20, "50MiB"),
            ("1024KiB/s", 1 << 20, "1MiB"),
            ("1GiB", 1 << 30, "1GiB"),
            ("1500B", 1_500, "1500B"),
        ] {
            assert_eq!(parse(text), Ok(rate), "{text}");
            assert_eq!(canonical(rate), shown);
        }
    }

    #[test]
    fn refuses_the_rest() {
        for (text, id) in [
            ("50MB", "rate-in-decimal"),
            ("50MB/s", "rate-in-decimal"),
            ("1GB", "rate-in-decimal"),
            ("0MiB", "rate-of-zero"),
            ("0B", "rate-of-zero"),
            ("", "not-a-rate"),
            ("50", "not-a-rate"),
            ("MiB", "not-a-rate"),
            ("-5MiB", "not-a-rate"),
            ("1.5MiB", "not-a-rate"),
            ("50 MiB", "not-a-rate"),
            ("99999999999GiB", "not-a-rate"),
            ("2048GiB", "not-a-rate"),
        ] {
            assert_eq!(parse(text).map_err(|mistake| mistake.id), Err(id.to_owned()), "{text:?}");
        }
    }
}
