//! Where requests may come from, and what may be shown where.

use super::rules::Denied;
use crate::id::ClusterName;
use crate::principal::Place;
use std::collections::{BTreeMap, BTreeSet};

/// The places of the settings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Places {
    /// The guilds that are served; no other is.
    pub guilds: BTreeSet<u64>,
    /// The channels in which a cluster may be shown.
    pub channels: BTreeMap<ClusterName, BTreeSet<u64>>,
}

impl Places {
    /// Whether requests are taken from a place: from the console, and from the guilds of the settings. Bots and direct messages
    /// are turned away by the chat, which alone can tell them.
    ///
    /// # Errors
    /// `foreign-guild`.
    pub fn serve(&self, place: &Place) -> Result<(), Denied> {
        match place {
            Place::Discord { guild, .. } if !self.guilds.contains(guild) => Err(Denied::because("foreign-guild")),
            Place::Discord { .. } | Place::Console => Ok(()),
        }
    }

    /// Whether a cluster may be shown to everybody who reads a place. Elsewhere answers are private and without attachments.
    #[must_use]
    pub fn shows(&self, cluster: &ClusterName, place: &Place) -> bool {
        match place {
            Place::Console => true,
            Place::Discord { guild, channel, .. } => {
                self.guilds.contains(guild)
                    && self.channels.get(cluster).is_some_and(|channels| channels.contains(channel))
            }
        }
    }

    /// Whether a change can be asked for in a place: its card is for everybody who reads there.
    ///
    /// # Errors
    /// `not-here`.
    pub fn may_post(&self, cluster: &ClusterName, place: &Place) -> Result<(), Denied> {
        if self.shows(cluster, place) { Ok(()) } else { Err(Denied::because("not-here")) }
    }

    /// The cluster that is meant in a place where none is named: the only one that may be shown there.
    #[must_use]
    pub fn cluster_of(&self, place: &Place) -> Option<&ClusterName> {
        let Place::Discord { .. } = place else { return None };
        let mut shown = self.channels.keys().filter(|cluster| self.shows(cluster, place));
        let first = shown.next()?;
        shown.next().is_none().then_some(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places() -> Places {
        let channels = [("logs", vec![10, 11]), ("pay", vec![11])];
        Places {
            guilds: [1].into(),
            channels: channels.map(|(name, ids)| (name.parse().unwrap(), ids.into_iter().collect())).into(),
        }
    }

    #[test]
    fn requests_come_from_our_guilds_and_the_console() {
        let of = |guild| Place::Discord { guild, channel: 99, thread: Some(100) };
        assert_eq!(places().serve(&of(1)), Ok(()), "in any channel");
        assert_eq!(places().serve(&Place::Console), Ok(()));
        assert_eq!(places().serve(&of(2)).map_err(|denied| denied.id), Err("foreign-guild"));
    }

    #[test]
    fn a_cluster_is_shown_in_its_channels_only() {
        let place = |guild, channel| Place::Discord { guild, channel, thread: None };
        let (logs, pay) = ("logs".parse().unwrap(), "pay".parse().unwrap());
        assert!(places().shows(&logs, &place(1, 10)));
        assert!(!places().shows(&pay, &place(1, 10)));
        assert!(!places().shows(&logs, &place(2, 10)), "the same number in another guild");
        assert!(!places().shows(&"lab".parse().unwrap(), &place(1, 10)));
        assert!(places().shows(&pay, &Place::Console));
        assert_eq!(places().may_post(&pay, &place(1, 10)).map_err(|denied| denied.id), Err("not-here"));
        assert_eq!(places().may_post(&pay, &place(1, 11)), Ok(()));
        assert_eq!(places().cluster_of(&place(1, 10)), Some(&logs));
        assert_eq!(places().cluster_of(&place(1, 11)), None, "two are shown there");
        assert_eq!(places().cluster_of(&Place::Console), None);
    }
}
