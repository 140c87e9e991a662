//! `/group`.

use super::looks::not_seen;
use super::sheet::{Sheet, cell};
use crate::text::card::{Block, Card, CardFile};
use crate::text::locale::{Args, Locale};
use crate::text::numbers::thousands;
use crate::text::sentence::NAME;
use interlock::cluster::kafka::{GroupKind, GroupState};
use interlock::looks::{GroupLook, Part};

pub(super) fn group(seen: &GroupLook, locale: Locale) -> Card {
    let args = Args::new()
        .foreign("group", seen.group.as_str(), NAME)
        .foreign("cluster", seen.cluster.as_str(), NAME)
        .word("state", locale.text(state(seen.state)))
        .word("kind", locale.text(kind(seen.kind)))
        .foreign("type", &seen.protocol_type, NAME);
    let key = if seen.protocol_type.is_empty() || seen.protocol_type == "consumer" {
        "group-protocol"
    } else {
        "group-protocol-of"
    };
    let mut files: Vec<CardFile> = Vec::new();
    let mut body: Vec<Block> = Vec::new();
    let mut add = |(block, file): (Option<Block>, Option<CardFile>)| {
        body.extend(block);
        files.extend(file);
    };
    add((Some(Block::Line(locale.say("group-members", &Args::new().count("count", seen.members.len())))), None));
    add(members(seen).cut(locale));
    if seen.members.iter().any(|member| member.instance_id.is_some()) {
        add((Some(Block::Line(locale.say("group-static", &Args::new()))), None));
    }
    if seen.members.iter().any(|member| member.assigned.is_none()) {
        add((Some(Block::Line(locale.say("group-unreadable", &Args::new()))), None));
    }
    match &seen.topics {
        Part::Unknown(why) => add((Some(not_seen("part-offsets", why, locale)), None)),
        Part::Known(topics) if topics.is_empty() => {
            add((Some(Block::Line(locale.say("group-no-commits", &Args::new()))), None));
        }
        Part::Known(_) => add(lags(seen).cut(locale)),
    }
    if seen.topics_left_out > 0 {
        let line = locale.say("group-topics-left-out", &Args::new().count("more", seen.topics_left_out));
        add((Some(Block::Line(line)), None));
    }
    Card { headline: vec![locale.say("group-headline", &args), locale.say(key, &args)], body, files, ..Card::default() }
}

fn members(seen: &GroupLook) -> Sheet<'static> {
    // What everybody may read has none.
    let has_hosts = seen.members.iter().any(|member| !member.host.is_empty());
    let rows = seen.members.iter().map(|member| {
        let fixed = if member.instance_id.is_some() { "+" } else { "" };
        let assigned = member.assigned.map_or_else(|| "?".to_owned(), |count| count.to_string());
        let host = has_hosts.then(|| cell(&member.host));
        let client = if member.client_id.is_empty() { "-".to_owned() } else { cell(&member.client_id) };
        [client].into_iter().chain(host).chain([format!("{assigned}{fixed}")]).collect()
    });
    let host = has_hosts.then_some("table-host");
    let head = ["table-client"].into_iter().chain(host).chain(["table-assigned"]).collect();
    Sheet { head, rows: rows.collect(), file: "members.txt" }
}

fn lags(seen: &GroupLook) -> Sheet<'static> {
    let rows = seen.topics.known().into_iter().flatten().map(|topic| {
        let lag = topic.lag.map_or_else(|| "?".to_owned(), thousands);
        vec![cell(topic.topic.as_str()), lag, topic.without_commit.to_string()]
    });
    Sheet { head: vec!["table-topic", "table-lag", "table-no-commit"], rows: rows.collect(), file: "lag.txt" }
}

fn state(state: GroupState) -> &'static str {
    match state {
        GroupState::Empty => "group-state-empty",
        GroupState::Stable => "group-state-stable",
        GroupState::Rebalancing => "group-state-rebalancing",
        GroupState::Dead => "group-state-dead",
        GroupState::Unknown => "group-state-unknown",
    }
}

fn kind(kind: GroupKind) -> &'static str {
    match kind {
        GroupKind::Classic => "group-kind-classic",
        GroupKind::Consumer => "group-kind-consumer",
        GroupKind::Other => "group-kind-other",
    }
}
