//! Words: nothing of ours untranslated, no label grouped like an amount, one word for one thing.

use super::fixture::{Scene, reset};
use crate::desk::{Answer, Done, Recorded};
use crate::text::sentence::{check, next};
use crate::text::{Block, Card, Locale, answer, plan_card, plan_text};
use interlock::changes::Part;
use interlock::facts::Facts;
use interlock::plan::{Check, Level, Mistake, Row, Sealed};
use regex::Regex;
use std::path::Path;

fn found(locale: Locale, id: &str, facts: Facts) -> String {
    check(locale, &Check::new(Level::Warn, id, facts)).plain_text()
}

fn body(card: &Card) -> String {
    let lines = card.body.iter().filter_map(|block| match block {
        Block::Line(line) => Some(line.plain_text()),
        _ => None,
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn told(mistake: Mistake, locale: Locale) -> String {
    let reply = Answer { request: "M2WQ7A".parse().unwrap(), done: Done::Mistake(mistake), recorded: Recorded::Yes };
    answer(&reply, locale).headline.iter().map(|line| line.plain_text() + "\n").collect()
}

#[test]
fn what_cannot_be_looked_at_is_named_in_the_readers_language() {
    let words = Regex::new("[A-Za-z]+").unwrap();
    for part in Part::ALL {
        let facts = Facts::none().with("part", part.key()).with("failure", "timed-out").with("said", "no");
        let english = found(Locale::EnUs, "cannot-verify", facts.clone());
        assert!(!english.starts_with(part.key()), "{english}");
        let chinese = found(Locale::ZhCn, "cannot-verify", facts);
        let latin: Vec<&str> = words.find_iter(&chinese).map(|word| word.as_str()).collect();
        assert!(latin.iter().all(|word| ["no", "topic"].contains(word)), "{chinese}");
    }
}

#[test]
fn what_is_not_there_is_said_in_the_readers_language() {
    for (id, name) in
        [("values-moved-on", "left"), ("values-moved-on", "found"), ("saved-offset-left-the-log", "saved")]
    {
        let facts = Facts::none().with("count", 1_i64).with("topic", "orders").with("partition", 0_i64);
        let text = found(Locale::ZhCn, id, facts.with("left", "7").with("found", "7").with(name, "none"));
        assert!(text.contains('无') && !text.contains("none"), "{text}");
    }
}

#[test]
fn numbers_that_are_names_stand_as_they_are_typed() {
    for locale in Locale::ALL {
        let place = Facts::none().with("count", 2_345_i64).with("topic", "orders").with("partition", 1_234_i64);
        let clamped = found(locale, "target-clamped", place.with("wanted", 5_i64).with("used", 6_i64));
        assert!(clamped.contains("1234") && clamped.contains("2,345"), "{clamped}");
        let full = Facts::none().with("broker", 1_001_i64).with("needed", "1 GiB").with("found", "2 MiB");
        assert!(found(locale, "disk-too-small", full).contains("1001"));
    }
    let mut plan = reset(1);
    plan.checks[4].facts = plan.checks[4].facts.clone().with("partition", 1_234_i64);
    let text = plan_text(&Sealed::seal(plan).unwrap());
    assert!(text.contains("1234") && !text.contains("1,234"), "{text}");
}

#[test]
fn how_many_are_concerned_is_said() {
    let of = |count: i64| Facts::none().with("count", count).with("topic", "orders").with("partition", 4_i64);
    for locale in Locale::ALL {
        for id in ["partition-offline", "topic-gone"] {
            assert!(found(locale, id, of(3)).contains('3'), "{id}");
        }
        let old = Facts::none().with("topic", "orders");
        assert!(!found(locale, "topic-gone", old).contains('0'), "a way back names the one topic only");
    }
}

#[test]
fn one_is_not_spoken_of_as_many() {
    let of = |count: i64| Facts::none().with("count", count).with("topic", "orders").with("partition", 4_i64);
    let text = found(Locale::EnUs, "saved-offset-left-the-log", of(1).with("saved", "7"));
    assert!(text.starts_with("1 saved offset lies"), "{text}");
    let text =
        found(Locale::EnUs, "topic-partitions-changed", Facts::none().with("topic", "orders").with("found", 1_i64));
    assert!(text.contains("1 partition instead"), "{text}");
}

#[test]
fn a_limit_is_named_with_what_breaks_it() {
    let long = Facts::none().with("given", "ggg…").with("problem", "too-long").with("most", 300_i64);
    let odd = Facts::none().with("given", "g").with("problem", "character");
    for locale in Locale::ALL {
        for id in ["not-a-group-name", "not-a-topic-name"] {
            assert!(told(Mistake::new(id, long.clone()), locale).contains("300"));
            assert!(!told(Mistake::new(id, odd.clone()), locale).contains('?'));
        }
        let far = Mistake::new("time-too-early", Facts::none().with("given", "-99999999d"));
        assert!(told(far.clone(), locale).contains("1970") && !told(far, locale).contains('?'));
    }
}

#[test]
fn how_to_make_a_group_is_said_only_where_it_would_be_made() {
    let slip = Facts::none().with("name", "biling");
    for locale in Locale::ALL {
        let asks = told(Mistake::new("unknown-group", slip.clone().with("add", "new-group:true")), locale);
        assert!(asks.contains("new-group:true"), "{asks}");
        let looks = told(Mistake::new("unknown-group", slip.clone()), locale);
        assert!(!looks.contains("new-group") && next(locale, &Check::pass("nothing")).is_none(), "{looks}");
    }
}

/// A commit past the log's end: only what is there is read again, and the card says what the planner counted.
#[test]
fn the_card_counts_as_the_plan_does() {
    let mut plan = reset(1);
    let Row::Offset { from, to, log_end, .. } = &mut plan.impact.rows[0] else { panic!() };
    (*from, *to, *log_end) = (Some(1_300_500), Some(1_299_000), 1_300_000);
    let card = |plan| plan_card(&Scene::of(plan).view(Locale::EnUs));
    let shown = body(&card(plan.clone()));
    assert!(shown.contains("1,000 records are read again"), "{shown}");
    let table = card(plan.clone()).body.iter().find_map(|block| match block {
        Block::Table(table) => table.rows[0].last().cloned(),
        _ => None,
    });
    assert_eq!(table.as_deref(), Some("-1000"));
    plan.impact.facts = Facts::none().with("replayed", 777_i64).with("skipped", 0_i64);
    let shown = body(&card(plan));
    assert!(shown.contains("777 records are read again"), "{shown}");
}

/// What is taken back is 回滚, a vote is 撤回, a request is 取消; no other word for any of them.
#[test]
fn chinese_has_one_word_for_one_thing() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut lines: Vec<String> = Vec::new();
    for folder in ["locales/zh-CN", "commands"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            lines.extend(text.lines().map(str::to_owned));
        }
    }
    assert!(lines.iter().any(|line| line.contains("回滚")), "the texts are where they are looked for");
    let votes = ["票", "批准", "否决"];
    for line in lines {
        assert!(!["收回", "撤销", "主题"].iter().any(|word| line.contains(word)), "{line}");
        assert!(!line.contains("撤回") || votes.iter().any(|vote| line.contains(vote)), "{line}");
    }
}

/// Fifty names, with all their dots and lines, as the option takes them.
#[test]
fn a_first_part_of_too_many_moves_is_written_whole() {
    let topics: Vec<String> = (0..50).map(|number| format!("team.orders_by-day-{number}")).collect();
    let facts = |topics: &[String]| {
        Facts::none()
            .with("count", 60_000_i64)
            .with("most", 50_000_i64)
            .with("parts", 60_i64)
            .with("topics", topics.to_vec())
    };
    for locale in Locale::ALL {
        let said = |topics: &[String]| {
            next(locale, &Check::new(Level::Block, "too-many-moves", facts(topics))).unwrap().plain_text()
        };
        assert!(said(&topics).ends_with(&format!("topics:{}", topics.join(","))), "{}", said(&topics));
        assert!(!said(&[]).contains("topics:"), "{}", said(&[]));
    }
}
