# Private answers to requests.

answer-planned = { $seats ->
    [0] Plan { $operation } is posted; it needs no votes, only that you confirm it
    [one] Plan { $operation } is posted; it needs { $seats } vote
   *[other] Plan { $operation } is posted; it needs { $seats } votes
}
answer-bug = Something went wrong on my side
answer-bug-next = Whoever runs me finds it in the log by the request below; /operations shows what was begun
footer-request = request { $request }
footer-not-recorded = not in the audit log: it cannot be written now
footer-not-yet-recorded = not in the audit log yet: it waits to be written
footer-not-attached = { $files } is not attached in this channel
footer-check = check { $check }, request { $request }

dry-run-needs = It would need { $wanted }: { $who }
dry-run-needs-confirmation = It would need no votes, only { $who }
dry-run-needs-nobody = It would need no votes
dry-run-nothing = Nothing was stored, nobody was asked

not-now = Not now
refused = { $not-now }: { $why }.
refused-also = Also: { $why } (check { $check })
refused-more = + { $more } more
refused-without-check = a check forbids it

denied-no-role = You have no role that allows this here
denied-not-here = This cannot be asked in this channel
denied-direct-message = I take no commands in direct messages; ask in a channel of the team
denied-foreign-guild = I do not work for this server
denied-not-yours = This belongs to somebody else
denied-bot = I take no commands from bots
denied-beyond-sight = This also concerns topics or groups outside of your scope; name a topic of yours with topic:
denied-beyond-sight-of-list = This concerns topics or groups outside of your scope, or no topic at all; name topics of yours with topics:
denied-cannot-verify = Your roles cannot be looked up now; try again in a minute
denied-not-a-member = You are not a member here now
denied-another-person = This needs another person than whoever asked for it
denied-not-your-review = A review is closed by somebody else than who broke the glass or asked for the plan
denied-unknown-button = That button does nothing; it is not one of mine, or of an older version
denied-unreadable = I cannot read what your client sent; nothing was done. Update it, or type the command anew
denied-vote = Your vote does not count ({ $why })
denied-needs = It needs the role { $role }; /whoami shows yours

failed-cluster = The cluster could not be asked: { $failure }
failed-said = It said: { $said }
failed-nothing-changed = Nothing was changed. Try again in a minute; /health shows how the cluster is
failed-store-unavailable = I cannot write to my own records now, so I change nothing
failed-store-damaged = What I have stored about this cannot be read, or was altered, so I carry nothing of it out
failed-chat-unreachable = The chat does not answer, so what stands there cannot be read

answer-shared = It is on its way: everybody who reads here will see it, without the addresses of clients
shared-by = { $who } shows what was seen at { $at }
controlled-changed = { $operation } is planned as you changed it; its new card asks for votes, and none from before counts
controlled-vote-counted = Your vote on { $operation } counts. It is now: { $state }
controlled-vote-stored = Your vote on { $operation } is stored; it is counted when all votes can be read again
controlled-vote-withdrawn = Your vote on { $operation } is withdrawn. It is now: { $state }
controlled-vote-not-counted = Your vote on { $operation } fills no seat; the card says why
controlled-vetoed = You vetoed { $operation }. That is final for this plan
controlled-cancelled = { $operation } is cancelled; nothing was changed
controlled-stop-asked = { $operation } stops at the next safe point. It is now: { $state }
controlled-pause-asked = { $operation } pauses at the next safe point. It is now: { $state }
controlled-resumed = { $operation } goes on. It is now: { $state }
controlled-rollback-posted = The way back of { $operation } is posted
controlled-glass-broken = You broke the glass on { $operation }; whoever was skipped is told, and somebody else reviews it. It is now: { $state }
controlled-glass-broken-in-vain = You broke the glass on { $operation }, but it does not go on: { $state }. Its card says why
controlled-glass-broken-stored = You broke the glass on { $operation }; it goes on when all votes can be read again, for one of them may be a veto
controlled-review-closed = The review of { $operation } is closed
controlled-unlock-first = Noted. { $operation } is given up when a second person repeats this within 15 minutes
controlled-unlocked = { $operation } is given up and holds nothing any more; look at the group before you go on
controlled-unlocked-owes = { $operation } is given up. What it set for its run only I still put back; /health shows it until then
controlled-owed-first = Noted. What { $operation } still owes is given up when a second person repeats this within 15 minutes
controlled-owed-given-up = What { $operation } still owed is given up: I do not look for it any more, and what stands there stays
answer-frozen = Frozen: { $freeze }
answer-frozen-but = Nothing starts there before that is over. What runs goes on, plans are made and voted on, and what takes something back or makes it safe is never stopped
answer-frozen-next = An approver lifts it before its end with { $line }
answer-unfrozen = Lifted: { $freeze }. What is approved there starts by itself
answer-unfrozen-one = Lifted: { $freeze }. It was not the only one
answer-still-frozen = Still frozen: { $freeze }
controlled-throttle-asked = Noted. { $operation } takes the new throttle at its next look; its thread tells when it is set
controlled-other = Done. { $operation } is now: { $state }

