//! The policy as a whole, each guard in both directions.

use super::*;
use crate::approval::{NotCounted, Tally, Uncounted, Voice, Vote, Voted};
use crate::cluster::{Cluster, ClusterKind, Mode, Tier};
use crate::facts::Facts;
use crate::id::{ClusterName, PersonId};
use crate::plan::{Check, Digest, Draft, Effect, Estimate, FORMAT, Impact, Level, Plan, Requester, Scope, Seat};
use crate::principal::{Account, ChatRole, Place, Principal};
use crate::time::Millis;
use std::collections::BTreeSet;
use std::time::Duration;

const APPROVERS: ChatRole = ChatRole(500);
const NOW: Millis = Millis(1_795_402_000_000);

fn cluster(name: &str) -> ClusterName {
    name.parse().unwrap()
}

fn person(name: &str) -> PersonId {
    name.parse().unwrap()
}

/// alice (1, uid 1001) operates logs, bob (2) and carol (3) have the approvers' chat role, dora (4) owns orders, olga (5) is
/// on call, eve (6) operates `test-.*` only, admin (7), zoe (9) has nothing.
fn policy() -> Policy {
    let mut policy = Policy::default();
    for (name, tier) in [("logs", Tier::Production), ("play", Tier::Development)] {
        let cluster = Cluster {
            name: cluster(name),
            kind: ClusterKind::Kafka,
            tier,
            domain: "logs".to_owned(),
            mode: Mode::Change,
        };
        policy.clusters.insert(cluster.name.clone(), cluster);
    }
    for (name, id) in [("alice", 1), ("bob", 2), ("carol", 3), ("dora", 4), ("olga", 5), ("eve", 6), ("adam", 7)] {
        policy.people.add(&person(name), Account::Discord(id)).unwrap();
    }
    policy.people.add(&person("alice"), Account::System(1001)).unwrap();
    let grant = |role, to: Grantee, reach| Grant { role, to: [to].into(), reach };
    let named = |name: &str| Grantee::Person(person(name));
    let tests_only = Reach { names: Names::Matching(vec![Pattern::new("test-.*").unwrap()]), ..Reach::everywhere() };
    policy.grants = Grants(vec![
        grant(Role::Operator, named("alice"), Reach::everywhere()),
        grant(Role::Approver, Grantee::ChatRole(APPROVERS), Reach::everywhere()),
        grant(Role::Viewer, named("dora"), Reach::everywhere()),
        grant(Role::OnCall, named("olga"), Reach::everywhere()),
        grant(Role::Operator, named("eve"), tests_only),
        grant(Role::Admin, named("adam"), Reach::everywhere()),
    ]);
    policy.owners = Owners(vec![Owner {
        names: vec![Pattern::new("orders").unwrap()],
        clusters: Of::All,
        to: [named("dora")].into(),
    }]);
    policy
}

fn who(id: u64) -> Principal {
    let roles = if [2, 3].contains(&id) { [APPROVERS].into() } else { BTreeSet::new() };
    policy().people.principal(Account::Discord(id), roles)
}

fn plan_on(name: &str, tier: Tier) -> Plan {
    Plan {
        format: FORMAT,
        operation: "K7F3QD".parse().unwrap(),
        revision: 1,
        command: "reset-offset".to_owned(),
        request: crate::command::Arguments::default(),
        arguments: [].into(),
        requesters: vec![Requester { account: Account::Discord(1), person: person("alice") }],
        place: Place::Console,
        reason: String::new(),
        ticket: String::new(),
        reverses: None,
        covered: false,
        cluster: cluster(name),
        kind: ClusterKind::Kafka,
        tier,
        identity: "abc".to_owned(),
        made_at: NOW,
        expires_at: NOW,
        effect: Effect::Reversible,
        scope: Scope::Group,
        holds: Vec::new(),
        checks: Vec::new(),
        expectations: Vec::new(),
        steps: Vec::new(),
        restore: Vec::new(),
        adopts: Vec::new(),
        impact: Impact { topics: vec!["orders".to_owned()], groups: vec!["billing".to_owned()], ..Impact::default() },
        estimate: Estimate::default(),
        votes: vec![Seat::Approver, Seat::Owner { of: vec!["orders".to_owned()], check: "keyed".to_owned() }],
    }
}

