//! Instants as people type them: RFC 3339, a local date and time with a zone or without, `now`, `-2h`, and mqadmin's
//! `yyyy-MM-dd#HH:mm:ss:SSS`. Nothing is guessed: what is not one of these forms is a mistake, because a malformed time
//! counts as 0 on RocketMQ's wire and resets to the very first message.

use super::duration;
use super::parse::given;
use crate::facts::Facts;
use crate::plan::Mistake;
use crate::time::Millis;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

/// What times are read against.
#[derive(Debug, Clone, Copy)]
pub(super) struct Times<'a> {
    /// The present.
    pub(super) now: Millis,
    /// The zone of local times that name none.
    pub(super) zone: &'a TimeZone,
}

/// Reads an instant that is not in the future.
pub(super) fn parse(text: &str, times: &Times<'_>) -> Result<Millis, Mistake> {
    let at = any(text, times)?;
    if at > times.now {
        return Err(Mistake::new("time-in-future", given(text).with("at", at).with("now", times.now)));
    }
    if at < Millis(0) {
        return Err(Mistake::new("time-too-early", too_early(given(text), at)));
    }
    Ok(at)
}

/// Reads an instant that is still to come.
pub(super) fn to_come(text: &str, times: &Times<'_>) -> Result<Millis, Mistake> {
    let at = any(text, times)?;
    if at <= times.now {
        return Err(Mistake::new("time-in-past", too_early(given(text), at).with("now", times.now)));
    }
    Ok(at)
}

/// An instant that no calendar has is not shown.
fn too_early(facts: Facts, at: Millis) -> Facts {
    match jiff::Timestamp::from_millisecond(at.0) {
        Ok(_) => facts.with("at", at),
        Err(_) => facts,
    }
}

fn any(text: &str, times: &Times<'_>) -> Result<Millis, Mistake> {
    if text == "now" {
        return Ok(times.now);
    }
    if let Some(back) = text.strip_prefix('-') {
        return Ok(times.now.minus(duration::any(back).map_err(|_| not_a_time(text))?));
    }
    let written = Written::read(text).ok_or_else(|| not_a_time(text))?;
    let local = written.local().ok_or_else(|| Mistake::new("no-such-date", given(text)))?;
    match zone_of(written.zone) {
        Some(Zone::Default) => in_zone(local, times.zone, text),
        Some(Zone::Offset(offset)) => exact(local, offset).ok_or_else(|| Mistake::new("no-such-date", given(text))),
        Some(Zone::Named(zone)) => in_zone(local, &zone, text),
        None => Err(Mistake::new("unknown-zone", given(text).with("zone", written.zone))),
    }
}

fn not_a_time(text: &str) -> Mistake {
    Mistake::new("not-a-time", given(text))
}

/// A date and time as written: numbers of the right width in the right places, and what follows them.
struct Written<'t> {
    year: i16,
    month: i8,
    day: i8,
    hour: i8,
    minute: i8,
    second: i8,
    millisecond: i32,
    zone: &'t str,
}

impl<'t> Written<'t> {
    fn read(text: &'t str) -> Option<Self> {
        let mut rest = Rest(text);
        let year = i16::try_from(rest.digits(4)?).ok()?;
        rest.one_of("-")?;
        let month = rest.two()?;
        rest.one_of("-")?;
        let day = rest.two()?;
        let mqadmin = rest.one_of("T #")? == '#';
        let hour = rest.two()?;
        rest.one_of(":")?;
        let minute = rest.two()?;
        let (mut second, mut millisecond) = (0, 0);
        if rest.one_of(":").is_some() {
            second = rest.two()?;
            millisecond = rest.fraction(mqadmin)?;
        } else if mqadmin {
            return None;
        }
        Some(Self { year, month, day, hour, minute, second, millisecond, zone: rest.0.trim_start_matches(' ') })
    }

