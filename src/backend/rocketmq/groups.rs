//! Consumer groups at the masters, and who is connected.

use super::observe::{Sight, failed};
use interlock::cluster::Failure;
use interlock::cluster::rocketmq::{
    Client, FromMasters, Group, GroupAt, GroupOverview, GroupSettings, Model, Subscription, is_system_group,
};
use interlock::id::{BrokerName, GroupId, TopicName};
use rocketmq_admin::{Broker, ClientConnection, Consumers, GroupConfig, GroupOffsets};
use std::collections::{BTreeMap, BTreeSet};

pub(super) async fn groups(sight: &Sight<'_>) -> Result<FromMasters<Vec<GroupOverview>>, Failure> {
    let ground = sight.ground().await?;
    let told = ground.masters(sight, |_, master| async move { failed(master.groups().await) }).await?;
    let mut all: BTreeMap<GroupId, Vec<BrokerName>> = BTreeMap::new();
    for (broker, groups) in told.seen {
        for id in groups.into_keys().filter_map(|id| id.parse().ok()) {
            all.entry(id).or_default().push(broker.clone());
        }
    }
    let overview =
        |(id, brokers): (GroupId, Vec<BrokerName>)| GroupOverview { system: is_system_group(&id), id, brokers };
    Ok(FromMasters { seen: all.into_iter().map(overview).collect(), silent: told.silent })
}

/// What one master knows of a group.
struct Known {
    settings: Option<GroupConfig>,
    consumers: Option<Consumers>,
}

/// Of all its groups, and not by asking for the one: a broker of 5.x that makes groups by itself would make it for being asked.
async fn known(master: Broker, id: &str) -> rocketmq_admin::Result<Known> {
    Ok(Known { settings: master.groups().await?.remove(id), consumers: master.consumers(id).await? })
}

pub(super) async fn group(sight: &Sight<'_>, id: &GroupId) -> Result<Option<Group>, Failure> {
    let ground = sight.ground().await?;
    let told = ground.masters(sight, |_, master| async move { failed(known(master, id.as_str()).await) }).await?;
    let named = told.seen.iter().any(|(_, known)| known.settings.is_some() || known.consumers.is_some());
    if !named && !has_offsets(sight, id).await? {
        return Ok(None);
    }
    let at = told.seen.iter().map(|(broker, known)| GroupAt {
        broker: broker.clone(),
        settings: known.settings.as_ref().map(settings),
        whole: known.settings.as_ref().map(GroupConfig::to_json).unwrap_or_default(),
    });
    let connected = || told.seen.iter().filter_map(|(broker, known)| Some((broker, known.consumers.as_ref()?)));
    let subscriptions: BTreeSet<Subscription> =
        connected().flat_map(|(_, consumers)| &consumers.subscriptions).filter_map(subscription).collect();
    let clients = connected().flat_map(|(broker, found)| found.clients.iter().map(move |one| (broker, id, one)));
    Ok(Some(Group {
        system: is_system_group(id),
        at: at.collect(),
        clients: merged(clients),
        subscriptions: subscriptions.into_iter().collect(),
        model: connected().next().map(|(_, consumers)| model(&consumers.model)),
        silent: told.silent,
    }))
}

/// 4.9 keeps offsets of groups that have no settings.
async fn has_offsets(sight: &Sight<'_>, id: &GroupId) -> Result<bool, Failure> {
    let all = all_offsets(sight).await?;
    Ok(all.seen.iter().any(|(_, offsets)| offsets.keys().any(|(group, _)| group == id.as_str())))
}

/// The offsets of all groups at each master.
pub(super) async fn all_offsets(sight: &Sight<'_>) -> Result<FromMasters<Vec<(BrokerName, GroupOffsets)>>, Failure> {
    let ground = sight.ground().await?;
    ground.masters(sight, |_, master| async move { failed(master.all_offsets().await) }).await
}

fn settings(config: &GroupConfig) -> GroupSettings {
    GroupSettings { consume: config.consume, broadcast: config.broadcast, retry_max: config.retry_max }
}

fn subscription((topic, read): (&String, &rocketmq_admin::Subscription)) -> Option<Subscription> {
    Some(Subscription { topic: topic.parse().ok()?, expression: read.expression.clone() })
}

fn model(word: &str) -> Model {
    match word {
        "CLUSTERING" => Model::Clustering,
        "BROADCASTING" => Model::Broadcasting,
        _ => Model::Other,
    }
}

/// A client is connected to several brokers, by a connection to each; told once, with all of them.
fn merged<'c>(found: impl Iterator<Item = (&'c BrokerName, &'c GroupId, &'c ClientConnection)>) -> Vec<Client> {
    let mut all: BTreeMap<(&GroupId, &str, &str), Client> = BTreeMap::new();
    for (broker, group, one) in found {
        // The port is that of one connection.
        let host = one.address.trim_start_matches('/').rsplit_once(':').map_or(one.address.as_str(), |(host, _)| host);
        let client = all.entry((group, one.id.as_str(), host)).or_insert_with(|| Client {
            group: group.clone(),
            id: one.id.clone(),
            host: host.to_owned(),
            language: one.language.clone(),
            version: one.version.to_string(),
            brokers: Vec::new(),
        });
        if !client.brokers.contains(broker) {
            client.brokers.push(broker.clone());
        }
    }
    all.into_values().collect()
}

pub(super) async fn groups_of(sight: &Sight<'_>, topic: &TopicName) -> Result<FromMasters<Vec<GroupId>>, Failure> {
    let ground = sight.ground().await?;
    let told = ground.masters(sight, |_, master| async move { failed(readers(&master, topic.as_str()).await) }).await?;
    let mut all: BTreeSet<GroupId> = BTreeSet::new();
    for (_, (groups, offsets)) in &told.seen {
        let with_offset = offsets.keys().filter(|(_, of)| of == topic.as_str()).map(|(group, _)| group);
        all.extend(groups.iter().chain(with_offset).filter_map(|id| id.parse().ok()));
    }
    Ok(FromMasters { seen: all.into_iter().collect(), silent: told.silent })
}

/// The groups that the master says read a topic, and the offsets of all groups: one that is offline is in these only.
async fn readers(master: &Broker, topic: &str) -> rocketmq_admin::Result<(BTreeSet<String>, GroupOffsets)> {
    Ok((master.groups_of_topic(topic).await?, master.all_offsets().await?))
}

pub(super) async fn producers(sight: &Sight<'_>) -> Result<FromMasters<Vec<Client>>, Failure> {
    let ground = sight.ground().await?;
    let told = ground.masters(sight, |_, master| async move { failed(master.all_producers().await) }).await?;
    let parsed: Vec<(&BrokerName, GroupId, &ClientConnection)> = told
        .seen
        .iter()
        .flat_map(|(broker, groups)| groups.iter().map(move |(group, clients)| (broker, group, clients)))
        .filter_map(|(broker, group, clients)| Some((broker, group.parse::<GroupId>().ok()?, clients)))
        .flat_map(|(broker, group, clients)| clients.iter().map(move |one| (broker, group.clone(), one)))
        .collect();
    let seen = merged(parsed.iter().map(|(broker, group, one)| (*broker, group, *one)));
    Ok(FromMasters { seen, silent: told.silent })
}
