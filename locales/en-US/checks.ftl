# What was found, by the id of the check; .passed when it is as it should be, .next when it forbids the change.

check-cluster-reachable =
    .passed = the cluster answers
check-cannot-verify = { $part } cannot be looked at ({ $failure }), so nothing can be verified. The cluster said: { $said }
    .next = Nothing was changed. Look at /health, and ask again when the cluster answers.
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
check-group-will-stop = group { $group } still has members ({ $members }); I wait until they are gone, and set the offsets then
check-group-is-new = there is no group { $group } yet; it is made by this
check-clients-go-on = { $count ->
    [one] group { $group } has { $count } client at work ({ $members }). It goes on: it is elsewhere some 1 to 15 seconds later, queue by queue, and reads again or skips what lies between
   *[other] group { $group } has { $count } clients at work ({ $members }). They go on: they are elsewhere some 1 to 15 seconds later, queue by queue, and read again or skip what lies between
}
check-closed-queues-left = { $count ->
    [one] { $count } queue is closed for consumers and still holds messages; it is left alone
   *[other] { $count } queues are closed for consumers and still hold messages; they are left alone
}
check-group-broadcasts = each client of group { $group } gets every message, and keeps its own place; the brokers have none to set
    .next = Set the place in the application.
check-group-must-stop = clients of group { $group } are at work, and brokers of 4.9 can only tell them a time: { $because }
    .next = Stop the clients and ask again, or ask for a time, earliest or latest in the whole topic.
check-name-servers-silent = { $count } of { $all } NameServers do not answer; what they tell clients is not known
check-no-offset-before = { $count ->
    [one] IRREVERSIBLE in { $count } queue: the group has no offset there, and none can be taken from it again ({ $topic } { $partition })
   *[other] IRREVERSIBLE in { $count } queues: the group has no offset there, and none can be taken from them again ({ $topic } { $partition }, …)
}
check-system-name = { $name } is RocketMQ's own
    .next = Leave it to the brokers; name a topic or group of yours.
check-known-external-offsets = { $hint } looks like Flink, Spark or Connect, which may keep their own offsets and ignore these
check-missing-right = { $right-count ->
    [0] I lack a right on the cluster, which said: { $said }
   *[other] I lack the right { $right } on { $on } { $name }
}
    .next = Somebody with Kafka admin rights can grant it; then ask again.
check-rights-not-told = the cluster does not tell which rights I have on { $on } { $name }
check-rights-sufficient =
    .passed = I have every right this needs
check-too-many-partitions = { $count } partitions are more than one operation takes ({ $most })
    .next = Ask topic by topic, or name partitions.
check-target-clamped = { $count ->
    [one] in { $count } partition the target lies outside of the log and was moved to its edge ({ $topic } { $partition }: { $wanted } → { $used })
   *[other] in { $count } partitions the target lies outside of the log and was moved to its edge ({ $topic } { $partition }: { $wanted } → { $used }, …)
}
check-time-nearest-message = brokers of 4.9 find the message nearest to a time, so in up to { $count ->
    [one] { $count } queue
   *[other] { $count } queues
} the last message before it is handled once more; none is skipped
check-time-before-log-start = { $count ->
    [one] in { $count } partition no record is older than the time asked for; it goes to the first record that is still there ({ $topic } { $partition })
   *[other] in { $count } partitions no record is older than the time asked for; they go to the first record that is still there ({ $topic } { $partition }, …)
}
check-time-after-last-record = { $count ->
    [one] in { $count } partition every record is older than the time asked for; it goes to the end ({ $topic } { $partition })
   *[other] in { $count } partitions every record is older than the time asked for; they go to the end ({ $topic } { $partition }, …)
}
check-no-commit-to-shift = { $count ->
    [one] { $count } partition has no offset to shift from and is left alone ({ $topic } { $partition })
   *[other] { $count } partitions have no offset to shift from and are left alone ({ $topic } { $partition }, …)
}
check-partition-empty = { $count ->
    [one] { $count } partition is empty; the group starts there with the next record ({ $topic } { $partition })
   *[other] { $count } partitions are empty; the group starts there with the next record ({ $topic } { $partition }, …)
}
check-partition-without-commit = { $count ->
    [one] in { $count } partition the group has no offset yet; until now its own setting decided where it starts ({ $topic } { $partition })
   *[other] in { $count } partitions the group has no offset yet; until now its own setting decided where it starts ({ $topic } { $partition }, …)
}
check-partition-offline = { $count ->
    [one] { $count } partition is offline, so its log cannot be read ({ $topic } { $partition })
   *[other] { $count } partitions are offline, so their logs cannot be read ({ $topic } { $partition }, …)
}
    .next = Look at /health, and ask again when every partition has a leader.
