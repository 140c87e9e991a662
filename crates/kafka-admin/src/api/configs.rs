//! Settings of topics, brokers and groups.

use std::collections::BTreeMap;

use kafka_protocol::messages::describe_configs_request::DescribeConfigsResource;
use kafka_protocol::messages::describe_configs_response::DescribeConfigsResourceResult;
use kafka_protocol::messages::incremental_alter_configs_request::{AlterConfigsResource, AlterableConfig};
use kafka_protocol::messages::{DescribeConfigsRequest, IncrementalAlterConfigsRequest};
use tokio::time::Instant;

use super::{NAMES, said, text, unanswered};
use crate::client::Client;
use crate::config::Peers;
use crate::error::{Error, Result};
use crate::route::Route;
use crate::wire::call::Call;

/// What has settings.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ConfigResource {
    /// A topic.
    Topic(String),
    /// One broker.
    Broker(i32),
    /// All brokers: the cluster-wide default.
    Brokers,
    /// A group (Kafka 3.8 and later).
    Group(String),
}

impl ConfigResource {
    fn wire(&self) -> (i8, String) {
        match self {
            Self::Topic(name) => (2, name.clone()),
            Self::Broker(id) => (4, id.to_string()),
            Self::Brokers => (4, String::new()),
            Self::Group(name) => (32, name.clone()),
        }
    }

    /// Settings of one broker are asked from it, and changed at it, unless controllers are asked.
    fn route(&self, peers: Peers, otherwise: Route) -> Route {
        match (self, peers) {
            (Self::Broker(id), Peers::Brokers) => Route::Broker(*id),
            _ => otherwise,
        }
    }
}

impl std::fmt::Display for ConfigResource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Topic(name) => write!(f, "topic {name}"),
            Self::Broker(id) => write!(f, "broker {id}"),
            Self::Brokers => f.write_str("all brokers"),
            Self::Group(name) => write!(f, "group {name}"),
        }
    }
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConfigSource {
    /// Set on the topic.
    Topic,
    /// Set on this broker while it runs.
    DynamicBroker,
    /// Set for all brokers while they run.
    DynamicDefaultBroker,
    /// From the broker's file.
    StaticBroker,
    /// Kafka's own default.
    Default,
    /// Set on a broker's logger.
    DynamicBrokerLogger,
    /// Set for client metrics.
    ClientMetrics,
    /// Set on the group.
    Group,
    /// A number this client does not know.
    Other(i8),
}

impl ConfigSource {
    fn of(number: i8) -> Self {
        match number {
            1 => Self::Topic,
            2 => Self::DynamicBroker,
            3 => Self::DynamicDefaultBroker,
            4 => Self::StaticBroker,
            5 => Self::Default,
            6 => Self::DynamicBrokerLogger,
            7 => Self::ClientMetrics,
            8 => Self::Group,
            other => Self::Other(other),
        }
    }
}

/// A setting with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConfigEntry {
    /// Its key.
    pub name: String,
    /// Its value; `None` where it has none or it is sensitive.
    pub value: Option<String>,
    /// Where the value comes from.
    pub source: ConfigSource,
    /// Whether it cannot be changed while the broker runs.
    pub read_only: bool,
    /// Whether the broker hides the value.
    pub sensitive: bool,
    /// All places that set it, the one that counts first, and at the end what would count if it were unset.
    pub synonyms: Vec<ConfigSynonym>,
}

/// One of the places that set a value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConfigSynonym {
    /// The key there; a broker's key can differ from a topic's.
    pub name: String,
    /// The value there.
    pub value: Option<String>,
    /// Which place it is.
    pub source: ConfigSource,
}

/// What to do with one key (KIP-339).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigOp {
    /// Set it.
    Set(String),
    /// Back to what counts without it.
    Delete,
    /// Add to a list.
    Append(String),
    /// Take from a list.
    Subtract(String),
}

