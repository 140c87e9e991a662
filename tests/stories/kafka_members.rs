//! Groups with members on real Kafka: refused with their names, waited for, and the one that joins at the last moment.

use interlock::approval::State;
use interlock::changes::Guard;
use interlock::facts::Fact;
use interlock::plan::{Check, Seat};
use signalbox::desk::Done;
use std::time::{Duration, Instant};
use story::kafka_house::{KafkaHouse, KafkaPlot, Place, check, planned, proxy, refusal};
use story::lab::judge::{Commit, Committed, Member, MemberSpec, Protocol};
use story::lab::proxy::{Fate, Fault, Rule, RuleHandle, api};

const FIRST: i64 = 1_732_089_600_000;
/// A drive that the store failed in goes on after lease and act deadline, here two minutes: longer than that.
const LIMIT: Duration = Duration::from_secs(300);
/// How long a classic member counts that says nothing: longer than a look takes, as its end is waited for.
const SESSION_MS: u32 = 20_000;

async fn scene(plot: KafkaPlot) -> (KafkaHouse, Place) {
    let house = plot.build().await;
    let place = Place::unique();
    house.topic(&place, &[30, 30], FIRST).await;
    house.commits(&place, &[place.commit(0, 10), place.commit(1, 12)]).await;
    (house, place)
}

fn names(check: &Check) -> &[String] {
    match check.facts.get("members") {
        Some(Fact::Names(names)) => names,
        other => panic!("no members: {other:?}"),
    }
}

/// A reset is refused while `spec` lives, naming it; the offsets stay; when it has left, the reset goes through.
async fn refused_while_alive(spec: impl Fn(&Place) -> MemberSpec, fixed: i64) {
    let (house, place) = scene(KafkaPlot::direct().await).await;
    let member = house.judge.start_member(spec(&place).client_id("billing-worker-7")).await.unwrap();
    let before = house.committed(&place).await;
    let refused = refusal(house.story.person("alice").runs(&place.reset("earliest")).await);
    let found = check(&refused, "group-inactive");
    assert!(found.blocks());
    assert_eq!(names(found), ["billing-worker-7"]);
    let private = found.in_private();
    assert_eq!(names(&private), ["billing-worker-7/127.0.0.1"], "its host is told to who asks alone");
    let stored = serde_json::to_string(found).unwrap();
    assert!(stored.contains("billing-worker-7") && !stored.contains("127.0.0.1"), "{stored}");
    assert_eq!(found.facts.get("static"), Some(&Fact::Count(fixed)), "{found:?}");
    assert_eq!(house.committed(&place).await, before, "nothing is changed");
    member.stop().await.unwrap();
    // A static member that stops properly is kept in the group as well.
    until_gone(&house, &place).await;
    house.carried_out(&place.reset("earliest")).await;
    assert!(house.committed(&place).await.iter().all(|one| one.offset == 0));
}