check-disk-not-told = broker { $broker } does not tell how much room its disks have; { $needed } is needed
check-disk-too-small = broker { $broker } has { $found } free, and the copies with what comes in meanwhile need { $needed }
    .passed = the disks have room for the copies
    .next = Make room, or move fewer topics.
check-owners-not-callable = { $count ->
    [one] one owner of part of this is not called when it is told in the chat: the settings give no account there, or a role that not everybody may mention
   *[other] { $count } owners of parts of this are not called when it is told in the chat: the settings give no accounts there, or roles that not everybody may mention
}
check-owners-unreachable = { $count ->
    [one] one owner of part of this cannot be told of it: the settings have no channel for it
   *[other] { $count } owners of parts of this cannot be told of it: the settings have no channel for it
}
check-controllers-not-given = nobody told me where the controllers listen: a broker that dies keeps its throttle until it returns
check-controllers-not-reached = the controllers do not answer ({ $failure }; they said: { $said }): a broker that dies keeps its throttle until it returns
    .passed = the controllers answer, so a broker that dies can lose its throttle all the same
check-controllers-of-another-cluster = the controllers at the address from the settings are of cluster { $found }, not of { $expected }, so they are asked for nothing: a broker that dies keeps its throttle until it returns
check-owed-adopted = operation { $operation } still owes the throttle of { $things } from before it; this one puts that back at its end, and { $operation } owes it no longer
check-left-over-throttle = { $brokers-count ->
    [0] there is a throttle list left on { $topics }; it is put back as it was found
    [one] there is a throttle left on broker { $brokers }; it is put back as it was found
   *[other] there is a throttle left on brokers { $brokers }; it is put back as it was found
}
check-no-replica-to-spare = { $count ->
    [one] { $count } partition needs all of its { $replicas } replicas in sync ({ $topic } { $partition }); it moves last
   *[other] { $count } partitions need all of their { $replicas } replicas in sync ({ $topic } { $partition }, …); they move last, one by one
}
check-racks-on-some = brokers { $with } have a rack and brokers { $without } have none, so replicas cannot be kept apart
    .passed = racks are known of all brokers or of none
    .next = Set broker.rack on all of them, or on none.
check-reassignment-under-way = { $count ->
    [one] { $count } partition is already on the move ({ $topic } { $partition } to { $found }); Kafka would let this override it without a word
   *[other] { $count } partitions are already on the move ({ $topic } { $partition } to { $found }, …); Kafka would let this override them without a word
}
    .passed = no partition is on the move
    .next = Wait until it has ended, or let whoever began it call it off.
check-cannot-call-off = broker { $broker } of the old replicas of { $topic } { $partition } is dead: called off, that partition could be without a leader
    .next = Start broker { $broker }, and ask again.
check-moves-called-off = { $count ->
    [one] { $count } move of this operation is under way and is called off first ({ $topic } { $partition })
   *[other] { $count } moves of this operation are under way and are called off first ({ $topic } { $partition }, …)
}
check-topics-left-out = { $topics-count ->
    [one] { $topics } is gone, or was deleted and made again since, and is left out: nothing of it can go back
   *[other] { $topics } are gone, or were deleted and made again since, and are left out: nothing of them can go back
}
check-replicas-moved-on = { $count ->
    [one] { $count } partition was moved by somebody since ({ $topic } { $partition }: { $left } → { $found })
   *[other] { $count } partitions were moved by somebody since ({ $topic } { $partition }: { $left } → { $found }, …)
}
check-several-log-dirs = broker { $broker } does not tell the room of each of its { $count } log directories, so none is chosen: it picks by the number of replicas, and the fullest may be picked
check-log-dir-too-small = { $picked-by ->
    [room] the copies do not fit into the { $count } log directories of broker { $broker }: spread by room, { $path } has { $found } free and would need { $needed }
   *[number] log directory { $path } of broker { $broker } has { $found } free and may need { $needed }: the broker picks its { $count } directories by the number of replicas, not by room
}
    .next = Make room there, or move fewer or smaller topics.
