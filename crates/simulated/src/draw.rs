use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use std::fmt::Write;

/// A deterministic source of ids (SplitMix64). Not for secrets.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Draw(u64);

impl Draw {
    pub(crate) fn from_seed(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// At least `from`, less than `to`.
    pub(crate) fn between(&mut self, from: u64, to: u64) -> u64 {
        from + self.number() % to.saturating_sub(from).max(1)
    }

    fn bytes(&mut self) -> [u8; 16] {
        let wide = (u128::from(self.number()) << 64) | u128::from(self.number());
        wide.to_be_bytes()
    }

    /// An id as Kafka writes its own (`org.apache.kafka.common.Uuid`): 22 characters of base64url.
    pub(crate) fn kafka_id(&mut self) -> String {
        URL_SAFE_NO_PAD.encode(self.bytes())
    }

    /// An id as Java writes them, for the member ids of the classic protocol.
    pub(crate) fn java_id(&mut self) -> String {
        let mut text = String::with_capacity(36);
        for (place, byte) in self.bytes().into_iter().enumerate() {
            if matches!(place, 4 | 6 | 8 | 10) {
                text.push('-');
            }
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        text
    }
}
