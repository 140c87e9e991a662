//! The board of a channel: what is open on the clusters that may be shown there.

use super::OperationLine;
use crate::approval::State;
use crate::freeze::Freeze;
use crate::id::ClusterName;

/// What stands on a board. Each list is newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Board {
    /// The clusters it is about.
    pub clusters: Vec<ClusterName>,
    /// What goes no further before somebody decides: paused, failed, stuck.
    pub to_decide: Vec<OperationLine>,
    /// What waits for votes.
    pub to_approve: Vec<OperationLine>,
    /// What is approved or at work, and what has ended and still puts something back.
    pub under_way: Vec<OperationLine>,
    /// What stops changes of these clusters.
    pub freezes: Vec<Freeze>,
    /// There is more of it, which was not read.
    pub is_cut: bool,
}

impl Board {
    /// Puts an operation where it belongs.
    pub fn add(&mut self, line: OperationLine) {
        let list = match line.state {
            State::AwaitingApproval => &mut self.to_approve,
            State::Paused | State::Failed | State::Stuck => &mut self.to_decide,
            _ => &mut self.under_way,
        };
        list.push(line);
    }
}
