//! The ids we have sentences for. Planner, engine and desk speak in ids; an id that is not here is shown as it is, with its
//! facts, so that old data still reads. A test walks this list in every language.

/// Checks that find something.
pub const CHECKS: &[&str] = &[
    "cluster-changed",
    "commits-move-without-members",
    "group-kind-not-supported",
    "saved-offset-left-the-log",
    "cannot-verify",
    "group-inactive",
    "group-will-stop",
    "group-is-new",
    "known-external-offsets",
    "missing-right",
    "rights-not-told",
    "too-many-partitions",
    "target-clamped",
    "time-after-last-record",
    "time-before-log-start",
    "no-commit-to-shift",
    "partition-empty",
    "partition-without-commit",
    "partition-offline",
    "held-by-other",
    "irreversible",
    "values-moved-on",
    "topic-gone",
    "topic-recreated",
    "controllers-not-given",
    "controllers-not-reached",
    "controllers-of-another-cluster",
    "disk-not-told",
    "disk-too-small",
    "left-over-throttle",
    "no-replica-to-spare",
    "owed-adopted",
    "owners-unreachable",
    "racks-on-some",
    "reassignment-under-way",
    "replicas-moved-on",
    "several-log-dirs",
    "targets-not-alive",
    "throttle-below-inflow",
    "too-many-moves",
    "under-min-isr",
    "under-replicated",
    "name-servers-silent",
    "system-name",
    "group-broadcasts",
    "clients-go-on",
    "group-must-stop",
    "closed-queues-left",
    "no-offset-before",
];

/// Sentences with words of their own for plans that move replicas.
pub const OF_MOVES: &[&str] = &[
    "result-succeeded-moves",
    "result-stopped-moves",
    "ended-not-checked-moves",
    "ended-stuck-moves",
    "ended-abandoned-moves",
    "notice-step-done-kafka-set-configs",
    "notice-step-done-kafka-reassign",
    "notice-step-done-kafka-elect-preferred",
    "notice-step-under-way-kafka-reassign",
];

/// Checks that can pass (`.passed`).
pub const PASSING: &[&str] = &[
    "cluster-reachable",
    "group-inactive",
    "rights-sufficient",
    "targets-in-log",
    "not-held",
    "values-as-left",
    "controllers-not-reached",
    "disk-too-small",
    "racks-on-some",
    "reassignment-under-way",
    "targets-not-alive",
    "throttle-below-inflow",
];

/// Checks that can block: they have a next step (`.next`).
pub const BLOCKING: &[&str] = &[
    "cluster-changed",
    "group-kind-not-supported",
    "cannot-verify",
    "group-inactive",
    "missing-right",
    "too-many-partitions",
    "partition-offline",
    "held-by-other",
    "irreversible",
    "topic-gone",
    "topic-recreated",
    "disk-too-small",
    "racks-on-some",
    "reassignment-under-way",
    "targets-not-alive",
    "throttle-below-inflow",
    "too-many-moves",
    "under-min-isr",
    "system-name",
    "group-broadcasts",
    "group-must-stop",
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
    "assignment-changed",
    "broker-dead",
    "disk-too-full",
    "owed-meanwhile",
    "partition-is-moving",
    "rack-changed",
    "reassignment-under-way",
    "setting-changed",
    "topic-queues-changed",
    "group-has-no-clients",
];

/// What a wait finds ([`interlock::plan::Looked`]).
pub const WAITS: &[&str] = &[
    "members-remain",
    "cannot-look",
    "watching-a-little-longer",
    "wait-ran-out",
    "wait-ended-unseen",
    "moving",
    "move-stalled",
    "move-overridden",
    "under-min-isr",
    "cannot-turn-round",
    "offset-elsewhere",
    "offsets-hold-so-far",
    "offset-came-back",
];

/// Reasons for a state, besides broken expectations, waits and checks.
pub const REASONS: &[&str] = &[
    "start-not-recorded",
    "abandoned",
    "cancelled",
    "card-altered",
    "card-gone",
    "chat-unreachable",
    "cluster-not-configured",
    "cluster-only-observed",
    "command-gone",
    "foreign-value",
    "group-gone",
    "group-subscribed",
    "out-of-bounds",
    "owners-not-told",
    "pause-asked",
    "place-not-allowed",
    "plan-unreadable",
    "policy-stricter",
    "replanned-too-often",
    "requester-not-a-member",
    "requester-without-right",
    "resumed",
    "stale",
    "stop-asked",
    "tried-too-often",
    "vetoed",
    "vote-withdrawn",
    "voter-cannot-be-verified",
];

/// Why a cluster did not answer ([`interlock::cluster::FailureKind`]), and a look that was never made.
pub const FAILURES: &[&str] = &[
    "unreachable",
    "timed-out",
    "denied",
    "not-authenticated",
    "unsupported",
    "garbage",
    "refused",
    "broker-dead",
    "not-asked",
    "too-many-rounds",
];

