//! `/reset-offset` on RocketMQ, on the simulated fleet of both lines: consumers keep running, what stood before is captured
//! first, and it is watched whether the offsets stay.

use engine::port::Journal;
use engine::{Entry, Operation, Outcome};
use interlock::approval::State;
use interlock::cluster::rocketmq::CommittedOffset;
use interlock::id::{BrokerName, GroupId, OperationId, TopicName};
use interlock::plan::{Action, Check, RocketmqAction, Sealed};
use signalbox::desk::{Answer, Done, Recorded};
use signalbox::house::House;
use signalbox::text::{Locale, answer, plan_text};
use simulated::{ActFault, HandClock, RocketmqGroupSpec, RocketmqTopicSpec, SimulatedRocketmq, Trouble};
use std::sync::Arc;
use std::time::Duration;
use story::crash::{
    AT_WORK, Deed, Ending, Ground, PaperChat, Point, Points, ROCKETMQS, Rules, STOPPED, Settled, Turns, act_on, ask,
    vanish,
};
use tokio::sync::Notify;

/// Turns in which an operation comes to its end.
const LONG: Turns = Turns(200);

struct Scene {
    ground: Ground,
    clock: HandClock,
    house: House,
    cluster: &'static str,
    version: &'static str,
    rocketmq: SimulatedRocketmq,
}

impl Scene {
    async fn on(line: usize) -> Self {
        Self::under(line, Rules::default()).await
    }

    async fn under(line: usize, rules: Rules) -> Self {
        Self::with((line, rules), |_| Points::none()).await
    }

    /// Something happens to the cluster at a point.
    async fn with((line, rules): (usize, Rules), points: impl FnOnce(SimulatedRocketmq) -> Arc<Points>) -> Self {
        let (ground, (cluster, version)) = (Ground::new(), ROCKETMQS[line]);
        let clock = HandClock::at(ground.start());
        let rocketmq = ground.rocketmq(cluster, Arc::new(clock.clone()));
        let settled = Settled::honest(Arc::new(clock.clone()), points(rocketmq.clone()));
        let house = ground.house(settled.under(rules)).await;
        Self { ground, clock, house, cluster, version, rocketmq }
    }

    /// The process is gone, and another one is there.
    async fn reborn(self) -> Self {
        self.house.rooms().store.close().await;
        let Self { ground, clock, house, cluster, version, rocketmq } = self;
        drop(house);
        let honest = Settled::honest(Arc::new(clock.clone()), Points::none());
        let house = ground.house(Settled { holder: "second".to_owned(), ..honest }).await;
        Self { ground, clock, house, cluster, version, rocketmq }
    }

    async fn asks(&self, line: &str) -> Done {
        let where_and_why = format!(" cluster:{} reason:replay", self.cluster);
        let more = if line.starts_with("/rollback") { "" } else { &where_and_why };
        ask(&self.house, "alice", &format!("{line}{more}")).await
    }

    async fn plans(&self, line: &str) -> OperationId {
        match self.asks(line).await {
            Done::Planned { operation, .. } => operation,
            other => panic!("{line}: {other:?}"),
        }
    }

    async fn refused(&self, line: &str) -> Vec<Check> {
        match self.asks(line).await {
            Done::Refused(refusal) => refusal.checks,
            other => panic!("{line}: {other:?}"),
        }
    }

    async fn stands(&self, group: &str) -> Vec<CommittedOffset> {
        Ending::stands(&self.rocketmq, group).await
    }

    async fn entries(&self, id: &OperationId) -> Vec<Entry> {
        self.house.rooms().store.entries(id).await.unwrap()
    }

    async fn plan(&self, id: &OperationId) -> Sealed {
        let store = &self.house.rooms().store;
        let operation = store.operation(id).await.unwrap().unwrap();
        store.plan(&operation).await.unwrap()
    }

    async fn acts_on(&self, id: &OperationId, turns: Turns) -> Operation {
        act_on(&self.house, id, turns).await
    }

    /// Until the offsets are set and it is watched whether they stay.
    async fn is_watched(&self, id: &OperationId) {
        for _ in 0..200 {
            if self.acts_on(id, Turns(1)).await.state == State::Waiting {
                return;
            }
        }
        panic!("{id} is never watched");
    }

