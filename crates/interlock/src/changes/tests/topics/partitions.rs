//! More partitions, and fewer.

use super::*;

#[test]
fn more_partitions_are_irreversible_and_owners_are_asked() {
    let draft = World::new().plan(&expand(6));
    assert_eq!(draft.effect, Effect::Irreversible);
    let KafkaAction::CreatePartitions(more) = action(&draft) else { panic!("{:?}", draft.steps) };
    assert_eq!((more.from, more.to, more.topic_id.as_str()), (4, 6, "id-1"));
    let Undo::Irreversible { lost } = &draft.steps[0].undo else { panic!("{:?}", draft.steps) };
    assert_eq!((count(lost, "from"), count(lost, "to")), (4, 6));
    assert_eq!(levels(&draft.checks, Level::Consent), ["keys-move"]);
    assert_eq!(count(&draft.impact.facts, "added"), 2);
    let hold = &draft.holds[0];
    assert_eq!((hold.thing.clone(), hold.aspect), (Thing::Topic("orders".to_owned()), Aspect::Layout));
    // Whoever asks may say that keys do not matter; groups and compaction ask all the same.
    assert_eq!(levels(&World::new().plan(&expand_unkeyed(6)).checks, Level::Consent), Vec::<&str>::new());
    let mut world = World::new().at_work().committed(60);
    world.config = vec![entry("cleanup.policy", "compact,delete")];
    let draft = world.plan(&expand_unkeyed(6));
    assert_eq!(levels(&draft.checks, Level::Consent), ["compacted-topic", "groups-at-work"]);
    assert_eq!(check(&draft.checks, "groups-at-work").facts.get("groups"), Some(&vec!["billing".to_owned()].into()));
    assert_eq!((draft.impact.groups, draft.impact.clients), (vec!["billing".to_owned()], vec!["billing-1".to_owned()]));
    assert_eq!(draft.impact.rows, [Row::Reader { group: "billing".to_owned(), members: 1, unread: 0 }]);
}

#[test]
fn not_more_is_a_mistake_and_fewer_is_refused_with_the_way_around() {
    let world = World::new();
    assert_eq!(world.mistake(&expand(4)).id, "has-so-many-partitions");
    assert_eq!(world.mistake(&expand(3)).id, "not-more-partitions");
    assert_eq!(World::empty().mistake(&expand(6)).id, "unknown-topic");
    let shrink = |to| of("shrink-partitions", &[orders(), ("to", Value::Count(to))]);
    let checks = world.refused(&shrink(2));
    let found = check(&checks, "shrink-not-possible");
    assert_eq!((count(&found.facts, "from"), count(&found.facts, "to")), (4, 2));
    assert_eq!(world.mistake(&shrink(4)).id, "not-fewer-partitions");
    assert_eq!(World::empty().mistake(&shrink(2)).id, "unknown-topic");
    let none = of("group-create", &[("group", Value::Group(billing()))]);
    assert_eq!(levels(&world.refused(&none), Level::Block), ["groups-make-themselves"]);
}
