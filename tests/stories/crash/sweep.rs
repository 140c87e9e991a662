//! Death at every point: each write of the journal, each act, each call of the chat, before and after it took effect.
//!
//! One life is played to its end; at each point an image is taken of what a process would leave that is killed there: committed
//! transactions, the cluster and the chat. On each image another life goes on, to an end that must be the same. A house that
//! vanishes within this process is in `controls.rs`; real processes, killed at some of the points, are in `process.rs`.

use interlock::approval::State;
use std::fmt::Write;
use story::crash::{Fault, Lives, Point, ROCKETMQS, Script, UNUSED};

pub(super) const RESET: &str = "/reset-offset cluster:orders-kafka group:nightly-report to:earliest reason:replay";
pub(super) const WAITING: &str =
    "/reset-offset cluster:orders-kafka group:billing-live to:shift:-5 wait-for-stop:10m reason:replay";

pub(super) const MOVE: &str = "/scale-out cluster:orders-kafka brokers:4 topics:orders throttle:100MiB reason:growth";

/// The chat is called in the same way in all of them: one sweep over its calls is enough.
const WORK: [&str; 2] = ["journal", "act"];

fn tell(wrong: &[(Point, Vec<Fault>)]) -> String {
    wrong.iter().fold(String::new(), |mut told, (point, faults)| {
        let _ = writeln!(told, "killed {point}: {faults:#?}");
        told
    })
}

fn sweeps(lives: &Lives, kinds: &[&str], ends: &[State]) {
    let undisturbed = lives.undisturbed();
    let states: Vec<State> = undisturbed.ending.operations.iter().map(|one| one.state).collect();
    assert_eq!(states, ends, "{:?}", undisturbed.ending.operations);
    assert_eq!(undisturbed.ending.faults(), []);
    assert!(kinds.iter().all(|kind| undisturbed.points.count(kind) > 0));
    let wrong = lives.sweep(&undisturbed, kinds);
    assert!(wrong.is_empty(), "{} points are wrong\n{}", wrong.len(), tell(&wrong));
}

#[test]
fn a_reset_ends_the_same_wherever_it_is_killed() {
    sweeps(&Lives::of(Script::of(RESET)), &["journal", "act", "chat"], &[State::Succeeded]);
}

#[test]
fn a_reset_that_waits_ends_the_same_wherever_it_is_killed() {
    sweeps(&Lives::of(Script::of(WAITING)), &WORK, &[State::Succeeded]);
}

#[test]
fn a_reset_by_broken_glass_ends_the_same_wherever_it_is_killed() {
    let lives = Lives::of(Script::of(RESET).by_glass());
    let told = lives.undisturbed().ending.audit;
    let count = |what: &str| told.values().flatten().filter(|one| *one == what).count();
    assert_eq!((count("glass-broken"), count("approved")), (1, 0), "{told:?}");
    sweeps(&lives, &WORK, &[State::Succeeded]);
}

#[test]
fn a_rollback_ends_the_same_wherever_it_is_killed() {
    sweeps(&Lives::of(Script::of(RESET).and_back()), &WORK, &[State::Succeeded, State::Succeeded]);
}

#[test]
fn a_reset_on_rocketmq_and_its_way_back_end_the_same_wherever_they_are_killed() {
    for (cluster, _) in ROCKETMQS {
        let reset = format!("/reset-offset cluster:{cluster} group:coupon-audit to:earliest reason:replay");
        sweeps(&Lives::of(Script::of(&reset).and_back()), &WORK, &[State::Succeeded, State::Succeeded]);
    }
}

/// Its clients go on: 5.5.0 hands them the offsets, and 4.9.7 is told to tell them.
#[test]
fn a_reset_of_a_group_at_work_ends_the_same_wherever_it_is_killed() {
    for (cluster, _) in ROCKETMQS {
        let reset = format!("/reset-offset cluster:{cluster} group:warehouse topic:carts to:-3h reason:replay");
        sweeps(&Lives::of(Script::of(&reset)), &WORK, &[State::Succeeded]);
    }
}

#[test]
fn an_answer_that_is_lost_changes_nothing_wherever_it_is_killed() {
    sweeps(&Lives::of(Script::of(RESET)).answer_lost(), &WORK, &[State::Succeeded]);
}

#[test]
fn a_move_ends_the_same_wherever_it_is_killed() {
    sweeps(&Lives::of(Script::of(MOVE)), &WORK, &[State::Succeeded]);
}

#[test]
fn a_move_and_its_way_back_end_the_same_whichever_act_they_are_killed_at() {
    sweeps(&Lives::of(Script::of(MOVE).and_back()), &["act"], &[State::Succeeded, State::Succeeded]);
}

/// Each life begins where the move has ended: what came before is swept above.
#[test]
fn the_way_back_of_a_move_ends_the_same_wherever_it_is_killed() {
    let lives = Lives::of(Script::of(MOVE).and_back()).opened();
    sweeps(&lives, &WORK, &[State::Succeeded, State::Succeeded]);
}