    /// Another client commits an offset in each queue of a topic.
    fn commits(&self, group: &str, stands: &[CommittedOffset]) {
        let group: GroupId = group.parse().unwrap();
        for one in stands {
            self.rocketmq.commit(&group, (&one.topic, &one.broker, one.queue), one.offset).unwrap();
        }
    }

    fn actions(&self) -> Vec<Action> {
        self.rocketmq.acts().unwrap().into_iter().map(|act| act.action).collect()
    }

    async fn carried_out(&self, line: &str) -> OperationId {
        let id = self.plans(line).await;
        let ended = self.acts_on(&id, LONG).await;
        assert_eq!(ended.state, State::Succeeded, "{} on {}: {:?}", line, self.version, ended.why);
        id
    }
}

fn at(stands: &[CommittedOffset]) -> Vec<i64> {
    stands.iter().map(|one| one.offset).collect()
}

#[tokio::test]
async fn a_stopped_group_is_set_and_taken_back_on_both_lines() {
    for line in [0, 1] {
        let scene = Scene::on(line).await;
        let before = scene.stands(STOPPED).await;
        assert_eq!(before.len(), 4, "two queues at each master");
        let id = scene.carried_out("/reset-offset group:coupon-audit to:-5h").await;
        let after = at(&scene.stands(STOPPED).await);
        assert!(after.iter().zip(at(&before)).all(|(after, before)| *after < before), "{after:?} {before:?}");
        assert!(scene.told("Watching whether the offsets stay") > 0, "{}", scene.version);

        // What stood before is in the journal before anything is intended.
        let entries = scene.entries(&id).await;
        let place = |is: fn(&Entry) -> bool| entries.iter().position(is).unwrap();
        let captured = place(|entry| matches!(entry, Entry::Captured { .. }));
        let expanded = place(|entry| matches!(entry, Entry::Expanded { .. }));
        let intended = place(|entry| matches!(entry, Entry::Intent { .. }));
        assert!(captured < expanded && expanded < intended, "{entries:?}");
        let Entry::Captured { captured, .. } = &entries[captured] else { panic!() };
        assert_eq!(captured.queues.iter().map(|one| one.offset.unwrap()).collect::<Vec<_>>(), at(&before));

        let back = scene.carried_out(&format!("/rollback operation:{id}")).await;
        assert_eq!(scene.stands(STOPPED).await, before);
        assert_eq!(scene.plan(&back).await.plan().steps.len(), 1);
    }
}

#[tokio::test]
async fn consumers_keep_running_while_they_are_set_back() {
    for line in [0, 1] {
        let scene = Scene::on(line).await;
        let before = at(&scene.stands(AT_WORK).await);
        let id = scene.carried_out("/reset-offset group:warehouse topic:carts to:-3h").await;
        let after = at(&scene.stands(AT_WORK).await);
        assert!(after.iter().zip(&before).all(|(after, before)| after < before), "{after:?} {before:?}");
        let told = matches!(&scene.actions()[..], [Action::Rocketmq(RocketmqAction::TellClients { .. })]);
        assert_eq!(told, line == 1, "4.9 tells its clients: {:?}", scene.actions());
        // They read on from there, and nobody made them stop.
        scene.clock.advance(Duration::from_secs(600));
        let later = at(&scene.stands(AT_WORK).await);
        assert!(later.iter().zip(&after).all(|(later, after)| later > after), "{later:?} {after:?}");
        let plan = scene.plan(&id).await;
        assert!(plan.plan().checks.iter().any(|check| check.id == "clients-go-on"));
        assert_eq!(plan.plan().impact.clients, ["10.0.7.4@1871"]);
    }
}

#[tokio::test]
async fn what_4_9_cannot_tell_clients_is_refused_with_a_way_forward() {
    let old = Scene::on(1).await;
    for line in [
        "/reset-offset group:warehouse topic:carts to:offset:5",
        "/reset-offset group:warehouse topic:carts to:shift:-5",
        "/reset-offset group:warehouse topic:carts to:-3h partitions:0",
    ] {
        let checks = old.refused(line).await;
        assert!(checks.iter().any(|check| check.id == "group-must-stop"), "{line}: {checks:?}");
        assert!(old.actions().is_empty());
    }
    // Once the clients are gone it goes queue by queue; and by brokers of 5.x at any time.
    old.rocketmq.clients_leave(&AT_WORK.parse().unwrap()).unwrap();
    old.carried_out("/reset-offset group:warehouse topic:carts to:offset:5").await;
    assert_eq!(at(&old.stands(AT_WORK).await), [5; 4]);
    let new = Scene::on(0).await;
    new.carried_out("/reset-offset group:warehouse topic:carts to:shift:-500 partitions:0").await;
    let [Action::Rocketmq(action)] = &new.actions()[..] else { panic!("{:?}", new.actions()) };
    assert!(action.queue_moves().iter().all(|one| one.queue == 0), "{action:?}");
}

