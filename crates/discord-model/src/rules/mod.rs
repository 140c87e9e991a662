//! Discord's rules that its document does not write down.

pub(crate) mod commands;
pub(crate) mod components;
pub(crate) mod messages;
pub(crate) mod modals;

use serde_json::Value;

/// Characters of the text at `key`, 0 when there is none.
fn length(value: &Value, key: &str) -> usize {
    value[key].as_str().map_or(0, |text| text.chars().count())
}

/// The list at `key`, empty when there is none.
fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}