suggestions = Did you mean { $suggestions }?
did-you-mean = Did you mean { $did-you-mean }?
accepted = It takes: { $accepted }
choices = One of: { $choices }
mistake-already-as-before = There is nothing to put back: everything stands where it stood before { $operation }
mistake-already-shared = That is shared already
mistake-shared-too-often = You have shared much here within a quarter of an hour: wait a little, or say it in your own words
mistake-another-cluster = This plan is for { $cluster }, and a change of it stays there
    .next = Ask for the other cluster by a command of its own
mistake-another-command = This plan came of /{ $command }, and only that can be changed
    .next = Ask for the other one by a command of its own
mistake-another-plan = That is another plan than the one that counts now (plan { $revision } of { $operation })
    .next = Look at the newest card, and vote on that one
mistake-bare-number = { $given } could mean an offset or a shift
    .next = Write offset:{ $given }, or shift:+{ $given } or shift:-{ $given }
mistake-changed-too-often = The plan of { $operation } was changed { $most } times, and no more may be
    .next = Take it back by /stop, and ask anew
mistake-changed-meanwhile = { $operation } changed in the same moment; it is now: { $state }
    .next = Ask again if you still want it
mistake-command-not-built-yet = { $what } does not work here yet
mistake-confirm-differs = { $given } is not the name of what this plan changes
    .next = Type it as it stands on the card, letter by letter
mistake-digest-not-whole = { $given } is only the beginning of a digest
    .next = Copy the whole one, 64 digits, from the first line of plan.txt
mistake-duration-too-long = { $option } is too long with { $given }
    .next = At most { $most }
mistake-duration-too-short = { $option } is too short with { $given }
    .next = At least { $least }
mistake-empty = { $option } is empty
mistake-empty-line = Nothing was typed
    .next = /help lists the commands
mistake-first-not-verified = The roles of { $by }, who asked first, cannot be looked up now
    .next = Ask again in a minute
mistake-form-late = The form to change { $operation } could not be opened in time; nothing is done
    .next = Tap once more
mistake-frozen-by-tier = { $cluster } itself is not frozen: its tier is ({ $tier })
    .next = /unfreeze with tier: lifts that, for every cluster of it
mistake-group-is-not-new = There is a consumer group { $name } already
    .next = Ask again without new-group
mistake-group-without-commits = Group { $name } has no offsets yet
    .next = Name the topic, and they are set there
mistake-line-too-long = The line is too long
    .next = It takes at most { $most } characters
mistake-missing-option = The option { $option } is missing
mistake-no-commit-to-shift = Group { $group } has no offset in these partitions to shift from
    .next = Use earliest, latest, an offset or a time
mistake-no-slash = Commands begin with a slash, { $given } does not
    .next = /help lists them
mistake-no-such-date = There is no such date or time: { $given }
mistake-no-open-review = No review is open here: the glass was not broken, or somebody has reviewed it
mistake-no-seat-to-skip = No vote is missing here that break-glass could skip
    .next = What only has to be confirmed, whoever is on call confirms with /approve
