//! A modal that opened.

use serde_json::{Value, json};

use crate::asked::Asked;

/// A text input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its id.
    pub custom_id: String,
    /// What stands above it.
    pub label: String,
    /// What is filled in already.
    pub value: String,
    /// Whether it must be filled in.
    pub required: bool,
    /// The fewest characters.
    pub min: u64,
    /// The most characters.
    pub max: u64,
}

/// A modal.
#[derive(Clone, Debug)]
pub struct Modal {
    pub(crate) asked: Asked,
    /// Its id.
    pub custom_id: String,
    /// Its title.
    pub title: String,
    /// Its inputs.
    pub fields: Vec<Field>,
}

impl Modal {
    pub(crate) fn new(asked: Asked, data: &Value) -> Self {
        let rows = data["components"].as_array().into_iter().flatten();
        let inputs = rows.filter_map(|row| row["components"].as_array()).flatten();
        Self {
            asked,
            custom_id: text(&data["custom_id"]),
            title: text(&data["title"]),
            fields: inputs.map(field).collect(),
        }
    }

    /// What a client sends for these values; inputs not named keep what was filled in.
    pub(crate) fn filled(&self, values: &[(&str, &str)]) -> Result<Value, String> {
        if let Some((name, _)) = values.iter().find(|(name, _)| !self.fields.iter().any(|f| f.custom_id == *name)) {
            return Err(format!("the modal {:?} has no input {name:?}", self.title));
        }
        let mut rows = Vec::new();
        for field in &self.fields {
            let given = values.iter().find(|(name, _)| *name == field.custom_id);
            let value = given.map_or(field.value.as_str(), |(_, value)| value);
            let length = value.chars().count() as u64;
            let empty = length == 0 && !field.required;
            if !empty && !(field.min.max(u64::from(field.required))..=field.max).contains(&length) {
                return Err(format!("the input {:?} does not take {length} characters", field.label));
            }
            rows.push(json!({"type": 1, "components": [{"type": 4, "custom_id": field.custom_id, "value": value}]}));
        }
        Ok(json!({"custom_id": self.custom_id, "components": rows}))
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn field(input: &Value) -> Field {
    Field {
        custom_id: text(&input["custom_id"]),
        label: text(&input["label"]),
        value: text(&input["value"]),
        required: input["required"] != false,
        min: input["min_length"].as_u64().unwrap_or(0),
        max: input["max_length"].as_u64().unwrap_or(4_000),
    }
}
