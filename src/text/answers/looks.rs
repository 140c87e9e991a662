//! Looks: which card for which answer; clusters and their health.

use super::list::few;
use super::sheet::{Sheet, cell};
use super::{group, operations, person, report, topic};
use crate::text::card::{Block, Card, Line, Tone};
use crate::text::freezes;
use crate::text::locale::{Args, Locale};
use crate::text::plan_card::head::tier;
use crate::text::sentence::{NAME, failure, find};
use interlock::cluster::{ClusterKind, Failure, Mode};
use interlock::facts::Facts;
use interlock::freeze::Freeze;
use interlock::looks::{ClusterLine, ClustersLook, Counts, Grade, Health, LookAnswer, Part};

pub(super) fn card(seen: &LookAnswer, locale: Locale) -> Card {
    match seen {
        LookAnswer::Clusters(seen) => clusters(seen, locale),
        LookAnswer::Health(seen) => health(seen, locale),
        LookAnswer::Topic(seen) => topic::topic(seen, locale),
        LookAnswer::Lag(seen) => topic::lag(seen, locale),
        LookAnswer::Group(seen) => group::group(seen, locale),
        LookAnswer::Report(seen) => report::report(seen, locale),
        LookAnswer::Help(help) => person::help(help, locale),
        LookAnswer::WhoAmI(who) => person::whoami(who, locale),
        LookAnswer::Operations(list) => operations::list(list, locale),
        LookAnswer::Status(status) => operations::status(status, locale),
        LookAnswer::AuditPage(page) => operations::audit_page(page, locale),
        LookAnswer::AuditVerified(found) => operations::audit_verified(found, locale),
    }
}

/// A part that could not be seen.
pub(super) fn not_seen(what: &str, why: &Failure, locale: Locale) -> Block {
    let args = Args::new().word("what", locale.text(what)).line("failure", failure(locale, why.kind.key()));
    Block::Line(locale.say("look-part-failed", &args))
}

fn clusters(seen: &ClustersLook, locale: Locale) -> Card {
    let count = seen.clusters.len();
    let silent = seen.clusters.iter().filter(|cluster| cluster.counts.known().is_none()).count();
    let ill = |cluster: &&ClusterLine| cluster.counts.known().is_some_and(|counts| !counts.is_well());
    let ill = seen.clusters.iter().filter(ill).count();
    let headline = match (count, silent + ill) {
        (0, _) => locale.say("clusters-none", &Args::new()),
        (_, 0) => locale.say("clusters-well", &Args::new().count("count", count)),
        _ => locale.say("clusters-some", &Args::new().count("count", count).count("silent", silent).count("ill", ill)),
    };
    Card {
        headline: vec![headline],
        tone: if silent + ill > 0 { Tone::Warning } else { Tone::Neutral },
        body: seen.clusters.iter().flat_map(|cluster| cluster_blocks(cluster, locale)).collect(),
        ..Card::default()
    }
}

fn cluster_blocks(cluster: &ClusterLine, locale: Locale) -> Vec<Block> {
    std::iter::once(Block::Line(cluster_line(cluster, locale))).chain(frozen(&cluster.freezes, locale)).collect()
}

/// The freezes that stop changes, the last that ends first.
fn frozen(all: &[Freeze], locale: Locale) -> Vec<Block> {
    const MOST: usize = 3;
    let lines = all.iter().rev().map(|freeze| Block::Line(freezes::line(freeze, locale))).collect();
    few(lines, MOST, |more| locale.say("freezes-more", &Args::new().count("more", more)))
}

fn cluster_line(cluster: &ClusterLine, locale: Locale) -> Line {
    let kind = match cluster.kind {
        ClusterKind::Kafka => "Kafka",
        ClusterKind::Rocketmq => "RocketMQ",
    };
    let state = match &cluster.counts {
        Part::Unknown(why) => {
            locale.say("cluster-silent", &Args::new().line("failure", failure(locale, why.kind.key())))
        }
        Part::Known(counts) => cluster_counts(counts, locale),
    };
    let mode = (cluster.mode == Mode::Observe).then(|| Line::plain(locale.text("cluster-observe")));
    let domain = (!cluster.domain.is_empty()).then(|| Line::foreign(&cluster.domain, NAME));
    let first = Line::joined([Line::foreign(cluster.name.as_str(), NAME), Line::plain(kind)], " · ");
    let parts = [Some(first), Some(tier(cluster.tier, locale)), domain, mode, Some(state)];
    Line::joined(parts.into_iter().flatten(), " · ")
}