impl ConfigOp {
    fn wire(&self) -> (i8, Option<&str>) {
        match self {
            Self::Set(value) => (0, Some(value)),
            Self::Delete => (1, None),
            Self::Append(value) => (2, Some(value)),
            Self::Subtract(value) => (3, Some(value)),
        }
    }
}

/// Changes of settings, by resource and key.
pub type ConfigChanges = BTreeMap<ConfigResource, BTreeMap<String, ConfigOp>>;

/// The result for each resource.
pub type PerResource<T> = BTreeMap<ConfigResource, Result<T>>;

impl Client {
    /// The settings of resources (DescribeConfigs (32), KIP-133), those of a broker as it sees them itself. Controllers
    /// tell of nobody but themselves: what is set on a dead broker cannot be read.
    /// `keys` restricts to these keys.
    ///
    /// # Errors
    /// Each resource has its own result.
    pub async fn describe_configs(
        &self,
        resources: &[ConfigResource],
        keys: Option<&[String]>,
    ) -> PerResource<Vec<ConfigEntry>> {
        let deadline = self.until();
        let keys: Option<Vec<String>> = keys.map(<[String]>::to_vec);
        let resources = resources.iter().cloned().map(|at| (at, ()));
        let batches = in_batches(resources, self.config().peers, &Route::Any);
        let answers = self
            .side_by_side(batches, |client, (route, batch)| {
                let keys = keys.clone();
                async move { client.configs_at(&route, batch, keys.as_deref(), deadline).await }
            })
            .await;
        answers.into_iter().flatten().collect()
    }

    async fn configs_at(
        &self,
        route: &Route,
        batch: Vec<(ConfigResource, ())>,
        keys: Option<&[String]>,
        deadline: Instant,
    ) -> Vec<(ConfigResource, Result<Vec<ConfigEntry>>)> {
        let api = DescribeConfigsRequest::API.name;
        let resource = |(at, ()): &(ConfigResource, ())| {
            let (kind, name) = at.wire();
            let keys = keys.map(|keys| keys.iter().map(|key| text(key)).collect());
            DescribeConfigsResource::default()
                .with_resource_type(kind)
                .with_resource_name(text(&name))
                .with_configuration_keys(keys)
        };
        let answer = self
            .ask(
                route,
                deadline,
                |_| {
                    Ok(DescribeConfigsRequest::default()
                        .with_include_synonyms(true)
                        .with_resources(batch.iter().map(resource).collect()))
                },
                |_| None,
            )
            .await;
        let answers = answer.map(|answer| {
            let results = answer.results.into_iter().map(|result| {
                let key = (result.resource_type, result.resource_name.to_string());
                let checked = Error::check(api, result.error_code, said(result.error_message));
                let entries = result.configs.into_iter().map(entry);
                (key, checked.map(|()| entries.collect()))
            });
            results.collect()
        });
        let mut each = distribute(api, batch, answers);
        if keys.is_none() {
            each.iter_mut().for_each(|(at, result)| refuse_none(api, at, result));
        }
        each
    }

    /// Changes settings one by one, all others stay (IncrementalAlterConfigs (44), KIP-339). Settings of a broker go
    /// to that broker, which must be alive; all others to the controller. A client of the controllers ([`Peers`])
    /// gives them everything, settings of dead brokers too. `validate_only` changes nothing.
    ///
    /// # Errors
    /// Each resource has its own result; a resource changes as a whole or not at all.
    pub async fn incremental_alter_configs(&self, changes: &ConfigChanges, validate_only: bool) -> PerResource<()> {
        let deadline = self.until();
        let changes = changes.iter().map(|(at, ops)| (at.clone(), ops.clone()));
        let batches = in_batches(changes, self.config().peers, &Route::Controller);
        let answers = self
            .side_by_side(batches, move |client, (route, batch)| async move {
                client.alter_at(&route, batch, validate_only, deadline).await
            })
            .await;
        answers.into_iter().flatten().collect()
    }

