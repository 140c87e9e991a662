//! Every id that planning, waiting and judging speak in, so that the sentences about them can be walked.

/// Findings ([`crate::plan::Check`]).
pub const CHECKS: &[&str] = &[
    "broker-not-registered",
    "cannot-call-off",
    "cannot-verify",
    "cleanup-changes",
    "clients-connected",
    "clients-go-on",
    "closed-queues-left",
    "closed-queues-unread",
    "cluster-changed",
    "cluster-reachable",
    "commits-move-without-members",
    "compacted-topic",
    "controllers-not-given",
    "controllers-not-reached",
    "controllers-of-another-cluster",
    "disk-filling",
    "disk-not-told",
    "disk-too-small",
    "given-up-group-online",
    "group-broadcasts",
    "group-exists",
    "group-given-up",
    "group-has-clients",
    "group-inactive",
    "group-is-new",
    "group-kind-not-supported",
    "group-must-stop",
    "group-was-used",
    "group-will-stop",
    "groups-at-work",
    "groups-broadcast",
    "groups-make-themselves",
    "groups-not-at-master",
    "held-by-other",
    "irreversible",
    "keys-move",
    "keys-said-unused",
    "known-external-offsets",
    "left-over-throttle",
    "log-dir-too-small",
    "master-takes-no-writes",
    "min-isr-above-replicas",
    "missing-right",
    "moves-called-off",
    "name-collides",
    "name-server-silent",
    "name-servers-silent",
    "no-commit-to-shift",
    "no-offset-before",
    "no-replica-to-spare",
    "not-an-ordinary-topic",
    "not-held",
    "ordered-topic",
    "owed-adopted",
    "partition-empty",
    "partition-offline",
    "partition-without-commit",
    "plan-too-large",
    "queues-moved-on",
    "racks-on-some",
    "racks-too-few",
    "readers-cut-off",
    "reassignment-under-way",
    "records-expire",
    "replicas-moved-on",
    "rights-not-told",
    "rights-sufficient",
    "routes-agree",
    "routes-differ",
    "saved-offset-left-the-log",
    "settings-moved-on",
    "several-log-dirs",
    "shrink-not-possible",
    "single-replica",
    "system-name",
    "system-topic",
    "target-clamped",
    "targets-in-log",
    "targets-not-alive",
    "throttle-above-first",
    "throttle-below-inflow",
    "throttle-raised",
    "time-after-last-record",
    "time-before-log-start",
    "time-nearest-message",
    "too-few-brokers",
    "too-many-moves",
    "too-many-new-partitions",
    "too-many-partitions",
    "topic-exists",
    "topic-gone",
    "topic-not-as-made",
    "topic-not-empty",
    "topic-recreated",
    "topic-written-lately",
    "topics-left-out",
    "under-min-isr",
    "under-replicated",
    "unread-records-expire",
    "unread-records-go",
    "values-as-left",
    "values-moved-on",
    "writers-cut-off",
    "writes-past-reads",
];

/// A person's mistakes that planners tell ([`crate::plan::Mistake`]); those of typing are the command parser's.
pub const MISTAKES: &[&str] = &[
    "already-as-before",
    "brokers-have-their-share",
    "group-is-not-new",
    "group-without-commits",
    "has-so-many-partitions",
    "missing-option",
    "no-commit-to-shift",
    "no-placement",
    "no-throttle-to-turn",
    "not-a-queue-count",
    "not-fewer-partitions",
    "not-for-kind",
    "not-more-partitions",
    "nothing-comes-in",
    "nothing-to-do",
    "nothing-to-take-back",
    "option-not-for-kind",
    "queues-are-fewer",
    "queues-are-more",
    "queues-as-wanted",
    "queues-only-read",
    "setting-not-allowed",
    "setting-value",
    "settings-as-wanted",
    "throttle-out-of-bounds",
    "unknown-group",
    "unknown-partition",
    "unknown-topic",
];

/// Expectations that do not hold ([`crate::plan::Held::Broken`]).
pub const BROKEN: &[&str] = &[
    "another-master",
    "assignment-changed",
    "broker-dead",
    "clients-connected",
    "cluster-changed",
    "disk-too-full",
    "group-changed",
    "group-exists",
    "group-has-members",
    "group-has-no-clients",
    "log-dir-too-full",
    "move-has-ended",
    "offset-left-the-log",
    "offsets-changed",
    "partition-is-moving",
    "queues-changed",
    "rack-changed",
    "reassignment-under-way",
    "setting-changed",
    "topic-exists",
    "topic-gone",
    "topic-partitions-changed",
    "topic-queues-changed",
    "topic-recreated",
    "topic-settings-changed",
    "topic-written",
];

