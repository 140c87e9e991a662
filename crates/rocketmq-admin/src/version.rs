//! Versions of servers and clients.

use std::fmt;

/// The version of a server or a client: the place of its name in Java's `MQVersion.Version`, as the header of every
/// command tells it. It grows with each release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(i32);

/// The place of 4.0.0-SNAPSHOT. From here on each minor version has ten patches, each with a snapshot before it.
const REGULAR: i32 = 212;
const A_MINOR: i32 = 20;
/// The place behind 5.9.9, the last name there is.
const END: i32 = 612;

impl Version {
    /// The version this client speaks as: 5.5.0.
    pub(crate) const OURS: Self = Self::release(5, 5, 0);

    /// The release, for example `Version::release(4, 9, 7)`. Known from 4.0.0 to 5.9.9.
    #[must_use]
    pub const fn release(major: u8, minor: u8, patch: u8) -> Self {
        let minor = (major as i32 - 4) * 10 + minor as i32;
        Self(REGULAR + minor * A_MINOR + patch as i32 * 2 + 1)
    }

    /// The version that stands at this place.
    #[must_use]
    pub const fn of_ordinal(ordinal: i32) -> Self {
        Self(ordinal)
    }

    /// Its place.
    #[must_use]
    pub const fn ordinal(self) -> i32 {
        self.0
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 < REGULAR {
            return write!(f, "before 4.0.0 ({})", self.0);
        }
        if self.0 >= END {
            return write!(f, "after 5.9.9 ({})", self.0);
        }
        let place = self.0 - REGULAR;
        let (minor, patch) = (place / A_MINOR, place % A_MINOR / 2);
        write!(f, "{}.{}.{patch}", 4 + minor / 10, minor % 10)?;
        if place % 2 == 0 { f.write_str("-SNAPSHOT") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers are those that the servers of these releases send.
    #[test]
    fn places_are_those_of_the_releases() {
        for (ordinal, name, release) in
            [(407, "4.9.7", (4, 9, 7)), (513, "5.5.0", (5, 5, 0)), (413, "5.0.0", (5, 0, 0))]
        {
            assert_eq!(Version::of_ordinal(ordinal).to_string(), name);
            assert_eq!(Version::release(release.0, release.1, release.2).ordinal(), ordinal);
        }
        assert_eq!(Version::of_ordinal(512).to_string(), "5.5.0-SNAPSHOT");
        assert_eq!(Version::of_ordinal(211).to_string(), "before 4.0.0 (211)");
        assert_eq!(Version::of_ordinal(611).to_string(), "5.9.9");
        assert_eq!(Version::of_ordinal(612).to_string(), "after 5.9.9 (612)");
        assert_eq!(Version::of_ordinal(i32::MIN).to_string(), format!("before 4.0.0 ({})", i32::MIN));
        assert!(Version::release(4, 9, 7) < Version::release(5, 5, 0));
    }
}
