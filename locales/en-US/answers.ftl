# Private answers to requests.

answer-planned = { $seats ->
    [0] Plan { $operation } is posted; it needs no votes, only that you confirm it
    [one] Plan { $operation } is posted; it needs { $seats } vote
   *[other] Plan { $operation } is posted; it needs { $seats } votes
}
answer-bug = Something went wrong on my side
answer-bug-next = Whoever runs me finds it in the log by the request below; /operations shows what was begun
footer-request = request { $request }
footer-check = check { $check }, request { $request }

dry-run-needs = It would need { $wanted }: { $who }
dry-run-needs-nobody = It would need no votes
dry-run-nothing = Nothing was stored, nobody was asked

not-now = Not now
refused = { $not-now }: { $why }.
refused-also = Also: { $why } (check { $check })
refused-without-check = a check forbids it

denied-no-role = You have no role that allows this here
denied-not-here = This cannot be asked in this channel
denied-direct-message = I take no commands in direct messages; ask in a channel of the team
denied-foreign-guild = I do not work for this server
denied-not-yours = This belongs to somebody else
denied-bot = I take no commands from bots
denied-needs = It needs the role { $role }; /whoami shows yours

failed-cluster = The cluster could not be asked: { $failure }
failed-said = It said: { $said }
failed-nothing-changed = Nothing was changed. Try again in a minute; /health shows how the cluster is
failed-store-unavailable = I cannot write to my own records now, so I change nothing

controlled-vote-counted = Your vote on { $operation } counts. It is now: { $state }
controlled-vote-withdrawn = Your vote on { $operation } is withdrawn. It is now: { $state }
controlled-vote-not-counted = Your vote on { $operation } fills no seat; the card says why
controlled-vetoed = You vetoed { $operation }. That is final for this plan
controlled-cancelled = { $operation } is cancelled; nothing was changed
controlled-stop-asked = { $operation } stops at the next safe point. It is now: { $state }
controlled-pause-asked = { $operation } pauses at the next safe point. It is now: { $state }
controlled-resumed = { $operation } goes on. It is now: { $state }
controlled-rollback-posted = The way back of { $operation } is posted
controlled-unlock-first = Noted. { $operation } is given up when a second person repeats this within 15 minutes
controlled-unlocked = { $operation } is given up and holds nothing any more; look at the group before you go on
controlled-other = Done. { $operation } is now: { $state }

did-you-mean = Did you mean { $suggestions }?
mistake-unknown-command = There is no command { $typed }
    .next = /help lists them all
mistake-unknown-option = { $command } has no option { $option }
    .next = /help shows its options
mistake-missing-option = The option { $option } is missing
    .next = /help shows what belongs there
mistake-not-built-yet = { $option } does not work yet, so I do nothing rather than ignore it
    .next = Ask again without it
mistake-bad-value = { $option } cannot be { $typed }
    .next = It takes { $accepted }
mistake-time-in-future = { $typed } lies in the future
    .next = Use latest for the end of the log
mistake-time-ambiguous = { $typed } happens twice there: the clocks go back that night
    .next = Add the offset from UTC, such as +01:00
mistake-time-never = { $typed } never happens there: the clocks go forward that night
    .next = Add the offset from UTC, such as +01:00
mistake-unknown-format = { $typed } is in no format I know
    .next = It takes { $accepted }
mistake-unknown-cluster = I know no cluster { $cluster }
    .next = /clusters lists them
mistake-unknown-topic = There is no topic { $topic } on { $cluster }
    .next = Names are compared letter by letter, capitals too
mistake-unknown-group = There is no consumer group { $group } on { $cluster }
    .next = Names are compared letter by letter, capitals too
mistake-unknown-operation = There is no operation { $operation }
    .next = /operations lists them
mistake-too-long = { $option } is too long
    .next = It takes at most { $most } characters
mistake-nothing-to-do = There is nothing to do: the group already stands where you want it
    .next = /lag shows where it stands
asked-back = Your vote would be on this plan: { $what }
asked-back-next = To approve exactly this: { $line }
