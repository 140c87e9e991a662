//! What people read, as it stands in a terminal of 60 and of 30 columns.

use super::fixture::{
    NOON, Scene, captured, denied, freeze, half_done, members, person, refused, reset, waiting_reset,
};
use super::scale_out::{approved, scale_out};
use super::{drawn, rules, seen};
use crate::desk::{Answer, Denied, Done, Recorded};
use crate::text::{
    Card, Drawing, HeadView, Locale, Newer, answer, audit_head, board, board_ended, by_hand, console, notice,
    plan_card, plan_text, reassignment, shared, vote_not_counted,
};
use engine::{Entry, History, Notice};
use interlock::approval::{NotCounted, State};
use interlock::cluster::Tier;
use interlock::facts::{Fact, Facts};
use interlock::freeze::FreezeOn;
use interlock::looks::Board;
use interlock::plan::{Check, Difference, Level, Mistake, Sealed, Seat};
use interlock::principal::Account;
use std::time::Duration;

/// All languages and widths of a text in one snapshot.
fn shown(name: &str, card: impl Fn(Locale) -> Card) {
    let mut text = String::new();
    for locale in Locale::ALL {
        drawn::keep(name, &card(locale), locale);
        for width in [60, 30] {
            let card = card(locale);
            rules::check(&card, locale);
            let drawn = console(&card, Drawing { width, colour: false });
            text.push_str(&format!("== {} {width}\n{drawn}\n", locale.tag()));
        }
    }
    insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "../snapshots", omit_expression => true }, {
        insta::assert_snapshot!(name, text);
    });
}

fn scene(name: &str, scene: &Scene) {
    shown(name, |locale| plan_card(&scene.view(locale)));
}

fn answered(name: &str, done: &Done) {
    let recorded = if *done == Done::Bug { Recorded::No } else { Recorded::Yes };
    let reply = Answer { request: "M2WQ7A".parse().unwrap(), done: done.clone(), recorded };
    shown(name, |locale| answer(&reply, locale));
}

fn told(name: &str, told: &Notice, scene: &Scene) {
    shown(name, |locale| notice(told, &scene.view(locale)));
}

#[test]
fn cards() {
    scene("card_waiting", &Scene::of(reset(6)).owned(None));
    scene("card_voted", &Scene::of(reset(6)).voted_by_bob());
    scene("card_100_partitions", &Scene::of(reset(100)));
    scene("card_wait_for_stop", &Scene::of(waiting_reset()));
    scene("card_queued", &Scene::of(reset(6)).approved().at(State::Queued));
    let broken = || Scene::of(reset(6)).broken("payments stand still", None);
    let behind = Some("ABCDEF".parse().unwrap());
    scene("card_glass_waits", &Scene { behind, ..broken().at(State::Queued) });
    scene("card_glass_running", &broken().at(State::Running).at_step(1));
    let reviewed = Scene::of(reset(6)).broken("payments stand still", Some("it was right; the runbook says so now"));
    scene("card_glass_reviewed", &reviewed.at(State::Succeeded));
    let hours = |hours: u64| Duration::from_secs(hours * 3_600);
    scene("card_frozen", &Scene::of(reset(6)).frozen(hours(2), "black friday"));
    let queued = || Scene::of(reset(6)).approved().at(State::Queued);
    scene("card_frozen_queued", &queued().frozen(hours(2), "black friday"));
    scene("card_frozen_too_long", &queued().frozen(hours(600), "year end"));
    scene("card_running", &Scene::of(reset(6)).approved().at(State::Running).at_step(1).owned(Some(2)));
    let remaining = Scene::of(waiting_reset()).approved().at(State::Waiting).at_step(1);
    scene("card_waits_for_members", &remaining.because("wait-members-remain", members()));
    scene("card_succeeded", &Scene::of(reset(6)).approved().at(State::Succeeded));
    let said = Facts::none().with("said", "GROUP_ID_NOT_FOUND");
    scene("card_failed", &Scene::of(reset(6)).approved().at(State::Failed).because("group-gone", said));
    let half = Scene::of(reset(6)).approved().at(State::Failed).because("missing-right", denied()).after(&half_done());
    scene("card_failed_partly", &half);
    let found = Facts::none().with("topic", "orders").with("partition", 3_i64).with("found", "1200500");
    scene("card_stuck", &Scene::of(reset(6)).approved().at(State::Stuck).because("foreign-value", found));
    let late = Scene::of(waiting_reset()).approved().at(State::Stopped).at_step(1);
    scene("card_stopped_in_time", &late.because("wait-ran-out", Facts::none()));
    let down = Facts::none().with("failure", "timed-out").with("said", "no answer within 8 s");
    let unseen = Scene::of(waiting_reset()).approved().at(State::Stopped).at_step(1);
    scene("card_wait_ended_unseen", &unseen.because("wait-ended-unseen", down));
    scene("card_succeeded_after_wait", &Scene::of(waiting_reset()).approved().at(State::Succeeded).after(&captured()));
    let mut alone = reset(1);
    alone.votes = vec![Seat::Confirmation { by: vec![super::fixture::person("alice")] }];
    scene("card_confirmation", &Scene::of(alone));
    let by = Facts::none().with("by", "carol").with("reason", "wrong group");
    scene("card_stopped", &Scene::of(reset(6)).approved().at(State::Stopped).because("stop-asked", by));
}

