//! A hundred thousand clusters: no rule is broken, and nothing is moved that need not be.

use crate::random::Draw;
use crate::rules::{broken, needed, shares};
use placement::{Error, Goal, place};

/// What was met in one run.
#[derive(Debug, Default)]
struct Met {
    placed: u32,
    at_bound: u32,
    scale_outs: u32,
    all_shares: u32,
    refused: u32,
}

fn meet(seed: u64, clusters: u32) -> Met {
    let mut draw = Draw::new(seed);
    let mut met = Met::default();
    for _ in 0..clusters {
        let layout = draw.layout(14, 40);
        let goal = draw.goal(&layout);
        let answer = match place(&layout, &goal) {
            Err(Error::NoBrokers | Error::TooFewBrokers { .. }) => {
                met.refused += 1;
                continue;
            }
            other => other.unwrap(),
        };
        assert_eq!(broken(&layout, &goal, &answer), None, "{layout:?} {goal:?} {answer:?}");
        let needed = needed(&layout, &goal, &shares(&layout, &goal));
        met.placed += 1;
        met.at_bound += u32::from(answer.moves == answer.lower_bound);
        if matches!(goal, Goal::ScaleOut(_)) {
            assert!(answer.moves <= needed, "{layout:?} {goal:?} {answer:?}");
            met.scale_outs += 1;
            met.all_shares += u32::from(answer.moves == needed);
        } else {
            assert_eq!(answer.moves, needed, "{layout:?} {goal:?} {answer:?}");
        }
    }
    met
}

fn as_it_must(met: &Met) {
    // Always at the bound: the target is one that can be reached by moving each replica once.
    assert_eq!(met.at_bound, met.placed, "{met:?}");
    assert!(met.placed > 50_000, "{met:?}");
    // Racks and distinctness forbid a share now and then, so this is neither all nor little.
    assert!(met.all_shares < met.scale_outs && met.all_shares * 10 > met.scale_outs * 8, "{met:?}");
    assert!(met.refused * 5 < met.placed, "{met:?}");
}

#[test]
fn the_first_sixty_thousand() {
    as_it_must(&meet(1, 60_000));
}

#[test]
fn the_second_sixty_thousand() {
    as_it_must(&meet(2, 60_000));
}
