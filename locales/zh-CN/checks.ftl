# What was found, by the id of the check; .passed when it is as it should be, .next when it forbids the change.

check-cluster-reachable = the cluster cannot be looked at ({ $failure }), so nothing can be verified; it said: { $said }
    .passed = the cluster answers
    .next = Nothing was changed. Look at /health, and ask again when the cluster answers.
check-cannot-verify = this cannot be verified ({ $failure }); it said: { $said }
    .passed = everything could be looked at
    .next = Nothing was changed. Look at /health, and ask again when the cluster answers.
check-group-exists = there is no consumer group { $group }
    .passed = the group exists
    .next = See the right name with /group or /lag, and ask again.
check-group-inactive = { $count ->
    [one] consumer group { $group } still has { $count } member ({ $members }). Kafka resets the offsets of stopped groups only
   *[other] consumer group { $group } still has { $count } members ({ $members }). Kafka resets the offsets of stopped groups only
}
    .passed = the group has no live member
    .next = { $static-count ->
        [0] Stop them and ask again, or add wait-for-stop:30m and I will wait.
        [one] Stop them and ask again, or add wait-for-stop:30m and I will wait. { $static-count } of them is static and stays until its session times out.
       *[other] Stop them and ask again, or add wait-for-stop:30m and I will wait. { $static-count } of them are static and stay until their session times out.
    }
check-group-will-stop = the group still has members ({ $members }); I wait until they are gone, and set the offsets then
    .passed = the group has stopped
check-topic-exists = there is no topic { $topic }
    .passed = the topic exists
    .next = See the right name with /topic, and ask again.
check-partitions-exist = topic { $topic } has no partition { $partitions }
    .passed = the partitions exist
    .next = See the partitions with /topic, and ask again.
check-offsets-known = where the group stands, or where the log begins and ends, cannot be read ({ $failure })
    .passed = the group’s offsets and the log’s extent are known
    .next = Nothing was changed. Look at /health, and ask again when the cluster answers.
check-target-clamped = { $count ->
    [one] in { $count } partition the target lies outside of the log and was moved to its edge ({ $topic } { $partition }: { $wanted } → { $used })
   *[other] in { $count } partitions the target lies outside of the log and was moved to its edge ({ $topic } { $partition }: { $wanted } → { $used }, …)
}
    .passed = every target lies inside of the log
check-time-after-last-record = { $partitions-count ->
    [one] in { $partitions-count } partition every record is older than the time asked for; it goes to the end
   *[other] in { $partitions-count } partitions every record is older than the time asked for; they go to the end
}
    .passed = every partition has a record at or after the time asked for
check-no-commit-to-shift = { $count ->
    [one] { $count } partition has no offset to shift from and is left alone
   *[other] { $count } partitions have no offset to shift from and are left alone
}
    .passed = every partition has an offset to shift from
check-empty-partitions = some partitions are empty; the group starts there with the next record
    .passed = no partition is empty
check-known-external-offsets = the group looks like Flink, Spark or Connect, which may keep their own offsets and ignore these
    .passed = nothing suggests that the group keeps its offsets elsewhere
check-group-without-commits = the group has never committed in some of these partitions; until now its clients decided where to start
    .passed = the group has committed in every partition
check-missing-right = I lack the right { $right } on { $on }
    .passed = I have every right this needs
    .next = Somebody with Kafka admin rights can grant it; then ask again.
check-held-by-other = operation { $operation } is at work on { $thing }
    .passed = nothing else is at work there
    .next = Wait until it has ended, or look at it with /status.
check-replays-messages = { $count ->
    [one] { $count } record is handled a second time
   *[other] { $count } records are handled a second time
}
    .passed = no record is handled twice
check-skips-messages = { $count ->
    [one] { $count } record is never handled
   *[other] { $count } records are never handled
}
    .passed = no record is skipped
check-late-expiry = the oldest records concerned are about to be deleted; what is gone cannot be read again
    .passed = nothing concerned is about to be deleted
check-cluster-observed-only = this cluster may be looked at only; I have no rights to change it
    .passed = this cluster may be changed
    .next = Use dry-run:true; the commands to do it by hand are attached there.

# Conditions under which a plan was right, and that hold no longer.

broken-cluster-changed = another cluster answers at this address ({ $found } instead of { $expected })
broken-topic-gone = topic { $topic } is gone
broken-topic-recreated = topic { $topic } was deleted and made again
broken-topic-partitions-changed = topic { $topic } has { $found } partitions instead of { $expected }
broken-group-has-members = group { $group } has members again ({ $members })
broken-offsets-changed = somebody moved group { $group }: { $topic } { $partition } stands at { $found } instead of { $expected }
broken-offset-left-the-log = offset { $offset } of { $topic } { $partition } is no longer in the log ({ $start } to { $end })

wait-members-remain = { $count ->
    [one] Still { $count } member at work: { $members }
   *[other] Still { $count } members at work: { $members }
}
wait-cannot-look = The cluster cannot be looked at: { $failure }
wait-watching-a-little-longer = No member left; I watch a little longer ({ $streak } of { $wanted } looks)
wait-wait-ran-out = The group did not stop in time

why-vetoed = Vetoed
why-cancelled = Taken back by whoever asked
why-expired = Nobody approved it in time
why-stale = The cluster is no longer as it was when the plan was made: { $because }
why-queued-behind = Waits for operation { $operation }, which is at work there
why-cannot-verify-votes = The votes cannot be read now; it waits
why-votes-withdrawn = A vote was withdrawn before it began; it asks again
why-policy-stricter = The rules ask for more votes now; it asks again
why-stopped-by = Stopped by { $who }
why-paused-by = Paused by { $who }
why-resumed-by = Resumed by { $who }
why-paused-by-guard = Paused by itself: { $because }
why-paused-cannot-verify = Paused: whether whoever asked for it may do so cannot be verified
why-foreign-change = Somebody else changed { $topic } { $partition }: it stands at { $found }
why-cluster-refused = The cluster said no: { $said }
why-outcome-unknown = Whether the step was done cannot be told: { $failure }
why-out-of-bounds = What would have to be done lies outside of what was approved
why-cannot-tell = Whether it may go on cannot be told: { $failure }
why-too-many-replans = The cluster changes faster than it is planned; ask again when it is quiet
why-unlocked = Given up with /unlock
why-plan-unreadable = The stored plan cannot be read
why-nothing-to-do = There was nothing left to do