#[test]
fn a_plan_that_was_replaced_says_what_differs() {
    let moved = Difference { what: "offset orders 3".to_owned(), before: "none to 5".to_owned(), after: String::new() };
    let differences = [moved];
    let scene = Scene::of(reset(6));
    shown("card_superseded", |locale| {
        let newer = Some(Newer { revision: 2, differences: &differences });
        plan_card(&crate::text::CardView { newer, ..scene.view(locale) })
    });
}

#[test]
fn several_topics_are_one_row_each() {
    let mut plan = reset(12);
    for (number, row) in plan.impact.rows.iter_mut().enumerate() {
        let interlock::plan::Row::Offset { topic, .. } = row else { panic!() };
        *topic = ["orders", "payments-by-customer-and-day", "refunds"][number % 3].to_owned();
    }
    plan.impact.topics = ["orders", "payments-by-customer-and-day", "refunds"].map(str::to_owned).to_vec();
    scene("card_three_topics", &Scene::of(plan));
}

fn moving() -> Facts {
    Facts::none()
        .with("done", 1_usize)
        .with("count", 4_usize)
        .with("left", Fact::Bytes(7 << 30))
        .with("rate", Fact::Bytes(61 << 20))
        .with("eta", Duration::from_secs(117))
        .with("batch", 2_usize)
        .with("batches", 9_usize)
        .with("left-later", Fact::Bytes(84 << 30))
        .with("eta-whole", Duration::from_secs(1_527))
        .with("throttle", Fact::Bytes(100 << 20))
}

#[test]
fn cards_of_moves() {
    scene("card_moves_waiting", &Scene::of(scale_out(36)));
    scene("card_moves_1000", &Scene::of(scale_out(1_000)));
    scene("card_moves_under_way", &approved(36).at(State::Waiting).at_step(4));
    scene("card_moves_succeeded", &approved(36).at(State::Succeeded));
    let by = Facts::none().with("by", "carol").with("reason", "disks fill up");
    scene("card_moves_stopped", &approved(36).at(State::Stopped).at_step(4).because("stop-asked", by));
    let found = Facts::none().with("topic", "orders").with("partition", 3_i64).with("found", "[1, 2, 9]");
    let stuck = approved(36).at(State::Stuck).at_step(4);
    scene("card_moves_stuck", &stuck.because("move-overridden", found.with("expected", "[4, 2, 3]")));
}

#[test]
fn notices_of_moves() {
    let under_way = approved(36).at(State::Waiting).at_step(4);
    let progress = |id: &str, facts| Notice::Progress { id: id.to_owned(), facts };
    told("notice_moves_progress", &progress("moving", moving()), &under_way);
    let stalled = moving().with("span", Duration::from_secs(180));
    told("notice_moves_stalled", &progress("move-stalled", stalled), &under_way);
    let step = |step: i64| Facts::none().with("step", step);
    let milestone = |id: &str, at| Notice::Milestone { id: id.to_owned(), facts: step(at) };
    told("notice_moves_begun", &milestone("step-under-way", 4), &under_way);
    told("notice_moves_batch_done", &milestone("step-done", 4), &under_way);
    told("notice_moves_throttle_set", &milestone("step-done", 1), &under_way);
    told("notice_moves_leaders", &milestone("step-done", 13), &under_way);
    told("notice_moves_owners_before", &Notice::OwnersBefore, &under_way);
}

