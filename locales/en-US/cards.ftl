# The card of a plan.

card-owed = Still to be put back: the throttle of { $things }. /health shows it until it is
card-headline = { $state }: { $what }
what-reset-offset = reset { $groups } in { $topics } to { $to } ({ $cluster })
what-rollback = take back { $operation }: { $groups } in { $topics } ({ $cluster })
what-rollback-moves = take back { $operation }: replicas of { $topics } ({ $cluster })
what-scale-out = scale out { $cluster }, broker { $brokers }: { $topics }
what-other = { $command } ({ $cluster })

size-partitions = { $count ->
    [one] { $count } partition
   *[other] { $count } partitions
}

card-worst = If this goes wrong: { $worst }; back in about { $duration }
card-worst-moves = If this goes wrong: { $worst }; /stop ends that at the batch under way; all of it is back in about { $duration }
card-worst-no-way-back = If this goes wrong: { $worst }; there is no way back
worst-reset-replays = { $groups } handles up to { $replayed ->
    [one] { $replayed } record
   *[other] { $replayed } records
} a second time
worst-reset-skips = { $groups } never handles { $skipped ->
    [one] { $skipped } record
   *[other] { $skipped } records
}
worst-reset-replays-and-skips = { $groups } handles up to { $replayed ->
    [one] { $replayed } record
   *[other] { $replayed } records
} a second time and never handles { $skipped }
worst-reset-neither = { $groups } goes on from the wrong place
worst-rollback-returns-to-saved = { $groups } goes on from the offsets of before, which may be the wrong ones by now
worst-moves-slow-writes = brokers are busier and writes slower

card-needs = Needs { $wanted } ({ $filled } so far): { $who }
card-needs-more = Needs { $wanted } ({ $filled } so far): { $who }. That is more than when it was planned: the settings became stricter
card-needs-confirmation = Needs no votes, only { $who }
card-needs-nobody = Needs no votes; whoever asked confirms it
seat-approvers = { $count ->
    [one] { $count } approver
   *[other] { $count } approvers
}
seat-owner = an owner of { $of }
card-frozen = Does not start before this is over: { $freeze }
card-frozen-too-long = Cannot start in time, for its own time is over before this: { $freeze }
card-glass-waits = Glass broken; it starts when operation { $operation } has ended, which works on the same and pauses for it: somebody stops that one or lets it go on
card-queued = Approved; it starts as soon as it can, and the thread says what it waits for
card-ids = op { $operation } · plan { $digest }
card-ids-ends = op { $operation } · plan { $digest } · ends { $ends }
card-progress = Step { $step } of { $steps }: { $what }
card-progress-batch = Batch { $batch } of { $batches }: { $count ->
    [one] { $count } partition
   *[other] { $count } partitions
} on the move
card-progress-of = { $progress } ({ $done } of { $total } done)

step-kafka-commit-offsets = set the offsets
step-kafka-delete-offsets = remove the offsets
step-kafka-call-off = call moves off
step-kafka-elect-preferred = hand leadership to the preferred leaders
step-kafka-reassign = move replicas
step-kafka-set-configs = change settings
step-kafka-take-from-lists = take our entries from lists
step-rocketmq-set-offsets = set the offsets
step-rocketmq-tell-clients = tell the clients where to read on
step-wait = wait until the group has stopped
step-capture = save the offsets from before
step-rule = set the offsets as approved

result-succeeded = { $count ->
    [one] Done and read back: { $count } partition stands where the plan says
   *[other] Done and read back: { $count } partitions stand where the plan says
}
result-succeeded-moves = { $count ->
    [one] Done and read back: { $count } partition stands where the plan says, all replicas in sync
   *[other] Done and read back: { $count } partitions stand where the plan says, all replicas in sync
}
result-stopped-moves = Stopped: batches that had arrived stay; the one under way was turned round, but for what could not be and went on to its end. Who leads is as it came: no preferred leader was elected
result-stopped = Stopped at a safe point; what was done until then stays
result-failed = It could not go on; of the step it was at nothing was changed, what was done before stays
result-failed-partly = It could not go on in the middle of a step: a part of that step was changed; by-hand.md and /rollback have all of it
result-failed-moves = It could not go on: batches that had arrived stay; by-hand.md has what the one under way may have changed
result-stuck = The cluster shows neither what was before nor what was planned; a person must decide
unchanged-stopped = Stopped before anything was changed
result-rejected = Vetoed by { $vetoed-by }; nothing was changed
result-expired = Not approved in time; nothing was changed
result-cancelled = Taken back by whoever asked; nothing was changed
result-refused = Checked again, and it cannot go on; nothing was changed
result-abandoned = Given up by two people; the cluster stays as it is now

