//! A request, taken apart.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde_json::Value;

use super::endpoints::Endpoint;
use crate::error::{self, ApiError};
use crate::id::Id;

/// An uploaded file: part `files[n]` of a form.
#[derive(Clone, Debug)]
pub(crate) struct Upload {
    pub(crate) index: u64,
    pub(crate) filename: String,
    pub(crate) content_type: Option<String>,
    pub(crate) bytes: Bytes,
}

/// A request.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) endpoint: Option<&'static Endpoint>,
    pub(crate) parameters: BTreeMap<String, String>,
    pub(crate) query: BTreeMap<String, String>,
    /// JSON body or `payload_json`; null when there is none.
    pub(crate) body: Value,
    pub(crate) files: Vec<Upload>,
}

impl Call {
    /// The path's template, or the path itself when the model knows none.
    pub(crate) fn template(&self) -> &str {
        self.endpoint.map_or(&self.path, |e| e.template)
    }

    pub(crate) fn parameter(&self, name: &str) -> &str {
        self.parameters.get(name).map_or("", String::as_str)
    }

    /// A parameter that is an id; anything else is a path that does not exist.
    pub(crate) fn id(&self, name: &str) -> Result<Id, ApiError> {
        self.parameter(name).parse().map_err(|_| error::NOT_FOUND)
    }

    /// A number of the query, or `default`; refused outside of `1..=most`.
    pub(crate) fn limit(&self, default: usize, most: usize) -> Result<usize, ApiError> {
        let Some(text) = self.query.get("limit") else {
            return Ok(default);
        };
        let number = text.parse().ok().filter(|n| (1..=most).contains(n));
        number.ok_or_else(|| {
            let message = format!("int value should be between 1 and {most}.");
            error::invalid_form(vec![error::FormFault::new("/limit", "NUMBER_TYPE_MAX", message)])
        })
    }

    pub(crate) fn query_id(&self, name: &str) -> Option<Id> {
        self.query.get(name)?.parse().ok()
    }
}
