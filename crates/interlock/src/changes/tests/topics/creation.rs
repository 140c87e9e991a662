//! New topics.

use super::*;

#[test]
fn a_new_topic_is_literal_and_goes_again_while_it_is_empty() {
    let asked = create(6, 2, &[("retention.ms", "7d"), ("min.insync.replicas", "2")]);
    let draft = World::empty().plan(&asked);
    let KafkaAction::CreateTopic(new) = action(&draft) else { panic!("{:?}", draft.steps) };
    assert_eq!((new.partitions, new.replicas), (6, 2));
    let settings = BTreeMap::from([
        ("min.insync.replicas".to_owned(), "2".to_owned()),
        ("retention.ms".to_owned(), "604800000".to_owned()),
    ]);
    assert_eq!(new.configs, settings);
    assert_eq!(draft.arguments["config"], "min.insync.replicas=2 retention.ms=604800000");
    assert_eq!(draft.effect, Effect::Reversible);
    assert!(matches!(&draft.steps[0].undo, Undo::WhileEmpty { topic } if topic.as_str() == "orders"));
    assert!(draft.expectations.contains(&Expectation::KafkaTopicAbsent { topic: name("orders") }));

    let plan = stored(draft, asked);
    let made = made_and(Guard::ClusterIs);
    let Planning::Plan(back) = made.back(&plan) else { panic!("{:?}", made.back(&plan)) };
    let KafkaAction::DeleteTopic(gone) = action(&back) else { panic!("{:?}", back.steps) };
    assert_eq!((gone.topic_id.as_str(), gone.partitions), ("id-1", 6), "the id that it got");
    assert!(back.expectations.iter().any(|one| matches!(one, Expectation::KafkaLogEndsAre { .. })));

    for guard in [Guard::TopicEmpty, Guard::TopicAsMade, Guard::ClientsConnected] {
        let Planning::Refused(checks) = made_and(guard).back(&plan) else { panic!("{guard:?}") };
        let of: Vec<_> = checks.iter().filter(|one| one.blocks()).filter_map(|one| Guard::of_check(&one.id)).collect();
        assert_eq!(of, [guard]);
    }
    assert!(matches!(World::empty().back(&plan), Planning::Mistake(one) if one.id == "already-as-before"));
}

#[test]
fn names_numbers_and_settings_of_a_new_topic_are_looked_at() {
    let warned = |world: World, asked: Asked| levels(&world.plan(&asked).checks, Level::Warn).join(" ");
    assert_eq!(warned(World::empty(), create(4, 3, &[])), "");
    assert_eq!(warned(World::empty(), create(4, 1, &[])), "single-replica");
    let mut one_rack = World::empty();
    one_rack.brokers.iter_mut().for_each(|broker| broker.rack = Some("r1".to_owned()));
    assert_eq!(warned(one_rack, create(4, 2, &[])), "racks-too-few");
    let wrong = World::empty().mistake(&create(4, 3, &[("unclean.leader.election.enable", "true")]));
    assert_eq!(
        (wrong.id.as_str(), text(&wrong.facts, "key")),
        ("setting-not-allowed", "unclean.leader.election.enable")
    );
    assert_eq!(World::empty().mistake(&create(4, 3, &[("retention.ms", "soon")])).id, "setting-value");
}