card-asked-by = Asked by { $who }
moves-replayed = { $count ->
    [one] { $count } record is read again.
   *[other] { $count } records are read again.
}
moves-skipped = { $count ->
    [one] { $count } record is skipped.
   *[other] { $count } records are skipped.
}
moves-first = { $count ->
    [one] { $count } partition has no offset yet.
   *[other] { $count } partitions have no offset yet.
}
moves-replicas = Copies { $moves ->
    [one] { $moves } replica
   *[other] { $moves } replicas
}, { $bytes }, in { $batches ->
    [one] { $batches } batch
   *[other] { $batches } batches
} at up to { $throttle }/s a broker; up to { $inflow }/s come in meanwhile.
moves-replicas-bound = Copies { $moves ->
    [one] { $moves } replica
   *[other] { $moves } replicas
} ({ $bound } is proven to be the least), { $bytes }, in { $batches ->
    [one] { $batches } batch
   *[other] { $batches } batches
} at up to { $throttle }/s a broker; up to { $inflow }/s come in meanwhile.
moves-replicas-fewest = Copies { $moves ->
    [one] { $moves } replica
   *[other] { $moves } replicas
} (proven: no plan needs fewer), { $bytes }, in { $batches ->
    [one] { $batches } batch
   *[other] { $batches } batches
} at up to { $throttle }/s a broker; up to { $inflow }/s come in meanwhile.
moves-throttle-range = /throttle may turn that up to { $fastest }/s without a new vote.
moves-no-canary = No canary writes and reads beside it.
moves-meanwhile = Until it is done brokers { $brokers } hold more than before and after.
moves-clamped = { $count ->
    [one] { $count } target (*) lies outside of the log and was moved to its edge.
   *[other] { $count } targets (*) lie outside of the log and were moved to its edge.
}
moves-taken-anew = These numbers are of now; the same rule takes them anew once the group has stopped.
picture-alt = Data and leaders of each broker, before → after.
picture-broker = { " " }Broker { $broker }: { $data }, { $leaders } leaders.
picture-more = { " " }And { $more } more in plan.txt.
card-checks = Checks: { $passed } passed, { $warnings ->
    [one] { $warnings } warning
   *[other] { $warnings } warnings
}
card-warning = Warning: { $finding }
card-consent = Needs an owner’s consent: { $finding }
card-more-findings = + { $more } more in plan.txt
card-affected = Affected: { $groups }; { $clients-count ->
    [one] { $clients-count } client
   *[other] { $clients-count } clients
}: { $clients }
card-affected-topics = Affected: whoever writes or reads { $topics }
card-affected-readers = Affected: { $groups ->
    [one] { $groups } group
   *[other] { $groups } groups
}, { $members ->
    [one] { $members } member
   *[other] { $members } members
}; whoever writes { $topics }
card-affected-no-clients = Affected: { $groups }; no client connected
card-owners = owners to be told before it begins: { $owners }
card-owners-told = owners told: { $told } of { $owners }
card-needs-from-application = Needs from the application: { $needs }
application-stop-consumers = stop the group’s consumers, and start them again afterwards
card-way-back = Way back: the offsets from before are kept and can be put back in about { $duration }
card-way-back-moves = Way back: stop at any batch; the reverse plan is stored, { $bytes } in about { $duration }
card-no-way-back = Way back: none

votes-none = Votes: none yet
votes-unconfirmed = Not confirmed yet
votes-none-needed = No votes needed
votes-at-start = Votes at the start: { $filled } of { $wanted }: { $who }
votes-counted = Votes: { $filled } of { $wanted }: { $who }
votes-vetoed = vetoed by { $who }
votes-skipped = missing votes skipped by { $who }, who broke the glass
votes-uncounted = not counted: { $who }
votes-uncounted-one = { $who } ({ $why })
votes-cannot-verify = somebody’s roles cannot be looked up now; it waits
votes-how = ✅ approve · ❌ veto (final)
votes-how-confirm = ✅ confirm · ❌ veto (final)
votes-how-typed = approve: type { $name } ([Approve…], or /approve … confirm:), which only /approve … withdraw:true takes back; ✅ alone counts for nothing · ❌ veto (final)
not-counted-asked-for-it = asked for it
not-counted-no-right = is no approver here
not-counted-not-a-member = is not a member now
not-counted-cannot-verify = roles cannot be looked up
not-counted-other-plan = voted on another plan
not-counted-not-needed = not needed
not-counted-same-person = already counted
not-counted-also-vetoes = also vetoed
not-counted-unconfirmed = has not typed the name yet: [Approve…]

