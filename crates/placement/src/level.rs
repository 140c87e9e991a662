//! Evening out: units pass from the fullest to the emptier, until no exchange makes it better.

use crate::exchange::{Exchange, Seen, pass_on};

/// Who may lose and who may win a unit, and who has how many.
pub(crate) trait Level: Exchange {
    fn held(&self, broker: usize) -> u32;
    fn may_lose(&self, broker: usize) -> bool;
    fn may_win(&self, broker: usize) -> bool;
}

/// Leaves the least sum of squares of what the group holds: the counts that flows can reach form an M-convex set, in which it is enough
/// that no single exchange is better. From the top down: what the fullest cannot pass on stays out of reach of the rest.
pub(crate) fn even_out<N: Level>(network: &mut N, seen: &mut Seen, group: &[usize]) {
    seen.reopen();
    while let Some((height, sources)) = fullest(network, seen, group) {
        let wanted: Vec<usize> = group
            .iter()
            .copied()
            .filter(|broker| network.held(*broker) + 2 <= height && network.may_win(*broker))
            .collect();
        if wanted.is_empty() {
            return;
        }
        pass_on(network, seen, &sources, &wanted);
    }
}

/// The fullest of the group that may lose and were not found to be stuck, and what they hold.
pub(crate) fn fullest<N: Level>(network: &N, seen: &Seen, group: &[usize]) -> Option<(u32, Vec<usize>)> {
    let open = || group.iter().copied().filter(|broker| !seen.is_closed(*broker) && network.may_lose(*broker));
    let height = open().map(|broker| network.held(broker)).max()?;
    Some((height, open().filter(|broker| network.held(*broker) == height).collect()))
}
