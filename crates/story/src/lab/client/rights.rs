//! The table act → right of a move, measured on the server: each act is refused with every other right of the table, and
//! is let through with its own.

use super::{RATES, changes, ours, set};
use crate::lab::judge::{Acl, KafkaJudge, Resource, TopicSpec};
use crate::lab::{Lab, Listener};
use kafka_admin::{Client, Config, ConfigResource, Credentials, Election, Error, ErrorCode, OffsetSpec, Sasl};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

const LIMIT: Duration = Duration::from_secs(120);
const CLUSTER: (Resource, ErrorCode) = (Resource::Cluster, ErrorCode::CLUSTER_AUTHORIZATION_FAILED);
const TOPIC: (Resource, ErrorCode) = (Resource::Topic, ErrorCode::TOPIC_AUTHORIZATION_FAILED);

/// What a move asks of a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    Reassign,
    ListReassignments,
    ElectLeaders,
    PlaceReplicas,
    LogDirs,
    Quorum,
    BrokerSettings,
    ReadBrokerSettings,
    TopicSettings,
    ReadTopicSettings,
    LogEnds,
}

/// The right that each takes, and what the server says without it.
const TABLE: [(Act, (Resource, ErrorCode), &str); 11] = [
    (Act::Reassign, CLUSTER, "ALTER"),
    (Act::ElectLeaders, CLUSTER, "ALTER"),
    (Act::PlaceReplicas, CLUSTER, "ALTER"),
    (Act::ListReassignments, CLUSTER, "DESCRIBE"),
    (Act::LogDirs, CLUSTER, "DESCRIBE"),
    (Act::Quorum, CLUSTER, "DESCRIBE"),
    (Act::BrokerSettings, CLUSTER, "ALTER_CONFIGS"),
    (Act::ReadBrokerSettings, CLUSTER, "DESCRIBE_CONFIGS"),
    (Act::TopicSettings, TOPIC, "ALTER_CONFIGS"),
    (Act::ReadTopicSettings, TOPIC, "DESCRIBE_CONFIGS"),
    (Act::LogEnds, TOPIC, "DESCRIBE"),
];

/// Rights that contain another one.
fn contains(right: &str, other: &str) -> bool {
    right == other || matches!((right, other), ("ALTER", "DESCRIBE") | ("ALTER_CONFIGS", "DESCRIBE_CONFIGS"))
}

/// A user without rights, its client, and a topic.
struct Stage {
    superuser: KafkaJudge,
    client: Client,
    user: String,
    topic: String,
    /// A folder of the one broker.
    path: String,
}

async fn stage() -> Stage {
    let lab = Lab::get().unwrap();
    let superuser = lab.secure().await.unwrap();
    let (user, topic) = (lab.unique("mover"), lab.unique("rights"));
    superuser.set_scram(&user, "SCRAM-SHA-256", lab.password()).await.unwrap();
    superuser.create_topic(TopicSpec::new(&topic, 1, 1)).await.unwrap();
    let dirs = superuser.log_dirs(&[1]).await.unwrap();
    let mut config = Config::new(vec![lab.secure_bootstrap(Listener::Sasl).parse().unwrap()]);
    config.sasl = Sasl::ScramSha256(Credentials { user: user.clone(), password: lab.password().into() });
    config.max_attempts = 3;
    let client = Client::unconnected(config).unwrap();
    Stage { superuser, client, user, topic, path: dirs[0].path.clone() }
}

impl Stage {
    fn acl(&self, resource: Resource, operation: &str) -> Acl {
        match resource {
            Resource::Cluster => Acl::on_cluster(&self.user, operation),
            _ => Acl::allow(&self.user, operation, resource, &self.topic),
        }
    }

