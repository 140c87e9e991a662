//! What is too large for a message as it is goes compressed.

use super::card::CardFile;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write as _;

/// Bytes that every chat takes as one file: Discord's limit for a server without boosts.
pub const MOST_FILE_BYTES: usize = 10 * 1024 * 1024;

/// The same bytes for the same content, so that a file that is there is recognized: gzip without a time. None where that cannot
/// be.
#[must_use]
pub fn packed(content: &[u8]) -> Option<Vec<u8>> {
    let mut packing = GzEncoder::new(Vec::new(), Compression::fast());
    packing.write_all(content).ok()?;
    packing.finish().ok()
}

impl CardFile {
    /// The file compressed, under a name that says so.
    #[must_use]
    pub fn packed(&self) -> Option<Self> {
        Some(Self { name: format!("{}.gz", self.name), bytes: packed(&self.bytes)?, alt: self.alt.clone() })
    }
}
