//! A reset on real Kafka that is under way: what others do to it meanwhile, and what its own people do.

mod controls;
mod interference;

use engine::Operation;
use interlock::approval::State;
use interlock::id::OperationId;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use story::kafka_house::{KafkaHouse, KafkaPlot, Place, proxy};
use story::lab::judge::{Committed, Member, MemberSpec};
use story::lab::proxy::{Fault, Rule, RuleHandle, api};

const FIRST: i64 = 1_732_089_600_000;
/// A drive that the store failed in goes on after lease and act deadline, here two minutes: longer than that.
const LIMIT: Duration = Duration::from_secs(300);

/// Three partitions of thirty records; the group has read some of two, and has committed nothing in the third.
pub(super) struct Scene {
    pub(super) house: KafkaHouse,
    pub(super) place: Place,
    before: Vec<Committed>,
}

impl Scene {
    pub(super) async fn new() -> Self {
        let mut plot = KafkaPlot::proxied().await;
        plot.acts_within(Duration::from_secs(60));
        plot.looks_within(Duration::from_secs(60));
        let house = plot.build().await;
        let place = Place::unique();
        house.topic(&place, &[30, 30, 30], FIRST).await;
        let mut first = place.commit(0, 10);
        first.leader_epoch = Some(0);
        first.metadata = "checkpoint 7".to_owned();
        house.commits(&place, &[first, place.commit(1, 12)]).await;
        let before = house.committed(&place).await;
        Self { house, place, before }
    }

    async fn offsets(&self) -> BTreeMap<i32, i64> {
        self.house.offsets(&self.place).await
    }

    /// Everything that was ever sent to change something, in order.
    pub(super) fn changes(&self) -> Vec<i16> {
        proxy().changes(&self.house.client_id).iter().map(|one| one.api).collect()
    }

    /// A reset to the earliest offsets is approved; its commit has been applied, and its answer is held.
    pub(super) async fn applied(&self) -> (OperationId, RuleHandle) {
        let id = self.house.story.person("alice").plans(&self.place.reset("earliest")).await;
        let hold = self.holds(api::OFFSET_COMMIT);
        self.house.story.person("bob").approves(&id).await;
        assert!(hold.meets(1, LIMIT).await, "the commit never came");
        self.stands([0, 0, 0]).await;
        (id, hold)
    }

    /// The answer to the next request of this kind waits; what it asks for is done.
    fn holds(&self, api: i16) -> RuleHandle {
        proxy().arm(Rule::next(&self.house.client_id, api, Fault::HoldAnswer))
    }

    /// Waits until the group stands here in the first partitions, as Kafka's own client tells, and has no other commit.
    pub(super) async fn stands<const N: usize>(&self, offsets: [i64; N]) {
        let wanted: BTreeMap<i32, i64> = (0..).zip(offsets).collect();
        let began = Instant::now();
        loop {
            let found = self.offsets().await;
            if found == wanted {
                return;
            }
            assert!(began.elapsed() < LIMIT, "{found:?}, not {wanted:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// A reset of the group waits for its one member to stop; bob and dora, who owns it, have approved.
    pub(super) async fn waiting(&self, to: &str) -> (OperationId, Member) {
        let member = MemberSpec::new(&self.place.group, &self.place.topic).reads_only(0);
        let member = self.house.judge.start_member(member).await.unwrap();
        let line = self.place.reset(&format!("{to} wait-for-stop:10m"));
        let id = self.house.story.person("alice").plans(&line).await;
        for who in ["bob", "dora"] {
            self.house.story.person(who).approves(&id).await;
        }
        self.house.story.becomes(&id, State::Waiting).await;
        (id, member)
    }

    /// It comes to this state for this reason.
    async fn comes_to(&self, id: &OperationId, state: State, why: &str) -> Operation {
        let operation = self.house.story.becomes(id, state).await;
        assert_eq!(operation.why.id, why, "{:?}", operation.why);
        self.house.story.audit(id).await;
        operation
    }
}
