//! `/who` on Kafka: the members of a group, or of all groups that read a topic. Kafka's brokers tell neither versions of
//! clients nor who is connected to one of them.

use crate::cluster::kafka::{Group, Member};
use crate::cluster::{Look, Looker};
use crate::facts::Facts;
use crate::id::{GroupId, TopicName};
use crate::looks::report::{Cell, Phrase, Report, Sheet, Stop, reported, seen};
use crate::looks::suggest::{unknown_group, unknown_topic};
use crate::looks::{Asked, Looking, WHO_GROUPS, one_of_who};
use crate::plan::Mistake;

pub(in crate::looks) fn look(asked: &Asked<'_>) -> Looking {
    reported(asked, report)
}

fn report<'a>(asked: &Asked<'a>, looker: &mut Looker<'a>) -> Result<Report, Stop> {
    one_of_who(asked)?;
    let arguments = asked.arguments;
    if arguments.has("broker") {
        let facts = Facts::none().with("option", "broker").with("kind", "Kafka");
        return Err(Looking::Mistake(Mistake::new("not-told-by-kind", facts)).into());
    }
    if let Some(topic) = arguments.topic("topic") {
        return of_topic(asked, topic, looker);
    }
    let id = arguments.group("group").ok_or(Stop::Ask)?;
    if !(asked.visible.group)(id) {
        return Err(unknown_group(asked, id).into());
    }
    let Some(group) = seen(looker.kafka_group(id))? else { return Err(unknown_group(asked, id).into()) };
    let members = group.members.iter().map(|member| (id, member));
    Ok(made(asked, id.as_str(), None, members.collect()))
}

fn of_topic<'a>(asked: &Asked<'a>, topic: &TopicName, looker: &mut Looker<'a>) -> Result<Report, Stop> {
    if !(asked.visible.topic)(topic) {
        return Err(unknown_topic(asked, topic).into());
    }
    let (found, groups) = (looker.kafka_topic(topic), looker.kafka_groups());
    if seen(found)?.is_none() {
        return Err(unknown_topic(asked, topic).into());
    }
    let groups: Vec<&GroupId> =
        seen(groups)?.iter().map(|group| &group.id).filter(|id| (asked.visible.group)(id)).collect();
    let mut left_out = groups.len().saturating_sub(WHO_GROUPS);
    let looks: Vec<_> = groups.into_iter().take(WHO_GROUPS).map(|id| (id, looker.kafka_group(id))).collect();
    let mut members = Vec::new();
    for (id, look) in looks {
        match look {
            Look::Ask => return Err(Stop::Ask),
            Look::Seen(Some(group)) => members.extend(reading(group, topic).map(|member| (id, member))),
            Look::Seen(None) => {}
            Look::Failed(_) => left_out += 1,
        }
    }
    let left_out = (left_out > 0).then(|| Phrase::new("groups-left-out").with("count", left_out));
    Ok(made(asked, topic.as_str(), left_out, members))
}

fn reading<'g>(group: &'g Group, topic: &TopicName) -> impl Iterator<Item = &'g Member> {
    group.members.iter().filter(move |member| member.assigned.as_ref().is_none_or(|topics| topics.contains_key(topic)))
}

fn made(asked: &Asked<'_>, of: &str, left_out: Option<Phrase>, members: Vec<(&GroupId, &Member)>) -> Report {
    let mut lines = vec![Phrase::new("clients").with("count", members.len()), Phrase::new("clients-unversioned")];
    lines.extend(left_out);
    let rows = members.into_iter().map(|(group, member)| {
        let assigned = member.assigned.as_ref().map(|topics| topics.values().map(Vec::len).sum::<usize>());
        vec![
            Cell::name(&member.client_id),
            Cell::name(group),
            Cell::name(&member.host),
            assigned.map_or(Cell::Unknown, Cell::count),
        ]
    });
    Report {
        cluster: asked.cluster.name.clone(),
        grade: None,
        headline: Phrase::new("who-headline").with("name", of).with("cluster", asked.cluster.name.as_str()),
        lines,
        tables: vec![Sheet::new("clients", &["client", "group", "host", "partitions"]).rows(rows)],
    }
}
