//! Numbers, amounts, spans of time and instants as people read them.

use super::locale::{Args, Locale};
use interlock::time::Millis;

const KIB: u64 = 1024;
const SECOND: u64 = 1_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// With thousands separators: "1,234,567".
#[must_use]
pub fn thousands(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut out = String::from(if number < 0 { "-" } else { "" });
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// In at most six characters with its sign, for tables: "+800", "-12k", "+3.4M".
#[must_use]
pub fn signed_short(number: i64) -> String {
    let sign = match number.signum() {
        1 => "+",
        -1 => "-",
        _ => "",
    };
    format!("{sign}{}", short(number.unsigned_abs()))
}

fn short(number: u64) -> String {
    const STEPS: [(u64, &str); 6] = [
        (1_000, "k"),
        (1_000_000, "M"),
        (1_000_000_000, "G"),
        (1_000_000_000_000, "T"),
        (10_u64.pow(15), "P"),
        (10_u64.pow(18), "E"),
    ];
    if number < 10_000 {
        return number.to_string();
    }
    let (step, unit) = STEPS.iter().rev().find(|(step, _)| number >= *step).copied().unwrap_or((1, ""));
    if number < 10 * step {
        format!("{}.{}{unit}", number / step, number % step / (step / 10))
    } else {
        format!("{}{unit}", number / step)
    }
}

/// An amount of data: "812 B", "1.5 GiB", "412 GiB".
#[must_use]
pub fn bytes(amount: u64) -> String {
    const UNITS: [&str; 7] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let (mut unit, mut size) = (0, 1_u64);
    while unit + 1 < UNITS.len() && amount / size >= KIB {
        unit += 1;
        size *= KIB;
    }
    let whole = amount / size;
    if unit == 0 || whole >= 10 {
        return format!("{whole} {}", UNITS[unit]);
    }
    format!("{whole}.{} {}", u128::from(amount % size) * 10 / u128::from(size), UNITS[unit])
}

/// An amount of data in at most five characters, for tables: "812B", "1.5G", "412G", "1023M".
#[must_use]
pub fn short_bytes(amount: u64) -> String {
    bytes(amount).replace("iB", "").replace(' ', "")
}

/// A span of time in its two largest units: "1 h 28 min", "2 s".
#[must_use]
pub fn duration(locale: Locale, milliseconds: u64) -> String {
    const UNITS: [(u64, &str); 4] =
        [(DAY, "unit-days"), (HOUR, "unit-hours"), (MINUTE, "unit-minutes"), (SECOND, "unit-seconds")];
    if milliseconds < SECOND {
        return locale.text("unit-under-a-second");
    }
    let mut rest = milliseconds;
    let mut parts = Vec::new();
    for (unit, key) in UNITS {
        let count = rest / unit;
        rest %= unit;
        if count > 0 {
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            parts.push(locale.say(key, &Args::new().number("count", count)).plain_text());
        } else if !parts.is_empty() {
            break;
        }
        if parts.len() == 2 {
            break;
        }
    }
    parts.join(" ")
}

/// An instant in UTC to the second, with milliseconds where they are not zero; the bare number outside of the calendar.
#[must_use]
pub fn utc(at: Millis) -> String {
    let Ok(timestamp) = jiff::Timestamp::from_millisecond(at.0) else { return at.to_string() };
    let format = if at.0.rem_euclid(1_000) == 0 { "%Y-%m-%d %H:%M:%S UTC" } else { "%Y-%m-%d %H:%M:%S%.3f UTC" };
    timestamp.strftime(format).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated() {
        let shown = [0, 999, 1_000, -1_234_567, i64::MAX, i64::MIN].map(thousands);
        assert_eq!(
            shown,
            ["0", "999", "1,000", "-1,234,567", "9,223,372,036,854,775,807", "-9,223,372,036,854,775,808"]
        );
    }

    #[test]
    fn short_numbers_are_short() {
        let shown = [0, 9_999, -12_345, 1_234_567, 999_999, i64::MAX].map(signed_short);
        assert_eq!(shown, ["0", "+9999", "-12k", "+1.2M", "+999k", "+9.2E"]);
    }

    #[test]
    fn bytes_have_binary_units() {
        assert_eq!(
            [0, 1_023, 1_536, 412 << 30, u64::MAX].map(bytes),
            ["0 B", "1023 B", "1.5 KiB", "412 GiB", "15 EiB"]
        );
    }

    #[test]
    fn bytes_are_short_in_tables() {
        assert_eq!([0, 1_536, 412 << 30, 1_023 << 20].map(short_bytes), ["0B", "1.5K", "412G", "1023M"]);
    }

    #[test]
    fn durations_have_two_units() {
        let shown = [0, 2_000, 5_280_000, 3_600_000, 90_061_000].map(|span| duration(Locale::EnUs, span));
        assert_eq!(shown, ["under 1 s", "2 s", "1 h 28 min", "1 h", "1 d 1 h"]);
    }

    #[test]
    fn instants_show_milliseconds_only_where_there_are_some() {
        assert_eq!(utc(Millis(1_700_000_000_000)), "2023-11-14 22:13:20 UTC");
        assert_eq!(utc(Millis(1_700_000_000_120)), "2023-11-14 22:13:20.120 UTC");
    }
}
