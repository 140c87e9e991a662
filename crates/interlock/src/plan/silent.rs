//! Masters of RocketMQ that say nothing, as evidence. One without slaves is forgotten by the NameServers when it dies, so nobody
//! says that it is silent.

use crate::cluster::rocketmq::RocketmqCluster;
use crate::cluster::{Failure, FailureKind};
use crate::facts::{Fact, Facts};
use crate::id::BrokerName;

/// A master that did not answer.
pub(super) fn silent(broker: &BrokerName, failure: &Failure) -> Facts {
    let said = format!("{broker}: {}", failure.said);
    Facts::none()
        .with("failure", failure.kind.key())
        .with("said", said)
        .with("master", broker.as_str())
        .with("broker", broker.as_str())
}

/// Why nothing is known of a broker that the NameServers have forgotten.
#[must_use]
pub fn forgotten(broker: &BrokerName) -> Failure {
    Failure { kind: FailureKind::Unreachable, said: format!("no NameServer knows {broker}") }
}

/// That every one of these brokers is known to a NameServer.
///
/// # Errors
/// The first one that is not, as a silent master.
pub(super) fn none_forgotten<'b>(
    brokers: impl IntoIterator<Item = &'b BrokerName>,
    cluster: &RocketmqCluster,
) -> Result<(), Facts> {
    let gone = brokers.into_iter().find(|broker| cluster.broker(broker).is_none());
    gone.map_or(Ok(()), |broker| Err(silent(broker, &forgotten(broker))))
}

/// That the master of every one of these brokers answers.
///
/// # Errors
/// The first one that does not.
pub(super) fn all_answer<'b>(
    brokers: impl IntoIterator<Item = &'b BrokerName>,
    cluster: &RocketmqCluster,
) -> Result<(), Facts> {
    for broker in brokers {
        let Some(set) = cluster.broker(broker) else { return Err(silent(broker, &forgotten(broker))) };
        match set.master().map(|master| master.said.failure()) {
            Some(None) => {}
            Some(Some(failure)) => return Err(silent(broker, failure)),
            None => return Err(silent(broker, &without_master())),
        }
    }
    Ok(())
}

fn without_master() -> Failure {
    Failure { kind: FailureKind::Unreachable, said: "it has no master".to_owned() }
}

/// A `NameServer` that did not answer, by its place in the settings from 1 on: addresses are not shown.
pub(super) fn silent_name_server(number: u32, failure: &Failure) -> Facts {
    let name = format!("NameServer {number}");
    Facts::none()
        .with("failure", failure.kind.key())
        .with("said", format!("{name}: {}", failure.said))
        .with("master", name.as_str())
        .with("broker", name.as_str())
}

/// Whether nothing can be told because a master does not answer, dead or out of reach.
#[must_use]
pub fn is_silent_master(facts: &Facts) -> bool {
    let away = [FailureKind::Unreachable, FailureKind::TimedOut].map(|kind| Fact::from(kind.key()));
    facts.get("master").is_some() && facts.get("failure").is_some_and(|failure| away.contains(failure))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_master_that_refuses_is_not_away() {
        let broker: BrokerName = "broker-b".parse().unwrap();
        assert!(is_silent_master(&silent(&broker, &forgotten(&broker))));
        let refuses = Failure { kind: FailureKind::Refused, said: String::new() };
        assert!(!is_silent_master(&silent(&broker, &refuses)));
        assert!(!is_silent_master(&Facts::none().with("failure", "unreachable")), "that is the cluster as a whole");
    }
}
