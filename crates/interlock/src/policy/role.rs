//! Roles: what a grant can give.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What somebody may do, within the scope of the grant that gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Looks.
    Viewer,
    /// Asks for changes; pauses, resumes and stops them; its veto counts.
    Operator,
    /// Fills approvers' seats.
    Approver,
    /// Operates, and takes back alone what has just been done.
    OnCall,
    /// Reads the audit log.
    Auditor,
    /// Looks after the bot itself. Sees everything of it, and touches no cluster by this role.
    Admin,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Viewer, Self::Operator, Self::Approver, Self::OnCall, Self::Auditor, Self::Admin];

    /// The key in settings and command files.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Approver => "approver",
            Self::OnCall => "on-call",
            Self::Auditor => "auditor",
            Self::Admin => "admin",
        }
    }

    /// The role of this key.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.key() == key)
    }

    /// Whether who has this role may do what `other` may. Every role looks; on-call operates; an admin audits. Nothing
    /// implies approver: four eyes are given by name only.
    #[must_use]
    pub fn implies(self, other: Self) -> bool {
        self == other
            || other == Self::Viewer
            || matches!((self, other), (Self::OnCall, Self::Operator) | (Self::Admin, Self::Auditor))
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

/// Which role a command demands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    /// None: what it tells is about the bot's words and the person alone.
    Anyone,
    /// This role, or one that implies it.
    #[serde(untagged)]
    Role(Role),
}

impl Access {
    /// The key in command files.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Anyone => "anyone",
            Self::Role(role) => role.key(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_implies_what() {
        let implied: Vec<(Role, Role)> = Role::ALL
            .into_iter()
            .flat_map(|role| Role::ALL.map(|other| (role, other)))
            .filter(|(role, other)| role != other && *other != Role::Viewer && role.implies(*other))
            .collect();
        assert_eq!(implied, [(Role::OnCall, Role::Operator), (Role::Admin, Role::Auditor)]);
        assert!(!Role::Viewer.implies(Role::Operator));
    }

    #[test]
    fn keys_read_back() {
        for role in Role::ALL {
            assert_eq!(Role::from_key(role.key()), Some(role));
        }
        assert_eq!(Role::from_key("Operator"), None);
    }
}