mistake-no-vote-to-withdraw = You have no vote on this plan to withdraw
mistake-not-a-choice = { $option } cannot be { $given }
mistake-not-a-digest = { $given } is not a digest
    .next = Copy the whole one, 64 digits, from the first line of plan.txt
mistake-not-a-duration = { $given } is not a span of time
mistake-not-a-flag = { $option } is true or false, not { $given }
mistake-not-a-group-name = { $most-count ->
    [0] { $given } cannot be the name of a group: { $problem }
   *[other] { $given } cannot be the name of a group: { $problem }; at most { $most } characters
}
mistake-not-a-shift = { $given } is not a shift
    .next = Write shift:+100 or shift:-100
mistake-not-a-time = { $given } is in no form I know
mistake-not-a-topic-name = { $most-count ->
    [0] { $given } cannot be the name of a topic: { $problem }
   *[other] { $given } cannot be the name of a topic: { $problem }; at most { $most } characters
}
mistake-not-an-offset = { $given } is not an offset
    .next = Write offset: and the number
mistake-not-an-operation = { $given } is not the id of an operation
    .next = It is six letters and digits; /operations lists them
mistake-not-built-yet = { $option } does not work yet, so I do nothing rather than ignore it
    .next = Ask again without it
mistake-not-for-verify = { $option } narrows a search; the chain is always verified whole
    .next = Ask without it, or without action:verify
mistake-not-partitions = { $given } is not a list of partitions
mistake-nothing-changed = That is what { $operation } asks for already; its votes stay
mistake-not-to-be-changed = { $operation } is a way back; it is planned from what it takes back, and cannot be changed
    .next = Take it back by /stop, and ask for another one
mistake-nothing-to-resume = There is nothing to resume; { $operation } is: { $state }
mistake-not-possible-now = That is not possible now; { $operation } is: { $state }
    .next = /status operation:{ $operation } shows how it stands
mistake-no-placement = The layout of the cluster fits no placement: { $said }
mistake-not-a-rate = { $given } is not an amount of data each second
mistake-not-brokers = { $given } is not a list of broker ids
mistake-not-topics = { $given } is not a list of topics
mistake-rate-in-decimal = { $given }: { $unit } is a unit of ten, and rates here count in units of 1,024
    .next = Write it as 50MiB or 1GiB
mistake-nothing-comes-in = Nothing came into any topic in the last { $window }, so none is the busiest: name topics, or ask again later
mistake-no-throttle-to-turn = This operation moves nothing under a throttle
mistake-throttle-out-of-bounds = { $given }/s is outside of what was approved: { $slowest }/s to { $fastest }/s
    .next = Within these bounds it can be turned at any time; for more, stop it and ask anew.
mistake-rate-of-zero = At a rate of zero nothing would ever arrive
mistake-brokers-have-their-share = Brokers { $brokers } have their share of these topics already; there is nothing to move
mistake-not-frozen = No such freeze stands there
    .next = /clusters shows what is frozen, and the freezes by their six characters
mistake-nothing-to-do = There is nothing to do: group { $group } already stands where you want it
    .next = /lag shows where it stands
mistake-nothing-to-share = There is nothing to share: that answer is somebody else's, too old, or from before a restart
    .next = Ask again, and share that
mistake-nothing-to-take-back = { $operation } changed nothing, so there is nothing to take back
mistake-open-quote = A quotation mark is not closed (character { $column })
mistake-option-needs-option = { $option } works together with { $needs } only
mistake-partition-twice = Partition { $partition } stands twice in { $given }
mistake-repeated-option = { $option } stands twice
mistake-text-has-control-characters = { $option } has characters that cannot be shown
mistake-text-too-long = { $option } is too long
    .next = It takes at most { $most } characters
mistake-time-does-not-exist = { $given } never happens in { $zone }: the clocks go from { $gap-from } to { $gap-to }
    .next = Choose a time before or after, or add the offset from UTC
mistake-time-exists-twice = { $given } happens twice in { $zone }, because the clocks go back: { $first } and { $second }
    .next = Add the offset from UTC, such as +01:00
