//! Instants as a client words them.

use crate::reader::{Language, Reader};
use jiff::Timestamp;

/// The words for the inside of `<t:…>`, behind the `t:`; none where the client would show it as it was typed.
pub(crate) fn worded(inner: &str, reader: &Reader) -> Option<String> {
    let (seconds, style) = inner.split_once(':').unwrap_or((inner, "f"));
    let at = Timestamp::from_second(seconds.parse().ok()?).ok()?;
    match style {
        "R" => Some(relative(at.as_second() - reader.now.as_second(), reader.language)),
        "f" => Some(date(at, reader)),
        _ => None,
    }
}

fn date(at: Timestamp, reader: &Reader) -> String {
    let there = at.to_zoned(reader.zone.clone());
    let format = match reader.language {
        Language::English => "%B %-d, %Y at %-I:%M %p",
        Language::Chinese => "%Y年%-m月%-d日 %H:%M",
    };
    there.strftime(format).to_string()
}

/// The hour of a message, beside its author.
pub(crate) fn hour(reader: &Reader) -> String {
    let format = match reader.language {
        Language::English => "%-I:%M %p",
        Language::Chinese => "%H:%M",
    };
    reader.now.to_zoned(reader.zone.clone()).strftime(format).to_string()
}

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// How far off, in the words of a client: rounded to one unit.
fn relative(seconds: i64, language: Language) -> String {
    let far = seconds.abs();
    let rounded = |unit: i64| (far + unit / 2) / unit;
    let (count, english, chinese) = match far {
        _ if far < MINUTE => (far, "second", "秒"),
        _ if rounded(MINUTE) < 60 => (rounded(MINUTE), "minute", "分钟"),
        _ if rounded(HOUR) < 24 => (rounded(HOUR), "hour", "小时"),
        _ => (rounded(DAY), "day", "天"),
    };
    match (language, seconds >= 0) {
        (Language::Chinese, true) => format!("{count} {chinese}后"),
        (Language::Chinese, false) => format!("{count} {chinese}前"),
        (Language::English, ahead) => {
            let many = if count == 1 { "" } else { "s" };
            if ahead { format!("in {count} {english}{many}") } else { format!("{count} {english}{many} ago") }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::{TimeZone, offset};

    #[test]
    fn instants_stand_in_the_readers_zone_and_language() {
        let reader = |language| Reader {
            language,
            zone: TimeZone::fixed(offset(8)),
            now: Timestamp::from_second(1_795_500_000).unwrap(),
            names: std::collections::BTreeMap::new(),
        };
        let (english, chinese) = (reader(Language::English), reader(Language::Chinese));
        for (inner, in_english, in_chinese) in [
            ("1795528800:R", "in 8 hours", "8 小时后"),
            ("1795499400:R", "10 minutes ago", "10 分钟前"),
            ("1795500000:f", "November 24, 2026 at 2:00 PM", "2026年11月24日 14:00"),
        ] {
            assert_eq!(worded(inner, &english).as_deref(), Some(in_english));
            assert_eq!(worded(inner, &chinese).as_deref(), Some(in_chinese));
        }
        assert_eq!(worded("x:R", &english), None);
        assert_eq!(worded("5:z", &english), None);
    }
}