#[test]
fn answers() {
    answered("answer_refused_members", &refused(vec![Check::new(Level::Block, "group-inactive", members())]));
    let held = Facts::none().with("operation", "ABCDEF").with("thing", "group").with("name", "billing");
    answered("answer_refused_held", &refused(vec![Check::new(Level::Block, "held-by-other", held.clone())]));
    let failed = held.with("ended", "failed");
    answered("answer_refused_held_failed", &refused(vec![Check::new(Level::Block, "held-by-other", failed)]));
    let suggestions = vec!["orders".to_owned(), "orders-eu".to_owned()];
    let unknown = Facts::none().with("name", "ordres").with("suggestions", suggestions);
    let slip = Facts::none().with("name", "biling").with("suggestions", vec!["billing".to_owned()]);
    let slip = Mistake::new("unknown-group", slip.with("add", "new-group:true"));
    answered("answer_unknown_group", &Done::Mistake(slip));
    answered("answer_unknown_topic", &Done::Mistake(Mistake::new("unknown-topic", unknown)));
    let accepted = ["earliest", "latest", "offset:N", "shift:+N", "-2h"].map(str::to_owned).to_vec();
    let when = Facts::none().with("given", "yesterday").with("option", "to").with("accepted", accepted);
    answered("answer_not_a_time", &Done::Mistake(Mistake::new("not-a-time", when)));
    answered("answer_vote_denied", &Done::Denied(Denied { id: "asked-for-it", needs: None }));
    answered("answer_asked_back", &Done::AskedBack(Box::new(Sealed::seal(reset(6)).unwrap())));
    answered("answer_glass_asked_back", &Done::GlassAskedBack(Box::new(Sealed::seal(reset(6)).unwrap())));
    answered("answer_planned", &Done::Planned { operation: "K7F3QD".parse().unwrap(), seats: 2 });
    answered("answer_planned_alone", &Done::Planned { operation: "K7F3QD".parse().unwrap(), seats: 0 });
    let unseen = Facts::none().with("part", "committed-offsets").with("name", "billing");
    let unseen = unseen.with("failure", "timed-out").with("said", "no answer within 8 s");
    answered("answer_cannot_verify", &refused(vec![Check::new(Level::Block, "cannot-verify", unseen)]));
    answered("answer_denied", &Done::Denied(Denied { id: "no-role", needs: Some("operator".to_owned()) }));
    let said = "no answer within 8 s".to_owned();
    answered("answer_failed", &Done::Failed { id: "cluster-timed-out".to_owned(), said });
    answered("answer_bug", &Done::Bug);
    answered("answer_dry_run", &Done::DryRun(Box::new(Sealed::seal(reset(6)).unwrap())));
    let set = freeze(FreezeOn::Cluster("logs-kafka".parse().unwrap()), NOON, "black friday");
    let tier = freeze(FreezeOn::Tier(Tier::Production), NOON, "year end");
    answered("answer_frozen", &Done::Frozen(Box::new(set.clone())));
    answered("answer_unfrozen", &Done::Unfrozen { freeze: Box::new(set), still: vec![tier] });
    let which = Facts::none().with("cluster", "logs-kafka").with("choices", vec!["F7K3QD".to_owned(); 2]);
    answered("answer_which_freeze", &Done::Mistake(Mistake::new("which-freeze", which)));
    let operation = "K7F3QD".parse().unwrap();
    answered("answer_stop", &Done::Controlled { operation, what: "stop-asked", state: State::Stopping });
}

#[test]
fn looks() {
    for (name, seen) in seen::all() {
        answered(&format!("look_{name}"), &Done::Looked(Box::new(seen)));
    }
    let (_, group) = seen::all().into_iter().find(|(name, _)| *name == "group").unwrap();
    let (group, alice) = (group.for_everybody().unwrap(), "alice".parse().unwrap());
    shown("look_group_shared", |locale| shared(&group, (&alice, NOON), locale));
}

#[test]
fn boards() {
    shown("board", |locale| board(&seen::board(), Some(NOON), locale));
    let empty = Board { clusters: seen::board().clusters, ..Board::default() };
    shown("board_empty", |locale| board(&empty, Some(NOON), locale));
    shown("board_ended", board_ended);
}

#[test]
fn heads_of_the_audit_log() {
    let head = format!("1043:{}", "5f0c1d9b".repeat(8));
    let before = format!("987:{}", "9be2a47c".repeat(8));
    shown("audit_head", |locale| audit_head(&HeadView { head: &head, before: &before, at: NOON }, locale));
    shown("audit_head_first", |locale| audit_head(&HeadView { head: &head, before: "", at: NOON }, locale));
}

