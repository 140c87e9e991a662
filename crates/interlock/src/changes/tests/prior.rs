//! Commits that move while no member is there: told from an earlier look.

use super::world::{World, asked, check, count, log, member, whole};
use crate::changes;
use crate::plan::{Level, OffsetTarget};

fn world() -> World {
    World::of(&[log(10, 100), log(0, 50)]).committed("orders", &[Some(60), Some(7)])
}

fn moved_on() -> World {
    let arguments = asked(OffsetTarget::Earliest);
    let stale = whole(world().plan(&arguments), arguments);
    let mut world = world().committed("orders", &[Some(60), Some(9)]);
    world.earlier = Some(changes::earlier(&stale));
    world
}

#[test]
fn commits_that_moved_since_the_former_plan_are_a_warning() {
    let checks = moved_on().plan(&asked(OffsetTarget::Earliest)).checks;
    let moving = check(&checks, "commits-move-without-members");
    assert_eq!(moving.level, Level::Warn);
    assert_eq!((count(&moving.facts, "partition"), count(&moving.facts, "count")), (1, 1));
    assert_eq!((count(&moving.facts, "before"), count(&moving.facts, "found")), (7, 9));
}

#[test]
fn without_an_earlier_look_or_a_difference_nothing_is_said() {
    let quiet = |world: World| {
        let checks = world.planning(&asked(OffsetTarget::Earliest));
        assert!(!format!("{checks:?}").contains("commits-move-without-members"), "{checks:?}");
    };
    let mut unseen = moved_on();
    unseen.earlier = None;
    quiet(unseen);
    let mut same = world();
    same.earlier = moved_on().earlier;
    quiet(same);
    quiet(moved_on().members(vec![member("a", None)]));
}