fn plan() -> Plan {
    plan_on("logs", Tier::Production)
}

fn vote(account: Account) -> Vote {
    Vote {
        account,
        person: policy().people.person(account),
        voice: Voice::Approve,
        by: Voted::Reaction,
        digest: Digest::of(b"plan"),
        at: NOW,
    }
}

fn ballot(policy: &Policy, who: &Principal, plan: &Plan) -> (Result<Vec<usize>, NotCounted>, bool) {
    let ballot = policy.ballot(&vote(who.account), Voter::Member(who), plan);
    (ballot.eligible.map(|seats| seats.into_iter().collect()), ballot.may_veto)
}

#[test]
fn what_no_grant_gives_is_denied() {
    let logs = cluster("logs");
    let may = |id, role, names: &[&str]| {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        policy().may(&who(id), &Needs { access: Access::Role(role), cluster: Some(&logs), names: &names }).is_ok()
    };
    assert!(may(1, Role::Operator, &["orders"]) && may(1, Role::Viewer, &[]));
    assert!(!may(1, Role::Approver, &[]) && !may(1, Role::Auditor, &[]));
    assert!(may(5, Role::Operator, &["orders"]) && !may(5, Role::Approver, &[]));
    assert!(may(6, Role::Operator, &["test-a"]) && !may(6, Role::Operator, &["test-a", "orders"]));
    assert!(!may(6, Role::Operator, &["my-test-a"]));
    assert!(may(7, Role::Auditor, &[]) && !may(7, Role::Operator, &[]));
    assert!(!may(9, Role::Viewer, &[]));
    let anyone = Needs { access: Access::Anyone, cluster: None, names: &[] };
    assert_eq!(policy().may(&who(9), &anyone), Ok(()));
}

#[test]
fn without_settings_nobody_may_anything() {
    let nothing = Policy::default();
    for role in Role::ALL {
        let needs = Needs { access: Access::Role(role), cluster: None, names: &[] };
        assert_eq!(nothing.may(&who(1), &needs), Err(Denied::without(role)));
    }
    let gone = cluster("gone");
    assert!(!policy().has::<&str>(&who(1), Role::Viewer, (&gone, &[])), "a cluster that is not in the settings");
    assert_eq!(nothing.sight(&who(1)), Sight::nothing());
}

#[test]
fn a_chat_role_counts_while_it_is_there() {
    let mut bob = who(2);
    assert_eq!(ballot(&policy(), &bob, &plan()), (Ok(vec![0]), true));
    bob.chat_roles = [ChatRole(501)].into();
    assert_eq!(ballot(&policy(), &bob, &plan()), (Err(NotCounted::NoRight), false), "a role made again has another id");
}

#[test]
fn what_cannot_be_undone_is_approved_by_typing_its_name_and_vetoed_in_any_way() {
    let group = crate::command::Value::Group("billing".parse().unwrap());
    let topic = crate::command::Value::Topic("orders".parse().unwrap());
    let mut lasting = Plan { effect: Effect::Irreversible, ..plan() };
    assert_eq!((lasting.name_to_type(), plan().name_to_type()), (Some("logs"), None));
    lasting.request.0.insert("topic".to_owned(), topic);
    assert_eq!(lasting.name_to_type(), Some("orders"));
    lasting.request.0.insert("group".to_owned(), group);
    assert_eq!(lasting.name_to_type(), Some("billing"));

    let (bob, vic) = (who(2), who(9));
    let cast =
        |who: &Principal, by, plan: &Plan| policy().ballot(&Vote { by, ..vote(who.account) }, Voter::Member(who), plan);
    let reacted = cast(&bob, Voted::Reaction, &lasting);
    assert_eq!((reacted.eligible, reacted.may_veto), (Err(NotCounted::Unconfirmed), true));
    assert!(cast(&bob, Voted::Command, &lasting).eligible.is_ok());
    assert_eq!(cast(&bob, Voted::Reaction, &plan()).eligible, Ok([0].into()), "it can be undone");
    assert_eq!(cast(&vic, Voted::Reaction, &lasting).eligible, Err(NotCounted::NoRight), "that is what is missing");
    let veto = Vote { voice: Voice::Veto, ..vote(bob.account) };
    assert!(policy().ballot(&veto, Voter::Member(&bob), &lasting).eligible.is_ok());
}