mistake-time-in-past = { $given } is over already; it is { $now }
mistake-time-in-future = { $given } lies in the future ({ $at })
    .next = Use latest for the end of the log
mistake-time-too-far = { $given } ({ $at }) is too far off: { $most } at most
mistake-time-too-early = { $at-count ->
    [0] { $given } lies before 1970
   *[other] { $given } lies before 1970 ({ $at })
}
    .next = Use earliest for the beginning of the log
mistake-too-many-partitions = { $given } names too many partitions, or too high ones
    .next = It takes at most { $most }
mistake-too-many-plans = { $most } plans of yours are waiting, and no more may
    .next = Take one back by /stop, or wait until one has run; /operations lists them
mistake-too-many-freezes = There are { $most } freezes of it already; lift one first
mistake-too-long-for-form = The command of { $operation } does not fit into a form, which takes { $most } characters
    .next = Take it back by /stop, and ask anew
mistake-unknown-cluster = I know no cluster { $given }
    .next = /clusters lists them
mistake-unknown-command = There is no command { $given }
    .next = /help lists them all
mistake-unknown-escape = After a backslash only a quotation mark or a backslash can stand (character { $column })
mistake-unknown-group = There is no consumer group { $name }
    .next = { $add-count ->
        [0] Names are compared letter by letter, capitals too
       *[other] Names are compared letter by letter, capitals too. If it is to be made by this, add { $add }
    }
mistake-unknown-handle = { $given } stands for no name I know
    .next = Type the whole name
mistake-unknown-operation = { $given-count ->
    [0] There is no such operation
   *[other] There is no operation { $given }
}
    .next = /operations lists them
mistake-unknown-option = { $command } has no option { $option }
mistake-unknown-partition = Topic { $topic } has no partition { $partition }; it has { $partitions }, counted from 0
mistake-unknown-topic = There is no topic { $name }
    .next = Names are compared letter by letter, capitals too
mistake-unknown-zone = I know no time zone { $zone }
    .next = Write one such as Europe/Berlin, +01:00 or Z
mistake-unreadable = { $option } did not arrive in a form I can read
mistake-which-freeze = Several freezes stand there, and each counts: say which one by freeze:
mistake-voting-closed = Votes on { $operation } are closed; it is: { $state }
mistake-word-without-option = { $given } belongs to no option
asked-back = Your vote would be on this plan: { $what }
asked-back-next = To approve exactly this: { $line }
asked-back-type = It cannot be undone. To approve exactly this, type the name of what it changes at the end: { $line }
asked-back-glass = You would break the glass on this plan: { $what }
asked-back-glass-next = To let exactly this go on without the votes that are missing, add your reason, and type the name of what it changes at the end: { $line }
demo-what = A whole bot on a simulated fleet: two Kafka clusters, with load, groups and lag.
demo-gone = Its store is a temporary folder; nothing of it stays.
demo-try = Try, as alice:
demo-vote = Plans are approved by others: { $switch }, then /approve as its card says.
mistake-has-so-many-partitions = { $topic } has { $to ->
    [one] { $to } partition
   *[other] { $to } partitions
} already
mistake-not-more-partitions = { $topic } has { $from ->
    [one] { $from } partition
   *[other] { $from } partitions
}, which is more than { $to }
    .next = Partitions can be added only; /shrink-partitions says what can be done instead
mistake-not-fewer-partitions = { $topic } has { $from ->
    [one] { $from } partition
   *[other] { $from } partitions
}; { $to } are not fewer
    .next = /expand-partitions adds some
mistake-setting-not-allowed = { $key } is no setting that I make on a topic
    .next = These I make: { $accepted }
mistake-setting-value = { $given } is no value that I set { $key } to
    .next = It takes for example { $accepted }, or the word default
mistake-settings-as-wanted = { $topic } has these settings already
mistake-not-a-count = { $given } is no whole number from 1 to { $most }
mistake-not-settings = { $given } is no list of settings
mistake-setting-twice = { $key } stands there twice
mistake-too-many-settings = { $count } settings are more than one request takes ({ $most })