/// The way back of clients that were told a time needs them stopped on 4.9: it says so and does nothing.
#[tokio::test]
async fn the_way_back_of_a_group_at_work() {
    let old = Scene::on(1).await;
    let id = old.carried_out("/reset-offset group:warehouse topic:carts to:earliest").await;
    let acts = old.actions().len();
    let Done::Refused(checks) = old.asks(&format!("/rollback operation:{id}")).await else { panic!() };
    assert!(checks.iter().any(|check| check.id == "group-must-stop"), "{checks:?}");
    assert_eq!(old.actions().len(), acts);
    let new = Scene::on(0).await;
    let before = at(&new.stands(AT_WORK).await);
    let id = new.carried_out("/reset-offset group:warehouse topic:carts to:earliest").await;
    new.carried_out(&format!("/rollback operation:{id}")).await;
    let after = at(&new.stands(AT_WORK).await);
    assert!(after.iter().zip(&before).all(|(after, before)| after >= before), "{after:?} {before:?}");
}

/// A client that does not know of the reset commits its old offset while it is watched.
#[tokio::test]
async fn a_client_that_commits_its_old_offset_is_noticed() {
    for line in [0, 1] {
        let scene = Scene::on(line).await;
        let before = scene.stands(STOPPED).await;
        let id = scene.plans("/reset-offset group:coupon-audit to:-5h").await;
        scene.is_watched(&id).await;
        if line == 0 {
            // 5.x ignores it as long as nobody has fetched the reset.
            scene.commits(STOPPED, &before);
            assert_ne!(scene.stands(STOPPED).await, before);
            scene.rocketmq.clients_fetch(&STOPPED.parse().unwrap()).unwrap();
        }
        scene.clock.advance(Duration::from_secs(5));
        scene.commits(STOPPED, &before);
        let ended = scene.acts_on(&id, LONG).await;
        assert_eq!((ended.state, ended.why.id.as_str()), (State::Stuck, "offset-came-back"), "{}", scene.version);
        // Nothing is set a second time: it never fights.
        assert_eq!(scene.actions().len(), 1);
    }
}

/// A group at work that has read everything there is; nothing more comes.
const EAGER: &str = "eager";
const AT_THE_END: &str = "/reset-offset group:eager topic:returns to:earliest";

impl Scene {
    /// Its client reads so much an hour of each queue.
    fn has_eager(&self, per_hour: u64) {
        let topic: TopicName = "returns".parse().unwrap();
        self.rocketmq.add_topic(&RocketmqTopicSpec::new(topic.clone(), 2)).unwrap();
        self.clock.advance(Duration::from_secs(1));
        for (broker, queue) in [("broker-a", 0), ("broker-a", 1), ("broker-b", 0), ("broker-b", 1)] {
            self.rocketmq.send(&topic, &broker.parse().unwrap(), queue, 500).unwrap();
        }
        let group = RocketmqGroupSpec::stopped(EAGER.parse().unwrap(), vec![(topic, per_hour)], Duration::ZERO);
        self.rocketmq.add_group(&group.client("10.0.8.1@7", "10.0.8.1", self.version)).unwrap();
    }

    /// Plans it, and lets it begin on a cluster that takes six seconds for each answer: clients have told it where they are
    /// before an act is read back.
    async fn begins_slowly(&self, line: &str) -> OperationId {
        let id = self.plans(line).await;
        self.rocketmq.set_trouble(Some(Trouble::Slow(6_000))).unwrap();
        id
    }

    async fn outcomes(&self, id: &OperationId) -> Vec<Outcome> {
        let entries = self.entries(id).await;
        let outcome = |entry: Entry| if let Entry::Outcome { outcome, .. } = entry { Some(outcome) } else { None };
        entries.into_iter().filter_map(outcome).collect()
    }

