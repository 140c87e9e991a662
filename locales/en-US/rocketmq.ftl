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
