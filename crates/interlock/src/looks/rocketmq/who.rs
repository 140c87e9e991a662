//! `/who` on RocketMQ: the clients of a group, of a topic, or of a broker, with their versions.

use super::not_seen;
use crate::cluster::rocketmq::{Client, FromMasters, Group};
use crate::cluster::{Look, Looker};
use crate::facts::Fact;
use crate::id::{BrokerName, GroupId, TopicName};
use crate::looks::report::{Cell, Phrase, Report, Sheet, Stop, names, reported, seen};
use crate::looks::suggest::unknown_broker;
use crate::looks::{Asked, Looking, WHO_GROUPS, one_of_who};

pub(in crate::looks) fn look(asked: &Asked<'_>) -> Looking {
    reported(asked, report)
}

fn report<'a>(asked: &Asked<'a>, looker: &mut Looker<'a>) -> Result<Report, Stop> {
    one_of_who(asked)?;
    let arguments = asked.arguments;
    if let Some(broker) = arguments.broker("broker") {
        return of_broker(asked, broker, looker);
    }
    if arguments.has("topic") {
        return of_topic(asked, looker);
    }
    let (id, group) = super::group::found(asked, looker)?;
    let mut lines = vec![counted(group.clients.len())];
    lines.extend(not_seen(&group.silent));
    Ok(made(asked, id.as_str(), lines, rows(group.clients.iter(), "consumer").collect()))
}

fn counted(count: usize) -> Phrase {
    Phrase::new("clients").with("count", count)
}

fn made(asked: &Asked<'_>, of: &str, lines: Vec<Phrase>, rows: Vec<Vec<Cell>>) -> Report {
    let headline = Phrase::new("who-headline").with("name", of);
    Report {
        cluster: asked.cluster.name.clone(),
        grade: None,
        headline: headline.with("cluster", Fact::Text(asked.cluster.name.to_string())),
        lines,
        tables: vec![Sheet::new("clients", &["client", "group", "host", "version", "role"]).rows(rows)],
    }
}

fn rows<'c>(clients: impl Iterator<Item = &'c Client>, role: &'static str) -> impl Iterator<Item = Vec<Cell>> {
    clients.map(move |one| {
        let version = format!("{} {}", one.language, one.version);
        vec![
            Cell::name(&one.id),
            Cell::name(&one.group),
            Cell::name(&one.host),
            Cell::name(version.trim()),
            Cell::word(role),
        ]
    })
}

/// The brokers do not know which topics a producer writes to, so a topic's clients are its readers.
fn of_topic<'a>(asked: &Asked<'a>, looker: &mut Looker<'a>) -> Result<Report, Stop> {
    let (name, _) = super::topic::found(asked, looker)?;
    let groups = seen(looker.rocketmq_groups_of(name))?;
    let shown = groups.seen.iter().filter(|id| (asked.visible.group)(id)).collect();
    let (found, left_out) = each_group(shown, looker)?;
    let reads = |group: &&Group| {
        group.subscriptions.iter().any(|one: &crate::cluster::rocketmq::Subscription| one.topic == *name)
    };
    let clients: Vec<&Client> = found.iter().copied().filter(reads).flat_map(|group| &group.clients).collect();
    let mut lines = vec![counted(clients.len()), Phrase::new("clients-of-topic").with("groups", names(&groups.seen))];
    lines.extend(left_out);
    lines.extend(not_seen(&groups.silent));
    let rows = rows(clients.into_iter(), "consumer").collect();
    Ok(made(asked, TopicName::as_str(name), lines, rows))
}

fn of_broker<'a>(asked: &Asked<'a>, broker: &BrokerName, looker: &mut Looker<'a>) -> Result<Report, Stop> {
    let (cluster, producers, groups) =
        (looker.rocketmq_cluster(), looker.rocketmq_producers(), looker.rocketmq_groups());
    let (cluster, groups) = (seen(cluster)?, seen(groups)?);
    if cluster.broker(broker).is_none() {
        return Err(unknown_broker(asked, broker, cluster.brokers.iter().map(|one| one.name.as_str())).into());
    }
    let producers: Option<&FromMasters<Vec<Client>>> = match producers {
        Look::Ask => return Err(Stop::Ask),
        Look::Failed(_) => None,
        Look::Seen(seen) => Some(seen),
    };
    let here = groups.seen.iter().filter(|one| one.brokers.contains(broker)).map(|one| &one.id);
    let shown = here.filter(|id| (asked.visible.group)(id)).collect();
    let (found, left_out) = each_group(shown, looker)?;
    let at = |client: &&Client| client.brokers.contains(broker);
    let consumers: Vec<&Client> = found.iter().flat_map(|group| &group.clients).filter(at).collect();
    let visible = |client: &&Client| (asked.visible.group)(&client.group);
    let producers: Vec<&Client> = producers.into_iter().flat_map(|all| &all.seen).filter(at).filter(visible).collect();
    let mut lines = vec![counted(consumers.len() + producers.len())];
    lines.extend(left_out);
    let rows = rows(consumers.into_iter(), "consumer").chain(rows(producers.into_iter(), "producer")).collect();
    Ok(made(asked, broker.as_str(), lines, rows))
}

/// Looks at each group, at most so many; what is left out is told.
fn each_group<'a>(groups: Vec<&'a GroupId>, looker: &mut Looker<'a>) -> Result<(Vec<&'a Group>, Option<Phrase>), Stop> {
    let mut left_out = groups.len().saturating_sub(WHO_GROUPS);
    let looks: Vec<_> = groups.into_iter().take(WHO_GROUPS).map(|id| looker.rocketmq_group(id)).collect();
    let mut found = Vec::new();
    for look in looks {
        match look {
            Look::Ask => return Err(Stop::Ask),
            Look::Seen(Some(group)) => found.push(group),
            Look::Seen(None) => {}
            Look::Failed(_) => left_out += 1,
        }
    }
    Ok((found, (left_out > 0).then(|| Phrase::new("groups-left-out").with("count", left_out))))
}
