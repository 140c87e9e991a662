//! The stored bytes of a plan and their digest.

use super::Plan;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// The number of the plan format that this version writes.
pub const FORMAT: u32 = 1;

/// SHA-256 of a plan's stored bytes: what `sha256sum plan.json` shows of the attachment. People see its first twelve hex
/// digits; identity is always the whole.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of some bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The first twelve hex digits in three groups, as cards show it.
    #[must_use]
    pub fn short(&self) -> String {
        let hex = hex::encode(&self.0[..6]);
        format!("{} {} {}", &hex[..4], &hex[4..8], &hex[8..])
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is not a whole digest: 64 lower-case hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a whole digest of 64 hex digits")]
pub struct NotADigest;

impl FromStr for Digest {
    type Err = NotADigest;
    fn from_str(text: &str) -> Result<Self, NotADigest> {
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(NotADigest);
        }
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| NotADigest)?;
        Ok(Self(bytes))
    }
}

impl TryFrom<String> for Digest {
    type Error = NotADigest;
    fn try_from(text: String) -> Result<Self, NotADigest> {
        text.parse()
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

/// A plan with its stored bytes. The bytes are written once, here, and never made again from the plan.
///
/// Cheap to clone.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(Arc<Whole>);

#[derive(PartialEq, Eq)]
struct Whole {
    plan: Plan,
    bytes: String,
    digest: Digest,
}

/// Stored bytes that are not a plan this version can carry out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotReadable {
    /// A format of another version.
    #[error("the plan's format is {found}; this version reads {FORMAT}")]
    Format {
        /// The number found.
        found: u64,
    },
    /// Not a plan at all, or a damaged one.
    #[error("the stored plan cannot be read: {0}")]
    Damaged(String),
    /// The bytes are not those that were approved.
    #[error("the stored plan has the digest {found}, {expected} was approved")]
    Altered {
        /// The digest that was approved.
        expected: Digest,
        /// The digest of the bytes as they are.
        found: Digest,
    },
}

impl Sealed {
    /// Writes a plan's bytes and digest.
    ///
    /// # Errors
    /// `Damaged` if the plan cannot be written as JSON, which would be a bug of the plan's types.
    pub fn seal(plan: Plan) -> Result<Self, NotReadable> {
        let mut bytes = serde_json::to_string_pretty(&plan).map_err(|error| NotReadable::Damaged(error.to_string()))?;
        bytes.push('\n');
        let digest = Digest::of(bytes.as_bytes());
        Ok(Self(Arc::new(Whole { plan, bytes, digest })))
    }

    /// Reads stored bytes whose digest is `expected`.
    ///
    /// # Errors
    /// If the bytes have another digest, another format, or are no plan.
    pub fn open(bytes: String, expected: Digest) -> Result<Self, NotReadable> {
        let found = Digest::of(bytes.as_bytes());
        if found != expected {
            return Err(NotReadable::Altered { expected, found });
        }
        let plan = read(&bytes)?;
        Ok(Self(Arc::new(Whole { plan, bytes, digest: found })))
    }

    /// The plan.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.0.plan
    }

    /// The bytes as stored and attached to the card.
    #[must_use]
    pub fn bytes(&self) -> &str {
        &self.0.bytes
    }

    /// The digest of the bytes.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.0.digest
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "plan {} of {}", self.0.digest.short(), self.0.plan.operation)
    }
}

fn read(bytes: &str) -> Result<Plan, NotReadable> {
    #[derive(Deserialize)]
    struct Head {
        format: u64,
    }
    let plan: Result<Plan, _> = serde_json::from_str(bytes);
    match plan {
        Ok(plan) if plan.format == FORMAT => Ok(plan),
        // Only now: a long plan of our own format is read once.
        Ok(plan) => Err(NotReadable::Format { found: plan.format.into() }),
        Err(error) => Err(match serde_json::from_str::<Head>(bytes) {
            Ok(head) if head.format != u64::from(FORMAT) => NotReadable::Format { found: head.format },
            _ => NotReadable::Damaged(error.to_string()),
        }),
    }
}
