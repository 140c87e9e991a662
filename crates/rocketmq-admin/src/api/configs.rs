//! The settings and figures of servers.

use std::collections::BTreeMap;

use super::properties::{self, Settings};
use super::{Broker, NameServer, OneNameServer, unique};
use crate::error::Result;
use crate::json::Value;
use crate::wire::api::{
    GET_BROKER_CONFIG, GET_BROKER_RUNTIME_INFO, GET_NAMESRV_CONFIG, UPDATE_BROKER_CONFIG, UPDATE_NAMESRV_CONFIG,
};
use crate::wire::request::Request;

/// What a broker says of itself (`BrokerRuntimeInfo`): figures as texts by name, which differ between versions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuntimeInfo(pub BTreeMap<String, String>);

impl RuntimeInfo {
    /// A figure as a whole number, if it is there and is one.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<i64> {
        self.0.get(name)?.parse().ok()
    }
}

impl Broker {
    /// The settings of this process (GET_BROKER_CONFIG (26), `AdminBrokerProcessor.getBrokerConfig`). 4.9 shows them to
    /// accounts without rights, too.
    ///
    /// # Errors
    /// As every call.
    pub async fn settings(&self) -> Result<Settings> {
        self.0.ask(Request::new(GET_BROKER_CONFIG), |answer| properties::read(answer.text()?)).await
    }

    /// Changes settings of this process, master or slave: settings are not taken over from the master
    /// (UPDATE_BROKER_CONFIG (25), `AdminBrokerProcessor.updateBrokerConfig`).
    ///
    /// The broker answers success to everything: unknown keys and values it cannot read are ignored, and names and ports
    /// are really changed (5.x refuses a few keys). It writes all of its settings to its file. So the caller has to know
    /// which keys are good, and has to read back.
    ///
    /// # Errors
    /// As every call; [`Error::Invalid`](crate::Error::Invalid) for what would arrive as something else.
    pub async fn set_settings(&self, settings: &Settings) -> Result<()> {
        self.0.tell(Request::new(UPDATE_BROKER_CONFIG).body(properties::write(settings)?)).await
    }

    /// What this process says of itself: messages today, disks, queues of requests, positions in its log
    /// (GET_BROKER_RUNTIME_INFO (28), `AdminBrokerProcessor.getBrokerRuntimeInfo`).
    ///
    /// # Errors
    /// As every call.
    pub async fn runtime_info(&self) -> Result<RuntimeInfo> {
        let entry = |(name, figure): &(Value, Value)| Ok((name.text()?.to_owned(), figure.text()?.to_owned()));
        self.0
            .ask(Request::new(GET_BROKER_RUNTIME_INFO), |answer| {
                answer.json()?.need("table", |table| unique(table.map()?.iter().map(entry))).map(RuntimeInfo)
            })
            .await
    }
}

impl NameServer {
    /// Its settings (GET_NAMESRV_CONFIG (319), `DefaultRequestProcessor.getConfig`).
    ///
    /// # Errors
    /// As every call.
    pub async fn settings(&self) -> Result<Settings> {
        self.0.ask(Request::new(GET_NAMESRV_CONFIG), |answer| properties::read(answer.text()?)).await
    }
}

impl OneNameServer {
    /// Changes its settings (UPDATE_NAMESRV_CONFIG (318), `DefaultRequestProcessor.updateConfig`). It ignores what it does
    /// not know, as brokers do.
    ///
    /// # Errors
    /// As every call; [`Error::Invalid`](crate::Error::Invalid) for what would arrive as something else.
    pub async fn set_settings(&self, settings: &Settings) -> Result<()> {
        self.at().tell(Request::new(UPDATE_NAMESRV_CONFIG).body(properties::write(settings)?)).await
    }
}