    fn local(&self) -> Option<DateTime> {
        let date = Date::new(self.year, self.month, self.day).ok()?;
        let time = Time::new(self.hour, self.minute, self.second, self.millisecond * 1_000_000).ok()?;
        Some(date.to_datetime(time))
    }
}

/// What has not been read yet.
struct Rest<'t>(&'t str);

impl<'t> Rest<'t> {
    fn one_of(&mut self, allowed: &str) -> Option<char> {
        let next = self.0.chars().next().filter(|next| allowed.contains(*next))?;
        self.0 = &self.0[next.len_utf8()..];
        Some(next)
    }

    fn digits(&mut self, count: usize) -> Option<u32> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        if !taken.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        self.0 = rest;
        taken.parse().ok()
    }

    fn two(&mut self) -> Option<i8> {
        self.digits(2).and_then(|number| i8::try_from(number).ok())
    }

    /// Milliseconds: mqadmin writes `:SSS` and demands it; else `.` and one to nine digits, of which three count.
    fn fraction(&mut self, mqadmin: bool) -> Option<i32> {
        if mqadmin {
            self.one_of(":")?;
            return self.digits(3).and_then(|number| i32::try_from(number).ok());
        }
        if self.one_of(".").is_none() {
            return Some(0);
        }
        let count = self.0.bytes().take_while(u8::is_ascii_digit).count();
        if !(1..=9).contains(&count) {
            return None;
        }
        let (digits, rest) = self.0.split_at(count);
        self.0 = rest;
        format!("{digits:0<3}").get(..3).and_then(|three| three.parse().ok())
    }
}

enum Zone {
    Default,
    Offset(Offset),
    Named(TimeZone),
}

/// `Z`, `+08:00`, `Asia/Shanghai` or `[Asia/Shanghai]`; nothing is the default zone.
fn zone_of(text: &str) -> Option<Zone> {
    if text.is_empty() {
        return Some(Zone::Default);
    }
    if text == "Z" || text == "UTC" {
        return Some(Zone::Offset(Offset::UTC));
    }
    if text.starts_with(['+', '-']) {
        return offset(text).map(Zone::Offset);
    }
    let name = text.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(text);
    // Region and city only: abbreviations such as CST or BST mean several zones.
    if !name.contains('/') || name.len() > 64 {
        return None;
    }
    TimeZone::get(name).ok().map(Zone::Named)
}

fn offset(text: &str) -> Option<Offset> {
    let mut rest = Rest(text);
    let sign = if rest.one_of("+-")? == '-' { -1 } else { 1 };
    let hours = rest.digits(2)?;
    rest.one_of(":")?;
    let minutes = rest.digits(2)?;
    if !rest.0.is_empty() || hours > 23 || minutes > 59 {
        return None;
    }
    let seconds = i32::try_from(hours * 3_600 + minutes * 60).ok()?;
    Offset::from_seconds(sign * seconds).ok()
}

fn exact(local: DateTime, offset: Offset) -> Option<Millis> {
    offset.to_timestamp(local).ok().map(|at| Millis(at.as_millisecond()))
}

/// A local time in a zone. On the days of a clock change some local times exist twice or never: those are mistakes that
/// name the two instants, or the edges of the gap.
fn in_zone(local: DateTime, zone: &TimeZone, text: &str) -> Result<Millis, Mistake> {
    let no_date = || Mistake::new("no-such-date", given(text));
    let name = zone.iana_name().unwrap_or("UTC");
    match zone.to_ambiguous_timestamp(local).offset() {
        AmbiguousOffset::Unambiguous { offset } => exact(local, offset).ok_or_else(no_date),
        AmbiguousOffset::Fold { before, after } => {
            let (Some(first), Some(second)) = (exact(local, before), exact(local, after)) else {
                return Err(no_date());
            };
            let facts = given(text).with("zone", name).with("first", first).with("second", second);
            Err(Mistake::new("time-exists-twice", facts))
        }
        AmbiguousOffset::Gap { before, after } => {
            let facts = gap(local, (before, after), zone).unwrap_or_default();
            Err(Mistake::new(
                "time-does-not-exist",
                Facts(given(text).with("zone", name).0.into_iter().chain(facts.0).collect()),
            ))
        }
    }
}