check-targets-not-alive = { $brokers-count ->
    [one] broker { $brokers } is not alive, or was never there; alive are { $alive }
   *[other] brokers { $brokers } are not alive, or were never there; alive are { $alive }
}
    .passed = every broker that gets replicas is alive
    .next = Start it, or name another one.
check-throttle-below-inflow = up to { $inflow }/s come in at one broker, and the throttle is { $throttle }/s: the move would never end
    .passed = the throttle is above what comes in
    .next = Ask with a throttle well above { $inflow }.
check-throttle-above-first = the throttle of { $throttle }/s is more than the first plan could be turned up to ({ $most }/s)
check-throttle-raised = up to { $inflow }/s come in at one broker by now, so the throttle is { $throttle }/s instead of { $planned }/s, within the bounds of the first plan
check-plan-too-large = the plan is { $bytes } even compressed, and a card can carry { $most }: nobody could read what is voted on
    .next = { $topics-count ->
        [0] Ask for less at a time.
       *[other] Ask in at least { $parts } parts. A first one, those with the most copies: topics:{ $topics-typed }
    }
check-too-many-moves = { $count } copies are more than one operation takes ({ $most })
    .next = { $topics-count ->
        [0] Each topic by itself is too much: name fewer brokers at a time.
       *[other] Ask in at least { $parts } parts. A first one, those with the most copies: topics:{ $topics-typed }
    }
check-under-min-isr = { $count ->
    [one] { $count } partition has too few replicas in sync ({ $topic } { $partition }: { $isr } of { $replicas })
   *[other] { $count } partitions have too few replicas in sync ({ $topic } { $partition }: { $isr } of { $replicas }, …)
}
    .next = Look at /health; bring its replicas back first.
check-under-replicated = { $count ->
    [one] { $count } partition of the cluster has fewer replicas in sync than it should ({ $topic } { $partition }: { $isr } of { $replicas })
   *[other] { $count } partitions of the cluster have fewer replicas in sync than they should ({ $topic } { $partition }: { $isr } of { $replicas }, …)
}
check-targets-in-log =
    .passed = every target lies inside of the log
check-held-by-running = operation { $operation } is at work on { $thing } { $name }: this starts when that one has ended. /break-glass, while votes are missing, pauses it first
check-held-by-other = { $ended-count ->
    [0] operation { $operation } is at work on { $thing } { $name }
   *[other] operation { $operation } ended as { $ended }, and keeps { $thing } { $name } until people decide
}
    .next = { $ended-count ->
        [0] Wait until it has ended; /status operation:{ $operation } shows it.
       *[other] Take it back with /rollback operation:{ $operation }, or give it up with /unlock operation:{ $operation }.
    }
check-not-held =
    .passed = nothing else is at work there
check-irreversible = step { $step } of { $operation } cannot be taken back
    .next = Look at what it did with /status operation:{ $operation }.
check-values-as-left =
    .passed = everything still stands where the operation left it
check-values-moved-on = { $count ->
    [one] in { $count } partition the group went on since ({ $topic } { $partition }: { $left } → { $found })
   *[other] in { $count } partitions the group went on since ({ $topic } { $partition }: { $left } → { $found }, …)
}
check-topic-gone = { $count ->
    [0] topic { $topic } is gone
    [one] topic { $topic } is gone
   *[other] { $count } topics are gone ({ $topic }, …)
}
    .next = There is nothing to put back to.
check-topic-recreated = topic { $topic } was deleted and made again, so the old offsets mean nothing in it
    .next = Use /reset-offset to set new ones.

# Conditions under which a plan was right, and that hold no longer.

