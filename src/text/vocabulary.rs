//! The ids we have sentences for. Planner, engine and desk speak in ids; an id that is not here is shown as it is, with its
//! facts, so that old data still reads. A test walks this list in every language.

/// Checks, each also as passed and, where it can block, with a next step.
pub const CHECKS: &[&str] = &[
    "cluster-reachable",
    "cannot-verify",
    "group-exists",
    "group-inactive",
    "group-will-stop",
    "topic-exists",
    "partitions-exist",
    "offsets-known",
    "target-clamped",
    "time-after-last-record",
    "no-commit-to-shift",
    "empty-partitions",
    "known-external-offsets",
    "group-without-commits",
    "missing-right",
    "held-by-other",
    "replays-messages",
    "skips-messages",
    "late-expiry",
    "cluster-observed-only",
];

/// Checks that can block: they have a next step (`.next`).
pub const BLOCKING: &[&str] = &[
    "cluster-reachable",
    "cannot-verify",
    "group-exists",
    "group-inactive",
    "topic-exists",
    "partitions-exist",
    "offsets-known",
    "missing-right",
    "held-by-other",
    "cluster-observed-only",
];

/// Expectations that do not hold ([`interlock::plan::Held::Broken`]).
pub const BROKEN: &[&str] = &[
    "cluster-changed",
    "topic-gone",
    "topic-recreated",
    "topic-partitions-changed",
    "group-has-members",
    "offsets-changed",
    "offset-left-the-log",
];

/// What a wait finds ([`interlock::plan::Looked`]).
pub const WAITS: &[&str] = &["members-remain", "cannot-look", "watching-a-little-longer", "wait-ran-out"];

/// Reasons for a state, besides broken expectations, waits and checks.
pub const REASONS: &[&str] = &[
    "vetoed",
    "cancelled",
    "expired",
    "stale",
    "queued-behind",
    "cannot-verify-votes",
    "votes-withdrawn",
    "policy-stricter",
    "stopped-by",
    "paused-by",
    "resumed-by",
    "paused-by-guard",
    "paused-cannot-verify",
    "foreign-change",
    "cluster-refused",
    "outcome-unknown",
    "out-of-bounds",
    "cannot-tell",
    "too-many-replans",
    "unlocked",
    "plan-unreadable",
    "nothing-to-do",
];

/// Why a cluster did not answer ([`interlock::cluster::FailureKind`]), and a look that was never made.
pub const FAILURES: &[&str] =
    &["unreachable", "timed-out", "denied", "not-authenticated", "unsupported", "garbage", "refused", "not-asked"];

/// A person's mistakes.
pub const MISTAKES: &[&str] = &[
    "unknown-command",
    "unknown-option",
    "missing-option",
    "not-built-yet",
    "bad-value",
    "time-in-future",
    "time-ambiguous",
    "time-never",
    "unknown-format",
    "unknown-cluster",
    "unknown-topic",
    "unknown-group",
    "unknown-operation",
    "too-long",
    "nothing-to-do",
];

/// Why somebody may not.
pub const DENIED: &[&str] = &["no-role", "not-here", "direct-message", "foreign-guild", "not-yours", "bot"];

/// What a control did.
pub const CONTROLLED: &[&str] = &[
    "vote-counted",
    "vote-withdrawn",
    "vote-not-counted",
    "vetoed",
    "cancelled",
    "stop-asked",
    "pause-asked",
    "resumed",
    "rollback-posted",
    "unlock-first",
    "unlocked",
];

/// What failed, beside `cluster-…` of each of [`FAILURES`].
pub const FAILED: &[&str] = &["store-unavailable"];

/// What the worst case of a plan is.
pub const WORST: &[&str] =
    &["replays-messages", "skips-messages", "replays-and-skips", "reads-from-elsewhere", "nothing"];

/// What an application has to do.
pub const APPLICATION: &[&str] = &["stop-the-group", "start-the-group", "handle-repeats"];

/// Commands that have words of their own on a card.
pub const COMMANDS: &[&str] = &["reset-offset", "rollback"];

/// Steps, by the key of their action or kind.
pub const STEPS: &[&str] = &["kafka-commit-offsets", "kafka-delete-offsets", "wait", "capture", "rule"];

/// What notices tell, besides reasons, waits and states.
pub const NOTICES: &[&str] = &["started", "step-done", "queued-behind", "re-planned", "rollback-posted"];

/// Why an audit log does not fit.
pub const AUDIT: &[&str] = &["altered", "gap", "cut-off", "head-differs"];
