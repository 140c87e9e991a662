//! What stands on the board of a channel.

use super::rooms::Rooms;
use crate::store::{Filter, Page, Which};
use engine::port::JournalError;
use interlock::freeze::FreezeOn;
use interlock::looks::Board;
use interlock::plan::Outline;
use interlock::principal::Place;

/// How many operations of one cluster are read.
const MOST: u32 = 100;

impl Rooms {
    /// What is open on the clusters that may be shown in a place, and what stops their changes.
    pub(crate) async fn board(&self, place: &Place) -> Result<Board, JournalError> {
        let shown = self.policy.clusters.keys().filter(|cluster| self.policy.places.shows(cluster, place));
        let mut board = Board { clusters: shown.cloned().collect(), ..Board::default() };
        let mut freezes = self.store.freezes(self.clock.now()).await?;
        for cluster in board.clusters.clone() {
            let filter = Filter { which: Which::Unsettled, cluster: Some(cluster), person: None };
            let page = self.store.outlined(&filter, Page { before: None, limit: MOST }).await?;
            board.is_cut |= page.len() >= MOST as usize;
            for listed in page {
                let outline = self.outline(&listed.operation, listed.about).await?;
                board.add(self.line(&listed.operation, outline.as_ref().map(Outline::plan), &freezes));
            }
        }
        freezes.retain(|freeze| {
            board.clusters.iter().any(|cluster| self.stops_the_same(freeze, &FreezeOn::Cluster(cluster.clone())))
        });
        board.freezes = freezes;
        Ok(board)
    }
}
