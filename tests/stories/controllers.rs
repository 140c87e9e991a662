//! Controllers that refuse what is tried through them for a dead broker.

use engine::Permit;
use engine::port::{Act, Acted, Boxed, Clock, Clusters, Observe, Reason};
use interlock::approval::State;
use interlock::cluster::kafka::{Controllers, KafkaQuery};
use interlock::cluster::{FailureKind, Look, Looker, Query, Sections, Tier};
use interlock::id::{ClusterName, OperationId};
use interlock::looks::{LookAnswer, Obligation};
use interlock::plan::{Action, ConfigOn, KafkaAction};
use signalbox::clock::SystemClock;
use signalbox::desk::Done;
use simulated::SimulatedKafka;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use story::{Setting, Story};

/// Does not end by itself while a story lasts.
const SLOW: &str = "/scale-out cluster:orders-kafka brokers:4 topics:payments throttle:1MiB";
const DEAD: i32 = 4;

/// A cluster whose controllers say no to whatever concerns the broker that is dead.
struct Refusing {
    inner: SimulatedKafka,
    is_dead: Arc<AtomicBool>,
    refused: Arc<AtomicUsize>,
}

impl Observe for Refusing {
    fn observe<'a>(&'a self, queries: &'a BTreeSet<Query>) -> Boxed<'a, Sections> {
        self.inner.observe(queries)
    }
}

impl Act for Refusing {
    fn act<'a>(&'a self, permit: &'a Permit, action: &'a Action) -> Boxed<'a, Acted> {
        let concerns_it = match action {
            Action::Kafka(KafkaAction::SetConfigs { changes }) => {
                changes.iter().any(|one| one.on == ConfigOn::Broker(DEAD))
            }
            Action::Kafka(_) | Action::Rocketmq(_) => false,
        };
        if !concerns_it || !self.is_dead.load(Ordering::SeqCst) {
            return self.inner.act(permit, action);
        }
        self.refused.fetch_add(1, Ordering::SeqCst);
        let said = "31 CLUSTER_AUTHORIZATION_FAILED: Cluster authorization failed.".to_owned();
        let reason = Reason { kind: FailureKind::Denied, id: "missing-right".to_owned(), said };
        Box::pin(async { Acted::NotApplied(reason) })
    }
}

async fn obligations(story: &Story) -> Vec<Obligation> {
    match story.person("alice").runs("/health cluster:orders-kafka").await {
        Done::Looked(answer) => match *answer {
            LookAnswer::Health(health) => health.obligations,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

async fn is_alive(kafka: &SimulatedKafka) -> bool {
    let sections = kafka.observe(&BTreeSet::from([Query::Kafka(KafkaQuery::Cluster)])).await;
    match Looker::new(&sections).kafka_cluster() {
        Look::Seen(cluster) => cluster.brokers.iter().any(|one| one.id == DEAD),
        _ => panic!("the cluster does not tell"),
    }
}

async fn stops(story: &Story, id: &OperationId) {
    story.person("alice").runs(&format!("/stop operation:{id} reason:because")).await;
    story.becomes(id, State::Stopped).await;
}

/// A refusal with a known meaning ends an operation as failed, but not this one: it only means that the broker keeps its
/// throttle until it returns. The rest is put back.
#[tokio::test]
async fn what_controllers_refuse_is_owed_and_the_rest_is_put_back() {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let fleet = simulated::demo(clock.clone()).expect("the demo fleet");
    let name: ClusterName = simulated::demo::PRODUCTION.parse().expect("a cluster's name");
    let kafka = fleet.kafka(&name);
    kafka.add_broker(DEAD, Some("az-d")).expect("a new broker");
    kafka.set_controllers(Controllers::Answer).expect("a cluster");
    let (is_dead, refused) = (Arc::<AtomicBool>::default(), Arc::<AtomicUsize>::default());
    let refusing = Refusing { inner: kafka.clone(), is_dead: is_dead.clone(), refused: refused.clone() };
    let clusters = Clusters::new([(name, Arc::new(refusing) as _)].into());
    let tiers = [(simulated::demo::PRODUCTION, Tier::Production)];
    let story = Story::set(Setting::default(), &tiers, clusters, clock).await;

    let id = story.person("alice").plans(SLOW).await;
    for who in ["bob", "carol"] {
        story.person(who).approves(&id).await;
    }
    story.becomes(&id, State::Waiting).await;
    kafka.kill_broker(DEAD).expect("the target");
    is_dead.store(true, Ordering::SeqCst);
    let began = Instant::now();
    while is_alive(&kafka).await {
        assert!(began.elapsed() < Duration::from_secs(120), "nobody sees it dead");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    stops(&story, &id).await;
    assert_eq!(refused.load(Ordering::SeqCst), 2, "the controllers were asked, once for each of its two rates");
    let owed = obligations(&story).await;
    assert_eq!(owed.iter().map(|one| (&one.operation, one.thing.as_str())).collect::<Vec<_>>(), [(&id, "broker 4")]);
}