#[test]
fn names_add_up_from_several_grants() {
    let mut policy = policy();
    let orders = Reach { names: Names::Matching(vec![Pattern::new("orders").unwrap()]), ..Reach::everywhere() };
    let eve = [Grantee::Person(person("eve"))];
    policy.grants.0.push(Grant { role: Role::Operator, to: eve.into(), reach: orders });
    let logs = cluster("logs");
    assert!(policy.has(&who(6), Role::Operator, (&logs, &["test-a", "orders"])));
    assert!(!policy.has(&who(6), Role::Operator, (&logs, &["test-a", "orders", "billing"])));
}

#[test]
fn sight_is_what_the_grants_reach() {
    let sight = policy().sight(&who(6));
    assert!(sight.name(&cluster("logs"), "test-a") && !sight.name(&cluster("logs"), "orders"));
    assert_eq!(policy().sight(&who(9)), Sight::nothing());
    assert_eq!(policy().sight(&who(1)).clusters().count(), 2);
}

#[test]
fn seats_are_filled_by_right() {
    for (id, expected) in [
        (2, (Ok(vec![0]), true)),
        (4, (Ok(vec![1]), true)),
        (5, (Err(NotCounted::NoRight), true)),
        (6, (Err(NotCounted::NoRight), false)),
        (7, (Err(NotCounted::NoRight), false)),
        (9, (Err(NotCounted::NoRight), false)),
    ] {
        assert_eq!(ballot(&policy(), &who(id), &plan()), expected, "{id}");
    }
}

#[test]
fn an_owner_of_one_topic_does_not_speak_for_another() {
    let mut plan = plan();
    plan.votes = vec![Seat::Owner { of: vec!["orders".to_owned(), "audit".to_owned()], check: "keyed".to_owned() }];
    assert_eq!(ballot(&policy(), &who(4), &plan).0, Err(NotCounted::NoRight));
    plan.votes = vec![Seat::Owner { of: Vec::new(), check: "keyed".to_owned() }];
    assert_eq!(ballot(&policy(), &who(4), &plan).0, Err(NotCounted::NoRight));
}

#[test]
fn who_asked_never_counts_with_any_account() {
    let mut policy = policy();
    let alice = Grantee::Person(person("alice"));
    policy.grants.0.push(Grant { role: Role::Approver, to: [alice].into(), reach: Reach::everywhere() });
    let console = policy.people.principal(Account::System(1001), BTreeSet::new());
    for principal in [who(1), console.clone()] {
        assert_eq!(ballot(&policy, &principal, &plan()), (Err(NotCounted::AskedForIt), true));
    }
    let mut by_bob = plan();
    by_bob.requesters = vec![Requester { account: Account::Discord(2), person: person("bob") }];
    assert_eq!(ballot(&policy, &console, &by_bob), (Ok(vec![0]), true), "the guard is about who asked only");
    // Listed under another name since: the account still is the one that asked.
    let mut renamed = who(1);
    renamed.person = person("alice2");
    assert_eq!(ballot(&policy, &renamed, &plan()).0, Err(NotCounted::AskedForIt));
}

#[test]
fn who_changed_the_plan_counts_as_a_requester() {
    let mut plan = plan();
    plan.requesters.push(Requester { account: Account::Discord(2), person: person("bob") });
    assert_eq!(ballot(&policy(), &who(2), &plan).0, Err(NotCounted::AskedForIt));
    assert_eq!(ballot(&policy(), &who(3), &plan).0, Ok(vec![0]));
}

