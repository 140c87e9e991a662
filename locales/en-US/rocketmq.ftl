# Topics and groups of RocketMQ as a whole: made, permitted otherwise, deleted.

what-topic-alter-rocketmq = change what may be done with topic { $topics } ({ $cluster })
what-group-create = make group { $groups } ({ $cluster })
what-rollback-groups = take back { $operation }: group { $groups } ({ $cluster })
size-masters = { $count ->
    [one] { $count } master
   *[other] { $count } masters
}
step-rocketmq-set-topic = set the topic at every master
step-rocketmq-delete-topic = delete the topic at every master and every NameServer
step-rocketmq-make-group = make the group at every master
step-rocketmq-delete-group = delete the group at every master
worst-perm-wrong = whoever reads or writes { $topics } gets errors
worst-group-not-needed = a group that nobody needs
worst-group-taken-back = whoever was about to read by { $groups } finds it gone
worst-group-made-again = { $groups } reads on from where it stood before
topics-messages-go = What goes: { $records ->
    [one] { $records } message
   *[other] { $records } messages
}, at every master.
card-way-back-perm = Way back: what may be done with it now is kept and can be put back in about { $duration }
card-way-back-group = Way back: settings and offsets are kept, and the group can be made again in about { $duration }
card-way-back-group-made = Way back: as long as nobody has read by it, it can be deleted again

check-group-exists = there is a group { $group } already, at { $found }
    .passed = no group has this name
    .next = Choose another name; what it has is shown by /group group:{ $group }.
check-group-was-used = group { $group } has been used since: it has offsets in { $count ->
    [one] { $count } queue
   *[other] { $count } queues
}
    .next = Delete it with /group-delete, which keeps them.
check-group-has-clients = { $count ->
    [one] { $count } client of group { $group } is connected ({ $members }), and would make it again
   *[other] { $count } clients of group { $group } are connected ({ $members }), and would make it again
}
    .next = Stop them, then ask again.
check-readers-cut-off = { $groups } read { $topic } now, and get errors from then on
check-writers-cut-off = { $count ->
    [one] { $count } message was written to { $topic } within the last { $span }
   *[other] { $count } messages were written to { $topic } within the last { $span }
}: once the route is polled, their producers get errors
check-broker-not-registered = NameServer { $number } does not know { $master }: clients that ask it would not hear of what is done there
    .next = Look at /health, let the broker register there, then ask again.

broken-topic-settings-changed = { $topic } stands at { $found } instead of { $expected } (queues to read/write, what may be done)
broken-group-exists = there is a group { $group } already, at { $found }
broken-group-changed = the settings of group { $group } at { $master } are others than the plan has
broken-route-left = a NameServer tells clients of { $topic } again, though it was deleted
wait-topic-gone-watched = { $topic } is gone; I look once more ({ $streak } of { $wanted } looks)

# What is said of partitions and records on Kafka, and of queues and messages here.

check-target-clamped-rocketmq = { $count ->
    [one] in { $count } queue the target lies outside of what it holds and was moved to its edge ({ $topic } { $partition }: { $wanted } → { $used })
   *[other] in { $count } queues the target lies outside of what they hold and was moved to their edge ({ $topic } { $partition }: { $wanted } → { $used }, …)
}
check-time-before-log-start-rocketmq = { $count ->
    [one] in { $count } queue no message is older than the time asked for; it goes to the first message that is still there ({ $topic } { $partition })
   *[other] in { $count } queues no message is older than the time asked for; they go to the first message that is still there ({ $topic } { $partition }, …)
}
check-time-after-last-record-rocketmq = { $count ->
    [one] in { $count } queue every message is older than the time asked for; it goes to the end ({ $topic } { $partition })
   *[other] in { $count } queues every message is older than the time asked for; they go to the end ({ $topic } { $partition }, …)
}
check-no-commit-to-shift-rocketmq = { $count ->
    [one] { $count } queue has no offset to shift from and is left alone ({ $topic } { $partition })
   *[other] { $count } queues have no offset to shift from and are left alone ({ $topic } { $partition }, …)
}
check-partition-empty-rocketmq = { $count ->
    [one] { $count } queue is empty; the group starts there with the next message ({ $topic } { $partition })
   *[other] { $count } queues are empty; the group starts there with the next message ({ $topic } { $partition }, …)
}
check-too-many-partitions-rocketmq = { $count } queues are more than one operation takes ({ $most })
    .next = Ask topic by topic, or name queues with partitions.
check-topic-exists-rocketmq = there is a topic { $topic } already, with { $partitions ->
    [one] { $partitions } queue
   *[other] { $partitions } queues
} in all
check-topic-not-empty-rocketmq = { $count ->
    [one] { $count } message was written to { $topic } since it was made
   *[other] { $count } messages were written to { $topic } since it was made
}
check-topic-written-lately-rocketmq = { $count ->
    [one] { $count } message was written to { $topic } within the last { $span }
   *[other] { $count } messages were written to { $topic } within the last { $span }
}: somebody still produces
check-unread-records-go-rocketmq = { $count ->
    [one] { $count } message goes that was not read by everybody ({ $groups })
   *[other] { $count } messages go that were not read by everybody ({ $groups })
}
check-values-moved-on-rocketmq = { $count ->
    [one] in { $count } queue the group went on since ({ $topic } { $partition }: { $left } → { $found })
   *[other] in { $count } queues the group went on since ({ $topic } { $partition }: { $left } → { $found }, …)
}
broken-topic-written-rocketmq = somebody wrote to { $topic }: queue { $partition } ends at { $found } instead of { $expected }
mistake-no-commit-to-shift-rocketmq = Group { $group } has no offset in these queues to shift from
mistake-unknown-partition-rocketmq = Topic { $topic } has no queue { $partition } at any master; it has { $partitions } in all, counted from 0 at each
ended-records-safe-rocketmq = Messages are untouched and producers go on: only where the group reads from is in question.
moves-clamped-rocketmq = { $count ->
    [one] { $count } target (*) lies outside of its queue and was moved to the edge.
   *[other] { $count } targets (*) lie outside of their queues and were moved to the edge.
}
moves-first-rocketmq = { $count ->
    [one] { $count } queue has no offset yet.
   *[other] { $count } queues have no offset yet.
}
moves-replayed-rocketmq = { $count ->
    [one] { $count } message is read again.
   *[other] { $count } messages are read again.
}
moves-skipped-rocketmq = { $count ->
    [one] { $count } message is skipped.
   *[other] { $count } messages are skipped.
}
result-succeeded-rocketmq = { $count ->
    [one] Done and read back: { $count } queue stands where the plan says
   *[other] Done and read back: { $count } queues stand where the plan says
}
result-succeeded-unseen-rocketmq = The brokers answered that it is done, and some of it was never seen: a client has read all of it again since, or was never set back; both look the same. Ask its owners
worst-delete-loses-records-rocketmq = { $records ->
    [one] { $records } message
   *[other] { $records } messages
} of { $topics } are gone for good
worst-reset-replays-rocketmq = { $groups } handles up to { $replayed ->
    [one] { $replayed } message
   *[other] { $replayed } messages
} a second time
worst-reset-replays-and-skips-rocketmq = { $groups } handles up to { $replayed ->
    [one] { $replayed } message
   *[other] { $replayed } messages
} a second time and never handles { $skipped }
worst-reset-skips-rocketmq = { $groups } never handles { $skipped ->
    [one] { $skipped } message
   *[other] { $skipped } messages
}
table-queues = queues
