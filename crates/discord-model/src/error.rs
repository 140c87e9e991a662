//! Discord's refusals: HTTP status, JSON code, message, and where in a form.
//!
//! Codes from Discord's documentation, topics/opcodes-and-status-codes.

use serde_json::{Value, json};

/// A refusal.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ApiError {
    pub(crate) status: u16,
    pub(crate) code: u32,
    pub(crate) message: &'static str,
    /// For 50035: path and complaint of each fault.
    pub(crate) faults: Vec<FormFault>,
}

/// One fault in a form.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FormFault {
    /// Where, as a JSON pointer.
    pub(crate) at: String,
    pub(crate) code: String,
    pub(crate) message: String,
}

impl FormFault {
    pub(crate) fn new(at: impl Into<String>, code: &str, message: impl Into<String>) -> Self {
        Self { at: at.into(), code: code.to_owned(), message: message.into() }
    }

    /// A text that is too long.
    pub(crate) fn too_long(at: impl Into<String>, limit: usize) -> Self {
        Self::new(at, "BASE_TYPE_MAX_LENGTH", format!("Must be {limit} or fewer in length."))
    }

    /// Words for a report.
    pub(crate) fn words(&self) -> String {
        let at = if self.at.is_empty() { "/" } else { &self.at };
        format!("at {at}: {}", self.message)
    }
}

const fn refusal(status: u16, code: u32, message: &'static str) -> ApiError {
    ApiError { status, code, message, faults: Vec::new() }
}

pub(crate) const UNAUTHORIZED: ApiError = refusal(401, 0, "401: Unauthorized");
pub(crate) const NOT_FOUND: ApiError = refusal(404, 0, "404: Not Found");
pub(crate) const TOO_LARGE: ApiError = refusal(413, 40005, "Request entity too large");
pub(crate) const BAD_JSON: ApiError = refusal(400, 50109, "The request body contains invalid JSON.");
pub(crate) const UNKNOWN_APPLICATION: ApiError = refusal(404, 10002, "Unknown Application");
pub(crate) const UNKNOWN_CHANNEL: ApiError = refusal(404, 10003, "Unknown Channel");
pub(crate) const UNKNOWN_GUILD: ApiError = refusal(404, 10004, "Unknown Guild");
pub(crate) const UNKNOWN_MEMBER: ApiError = refusal(404, 10007, "Unknown Member");
pub(crate) const UNKNOWN_MESSAGE: ApiError = refusal(404, 10008, "Unknown Message");
pub(crate) const UNKNOWN_USER: ApiError = refusal(404, 10013, "Unknown User");
pub(crate) const UNKNOWN_EMOJI: ApiError = refusal(400, 10014, "Unknown Emoji");
pub(crate) const UNKNOWN_WEBHOOK: ApiError = refusal(404, 10015, "Unknown Webhook");
pub(crate) const UNKNOWN_INTERACTION: ApiError = refusal(404, 10062, "Unknown interaction");
pub(crate) const TOO_MANY_REACTIONS: ApiError = refusal(400, 30010, "Maximum number of reactions reached (20)");
pub(crate) const TOO_MANY_CREATIONS: ApiError =
    refusal(400, 30034, "Max number of daily application command creates has been reached (200)");
pub(crate) const OLD_MESSAGE_EDITS: ApiError =
    refusal(429, 30046, "Maximum number of edits to messages older than 1 hour reached. Try again later.");
pub(crate) const ALREADY_ACKNOWLEDGED: ApiError = refusal(400, 40060, "Interaction has already been acknowledged.");
pub(crate) const MISSING_ACCESS: ApiError = refusal(403, 50001, "Missing Access");
pub(crate) const NOT_THE_AUTHOR: ApiError = refusal(403, 50005, "Cannot edit a message authored by another user");
pub(crate) const EMPTY_MESSAGE: ApiError = refusal(400, 50006, "Cannot send an empty message");
pub(crate) const CLOSED_DMS: ApiError = refusal(403, 50007, "Cannot send messages to this user");
pub(crate) const NO_MESSAGES_HERE: ApiError = refusal(400, 50008, "Cannot send messages in a non-text channel");
pub(crate) const MISSING_PERMISSIONS: ApiError = refusal(403, 50013, "Missing Permissions");
pub(crate) const WRONG_CHANNEL: ApiError = refusal(400, 50024, "Cannot execute action on this channel type");
pub(crate) const BAD_WEBHOOK_TOKEN: ApiError = refusal(401, 50027, "Invalid Webhook Token");
pub(crate) const THREAD_ARCHIVED: ApiError = refusal(400, 50083, "Thread is archived");
pub(crate) const HAS_THREAD: ApiError = refusal(400, 160_004, "A thread has already been created for this message");
pub(crate) const THREAD_LOCKED: ApiError = refusal(400, 160_005, "Thread is locked");
pub(crate) const TOO_MANY_THREADS: ApiError = refusal(400, 160_006, "Maximum number of active threads reached");

/// A form that breaks the rules (50035).
pub(crate) fn invalid_form(faults: Vec<FormFault>) -> ApiError {
    ApiError { faults, ..refusal(400, 50035, "Invalid Form Body") }
}

impl ApiError {
    /// The body as Discord writes it: faults as a tree with `_errors` at its leaves.
    pub(crate) fn body(&self) -> Value {
        let mut body = json!({"message": self.message, "code": self.code});
        if self.faults.is_empty() {
            return body;
        }
        let mut tree = json!({});
        for fault in &self.faults {
            let leaf = fault.at.split('/').filter(|s| !s.is_empty()).fold(&mut tree, |node, part| &mut node[part]);
            let entry = json!({"code": fault.code, "message": fault.message});
            match leaf["_errors"].as_array_mut() {
                Some(list) => list.push(entry),
                None => leaf["_errors"] = json!([entry]),
            }
        }
        body["errors"] = tree;
        body
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_become_a_tree() {
        let faults = vec![
            FormFault::too_long("/embeds/0/title", 256),
            FormFault::new("/embeds/0/title", "X", "y"),
            FormFault::too_long("/content", 2_000),
        ];
        let body = invalid_form(faults).body();
        assert_eq!(body["code"], 50035);
        assert_eq!(body["errors"]["embeds"]["0"]["title"]["_errors"].as_array().map(Vec::len), Some(2));
        assert_eq!(body["errors"]["content"]["_errors"][0]["code"], "BASE_TYPE_MAX_LENGTH");
    }
}
