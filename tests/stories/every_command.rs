//! Every command of the catalogue, each typed by somebody who may: it looks, plans or steers, and is none of them in name only.

use interlock::approval::State;
use interlock::cluster::kafka::Committed;
use interlock::command::{Catalogue, Kind};
use interlock::id::{ClusterName, OperationId};
use interlock::looks::LookAnswer;
use signalbox::desk::Done;
use simulated::{Interference, SimulatedKafka};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use story::Story;

const STOPPED: &str = "/reset-offset cluster:orders-kafka group:nightly-report to:earliest";
const WAITING: &str = "/reset-offset cluster:orders-kafka group:billing to:earliest wait-for-stop:30m";
/// Does not end by itself while a story lasts.
const SLOW: &str = "/scale-out cluster:orders-kafka brokers:4 topics:payments throttle:4MiB";

struct Scene {
    story: Story,
    kafka: SimulatedKafka,
    catalogue: Catalogue,
    typed: BTreeSet<String>,
}

impl Scene {
    async fn new() -> Self {
        let (story, fleet) = Story::on_simulated().await;
        let name: ClusterName = simulated::demo::PRODUCTION.parse().expect("a cluster's name");
        let kafka = fleet.kafka(&name);
        kafka.add_broker(4, Some("az-d")).expect("a new broker");
        let catalogue = Catalogue::built_in().expect("the catalogue");
        Self { story, kafka, catalogue, typed: BTreeSet::new() }
    }

    async fn types(&mut self, who: &str, line: &str, kind: Kind) -> Done {
        let name = line.trim_start_matches('/').split(' ').next().unwrap_or_default();
        let command = self.catalogue.get(name).unwrap_or_else(|| panic!("{line} is no command"));
        assert_eq!(command.kind, kind, "{line}");
        self.typed.insert(name.to_owned());
        self.story.person(who).runs(line).await
    }

    async fn plans(&mut self, line: &str, kind: Kind) -> OperationId {
        match self.types("alice", line, kind).await {
            Done::Planned { operation, .. } => operation,
            other => panic!("{line} leads to {other:?}"),
        }
    }

    async fn looks(&mut self, who: &str, line: &str) -> LookAnswer {
        match self.types(who, line, Kind::Look).await {
            Done::Looked(answer) => *answer,
            other => panic!("{line} leads to {other:?}"),
        }
    }

    /// Steers an operation, and what came of it is this.
    async fn steers(&mut self, who: &str, line: &str, wanted: &str) {
        match self.types(who, line, Kind::Control).await {
            Done::Controlled { what, .. } => assert_eq!(what, wanted, "{line}"),
            other => panic!("{line} leads to {other:?}"),
        }
    }

    async fn is_approved(&mut self, id: &OperationId, by: &[&str]) {
        for who in by {
            self.story.person(who).approves(id).await;
        }
    }

    /// A look, what it is for, and whoever may.
    async fn looks_around(&mut self, id: &OperationId) {
        assert!(matches!(self.looks("mallory", "/help").await, LookAnswer::Help(_)));
        assert!(matches!(self.looks("vic", "/whoami").await, LookAnswer::WhoAmI(_)));
        assert!(matches!(self.looks("vic", "/clusters").await, LookAnswer::Clusters(_)));
        assert!(matches!(self.looks("vic", "/health cluster:orders-kafka").await, LookAnswer::Health(_)));
        assert!(matches!(self.looks("vic", "/topic topic:orders cluster:orders-kafka").await, LookAnswer::Topic(_)));
        let group = "group:nightly-report cluster:orders-kafka";
        assert!(matches!(self.looks("vic", &format!("/group {group}")).await, LookAnswer::Group(_)));
        assert!(matches!(self.looks("vic", &format!("/lag {group} topic:orders")).await, LookAnswer::Lag(_)));
        for report in ["/route topic:orders", "/who group:nightly-report", "/broker broker:1", "/hot", "/skew"] {
            let LookAnswer::Report(told) = self.looks("vic", &format!("{report} cluster:orders-kafka")).await else {
                panic!("{report} is a report");
            };
            assert_eq!(told.cluster.as_str(), "orders-kafka", "{report}");
        }
        assert!(matches!(self.looks("vic", "/operations").await, LookAnswer::Operations(_)));
        assert!(matches!(self.looks("vic", &format!("/status operation:{id}")).await, LookAnswer::Status(_)));
        assert!(matches!(self.looks("ada", &format!("/audit operation:{id}")).await, LookAnswer::AuditPage(_)));
    }

    async fn changes_and_takes_back(&mut self) -> OperationId {
        let id = self.plans(STOPPED, Kind::Change).await;
        self.voting(&id).await;
        let digest = self.story.plan(&id).await.digest();
        self.steers("bob", &format!("/approve operation:{id} digest:{digest}"), "vote-counted").await;
        self.story.becomes(&id, State::Succeeded).await;
        assert_eq!(self.acts(), 1, "it changed the cluster");
        let back = self.plans(&format!("/rollback operation:{id}"), Kind::Control).await;
        self.is_approved(&back, &["alice"]).await;
        self.story.becomes(&back, State::Succeeded).await;
        assert!(self.acts() > 1, "the way back changed it again");
        id
    }

    async fn vetoes(&mut self) {
        let id = self.plans(STOPPED, Kind::Change).await;
        self.voting(&id).await;
        self.steers("carol", &format!("/reject operation:{id} reason:because"), "vetoed").await;
        self.story.becomes(&id, State::Rejected).await;
    }

