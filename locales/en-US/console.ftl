# What the console says of itself.

console-welcome = You speak as { $name } ({ $account })
console-welcome-next = /help says what can be asked; Tab completes, Ctrl-D leaves
console-who = You speak as { $name } ({ $account })
console-help = Commands begin with a slash: /help lists them. For the console itself:
console-directive = { $directive }: { $what }
console-directive-as = speak as another person of the demo
console-directive-file = print a file of a card that was shown here, such as plan.txt
console-directive-who = who you are here
console-directive-help = this
console-directive-quit = leave, as Ctrl-D does
console-unknown-directive = There is no directive “{ $given }”. There are:
console-no-personas = Here you are who you are on this machine; somebody else can be played only in the demo
console-speaks-as = From now on you speak as { $name }
console-unknown-persona = Nobody here is called “{ $given }”; you can speak as { $names }
console-unknown-file = { $count ->
    [0] No card shown here had a file called “{ $given }”
   *[other] No card shown here had a file called “{ $given }”; there are: { $names }
}
console-gone = The bot is gone: the connection ended. What was begun goes on where it runs; join again to see it
console-nobody-there = No bot listens at { $socket }
console-closed = The socket { $socket } cannot be opened: { $said }
console-other-version = The running bot is of another version than this console; use the console of its version
console-stranger = The bot could not learn from the system who you are, so it takes nothing from you
console-not-a-bot = What listens at the socket does not speak as a bot should
console-busy = Too much at once: try again in a moment
console-failed = Something went wrong on the bot's side; /operations shows what was begun
console-line-too-long = The line is too long: at most { $most } bytes are read
console-not-text = The line is not UTF-8 text
console-missed = { $count ->
    [one] { $count } card came faster than it could be printed; /operations shows how things are
   *[other] { $count } cards came faster than they could be printed; /operations shows how things are
}
console-under-way = The cluster has not answered yet; I am still looking. Ctrl-C gives the line back
console-not-waiting = The answer is not waited for any more; the command may still take effect: /operations shows it
console-started = No bot was running, so this console runs it. It ends when you leave, and goes on where it was when a bot runs again. Its log: { $log }
console-left-open = { $count ->
    [one] { $count } operation has not ended; it goes on when a bot runs again
   *[other] { $count } operations have not ended; they go on when a bot runs again
}
