//! What is counted and measured, by name. Labels have few values: commands, outcomes, states, clusters of the settings;
//! never a person, a name of a topic or group, or anything typed.

use interlock::approval::{Voice, Voted};
use std::time::Duration;

/// The buckets of looks, in seconds.
pub const LOOK_BUCKETS: [f64; 9] = [0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 8.0, 15.0, 30.0];
/// See [`look`].
pub const LOOK_SECONDS: &str = "signalbox_look_seconds";

/// What a command is called that is none of ours.
const UNKNOWN: &str = "unknown";

/// A request was answered. `command` is one of the catalogue, or none.
pub fn request(command: Option<&str>, outcome: &'static str) {
    let command = command.unwrap_or(UNKNOWN).to_owned();
    metrics::counter!("signalbox_requests_total", "command" => command, "outcome" => outcome).increment(1);
}

/// A vote was cast, or is there no more.
pub fn vote(voice: Voice, by: Voted, is_cast: bool) {
    let voice = match voice {
        Voice::Approve => "approve",
        Voice::Veto => "veto",
    };
    let by = match by {
        Voted::Reaction => "reaction",
        Voted::Command => "command",
    };
    let what = if is_cast { "cast" } else { "withdrawn" };
    metrics::counter!("signalbox_votes_total", "voice" => voice, "by" => by, "what" => what).increment(1);
}

/// A cluster was asked to change something, and answered so.
pub fn act(cluster: &str, outcome: &'static str) {
    metrics::counter!("signalbox_acts_total", "cluster" => cluster.to_owned(), "outcome" => outcome).increment(1);
}

/// A cluster was looked at; so many of the queries failed.
pub fn look(cluster: &str, took: Duration, failed: usize) {
    metrics::histogram!(LOOK_SECONDS, "cluster" => cluster.to_owned()).record(took.as_secs_f64());
    let failed = u64::try_from(failed).unwrap_or(u64::MAX);
    metrics::counter!("signalbox_look_failures_total", "cluster" => cluster.to_owned()).increment(failed);
}

/// The chat did not do what was asked of it.
pub fn chat_error(kind: &'static str) {
    metrics::counter!("signalbox_chat_errors_total", "kind" => kind).increment(1);
}

/// Somebody was to be told something alone.
pub fn direct_message(outcome: &'static str) {
    metrics::counter!("signalbox_direct_messages_total", "outcome" => outcome).increment(1);
}

/// Audit records wait to be written, or could not be taken.
pub fn audit_waiting(records: usize) {
    metrics::gauge!("signalbox_audit_waiting").set(exact(i64::try_from(records).unwrap_or(i64::MAX)));
}

/// So many operations are in a state.
pub fn operations(state: &'static str, count: i64) {
    metrics::gauge!("signalbox_operations", "state" => state).set(exact(count));
}

/// So many notices wait to be sent, the oldest for so long; so many were set aside.
pub fn outbox(waiting: i64, oldest: Duration, dead: i64) {
    metrics::gauge!("signalbox_outbox_waiting").set(exact(waiting));
    metrics::gauge!("signalbox_outbox_oldest_seconds").set(oldest.as_secs_f64());
    metrics::gauge!("signalbox_outbox_dead").set(exact(dead));
}

/// Whether the store takes writes; and whether the chat's gateway is connected, where there is a chat.
pub fn up(store: bool, gateway: Option<bool>) {
    metrics::gauge!("signalbox_store_up").set(f64::from(u8::from(store)));
    if let Some(gateway) = gateway {
        metrics::gauge!("signalbox_gateway_up").set(f64::from(u8::from(gateway)));
    }
}

/// Whether nothing is asked of the chat because it refused too much, where there is a chat.
pub fn refused(refused: Option<bool>) {
    if let Some(refused) = refused {
        metrics::gauge!("signalbox_chat_refused").set(f64::from(u8::from(refused)));
    }
}

/// Says what each of them is.
pub fn describe() {
    metrics::describe_counter!("signalbox_requests_total", "Requests by command and outcome");
    metrics::describe_counter!("signalbox_votes_total", "Votes as they were cast or taken back, by voice and way");
    metrics::describe_counter!("signalbox_acts_total", "Acts on clusters by what they answered");
    metrics::describe_histogram!(LOOK_SECONDS, "How long looks at a cluster took");
    metrics::describe_counter!("signalbox_look_failures_total", "Queries to clusters that failed");
    metrics::describe_counter!("signalbox_chat_errors_total", "What the chat did not do, by kind");
    metrics::describe_counter!("signalbox_direct_messages_total", "Direct messages by what came of them");
    metrics::describe_gauge!("signalbox_audit_waiting", "Audit records that are not written yet");
    metrics::describe_gauge!("signalbox_operations", "Operations by state");
    metrics::describe_gauge!("signalbox_outbox_waiting", "Notices that wait to be sent");
    metrics::describe_gauge!("signalbox_outbox_oldest_seconds", "How long the oldest of them waits");
    metrics::describe_gauge!("signalbox_outbox_dead", "Notices that were set aside");
    metrics::describe_gauge!("signalbox_store_up", "1 while the store takes writes");
    metrics::describe_gauge!("signalbox_gateway_up", "1 while the chat's gateway is connected");
    metrics::describe_gauge!(
        "signalbox_chat_refused",
        "1 while nothing is asked of the chat, because it refused too much"
    );
}

/// Counts are far below 2^53.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
fn exact(count: i64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use metrics_exporter_prometheus::PrometheusBuilder;

    #[test]
    fn what_is_typed_is_no_label() {
        let recorder = PrometheusBuilder::new().build_recorder();
        metrics::with_local_recorder(&recorder, || {
            request(None, "mistaken");
            request(Some("lag"), "looked");
        });
        let shown = recorder.handle().render();
        assert!(shown.contains("signalbox_requests_total{command=\"unknown\",outcome=\"mistaken\"} 1"), "{shown}");
        assert!(shown.contains("signalbox_requests_total{command=\"lag\",outcome=\"looked\"} 1"), "{shown}");
    }
}
