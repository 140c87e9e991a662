//! What may be left where others read: attachments only where every cluster that is told of may be shown.

use super::answer::Done;
use super::rooms::Rooms;
use interlock::looks::{LookAnswer, ToldOf};
use interlock::principal::Place;

impl Rooms {
    /// Whether an answer may have attachments in a place. An attachment is passed on and kept as no private answer is.
    pub(crate) fn may_attach(&self, done: &Done, place: &Place) -> bool {
        match done {
            Done::Looked(seen) => self.shows(seen, place),
            Done::DryRun(plan) | Done::AskedBack(plan) | Done::GlassAskedBack(plan) => {
                self.policy.places.shows(&plan.plan().cluster, place)
            }
            // A control is asked for anywhere.
            Done::Refused(refusal) => self.policy.places.shows(&refusal.cluster, place),
            // What these name may stand on any cluster.
            Done::Mistake(_) | Done::Frozen(_) | Done::Unfrozen { .. } => self.shows_all(place),
            _ => true,
        }
    }

    /// Whether every cluster that an answer tells of may be shown to everybody who reads a place.
    pub(crate) fn shows(&self, seen: &LookAnswer, place: &Place) -> bool {
        match seen.told_of() {
            ToldOf::Clusters(told) => told.into_iter().all(|cluster| self.policy.places.shows(cluster, place)),
            ToldOf::Any => self.shows_all(place),
        }
    }

    fn shows_all(&self, place: &Place) -> bool {
        self.policy.clusters.keys().all(|cluster| self.policy.places.shows(cluster, place))
    }
}
