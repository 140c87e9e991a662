# What looks show.

look-part-failed = { $what } could not be read: { $failure }
part-ranges = The extent of the log
part-cluster = the cluster
part-group = the group
part-committed-offsets = what the group has committed
part-topic = the topic
part-log-ranges = the extent of the log
part-offsets-at-time = where the log stood at that time
part-layout = which replicas stand where
part-log-dirs = the log directories
part-reassignments = the moves under way
part-replication = the settings of replication
part-rates = how much comes in
part-settings = The settings
part-offsets = The group’s offsets

clusters-none = There is no cluster you may look at here
clusters-well = { $count ->
    [one] { $count } cluster, and it is well
   *[other] { $count } clusters, all well
}
clusters-some = { $count ->
    [one] { $count } cluster: { $silent } not answering, { $ill } with trouble
   *[other] { $count } clusters: { $silent } not answering, { $ill } with trouble
}
freeze-line = { $thing } frozen until { $until } by { $who } ({ $freeze }): { $reason }
freeze-tier = every cluster of { $tier }
freezes-more = + { $more } more
cluster-silent = not answering: { $failure }
cluster-well = well; brokers: { $brokers }, topics: { $topics }
cluster-ill = partitions offline: { $offline }, with copies missing: { $under }; brokers: { $brokers }, topics: { $topics }
cluster-observe = look only

health-headline = { $grade }: { $cluster }
health-healthy = Healthy
health-degraded = Degraded, traffic flows
health-degraded-in-part = Degraded, not everything could be looked at
health-broken = Broken
health-brokers = { $count ->
    [one] { $count } broker alive: { $brokers }
   *[other] { $count } brokers alive: { $brokers }
}
health-controller = controller { $controller }
health-no-controller = NO CONTROLLER
health-offline = Offline partitions (no reads, no writes): { $count }
health-below-min = Partitions under min ISR (writes with acks=all fail): { $count }
health-under = Under-replicated partitions (copies missing): { $count }
health-min-unknown = { $count ->
    [one] For { $count } topic min ISR is not known: it uses the broker’s default
   *[other] For { $count } topics min ISR is not known: they use the broker’s default
}
health-left-out = { $more ->
    [one] + { $more } more unhealthy topic, not looked at: whether it can be written to is not known
   *[other] + { $more } more unhealthy topics, not looked at: whether they can be written to is not known
}
obligation-broker-throttle = the throttle
obligation-topic-throttle = the throttle lists
health-obligation = Still to be put back: { $what } on { $thing }, from operation { $operation }, due { $due }; /unlock gives it up
health-more-obligations = + { $more } more to be put back

topic-headline = Topic { $topic } on { $cluster }: { $partitions ->
    [one] { $partitions } partition
   *[other] { $partitions } partitions
}; copies of each: { $replicas }
topic-well = Every partition has a leader and all its copies
topic-ill = Partitions offline: { $offline }; with copies missing: { $under }
topic-settings = Own settings:
topic-more-settings = { $more ->
    [one] + { $more } more setting
   *[other] + { $more } more settings
}
topic-no-settings = Own settings: none, all defaults
topic-id = Topic id { $id }

group-headline = Group { $group } on { $cluster }: { $state }
group-protocol = { $kind }
group-protocol-of = { $kind }, used by { $type }
group-state-empty = stopped, offsets kept
group-state-stable = at work
group-state-rebalancing = rebalancing
group-state-dead = not there any more
group-state-unknown = in a state I do not know
group-kind-classic = classic protocol
group-kind-consumer = consumer protocol
group-kind-other = another protocol
group-members = { $count ->
    [0] No members
    [one] { $count } member
   *[other] { $count } members
}
group-static = + static: stays a member until its session times out
group-unreadable = ? cannot be read: what this member is assigned is not known
group-no-commits = No offsets committed
group-topics-left-out = { $more ->
    [one] + { $more } more topic
   *[other] + { $more } more topics
}

lag-one = Group { $group } in { $topic } on { $cluster }: { $lag ->
    [one] { $lag } record behind
   *[other] { $lag } records behind
}
lag-without-commit = { $count ->
    [one] { $count } partition has no commit: the client’s own setting decides where it starts
   *[other] { $count } partitions have no commit: the client’s own setting decides where they start
}

