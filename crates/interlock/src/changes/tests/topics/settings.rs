//! Settings of topics, and what a shorter retention lets go.

use super::*;

#[test]
fn settings_are_set_one_by_one_and_go_back_to_absent() {
    let mut world = World::new();
    world.config = vec![entry("retention.ms", "172800000"), entry("max.message.bytes", "2048")];
    world.at = Some(0);
    let asked = alter(&[RETENTION, ("min.insync.replicas", Some("2")), ("max.message.bytes", Some("2048"))]);
    let draft = world.plan(&asked);
    let KafkaAction::SetConfigs { changes } = action(&draft) else { panic!("{:?}", draft.steps) };
    let shown: Vec<_> = changes.iter().map(|one| (one.key.as_str(), one.from.as_deref(), one.to.as_deref())).collect();
    assert_eq!(
        shown,
        [("min.insync.replicas", None, Some("2")), ("retention.ms", Some("172800000"), Some("604800000"))],
        "what stands there already is left alone"
    );
    assert_eq!(draft.effect, Effect::Reversible, "nothing is old enough to go");
    assert_eq!(world.mistake(&alter(&[("retention.ms", Some("172800000"))])).id, "settings-as-wanted");

    let plan = stored(draft, asked);
    let mut after = world.clone();
    after.config =
        vec![entry("retention.ms", "604800000"), entry("min.insync.replicas", "2"), entry("max.message.bytes", "2048")];
    let Planning::Plan(back) = after.back(&plan) else { panic!("{:?}", after.back(&plan)) };
    let KafkaAction::SetConfigs { changes } = action(&back) else { panic!("{:?}", back.steps) };
    let shown: Vec<_> = changes.iter().map(|one| (one.key.as_str(), one.to.as_deref())).collect();
    assert_eq!(shown, [("min.insync.replicas", None), ("retention.ms", Some("172800000"))], "absent is absent again");
    assert!(back.checks.iter().any(|one| one.id == "values-as-left"));
    assert!(matches!(world.back(&plan), Planning::Mistake(one) if one.id == "already-as-before"));

    // Somebody else was there: told, and not covered by the first approval.
    after.config[0] = entry("retention.ms", "1000000");
    let moved = |world: &World| match world.back(&plan) {
        Planning::Plan(draft) => draft.checks.iter().any(|one| one.id == "settings-moved-on"),
        other => panic!("{other:?}"),
    };
    assert!(moved(&after));
    assert!(!moved(&World { guards: Guards::all().without(Guard::ValuesMovedOn), ..after.clone() }));
    let another = World { id: "id-2", ..after.clone() };
    assert!(matches!(another.back(&plan), Planning::Refused(_)), "a topic made again is another topic");
    let gone = World { there: false, ..after };
    assert!(matches!(gone.back(&plan), Planning::Refused(checks) if checks.iter().any(|one| one.id == "topic-gone")));
}

#[test]
fn what_a_shorter_retention_lets_go_is_counted() {
    // 80 of 100 records of each partition are older; the group has read 60 of each.
    let world = World { at: Some(80), ..World::new().committed(60) };
    let draft = world.plan(&alter(&[RETENTION]));
    assert_eq!(draft.effect, Effect::Irreversible);
    let found = check(&draft.checks, "unread-records-expire");
    assert_eq!((count(&found.facts, "count"), count(&found.facts, "unread")), (320, 80));
    assert_eq!(found.facts.get("bytes"), Some(&Fact::Bytes(3_200)), "of one replica");
    let reader = Row::Reader { group: "billing".to_owned(), members: 0, unread: 80 };
    assert!(draft.impact.rows.contains(&reader), "{:?}", draft.impact.rows);
    assert_eq!(draft.impact.worst_case, "settings-lose-records");
    // Whoever has read them is not asked.
    let read = World { at: Some(80), ..World::new().committed(90) };
    assert_eq!(levels(&read.plan(&alter(&[RETENTION])).checks, Level::Warn), ["records-expire"]);
    // By size: what is over the limit, in proportion. 1 MiB is the least that is taken, and nothing is as large.
    let draft = world.plan(&alter(&[("retention.bytes", Some("1MiB"))]));
    assert_eq!((draft.effect, levels(&draft.checks, Level::Warn).len()), (Effect::Reversible, 0));
    // For ever keeps everything, and the default is not known.
    assert_eq!(world.plan(&alter(&[("retention.ms", Some("-1"))])).effect, Effect::Reversible);
    let draft = world.plan(&alter(&[("retention.ms", None), ("retention.bytes", Some("1MiB"))]));
    assert_eq!(draft.effect, Effect::Reversible, "it is the default already");
    let mut set = World::new();
    set.config = vec![entry("retention.ms", "172800000")];
    let draft = set.plan(&alter(&[("retention.ms", None)]));
    assert_eq!((draft.effect, levels(&draft.checks, Level::Consent)), (Effect::Irreversible, vec!["cleanup-changes"]));
}