/// A person's mistakes.
pub const MISTAKES: &[&str] = &[
    "already-as-before",
    "another-plan",
    "bare-number",
    "brokers-have-their-share",
    "changed-meanwhile",
    "command-not-built-yet",
    "digest-not-whole",
    "duration-too-long",
    "duration-too-short",
    "empty",
    "empty-line",
    "group-is-not-new",
    "group-without-commits",
    "line-too-long",
    "missing-option",
    "no-commit-to-shift",
    "no-placement",
    "no-slash",
    "no-such-date",
    "no-vote-to-withdraw",
    "not-a-broker",
    "not-a-choice",
    "not-a-digest",
    "not-a-duration",
    "not-a-flag",
    "not-a-group-name",
    "not-a-rate",
    "not-a-shift",
    "not-a-time",
    "not-a-topic-name",
    "not-an-offset",
    "not-an-operation",
    "not-brokers",
    "not-built-yet",
    "not-for-kind",
    "not-for-verify",
    "not-partitions",
    "not-possible-now",
    "not-topics",
    "not-told-by-kind",
    "nothing-to-do",
    "nothing-to-resume",
    "nothing-to-take-back",
    "one-of-these",
    "open-quote",
    "option-needs-option",
    "partition-twice",
    "rate-in-decimal",
    "rate-of-zero",
    "repeated-option",
    "text-has-control-characters",
    "text-too-long",
    "time-does-not-exist",
    "time-exists-twice",
    "time-in-future",
    "time-too-early",
    "too-many-partitions",
    "unknown-broker",
    "unknown-cluster",
    "unknown-command",
    "unknown-escape",
    "unknown-group",
    "unknown-handle",
    "unknown-operation",
    "unknown-option",
    "unknown-partition",
    "unknown-topic",
    "unknown-zone",
    "unreadable",
    "voting-closed",
    "word-without-option",
    "no-throttle-to-turn",
    "throttle-out-of-bounds",
    "option-not-for-kind",
];

/// Why somebody may not.
pub const DENIED: &[&str] = &[
    "no-role",
    "not-here",
    "direct-message",
    "foreign-guild",
    "not-yours",
    "bot",
    "beyond-sight",
    "cannot-verify",
    "not-a-member",
    "another-person",
    "unknown-button",
    "unreadable",
];

/// What a control did.
pub const CONTROLLED: &[&str] = &[
    "vote-counted",
    "vote-stored",
    "vote-withdrawn",
    "vote-not-counted",
    "vetoed",
    "cancelled",
    "stop-asked",
    "pause-asked",
    "resumed",
    "rollback-posted",
    "throttle-asked",
    "unlock-first",
    "unlocked",
    "unlocked-owes",
    "owed-first",
    "owed-given-up",
];

/// What failed, beside `cluster-…` of each of [`FAILURES`].
pub const FAILED: &[&str] = &["store-unavailable", "store-damaged", "chat-unreachable"];

/// What the worst case of a plan is.
pub const WORST: &[&str] = &[
    "reset-replays",
    "reset-skips",
    "reset-replays-and-skips",
    "reset-neither",
    "rollback-returns-to-saved",
    "moves-slow-writes",
];

/// What an application has to do.
pub const APPLICATION: &[&str] = &["stop-consumers"];

/// Commands that have words of their own on a card.
pub const COMMANDS: &[&str] = &["reset-offset", "rollback", "scale-out", "rollback-moves"];

/// Steps, by the key of their action or kind.
pub const STEPS: &[&str] = &[
    "kafka-commit-offsets",
    "kafka-delete-offsets",
    "kafka-reassign",
    "kafka-call-off",
    "kafka-set-configs",
    "kafka-take-from-lists",
    "kafka-elect-preferred",
    "wait",
    "capture",
    "rule",
    "rocketmq-set-offsets",
    "rocketmq-tell-clients",
];

/// What notices tell, besides reasons, waits and states.
pub const NOTICES: &[&str] = &[
    "abandoned-owes",
    "answer-lost",
    "approved",
    "expired",
    "expiry-moved",
    "queued-behind",
    "left-to-others",
    "owed-adopted",
    "owed-given-up",
    "owed-overdue",
    "owed-put-back",
    "owners-not-told-goes-on",
    "refused-anew",
    "started",
    "step-done",
    "step-under-way",
    "still-owed",
    "throttle-as-planned",
    "throttle-changed",
    "throttle-slower",
    "turned-round",
    "still-cannot-look",
    "undelivered",
    "undelivered-card",
    "wait-began",
    "wait-over",
    "throttle-asked",
    "throttle-turned",
];

/// What operations leave and still have to put back.
pub const OBLIGATIONS: &[&str] = &["broker-throttle"];

/// Why an audit log does not fit.
pub const AUDIT: &[&str] =
    &["changed", "columns", "foreign", "head", "missing", "moved", "rewritten", "truncated", "unlinked", "unreadable"];

/// Kinds of things that are held or that rights are on.
pub const THINGS: &[&str] = &["whole", "broker", "topic", "group", "cluster"];

/// Parts of a cluster that planners look at ([`interlock::changes::Part`]).
pub const PARTS: &[&str] = &[
    "cluster",
    "group",
    "committed-offsets",
    "topic",
    "log-ranges",
    "offsets-at-time",
    "layout",
    "log-dirs",
    "reassignments",
    "replication",
    "rates",
];

/// What is wrong with a name.
pub const PROBLEMS: &[&str] = &["empty", "too-long", "character"];

/// Why a group on RocketMQ must stop first.
pub const BECAUSES: &[&str] = &["target", "partitions", "no-offset", "closed-queues", "back"];

/// What reports of looks find.
pub const LOOKS: &[&str] = interlock::looks::PHRASES;

/// The heads of the columns of reports.
pub const COLUMNS: &[&str] = interlock::looks::HEADS;

/// The words in cells of reports.
pub const CELLS: &[&str] = interlock::looks::WORDS;

/// What reports measure the evenness of.
pub const MEASURES: &[&str] = &["written", "queues", "leaders", "replicas", "bytes"];

/// What topics of RocketMQ are for.
pub const TOPIC_KINDS: &[&str] = &["ordinary", "retry", "dead-letters", "system"];