fn cluster_counts(counts: &Counts, locale: Locale) -> Line {
    let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let all = |brokers, topics| Args::new().number("brokers", number(brokers)).number("topics", number(topics));
    match counts {
        Counts::Kafka(seen) => {
            let args = all(seen.brokers, seen.topics)
                .number("offline", number(seen.offline))
                .number("under", number(seen.under_replicated));
            locale.say(if counts.is_well() { "cluster-well" } else { "cluster-ill" }, &args)
        }
        Counts::Rocketmq(seen) => {
            let args = all(seen.brokers, seen.topics)
                .number("without", number(seen.without_master))
                .number("silent", number(seen.silent));
            locale.say(if counts.is_well() { "cluster-rocketmq-well" } else { "cluster-rocketmq-ill" }, &args)
        }
    }
}

fn health(seen: &Health, locale: Locale) -> Card {
    let (grade, tone) = match seen.grade {
        Grade::Healthy => ("health-healthy", Tone::Good),
        Grade::Degraded if seen.is_whole() => ("health-degraded", Tone::Warning),
        Grade::Degraded => ("health-degraded-in-part", Tone::Warning),
        Grade::Broken => ("health-broken", Tone::Bad),
    };
    let args = Args::new().line("grade", Line::plain(locale.text(grade)).strong());
    let headline = locale.say("health-headline", &args.foreign("cluster", seen.cluster.as_str(), NAME));
    let rows = seen.topics.iter().map(|topic| {
        let below = topic.under_min_isr.map_or_else(|| "?".to_owned(), |count| count.to_string());
        vec![cell(topic.topic.as_str()), topic.offline.to_string(), topic.under_replicated.to_string(), below]
    });
    let head = vec!["table-topic", "table-offline", "table-under", "table-below-min"];
    let (table, file) = Sheet { head, rows: rows.collect(), file: "unhealthy.txt" }.cut(locale);
    let mut body = health_lines(seen, locale);
    body.extend(frozen(&seen.freezes, locale));
    body.extend(table);
    if seen.topics_left_out > 0 {
        body.push(Block::Line(locale.say("health-left-out", &Args::new().count("more", seen.topics_left_out))));
    }
    body.extend(obligations(seen, locale));
    Card { headline: vec![headline], tone, body, files: file.into_iter().collect(), ..Card::default() }
}

fn health_lines(seen: &Health, locale: Locale) -> Vec<Block> {
    let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let brokers: Vec<String> = seen.brokers.iter().map(ToString::to_string).collect();
    let brokers = Args::new().count("count", brokers.len()).foreign("brokers", &brokers.join(", "), usize::MAX);
    let controller = match seen.controller {
        Some(id) => locale.say("health-controller", &Args::new().word("controller", id.to_string())),
        None => locale.say("health-no-controller", &Args::new()),
    };
    let mut lines = vec![
        Line::joined([locale.say("health-brokers", &brokers), controller], " · "),
        locale.say("health-offline", &Args::new().number("count", number(seen.offline))),
        locale.say("health-below-min", &Args::new().number("count", number(seen.under_min_isr))),
        locale.say("health-under", &Args::new().number("count", number(seen.under_replicated))),
    ];
    if seen.min_isr_unknown > 0 {
        lines.push(locale.say("health-min-unknown", &Args::new().count("count", seen.min_isr_unknown)));
    }
    lines.into_iter().map(Block::Line).collect()
}

fn obligations(seen: &Health, locale: Locale) -> Vec<Block> {
    const MOST: usize = 5;
    let lines = seen.obligations.iter().map(|owed| {
        let what = find(locale, &["obligation"], &owed.id, &Facts::none()).unwrap_or_else(|| Line::code(&owed.id));
        let args = Args::new()
            .line("what", what)
            .foreign("thing", &owed.thing, NAME)
            .code("operation", owed.operation.as_str())
            .time("due", owed.due);
        Block::Line(locale.say("health-obligation", &args))
    });
    few(lines.collect(), MOST, |more| locale.say("health-more-obligations", &Args::new().count("more", more)))
}
