//! The header of a command (`RemotingCommand`), in JSON.

use std::collections::BTreeMap;

use crate::json::{self, Value};

/// Marks an answer.
const ANSWER: i32 = 1;

/// Texts by name: what a request asks for, and what an answer says without a body.
pub(crate) type Fields = BTreeMap<String, String>;

/// The header of a request or an answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Header {
    /// What is asked for, or how it went.
    pub(crate) code: i32,
    /// The sender's version, as the place of its name in `MQVersion`.
    pub(crate) version: i32,
    /// The number of the request, repeated in its answer.
    pub(crate) opaque: i32,
    /// Whether it is an answer.
    pub(crate) flag: i32,
    /// Words for people.
    pub(crate) remark: Option<String>,
    /// The fields.
    pub(crate) fields: Fields,
}

impl Header {
    /// Whether this is an answer.
    pub(crate) fn is_answer(&self) -> bool {
        self.flag & ANSWER != 0
    }

    /// The header as JSON.
    pub(crate) fn to_json(&self) -> String {
        let int = |number: i32| Value::Int(i64::from(number));
        let fields = self.fields.iter().map(|(key, value)| (Value::Text(key.clone()), Value::Text(value.clone())));
        let mut header: Vec<(Value, Value)> = vec![
            ("code".into(), int(self.code)),
            // A name that servers of every version know.
            ("language".into(), "OTHER".into()),
            ("version".into(), int(self.version)),
            ("opaque".into(), int(self.opaque)),
            ("flag".into(), int(self.flag)),
            ("serializeTypeCurrentRPC".into(), "JSON".into()),
            ("extFields".into(), Value::Map(fields.collect())),
        ];
        if let Some(remark) = &self.remark {
            header.push(("remark".into(), Value::Text(remark.clone())));
        }
        Value::Map(header).to_string()
    }

    /// Reads a header in JSON.
    ///
    /// # Errors
    /// Why it is none.
    pub(crate) fn from_json(bytes: &[u8]) -> Result<Self, String> {
        let read = || {
            let header = json::parse(bytes)?;
            Ok(Self {
                code: header.need_number("code")?,
                version: header.need_number("version")?,
                opaque: header.need_number("opaque")?,
                flag: header.need_number("flag")?,
                remark: header.maybe("remark", |remark| remark.text().map(str::to_owned))?,
                fields: header.maybe("extFields", fields)?.unwrap_or_default(),
            })
        };
        read().map_err(|why: String| format!("header: {why}"))
    }
}

fn fields(value: &Value) -> Result<Fields, String> {
    let field = |(key, value): &(Value, Value)| {
        let key = key.text()?.to_owned();
        if *value == Value::Null {
            return Ok(None);
        }
        let value = value.text().map_err(|why| format!("{key}: {why}"))?;
        Ok(Some((key, value.to_owned())))
    };
    value.map()?.iter().filter_map(|entry| field(entry).transpose()).collect()
}
