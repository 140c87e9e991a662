use interlock::cluster::kafka;
use interlock::id::TopicName;
use interlock::time::Millis;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

/// How a member stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Leave {
    /// It commits and says that it leaves. A static member does not say so: it stays until its session times out.
    InOrder,
    /// It vanishes without a last commit and stays until its session times out.
    Killed,
}

/// A member that joins a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The client id it names.
    pub client_id: String,
    /// Where it comes from, as the broker writes it ("/10.0.3.7").
    pub host: String,
    /// Its static id (`group.instance.id`), if it has one.
    pub instance_id: Option<String>,
    /// For how long it has been there already: a group rebalances for three seconds after somebody came.
    pub there_for: Duration,
    /// After which silence the coordinator gives it up.
    pub session_timeout: Duration,
    /// It assigns itself partitions and only commits under the group's name, as Flink does: the coordinator counts no member,
    /// and the group's commits move all the same.
    pub alone: bool,
}

impl Member {
    /// A dynamic member with the usual session timeout of 45 seconds.
    #[must_use]
    pub fn new(client_id: &str, host: &str) -> Self {
        Self {
            client_id: client_id.to_owned(),
            host: host.to_owned(),
            instance_id: None,
            there_for: Duration::ZERO,
            session_timeout: Duration::from_secs(45),
            alone: false,
        }
    }

    /// As a static member of this id.
    #[must_use]
    pub fn fixed(mut self, instance_id: &str) -> Self {
        self.instance_id = Some(instance_id.to_owned());
        self
    }

    /// That joined this long ago.
    #[must_use]
    pub fn there_for(mut self, span: Duration) -> Self {
        self.there_for = span;
        self
    }

    /// As a consumer that assigns itself its partitions.
    #[must_use]
    pub fn alone(mut self) -> Self {
        self.alone = true;
        self
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct MemberState {
    pub(crate) member_id: String,
    client_id: String,
    host: String,
    instance_id: Option<String>,
    session_ms: u64,
    pub(crate) alone: bool,
    joined: Millis,
    /// When and how it stops working; may lie ahead.
    pub(crate) left: Option<(Millis, Leave)>,
}

impl MemberState {
    pub(crate) fn join(member_id: String, member: Member, now: Millis) -> Self {
        Self {
            member_id,
            client_id: member.client_id,
            host: member.host,
            instance_id: member.instance_id,
            session_ms: u64::try_from(member.session_timeout.as_millis()).unwrap_or(u64::MAX),
            alone: member.alone,
            joined: now.minus(member.there_for),
            left: None,
        }
    }

    pub(crate) fn is_named(&self, name: &str) -> bool {
        self.client_id == name || self.member_id == name || self.instance_id.as_deref() == Some(name)
    }

    /// Whether it has this static id: a member that comes back with one takes the place of the former.
    pub(crate) fn is_instance(&self, instance_id: Option<&str>) -> bool {
        self.instance_id.as_deref() == instance_id
    }

    pub(crate) fn is_working(&self, now: Millis) -> bool {
        self.left.is_none_or(|(at, _)| now < at)
    }

    /// Whether the coordinator counts it among the members.
    pub(crate) fn is_counted(&self, now: Millis) -> bool {
        !self.alone && self.gone().is_none_or(|gone| now < gone)
    }

    fn gone(&self) -> Option<Millis> {
        let (at, how) = self.left?;
        let says_so = how == Leave::InOrder && self.instance_id.is_none();
        Some(if says_so { at } else { at.plus(Duration::from_millis(self.session_ms)) })
    }

    /// The instants at which it came and went.
    pub(crate) fn changes(&self) -> Vec<Millis> {
        [Some(self.joined), self.gone()].into_iter().flatten().collect()
    }

    pub(crate) fn seen(&self, assigned: BTreeMap<TopicName, Vec<i32>>) -> kafka::Member {
        kafka::Member {
            member_id: self.member_id.clone(),
            instance_id: self.instance_id.clone(),
            client_id: self.client_id.clone(),
            host: self.host.clone(),
            assigned: Some(assigned),
        }
    }
}
