//! Discord's published OpenAPI document: request bodies are held against it.

mod complaints;
mod deviations;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use jsonschema::{Draft, Registry, Validator};
use serde_json::{Value, json};

use crate::error::FormFault;
pub use deviations::{DEVIATIONS, Deviation};

const TEXT: &str = include_str!("../../document/openapi.json");
const URI: &str = "https://document.invalid/openapi.json";

type Compiled = Arc<Result<Validator, String>>;

/// The document, with validators compiled at first use and kept for the process.
struct Document {
    json: Value,
    registry: Registry<'static>,
    compiled: Mutex<HashMap<String, Compiled>>,
}

static DOCUMENT: OnceLock<Result<Document, String>> = OnceLock::new();

fn document() -> Result<&'static Document, String> {
    DOCUMENT.get_or_init(load).as_ref().map_err(Clone::clone)
}

fn load() -> Result<Document, String> {
    let mut json: Value = serde_json::from_str(TEXT).map_err(|e| e.to_string())?;
    refuse_unknown_keys(&mut json);
    for deviation in DEVIATIONS {
        deviation.apply(&mut json)?;
    }
    let registry = Registry::new()
        .draft(Draft::Draft202012)
        .add(URI, json.clone())
        .and_then(jsonschema::RegistryBuilder::prepare)
        .map_err(|e| e.to_string())?;
    Ok(Document { json, registry, compiled: Mutex::default() })
}

/// Requests' schemas say nothing of further keys; a misspelt one shall be caught.
fn refuse_unknown_keys(document: &mut Value) {
    let Some(schemas) = document["components"]["schemas"].as_object_mut() else {
        return;
    };
    for (name, schema) in schemas {
        let ours = name.contains("Request") || name.starts_with("RichEmbed");
        let open = schema["additionalProperties"].is_null() && schema["properties"].is_object();
        if ours && open {
            schema["unevaluatedProperties"] = json!(false);
        }
    }
}

/// What the document says against this body of `method` on `template`; an empty list when it agrees.
///
/// # Errors
/// When the document itself cannot be used, or has no such operation with a JSON body.
pub(crate) fn complaints(method: &str, template: &str, body: &Value) -> Result<Vec<FormFault>, String> {
    let validator = document()?.validator(method, template)?;
    let validator = validator.as_ref().as_ref().map_err(Clone::clone)?;
    Ok(complaints::of(validator.iter_errors(body)))
}

impl Document {
    fn validator(&'static self, method: &str, template: &str) -> Result<Compiled, String> {
        let template = template.replace('/', "~1");
        let operation = format!("/paths/{template}/{}", method.to_ascii_lowercase());
        let pointer = format!("{operation}/requestBody/content/application~1json/schema");
        if self.json.pointer(&pointer).is_none() {
            return Err(format!("the document has no {pointer}"));
        }
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = compiled.get(&pointer) {
            return Ok(Arc::clone(known));
        }
        let made: Compiled = Arc::new(self.compile(&pointer));
        compiled.insert(pointer, Arc::clone(&made));
        Ok(made)
    }

    fn compile(&'static self, pointer: &str) -> Result<Validator, String> {
        let fragment = pointer.replace('{', "%7B").replace('}', "%7D");
        jsonschema::options()
            .with_draft(Draft::Draft202012)
            .with_registry(&self.registry)
            .offline()
            .should_validate_formats(true)
            .with_format("snowflake", |text: &str| text.parse::<u64>().is_ok())
            .build(&json!({"$ref": format!("{URI}#{fragment}")}))
            .map_err(|e| e.to_string())
    }
}

#[cfg(test)]
mod tests {

    use super::*;

    const MESSAGES: &str = "/channels/{channel_id}/messages";

    #[test]
    fn a_plain_message_is_fine() {
        let body = json!({"content": "x", "allowed_mentions": {"parse": []}, "embeds": [{"title": "t"}]});
        assert_eq!(complaints("POST", MESSAGES, &body).unwrap(), []);
    }

    #[test]
    fn a_misspelt_key_is_caught_at_any_depth() {
        for body in [json!({"contents": "x"}), json!({"embeds": [{"titel": "t"}]})] {
            let found = complaints("POST", MESSAGES, &body).unwrap();
            assert_eq!(found.len(), 1, "{found:?}");
        }
    }

    #[test]
    fn a_fault_inside_a_union_says_where() {
        let button = json!({"type": 2, "style": 1, "custom_id": "a", "label": "x".repeat(81)});
        let body = json!({"components": [{"type": 1, "components": [button]}]});
        let found = complaints("POST", MESSAGES, &body).unwrap();
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].at, "/components/0/components/0/label");
        assert_eq!(found[0].code, "BASE_TYPE_MAX_LENGTH");
    }

    #[test]
    fn deviations_change_what_the_document_says() {
        let long = json!({"content": "x".repeat(2_001)});
        assert_eq!(complaints("POST", MESSAGES, &long).unwrap()[0].at, "/content");
        let commands = "/applications/{application_id}/guilds/{guild_id}/commands";
        let choice = json!({"name": "c", "value": "v".repeat(101)});
        let option = json!({"type": 3, "name": "o", "description": "d", "choices": [choice]});
        let body = json!([{"name": "n", "description": "d", "options": [option], "default_member_permissions": "0"}]);
        let found = complaints("PUT", commands, &body).unwrap();
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].at, "/0/options/0/choices/0/value");
    }

    #[test]
    fn an_operation_that_is_not_there_is_an_error() {
        assert!(complaints("POST", "/nowhere", &json!({})).is_err());
    }
}