/// The instant of the clock change, and the local times at its two edges.
fn gap(local: DateTime, offsets: (Offset, Offset), zone: &TimeZone) -> Option<Facts> {
    let (before, after) = offsets;
    let later = before.to_timestamp(local).ok()?;
    let change = match zone.preceding(later).next() {
        Some(transition) if after.to_timestamp(local).ok()? < transition.timestamp() => transition.timestamp(),
        // The wanted time is the first that does not exist, and so the change itself.
        _ => later,
    };
    let edge = |offset: Offset| offset.to_datetime(change).to_string().replace('T', " ");
    let facts = Facts::none().with("change", Millis(change.as_millisecond()));
    Some(facts.with("gap-from", edge(before)).with("gap-to", edge(after)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Fact;

    const NOW: Millis = Millis(1_795_402_000_000); // 2026-11-23T02:46:40Z

    fn read(text: &str) -> Result<Millis, Mistake> {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        parse(text, &Times { now: NOW, zone: &zone })
    }

    #[test]
    fn reads_each_form() {
        for (text, utc) in [
            ("2026-11-20T08:00:00Z", "2026-11-20T08:00:00.000Z"),
            ("2026-11-20T08:00:00.1234567Z", "2026-11-20T08:00:00.123Z"),
            ("2026-11-20T08:00:00.5+08:00", "2026-11-20T00:00:00.500Z"),
            ("2026-11-20 08:00:00-03:30", "2026-11-20T11:30:00.000Z"),
            ("2026-11-20 08:00 +08:00", "2026-11-20T00:00:00.000Z"),
            ("2026-11-20T08:00", "2026-11-20T07:00:00.000Z"),
            ("2026-07-20 08:00", "2026-07-20T06:00:00.000Z"),
            ("2026-11-20 08:00 Asia/Shanghai", "2026-11-20T00:00:00.000Z"),
            ("2026-11-20T08:00:00[Asia/Shanghai]", "2026-11-20T00:00:00.000Z"),
            ("2026-11-20#08:00:00:250", "2026-11-20T07:00:00.250Z"),
            ("2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z"),
            ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"),
            ("now", "2026-11-23T02:46:40.000Z"),
            ("-2h", "2026-11-23T00:46:40.000Z"),
            ("-1d12h", "2026-11-21T14:46:40.000Z"),
        ] {
            assert_eq!(read(text).map(|at| at.to_string()), Ok(utc.to_owned()), "{text}");
        }
    }

    #[test]
    fn refuses_the_rest_by_name() {
        for (text, id) in [
            ("", "not-a-time"),
            ("yesterday", "not-a-time"),
            ("2026-11-20", "not-a-time"),
            ("20.11.2026 08:00", "not-a-time"),
            ("11/20/2026 08:00", "not-a-time"),
            ("2026-11-20T8:00", "not-a-time"),
            ("2026-11-20T08:00:00.Z", "not-a-time"),
            ("2026-11-20#08:00", "not-a-time"),
            ("2026-11-20#08:00:00", "not-a-time"),
            ("-2", "not-a-time"),
            ("-", "not-a-time"),
            ("2h", "not-a-time"),
            ("２026-11-20T08:00:00Z", "not-a-time"),
            ("2026-11-20\u{2007}08:00", "not-a-time"),
            ("2026-02-30T08:00:00Z", "no-such-date"),
            ("2025-02-29T08:00:00Z", "no-such-date"),
            ("2026-11-20T24:00:00Z", "no-such-date"),
            ("2026-11-20T08:00:60Z", "no-such-date"),
            ("2026-11-20T08:00:00CST", "unknown-zone"),
            ("2026-11-20 08:00 Mars/Olympus", "unknown-zone"),
            ("2026-11-20T08:00:00+8", "unknown-zone"),
            ("2026-11-20T08:00:00+25:00", "unknown-zone"),
            ("2026-11-20T08:00:00Z ", "unknown-zone"),
            ("2026-11-23T02:46:40.001Z", "time-in-future"),
            ("2099-01-01 00:00", "time-in-future"),
            ("1969-12-31T23:59:59Z", "time-too-early"),
            ("-3650d", ""),
            ("-4000d", ""),
            ("-30000d", "time-too-early"),
            ("-99999999999999999999d", "time-too-early"),
        ] {
            let found = read(text).map_err(|mistake| mistake.id).err().unwrap_or_default();
            assert_eq!(found, id, "{text:?}");
        }
    }

    #[test]
    fn what_is_to_come_lies_after_the_present() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let read = |text: &str| {
            to_come(text, &Times { now: NOW, zone: &zone }).map(|at| at.to_string()).map_err(|mistake| mistake.id)
        };
        for (text, utc) in [
            ("2026-12-01 09:00", "2026-12-01T08:00:00.000Z"),
            ("2026-12-01T09:00 Asia/Shanghai", "2026-12-01T01:00:00.000Z"),
            ("2026-11-23T02:46:40.001Z", "2026-11-23T02:46:40.001Z"),
        ] {
            assert_eq!(read(text), Ok(utc.to_owned()), "{text}");
        }
        for (text, id) in [
            ("now", "time-in-past"),
            ("-2h", "time-in-past"),
            ("2026-11-23T02:46:40Z", "time-in-past"),
            ("2h", "not-a-time"),
            ("tomorrow", "not-a-time"),
            ("2026-12-32 09:00", "no-such-date"),
            ("2027-03-28 02:30", "time-does-not-exist"),
        ] {
            assert_eq!(read(text), Err(id.to_owned()), "{text}");
        }
    }

    #[test]
    fn an_instant_before_1970_is_named_where_a_calendar_has_it() {
        let at = |text: &str| read(text).unwrap_err().facts.get("at").cloned();
        assert!(matches!(at("-30000d"), Some(Fact::At(at)) if at < Millis(0)));
        assert_eq!(at("-99999999999999999999d"), None);
    }

    #[test]
    fn a_local_time_that_exists_twice_names_both_instants() {
        let mistake = read("2026-10-25 02:30").unwrap_err();
        assert_eq!(mistake.id, "time-exists-twice");
        let at = |text: &str| Fact::At(Millis(text.parse::<jiff::Timestamp>().unwrap().as_millisecond()));
        assert_eq!(mistake.facts.get("first"), Some(&at("2026-10-25T00:30:00Z")));
        assert_eq!(mistake.facts.get("second"), Some(&at("2026-10-25T01:30:00Z")));
        assert!(read("2026-10-25T02:30+01:00").is_ok(), "an offset says which");
        assert!(read("2026-10-25 03:00").is_ok());
        assert!(read("2026-10-25 01:59:59.999").is_ok());
    }

    #[test]
    fn a_local_time_that_never_exists_names_the_gap() {
        for text in ["2026-03-29 02:30", "2026-03-29 02:00", "2026-03-29 02:59:59.999"] {
            let mistake = read(text).unwrap_err();
            assert_eq!(mistake.id, "time-does-not-exist", "{text}");
            assert_eq!(mistake.facts.get("gap-from"), Some(&Fact::from("2026-03-29 02:00:00")), "{text}");
            assert_eq!(mistake.facts.get("gap-to"), Some(&Fact::from("2026-03-29 03:00:00")), "{text}");
        }
        assert!(read("2026-03-29 03:00").is_ok());
        assert!(read("2026-03-29 01:59:59.999").is_ok());
    }
}
