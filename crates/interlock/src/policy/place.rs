//! Where requests may come from, and what may be shown where.

use super::rules::Denied;
use crate::id::ClusterName;
use crate::principal::Place;
use std::collections::{BTreeMap, BTreeSet};

/// Where something came from, as a chat tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// The guild; none in direct messages.
    pub guild: Option<u64>,
    /// The channel, or the thread's parent.
    pub channel: u64,
    /// The thread, if it is one.
    pub thread: Option<u64>,
    /// Whether a bot or a webhook speaks.
    pub is_bot: bool,
}

/// The places of the settings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Places {
    /// The guilds that are served; no other is.
    pub guilds: BTreeSet<u64>,
    /// The channels in which a cluster may be shown.
    pub channels: BTreeMap<ClusterName, BTreeSet<u64>>,
}

impl Places {
    /// The place of a request, if requests are taken from there.
    ///
    /// # Errors
    /// `not-a-person`, `direct-message`, `foreign-guild`.
    pub fn admit(&self, origin: &Origin) -> Result<Place, Denied> {
        if origin.is_bot {
            return Err(Denied::because("not-a-person"));
        }
        let Some(guild) = origin.guild else { return Err(Denied::because("direct-message")) };
        if !self.guilds.contains(&guild) {
            return Err(Denied::because("foreign-guild"));
        }
        Ok(Place::Discord { guild, channel: origin.channel, thread: origin.thread })
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
    fn requests_come_from_people_in_our_guilds() {
        let good = Origin { guild: Some(1), channel: 99, thread: Some(100), is_bot: false };
        let place = Place::Discord { guild: 1, channel: 99, thread: Some(100) };
        assert_eq!(places().admit(&good), Ok(place));
        for (origin, id) in [
            (Origin { is_bot: true, ..good }, "not-a-person"),
            (Origin { guild: None, ..good }, "direct-message"),
            (Origin { guild: Some(2), ..good }, "foreign-guild"),
        ] {
            assert_eq!(places().admit(&origin).map_err(|denied| denied.id), Err(id));
        }
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