broken-cluster-changed = another cluster answers at this address ({ $found } instead of { $expected })
broken-topic-gone = { $topic-count ->
    [0] a topic is gone
   *[other] topic { $topic } is gone
}
broken-topic-recreated = topic { $topic } was deleted and made again
broken-topic-partitions-changed = { $found ->
    [one] topic { $topic } has { $found } partition instead of { $expected }
   *[other] topic { $topic } has { $found } partitions instead of { $expected }
}
broken-group-has-members = { $members-count ->
    [0] the group has members again
   *[other] group { $group } has members again ({ $members })
}
broken-offsets-changed = group { $group } was moved: { $topic } { $partition } stands at { $found } instead of { $expected }
broken-topic-queues-changed = topic { $topic } has { $found } queues to read/write at { $broker } instead of { $expected }
broken-group-has-no-clients = no client of group { $group } is connected any more
broken-offset-left-the-log = offset { $offset } of { $topic } { $partition } is no longer in the log ({ $start } to { $end })
broken-assignment-changed = { $topic } { $partition } stands on { $found } instead of { $expected }
broken-broker-dead = broker { $broker } is not alive
broken-owed-meanwhile = operation { $operation } has ended meanwhile and still has a throttle to put back
broken-disk-too-full = broker { $broker } has { $found } free and needs { $expected }
broken-log-dir-too-full = log directory { $path } of broker { $broker } has { $found } free and needs { $expected }
broken-move-has-ended = { $topic } { $partition } is no longer on its way to { $expected }
broken-partition-is-moving = { $topic } { $partition } is already on its way to { $found }
broken-rack-changed = broker { $broker } is in rack { $found } instead of { $expected }
broken-reassignment-under-way = { $count ->
    [one] { $count } partition is already on the move ({ $topic } { $partition })
   *[other] { $count } partitions are already on the move ({ $topic } { $partition }, …)
}
broken-setting-changed = { $key } of { $of } is { $found } instead of { $expected }

wait-members-remain = { $count ->
    [one] Still { $count } member at work: { $members }
   *[other] Still { $count } members at work: { $members }
}
wait-cannot-look = The cluster cannot be looked at: { $failure }. I go on trying
wait-watching-a-little-longer = No member left; I watch a little longer ({ $streak } of { $wanted } looks)
wait-offsets-hold-so-far = Watching whether the offsets stay: { $count ->
    [one] { $count } queue is where it was set, or further on
   *[other] { $count } queues are where they were set, or further on
} ({ $streak } of { $wanted } looks)
wait-offset-elsewhere = Watching whether the offsets stay: { $topic } { $partition } stands at { $found }, was set to { $to }, before that { $before }{ $count ->
    [one] . A client has not heard of it yet, or commits its old place
   *[other] ; so do { $count } queues in all. Clients have not heard of it yet, or commit their old place
}
wait-offset-came-back = { $count ->
    [one] { $topic } { $partition } does not stay where it was set: it stands at { $found }, was set to { $to }, before that { $before }. A client commits its old place
   *[other] { $count } queues do not stay where they were set: { $topic } { $partition } stands at { $found }, was set to { $to }, before that { $before }, … Clients commit their old place
}
wait-moving = { $batches-count ->
    [0] Moving
   *[other] Batch { $batch } of { $batches }
}: { $done } of { $count } partitions have arrived
wait-move-stalled = For { $span } there is not less to copy: { $done } of { $count } partitions have arrived. Look at the brokers' logs and disks{ $throttle-count ->
    [0] { "" }
   *[other] { " " }and at what comes in: the throttle is { $throttle }/s a broker, and /throttle turns it
}
wait-move-overridden = Somebody else sent { $topic } { $partition } to { $found } instead of { $expected }
wait-moved-since = { $verified } of { $count } partitions stand where the plan says. Somebody moved { $topic } { $partition } since it had arrived: it is at { $found } instead of { $expected }
wait-looking-once-more = Looking once more before the end: { $verified } of { $count } partitions stand where the plan says. { $topic } { $partition } is shown at { $found } instead of { $expected }
wait-replicas-behind = All are moved, and { $verified } of { $count } partitions are whole. { $topic } { $partition } has { $isr } of its { $replicas } replicas in sync; it ends by itself once they are back
wait-next-not-in-sync = The next batch does not begin: { $topic } { $partition } has { $isr } replicas in sync and needs { $least }. It begins by itself once they are back
wait-next-offline = The next batch does not begin: { $topic } { $partition } has no leader. It begins by itself once it has one
wait-next-without-room = The next batch does not begin: log directory { $path } of broker { $broker } has { $found } free and it needs { $expected }. It begins by itself once there is room
wait-under-min-isr = { $topic } { $partition } has too few replicas in sync: { $isr } of the { $least } that it needs. Nothing else begins; what is on the move goes on at the lowest rate
wait-cannot-turn-round = { $topic } { $partition } is not turned round, because broker { $broker } of its old replicas is dead: it could be without a leader. It goes on to its end
wait-wait-ran-out = { $members-count ->
    [0] { $streak-count ->
        [0] The group did not stop in time
       *[other] The group stopped too late to be sure that it stays stopped
    }
   *[other] The group did not stop in time; still at work: { $members }
}
wait-wait-ended-unseen = The time to wait is over, and the cluster cannot be looked at ({ $failure }): whether the group has stopped is not known

