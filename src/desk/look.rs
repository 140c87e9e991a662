//! Looks: what only reads.

use super::answer::Done;
use super::handle::{Ask, Desk, names};
use super::rounds::{Round, rounds};
use engine::Operation;
use futures_util::StreamExt;
use interlock::cluster::Sections;
use interlock::id::{ClusterName, GroupId, TopicName};
use interlock::looks::clusters::SeenCluster;
use interlock::looks::{self, Asked, LookAnswer, Looking, Obligation, Visible};
use interlock::plan::ConfigOn;

/// How many clusters are looked at side by side.
const CLUSTERS_AT_ONCE: usize = 8;

impl Desk {
    pub(super) async fn look(&self, ask: &Ask<'_>) -> Result<Done, Done> {
        let answer = match ask.command.name.as_str() {
            "help" => self.help(ask)?,
            "whoami" => self.who_am_i(ask),
            "operations" => self.operations(ask).await?,
            "status" => self.status(ask).await?,
            "audit" => self.audit(ask).await?,
            "clusters" => self.clusters(ask).await?,
            _ => self.look_at_cluster(ask).await?,
        };
        self.keep_to_share(ask, &names(ask.arguments()), &answer);
        Ok(Done::Looked(Box::new(answer)))
    }

    async fn look_at_cluster(&self, ask: &Ask<'_>) -> Result<LookAnswer, Done> {
        let name = ask.arguments().cluster("cluster").ok_or(Done::Bug)?;
        let (cluster, backend) = self.rooms.cluster(name)?;
        let topic = |topic: &TopicName| ask.sight.name(name, topic.as_str());
        let group = |group: &GroupId| ask.sight.name(name, group.as_str());
        let obligations = self.obligations(ask, name).await?;
        let freezes = if ask.command.name == "health" { self.rooms.freezes_of(name).await? } else { Vec::new() };
        let once = |sections: &Sections| {
            let asked = Asked {
                cluster,
                sections,
                arguments: ask.arguments(),
                visible: Visible { topic: &topic, group: &group },
                obligations: &obligations,
                freezes: &freezes,
            };
            match looks::look(&ask.command.name, &asked) {
                Some(Looking::Need(queries)) => Round::Need(queries),
                Some(Looking::Answer(answer)) => Round::Done(Ok(*answer)),
                Some(Looking::Mistake(mistake)) => Round::Done(Err(Done::Mistake(mistake))),
                Some(Looking::Failed(failure)) => {
                    Round::Done(Err(Done::Failed { id: format!("cluster-{}", failure.kind.key()), said: failure.said }))
                }
                None => Round::Done(Err(Done::Bug)),
            }
        };
        rounds(backend.as_ref(), once).await.ok_or(Done::Bug)?
    }

    /// What operations on this cluster left and still have to put back, but for what is owed on a topic that the person may not
    /// see.
    async fn obligations(&self, ask: &Ask<'_>, cluster: &ClusterName) -> Result<Vec<Obligation>, Done> {
        if ask.command.name != "health" {
            return Ok(Vec::new());
        }
        let owing = self.rooms.store.owing(cluster).await?;
        let of = |operation: Operation| {
            let id = operation.id;
            let may_see = |on: &ConfigOn| match on {
                ConfigOn::Broker(_) => true,
                ConfigOn::Topic(name) => ask.sight.name(cluster, name.as_str()),
            };
            operation.memory.owed.into_iter().filter(move |owed| may_see(&owed.on)).map(move |owed| Obligation {
                operation: id.clone(),
                id: match owed.on {
                    ConfigOn::Broker(_) => "broker-throttle".to_owned(),
                    ConfigOn::Topic(_) => "topic-throttle".to_owned(),
                },
                thing: owed.on.to_string(),
                due: owed.due,
            })
        };
        Ok(owing.into_iter().flat_map(of).collect())
    }

    async fn clusters(&self, ask: &Ask<'_>) -> Result<LookAnswer, Done> {
        let visible: Vec<ClusterName> = ask.sight.clusters().cloned().collect();
        let all = &self.rooms.store.freezes(self.rooms.clock.now()).await?;
        let looks = futures_util::stream::iter(visible).map(|name| async move {
            let (cluster, backend) = self.rooms.cluster(&name).ok()?;
            let queries = looks::clusters::queries(cluster.kind);
            let (sections, freezes) = (backend.observe(&queries).await, self.rooms.among(all, &name));
            Some(SeenCluster { cluster: cluster.clone(), sections, freezes })
        });
        let seen: Vec<_> = looks.buffered(CLUSTERS_AT_ONCE).filter_map(|one| async { one }).collect().await;
        Ok(looks::clusters::answer(&seen))
    }
}
