# What looks found, as findings.

look-broker-dead = Broker { $broker } is not alive
look-broker-headline = Broker { $broker } on { $cluster }
look-broker-is-controller = It is the active controller
look-broker-kept-hours = Keeps messages for { $hours } h
look-broker-replicas = Replicas: { $count }, of which it leads { $leaders }
look-broker-settings = { $count ->
    [one] { $count } setting was made while it runs
   *[other] { $count } settings were made while it runs
}
look-broker-started = Up since { $at }
look-broker-topics = { $count ->
    [one] { $count } topic
   *[other] { $count } topics
}
look-brokers = Brokers: { $brokers }
look-brokers-alive = Alive; rack { $rack }
look-clients = { $count ->
    [0] Nobody is connected
    [one] { $count } client is connected
   *[other] { $count } clients are connected
}
look-clients-of-topic = { $groups-count ->
    [0] No group reads it. Brokers do not tell which topics a producer writes to: producers are not shown
   *[other] Groups that read it: { $groups }. Brokers do not tell which topics a producer writes to: producers are not shown
}
look-clients-unversioned = Kafka’s brokers do not tell the versions of members
look-closed-queues-hold = { $queues ->
    [one] { $queues } queue that is closed for writing holds { $count } messages
   *[other] { $queues } queues that are closed for writing hold { $count } messages
}
look-consume-off = May NOT consume at { $brokers }
look-copies-differ = Slave { $process } of { $broker } has other settings than its master: { $topics }. It takes over its master’s every 10 s (4.9) or 60 s (5.x); what stays so was set at the slave, or the slave does not reach its master
look-copies-differ-unseen = { $count ->
    [one] + { $count } more topic with other settings at slave { $process } of { $broker }, out of your sight
   *[other] + { $count } more topics with other settings at slave { $process } of { $broker }, out of your sight
}
look-copies-not-seen = What the slaves have of topics’ settings could not be read: { $failure }
look-copy-differs = Slave { $process } of { $broker } has { $found }, its master { $expected }. It takes over its master’s settings every 10 s (4.9) or 60 s (5.x); what stays so was set at the slave, or the slave does not reach its master
look-copy-missing = Slave { $process } of { $broker } does not have it. It takes over its master’s settings every 10 s (4.9) or 60 s (5.x)
look-dead-letters = Gave up { $count } messages: they are in %DLQ%
look-frozen-cluster = { $cluster } frozen until { $until } by { $by } ({ $freeze }): { $reason }
look-frozen-tier = Every cluster of { $tier } frozen until { $until } by { $by } ({ $freeze }): { $reason }
look-disk-filling = A disk of { $broker } (process { $process }) is { $percent } % full: from 75 % on what has been kept for its time is deleted at any hour, from 85 % on the oldest messages go before their time
look-disk-full = A disk of { $broker } (process { $process }) is { $percent } % full: from 90 % on it takes no messages
look-group-at = Has settings at { $brokers }
look-group-broadcasts = Reads by broadcast: its offsets are with its clients, not at the brokers
look-group-headline = Group { $group } on { $cluster }
look-group-offline = No client is connected
look-group-online = { $count ->
    [one] { $count } client is connected
   *[other] { $count } clients are connected
}
look-group-only-offsets = Has no settings at any broker, only offsets or clients
look-group-system = One of RocketMQ’s own
look-groups-left-out = { $count ->
    [one] + { $count } more group, not looked at
   *[other] + { $count } more groups, not looked at
}
look-hot-headline = The busiest topics on { $cluster }
look-hot-window = Measured over { $window }
look-lag-headline = Group { $group } in { $topic } on { $cluster }: { $lag ->
    [one] { $lag } message behind
   *[other] { $lag } messages behind
}
look-master-silent = The master of { $broker } does not answer: { $failure }
look-masters-not-seen = What { $brokers } has is missing here: its master does not answer or is gone
look-name-server-silent = NameServer { $address } does not answer: { $failure }
look-name-servers = NameServers that answer: { $count } of { $all }
look-no-master = { $broker } has NO MASTER: its topics can at most be read
look-no-offsets = No offsets
look-not-registered = NameServer { $address } does not know process { $process } of { $broker }
look-nothing-measured = Nothing was written meanwhile
look-offline-partitions = Offline partitions (no reads, no writes): { $count }
look-ordered = An order of its queues is set
look-process-behind = Slave { $process } of { $broker } is { $bytes } behind its master
look-read-off = { $broker } is closed for READING
look-rocketmq-health = { $grade }: { $cluster }
look-route-headline = Route of { $topic } on { $cluster }
look-route-missing = NameServers without a route to it: { $addresses }
look-route-order = Order: { $order }
look-routes-agree = { $count ->
    [0] No NameServer told its route
    [one] The one NameServer that answers tells one route
   *[other] All { $count } NameServers that answer tell the same route
}
look-routes-differ = { $topics-count ->
    [0] The NameServers tell DIFFERENT routes: it depends on the NameServer where a client goes
    [one] The NameServers tell DIFFERENT routes of { $topics }
   *[other] The NameServers tell DIFFERENT routes of { $topics-count } topics: { $topics }
}
look-routes-differ-unseen = { $count ->
    [one] + { $count } more topic with different routes, out of your sight
   *[other] + { $count } more topics with different routes, out of your sight
}
look-routes-not-seen = The routes could not be read: { $failure }
look-silent-disks = Its disks are not known: it does not answer
look-skew-headline = How evenly { $cluster } is loaded
look-skew-most = { $measure }: most at { $broker }, { $percent } % of an even share
look-slave-silent = Slave { $process } of { $broker } does not answer: { $failure }
look-topic-headline = Topic { $topic } on { $cluster }
look-topic-kind = Kind: { $topic-kind }
look-topic-messages = { $count ->
    [one] Holds { $count } message
   *[other] Holds { $count } messages
}
look-topic-queues = Queues: { $read } to read, { $write } to write, at { $count ->
    [one] { $count } broker
   *[other] { $count } brokers
}
look-topics-left-out = { $count ->
    [one] + { $count } more topic, not looked at
   *[other] + { $count } more topics, not looked at
}
look-topics-not-seen = The topics could not be read: { $failure }
look-who-headline = Who is connected to { $name } on { $cluster }
look-without-offset = { $count ->
    [one] { $count } queue has no offset of this group; it holds { $messages } messages
   *[other] { $count } queues have no offset of this group; they hold { $messages } messages
}
look-write-off = { $broker } is closed for writing: producers are told to go elsewhere, and it goes on taking what is sent to it
look-write-past-read = More queues to write than to read: nobody gets what is written to the rest ({ $where })

