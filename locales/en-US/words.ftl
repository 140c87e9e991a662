# Small words that many sentences share.

names-and-more = { $names } and { $more } more
nothing = none
hidden = (hidden)
quoted = “{ $text }”
unknown-id = { $id } ({ $facts })
about = about { $duration }
about-after-wait = waits up to { $wait }, then about { $duration }

unit-days = { $count } d
unit-hours = { $count } h
unit-minutes = { $count } min
unit-seconds = { $count } s
unit-under-a-second = under 1 s

tier-development = Development
tier-staging = Staging
tier-production = Production

effect-safe = nothing can be lost
effect-reversible = can be undone
effect-irreversible = IRREVERSIBLE

state-awaiting-approval = Waiting for approval
state-queued = Approved, waiting to start
state-running = Running
state-moving = Moving
state-waiting = Waiting
state-pausing = Pausing
state-paused = Paused
state-stopping = Stopping
state-stopped = Stopped
state-succeeded = Succeeded
state-failed = Failed
state-stuck = Stuck
state-rejected = Rejected
state-expired = Expired
state-cancelled = Cancelled
state-refused = Refused
state-abandoned = Abandoned
state-superseded = Replaced by a newer plan
state-dry-run = Dry run

failure-unreachable = no connection
failure-timed-out = no answer in time
failure-denied = access denied
failure-not-authenticated = login not accepted
failure-unsupported = the server’s version does not support this
failure-garbage = an answer that cannot be read
failure-refused = the server said no
failure-broker-dead = the broker is dead
failure-not-asked = not looked at
failure-too-many-rounds = it changes while I look

table-partition = p
table-partitions = parts
table-leaders = lead
table-replicas = replicas
table-data = data
table-from-to = from→to
table-to = then
table-moves = moves
table-topic = topic
table-leader = lead
table-isr = isr
table-start = start
table-end = end
table-committed = at
table-lag = lag
table-no-commit = unset
table-client = client
table-host = host
table-assigned = parts
table-offline = off
table-under = under
table-below-min = <min
table-more = + { $more } more in plan.txt
table-more-in = + { $more } more in { $file }

thing-whole = the whole cluster
thing-broker = broker
thing-topic = topic
thing-group = group
thing-cluster = cluster

because-target = no offset and no shift
because-partitions = for all queues of a topic, not for some
because-no-offset = and not even that where the group has no offset in a queue
because-closed-queues = for the queues to write only, and the topic has more to read
because-back = the way back to each offset takes a group that has stopped

problem-empty = nothing was typed
problem-too-long = it is too long
problem-character = it has a character that no such name has
