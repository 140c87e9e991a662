# Queues of a topic that are opened and closed (RocketMQ).

what-expand-partitions-rocketmq = open queues of { $topics }: { $to } each ({ $cluster })
what-shrink-partitions-rocketmq = close queues of { $topics }: { $to } stay ({ $cluster })
size-queues = { $count ->
    [one] { $count } queue
   *[other] { $count } queues
}
step-rocketmq-set-queues = open and close queues
step-rocketmq-seed-offsets = give every group an offset in the queues that are opened
worst-queues-opened = a group that nobody knows of yet begins at the end of the queues that are opened
worst-queues-closed = what a stale route still sends to closed queues is read late, or fails at the sender on 5.x
card-way-back-queues = Way back: each master’s numbers of queues are kept and can be set again in about { $duration }; queues that this closes are read to their end first
worst-queues-as-before = producers and readers are spread as before

check-not-an-ordinary-topic = topic { $topic } is not an ordinary one ({ $topic-kind })
    .next = Only ordinary topics are changed here; RocketMQ looks after its own.
check-ordered-topic = topic { $topic } is ordered: the order of its queues is a value of its own at every NameServer, and I do not change that yet
    .next = With mqadmin updateOrderConf and updateTopic, on every NameServer and master.
check-routes-agree =
    .passed = every NameServer that answers tells clients what the masters have
check-routes-differ = a NameServer tells clients { $found } for { $topic } at { $master }, which has { $expected } (queues to read/write, and what may be done with them)
    .next = Look at /route topic:{ $topic }, and ask again when all of them agree.
check-writes-past-reads = { $topic } has { $found } queues to read/write at { $master }: what is written to the last of them is read by nobody
    .next = Open as many to read as to write by mqadmin updateTopic -r, then ask again.
check-name-server-silent = { $count ->
    [one] { $count } NameServer does not answer; what it tells clients when it is back is not looked at
   *[other] { $count } NameServers do not answer; what they tell clients when they are back is not looked at
}
check-master-takes-no-writes = no writes are sent to { $masters }, by the permission of the broker itself
check-groups-broadcast = { $groups } read by broadcast: how far they are is with them and not at the brokers, so closed queues wait for the time that messages are kept
check-groups-not-at-master = { $groups } are not known at every master; where one is not, it gets no offset and begins at the end of the queues that are opened, should its clients come there
check-closed-queues-unread = { $messages } messages in the queues that are to be closed are not read yet by { $groups }; it is waited for them, however long that takes
check-disk-filling = the disk of { $masters } is { $percent } % full: from 85 % on a broker deletes the oldest messages whether they are read or not, so what is waited for may be gone before
check-given-up-group-online = group { $group } has clients that are connected, so it is not given up
    .next = Leave it out of waive, or stop its clients first.
check-group-given-up = group { $group } is given up: { $messages } messages that it has not read go when they expire. It has { $commits } offsets in the topic; when it last committed is not known to the brokers
check-queues-moved-on = at { $master } topic { $topic } has { $found } queues to read/write, and the operation left { $left }

broken-queues-changed = { $topic } has { $found } queues to read/write at { $master } instead of { $expected }
broken-another-master = { $master } has topic { $topic } with { $found } queues to read/write, and is not in the plan

mistake-not-a-queue-count = { $given } is no number of queues; from 1 to { $most }
mistake-queues-as-wanted = { $topic } has { $count } queues at every master already
mistake-queues-only-read = { $operation } wrote to no new queue of { $topic }, so there is nothing to take back; it is read in more queues than it is written ({ $found }), which harms nobody
    .next = If it has failed it still holds the topic: two people give it up with /unlock operation:{ $operation }. Then /shrink-partitions topic:{ $topic } to:{ $count } closes them, or /expand-partitions goes on from there.
mistake-queues-are-more = { $topic } has { $found } queues to read/write at { $master }, which is more than { $count }
    .next = /shrink-partitions closes queues.
mistake-queues-are-fewer = { $topic } has { $found } queues to read/write at { $master }, which is fewer than { $count }
    .next = /expand-partitions opens queues.

wait-seeds-watched = Watching whether { $count ->
    [one] the offset that a group was given stays until its broker has written it to disk
   *[other] the { $count } offsets that groups were given stay until brokers have written them to disk
 } ({ $streak } of { $wanted } looks)
wait-seeds-lost = { $count ->
    [one] One offset
   *[other] { $count } offsets
 } that groups were given are gone, the first in { $topic } at { $master }: a master that dies before it writes them to disk forgets them
wait-queues-watched = Set and read back; I look once more ({ $streak } of { $wanted } looks)
wait-master-silent = { $master } does not answer ({ $failure }); I wait for it, and go on where it was
wait-routes-lag = A NameServer does not tell { $expected } queues for { $topic } at { $master } yet
wait-queues-unread = { $messages } messages in closed queues of { $topic } are not read yet by { $groups }; I have been waiting for { $span }
wait-queues-unread-filling = { $messages } messages in closed queues of { $topic } are not read yet by { $groups }, and the disk of { $masters } is { $percent } % full: from 85 % on a broker deletes the oldest messages, read or not. I have been waiting for { $span }
wait-queues-not-still = Everything is read; the closed queues of { $topic } stand still for { $span }, and have to for { $wait }
wait-queues-drained-watched = Everything is read and the closed queues of { $topic } stand still; I look once more ({ $streak } of { $wanted } looks)
wait-queues-close-again = What came late is read; the queues of { $topic } are closed again
wait-closed-queues-written = Something came into closed queues of { $topic }; they are read again
wait-closed-queues-not-read = { $groups } have not read { $messages } messages in closed queues of { $topic }; they are read again
wait-closed-queues-half-open = { $master } reads { $found } queues of { $topic }, and other masters read more; all of them are read again
wait-closed-watched = The queues of { $topic } are closed; nothing came into them for { $span }, and I watch for { $wait }
wait-retention-not-told = No master tells for how long it keeps messages, so I go on watching

notice-step-under-way-rocketmq-set-queues = Step { $step }: the queues are set at every master; I watch whether that lasts
notice-closed-unwatched = From now on nobody watches the closed queues of { $topic }: what a stale route still sends to them is read by nobody, and lost once it expires
notice-seeds-given-again = { $count ->
    [one] One offset that a group was given in { $topic } is gone, as after the death of a master that had not written it to disk. It is given again
   *[other] { $count } offsets that groups were given, the first in { $topic }, are gone, as after the death of a master that had not written them to disk. They are given again
 } before I go on
notice-queues-read-again = Something came into closed queues of { $topic }: they are read again, so nothing of it is lost, and are closed once that is read
notice-queues-read-again-half = Closed queues of { $topic } are read at some masters and not at others ({ $master }: { $found }): they are read again at all of them, and are closed once everything is read
notice-queues-read-again-unread = { $groups } have not read everything in closed queues of { $topic }: they are read again, so nothing of it is lost, and are closed once that is read
notice-queues-closed-again = What came late is read; the queues of { $topic } are closed again
