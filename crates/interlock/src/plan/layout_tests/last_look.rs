//! The last look at all moves, before it is said that they stand.

use super::*;

fn judged(world: &World, before: Option<LastLook>) -> (Option<LastLook>, &'static str, Facts) {
    let (memory, looked) = last_look(&[a_move()], before, &world.sections(), Millis(7));
    match looked {
        Looked::Met => (memory, "met", Facts::none()),
        Looked::NotYet { id, facts } | Looked::Impossible { id, facts } => (memory, id, facts),
        other => panic!("{other:?}"),
    }
}

fn found(world: &World) -> &'static str {
    judged(world, None).1
}

#[test]
fn only_all_replicas_in_order_and_in_sync_are_the_end() {
    assert_eq!(found(&World::on(&[4, 2, 1])), "met");
    assert_eq!(found(&World { isr: vec![1, 2, 4], leader: 2, ..World::on(&[4, 2, 1]) }), "met", "whoever leads");
    let (_, id, facts) = judged(&World { isr: vec![2, 1], ..World::on(&[4, 2, 1]) }, None);
    assert_eq!(
        (id, facts.get("isr"), facts.get("verified")),
        ("replicas-behind", Some(&2_i64.into()), Some(&0_i64.into()))
    );
    assert_eq!(found(&World { gone: true, ..World::on(&[4, 2, 1]) }), "topic-gone");
    assert_eq!(found(&World { id: "second", ..World::on(&[4, 2, 1]) }), "topic-recreated");
    assert_eq!(
        last_look(&[a_move()], None, &Sections::empty(), Millis(0)).1,
        Looked::NotYet { id: CANNOT_LOOK, facts: Facts::none().with("failure", "not-asked") }
    );
}

#[test]
fn what_was_moved_on_since_is_believed_after_several_looks() {
    let moved = World::on(&[2, 4, 1]);
    let (memory, first, _) = judged(&moved, None);
    let (memory, second, _) = judged(&moved, memory);
    assert_eq!((first, second), ("looking-once-more", "looking-once-more"));
    let (_, third, facts) = judged(&moved, memory);
    assert_eq!(
        (third, facts.get("found"), facts.get("expected")),
        ("moved-since", Some(&"2,4,1".into()), Some(&"4,2,1".into()))
    );
    let (memory, _, _) = judged(&World { isr: vec![2, 1], ..World::on(&[4, 2, 1]) }, memory);
    assert_eq!(judged(&moved, memory).1, "looking-once-more", "it begins anew");
    // Where it goes is told by the controller: nothing there is late.
    assert_eq!(found(&World { target: Some(vec![2, 1]), ..World::under_way() }), "moved-since");
}

#[test]
fn since_when_and_whether_people_were_called_is_kept() {
    let behind = World { isr: vec![2, 1], ..World::on(&[4, 2, 1]) };
    let (memory, ..) = judged(&behind, None);
    assert_eq!(memory, Some(LastLook { streak: 0, since: Millis(7), called: false }));
    let called = LastLook { streak: 0, since: Millis(3), called: true };
    assert_eq!(judged(&behind, Some(called)).0, Some(called));
}