help-headline = What you can ask for; one in detail: { $example }
help-more = + { $more } more in help.txt
help-role-looks = Changes nothing; needs the role { $role }
help-role-changes = Needs the role { $role }; { $effect }
help-role-controls = Steers what is under way or votes on it; needs the role { $role }
help-role-anyone = For everybody; changes nothing
help-option = { $name }: { $description }
help-option-required = { $name } (required): { $description }
help-example = e.g. { $example }

whoami-headline = You are { $person } ({ $account })
whoami-roles = Roles here: { $roles }
whoami-roles-none = Roles here: none, so I only answer /help and /whoami
whoami-clusters = Clusters: { $clusters }
whoami-clusters-none = Clusters: none
whoami-owns = You own: { $owned }
whoami-owns-none = You own: nothing
whoami-commands = You may use: { $commands }

operations-none = No operations, open or lately ended
operations-none-waiting = Nothing waits for you
operations-waiting = { $count ->
    [one] { $count } operation waits for you
   *[other] { $count } operations wait for you
}
operations-for-me = Waiting for you
operations-reviews = Broken glass that nobody has reviewed
operations-others = Others
operations-more = + { $more } more
operations-cut = Older ones were not looked at; cluster: and show: narrow the list
board = Open operations on { $clusters }
board-as-of = As of { $at }; /operations tells more
board-counts = Wait for a decision: { $decide } · wait for votes: { $approve } · under way: { $going }
board-cut = Older ones were not looked at; /operations lists them
board-empty = Nothing is open
board-ended = No board is kept here any more; /operations lists what is open
board-to-approve = Wait for votes
board-to-decide = Wait for a decision
board-under-way = Under way
operation-frozen = not before { $until }: { $thing } is frozen
operation-line = { $operation } { $state }: { $command } { $about } ({ $cluster }), asked by { $who }, { $at }
operation-line-unreadable = { $operation } { $state }: { $command } ({ $cluster }), asked by { $who }; its plan cannot be read
operation-line-ends = { $operation } { $state }: { $command } { $about } ({ $cluster }), asked by { $who }, ends { $at }

status-headline = { $state }: { $operation }, { $command } { $about } ({ $cluster })
status-asked = Asked by { $who }; last change { $at }
status-open = { $count ->
    [one] Still open: { $who }
   *[other] Still open ({ $count }): { $who }
}
status-ends = Ends { $at } unless it has started
status-step-done = Step { $step }, done: { $what }
status-step-open = Step { $step }: { $what }
status-more-steps = { $more ->
    [one] + { $more } more step
   *[other] + { $more } more steps
}
status-reverses = Takes back operation { $operation }
status-plan = Plan { $revision }: { $digest }

audit-none = No entry fits
audit-headline = { $count ->
    [one] { $count } entry, newest first
   *[other] { $count } entries, newest first
}
audit-more = + { $more } more; narrow the search
audit-unsearched = Entries before { $seq } were not searched; narrow the search by since, person or operation
audit-entry = { $seq } · { $at } · { $what } · { $who } · { $about }
audit-bot = the bot itself
audit-whole = { $entries ->
    [one] The audit log is whole: { $entries } entry
   *[other] The audit log is whole: { $entries } entries, each follows from the one before
}
audit-head = Last entry’s hash: { $head }
audit-compared = Compared with the head at entry { $seq } kept in { $kept }
audit-not-compared = Not compared with a head kept elsewhere: a cut at the end cannot be excluded
audit-broken = The audit log does NOT fit from entry { $seq } on: { $why }
audit-broken-next = Change nothing in the store; export it and tell whoever answers for it
audit-broken-changed = the entry was changed
audit-broken-columns = what it is searched by was changed, the entry itself was not
audit-broken-foreign = the entry was put in from outside
audit-broken-head = the stored head does not fit the last entry
audit-broken-missing = entries are missing
audit-broken-moved = another entry stands in its place
audit-broken-rewritten = the head kept elsewhere is another one
audit-broken-truncated = the end is missing
audit-broken-unlinked = it does not follow from the entry before
audit-broken-unreadable = the entry cannot be read
audit-posted = Audit log up to entry { $entry }, as of { $at }
audit-posted-before = Posted before this one: { $before }. If it does not stand above, somebody has deleted it
audit-posted-first = Nothing was posted before this one
audit-posted-use = Typed on the bot’s machine, this says whether the log was cut or rewritten since
part-topic-config = the settings of the topic
part-readers = who reads the topic
part-topics = the list of topics