async fn until_gone(house: &KafkaHouse, place: &Place) {
    let began = Instant::now();
    while !house.judge.group(&place.group).await.unwrap().members.is_empty() {
        assert!(began.elapsed() < LIMIT, "the member stays");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_classic_member_is_named_and_the_reset_refused() {
    refused_while_alive(|place| MemberSpec::new(&place.group, &place.topic), 0).await;
}

#[tokio::test]
async fn a_member_of_the_consumer_protocol_is_named_and_the_reset_refused() {
    refused_while_alive(|place| MemberSpec::new(&place.group, &place.topic).protocol(Protocol::Consumer), 0).await;
}

#[tokio::test]
async fn a_static_member_is_named_and_the_reset_refused() {
    let spec = |place: &Place| MemberSpec::new(&place.group, &place.topic).static_id("worker-7");
    refused_while_alive(|place| spec(place).session_timeout_ms(SESSION_MS), 1).await;
}

#[tokio::test]
async fn a_static_member_that_vanished_counts_until_its_session_is_over() {
    for protocol in [Protocol::Classic, Protocol::Consumer] {
        let (house, place) = scene(KafkaPlot::direct().await).await;
        let spec = MemberSpec::new(&place.group, &place.topic).protocol(protocol).static_id("worker-7");
        let spec = spec.session_timeout_ms(SESSION_MS);
        let member = house.judge.start_member(spec.client_id("gone")).await.unwrap();
        member.vanish().await.unwrap();
        let refused = refusal(house.story.person("alice").runs(&place.reset("earliest")).await);
        let found = check(&refused, "group-inactive");
        assert_eq!(names(found), ["gone"], "{protocol:?}");
        assert_eq!(found.facts.get("static"), Some(&Fact::Count(1)), "{protocol:?}");
        until_gone(&house, &place).await;
        house.carried_out(&place.reset("earliest")).await;
        assert!(house.committed(&place).await.iter().all(|one| one.offset == 0), "{protocol:?}");
    }
}

/// The group reads and commits until it stops; the shift counts from its very last commits.
async fn waits_for(protocol: Protocol) {
    let (house, place) = scene(KafkaPlot::direct().await).await;
    let spec = MemberSpec::new(&place.group, &place.topic).protocol(protocol).commit(Commit::EachPoll).reads_only(0);
    let member = house.judge.start_member(spec).await.unwrap();
    let id = house.story.person("alice").plans(&place.reset("shift:-5 wait-for-stop:10m")).await;
    let plan = house.story.plan(&id).await;
    assert!(plan.plan().votes.iter().any(|seat| matches!(seat, Seat::Owner { .. })), "{:?}", plan.plan().votes);
    house.story.person("bob").approves(&id).await;
    assert_eq!(house.story.operation(&id).await.state, State::AwaitingApproval, "the owner's seat is empty");
    house.story.person("dora").approves(&id).await;
    house.story.becomes(&id, State::Waiting).await;
    member.consume(7).await.unwrap();
    house.produce(&place, (0, 5), FIRST).await;
    let last = stopped(member, &place).await;
    house.story.becomes(&id, State::Succeeded).await;
    let after = house.committed(&place).await;
    assert_eq!(last.values().sum::<i64>(), 10 + 12 + 7, "it went on while it was waited for");
    for one in &after {
        assert_eq!(one.offset, last[&one.partition] - 5, "{after:?} from {last:?}");
    }
    assert_eq!(after.len(), 2);
    house.taken_back(&id).await;
    let back = house.committed(&place).await;
    assert!(back.iter().all(|one| one.offset == last[&one.partition]), "{back:?} to {last:?}");
}

/// Where the member stood when it left; that is where it committed last.
async fn stopped(member: Member, place: &Place) -> std::collections::BTreeMap<i32, i64> {
    let status = member.commit().await.unwrap();
    member.stop().await.unwrap();
    status.positions.iter().filter(|at| at.topic == place.topic).map(|at| (at.partition, at.offset)).collect()
}

#[tokio::test]
async fn a_classic_group_is_waited_for_until_its_last_commit() {
    waits_for(Protocol::Classic).await;
}

#[tokio::test]
async fn a_group_of_the_consumer_protocol_is_waited_for_until_its_last_commit() {
    waits_for(Protocol::Consumer).await;
}

#[tokio::test]
async fn a_group_that_does_not_stop_in_time_is_left_alone() {
    let (house, place) = scene(KafkaPlot::direct().await).await;
    let member = house.judge.start_member(MemberSpec::new(&place.group, &place.topic)).await.unwrap();
    let before = house.committed(&place).await;
    let id = house.story.person("alice").plans(&place.reset("earliest wait-for-stop:10s")).await;
    house.story.person("bob").approves(&id).await;
    house.story.person("dora").approves(&id).await;
    let ended = house.story.becomes(&id, State::Stopped).await;
    assert_eq!(ended.why.id, "wait-ran-out");
    assert_eq!(house.committed(&place).await, before);
    member.stop().await.unwrap();
}

/// A house whose commit is on its way and held before the broker.
struct Held {
    house: KafkaHouse,
    place: Place,
    before: Vec<Committed>,
    id: interlock::id::OperationId,
    hold: RuleHandle,
}

async fn held() -> Held {
    let mut plot = KafkaPlot::proxied().await;
    // A member joins meanwhile.
    plot.acts_within(Duration::from_secs(60));
    let (house, place) = scene(plot).await;
    let before = house.committed(&place).await;
    let id = house.story.person("alice").plans(&place.reset("earliest")).await;
    let hold = proxy().arm(Rule::next(&house.client_id, api::OFFSET_COMMIT, Fault::HoldRequest));
    house.story.person("bob").approves(&id).await;
    assert!(hold.meets(1, LIMIT).await, "the commit never came");
    Held { house, place, before, id, hold }
}

/// Between the last look and the commit the only guard left is the broker's own.
async fn joins_at_the_last_moment(protocol: Protocol) {
    let Held { house, place, before, id, hold } = held().await;
    let spec = MemberSpec::new(&place.group, &place.topic).protocol(protocol);
    let member = house.judge.start_member(spec).await.unwrap();
    hold.release();
    let ended = house.story.becomes(&id, State::Stopped).await;
    assert_eq!(ended.why.id, "group-has-members", "{:?}", ended.why);
    assert_eq!(house.committed(&place).await, before, "nothing is changed");
    let sent = proxy().changes(&house.client_id);
    assert_eq!(sent.iter().map(|one| (one.api, one.fate)).collect::<Vec<_>>(), [(api::OFFSET_COMMIT, Fate::Answered)]);
    assert_eq!(house.intents(&id).await, 1, "and it is not tried again");
    member.stop().await.unwrap();
    match house.story.person("alice").runs(&format!("/rollback operation:{id}")).await {
        Done::Mistake(mistake) => assert_eq!(mistake.id, "nothing-to-take-back"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_classic_member_that_joins_at_the_last_moment_stops_the_reset() {
    joins_at_the_last_moment(Protocol::Classic).await;
}

#[tokio::test]
async fn a_member_of_the_consumer_protocol_that_joins_at_the_last_moment_stops_the_reset() {
    joins_at_the_last_moment(Protocol::Consumer).await;
}

/// The same without the member: it is the member that stops it, not the hold.
#[tokio::test]
async fn a_commit_that_was_held_goes_through_where_nobody_joins() {
    let Held { house, place, before, id, hold } = held().await;
    assert_eq!(house.committed(&place).await, before, "it is held");
    hold.release();
    house.story.becomes(&id, State::Succeeded).await;
    let plan = house.story.plan(&id).await;
    let after = house.committed(&place).await;
    assert_eq!(
        after.iter().map(|one| (one.partition, one.offset)).collect::<std::collections::BTreeMap<_, _>>(),
        planned(plan.plan())
    );
}

/// A group's offsets in one topic, set where there were none, and a member of it at work in another topic.
async fn at_work_elsewhere(plot: KafkaPlot) -> (KafkaHouse, Place, Member, String) {
    let (house, place) = scene(plot).await;
    let elsewhere = Place { topic: Place::unique().topic, ..place.clone() };
    house.topic(&elsewhere, &[5], FIRST).await;
    let fresh = Place { group: Place::unique().group, ..place.clone() };
    let elsewhere = Place { group: fresh.group.clone(), ..elsewhere };
    let id = house.carried_out(&fresh.reset("offset:3 new-group:true")).await;
    assert_eq!(house.committed(&fresh).await, [fresh.commit(0, 3), fresh.commit(1, 3)]);
    let member = house.judge.start_member(MemberSpec::new(&elsewhere.group, &elsewhere.topic)).await.unwrap();
    (house, fresh, member, format!("/rollback operation:{id}"))
}

/// The broker lets the offsets of a group at work be removed in a topic to which it is not subscribed; we do not.
#[tokio::test]
async fn the_way_back_of_a_group_at_work_elsewhere_is_refused() {
    let (house, place, member, back) = at_work_elsewhere(KafkaPlot::direct().await).await;
    let refused = refusal(house.story.person("alice").runs(&back).await);
    assert!(check(&refused, "group-inactive").blocks(), "{refused:?}");
    assert_eq!(house.committed(&place).await, [place.commit(0, 3), place.commit(1, 3)]);
    member.stop().await.unwrap();
}

/// The same with the guard taken away: Kafka's own tool sees offsets of a group at work removed.
#[tokio::test]
async fn without_the_guard_offsets_of_a_group_at_work_are_removed() {
    let mut plot = KafkaPlot::direct().await;
    plot.without(Guard::GroupInactive);
    let (house, place, member, back) = at_work_elsewhere(plot).await;
    let alice = house.story.person("alice");
    let id = alice.plans(&back).await;
    alice.approves(&id).await;
    house.story.becomes(&id, State::Succeeded).await;
    assert!(!house.judge.group(&place.group).await.unwrap().members.is_empty(), "it is at work");
    assert_eq!(house.committed(&place).await, [], "and its offsets are gone");
    member.stop().await.unwrap();
}

/// A commit for a group at work is refused by the broker as well, but only when owners were told and an act was begun.
#[tokio::test]
async fn without_the_guard_a_reset_of_a_group_at_work_begins_and_the_broker_stops_it() {
    let mut plot = KafkaPlot::proxied().await;
    plot.without(Guard::GroupInactive);
    let (house, place) = scene(plot).await;
    let member = house.judge.start_member(MemberSpec::new(&place.group, &place.topic)).await.unwrap();
    let before = house.committed(&place).await;
    let id = house.story.person("alice").plans(&place.reset("earliest")).await;
    house.story.person("bob").approves(&id).await;
    let ended = house.story.becomes(&id, State::Stopped).await;
    assert_eq!(ended.why.id, "group-has-members", "{:?}", ended.why);
    assert_eq!(proxy().changes(&house.client_id).len(), 1, "it was asked to");
    assert_eq!(house.committed(&place).await, before);
    member.stop().await.unwrap();
}
