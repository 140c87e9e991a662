//! `/topic` and `/lag`.

use super::list::few;
use super::looks::not_seen;
use super::sheet::{Sheet, number};
use crate::text::card::{Block, Card, Line, Tone};
use crate::text::locale::{Args, Locale};
use crate::text::sentence::NAME;
use interlock::looks::{GroupLag, LagLook, Part, PartitionLine, TopicLook};

pub(super) fn topic(seen: &TopicLook, locale: Locale) -> Card {
    let offline = seen.partitions.iter().filter(|one| one.leader.is_none()).count();
    let under = seen.partitions.iter().filter(|one| one.isr.len() < one.replicas.len()).count();
    let args = Args::new()
        .foreign("topic", seen.topic.as_str(), NAME)
        .foreign("cluster", seen.cluster.as_str(), NAME)
        .count("partitions", seen.partitions.len())
        .count("replicas", seen.partitions.iter().map(|one| one.replicas.len()).max().unwrap_or(0));
    let health = Args::new().count("offline", offline).count("under", under);
    let key = if offline + under == 0 { "topic-well" } else { "topic-ill" };
    let head = vec!["table-partition", "table-leader", "table-isr", "table-start", "table-end"];
    let rows = seen.partitions.iter().map(row).collect();
    let (table, file) = Sheet { head, rows, file: "partitions.txt" }.cut(locale);
    let mut body: Vec<Block> = table.into_iter().collect();
    body.extend(seen.ranges_failed.as_ref().map(|why| not_seen("part-ranges", why, locale)));
    body.extend(settings(seen, locale));
    body.push(Block::Line(locale.say("topic-id", &Args::new().code("id", &seen.id))));
    Card {
        headline: vec![locale.say("topic-headline", &args), locale.say(key, &health)],
        tone: if offline > 0 {
            Tone::Bad
        } else if under > 0 {
            Tone::Warning
        } else {
            Tone::Neutral
        },
        body,
        files: file.into_iter().collect(),
        ..Card::default()
    }
}

fn row(one: &PartitionLine) -> Vec<String> {
    vec![
        one.partition.to_string(),
        one.leader.map_or_else(|| "-".to_owned(), |id| id.to_string()),
        format!("{}/{}", one.isr.len(), one.replicas.len()),
        number(one.range.map(|(start, _)| start)),
        number(one.range.map(|(_, end)| end)),
    ]
}

fn settings(seen: &TopicLook, locale: Locale) -> Vec<Block> {
    const MOST: usize = 8;
    let settings = match &seen.settings {
        Part::Unknown(why) => return vec![not_seen("part-settings", why, locale)],
        Part::Known(settings) if settings.is_empty() => {
            return vec![Block::Line(locale.say("topic-no-settings", &Args::new()))];
        }
        Part::Known(settings) => settings,
    };
    let lines = settings.iter().map(|entry| {
        let value = entry
            .value
            .as_deref()
            .map_or_else(|| Line::plain(locale.text("hidden")), |value| Line::foreign(value, NAME));
        Block::Line(Line::joined([Line::foreign(&entry.key, NAME), value], " = "))
    });
    let heading = Block::Line(locale.say("topic-settings", &Args::new()));
    let more = |more| locale.say("topic-more-settings", &Args::new().count("more", more));
    std::iter::once(heading).chain(few(lines.collect(), MOST, more)).collect()
}

pub(super) fn lag(seen: &LagLook, locale: Locale) -> Card {
    let group = &seen.group;
    let args = Args::new()
        .foreign("topic", seen.topic.as_str(), NAME)
        .foreign("cluster", seen.cluster.as_str(), NAME)
        .foreign("group", group.group.as_str(), NAME)
        .number("lag", group.total);
    let (table, file) = partitions(group).cut(locale);
    let without = group.partitions.iter().filter(|partition| partition.committed.is_none()).count();
    let without =
        (without > 0).then(|| Block::Line(locale.say("lag-without-commit", &Args::new().count("count", without))));
    Card {
        headline: vec![locale.say("lag-one", &args)],
        body: table.into_iter().chain(without).collect(),
        files: file.into_iter().collect(),
        ..Card::default()
    }
}

fn partitions(one: &GroupLag) -> Sheet<'static> {
    let rows = one.partitions.iter().map(|partition| {
        vec![
            partition.partition.to_string(),
            number(partition.committed),
            partition.end.to_string(),
            number(partition.lag),
        ]
    });
    Sheet {
        head: vec!["table-partition", "table-committed", "table-end", "table-lag"],
        rows: rows.collect(),
        file: "lag.txt",
    }
}