    fn told(&self, words: &str) -> usize {
        PaperChat::told(&self.ground.chat_file()).iter().filter(|line| line.contains(words)).count()
    }
}

const EVERYTHING_IN_A_MOMENT: u64 = 3_600_000_000;

/// Its client has read all of it again, and committed the old offset, before the act is read back: what brokers answered
/// counts, once, it is watched, and what was not seen is said.
#[tokio::test]
async fn a_group_that_reads_everything_again_at_once_is_set_once() {
    for line in [0, 1] {
        let scene = Scene::on(line).await;
        scene.has_eager(EVERYTHING_IN_A_MOMENT);
        let before = at(&scene.stands(EAGER).await);
        assert_eq!(before, [500; 4]);
        let id = scene.begins_slowly(AT_THE_END).await;
        scene.is_watched(&id).await;
        scene.rocketmq.set_trouble(None).unwrap();
        let ended = scene.acts_on(&id, LONG).await;
        assert_eq!(ended.state, State::Succeeded, "{}: {:?}", scene.version, ended.why);
        assert_eq!((scene.actions().len(), at(&scene.stands(EAGER).await)), (1, before), "{}", scene.version);
        let seen_back = line == 1 && scene.told("was never seen set back") == 0;
        let last = if seen_back { Outcome::Done } else { Outcome::Unseen };
        assert_eq!(scene.outcomes(&id).await, [Outcome::Answered, last]);
        assert!(seen_back || scene.told("was never seen set back") == 1, "{}", scene.version);
    }
}

/// The process dies around that answer. Once it is journalled, the next process sends nothing a second time; before that nobody
/// knows of it, and it is sent again, to the same end.
#[tokio::test]
async fn an_answer_that_is_journalled_counts_after_the_process_died() {
    for (point, acts) in [
        (Point::before("act", 1), 1),
        (Point::after("act", 1), 2),
        (Point::before("write outcome", 1), 2),
        (Point::after("write outcome", 1), 1),
        (Point::before("write outcome", 2), 1),
        (Point::after("write outcome", 2), 1),
    ] {
        let dead = Arc::new(Notify::new());
        let points = Points::at(point.clone(), vanish(&dead));
        let scene = Scene::with((0, Rules::default()), |_| points).await;
        scene.has_eager(EVERYTHING_IN_A_MOMENT);
        let id = scene.begins_slowly(AT_THE_END).await;
        tokio::select! {
            biased;
            () = dead.notified() => {}
            ended = scene.acts_on(&id, LONG) => panic!("{point} was never reached: {}", ended.state),
        }
        let scene = scene.reborn().await;
        scene.is_watched(&id).await;
        scene.rocketmq.set_trouble(None).unwrap();
        let ended = scene.acts_on(&id, LONG).await;
        assert_eq!(ended.state, State::Succeeded, "{point}: {:?}", ended.why);
        assert_eq!((scene.actions().len(), at(&scene.stands(EAGER).await)), (acts, vec![500; 4]), "{point}");
    }
}

/// The request was lost, and the group stands where it would stand had it read all of it again: nobody answered, so it is
/// sent again.
#[tokio::test]
async fn without_an_answer_a_group_at_the_end_counts_as_it_was() {
    let scene = Scene::on(0).await;
    scene.has_eager(EVERYTHING_IN_A_MOMENT);
    scene.rocketmq.fail_next_act(ActFault::RequestLost).unwrap();
    let id = scene.carried_out(AT_THE_END).await;
    assert_eq!(scene.actions().len(), 1, "the first one never came");
    assert_eq!(scene.outcomes(&id).await[..2], [Outcome::Unknown, Outcome::Partly]);
}

/// Of a group that goes on a lie looks the same: it ends, and nobody says that it was read back.
#[tokio::test]
async fn of_a_group_that_goes_on_success_that_sets_nothing_is_not_called_read_back() {
    let scene = Scene::on(0).await;
    let before = at(&scene.stands(AT_WORK).await);
    scene.rocketmq.answers_success_and_does_nothing(1).unwrap();
    let id = scene.carried_out("/reset-offset group:warehouse topic:carts to:-3h").await;
    assert!(at(&scene.stands(AT_WORK).await).iter().zip(&before).all(|(now, before)| now > before));
    assert_eq!(scene.outcomes(&id).await, [Outcome::Answered, Outcome::Unseen]);
    assert_eq!((scene.told("was never seen set back"), scene.told("Step 2 is done and read back")), (1, 0));
    // What was seen is called so.
    scene.carried_out("/reset-offset group:coupon-audit to:-5h").await;
    assert_eq!((scene.told("was never seen set back"), scene.told("Step 2 is done and read back")), (1, 1));
}

