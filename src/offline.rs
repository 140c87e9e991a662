//! The same planner without touching anything: on a saved snapshot, for support, review and CI.

use crate::desk::{Wanted, Whole};
use engine::port::{Clock, Observe};
use interlock::changes::{self, Context, Guards};
use interlock::cluster::kafka::KafkaQuery;
use interlock::cluster::rocketmq::{RocketmqQuery, TopicKind};
use interlock::cluster::{Cluster, ClusterKind, Look, Looker, Query, Sections};
use interlock::command::{Catalogue, Directory, Line, ParseContext, View, parse, parse_line};
use interlock::id::OperationId;
use interlock::plan::{Check, Mistake, NotReadable, Planning, Requester, Scope, Sealed, Seat};
use interlock::policy::{Policy, Sight};
use interlock::principal::{Account, Place};
use interlock::time::Millis;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The number of the snapshot format that this version writes.
pub const SNAPSHOT_FORMAT: u32 = 1;
/// How many topics and groups a snapshot without a command looks into.
const MOST_NAMES: usize = 2_000;
/// The most rounds of one plan.
const MOST_ROUNDS: usize = 6;

/// What was seen of a cluster, to be planned on elsewhere and later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    /// [`SNAPSHOT_FORMAT`].
    pub format: u32,
    /// When it was taken; plans on it are made as of this time.
    pub taken_at: Millis,
    /// The cluster as the settings describe it.
    pub cluster: Cluster,
    /// The zone in which the settings read times without one, by its IANA name.
    #[serde(default = "utc")]
    pub zone: String,
    /// What was seen.
    pub sections: Sections,
}