button-details = Details
button-change = Change
button-help = Help
button-my-vote = My vote
button-clusters = Clusters
button-confirm = Approve…
button-operations = Operations
button-reject = Reject…
button-share = Share here
form-change = Change this plan
form-change-line = The command as it was typed
form-confirm = This cannot be undone
form-confirm-name = Name of the topic or group, as on the card
form-reject = Veto this plan, for good
form-reject-reason = Why not

card-superseded = Plan { $revision } took its place; votes on this one count for nothing
card-difference = { $what }: { $before } → { $after }
card-more-differences = + { $more } more; see the new plan

ended-records-safe = Records are untouched and producers go on: only where the group reads from is in question.
ended-not-checked = Not checked: whether the application works well from there.
ended-failed = Nothing runs any more, and I do not try again by myself. It keeps what it was at work on: take it back with /rollback, or give it up with /unlock; only then ask again.
ended-stuck = I do nothing more by myself. Look with /group and /lag, then finish by hand (by-hand.md), take it back, or give it up with /unlock.
ended-abandoned = Look with /group and /lag before anything else is asked of this group.
ended-replicas-safe = Producers and consumers go on wherever a partition has enough replicas in sync; /health tells where it has not.
ended-not-checked-moves = Not checked: whether applications were slower meanwhile.
ended-stuck-moves = I do nothing more by myself: what is on the move goes on, and the throttle stays set. Look with /topic and /health, then finish by hand (by-hand.md), take it back, or give it up with /unlock.
ended-abandoned-moves = A throttle may still be set: by-hand.md says how to put it back. Look with /health before anything else moves.
ended-way-back = ↩️ or /rollback posts the way back.
ended-approved-by = Approved by { $who }
glass-broken-earlier = The glass of an earlier plan was broken by { $who }, { $at }: “{ $reason }”. This plan needs its votes
glass-broken-by = Glass broken by { $who }, { $at }: “{ $reason }”
glass-open = Nobody has reviewed that yet. Somebody else closes the review: { $line }
glass-reviewed = Reviewed by { $who }, { $at }: “{ $review }”
ended-vetoed-because = { $who }: “{ $reason }”
seat-confirmation = the confirmation of who asked, or of on-call

# Plans that change whole topics and groups.

what-expand-partitions = IRREVERSIBLE: { $topics } from { $from } to { $to } partitions ({ $cluster })
what-topic-create = make topic { $topics } ({ $cluster })
what-topic-alter = change settings of topic { $topics } ({ $cluster })
what-topic-delete = IRREVERSIBLE: delete topic { $topics } ({ $cluster })
what-group-delete = delete group { $groups } ({ $cluster })
what-rollback-topics = take back { $operation }: topic { $topics } ({ $cluster })
worst-expand-moves-keys = records of one key of { $topics } are handled out of order, once and for each of its readers
worst-create-not-needed = an empty topic that nobody needs
worst-create-taken-back = whoever was about to use { $topics } finds it gone
worst-delete-loses-records = { $records ->
    [one] { $records } record
   *[other] { $records } records
} of { $topics } are gone for good
worst-settings-lose-records = up to { $records ->
    [one] { $records } record
   *[other] { $records } records
} of { $topics } are gone for good
worst-settings-wrong = { $topics } goes on with the wrong settings
worst-group-forgets = { $groups } begins where its own setting says, and not where it stood
size-settings = { $count ->
    [one] { $count } setting
   *[other] { $count } settings
}
setting-default = default
table-unread = unread
topics-made = Makes { $partitions ->
    [one] { $partitions } partition
   *[other] { $partitions } partitions
} with { $replicas ->
    [one] { $replicas } replica
   *[other] { $replicas } replicas
} each.
topics-expanded = Partitions: { $from } → { $to }. Kafka cannot take them away again.
topics-records-go = What goes: { $records ->
    [one] { $records } record
   *[other] { $records } records
}, { $bytes } of one replica.
card-way-back-empty = Way back: as long as nobody has written to it and nobody reads it, it can be deleted again
card-way-back-settings = Way back: the settings from before are kept and can be put back in about { $duration }; records that are gone by then stay gone
step-kafka-create-topic = make the topic
step-kafka-create-partitions = add partitions
step-kafka-delete-topic = delete the topic
step-kafka-delete-group = delete the group
result-succeeded-topics = Done and read back: the cluster shows what the plan says
ended-not-checked-topics = Not checked: whether applications work well with it.
ended-stuck-topics = I do nothing more by myself. Look with /topic and /group, then finish by hand (by-hand.md), take it back, or give it up with /unlock.
ended-abandoned-topics = Look with /topic and /group before anything else is asked of it.