why-abandoned = Given up with /unlock by { $first } and { $second }: { $reason }
why-cancelled = Taken back by { $by }
why-card-altered = The card was changed by somebody else, so it is posted again
why-card-gone = The card was deleted, so it is posted again
why-changed = Changed by { $by }: every vote is asked for anew
why-channel-opened = Everybody on this server can read this channel now; when the card was posted they could not. So nothing was started, and it is posted again: votes given from now on are given where everybody reads. If that is not wanted, make the channel private again, or /reject this and ask in another one
why-chat-unreachable = The votes cannot be read now; it waits
why-votes-unreadable = The reactions on the card cannot be read now, and one of them may be a no; it waits
why-cluster-not-configured = The cluster is no longer in the settings
why-cluster-only-observed = By the settings this cluster is only observed: nothing is changed on it
why-command-gone = This command does not exist any more
why-foreign-value = { $topic-count ->
    [0] Somebody else was here: { $key } of { $of } is { $found }
   *[other] Somebody else was here: { $topic }{ $partition-count ->
        [0] { "" }
       *[other] { " " }{ $partition }
    } stands at { $found }
}
why-group-gone = The group is no longer there
why-group-subscribed = The group has consumers on this topic again
why-owners-not-told = { $said-count ->
    [0] Whoever owns part of this could not be told in time, so I change nothing. Tell them, then somebody else than who asked lets it go on with /resume
   *[other] Whoever owns part of this could not be told ({ $said }), so I change nothing. Tell them, then somebody else than who asked lets it go on with /resume
}
why-out-of-bounds = What would have to be done lies outside of what was approved ({ $topic } { $partition })
why-glass-broken = { $by } broke the glass: “{ $reason }”
why-glass-lapsed = Who broke the glass may not do that any more; it waits for votes
why-paused-for-break-glass = Paused because { $by } broke the glass for operation { $operation }, which works on the same: “{ $reason }”. It starts when this one has ended, if it is still wanted: /stop, or /resume by somebody else than who asked for this
why-pause-asked = { $reason-count ->
    [0] Paused by { $by }
   *[other] Paused by { $by }: { $reason }
}
why-plan-unreadable = The stored plan cannot be read, so it is not carried out: { $said }
why-place-not-allowed = The settings no longer allow this cluster here
why-policy-stricter = The settings became stricter since it was planned; it waits for the votes that are missing
why-replanned-too-often = The cluster changes faster than it is planned; ask again when it is quiet
why-requester-not-a-member = Who asked for it is no longer a member here
why-requester-without-right = Who asked for it may not ask for this any more
why-resumed = { $reason-count ->
    [0] Resumed by { $by }
   *[other] Resumed by { $by }: { $reason }
}
why-seeds-lost = { $count ->
    [one] One offset
   *[other] { $count } offsets
 } that groups were given, the first in { $topic }, went again and again, however often they were given
why-stale = The cluster is no longer as it was when the plan was made: { $because }
why-stop-asked = { $reason-count ->
    [0] Stopped by { $by }
   *[other] Stopped by { $by }: { $reason }
}
why-stop-unverified = { $by } asks for a stop, and their roles cannot be looked up now, so I pause. Once they can be, it stops if { $by } may ask for that; until then somebody else than who asked for it can let it go on with /resume
why-tried-too-often = { $failure-count ->
    [0] The cluster did not take it, though I tried { $attempts } times
   *[other] The cluster did not take it, though I tried { $attempts } times: { $failure }; it said: { $said }
}
why-vetoed = Vetoed by { $by }
why-vote-withdrawn = A vote was withdrawn before it began; it waits for votes again
why-voter-cannot-be-verified = Somebody’s roles cannot be looked up now; it waits until they can
check-commits-move-without-members = the commits of { $group } move although it has no member (for example { $topic } { $partition }): something sets them by itself and may ignore the reset
check-group-kind-not-supported = { $group } is a group of a kind that I cannot reset
    .next = Only classic and consumer groups are supported.
check-saved-offset-left-the-log = { $count ->
    [one] { $count } saved offset lies outside of today’s log ({ $topic } { $partition }: { $saved })
   *[other] { $count } saved offsets lie outside of today’s log ({ $topic } { $partition }: { $saved }, …)
}
why-start-not-recorded = The start of this plan is not in the journal; nothing was done
check-cluster-changed = another cluster answers at this address ({ $found } instead of { $expected })
    .next = Compare the address in the settings with the cluster you mean.