/// Why there is no plan on a snapshot.
#[derive(Debug, thiserror::Error)]
pub enum NoPlan {
    /// The line makes no sense.
    #[error("{}", .0.id)]
    Mistake(Mistake),
    /// Checks forbid it.
    #[error("refused by {}", blocks(.0))]
    Refused(Vec<Check>),
    /// The snapshot was taken for something else.
    #[error("the snapshot lacks {0}; take one with --for and this command")]
    Lacks(String),
    /// The snapshot's zone is not known here.
    #[error("the snapshot's time zone: {0}")]
    Zone(String),
    /// It is not a change.
    #[error("{0} is not a change")]
    NotAChange(String),
    /// The plan cannot be sealed.
    #[error(transparent)]
    Seal(#[from] NotReadable),
}

fn blocks(checks: &[Check]) -> String {
    checks.iter().filter(|check| check.blocks()).map(|check| check.id.as_str()).collect::<Vec<_>>().join(", ")
}

impl From<Mistake> for NoPlan {
    fn from(mistake: Mistake) -> Self {
        Self::Mistake(mistake)
    }
}

/// Takes a snapshot: what a command's plan needs, or without one the names and the state of everything, bounded.
///
/// # Errors
/// If the line makes no sense.
pub async fn take(
    backend: &dyn Observe,
    cluster: &Cluster,
    line: Option<(&Catalogue, &str)>,
    at: (&dyn Clock, &TimeZone),
) -> Result<Snapshot, NoPlan> {
    let (clock, zone) = at;
    let mut snapshot = Snapshot {
        format: SNAPSHOT_FORMAT,
        taken_at: clock.now(),
        cluster: cluster.clone(),
        zone: zone.iana_name().map_or_else(utc, str::to_owned),
        sections: Sections::empty(),
    };
    for _ in 0..MOST_ROUNDS {
        let needed = match line {
            Some((catalogue, line)) => needed(catalogue, line, &snapshot)?,
            None => everything(cluster.kind, &snapshot.sections),
        };
        let missing = snapshot.sections.missing(&needed);
        if missing.is_empty() {
            break;
        }
        snapshot.sections.merge(backend.observe(&missing).await);
    }
    Ok(snapshot)
}

fn utc() -> String {
    "UTC".to_owned()
}

fn needed(catalogue: &Catalogue, line: &str, snapshot: &Snapshot) -> Result<BTreeSet<Query>, NoPlan> {
    match planning(catalogue, line, snapshot)?.1 {
        Planning::Need(queries) => Ok(queries),
        _ => Ok(BTreeSet::new()),
    }
}

fn everything(kind: ClusterKind, sections: &Sections) -> BTreeSet<Query> {
    match kind {
        ClusterKind::Kafka => everything_of_kafka(sections),
        ClusterKind::Rocketmq => everything_of_rocketmq(sections),
    }
}

fn everything_of_rocketmq(sections: &Sections) -> BTreeSet<Query> {
    let mut looker = Looker::new(sections);
    let _ = (looker.rocketmq_cluster(), looker.rocketmq_routes());
    let (topics, groups) = (looker.rocketmq_topics(), looker.rocketmq_groups());
    let mut queries = looker.needed();
    let topics = topics.seen().into_iter().flat_map(|topics| &topics.seen);
    for topic in topics.filter(|topic| topic.kind == TopicKind::Ordinary).take(MOST_NAMES) {
        queries.insert(Query::Rocketmq(RocketmqQuery::Topic(topic.name.clone())));
        queries.insert(Query::Rocketmq(RocketmqQuery::Ranges(topic.name.clone(), 0)));
    }
    let groups = groups.seen().into_iter().flat_map(|groups| &groups.seen);
    for group in groups.filter(|group| !group.system).take(MOST_NAMES) {
        queries.insert(Query::Rocketmq(RocketmqQuery::Group(group.id.clone())));
        queries.insert(Query::Rocketmq(RocketmqQuery::Committed(group.id.clone())));
    }
    queries
}

fn everything_of_kafka(sections: &Sections) -> BTreeSet<Query> {
    let mut looker = Looker::new(sections);
    let _ = looker.kafka_cluster();
    let topics = looker.kafka_topics();
    let groups = looker.kafka_groups();
    let mut queries = looker.needed();
    if let Look::Seen(topics) = topics {
        for topic in topics.iter().filter(|topic| !topic.internal).take(MOST_NAMES) {
            queries.insert(Query::Kafka(KafkaQuery::Topic(topic.name.clone())));
            queries.insert(Query::Kafka(KafkaQuery::LogRanges(topic.name.clone())));
        }
    }
    if let Look::Seen(groups) = groups {
        for group in groups.iter().take(MOST_NAMES) {
            queries.insert(Query::Kafka(KafkaQuery::Group(group.id.clone())));
            queries.insert(Query::Kafka(KafkaQuery::Committed(group.id.clone())));
        }
    }
    queries
}

type Asked = (Line, interlock::command::Arguments);

fn planning(catalogue: &Catalogue, line: &str, snapshot: &Snapshot) -> Result<(Asked, Planning), NoPlan> {
    let parsed = parse_line(catalogue, line)?;
    let sight = Sight::everything_of([snapshot.cluster.name.clone()]);
    let directory = Directory::default();
    let view = View { directory: &directory, sight: &sight, here: Some(&snapshot.cluster.name) };
    let zone = TimeZone::get(&snapshot.zone).map_err(|error| NoPlan::Zone(error.to_string()))?;
    let context = ParseContext { now: snapshot.taken_at, zone: &zone, view };
    let arguments = parse(catalogue, &parsed.command, &parsed.options, &context)?;
    let guards = Guards::all();
    let context = Context {
        now: snapshot.taken_at,
        cluster: &snapshot.cluster,
        held: &[],
        owing: &[],
        earlier: None,
        guards: &guards,
    };
    let planning = changes::plan(&parsed.command, &arguments, &snapshot.sections, &context)
        .ok_or_else(|| NoPlan::NotAChange(parsed.command.clone()))?;
    Ok(((parsed, arguments), planning))
}

/// Plans a command on a snapshot, as of its time. The plan is nobody's: it can be read and compared, not carried out.
///
/// # Errors
/// If the line makes no sense, checks forbid it, or the snapshot lacks what the plan needs.
pub fn plan(catalogue: &Catalogue, line: &str, snapshot: &Snapshot, policy: &Policy) -> Result<Sealed, NoPlan> {
    let ((parsed, arguments), planning) = planning(catalogue, line, snapshot)?;
    let draft = match planning {
        Planning::Plan(draft) => *draft,
        Planning::Mistake(mistake) => return Err(NoPlan::Mistake(mistake)),
        Planning::Refused(checks) => return Err(NoPlan::Refused(checks)),
        Planning::Need(queries) => {
            let lacking: Vec<String> = queries.iter().map(|query| format!("{query:?}")).collect();
            return Err(NoPlan::Lacks(lacking.join(", ")));
        }
    };
    let command = catalogue.find(&parsed.command)?;
    let weight = (draft.effect.max(command.effect), command.scope.unwrap_or(Scope::Group));
    let seats = policy.seats(weight, &snapshot.cluster, &draft);
    let votes = if seats.is_empty() { vec![Seat::Confirmation { by: Vec::new() }] } else { seats };
    let nobody = Account::System(0);
    let wanted = Wanted {
        command: &parsed.command,
        request: &arguments,
        cluster: &snapshot.cluster.name,
        requesters: vec![Requester { account: nobody, person: policy.people.person(nobody) }],
        place: Place::Console,
        operation: OperationId::from_random(0),
        revision: 1,
        stale: None,
        now: snapshot.taken_at,
    };
    // Nobody votes on it, so it ends as it is made.
    let whole = Whole {
        cluster: &snapshot.cluster,
        weight,
        votes,
        reverses: None,
        covered: false,
        expires_at: snapshot.taken_at,
    };
    Ok(Sealed::seal(whole.plan(wanted, draft))?)
}