    async fn pauses_resumes_and_stops(&mut self) {
        let id = self.plans(WAITING, Kind::Change).await;
        self.is_approved(&id, &["bob", "dora"]).await;
        self.story.becomes(&id, State::Waiting).await;
        self.steers("bob", &format!("/pause operation:{id}"), "pause-asked").await;
        self.story.becomes(&id, State::Paused).await;
        self.steers("alice", &format!("/resume operation:{id}"), "resumed").await;
        self.story.becomes(&id, State::Waiting).await;
        self.steers("alice", &format!("/stop operation:{id}"), "stop-asked").await;
        self.story.becomes(&id, State::Stopped).await;
    }

    async fn turns_a_throttle(&mut self) {
        let id = self.plans(SLOW, Kind::Change).await;
        self.is_approved(&id, &["bob", "carol"]).await;
        self.story.becomes(&id, State::Waiting).await;
        self.steers("alice", &format!("/throttle operation:{id} rate:2MiB"), "throttle-asked").await;
        self.steers("alice", &format!("/stop operation:{id}"), "stop-asked").await;
        self.story.becomes(&id, State::Stopped).await;
    }

    async fn gives_up(&mut self) {
        let id = self.plans(STOPPED, Kind::Change).await;
        let [group, topic] = ["nightly-report", "orders"];
        let (group, topic) = (group.parse().expect("a group"), topic.parse().expect("a topic"));
        let foreign = Interference::Commit(group, topic, 3, Committed::plain(7));
        self.kafka.after_next_act(foreign).expect("somebody else");
        self.is_approved(&id, &["bob"]).await;
        self.story.becomes(&id, State::Stuck).await;
        self.steers("alice", &format!("/unlock operation:{id} reason:because"), "unlock-first").await;
        self.steers("olga", &format!("/unlock operation:{id} reason:because"), "unlocked").await;
        self.story.becomes(&id, State::Abandoned).await;
    }

    async fn freezes_and_lifts(&mut self) {
        let frozen = self.types("alice", "/freeze tier:production for:1h reason:because", Kind::Control).await;
        assert!(matches!(frozen, Done::Frozen(_)), "{frozen:?}");
        let id = self.plans(&STOPPED.replace("earliest", "latest"), Kind::Change).await;
        self.is_approved(&id, &["bob"]).await;
        assert_eq!(self.story.operation(&id).await.state, State::Queued, "nothing starts");
        let lifted = self.types("bob", "/unfreeze tier:production reason:because", Kind::Control).await;
        assert!(matches!(lifted, Done::Unfrozen { .. }), "{lifted:?}");
        self.story.becomes(&id, State::Succeeded).await;
    }

    async fn breaks_the_glass(&mut self) {
        let id = self.plans(STOPPED, Kind::Change).await;
        self.voting(&id).await;
        let digest = self.story.plan(&id).await.digest();
        let line = format!("/break-glass operation:{id} digest:{digest} reason:because confirm:nightly-report");
        self.steers("olga", &line, "glass-broken").await;
        self.story.becomes(&id, State::Succeeded).await;
        self.steers("bob", &format!("/break-glass operation:{id} review:because"), "review-closed").await;
    }

    async fn succeeds(&mut self, line: &str, by: &[&str]) {
        let id = self.plans(line, Kind::Change).await;
        self.is_approved(&id, by).await;
        self.story.becomes(&id, State::Succeeded).await;
    }

    async fn is_refused(&mut self, line: &str) {
        let done = self.types("alice", line, Kind::Change).await;
        assert!(matches!(done, Done::Refused(_)), "{line} leads to {done:?}");
    }

    /// A topic from its making to its end, and a group.
    async fn whole_topics(&mut self) {
        let on = "cluster:orders-kafka topic:fresh";
        self.succeeds(&format!("/topic-create {on} partitions:3 replicas:3"), &["bob"]).await;
        self.succeeds(&format!("/topic-alter {on} config:\"retention.ms=7d\""), &["bob"]).await;
        self.succeeds(&format!("/expand-partitions {on} to:5 keyed:false"), &["bob", "carol"]).await;
        self.is_refused(&format!("/shrink-partitions {on} to:2")).await;
        self.succeeds(&format!("/topic-delete {on}"), &["bob", "carol"]).await;
        self.is_refused("/group-create cluster:orders-kafka group:fresh").await;
        self.succeeds("/group-delete cluster:orders-kafka group:audit-archive", &["bob", "carol"]).await;
    }

    /// Waits until the card is posted: only then votes are taken.
    async fn voting(&self, id: &OperationId) {
        let began = Instant::now();
        while !self.story.house().rooms().store.voting_open(id).await.expect("the store answers") {
            assert!(began.elapsed() < Duration::from_secs(120), "the card of {id} was never posted");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    fn acts(&self) -> usize {
        self.kafka.acts().expect("the broker's books").len()
    }
}

#[tokio::test]
async fn every_command_does_what_it_is_for() {
    let mut scene = Scene::new().await;
    let id = scene.changes_and_takes_back().await;
    scene.looks_around(&id).await;
    scene.vetoes().await;
    scene.pauses_resumes_and_stops().await;
    scene.turns_a_throttle().await;
    scene.breaks_the_glass().await;
    scene.freezes_and_lifts().await;
    scene.gives_up().await;
    scene.whole_topics().await;
    let all: BTreeSet<String> = scene.catalogue.iter().map(|command| command.name.clone()).collect();
    assert_eq!(scene.typed, all, "a command of the catalogue is called by nobody here");
}
