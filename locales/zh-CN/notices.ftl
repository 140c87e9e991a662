# What is told in an operation's thread, and to owners.

notice-line = { $operation }: { $told }
notice-started = It has started; by-hand.md says how to finish, stop or undo it without me
notice-step-done = Step { $step } is done and read back
notice-queued-behind = Approved; waits for operation { $operation }, which is at work there
notice-re-planned = The cluster changed, so the plan was made again; please vote on the new one
notice-rollback-posted = The way back is posted as operation { $operation }

owners-before = You own part of this. It begins now: { $what }
owners-after = You own part of this. { $state }: { $what }