/// What a wait finds ([`crate::plan::Looked`]).
pub const WAITS: &[&str] = &[
    "cannot-look",
    "closed-queues-half-open",
    "closed-queues-not-read",
    "closed-queues-written",
    "closed-watched",
    "looking-once-more",
    "master-silent",
    "members-remain",
    "move-stalled",
    "moving",
    "next-not-in-sync",
    "next-offline",
    "next-without-room",
    "offset-elsewhere",
    "offsets-hold-so-far",
    "queues-close-again",
    "queues-drained-watched",
    "queues-not-still",
    "queues-unread",
    "queues-unread-filling",
    "queues-watched",
    "replicas-behind",
    "retention-not-told",
    "routes-lag",
    "seeds-lost",
    "seeds-watched",
    "topic-gone-watched",
    "watching-a-little-longer",
];

/// What ends a wait other than its condition ([`crate::plan::Looked`]).
pub const ENDS: &[&str] = &[
    "another-master",
    "move-overridden",
    "moved-since",
    "offset-came-back",
    "queues-changed",
    "route-left",
    "topic-gone",
    "topic-recreated",
    "topic-settings-changed",
    "under-min-isr",
];

/// The worst a plan can do ([`crate::plan::Impact::worst_case`]).
pub const WORST_CASES: &[&str] = &[
    "create-not-needed",
    "create-taken-back",
    "delete-loses-records",
    "expand-moves-keys",
    "group-forgets",
    "group-made-again",
    "group-not-needed",
    "group-taken-back",
    "moves-slow-writes",
    "perm-wrong",
    "queues-as-before",
    "queues-closed",
    "queues-opened",
    "reset-neither",
    "reset-replays",
    "reset-replays-and-skips",
    "reset-skips",
    "rollback-returns-to-saved",
    "settings-lose-records",
    "settings-wrong",
];

/// What the application has to do ([`crate::plan::Impact::needs_from_application`]).
pub const NEEDS: &[&str] = &["stop-consumers"];

#[cfg(test)]
mod tests {
    use super::*;
    use regex::Regex;
    use std::collections::BTreeSet;
    use std::path::Path;

    /// The planners' and plans' own sources without their tests.
    fn sources() -> String {
        let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut folders = vec![src.join("changes"), src.join("plan")];
        let mut text = String::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                if path.is_dir() && name != "tests" {
                    folders.push(path);
                } else if name.ends_with(".rs")
                    && !name.ends_with("tests.rs")
                    && name != "ids.rs"
                    && name != "guards.rs"
                {
                    let source = std::fs::read_to_string(&path).unwrap();
                    text.push_str(source.split("#[cfg(test)]\nmod tests {").next().unwrap());
                    for (name, id) in [
                        ("id: CANNOT_LOOK", format!("id: {:?}", crate::plan::CANNOT_LOOK)),
                        ("id: LEFT_THE_LOG", format!("id: {:?}", crate::plan::LEFT_THE_LOG)),
                        ("Level::Block, HELD", format!("Level::Block, {:?}", crate::changes::HELD)),
                    ] {
                        text = text.replace(name, &id);
                    }
                }
            }
        }
        text
    }

    fn found(patterns: &[&str]) -> BTreeSet<String> {
        let text = sources();
        let all = patterns.iter().flat_map(|pattern| {
            let regex = Regex::new(pattern).unwrap();
            let ids: Vec<String> = regex
                .captures_iter(&text)
                .flat_map(|found| found.iter().skip(1).flatten().map(|id| id.as_str().to_owned()).collect::<Vec<_>>())
                .collect();
            ids
        });
        all.collect()
    }

    fn listed(ids: &[&str]) -> BTreeSet<String> {
        assert!(ids.is_sorted(), "{ids:?}");
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    const ID: &str = r#""([a-z]+(?:-[a-z]+)*)""#;

    #[test]
    fn planners_use_the_listed_checks_and_no_others() {
        let used = found(&[
            &format!(r"Check::new\(\s*(?:Level::\w+|level),\s*{ID}"),
            &format!(r"Check::pass\({ID}"),
            &format!(r"warn_where\(\s*{ID}"),
        ]);
        assert_eq!(used, listed(CHECKS));
    }

    #[test]
    fn planners_use_the_listed_mistakes_and_no_others() {
        let used =
            found(&[&format!(r"Mistake::new\(\s*{ID}"), &format!(r"let id = if .* \{{ {ID} \}} else \{{ {ID} \}}")]);
        assert_eq!(used, listed(MISTAKES));
    }

    #[test]
    fn judging_uses_the_listed_ids_and_no_others() {
        assert_eq!(found(&[&format!(r"Broken \{{\s*id: {ID}")]), listed(BROKEN));
        assert_eq!(found(&[&format!(r"NotYet \{{\s*id: {ID}")]), listed(WAITS));
        assert_eq!(found(&[&format!(r"(?:Unsafe|Foreign|Impossible) \{{\s*id: {ID}")]), listed(ENDS));
    }

    #[test]
    fn impacts_use_the_listed_keys_and_no_others() {
        let used = found(&[&format!(r"\((?:true|false), (?:true|false)\) => {ID}"), &format!(r"worst_case: {ID}")]);
        assert_eq!(used, listed(WORST_CASES));
        assert_eq!(found(&[&format!(r"needs_from_application\.push\({ID}")]), listed(NEEDS));
    }
}