/// Each life begins with replicas on their way onto a broker that has just died. alice stops that, the run ends owing the
/// broker its throttle, the broker returns, and it is put back.
#[test]
fn what_a_move_owes_is_put_back_wherever_it_is_killed() {
    let lives = Lives::of(Script::of(MOVE).and_dies()).opened();
    let ending = lives.undisturbed().ending;
    let told: Vec<&String> = ending.audit.values().flatten().collect();
    let place = |what: &str| told.iter().position(|one| *one == what);
    assert!(place("safe-point").is_some() && place("safe-point") < place("discharged"), "{told:?}");
    assert!(!ending.operations[0].owes());
    sweeps(&lives, &WORK, &[State::Stopped]);
}

/// Each life begins where replicas move slowly and alice has asked for more speed: the turn is made, once, and put back.
#[test]
fn a_move_whose_throttle_is_turned_ends_the_same_wherever_it_is_killed() {
    let slow = MOVE.replace("100MiB", "40MiB");
    let lives = Lives::of(Script::of(&slow).and_types("/throttle rate:100MiB")).opened();
    let ending = lives.undisturbed().ending;
    assert!(ending.acts.iter().any(|act| format!("{:?}", act.action).contains("104857600")), "it was turned");
    sweeps(&lives, &WORK, &[State::Succeeded]);
}

/// Each life begins where she has asked for a pause; what stands still then is let go on.
#[test]
fn a_move_that_is_paused_and_goes_on_ends_the_same_wherever_it_is_killed() {
    let lives = Lives::of(Script::of(MOVE).and_types("/pause reason:lunch")).opened();
    let ending = lives.undisturbed().ending;
    assert!(ending.audit.values().flatten().any(|what| what == "resume"), "{:?}", ending.audit);
    sweeps(&lives, &WORK, &[State::Succeeded]);
}

const EXPAND: &str = "/expand-partitions cluster:orders-kafka topic:orders to:6 keyed:false reason:growth";
const CREATE: &str = "/topic-create cluster:orders-kafka topic:orders-eu partitions:3 replicas:3 reason:growth";
const DELETE_GROUP: &str = "/group-delete cluster:orders-kafka group:nightly-report reason:gone";

#[test]
fn an_expansion_ends_the_same_wherever_it_is_killed() {
    sweeps(&Lives::of(Script::of(EXPAND)), &WORK, &[State::Succeeded]);
}

#[test]
fn a_topic_that_is_made_and_deleted_again_ends_the_same_wherever_it_is_killed() {
    sweeps(&Lives::of(Script::of(CREATE).and_back()), &WORK, &[State::Succeeded, State::Succeeded]);
}

#[test]
fn a_deleted_group_that_gets_its_offsets_back_ends_the_same_wherever_it_is_killed() {
    sweeps(&Lives::of(Script::of(DELETE_GROUP).and_back()), &WORK, &[State::Succeeded, State::Succeeded]);
}

const ALTER: &str = "/topic-alter cluster:orders-kafka topic:orders config:max.message.bytes=2MiB reason:large";

#[test]
fn a_topic_whose_settings_are_changed_and_put_back_ends_the_same_wherever_it_is_killed() {
    sweeps(&Lives::of(Script::of(ALTER).and_back()), &WORK, &[State::Succeeded, State::Succeeded]);
}

#[test]
fn a_topic_that_is_deleted_ends_the_same_wherever_it_is_killed() {
    for cluster in ["orders-kafka", ROCKETMQS[0].0, ROCKETMQS[1].0] {
        let line = format!("/topic-delete topic:{UNUSED} cluster:{cluster} reason:unused");
        sweeps(&Lives::of(Script::of(&line)).with_unused(), &WORK, &[State::Succeeded]);
    }
}

#[test]
fn whole_topics_and_groups_of_rocketmq_and_their_ways_back_end_the_same_wherever_they_are_killed() {
    for (cluster, _) in ROCKETMQS {
        for line in ["/topic-create topic:orders-eu partitions:3", "/group-delete group:coupon-audit"] {
            let line = format!("{line} cluster:{cluster} reason:because");
            sweeps(&Lives::of(Script::of(&line).and_back()), &WORK, &[State::Succeeded, State::Succeeded]);
        }
    }
}

#[test]
fn permissions_and_new_groups_of_rocketmq_and_their_ways_back_end_the_same_wherever_they_are_killed() {
    for (cluster, _) in ROCKETMQS {
        for line in ["/topic-alter topic:coupons perm:read-only", "/group-create group:fresh"] {
            let line = format!("{line} cluster:{cluster} reason:because");
            sweeps(&Lives::of(Script::of(&line).and_back()), &WORK, &[State::Succeeded, State::Succeeded]);
        }
    }
}