/// Of a stopped group the read-back is strict, whatever the brokers answer; and of one at work that stands exactly where it
/// stood with messages left to read.
#[tokio::test]
async fn success_that_sets_nothing_is_found_where_nothing_can_have_overtaken_it() {
    let (stopped, standing) =
        ("/reset-offset group:coupon-audit to:-5h", "/reset-offset group:eager topic:returns to:offset:5");
    for line in [stopped, standing] {
        let scene = Scene::on(0).await;
        scene.has_eager(0);
        for broker in ["broker-a", "broker-b"] {
            scene.rocketmq.send(&"returns".parse().unwrap(), &broker.parse().unwrap(), 1, 9).unwrap();
        }
        scene.rocketmq.answers_success_and_does_nothing(3).unwrap();
        let id = scene.plans(line).await;
        let ended = scene.acts_on(&id, LONG).await;
        assert_eq!((ended.state, ended.why.id.as_str()), (State::Stopped, "tried-too-often"), "{line}");
        assert_eq!((scene.actions().len(), scene.told("was never seen set back")), (3, 0), "{line}");
    }
}

/// It goes on from its old place after it was seen set back, as a client does that has not heard of it.
#[tokio::test]
async fn a_client_at_work_that_commits_its_old_offset_is_noticed() {
    let scene = Scene::on(0).await;
    scene.has_eager(0);
    let before = scene.stands(EAGER).await;
    for one in &before {
        scene.rocketmq.send(&one.topic, &one.broker, one.queue, 9).unwrap();
    }
    let id = scene.plans("/reset-offset group:eager topic:returns to:earliest").await;
    scene.is_watched(&id).await;
    assert_eq!(at(&scene.stands(EAGER).await), [0; 4]);
    scene.rocketmq.clients_fetch(&EAGER.parse().unwrap()).unwrap();
    scene.clock.advance(Duration::from_secs(5));
    scene.commits(EAGER, &before);
    let ended = scene.acts_on(&id, LONG).await;
    assert_eq!((ended.state, ended.why.id.as_str()), (State::Stuck, "offset-came-back"));
    assert_eq!(scene.actions().len(), 1);
}

const TO_3H: &str = "/reset-offset group:warehouse topic:carts to:-3h";

/// Its only client is killed right after the brokers were told: 5.x has set the offsets itself; a client of 4.9 had not gone
/// there yet, and the group stands where it stood. What is told is what stands there when nobody commits any more.
#[tokio::test]
async fn a_consumer_that_is_killed_midway_leaves_the_truth() {
    for line in [0, 1] {
        let scene = Scene::with((line, Rules::default()), |rocketmq| {
            let killed: Deed = Box::new(move || {
                rocketmq.clients_leave(&AT_WORK.parse().unwrap()).unwrap();
                Box::pin(std::future::ready(()))
            });
            Points::at(Point::after("act", 1), killed)
        })
        .await;
        let before = at(&scene.stands(AT_WORK).await);
        let id = scene.plans(TO_3H).await;
        let ended = scene.acts_on(&id, LONG).await;
        let stands = at(&scene.stands(AT_WORK).await);
        let is_set = stands.iter().zip(&before).all(|(now, before)| now < before);
        assert_eq!(is_set, line == 0, "{}: {before:?} {stands:?}", scene.version);
        assert_eq!(ended.state == State::Succeeded, is_set, "{}: {} {:?}", scene.version, ended.state, ended.why);
        let why = ended.why.id.as_str();
        assert!(is_set || ["tried-too-often", "offset-came-back"].contains(&why), "{}: {why}", scene.version);
        scene.clock.advance(Duration::from_secs(600));
        assert_eq!(at(&scene.stands(AT_WORK).await), stands, "nobody reads");
    }
}

