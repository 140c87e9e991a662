//! Which broker coordinates which group.

use std::collections::{BTreeMap, HashMap};

use kafka_protocol::messages::FindCoordinatorRequest;
use kafka_protocol::protocol::StrBytes;
use tokio::time::Instant;

use crate::api::unanswered;
use crate::client::Client;
use crate::code::ErrorCode;
use crate::config::HostPort;
use crate::error::{Error, Result};
use crate::route::{Route, nobody};
use crate::wire::call::Call;

impl Client {
    pub(crate) async fn find_one(&self, group: &str, deadline: Instant) -> Result<i32> {
        let groups = [group.to_owned()];
        let mut found = self.find_coordinators(&groups, deadline).await;
        match found.remove(group) {
            Some(result) => result,
            None => Err(nobody(FindCoordinatorRequest::API.name, group, "no answer for it")),
        }
    }

    /// Finds the coordinators of groups, and remembers them.
    pub(crate) async fn find_coordinators(
        &self,
        groups: &[String],
        deadline: Instant,
    ) -> BTreeMap<String, Result<i32>> {
        let mut found = BTreeMap::new();
        let mut rest = groups;
        while !rest.is_empty() {
            // Brokers before version 4 answer one key at a time; the first request shows it.
            let (batch, tail) = rest.split_at(rest.len().min(1_000));
            rest = tail;
            match self.find_batch(batch, deadline).await {
                Ok(answers) => found.extend(answers),
                Err(Error::Unsupported { .. }) => {
                    for group in batch {
                        let one = self.find_batch(std::slice::from_ref(group), deadline).await;
                        match one {
                            Ok(answers) => found.extend(answers),
                            Err(error) => {
                                found.insert(group.clone(), Err(error));
                            }
                        }
                    }
                }
                Err(error) => {
                    found.extend(batch.iter().map(|group| (group.clone(), Err(error.clone()))));
                }
            }
        }
        found
    }

    async fn find_batch(&self, groups: &[String], deadline: Instant) -> Result<Vec<(String, Result<i32>)>> {
        let api = FindCoordinatorRequest::API.name;
        let text = |group: &String| StrBytes::from_string(group.clone());
        let (version, answer) = self
            .ask_with_version(
                &Route::Any,
                deadline,
                |version| {
                    let request = FindCoordinatorRequest::default();
                    match groups {
                        _ if version >= 4 => Ok(request.with_coordinator_keys(groups.iter().map(text).collect())),
                        [group] => Ok(request.with_key(text(group))),
                        _ => Err(Error::Unsupported {
                            api,
                            broker: "an older broker".to_owned(),
                            why: "one group a request".to_owned(),
                        }),
                    }
                },
                |answer| {
                    let codes = answer.coordinators.iter().map(|found| found.error_code);
                    codes.chain([answer.error_code]).find_map(ErrorCode::of)
                },
            )
            .await?;
        if let ([group], true) = (groups, version < 4) {
            let at = (answer.node_id.0, answer.host.to_string(), answer.port);
            let message = answer.error_message.map(|text| text.to_string());
            let one = Error::check(api, answer.error_code, message);
            return Ok(vec![(group.clone(), one.and_then(|()| self.remember(group, at)))]);
        }
        let mut answers = HashMap::new();
        for found in answer.coordinators {
            let at = (found.node_id.0, found.host.to_string(), found.port);
            let message = found.error_message.map(|text| text.to_string());
            let one = Error::check(api, found.error_code, message);
            answers.insert(found.key.to_string(), one.map(|()| at));
        }
        let each = groups.iter().map(|group| {
            let found = answers.remove(group).unwrap_or_else(|| Err(unanswered(api, group)));
            (group.clone(), found.and_then(|at| self.remember(group, at)))
        });
        Ok(each.collect())
    }

    fn remember(&self, group: &str, (id, host, port): (i32, String, i32)) -> Result<i32> {
        let api = FindCoordinatorRequest::API.name;
        let address = u16::try_from(port).ok().filter(|port| *port != 0 && !host.is_empty());
        let port = address.ok_or_else(|| Error::Garbage {
            api,
            broker: "the broker".to_owned(),
            why: format!("{group} at {host:?}, port {port}"),
        })?;
        self.book().learn_coordinator(group, (id, HostPort { host, port }));
        Ok(id)
    }
}
