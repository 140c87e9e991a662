//! A request before it is numbered and signed, and its answer.

use std::fmt::Display;

use bytes::Bytes;

use super::api::Api;
use super::header::{Fields, Header};
use crate::config::Credentials;
use crate::sign;
use crate::version::Version;

/// What is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// Which request it is.
    pub(crate) api: Api,
    fields: Fields,
    body: Bytes,
}

impl Request {
    /// A request without fields.
    pub(crate) fn new(api: Api) -> Self {
        Self { api, fields: Fields::new(), body: Bytes::new() }
    }

    /// The same with a field.
    pub(crate) fn with(mut self, name: &str, value: impl Display) -> Self {
        self.fields.insert(name.to_owned(), value.to_string());
        self
    }

    /// The same with a field, if there is a value for it.
    pub(crate) fn with_some(self, name: &str, value: Option<impl Display>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// The same with a body.
    pub(crate) fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// The frame that is sent, with its number and signed where there are credentials.
    ///
    /// # Errors
    /// A request that is too large.
    pub(crate) fn encode(&self, opaque: i32, credentials: Option<&Credentials>) -> Result<Bytes, String> {
        let mut fields = self.fields.clone();
        if let Some(credentials) = credentials {
            sign::sign(&mut fields, &self.body, credentials);
        }
        let header =
            Header { code: self.api.code, version: Version::OURS.ordinal(), opaque, flag: 0, remark: None, fields };
        super::frame::encode(&header, &self.body)
    }
}

/// A successful answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// The version of who answered.
    pub(crate) version: Version,
    /// Its words. On success most say nothing true ("not set any response code").
    pub(crate) remark: Option<String>,
    /// Its fields.
    pub(crate) fields: Fields,
    /// Its body.
    pub(crate) body: Bytes,
}

impl Answer {
    /// A field that has to be there.
    ///
    /// # Errors
    /// When it is missing.
    pub(crate) fn field(&self, name: &str) -> Result<&str, String> {
        self.fields.get(name).map(String::as_str).ok_or_else(|| format!("{name}: not there"))
    }

    /// A field with a number that fits.
    ///
    /// # Errors
    /// When it is missing or no such number.
    pub(crate) fn number<T: std::str::FromStr>(&self, name: &str) -> Result<T, String> {
        let text = self.field(name)?;
        text.parse().map_err(|_| format!("{name}: no such number: {text:?}"))
    }

    /// The body as fastjson wrote it.
    ///
    /// # Errors
    /// When it is something else.
    pub(crate) fn json(&self) -> Result<crate::json::Value, String> {
        crate::json::parse(&self.body)
    }

    /// The body as text.
    ///
    /// # Errors
    /// When it is none.
    pub(crate) fn text(&self) -> Result<&str, String> {
        std::str::from_utf8(&self.body).map_err(|error| format!("no UTF-8 at byte {}", error.valid_up_to()))
    }
}