topic-kind-ordinary = somebody’s messages
topic-kind-retry = what a group shall try again
topic-kind-dead-letters = what a group gave up
topic-kind-system = one of RocketMQ’s own

measure-written = Messages written today
measure-queues = Queues to write
measure-leaders = Leaders
measure-replicas = Replicas
measure-bytes = Bytes

cell-consumer = reads
cell-master = master
cell-no-route = no route
cell-producer = writes
cell-silent = silent
cell-slave = slave

table-address = address
table-behind = behind
table-broker = broker
table-bytes = size
table-disk = disk
table-group = group
table-messages = held
table-name-server = ns
table-offset = at
table-perm = perm
table-per-minute = msgs/min
table-per-second = per second
table-queue = q
table-read = read
table-role = role
table-setting = setting
table-share = share
table-topics = topics
table-value = value
table-version = version
table-write = write
table-written = written

cluster-rocketmq-well = well; brokers: { $brokers }, topics: { $topics }
cluster-rocketmq-ill = brokers without a master: { $without }, processes that do not answer: { $silent }; brokers: { $brokers }, topics: { $topics }

mistake-not-a-broker = { $most-count ->
    [0] { $given } cannot be the name of a broker: { $problem }
   *[other] { $given } cannot be the name of a broker: { $problem }; at most { $most } characters
}
mistake-not-for-kind = /{ $command } does not work on { $kind } clusters, so I do nothing
    .next = /help { $command } says what it is for
mistake-option-not-for-kind = { $option } is not for { $kind } clusters, so I do nothing
    .next = Ask again without it
mistake-not-told-by-kind = The brokers of { $kind } do not tell that, so { $option } cannot be asked there
    .next = Ask by topic or by group
mistake-one-of-these = This is about one thing: give exactly one of { $choices }
mistake-unknown-broker = There is no broker { $name }