/// It had gone there and was killed while that was watched: set it is, and there it stands.
#[tokio::test]
async fn a_consumer_that_is_killed_while_it_is_watched_stands_where_it_was_set() {
    for line in [0, 1] {
        let scene = Scene::on(line).await;
        let before = at(&scene.stands(AT_WORK).await);
        let id = scene.plans(TO_3H).await;
        scene.is_watched(&id).await;
        let set = async || at(&scene.stands(AT_WORK).await).iter().zip(&before).all(|(now, before)| now < before);
        for _ in 0..30 {
            if set().await {
                break;
            }
            scene.acts_on(&id, Turns(1)).await;
        }
        scene.rocketmq.clients_leave(&AT_WORK.parse().unwrap()).unwrap();
        let stands = at(&scene.stands(AT_WORK).await);
        let ended = scene.acts_on(&id, LONG).await;
        assert_eq!(ended.state, State::Succeeded, "{}: {:?}", scene.version, ended.why);
        assert!(set().await, "{}", scene.version);
        assert_eq!(at(&scene.stands(AT_WORK).await), stands, "{}", scene.version);
    }
}

/// For a moment, as clients of 5.x do until they are assigned anew: it is waited for, and holds.
#[tokio::test]
async fn an_old_offset_of_a_moment_is_waited_for() {
    let scene = Scene::on(0).await;
    let before = scene.stands(STOPPED).await;
    let id = scene.plans("/reset-offset group:coupon-audit to:-5h").await;
    scene.is_watched(&id).await;
    let set = scene.stands(STOPPED).await;
    scene.rocketmq.clients_fetch(&STOPPED.parse().unwrap()).unwrap();
    scene.commits(STOPPED, &before);
    scene.acts_on(&id, Turns(3)).await;
    scene.commits(STOPPED, &set);
    let ended = scene.acts_on(&id, LONG).await;
    assert_eq!(ended.state, State::Succeeded, "{:?}", ended.why);
}

#[tokio::test]
async fn an_answer_or_a_request_that_is_lost_is_settled_by_looking() {
    for (fault, acts) in [(ActFault::AnswerLost, 1), (ActFault::RequestLost, 1)] {
        let scene = Scene::on(0).await;
        scene.rocketmq.fail_next_act(fault).unwrap();
        scene.carried_out("/reset-offset group:coupon-audit to:earliest").await;
        assert_eq!(scene.actions().len(), acts, "{fault:?}");
        assert_eq!(at(&scene.stands(STOPPED).await), [0; 4]);
    }
}

/// Every way to write a time leads to the same instant, and what is no time does nothing.
#[tokio::test]
async fn times_are_read_or_refused_before_anything_is_sent() {
    let scene = Scene::on(0).await;
    // Three hours before the ground begins.
    let instant = "2026-09-21T11:13:20.000Z";
    for written in [
        "2026-09-21T11:13:20Z",
        "2026-09-21T19:13:20+08:00",
        "\"2026-09-21 19:13:20 Asia/Shanghai\"",
        "\"2026-09-21#11:13:20:000\"",
        "-3h",
    ] {
        let id = scene.plans(&format!("/reset-offset group:coupon-audit to:{written}")).await;
        assert_eq!(scene.plan(&id).await.plan().arguments["to"], instant, "{written}");
    }
    for (nonsense, id) in [
        ("yesterday", "not-a-time"),
        ("2026-13-21T10:13:20Z", "no-such-date"),
        ("\"2026-09-21 25:00 UTC\"", "no-such-date"),
        ("\"2026-09-21#10:13:20\"", "not-a-time"),
        ("NaN", "not-a-time"),
        ("-1", "not-a-time"),
        ("9999999999999999999", "not-a-time"),
        ("\"2026-09-21 10:00 Mars/Olympus\"", "unknown-zone"),
        ("offset:-5", "not-an-offset"),
    ] {
        let done = scene.asks(&format!("/reset-offset group:coupon-audit to:{nonsense}")).await;
        assert!(matches!(&done, Done::Mistake(mistake) if mistake.id == id), "{nonsense}: {done:?}");
    }
    assert!(scene.actions().is_empty());
}

