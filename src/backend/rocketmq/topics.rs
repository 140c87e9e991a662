//! Topics at the masters, and their routes at the NameServers.

use super::ground::Ground;
use super::observe::{Sight, failed};
use super::side_by_side;
use interlock::cluster::Failure;
use interlock::cluster::rocketmq::{
    FromMasters, Perm, Route, RouteQueues, Routes, Said, Topic, TopicAt, TopicKind, TopicOverview, TopicRoutes,
};
use interlock::id::{BrokerName, TopicName};
use rocketmq_admin::{HostPort, TopicConfig, TopicRoute};
use std::collections::{BTreeMap, BTreeSet};

/// Of how many topics the routes are compared.
const MOST_ROUTES: usize = 10_000;

pub(super) async fn topics(sight: &Sight<'_>) -> Result<FromMasters<Vec<TopicOverview>>, Failure> {
    let ground = sight.ground().await?;
    let told = ground.masters(sight, |_, master| async move { failed(master.topics().await) }).await?;
    let mut all: BTreeMap<TopicName, Vec<TopicAt>> = BTreeMap::new();
    for (broker, topics) in told.seen {
        for (name, config) in topics {
            // A name that no topic can have cannot be asked about either.
            let Ok(name) = name.parse() else { continue };
            all.entry(name).or_default().push(at(&broker, &config));
        }
    }
    let overview = |(name, at): (TopicName, Vec<TopicAt>)| TopicOverview { kind: kind(&name, ground), name, at };
    Ok(FromMasters { seen: all.into_iter().map(overview).collect(), silent: told.silent })
}

fn kind(name: &TopicName, ground: &Ground) -> TopicKind {
    TopicKind::of(name, &ground.name, ground.brokers.keys())
}

pub(super) fn at(broker: &BrokerName, config: &TopicConfig) -> TopicAt {
    TopicAt {
        broker: broker.clone(),
        read: config.read_queues,
        write: config.write_queues,
        perm: Perm(config.perm.0),
        ordered: config.order,
    }
}

pub(super) async fn topic(sight: &Sight<'_>, name: &TopicName) -> Result<Option<Topic>, Failure> {
    let ground = sight.ground().await?;
    let asked = ground.masters(sight, |_, master| async move { failed(master.topic(name.as_str()).await) });
    let routes = ground.servers.iter().map(|(address, said)| async move {
        let route = match said {
            Ok(_) => route(sight, ground, address, name).await,
            Err(error) => Err(super::failure::failure(error)),
        };
        (address.to_string(), route.map_or_else(Said::Silent, Said::Answer))
    });
    let (told, routes) = tokio::join!(asked, side_by_side::all(routes));
    let told = told?;
    let mut masters: Vec<(BrokerName, Said<Option<TopicAt>>)> = told
        .seen
        .into_iter()
        .map(|(broker, config)| {
            let seen = config.map(|config| at(&broker, &config));
            (broker, Said::Answer(seen))
        })
        .collect();
    masters.extend(told.silent.into_iter().map(|one| (one.broker, Said::Silent(one.why))));
    masters.sort_by(|one, other| one.0.cmp(&other.0));
    let topic = Topic { kind: kind(name, ground), at: masters, routes };
    let routed = topic.routes.iter().any(|(_, said)| matches!(said, Said::Answer(Some(_))));
    Ok((routed || topic.settings().next().is_some()).then_some(topic))
}

async fn route(sight: &Sight<'_>, ground: &Ground, at: &HostPort, name: &TopicName) -> Result<Option<Route>, Failure> {
    let told = failed(sight.client.name_server(at).route(name.as_str()).await)?;
    Ok(told.and_then(|route| ours(&route, ground)))
}

/// The part of a route that leads to this cluster: a topic of the same name can be in another one behind the NameServer.
fn ours(route: &TopicRoute, ground: &Ground) -> Option<Route> {
    let queues: Vec<RouteQueues> = route
        .queues
        .iter()
        .filter_map(|(broker, queues)| {
            let broker: BrokerName = broker.parse().ok().filter(|name| ground.brokers.contains_key(name))?;
            Some(RouteQueues { broker, read: queues.read, write: queues.write, perm: Perm(queues.perm.0) })
        })
        .collect();
    (!queues.is_empty()).then(|| Route { queues, order: route.order.clone().filter(|order| !order.is_empty()) })
}

pub(super) async fn routes(sight: &Sight<'_>) -> Result<Routes, Failure> {
    let ground = sight.ground().await?;
    let servers: Vec<&HostPort> = ground.answering().collect();
    let lists = servers
        .iter()
        .map(|at| async move { failed(sight.client.name_server(at).topics_of_cluster(&ground.name).await) });
    let known: BTreeSet<TopicName> =
        side_by_side::all_well(lists).await?.into_iter().flatten().filter_map(|name| name.parse().ok()).collect();
    let ours: Vec<TopicName> = known.into_iter().filter(|name| kind(name, ground) != TopicKind::System).collect();
    let left_out = ours.len().saturating_sub(MOST_ROUTES);
    let asked = ours.get(..ours.len() - left_out).unwrap_or_default();
    // One request at a time is in flight to each, so each is asked topic by topic, and all of them side by side.
    let told = servers.iter().map(|at| async move {
        let mut routes = Vec::with_capacity(asked.len());
        for name in asked {
            routes.push(route(sight, ground, at, name).await?);
        }
        Ok::<_, Failure>(routes)
    });
    let told: Vec<Vec<Option<Route>>> = side_by_side::all_well(told).await?;
    let mut told: Vec<_> = told.into_iter().map(Vec::into_iter).collect();
    let topics = asked.iter().map(|topic| TopicRoutes {
        topic: topic.clone(),
        at: told.iter_mut().map(|routes| routes.next().flatten()).collect(),
    });
    Ok(Routes { topics: topics.collect(), left_out })
}
