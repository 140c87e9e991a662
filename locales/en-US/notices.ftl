# What is told in an operation's thread, and to owners.

notice-line = { $operation }: { $told }
notice-anew-failed = The plan has to be made anew, and that failed; I try again
notice-anew-held = The plan has to be made anew, and another operation is at work there; it waits
notice-anew-unseen = The plan has to be made anew, and the cluster cannot be looked at now; it waits
notice-anew-unverified = The plan has to be made anew, and the roles of whoever asked for it cannot be looked up now; it waits
notice-answer-lost = The cluster’s answer was lost ({ $failure }); I look what was done before anything else
notice-approved = Approved by { $by }
notice-expired = Nobody approved it in time; nothing was changed
notice-expiry-moved = The votes could not be read for a while; that time does not count. It now ends { $until }
notice-frozen = { $tier-count ->
    [0] Approved, and { $cluster } is frozen until { $until }
   *[other] Approved, and every cluster of { $tier } is frozen until { $until }
} by { $by }: { $reason }. It starts by itself when that is over, if its plan still holds
notice-frozen-too-long = { $tier-count ->
    [0] Approved, and { $cluster } is frozen until { $until }
   *[other] Approved, and every cluster of { $tier } is frozen until { $until }
} by { $by }: { $reason }. Its own time is over before that, { $expires }: ask again then
notice-in-vain = { $control } by { $by } had no effect: { $because }
notice-left-to-others = Somebody else changed { $key } of { $of } to { $found } meanwhile; I leave it as they made it
notice-offsets-overtaken = { $count ->
    [one] { $topic } { $partition } stands at { $found }
   *[other] { $count } queues stand as far on as before ({ $topic } { $partition } at { $found }, …)
}, and was never seen set back. The brokers answered that it is done, so it is not sent again: a client of { $group } has read all of it again before a look, or was never set back; both look the same
notice-queued-behind = Approved; waits for operation { $operation }, which is at work there
notice-glass-plan-gone = Operation { $operation } does not start as it was planned (now: { $state }). This one was paused because somebody broke the glass for that, and stays paused: /resume by somebody else than who asked for this change, or /stop
notice-glass-waits = Glass broken; waits until operation { $operation } has ended, which works on the same and pauses for it: somebody stops that one or lets it go on
notice-owners-not-told-by-glass = { $said-count ->
    [0] The owners could not be told in time. The glass was broken here, so I go on; please tell them
   *[other] The owners could not be told ({ $said }). The glass was broken here, so I go on; please tell them
}
notice-owners-not-told-goes-on = { $said-count ->
    [0] Whoever owns part of this could not be told in time. What it takes back was announced with this way back, so I go on; tell them
   *[other] Whoever owns part of this could not be told ({ $said }). What it takes back was announced with this way back, so I go on; tell them
}
notice-partly-refused = The cluster did a part of this step and refused the rest ({ $failure }); I read back which
notice-refused-anew = { $checks-count ->
    [0] Planned again, it can no longer go on; nothing was changed
   *[other] Planned again, it can no longer go on ({ $checks }); nothing was changed
}
notice-review-closed = Reviewed by { $by }: “{ $review }”
notice-review-open = { $by } broke the glass here { $at }, and nobody has reviewed that: “{ $reason }”. Somebody else closes the review: /break-glass operation:{ $operation } review:
notice-started = It has started; by-hand.md says how to finish, stop or undo it without me
notice-step-done = Step { $step } is done and read back
notice-step-done-unseen = Step { $step } is over; whether it took effect was not seen
notice-step-done-kafka-set-configs = The throttle is set and read back (step { $step })
notice-step-done-kafka-reassign = Batch { $batch } of { $batches } has arrived: { $count ->
    [one] { $count } partition stands
   *[other] { $count } partitions stand
} as planned, all replicas in sync
notice-step-done-kafka-elect-preferred = Leadership is with the preferred leaders
notice-step-under-way-kafka-reassign = Batch { $batch } of { $batches } is under way: { $count ->
    [one] { $count } partition
   *[other] { $count } partitions
}. The cluster copies, and I watch
notice-step-under-way = Step { $step } is under way, and I watch
notice-still-owed = Broker { $broker } is dead, so I cannot see its throttle put back. I see to it when it returns, and /health shows it until then
notice-still-set = Still set: the throttle of { $things }. { $failure-count ->
    [0] What puts it back was not taken
   *[other] The cluster did not take what puts it back: { $failure }; it said: { $said }
}. I try again by myself, ever more seldom; /health shows it until it is put back
notice-owed-overdue = For a day now I could not put back the throttle of { $things }: a broker has not returned, or the cluster does not take it. If that stays so: /unlock operation:{ $operation }, by two people, gives it up
notice-owed-put-back = Put back at last: the throttle of { $things }
notice-owed-adopted = Operation { $operation } sets the throttle of { $things } itself and puts back what stood there before; this one owes it no longer
notice-owed-given-up = Given up with /unlock by { $first } and { $second }: { $reason }. The throttle of { $things } stays as it is
notice-owed-unlock-asked = { $reason-count ->
    [0] { $by } asks to give up what is still owed here
   *[other] { $by } asks to give up what is still owed here ({ $reason })
}. A second person is needed until { $until }: /unlock operation:{ $operation }
notice-abandoned-owes = What was for its run only is still put back, on { $things }; /health shows it until then
notice-throttle-as-planned = The throttle is as planned again
notice-throttle-asked = { $reason-count ->
    [0] { $by } asks for { $rate }/s a broker
   *[other] { $by } asks for { $rate }/s a broker: { $reason }
}
notice-throttle-turned = The throttle is being set to { $rate }/s a broker, as asked
notice-throttle-changed = Somebody else changed { $key } of broker { $broker } to { $found }; I leave it alone
notice-throttle-slower = Slowed down to { $rate }/s a broker: a partition has no replica in sync to spare
notice-throttle-slower-pausing = Pausing: what is on the move goes on at { $rate }/s a broker, and nothing else begins
notice-throttle-slower-under = Slowed down to { $rate }/s a broker: a partition has too few replicas in sync
notice-not-turned-round = { $said-count ->
    [0] What is on the move cannot be called off now
   *[other] The cluster does not let me call off what is on the move ({ $said })
}. It goes on, throttled as before; I try again until it is called off or has arrived, and put the throttle back then
notice-turned-round = { $count ->
    [one] { $count } partition on the move is turned round
   *[other] { $count } partitions on the move are turned round
}
notice-unlock-asked = { $reason-count ->
    [0] { $by } asks to give this up
   *[other] { $by } asks to give this up ({ $reason })
}. A second person is needed until { $until }: /unlock operation:{ $operation }
notice-still-cannot-look = The cluster still cannot be looked at: { $failure }. I change nothing, and go on trying
notice-undelivered = This could not be told in its own channel: { $said }
notice-undelivered-board = The board of channel { $channel } could not be posted or edited: { $said }. Until it can be, it shows what was so before, or there is none; I go on trying, and tell again only when the reason changes
notice-undelivered-head = The head of the audit log could not be posted in its channel: { $said }. Until I can write there, a log that was rewritten as a whole is not found out from there; I try again in a day, and when I start
notice-undelivered-card = Its card could not be posted in its own channel: { $said }. /approve in the console votes on it all the same
notice-wait-began = { $until-count ->
    [0] It waits
   *[other] It waits, until { $until } at most
}
notice-wait-over = The wait is over; it goes on