#[tokio::test]
async fn what_is_the_systems_and_what_broadcasts_is_refused() {
    let scene = Scene::on(0).await;
    for topic in ["broker-a", "shop", "SCHEDULE_TOPIC_XXXX"] {
        let checks = scene.refused(&format!("/reset-offset group:coupon-audit topic:{topic} to:earliest")).await;
        assert!(checks.iter().any(|check| check.id == "system-name"), "{topic}: {checks:?}");
    }
    let id: GroupId = "screens".parse().unwrap();
    let topic: TopicName = "carts".parse().unwrap();
    let mut screens = RocketmqGroupSpec::stopped(id, vec![(topic, 0)], Duration::ZERO);
    screens.broadcasts = true;
    scene.rocketmq.add_group(&screens.client("10.0.9.1@1", "10.0.9.1", "5.5.0")).unwrap();
    let checks = scene.refused("/reset-offset group:screens topic:carts to:earliest").await;
    assert!(checks.iter().any(|check| check.id == "group-broadcasts"), "{checks:?}");
    assert!(scene.actions().is_empty());
}

/// Masters only: with one of them gone nothing is planned, and one that goes meanwhile is waited for.
#[tokio::test]
async fn a_master_that_is_gone() {
    let scene = Scene::on(0).await;
    let [with_slave, alone]: [BrokerName; 2] = ["broker-a", "broker-b"].map(|name| name.parse().unwrap());
    scene.rocketmq.name_server_dies(0, true).unwrap();
    let id = scene.plans("/reset-offset group:coupon-audit to:-5h").await;
    assert!(scene.plan(&id).await.plan().checks.iter().any(|check| check.id == "name-servers-silent"));
    scene.is_watched(&id).await;
    // The NameServers forget one that has no slave. It is known to the plan, and waited for.
    scene.rocketmq.process_dies(&alone, 0, true).unwrap();
    let still = scene.acts_on(&id, Turns(20)).await;
    assert_eq!(still.state, State::Waiting);
    scene.rocketmq.process_dies(&alone, 0, false).unwrap();
    assert_eq!(scene.acts_on(&id, LONG).await.state, State::Succeeded);
    scene.rocketmq.process_dies(&with_slave, 0, true).unwrap();
    let checks = scene.refused("/reset-offset group:warehouse topic:carts to:-5h").await;
    assert!(checks.iter().any(|check| check.id == "cannot-verify"), "{checks:?}");
}

/// A cluster that is only observed gets plans and native commands, and nothing is ever sent.
#[tokio::test]
async fn an_observed_cluster_is_never_changed() {
    let scene = Scene::under(0, Rules { observed: true, ..Rules::default() }).await;
    if let Done::Planned { operation, .. } = scene.asks("/reset-offset group:coupon-audit to:-5h").await {
        assert_ne!(scene.acts_on(&operation, LONG).await.state, State::Succeeded);
    }
    assert!(scene.actions().is_empty());
}

#[tokio::test]
async fn plans_and_refusals_are_told_in_words_of_both_languages() {
    for line in [0, 1] {
        let scene = Scene::on(line).await;
        for asked in [
            "/reset-offset group:coupon-audit to:-5h",
            "/reset-offset group:warehouse topic:carts to:-3h",
            "/reset-offset group:warehouse topic:carts to:offset:7",
            "/reset-offset group:coupon-audit topic:broker-a to:earliest",
            "/reset-offset group:coupon-audit to:latest wait-for-stop:30m",
            "/reset-offset group:coupon-audit to:offset:99999999",
            "/reset-offset group:warehouse topic:carts to:latest partitions:77",
        ] {
            let done = scene.asks(asked).await;
            if let Done::Planned { operation, .. } = &done {
                let text = plan_text(&scene.plan(operation).await);
                let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
                assert!(text.contains("broker-a 0") && text.contains("in 7 looks in a row"), "{text}");
            }
            let answered = Answer { request: interlock::id::RequestId::from_random(1), done, recorded: Recorded::Yes };
            for locale in Locale::ALL {
                let card = format!("{:?}", answer(&answered, locale));
                let of_kafka = ["partition", " record", "分区"].into_iter().find(|word| card.contains(word));
                assert_eq!(of_kafka, None, "{asked}: {card}");
                for family in ["check-", "mistake-", "step-", "wait-", "what-", "worst-"] {
                    assert!(!card.contains(&format!("Plain(\"{family}")), "{asked}: {card}");
                }
            }
        }
    }
}
