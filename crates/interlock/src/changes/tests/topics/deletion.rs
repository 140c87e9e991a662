//! Topics and groups that are deleted.

use super::*;

#[test]
fn a_deletion_says_what_is_lost_and_deletes_by_id() {
    let draft = World::new().committed(60).plan(&delete());
    let KafkaAction::DeleteTopic(gone) = action(&draft) else { panic!("{:?}", draft.steps) };
    assert_eq!((gone.topic_id.as_str(), gone.partitions), ("id-1", 4));
    let Undo::Irreversible { lost } = &draft.steps[0].undo else { panic!("{:?}", draft.steps) };
    assert_eq!((count(lost, "records"), lost.get("bytes")), (400, Some(&Fact::Bytes(4_000))));
    assert_eq!(levels(&draft.checks, Level::Consent), ["unread-records-go"]);
    assert_eq!(count(&check(&draft.checks, "unread-records-go").facts, "count"), 160);
    assert_eq!(draft.impact.groups, ["billing"]);
    assert_eq!(draft.holds[0].aspect, Aspect::Life);
    let mut offline = World::new();
    offline.failing = Some(KafkaQuery::Readers(name("orders")));
    let checks = offline.refused(&delete());
    assert_eq!(levels(&checks, Level::Block), ["cannot-verify", "missing-right"], "who is not seen may be there");
}

#[test]
fn a_deleted_group_keeps_its_offsets_for_the_way_back() {
    let world = World::new().committed(60);
    let asked = delete_group();
    let draft = world.plan(&asked);
    let KafkaAction::DeleteGroup(gone) = action(&draft) else { panic!("{:?}", draft.steps) };
    assert_eq!(gone.committed, world.commits);
    assert_eq!(draft.effect, Effect::Reversible);
    assert_eq!(draft.impact.rows.len(), 4);
    let stands = |one: &&Expectation| matches!(one, Expectation::KafkaCommittedAre { .. });
    assert_eq!(draft.steps[0].needs.iter().filter(stands).count(), 1, "right before it");
    let plan = stored(draft, asked);
    let after = World { group: None, commits: Vec::new(), ..world.clone() };
    let Planning::Plan(back) = after.back(&plan) else { panic!("{:?}", after.back(&plan)) };
    let KafkaAction::CommitOffsets { moves, .. } = action(&back) else { panic!("{:?}", back.steps) };
    let expected: Vec<_> = world
        .commits
        .iter()
        .map(|one| OffsetMove {
            topic: one.topic.clone(),
            partition: one.partition,
            from: None,
            to: one.committed.clone(),
        })
        .collect();
    assert_eq!(*moves, expected, "epoch and metadata too");
    assert_eq!(after.mistake(&delete_group()).id, "unknown-group");
}
