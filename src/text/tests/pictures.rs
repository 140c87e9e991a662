//! The picture of moves: the same bytes each time, the numbers in words, and nothing cut.

use super::fixture::reset;
use super::scale_out::scale_out;
use crate::text::Locale;
use crate::text::picture::picture;
use interlock::plan::{Load, Plan, Row};

/// Its pixels as places in the palette, and its size.
fn pixels(bytes: &[u8]) -> (Vec<u8>, (u32, u32)) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    (pixels, (info.width, info.height))
}

fn drawn(plan: &Plan) -> Vec<u8> {
    picture(plan, Locale::EnUs).unwrap().0
}

fn with_brokers(count: i32) -> Plan {
    let mut plan = scale_out(36);
    let load = |part: i32| Load { replicas: 1, leaders: 1, bytes: u64::try_from(part).unwrap() << 40 };
    let row = |broker| Row::Broker {
        broker,
        rack: String::new(),
        now: load(broker),
        during: load(broker),
        after: load(2 * broker),
    };
    plan.impact.rows = (1..=count).map(row).collect();
    plan
}

#[test]
fn the_picture_is_the_one_that_was_looked_at() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/text/snapshots/before-after.png");
    let bytes = drawn(&scale_out(138));
    if std::env::var_os("INSTA_UPDATE").is_some_and(|how| how == "always") {
        std::fs::write(path, &bytes).unwrap();
    }
    let stored = std::fs::read(path).unwrap();
    assert!(pixels(&bytes) == pixels(&stored), "another picture: look at it, then write it with INSTA_UPDATE=always");
    assert_eq!(bytes, drawn(&scale_out(138)), "the same bytes each time");
    assert_ne!(bytes, drawn(&scale_out(141)));
}

#[test]
fn many_brokers_are_bounded_and_said() {
    let (few, (_, low)) = pixels(&drawn(&with_brokers(12)));
    let (many, (width, high)) = pixels(&drawn(&with_brokers(13)));
    assert!(high > low && high < 2_000 && width == 960, "{low} {high}");
    assert_ne!(few.len(), many.len());
    let (bytes, alt) = picture(&with_brokers(400), Locale::EnUs).unwrap();
    assert_eq!(pixels(&bytes).1, (960, high));
    assert!(alt.ends_with("And 388 more in plan.txt."), "{alt}");
    assert!(alt.contains("Broker 400: 400 TiB → 800 TiB, 1 → 1 leaders."), "those that change most: {alt}");
    assert!(!alt.contains("Broker 1:"), "{alt}");
}

#[test]
fn the_alt_text_has_the_numbers_in_both_languages_and_fits() {
    for locale in Locale::ALL {
        let mut plan = with_brokers(60);
        for row in &mut plan.impact.rows {
            let Row::Broker { broker, now, after, .. } = row else { panic!() };
            *broker += i32::MAX - 100;
            (now.leaders, after.leaders) = (123_456_789, 987_654_321);
        }
        let (_, alt) = picture(&plan, locale).unwrap();
        assert!(alt.chars().count() <= discord_limits::ALT_TEXT, "{} characters: {alt}", alt.chars().count());
        assert!(alt.contains("123456789 → 987654321"), "{alt}");
    }
    let alts = Locale::ALL.map(|locale| picture(&scale_out(36), locale).unwrap().1);
    assert_ne!(alts[0], alts[1]);
    for alt in alts {
        for numbers in ["144 GiB → ", "0 B → 108 GiB", "0 → 12", "16 → 12"] {
            assert!(alt.contains(numbers), "{numbers} in {alt}");
        }
    }
}

#[test]
fn a_plan_without_brokers_has_none() {
    assert_eq!(picture(&reset(6), Locale::EnUs), None);
}
