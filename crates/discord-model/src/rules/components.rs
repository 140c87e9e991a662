//! Rules for classic components: rows of buttons, or one menu in a row.

use std::collections::HashSet;

use serde_json::Value;

use super::{length, list};
use crate::error::FormFault;
use crate::limits;

const ROW: u64 = 1;
const BUTTON: u64 = 2;
/// Style of a button that opens a link.
const LINK: u64 = 5;

pub(super) fn faults(rows: &[Value], faults: &mut Vec<FormFault>) {
    if rows.len() > limits::ROWS {
        faults.push(FormFault::new("/components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length."));
    }
    let mut ids = HashSet::new();
    for (r, row) in rows.iter().enumerate() {
        let at = format!("/components/{r}");
        if row["type"].as_u64() != Some(ROW) {
            faults.push(FormFault::new(at, "UNION_TYPE_CHOICES", "Value of field \"type\" must be one of (1,)."));
            continue;
        }
        row_faults(&at, list(row, "components"), faults);
        for (c, component) in list(row, "components").iter().enumerate() {
            let id = component["custom_id"].as_str();
            if id.is_some_and(|id| !ids.insert(id.to_owned())) {
                let at = format!("{at}/components/{c}/custom_id");
                let message = "Component custom id cannot be duplicated";
                faults.push(FormFault::new(at, "COMPONENT_CUSTOM_ID_DUPLICATED", message));
            }
        }
    }
}

fn row_faults(at: &str, components: &[Value], faults: &mut Vec<FormFault>) {
    let buttons = components.iter().filter(|c| c["type"].as_u64() == Some(BUTTON)).count();
    let menus = components.len() - buttons;
    if buttons > limits::BUTTONS_PER_ROW || menus > 1 || menus == 1 && buttons > 0 {
        let message = "The row has more than five buttons, or a menu beside something else";
        faults.push(FormFault::new(at, "COMPONENT_LAYOUT_WIDTH_EXCEEDED", message));
    }
    for (c, component) in components.iter().enumerate() {
        if component["type"].as_u64() == Some(BUTTON) {
            button_faults(&format!("{at}/components/{c}"), component, faults);
        } else if length(component, "custom_id") == 0 {
            faults.push(FormFault::new(format!("{at}/components/{c}/custom_id"), "BASE_TYPE_REQUIRED", "required"));
        }
    }
}

/// A link has a URL and no custom id; every other button the reverse. Each shows a label or an emoji.
fn button_faults(at: &str, button: &Value, faults: &mut Vec<FormFault>) {
    let (id, url) = (length(button, "custom_id"), length(button, "url"));
    let link = button["style"].as_u64() == Some(LINK);
    if link != (url > 0) || link == (id > 0) {
        let message = "A custom id and url cannot both be specified, and one is required";
        faults.push(FormFault::new(at, "BUTTON_COMPONENT_CUSTOM_ID_OR_URL", message));
    }
    if id > limits::CUSTOM_ID {
        faults.push(FormFault::too_long(format!("{at}/custom_id"), limits::CUSTOM_ID));
    }
    if length(button, "label") > limits::BUTTON_LABEL {
        faults.push(FormFault::too_long(format!("{at}/label"), limits::BUTTON_LABEL));
    }
    if length(button, "label") == 0 && button["emoji"].is_null() {
        faults.push(FormFault::new(at, "BUTTON_COMPONENT_INVALID", "A label or an emoji is required"));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(components: &Value) -> Vec<String> {
        let mut found = Vec::new();
        faults(components.as_array().map_or(&[], Vec::as_slice), &mut found);
        found.into_iter().map(|f| f.code).collect()
    }

    fn button(id: &str) -> Value {
        json!({"type": 2, "style": 1, "custom_id": id, "label": "x"})
    }

    #[test]
    fn custom_ids_are_unique_over_rows() {
        let row = |id: &str| json!({"type": 1, "components": [button(id)]});
        assert_eq!(found(&json!([row("a"), row("b")])), Vec::<String>::new());
        assert_eq!(found(&json!([row("a"), row("a")])), ["COMPONENT_CUSTOM_ID_DUPLICATED"]);
    }

    #[test]
    fn a_button_has_an_id_or_a_link() {
        let row = |button: Value| json!([{"type": 1, "components": [button]}]);
        let link = json!({"type": 2, "style": 5, "url": "https://example.org", "label": "x"});
        assert_eq!(found(&row(link)), Vec::<String>::new());
        let neither = json!({"type": 2, "style": 1, "label": "x"});
        assert_eq!(found(&row(neither)), ["BUTTON_COMPONENT_CUSTOM_ID_OR_URL"]);
    }

    #[test]
    fn a_row_holds_five_buttons() {
        let row =
            |n: usize| json!([{"type": 1, "components": (0..n).map(|i| button(&i.to_string())).collect::<Vec<_>>()}]);
        assert_eq!(found(&row(5)), Vec::<String>::new());
        assert_eq!(found(&row(6)), ["COMPONENT_LAYOUT_WIDTH_EXCEEDED"]);
    }
}