    async fn alter_at(
        &self,
        route: &Route,
        batch: Vec<(ConfigResource, BTreeMap<String, ConfigOp>)>,
        validate_only: bool,
        deadline: Instant,
    ) -> Vec<(ConfigResource, Result<()>)> {
        let api = IncrementalAlterConfigsRequest::API.name;
        let answer = self
            .ask(
                route,
                deadline,
                |_| {
                    Ok(IncrementalAlterConfigsRequest::default()
                        .with_validate_only(validate_only)
                        .with_resources(batch.iter().map(alteration).collect()))
                },
                |answer| {
                    let codes = answer.responses.iter().map(|result| result.error_code);
                    super::common(codes)
                },
            )
            .await;
        let answers = answer.map(|answer| {
            let results = answer.responses.into_iter().map(|result| {
                let key = (result.resource_type, result.resource_name.to_string());
                let message = said(result.error_message);
                (key, Error::check(api, result.error_code, message))
            });
            results.collect()
        });
        distribute(api, batch, answers)
    }
}

/// Topics and brokers always have settings: an answer without any leaves them out. The cluster-wide default and groups
/// can be without.
fn refuse_none(api: &'static str, at: &ConfigResource, result: &mut Result<Vec<ConfigEntry>>) {
    let has_some = matches!(at, ConfigResource::Topic(_) | ConfigResource::Broker(_));
    if has_some && result.as_ref().is_ok_and(Vec::is_empty) {
        *result = Err(unanswered(api, &format!("the settings of {at}")));
    }
}

fn alteration((at, ops): &(ConfigResource, BTreeMap<String, ConfigOp>)) -> AlterConfigsResource {
    let (kind, name) = at.wire();
    let configs = ops.iter().map(|(key, op)| {
        let (operation, value) = op.wire();
        AlterableConfig::default().with_name(text(key)).with_config_operation(operation).with_value(value.map(text))
    });
    AlterConfigsResource::default()
        .with_resource_type(kind)
        .with_resource_name(text(&name))
        .with_configs(configs.collect())
}

fn entry(result: DescribeConfigsResourceResult) -> ConfigEntry {
    let synonyms = result.synonyms.into_iter().map(|synonym| ConfigSynonym {
        name: synonym.name.to_string(),
        value: said(synonym.value),
        source: ConfigSource::of(synonym.source),
    });
    ConfigEntry {
        name: result.name.to_string(),
        value: said(result.value),
        source: ConfigSource::of(result.config_source),
        read_only: result.read_only,
        sensitive: result.is_sensitive,
        synonyms: synonyms.collect(),
    }
}

/// Resources in batches by who has to be asked.
fn in_batches<T: Clone>(
    resources: impl Iterator<Item = (ConfigResource, T)>,
    peers: Peers,
    otherwise: &Route,
) -> Vec<(Route, Vec<(ConfigResource, T)>)> {
    let mut batches: Vec<(Route, Vec<(ConfigResource, T)>)> = Vec::new();
    let mut shared = Vec::new();
    for (at, item) in resources {
        match at.route(peers, otherwise.clone()) {
            Route::Broker(id) => batches.push((Route::Broker(id), vec![(at, item)])),
            _ => shared.push((at, item)),
        }
    }
    let shared = shared.chunks(NAMES).map(|batch| (otherwise.clone(), batch.to_vec()));
    batches.extend(shared);
    batches
}

/// Gives each resource of a batch its result.
fn distribute<T, R>(
    api: &'static str,
    batch: Vec<(ConfigResource, T)>,
    answers: Result<BTreeMap<(i8, String), Result<R>>>,
) -> Vec<(ConfigResource, Result<R>)> {
    let mut answers = match answers {
        Ok(answers) => answers,
        Err(error) => {
            let failed = batch.into_iter().map(|(at, _)| (at, Err(error.clone())));
            return failed.collect();
        }
    };
    let each = batch.into_iter().map(|(at, _)| {
        let result = answers.remove(&at.wire());
        let result = result.unwrap_or_else(|| Err(unanswered(api, &at)));
        (at, result)
    });
    each.collect()
}
