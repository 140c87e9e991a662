//! Values that NameServers keep, by namespace and key. Each NameServer has its own.

use super::{NameServer, OneNameServer, found, names};
use crate::code::Code;
use crate::error::{Error, Result};
use crate::wire::api::{Api, DELETE_KV_CONFIG, GET_KV_CONFIG, PUT_KV_CONFIG};
use crate::wire::request::Request;

/// The namespace of the order of queues: its keys are topics, its values `broker-a:4;broker-b:4`.
pub const ORDER_TOPIC_CONFIG: &str = "ORDER_TOPIC_CONFIG";

fn request(api: Api, namespace: &str, key: &str) -> Result<Request> {
    names::existing("namespace", namespace)?;
    names::existing("key", key)?;
    Ok(Request::new(api).with("namespace", namespace).with("key", key))
}

impl NameServer {
    /// A value; `None` if there is none (GET_KV_CONFIG (101), `DefaultRequestProcessor.getKVConfig`).
    ///
    /// # Errors
    /// As every call.
    pub async fn value(&self, namespace: &str, key: &str) -> Result<Option<String>> {
        let request = request(GET_KV_CONFIG, namespace, key)?;
        let value = self.0.ask(request, |answer| answer.field("value").map(str::to_owned)).await;
        found(value, Code::QUERY_NOT_FOUND)
    }
}

impl OneNameServer {
    /// Sets a value (PUT_KV_CONFIG (100), `DefaultRequestProcessor.putKVConfig`).
    ///
    /// # Errors
    /// As every call.
    pub async fn put_value(&self, namespace: &str, key: &str, value: &str) -> Result<()> {
        if value.is_empty() {
            return Err(Error::Invalid(format!("no value for {namespace} {key}")));
        }
        self.at().tell(request(PUT_KV_CONFIG, namespace, key)?.with("value", value)).await
    }

    /// Deletes a value (DELETE_KV_CONFIG (102), `DefaultRequestProcessor.deleteKVConfig`). A value that is not there is a
    /// success, too.
    ///
    /// # Errors
    /// As every call.
    pub async fn delete_value(&self, namespace: &str, key: &str) -> Result<()> {
        self.at().tell(request(DELETE_KV_CONFIG, namespace, key)?).await
    }
}