#[test]
fn in_development_settings_may_let_the_requester_count() {
    let mut policy = policy();
    let alice = Grantee::Person(person("alice"));
    policy.grants.0.push(Grant { role: Role::Approver, to: [alice].into(), reach: Reach::everywhere() });
    let play = plan_on("play", Tier::Development);
    assert_eq!(ballot(&policy, &who(1), &play).0, Err(NotCounted::AskedForIt), "off by default");
    policy.seats.requester_approves_in_development = true;
    assert_eq!(ballot(&policy, &who(1), &play).0, Ok(vec![0]));
    assert_eq!(ballot(&policy, &who(1), &plan()).0, Err(NotCounted::AskedForIt));
    assert_eq!(
        ballot(&policy, &who(1), &plan_on("logs", Tier::Development)).0,
        Err(NotCounted::AskedForIt),
        "production by now"
    );
    assert_eq!(ballot(&policy, &who(1), &plan_on("play", Tier::Production)).0, Err(NotCounted::AskedForIt));
}

#[test]
fn a_confirmation_is_the_requesters_or_on_calls() {
    let mut plan = plan();
    plan.reverses = Some(crate::id::OperationId::from_random(7));
    plan.covered = true;
    plan.votes = vec![Seat::Confirmation { by: vec![person("alice")] }];
    let console = policy().people.principal(Account::System(1001), BTreeSet::new());
    assert_eq!(ballot(&policy(), &who(1), &plan).0, Ok(vec![0]));
    assert_eq!(ballot(&policy(), &console, &plan).0, Ok(vec![0]));
    assert_eq!(ballot(&policy(), &who(5), &plan).0, Ok(vec![0]));
    for id in [2, 4, 6, 9] {
        assert_eq!(ballot(&policy(), &who(id), &plan).0, Err(NotCounted::NoRight), "{id}");
    }
    assert!(policy().waits_for(&who(1), &plan) && !policy().waits_for(&who(2), &plan));
    let mut policy = policy();
    policy.grants.0.retain(|grant| grant.role != Role::Operator);
    assert_eq!(ballot(&policy, &who(1), &plan).0, Err(NotCounted::AskedForIt), "the role is looked up again");
}

#[test]
fn the_stricter_of_then_and_now_is_required() {
    let confirmed =
        |plan: &Plan| Plan { votes: vec![Seat::Confirmation { by: vec![person("alice")] }], ..plan.clone() };
    let mut stricter = policy();
    stricter.seats.demand(Tier::Production, Effect::Reversible, 3).unwrap();
    let then = plan();
    assert_eq!(policy().required(&then), then.votes, "nothing changed");
    let more: Vec<Seat> = std::iter::repeat_n(Seat::Approver, 2).collect();
    assert_eq!(stricter.required(&then), [then.votes.clone(), more].concat());
    assert_eq!(ballot(&stricter, &who(2), &then).0, Ok(vec![0, 2, 3]), "the new seats can be filled");
    let many = Plan { votes: vec![Seat::Approver; 5], ..then.clone() };
    assert_eq!(policy().required(&many), many.votes, "a lower number changes nothing");
    assert_eq!(policy().required(&confirmed(&then)), [Seat::Approver], "it needs somebody else now");
    assert_eq!(ballot(&policy(), &who(1), &confirmed(&then)).0, Err(NotCounted::AskedForIt));
    let mut back = confirmed(&then);
    back.reverses = Some(crate::id::OperationId::from_random(7));
    assert_eq!(stricter.required(&back), vec![Seat::Approver; 3], "confirmed, but covered by nothing");
    back.covered = true;
    assert_eq!(stricter.required(&back), back.votes, "the first operation's approval covers it");
    let mut promoted = policy();
    let play = plan_on("play", Tier::Development);
    assert_eq!(promoted.required(&play), play.votes);
    promoted.clusters.get_mut(&cluster("play")).unwrap().tier = Tier::Production;
    let none = Plan { votes: vec![Seat::Confirmation { by: vec![person("alice")] }], ..play };
    assert_eq!(promoted.required(&none), [Seat::Approver], "production by now");
}