# Whole topics and groups.

check-system-topic = { $topic } is a topic of the system itself
    .next = It is left to Kafka and its own tools.
check-topic-exists = there is a topic { $topic } already, with { $partitions ->
    [one] { $partitions } partition
   *[other] { $partitions } partitions
}
    .passed = no topic of this name is there
    .next = Choose another name, or change that one with /topic-alter.
check-name-collides = { $topic } and the topic { $found } have the same name in Kafka’s metrics, where dots are underscores; Kafka refuses that
    .next = Choose another name.
check-too-few-brokers = { $replicas } replicas need { $replicas } brokers, and { $brokers ->
    [one] { $brokers } is alive
   *[other] { $brokers } are alive
}
    .next = Ask with fewer replicas, or start the brokers that are missing.
check-too-many-new-partitions = { $count } new partitions are more than one operation makes ({ $most })
    .next = Ask with fewer.
check-min-isr-above-replicas = { $topic } would need { $least } replicas in sync and has { $replicas }: nobody who waits for all of them could write to it
    .next = Ask with min.insync.replicas of at most { $replicas }, better one less.
check-racks-too-few = the brokers are in { $racks ->
    [one] { $racks } rack
   *[other] { $racks } racks
}, so some of { $replicas } replicas share one
check-single-replica = { $topic } has a single replica: with its broker it is gone
check-keys-move = records of one key go to another partition of { $topic } from then on ({ $from } → { $to }); readers that rely on their order see it broken once
check-keys-said-unused = whoever asked says that nobody relies on the keys of { $topic }; else records of one key go to another partition from then on ({ $from } → { $to })
check-compacted-topic = { $topic } is compacted: the old value of a key that goes to another partition stays in its old one for good
check-groups-at-work = groups at work learn of new partitions up to some minutes later; those that begin at the end miss what is written there until then ({ $groups })
check-shrink-not-possible = Kafka cannot take partitions from a topic ({ $topic } has { $from }, wanted are { $to })
    .next = Make a second topic of { $to ->
        [one] { $to } partition
       *[other] { $to } partitions
    } with /topic-create, let producers write there, wait until every group has read the old one to its end (/lag), let consumers follow, and delete the old one with /topic-delete.
check-clients-connected = { $count ->
    [one] { $count } client still reads { $topic } ({ $groups })
   *[other] { $count } clients still read { $topic } ({ $groups })
}
    .passed = no client reads it
    .next = Let them stop, and ask again.
check-topic-written-lately = { $count ->
    [one] { $count } record was written to { $topic } within the last { $span }
   *[other] { $count } records were written to { $topic } within the last { $span }
}: somebody still produces
    .passed = nobody has written to it lately
    .next = Let the producers stop, and ask again { $span } later.
check-unread-records-go = { $count ->
    [one] { $count } record goes that was not read by everybody ({ $groups })
   *[other] { $count } records go that were not read by everybody ({ $groups })
}
check-records-expire = up to { $count ->
    [one] { $count } record
   *[other] { $count } records
} of { $topic } ({ $bytes }) are too old or too many then, and go; each group has read them
check-unread-records-expire = up to { $count ->
    [one] { $count } record
   *[other] { $count } records
} of { $topic } ({ $bytes }) are too old or too many then, and go; { $unread } of them were not read by everybody ({ $groups })
check-cleanup-changes = what is kept in { $topic } is decided otherwise from then on ({ $keys }); how many records go cannot be counted
check-settings-moved-on = { $key } was changed by somebody since ({ $left } → { $found })
check-topic-not-empty = { $count ->
    [one] { $count } record was written to { $topic } since it was made
   *[other] { $count } records were written to { $topic } since it was made
}
    .next = Delete it with /topic-delete, which says what is lost.
check-topic-not-as-made = { $topic } is not as it was made ({ $found }): somebody has changed it, or made it anew
    .next = Look at it with /topic; delete it with /topic-delete if it is to go.
check-groups-make-themselves = Kafka has no groups to create: { $group } is made by its first consumer, or by its first offset
    .next = Start its consumer, or set its offsets with /reset-offset and new-group:true.
broken-topic-exists = there is a topic { $topic } already
broken-topic-written = somebody wrote to { $topic }: partition { $partition } ends at { $found } instead of { $expected }
broken-clients-connected = { $topic } has readers again ({ $groups })
