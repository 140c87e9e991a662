//! What tells an action on the layout done.

use super::*;

#[test]
fn what_was_not_seen_is_never_told_done() {
    for action in all_actions() {
        assert!(matches!(probe(&action, &Sections::empty()), Probe::CannotTell(_)), "{action:?}");
        assert!(matches!(probe(&action, &failed(&action.read_back())), Probe::CannotTell(_)), "{action:?}");
    }
}

#[test]
fn reading_back_asks_for_all_that_its_probe_needs() {
    let sections = World::on(&[3, 2, 1]).sections();
    for action in all_actions() {
        let mut asked = Sections::empty();
        for query in action.read_back() {
            asked.put(query.clone(), sections.get(&query).clone());
        }
        assert_eq!(probe(&action, &asked), probe(&action, &sections), "{action:?}");
        assert!(!matches!(probe(&action, &asked), Probe::CannotTell(_)), "{action:?}");
    }
}

#[test]
fn a_move_is_begun_or_not_or_somebody_elses() {
    let seen = |world: World| probe(&reassign(a_move()), &world.sections());
    assert_eq!(seen(World::on(&[3, 2, 1])), Probe::NotYet);
    assert_eq!(seen(World::under_way()), Probe::Done, "the act is to begin it");
    assert_eq!(seen(World::on(&[4, 2, 1])), Probe::Done);
    for foreign in [
        World::on(&[2, 1, 3]),
        World { target: Some(vec![1, 2]), ..World::under_way() },
        World { id: "second", ..World::on(&[3, 2, 1]) },
        World { gone: true, ..World::on(&[3, 2, 1]) },
    ] {
        assert!(matches!(seen(foreign), Probe::Foreign(_)));
    }
    let back = |world: World| probe(&reassign(a_move().reversed()), &world.sections());
    assert_eq!(back(World::under_way()), Probe::NotYet, "one on its way is still to be turned round");
    assert_eq!(back(World::on(&[3, 2, 1])), Probe::Done);
}

#[test]
fn a_setting_is_as_before_as_wanted_or_somebody_elses() {
    let seen =
        |rate, from, to| probe(&set(ConfigOn::Broker(1), from, to), &World { rate, ..World::on(&[1]) }.sections());
    assert_eq!(seen(None, None, Some("5")), Probe::NotYet);
    assert_eq!(seen(Some("5"), None, Some("5")), Probe::Done);
    assert_eq!(seen(None, Some("5"), None), Probe::Done, "an absent key is absent again");
    assert!(matches!(seen(Some("6"), None, Some("5")), Probe::Foreign(_)));
    let dead = World { alive: vec![2, 3, 4], ..World::on(&[1]) };
    let Probe::CannotTell(facts) = probe(&set(ConfigOn::Broker(1), None, Some("5")), &dead.sections()) else {
        panic!("what a dead broker has can be read nowhere");
    };
    assert_eq!(facts.get("failure"), Some(&BROKER_DEAD.into()));
}

#[test]
fn only_our_entries_have_to_leave_a_list() {
    let seen = |list, before| probe(&take(&["0:4", "1:4"], before), &World { list, ..World::on(&[1]) }.sections());
    assert_eq!(seen(Some("0:4,1:4,9:9"), true), Probe::NotYet);
    assert_eq!(seen(Some("1:4,9:9"), true), Probe::Partly);
    assert_eq!(seen(Some("9:9"), true), Probe::Done);
    assert_eq!(seen(Some("9:9"), false), Probe::Done, "what others put there meanwhile stays");
    assert_eq!(seen(Some(""), true), Probe::Done, "an empty list that was there is back");
    assert_eq!(seen(Some(""), false), Probe::Partly, "one that was not there has to go");
    assert_eq!(seen(None, false), Probe::Done);
    let gone = World { gone: true, list: Some("0:4"), ..World::on(&[1]) };
    assert_eq!(probe(&take(&["0:4"], false), &gone.sections()), Probe::Done);
}

#[test]
fn whoever_else_leads_is_not_yet_the_preferred_one() {
    let seen = |leader| probe(&elect(), &World { leader, ..World::on(&[4, 2, 1]) }.sections());
    assert_eq!((seen(2), seen(4)), (Probe::NotYet, Probe::Done));
}

#[test]
fn what_stands_before_an_act_is_what_its_probe_calls_not_yet() {
    for action in all_actions() {
        let Some(before) = action.before() else { continue };
        let sections = World::on(&[3, 2, 1]).sections();
        assert_eq!((evaluate(&before, &sections), probe(&action, &sections)), (Held::Holds, Probe::NotYet));
        let after = World { rate: Some("5"), ..World::on(&[4, 2, 1]) }.sections();
        if !matches!(evaluate(&before, &after), Held::Broken { .. }) {
            assert!(
                matches!(&action, Action::Kafka(KafkaAction::SetConfigs { changes })
                if changes.iter().all(|one| one.on == ConfigOn::Topic(topic()))),
                "{action:?}"
            );
        }
    }
}

#[test]
fn the_inverse_of_an_inverse_is_the_act() {
    for action in &all_actions()[..3] {
        let back = inverse(action);
        assert_eq!(back.iter().flat_map(inverse).collect::<Vec<_>>(), std::slice::from_ref(action));
    }
}
