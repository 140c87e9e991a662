//! The log of everything the bot asked over REST.

use std::collections::BTreeMap;

use serde_json::Value;

/// One request and how it ended.
#[derive(Clone, Debug)]
pub struct Request {
    /// `GET`, `POST`, …
    pub method: String,
    /// The path's template as in Discord's document, or the raw path when there is none.
    pub template: String,
    /// Values of the template's parameters. Interaction tokens are left out.
    pub parameters: BTreeMap<String, String>,
    /// The query.
    pub query: BTreeMap<String, String>,
    /// The JSON body, or the `payload_json` part.
    pub body: Value,
    /// Names of the uploaded files.
    pub files: Vec<String>,
    /// When it came, by the model's clock (Unix milliseconds).
    pub at_ms: i64,
    /// Whether it changed or read the state; a fault can keep a request from being applied.
    pub applied: bool,
    /// The status answered, if an answer was made (it may still have been lost).
    pub status: Option<u16>,
}

impl Request {
    /// Whether this is a request of this method on this template.
    #[must_use]
    pub fn is(&self, method: &str, template: &str) -> bool {
        self.method == method && self.template == template
    }
}