#[test]
fn a_look_up_that_fails_never_passes() {
    let bob = who(2);
    let plan = plan();
    let of = |voter| policy().ballot(&vote(Account::Discord(2)), voter, &plan);
    assert_eq!(of(Voter::NotAMember).eligible, Err(NotCounted::NotAMember));
    assert_eq!(of(Voter::CannotVerify).eligible, Err(NotCounted::CannotVerify));
    assert!(!of(Voter::CannotVerify).may_veto && !of(Voter::NotAMember).may_veto);
    assert!(of(Voter::Member(&bob)).eligible.is_ok());
    assert_eq!(of(Voter::Member(&who(3))).eligible, Err(NotCounted::CannotVerify), "somebody else's look-up");
}

fn standing(plan: &Plan) -> Standing<'_> {
    Standing { plan, paused_by_guard: false }
}

fn right(id: u64, control: Control, standing: &Standing<'_>) -> Result<Right, &'static str> {
    policy().may_control(Voter::Member(&who(id)), control, standing).map_err(|denied| denied.id)
}

#[test]
fn who_may_make_safe() {
    let plan = plan();
    let standing = standing(&plan);
    for control in [Control::Stop, Control::Pause] {
        for id in [1, 2, 4, 5] {
            assert_eq!(right(id, control, &standing), Ok(Right::Now), "{id}");
        }
        for id in [6, 7, 9] {
            assert_eq!(right(id, control, &standing), Err("no-role"), "{id}");
        }
        assert_eq!(policy().may_control(Voter::CannotVerify, control, &standing), Ok(Right::PauseOnly));
        assert!(policy().may_control(Voter::NotAMember, control, &standing).is_err());
    }
    for control in [Control::Resume, Control::Rollback, Control::Unlock, Control::Cancel] {
        assert!(policy().may_control(Voter::CannotVerify, control, &standing).is_err(), "{control:?}");
    }
}

#[test]
fn after_a_guards_pause_the_requester_does_not_resume() {
    let plan = plan();
    let by_person = standing(&plan);
    assert_eq!(right(1, Control::Resume, &by_person), Ok(Right::Now));
    assert_eq!(right(2, Control::Resume, &by_person), Err("no-role"), "an approver does not operate");
    let by_guard = Standing { paused_by_guard: true, ..by_person };
    assert_eq!(right(1, Control::Resume, &by_guard), Err("another-person"));
    assert_eq!(right(5, Control::Resume, &by_guard), Ok(Right::Now));
}

#[test]
fn a_requester_without_the_role_takes_nothing_back() {
    let plan = plan();
    let mut policy = policy();
    policy.grants.0.retain(|grant| grant.role != Role::Operator);
    let denied = policy.may_control(Voter::Member(&who(1)), Control::Rollback, &standing(&plan));
    assert_eq!(denied, Err(Denied::without(Role::Operator)));
}

#[test]
fn operators_ask_for_the_way_back_and_give_up() {
    let plan = plan();
    for control in [Control::Rollback, Control::Unlock] {
        for id in [1, 5] {
            assert_eq!(right(id, control, &standing(&plan)), Ok(Right::Now), "{id} {control:?}");
        }
        for id in [2, 4, 6, 9] {
            assert_eq!(right(id, control, &standing(&plan)), Err("no-role"), "{id} {control:?}");
        }
    }
}

#[test]
fn what_cannot_be_read_is_given_up_by_who_operates_the_whole_cluster() {
    let may = |id| policy().may_unlock_unread(&who(id), &cluster("logs")).is_ok();
    assert!(may(1) && may(5));
    assert!(!may(6), "test-.* only: what the plan concerns is not known");
    assert!(!may(2) && !may(4) && !may(7) && !may(9));
    assert!(policy().may_unlock_unread(&who(1), &cluster("gone")).is_err());
}

/// dora without a grant: what she owns is all she has.
fn owner_only() -> Policy {
    let mut policy = policy();
    policy.grants.0.retain(|grant| !grant.to.contains(&Grantee::Person(person("dora"))));
    policy
}

#[test]
fn an_owner_without_a_grant_looks_at_what_is_theirs_and_votes() {
    let (policy, dora, logs) = (owner_only(), who(4), cluster("logs"));
    let may = |role, cluster, names: &[&str]| {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        policy.may(&dora, &Needs { access: Access::Role(role), cluster, names: &names }).is_ok()
    };
    assert!(may(Role::Viewer, None, &[]) && may(Role::Viewer, Some(&logs), &["orders"]));
    assert!(!may(Role::Viewer, Some(&logs), &["billing"]) && !may(Role::Viewer, Some(&logs), &["orders", "billing"]));
    for role in [Role::Operator, Role::Approver, Role::Auditor] {
        assert!(!may(role, None, &[]) && !may(role, Some(&logs), &["orders"]), "{role}");
    }
    let sight = policy.sight(&dora);
    assert!(sight.name(&logs, "orders") && !sight.name(&logs, "billing"));
    assert_eq!(ballot(&policy, &dora, &plan()), (Ok(vec![1]), true));
    assert!(policy.has_a_seat(&dora, &plan()) && !policy.has_a_seat(&who(9), &plan()));
    let mut elsewhere = owner_only();
    elsewhere.owners.0[0].clusters = Of::These([cluster("play")].into());
    assert!(!elsewhere.sight(&dora).name(&logs, "orders") && elsewhere.sight(&dora).name(&cluster("play"), "orders"));
    assert!(!elsewhere.has_a_seat(&dora, &plan()));
    elsewhere.owners.0.clear();
    assert_eq!(elsewhere.sight(&dora), Sight::nothing(), "an owner of nothing is nobody");
}

#[test]
fn the_cover_of_the_first_approval_ends_with_its_window() {
    let policy = policy();
    let logs = policy.clusters[&cluster("logs")].clone();
    let requesters = plan().requesters;
    let draft = draft(Vec::new());
    let expiry = Duration::from_secs(8 * 3_600);
    let at = |now: Millis, draft: &Draft| {
        let way_back = Some(WayBack { requesters: &requesters, ended_at: NOW });
        let weight = (Effect::Reversible, Scope::Group).into();
        let on = Occasion { weight, cluster: &logs, requesters: &requesters, way_back, now };
        (policy.votes(draft, &on), on.expires_at(draft, expiry))
    };
    let confirmed = vec![Seat::Confirmation { by: vec![person("alice")] }];
    let end = NOW.plus(UNDO_WINDOW);
    assert_eq!(at(NOW, &draft), (confirmed.clone(), NOW.plus(expiry)));
    let late = end.minus(Duration::from_secs(3_600));
    assert_eq!(at(late, &draft), (confirmed.clone(), end), "not 7 hours longer than the window");
    assert_eq!(at(end, &draft), (confirmed, end));
    let after = end.plus(Duration::from_millis(1));
    assert_eq!(at(after, &draft), (vec![Seat::Approver], after.plus(expiry)), "ordinary seats, and their time");
    let moved = self::draft(vec![Check::new(Level::Warn, "values-moved-on", Facts::none())]);
    assert_eq!(at(late, &moved), (vec![Seat::Approver], late.plus(expiry)), "not covered, so nothing ends with it");
}

fn draft(checks: Vec<Check>) -> Draft {
    let Plan { identity, arguments, effect, holds, expectations, steps, restore, adopts, impact, estimate, .. } =
        plan();
    Draft { identity, arguments, effect, holds, checks, expectations, steps, restore, adopts, impact, estimate }
}

#[test]
fn only_who_asked_cancels() {
    let plan = plan();
    assert_eq!(right(1, Control::Cancel, &standing(&plan)), Ok(Right::Now));
    assert_eq!(right(5, Control::Cancel, &standing(&plan)), Err("not-yours"));
}

/// Lists read outlines: whose plan it is, who sees it and whom it waits for must come out as by the plan itself.
#[test]
fn an_outline_is_worth_to_everybody_what_its_plan_is() {
    let policy = policy();
    let consent = Check::new(Level::Consent, "keyed", Facts::none().with("topics", vec!["orders".to_owned()]));
    let pass = Check::new(Level::Pass, "topic-exists", Facts::none());
    for checks in [vec![], vec![pass.clone()], vec![consent, pass]] {
        for needs in [vec![], vec!["stop-it".to_owned()]] {
            let mut plan = plan();
            plan.checks.clone_from(&checks);
            plan.impact.needs_from_application.clone_from(&needs);
            let outline = crate::plan::Outline::of(&plan);
            assert_eq!(policy.required(outline.plan()), policy.required(&plan));
            for id in 1..=9 {
                let who = who(id);
                let worth = |plan: &Plan| (policy.waits_for(&who, plan), policy.has_a_seat(&who, plan));
                assert_eq!(worth(outline.plan()), worth(&plan), "{id}");
            }
            let read: crate::plan::Outline = serde_json::from_str(&serde_json::to_string(&outline).unwrap()).unwrap();
            assert_eq!(read, outline);
        }
    }
}

/// Whom a plan waits for, where so many of its seats are free.
fn wanted(policy: &Policy, plan: &Plan, tally: Tally) -> Vec<String> {
    let free = tally.seats.iter().enumerate().filter(|(_, seat)| seat.is_none()).map(|(place, _)| place).collect();
    let wanted = policy.still_wanted(plan, &Tally { free, ..tally });
    wanted.iter().map(|grantee| format!("{grantee:?}")).collect()
}

#[test]
fn whoever_can_fill_a_free_seat_is_still_wanted() {
    let named = |name: &str| format!("{:?}", Grantee::Person(person(name)));
    let approvers = format!("{:?}", Grantee::ChatRole(APPROVERS));
    let seats =
        |seats: [Option<&str>; 2]| Tally { seats: seats.map(|name| name.map(person)).into(), ..Tally::default() };
    let found = |tally| wanted(&policy(), &plan(), tally);
    assert_eq!(found(seats([None, None])), [named("dora"), approvers.clone()]);
    assert_eq!(found(seats([Some("bob"), None])), [named("dora")]);
    assert_eq!(found(seats([None, Some("dora")])), [approvers], "nobody knows who has the role");
    assert!(found(seats([Some("bob"), Some("dora")])).is_empty());
    let voted = |why| {
        let uncounted = vec![Uncounted { person: person("dora"), why }];
        found(Tally { uncounted, ..seats([Some("bob"), None]) })
    };
    assert!(voted(NotCounted::CannotVerify).is_empty(), "she has voted");
    assert_eq!(voted(NotCounted::Unconfirmed), [named("dora")], "she has to type the name");
}

#[test]
fn who_asked_is_not_wanted_nor_whose_grant_does_not_cover_the_plan() {
    let none = || Tally { seats: vec![None, None], ..Tally::default() };
    let mut policy = policy();
    policy.owners.0[0].to.insert(Grantee::Account(Account::System(1001)));
    let tests_only = Reach { names: Names::Matching(vec![Pattern::new("test-.*").unwrap()]), ..Reach::everywhere() };
    let to = [Grantee::Person(person("eve"))].into();
    policy.grants.0.push(Grant { role: Role::Approver, to, reach: tests_only });
    assert_eq!(wanted(&policy, &plan(), none()).len(), 2, "dora and the approvers' role");
    let confirmed = Plan { votes: vec![Seat::Confirmation { by: vec![person("alice")] }], covered: true, ..plan() };
    assert!(wanted(&policy, &confirmed, Tally { seats: vec![None], ..Tally::default() }).is_empty());
}

fn glass(account: Account) -> crate::approval::BrokenGlass {
    crate::approval::BrokenGlass {
        operation: plan().operation,
        digest: Digest::of(b"plan"),
        account,
        person: policy().people.person(account),
        reason: "payments stand still".to_owned(),
        at: NOW,
        review: None,
    }
}

#[test]
fn only_who_is_on_call_for_all_of_it_breaks_the_glass() {
    let mut policy = policy();
    let may = |policy: &Policy, id| policy.may_break_glass(&who(id), &plan()).is_ok();
    assert!(may(&policy, 5));
    for other in [1, 2, 4, 6, 7, 9] {
        assert!(!may(&policy, other), "{other}");
    }
    let orders_only = Names::Matching(vec![Pattern::new("orders").unwrap()]);
    policy.grants.0.iter_mut().filter(|grant| grant.role == Role::OnCall).for_each(|grant| {
        grant.reach.names = orders_only.clone();
    });
    assert!(!may(&policy, 5), "billing is not hers");
    assert!(policy.is_on_call_in(&who(5), &cluster("logs")) && !policy.is_on_call_in(&who(1), &cluster("logs")));
}

#[test]
fn a_review_is_closed_by_somebody_else_with_a_say() {
    let mut policy = policy();
    policy.people.add(&person("olga"), Account::Discord(55)).unwrap();
    let says = |id: u64, by: Account| policy.may_review(&who(id), &plan(), &glass(by)).map_err(|denied| denied.id);
    let olga = Account::Discord(5);
    assert_eq!((says(2, olga), says(4, olga)), (Ok(()), Ok(())), "an approver, an owner");
    assert_eq!((says(5, olga), says(1, olga)), (Err("not-your-review"), Err("not-your-review")));
    assert_eq!((says(6, olga), says(9, olga)), (Err("no-role"), Err("no-role")));
    assert_eq!(says(5, Account::Discord(2)), Ok(()), "who is on call reviews another one's");
    assert_eq!(says(2, Account::Discord(2)), Err("not-your-review"));
    // Her second account, also where the settings did not know whose it was when the glass was broken.
    let by_her_other = crate::approval::BrokenGlass {
        person: PersonId::unlisted(Account::Discord(55)),
        ..glass(Account::Discord(55))
    };
    let denied = policy.may_review(&who(5), &plan(), &by_her_other).map_err(|denied| denied.id);
    assert_eq!(denied, Err("not-your-review"));
}

#[test]
fn who_could_fill_an_empty_seat_is_skipped() {
    let (policy, plan) = (policy(), plan());
    let skipped = |filled: [Option<&str>; 2]| {
        let seats = filled.map(|one| one.map(person)).to_vec();
        policy.skipped(&plan, (&plan.votes, &Tally { seats, ..Tally::default() }), &person("olga"))
    };
    let (approvers, dora) = (Grantee::ChatRole(APPROVERS), Grantee::Person(person("dora")));
    assert_eq!(skipped([None, None]), [approvers.clone(), dora.clone()].into());
    assert_eq!(skipped([Some("bob"), None]), [dora].into());
    assert_eq!(skipped([None, Some("dora")]), [approvers].into());
    assert_eq!(skipped([Some("bob"), Some("dora")]), [].into());
}

#[test]
fn known_is_who_is_listed_or_given_anything() {
    let stranger =
        |account: u64, role: u64| policy().people.principal(Account::Discord(account), [ChatRole(role)].into());
    let knows = |who: &Principal| policy().knows(who);
    let listed = policy().people.principal(Account::Discord(7), BTreeSet::new());
    assert_eq!((knows(&listed), knows(&stranger(9, APPROVERS.0)), knows(&stranger(9, 501))), (true, true, false));
    let mut given = policy();
    given.grants.0.push(Grant {
        role: Role::Viewer,
        to: [Grantee::Account(Account::Discord(9))].into(),
        reach: Reach::everywhere(),
    });
    given.owners.0[0].to.insert(Grantee::ChatRole(ChatRole(502)));
    assert!(given.knows(&stranger(9, 501)) && given.knows(&stranger(10, 502)) && !given.knows(&stranger(10, 501)));
}