    /// Changes nothing that matters, and shows what the server says.
    async fn tries(&self, act: Act) -> Result<(), Error> {
        let (client, at) = (&self.client, ours(&self.topic));
        let (broker, topic) = (ConfigResource::Broker(1), ConfigResource::Topic(self.topic.clone()));
        let alter = async |of: ConfigResource, key: &str, value: &str| {
            let changes = changes(of.clone(), &[(key, set(value))]);
            client.incremental_alter_configs(&changes, true).await.remove(&of).unwrap()
        };
        let read = async |of: ConfigResource| {
            let mut read = client.describe_configs(std::slice::from_ref(&of), None).await;
            read.remove(&of).unwrap().map(drop)
        };
        match act {
            Act::Reassign => {
                let same = BTreeMap::from([(at.clone(), Some(vec![1]))]);
                client.alter_partition_reassignments(&same).await.remove(&at).unwrap()
            }
            Act::ListReassignments => client.list_partition_reassignments(None).await.map(drop),
            Act::ElectLeaders => client.elect_leaders(Election::Preferred, Some(&[at])).await.map(drop),
            Act::PlaceReplicas => {
                let same = BTreeMap::from([(at.clone(), self.path.clone())]);
                client.alter_replica_log_dirs(1, &same).await.remove(&at).unwrap()
            }
            Act::LogDirs => client.describe_log_dirs(Some(&[1])).await?.remove(&1).unwrap().map(drop),
            Act::Quorum => client.describe_quorum().await.map(drop),
            Act::BrokerSettings => alter(broker, RATES[0], "1000").await,
            Act::ReadBrokerSettings => read(broker).await,
            Act::TopicSettings => alter(topic, "leader.replication.throttled.replicas", "0:1").await,
            Act::ReadTopicSettings => read(topic).await,
            Act::LogEnds => {
                let mut ends = client.list_same_offset(std::slice::from_ref(&at), OffsetSpec::Latest).await?;
                ends.remove(&at).unwrap().map(drop)
            }
        }
    }

    /// Gives rights, and waits until the broker knows: an act that takes nothing else tells.
    async fn gives(&self, rights: &[(Resource, &str)]) {
        let acls: Vec<Acl> = rights.iter().map(|(resource, operation)| self.acl(*resource, operation)).collect();
        if !acls.is_empty() {
            self.superuser.create_acls(&acls).await.unwrap();
        }
        for (act, (resource, _), operation) in TABLE {
            let given = |(on, right): &(Resource, &str)| *on == resource && contains(right, operation);
            if rights.iter().any(given) {
                self.until(act, Ok(())).await;
            }
        }
    }

    /// Waits until the act ends so.
    async fn until(&self, act: Act, wanted: Result<(), ErrorCode>) {
        let began = Instant::now();
        loop {
            let outcome = self.tries(act).await;
            let seen = outcome.as_ref().copied().map_err(|error| error.code().unwrap_or(ErrorCode(-1)));
            if seen == wanted {
                return;
            }
            assert!(began.elapsed() < LIMIT, "{act:?}: {outcome:?}, not {wanted:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

#[tokio::test]
async fn each_act_takes_its_right_and_no_other_gives_it() {
    for (act, (resource, code), operation) in TABLE {
        let stage = stage().await;
        let others: Vec<(Resource, &str)> = TABLE
            .iter()
            .map(|(_, (on, _), right)| (*on, *right))
            .filter(|(on, right)| *on != resource || !contains(right, operation))
            .collect();
        stage.gives(&others).await;
        let refused = stage.tries(act).await.unwrap_err();
        assert_eq!(refused.code(), Some(code), "{act:?} without {operation}: {refused}");
        assert!(refused.is_known_not_applied());
        stage.gives(&[(resource, operation)]).await;
        stage.tries(act).await.unwrap();
        stage.superuser.delete_acls_of(&stage.user).await.unwrap();
    }
}

#[tokio::test]
async fn without_any_right_nothing_goes() {
    let stage = stage().await;
    for (act, (_, code), _) in TABLE {
        let refused = stage.tries(act).await.unwrap_err();
        assert_eq!(refused.code(), Some(code), "{act:?}: {refused}");
    }
}
