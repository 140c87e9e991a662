//! Up to 30 partitions: as good as the exact method.

use crate::exact::{Best, best};
use crate::random::Draw;
use crate::rules::{broken, shares};
use placement::{Error, place};

#[test]
fn as_many_moves_and_as_even_as_the_exact_method() {
    let mut draw = Draw::new(4);
    let (mut compared, mut limited, mut drained) = (0, 0, 0);
    for _ in 0..6_000 {
        let layout = draw.layout(10, 30);
        let goal = draw.goal(&layout);
        let answer = match place(&layout, &goal) {
            Err(Error::NoBrokers | Error::TooFewBrokers { .. }) => continue,
            other => other.unwrap(),
        };
        assert_eq!(broken(&layout, &goal, &answer), None, "{layout:?} {goal:?}");
        let shares = shares(&layout, &goal);
        let squares = answer.loads.iter().map(|load| i64::from(load.replicas_after).pow(2)).sum();
        let found = Best { moves: i64::try_from(answer.moves).unwrap(), squares };
        assert_eq!(found, best(&layout, &goal, &shares), "{layout:?} {goal:?} {answer:?}");
        compared += 1;
        drained += u32::from(shares.is_empty());
        limited +=
            u32::from(answer.loads.iter().any(|load| load.share.is_some_and(|share| load.replicas_after < share)));
    }
    // The draws do meet what is hard: racks that forbid a share, and drains.
    assert!(compared > 5_000 && limited > 50 && drained > 1_000, "{compared} {limited} {drained}");
}
