//! Rules for modals.

use std::collections::HashSet;

use serde_json::Value;

use super::{length, list};
use crate::error::FormFault;
use crate::limits;

/// Faults of a modal's data.
pub(crate) fn faults(modal: &Value) -> Vec<FormFault> {
    let mut faults = Vec::new();
    if length(modal, "title") > limits::MODAL_TITLE {
        faults.push(FormFault::too_long("/data/title", limits::MODAL_TITLE));
    }
    let rows = list(modal, "components");
    if rows.is_empty() || rows.len() > limits::ROWS {
        faults.push(FormFault::new("/data/components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length."));
    }
    let mut ids = HashSet::new();
    for (r, row) in rows.iter().enumerate() {
        let at = format!("/data/components/{r}/components/0");
        let [input] = list(row, "components") else {
            faults.push(FormFault::new(at, "BASE_TYPE_BAD_LENGTH", "A row of a modal holds one text input"));
            continue;
        };
        input_faults(&at, input, &mut faults);
        if !ids.insert(input["custom_id"].as_str().unwrap_or_default().to_owned()) {
            faults.push(FormFault::new(at, "COMPONENT_CUSTOM_ID_DUPLICATED", "custom id cannot be duplicated"));
        }
    }
    faults
}

fn input_faults(at: &str, input: &Value, faults: &mut Vec<FormFault>) {
    match length(input, "label") {
        0 => faults.push(FormFault::new(format!("{at}/label"), "BASE_TYPE_REQUIRED", "This field is required")),
        n if n > limits::INPUT_LABEL => faults.push(FormFault::too_long(format!("{at}/label"), limits::INPUT_LABEL)),
        _ => {}
    }
    let most = input["max_length"].as_u64().and_then(|n| usize::try_from(n).ok()).unwrap_or(limits::INPUT_VALUE);
    if length(input, "value") > most {
        faults.push(FormFault::too_long(format!("{at}/value"), most));
    }
}