progress-left = { $left-later-count ->
    [0] To copy: { $left }
   *[other] To copy: { $left } of this batch, { $left-later } of later ones
}
progress-eta = { $eta-whole-count ->
    [0] At { $rate }/s: { $eta } left
   *[other] At { $rate }/s: { $eta } left, { $eta-whole } for all of it
}
progress-throttle = Throttle: { $throttle }/s a broker

in-vain-answer-bug = something in me broke; the audit log has the request
in-vain-check-cannot-verify = the cluster cannot be looked at ({ $failure })
in-vain-denied-another-person = this needs another person than whoever asked for it
in-vain-denied-cannot-verify = their roles cannot be looked up now. Take it off, and put it there again in a minute
in-vain-denied-no-role = they have no role for it
in-vain-denied-not-a-member = they are no member here now
in-vain-denied-not-yours = only who asked for it can take it back
in-vain-mistake-changed-meanwhile = it changed in the same moment
in-vain-mistake-not-possible-now = not now, it is: { $state }
in-vain-mistake-nothing-to-resume = there is nothing to resume, it is: { $state }

reminder = Half of the time is over, and votes are still missing. Please look at the card: { $what }

owners-before = You own part of this. It begins now: { $what }
owners-after = You own part of this. { $state }: { $what }
glass-told = Votes that were missing here were skipped: { $who } broke the glass. { $what }
glass-told-earlier = { $who } broke the glass of an earlier plan of this operation, to skip the votes that were missing; what it plans now asks for votes
glass-told-because = Why: “{ $reason }”

vote-told = Your ✅ does not count ({ $why }): { $what }
vote-told-asked-for-it = Who asked for a plan, or changed it, does not approve it: somebody else has to. Your ❌ would take the request back
vote-told-no-right = The card says whose votes are needed; /whoami shows the roles you have
vote-told-not-a-member = Once you are a member in good standing again it is looked at anew: if it still stands there, and you have the right to a vote here, it counts
vote-told-unconfirmed = It cannot be undone, and a reaction is not enough for that: tap [Approve…] on the card, and type the name
vote-told-card = The card: { $link } · [My vote] there answers you alone

plan-altered = The stored plan of { $operation } is not the one that was posted here, so nothing more of it is carried out
plan-altered-next = Votes on it count for nothing. Whoever runs me finds what happened in the audit log; ask for it again when that is clear
