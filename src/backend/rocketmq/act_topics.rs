//! Topics and groups that are made, permitted otherwise and deleted: at one master after the other, and then at every `NameServer`.
//! What is there already is left alone, so that another attempt goes on where the one before ended.

use super::act_queues::{Stopped, broken_off, each, refused};
use engine::port::Acted;
use interlock::cluster::rocketmq::{Perm, Queues};
use interlock::id::{BrokerName, GroupId, TopicName};
use interlock::plan::{GroupPlace, RocketmqAction, TopicChange, TopicPlace, TopicShape};
use rocketmq_admin::{Client, GroupConfig, TopicConfig};

/// Whole topics and groups; none for other actions.
pub(super) async fn act(client: &Client, action: &RocketmqAction) -> Option<Acted> {
    match action {
        RocketmqAction::SetTopic { topic, places } => Some(each(places, |place| set_one(client, topic, place)).await),
        RocketmqAction::DeleteTopic { topic, cluster, at } => Some(delete(client, (topic, cluster.as_str()), at).await),
        RocketmqAction::MakeGroup { group, at } => Some(each(at, |place| make_one(client, group, place)).await),
        RocketmqAction::DeleteGroup(gone) => {
            Some(each(&gone.at, |place| delete_group(client, &gone.group, &place.broker)).await)
        }
        _ => None,
    }
}

fn shape(config: &TopicConfig) -> TopicShape {
    let queues = Queues { read: config.read_queues, write: config.write_queues };
    TopicShape { queues, perm: Perm(config.perm.0) }
}

/// Order, flags and attributes of a topic that is there stay as they are: the master's own settings are read and written back.
async fn set_one(client: &Client, topic: &TopicName, place: &TopicChange) -> Result<(), Stopped> {
    let master = client.master(place.broker.as_str());
    let found = master.topic(topic.as_str()).await.map_err(|error| Stopped::looking(&error))?;
    let stands = found.as_ref().map(shape);
    if stands == Some(place.to) {
        return Ok(());
    }
    let queues = place.to.queues;
    if queues.writes_past_reads() || queues.read == 0 || queues.write == 0 {
        return Err(Stopped::before(refused("", &format!("{queues} are no queues of a topic"))));
    }
    if stands != place.from {
        let stands = stands.map_or_else(|| "none".to_owned(), |shape| shape.to_string());
        return Err(Stopped::before(refused("topic-settings-changed", &format!("the master has {stands}"))));
    }
    let mut config = found.unwrap_or_else(|| TopicConfig::new(topic.as_str(), queues.write));
    (config.read_queues, config.write_queues) = (queues.read, queues.write);
    config.perm = rocketmq_admin::Perm(place.to.perm.0);
    master.set_topic(&config).await.map_err(|error| Stopped::changing(&error))
}

/// A broker that still had the topic would bring back a route that a `NameServer` has forgotten: so all the masters come first.
async fn delete(client: &Client, (topic, cluster): (&TopicName, &str), at: &[TopicPlace]) -> Acted {
    let deleted = each(at, |place| delete_one(client, topic, place)).await;
    if !matches!(deleted, Acted::Applied) {
        return deleted;
    }
    let (name, cluster) = (topic.to_string(), cluster.to_owned());
    let forgotten = client.each_name_server(|server| {
        let (name, cluster) = (name.clone(), cluster.clone());
        async move { server.forget_topic(&name, Some(&cluster)).await }
    });
    let failed = forgotten.await.into_values().find_map(Result::err);
    failed.map_or(Acted::Applied, |error| broken_off(true, Stopped::changing(&error)))
}

/// What stands there otherwise is another topic of the same name.
async fn delete_one(client: &Client, topic: &TopicName, place: &TopicPlace) -> Result<(), Stopped> {
    let master = client.master(place.broker.as_str());
    let found = master.topic(topic.as_str()).await.map_err(|error| Stopped::looking(&error))?;
    match found.as_ref().map(shape) {
        None => Ok(()),
        Some(found) if found == place.shape => {
            master.delete_topic(topic.as_str()).await.map_err(|error| Stopped::changing(&error))
        }
        Some(found) => Err(Stopped::before(refused("topic-settings-changed", &format!("the master has {found}")))),
    }
}

async fn make_one(client: &Client, group: &GroupId, place: &GroupPlace) -> Result<(), Stopped> {
    let wanted = match &place.settings {
        None => GroupConfig::new(group.as_str()),
        Some(text) => GroupConfig::from_json(text).map_err(|error| Stopped::before(refused("", &error.to_string())))?,
    };
    let master = client.master(place.broker.as_str());
    // Of all its groups: asked for the one, a broker of 5.x makes it.
    let mut all = master.groups().await.map_err(|error| Stopped::looking(&error))?;
    match all.remove(group.as_str()) {
        None => master.set_group(&wanted).await.map_err(|error| Stopped::changing(&error)),
        Some(found) if found.says_the_same_as(&wanted) => Ok(()),
        Some(_) => Err(Stopped::before(refused("group-exists", "the master has such a group with other settings"))),
    }
}

async fn delete_group(client: &Client, group: &GroupId, broker: &BrokerName) -> Result<(), Stopped> {
    let master = client.master(broker.as_str());
    master.delete_group(group.as_str(), true).await.map_err(|error| Stopped::changing(&error))
}
