//! Topics and groups that are made and deleted as a whole.

use super::act::refused;
use super::topic::{QueueOffset, TopicHere};
use super::{GroupState, NameServerState, Rocketmq, SimulatedRocketmq};
use crate::home::FleetError;
use engine::port::{Acted, Reason};
use interlock::cluster::rocketmq::{GroupSettings, Queues, Route};
use interlock::id::{BrokerName, GroupId, TopicName};
use interlock::plan::{ForgottenGroup, GroupPlace, TopicChange, TopicPlace, TopicShape};
use interlock::time::Millis;

/// As `mqadmin updateSubGroup` makes it.
const PLAIN: GroupSettings = GroupSettings { consume: true, broadcast: false, retry_max: 16 };

/// All settings of a group, as a master tells them.
pub(super) fn whole(settings: GroupSettings) -> String {
    serde_json::to_string(&settings).unwrap_or_default()
}

fn read(place: &GroupPlace) -> Result<GroupSettings, Reason> {
    let Some(text) = &place.settings else { return Ok(PLAIN) };
    serde_json::from_str(text).map_err(|_| refused("", "the settings cannot be read"))
}

impl SimulatedRocketmq {
    /// `DELETE_TOPIC_IN_BROKER` (215) at a master, by somebody else: success whether it is there or not, and every `NameServer`
    /// goes on telling the route.
    ///
    /// # Errors
    /// If there is no such broker.
    pub fn delete_topic_at(&self, broker: &BrokerName, topic: &TopicName) -> Result<(), FleetError> {
        self.change(|cluster, _| {
            if !cluster.brokers.contains_key(broker) {
                return Err(FleetError::NoSuch(format!("broker {broker}")));
            }
            cluster.deletes(topic, broker);
            Ok(())
        })
    }

    /// Somebody makes a group at a master with these settings.
    ///
    /// # Errors
    /// If there is no such broker.
    pub fn update_group(&self, broker: &BrokerName, group: &GroupId, retry_max: u32) -> Result<(), FleetError> {
        self.change(|cluster, _| {
            if !cluster.brokers.contains_key(broker) {
                return Err(FleetError::NoSuch(format!("broker {broker}")));
            }
            cluster.makes(group, broker, GroupSettings { retry_max, ..PLAIN });
            Ok(())
        })
    }

    /// The next acts, but for those that tell clients, are answered with success, and change nothing.
    ///
    /// # Errors
    /// If there is no such cluster.
    pub fn answers_success_and_does_nothing(&self, acts: u32) -> Result<(), FleetError> {
        self.change(|cluster, _| {
            cluster.idle_acts = acts;
            Ok(())
        })
    }
}

impl Rocketmq {
    /// Whether an act is answered with success and forgotten.
    pub(super) fn idles(&mut self) -> bool {
        let idles = self.idle_acts > 0;
        self.idle_acts = self.idle_acts.saturating_sub(1);
        idles
    }

    /// One master after the other; a master that has it already is left alone.
    pub(super) fn set_topic(&mut self, topic: &TopicName, places: &[TopicChange], now: Millis) -> Acted {
        let mut begun = false;
        for one in places {
            if let Err(reason) = self.sets(topic, one) {
                return broken_off(begun, reason);
            }
            self.set_queues(topic, &one.broker, (one.to.queues, Some(one.to.perm)), now);
            begun = true;
        }
        Acted::Applied
    }

    fn shape(&self, topic: &TopicName, broker: &BrokerName) -> Option<TopicShape> {
        let here: &TopicHere = self.topics.get(topic)?.at.get(broker)?;
        Some(TopicShape { queues: Queues { read: here.read, write: here.write }, perm: here.perm })
    }

    fn sets(&self, topic: &TopicName, one: &TopicChange) -> Result<(), Reason> {
        if !self.leads(&one.broker) {
            return Err(refused("", "it has no master"));
        }
        let found = self.shape(topic, &one.broker);
        if found == one.from || found == Some(one.to) {
            return Ok(());
        }
        Err(refused("topic-settings-changed", "the master has something else"))
    }

    /// The masters first, then every `NameServer`.
    pub(super) fn delete_topic(&mut self, topic: &TopicName, at: &[TopicPlace]) -> Acted {
        let mut begun = false;
        for one in at {
            if !self.leads(&one.broker) {
                return broken_off(begun, refused("", "it has no master"));
            }
            self.deletes(topic, &one.broker);
            begun = true;
        }
        let mut dead = None;
        for server in &mut self.name_servers {
            if server.dead {
                dead = Some(refused("", "a NameServer does not answer"));
            } else {
                server.left.remove(topic);
            }
        }
        dead.map_or(Acted::Applied, |reason| broken_off(begun, reason))
    }

    /// Messages and settings go; what `NameServers` tell stays, and so do the offsets of groups.
    fn deletes(&mut self, topic: &TopicName, broker: &BrokerName) {
        let told: Vec<Option<Route>> = match self.topics.get(topic) {
            Some(state) => self.name_servers.iter().map(|server| self.route(server, state)).collect(),
            None => return,
        };
        for (server, route) in self.name_servers.iter_mut().zip(told) {
            server.keeps(topic, route.filter(|_| !server.dead));
        }
        if let Some(state) = self.topics.get_mut(topic) {
            state.at.remove(broker);
            if state.at.is_empty() {
                self.topics.remove(topic);
            }
        }
    }

    pub(super) fn make_group(&mut self, group: &GroupId, at: &[GroupPlace]) -> Acted {
        let mut begun = false;
        for one in at {
            let settings = match read(one) {
                Ok(settings) if self.leads(&one.broker) => settings,
                Ok(_) => return broken_off(begun, refused("", "it has no master")),
                Err(reason) => return broken_off(begun, reason),
            };
            self.makes(group, &one.broker, settings);
            begun = true;
        }
        Acted::Applied
    }

    fn makes(&mut self, group: &GroupId, broker: &BrokerName, settings: GroupSettings) {
        let new = || GroupState { at: Default::default(), clients: Vec::new(), offsets: Vec::new(), broadcasts: false };
        self.groups.entry(group.clone()).or_insert_with(new).at.insert(broker.clone(), settings);
    }

    pub(super) fn delete_group(&mut self, gone: &ForgottenGroup) -> Acted {
        let mut begun = false;
        for one in &gone.at {
            if !self.leads(&one.broker) {
                return broken_off(begun, refused("", "it has no master"));
            }
            if let Some(state) = self.groups.get_mut(&gone.group) {
                state.at.remove(&one.broker);
                state.offsets.retain(|offset: &QueueOffset| offset.broker != one.broker);
            }
            begun = true;
        }
        self.groups.retain(|_, state| !state.at.is_empty() || !state.offsets.is_empty() || !state.clients.is_empty());
        Acted::Applied
    }
}

impl NameServerState {
    /// Goes on telling a route that its brokers no longer have.
    fn keeps(&mut self, topic: &TopicName, route: Option<Route>) {
        if let Some(route) = route {
            self.left.entry(topic.clone()).or_insert(route);
        }
    }
}

fn broken_off(begun: bool, reason: Reason) -> Acted {
    if begun { Acted::Unknown(reason) } else { Acted::NotApplied(reason) }
}