#[test]
fn notices() {
    let running = Scene::of(reset(6)).approved().at(State::Running).at_step(1);
    told("notice_owners_before", &Notice::OwnersBefore, &running);
    let done = Scene::of(reset(6)).approved().at(State::Succeeded);
    told("notice_owners_after", &Notice::OwnersAfter, &done);
    let waiting = Scene::of(reset(6)).voted_by_bob();
    told("notice_reminder", &Notice::Reminder { revision: 1 }, &waiting);
    let link = "https://discord.com/channels/80351110224678912/81384788765712384/1310000000000000001";
    for why in [NotCounted::AskedForIt, NotCounted::NoRight, NotCounted::NotAMember, NotCounted::Unconfirmed] {
        let name = format!("notice_vote_{}", why.key().replace('-', "_"));
        shown(&name, |locale| vote_not_counted(&waiting.view(locale), why, Some(link)));
    }
    told(
        "notice_reminder_frozen",
        &Notice::Reminder { revision: 1 },
        &waiting.frozen(Duration::from_secs(7_200), "black friday"),
    );
    told("notice_progress", &Notice::Progress { id: "wait-members-remain".to_owned(), facts: members() }, &running);
    let by = Facts::none().with("by", vec!["bob".to_owned(), "carol".to_owned()]);
    told("notice_approved", &Notice::Milestone { id: "approved".to_owned(), facts: by }, &running);
    let broken = Scene::of(reset(6)).broken("payments stand still", None).at(State::Running).at_step(1);
    let reason = "payments stand still".to_owned();
    let glass = Notice::GlassBroken { by: person("olga"), reason: reason.clone(), skipped: Vec::new(), digest: None };
    told("notice_glass_broken", &glass, &broken);
    let by = Facts::none().with("by", "olga").with("reason", reason).with("operation", "K7F3QD");
    let open = Notice::alert("review-open", by.clone().with("at", NOON));
    told("notice_review_open", &open, &Scene { state: State::Succeeded, ..broken });
    let paused = Notice::alert("paused-for-break-glass", by);
    told("notice_paused_for_break_glass", &paused, &running);
    let gone = Facts::none().with("operation", "K7F3QD").with("state", "rejected");
    let gone = Notice::alert("glass-plan-gone", gone);
    told("notice_glass_plan_gone", &gone, &Scene { state: State::Paused, ..Scene::of(reset(6)) });
    let stale = Facts::none().with("topic", "orders");
    told("notice_stale", &Notice::Milestone { id: "stale-topic-recreated".to_owned(), facts: stale }, &running);
    told("notice_started", &Notice::Milestone { id: "started".to_owned(), facts: Facts::none() }, &running);
    let said = Facts::none().with("said", "GROUP_ID_NOT_FOUND");
    let failed = Scene::of(reset(6)).approved().at(State::Failed).because("group-gone", said);
    told("notice_failed", &Notice::alert("failed", Facts::none()), &failed);
}

#[test]
fn files() {
    let mut plan = reset(4);
    plan.requesters[0].account = Account::System(1_000);
    insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "../snapshots", omit_expression => true }, {
        insta::assert_snapshot!("plan_text", plan_text(&Sealed::seal(plan.clone()).unwrap()));
        insta::assert_snapshot!("plan_text_wait", plan_text(&Sealed::seal(waiting_reset()).unwrap()));
        insta::assert_snapshot!("by_hand", by_hand::by_hand(&plan, &History::default()));
        insta::assert_snapshot!("by_hand_wait", by_hand::by_hand(&waiting_reset(), &History::default()));
        let history = Scene::of(waiting_reset()).after(&captured()[..3]).history;
        insta::assert_snapshot!("by_hand_captured", by_hand::by_hand(&waiting_reset(), &history));
        insta::assert_snapshot!("plan_text_moves", plan_text(&Sealed::seal(scale_out(6)).unwrap()));
        insta::assert_snapshot!("by_hand_moves", by_hand::by_hand(&scale_out(6), &History::default()));
        let done: Vec<Entry> = (1..=4).map(|step| Entry::StepDone { step }).collect();
        insta::assert_snapshot!("by_hand_moves_half", by_hand::by_hand(&scale_out(6), &History::read(&done)));
        insta::assert_snapshot!("reassignment_forward", reassignment::forward(&scale_out(6)));
        insta::assert_snapshot!("reassignment_back", reassignment::back(&scale_out(6)));
    });
}
