//! Looks: each query by itself, several at a time, all on the same ground.

use super::failure::failure;
use super::ground::{Ground, ground};
use super::rates::Sampler;
use super::{Rocketmq, brokers, copies, groups, offsets, rates, readers, topics};
use crate::backend::each::each;
use engine::port::Clock;
use interlock::cluster::rocketmq::{RocketmqAnswer, RocketmqQuery};
use interlock::cluster::{Answer, Failure, Query, Sections};
use rocketmq_admin::{Client, HostPort};
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::sync::OnceCell;

/// What a look is made with.
pub(super) struct Sight<'a> {
    pub(super) client: &'a Client,
    pub(super) name_servers: &'a [HostPort],
    pub(super) broker_cluster: Option<&'a str>,
    pub(super) clock: &'a dyn Clock,
    pub(super) sampler: &'a Sampler,
    /// Between two looks that belong together.
    pub(super) gap: Duration,
    ground: OnceCell<Result<Ground, Failure>>,
}

impl<'a> Sight<'a> {
    pub(super) fn new(of: &'a Rocketmq, client: &'a Client, gap: Duration) -> Self {
        Self {
            client,
            name_servers: &of.name_servers,
            broker_cluster: of.broker_cluster.as_deref(),
            clock: of.clock.as_ref(),
            sampler: &of.sampler,
            gap,
            ground: OnceCell::new(),
        }
    }

    /// What the NameServers told, asked once in a look.
    ///
    /// # Errors
    /// As [`ground`].
    pub(super) async fn ground(&self) -> Result<&Ground, Failure> {
        self.ground.get_or_init(|| ground(self)).await.as_ref().map_err(Clone::clone)
    }
}

/// An error of the client as a failure of the look.
pub(super) fn failed<T>(result: rocketmq_admin::Result<T>) -> Result<T, Failure> {
    result.map_err(|error| failure(&error))
}

pub(super) async fn all(sight: &Sight<'_>, queries: &BTreeSet<Query>) -> Sections {
    let one = async |query| match query {
        Query::Rocketmq(wanted) => ask(sight, &wanted).await.map(Answer::Rocketmq),
        Query::Kafka(_) => Err(Failure::of_another_kind()),
    };
    each(sight.clock, queries, one).await
}

async fn ask(sight: &Sight<'_>, query: &RocketmqQuery) -> Result<RocketmqAnswer, Failure> {
    Ok(match query {
        RocketmqQuery::Cluster => RocketmqAnswer::Cluster(brokers::cluster(sight).await?),
        RocketmqQuery::Topics => RocketmqAnswer::Topics(topics::topics(sight).await?),
        RocketmqQuery::Topic(name) => RocketmqAnswer::Topic(topics::topic(sight, name).await?),
        RocketmqQuery::Routes => RocketmqAnswer::Routes(topics::routes(sight).await?),
        RocketmqQuery::Groups => RocketmqAnswer::Groups(groups::groups(sight).await?),
        RocketmqQuery::Group(id) => RocketmqAnswer::Group(groups::group(sight, id).await?),
        RocketmqQuery::GroupsOf(topic) => RocketmqAnswer::GroupsOf(groups::groups_of(sight, topic).await?),
        RocketmqQuery::Committed(group) => RocketmqAnswer::Committed(offsets::committed(sight, group).await?),
        RocketmqQuery::Ranges(topic, least) => RocketmqAnswer::Ranges(offsets::ranges(sight, topic, *least).await?),
        RocketmqQuery::OffsetsAt(topic, at) => RocketmqAnswer::OffsetsAt(offsets::at(sight, topic, *at).await?),
        RocketmqQuery::Producers => RocketmqAnswer::Producers(groups::producers(sight).await?),
        RocketmqQuery::Rates => RocketmqAnswer::Rates(rates::rates(sight).await?),
        RocketmqQuery::Readers(topic) => RocketmqAnswer::Readers(readers::readers(sight, topic).await?),
        RocketmqQuery::Delays => RocketmqAnswer::Delays(readers::delays(sight).await?),
        RocketmqQuery::Copies(of) => RocketmqAnswer::Copies(copies::copies(sight, of.as_ref()).await?),
    })
}
