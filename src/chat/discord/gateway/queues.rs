//! Reactions, message by message, and reading everything anew.
//!
//! Votes carry nothing but that something changed: all that wait of one message are one, and are counted again after a pause at
//! the earliest. Everything else is handed in one by one in the order in which it came, and is held up by no pause.

use super::super::limits::{COUNT_PAUSE, WAITING_REACTIONS};
use super::Opened;
use crate::chat::{MessageRef, Reacted};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// What waits, by message. A message is there while somebody works on it.
#[derive(Debug, Default)]
pub(super) struct Queues {
    waiting: Mutex<HashMap<MessageRef, Queue>>,
}

/// What waits of one message.
#[derive(Debug, Default)]
struct Queue {
    /// The first of the votes that wait, for all of them.
    votes: Option<Reacted>,
    /// Votes are not counted before (monotonic).
    counts_from: Duration,
    /// A veto ended the pause; the next one waits until one was waited out.
    hurried: bool,
    /// The rest, one by one.
    others: VecDeque<Reacted>,
    /// More came than may wait.
    overran: bool,
    /// Rung when something comes that waits for no pause.
    bell: Arc<Notify>,
}

/// What became of a reaction.
#[derive(Debug, PartialEq, Eq)]
enum Placed {
    /// Nobody works on this message: begin.
    Begin,
    /// It waits behind others, or with them.
    Waits,
    /// Too many wait.
    Full,
}

/// What is to be done next about a message.
#[derive(Debug)]
enum Next {
    /// This is handed in.
    Hand(Reacted),
    /// More happened than was handed in: the message is read anew.
    ReadAnew,
    /// Nothing for so long, or until the bell rings.
    Rest(Duration, Arc<Notify>),
    /// The work on it is done.
    End,
}

impl Queue {
    fn next(&mut self, now: Duration) -> Next {
        let is_due = now >= self.counts_from;
        if is_due && !self.counts_from.is_zero() {
            self.hurried = false;
        }
        let votes = if is_due { self.votes.take() } else { None };
        if let Some(reacted) = votes.or_else(|| self.others.pop_front()) {
            return Next::Hand(reacted);
        }
        if std::mem::take(&mut self.overran) {
            return Next::ReadAnew;
        }
        // Also where nothing waits: the pause is remembered for what comes within it.
        match self.counts_from.checked_sub(now).filter(|rest| !rest.is_zero()) {
            Some(rest) => Next::Rest(rest, Arc::clone(&self.bell)),
            None => Next::End,
        }
    }
}

impl Queues {
    fn lock(&self) -> MutexGuard<'_, HashMap<MessageRef, Queue>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn place(&self, reacted: Reacted) -> Placed {
        let mut waiting = self.lock();
        let placed = if waiting.contains_key(&reacted.message) { Placed::Waits } else { Placed::Begin };
        let queue = waiting.entry(reacted.message).or_default();
        if reacted.is_of_votes() {
            // One that is taken off again within the pause would never be seen.
            let hurries = reacted.is_a_veto() && !std::mem::replace(&mut queue.hurried, true);
            queue.votes.get_or_insert(reacted);
            if hurries {
                queue.counts_from = Duration::ZERO;
                queue.bell.notify_one();
            }
            return placed;
        }
        if queue.others.len() >= WAITING_REACTIONS {
            queue.overran = true;
            return Placed::Full;
        }
        queue.others.push_back(reacted);
        queue.bell.notify_one();
        placed
    }

    /// What is to be done next about a message; the end of it makes the next reaction a first one.
    fn next(&self, message: MessageRef, now: Duration) -> Next {
        let mut waiting = self.lock();
        let next = waiting.get_mut(&message).map_or(Next::End, |queue| queue.next(now));
        if matches!(next, Next::End) {
            waiting.remove(&message);
        }
        next
    }

    /// The votes of a message were counted.
    fn counted(&self, message: MessageRef, now: Duration) {
        if let Some(queue) = self.lock().get_mut(&message) {
            queue.counts_from = now + COUNT_PAUSE;
        }
    }
}

/// Whether everything is being read anew, and whether it has to be once more.
#[derive(Debug, Default)]
pub(super) struct Reread {
    state: Mutex<Rereading>,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum Rereading {
    #[default]
    Idle,
    Busy,
    BusyAndAgain,
}

impl Reread {
    fn lock(&self) -> MutexGuard<'_, Rereading> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether to begin now.
    fn asked(&self) -> bool {
        let mut state = self.lock();
        let begin = *state == Rereading::Idle;
        *state = if begin { Rereading::Busy } else { Rereading::BusyAndAgain };
        begin
    }

    /// Whether to go once more.
    fn done(&self) -> bool {
        let mut state = self.lock();
        let again = *state == Rereading::BusyAndAgain;
        *state = if again { Rereading::Busy } else { Rereading::Idle };
        again
    }
}

impl Opened {
    /// Hands a reaction in after those of the same message that came before it, if it may concern us.
    pub(super) fn enqueue(self: &Arc<Self>, reacted: Reacted) {
        if !self.door.concerns(&reacted) {
            return;
        }
        if let Some(account) = reacted.account {
            self.door.moved(account);
        }
        let message = reacted.message;
        match self.queues.place(reacted) {
            Placed::Begin => {
                let opened = Arc::clone(self);
                self.tasks.spawn("reactions", async move { opened.work_on(message).await });
            }
            Placed::Waits => {}
            Placed::Full => tracing::warn!(?message, "too many reactions at once; the message is read anew instead"),
        }
    }

    async fn work_on(&self, message: MessageRef) {
        let clock = &self.discord.clock;
        loop {
            match self.queues.next(message, clock.monotonic()) {
                Next::Hand(reacted) => {
                    let is_of_votes = reacted.is_of_votes();
                    self.tasks.guard("a reaction", async { self.door.reacted(reacted).await }).await;
                    if is_of_votes {
                        self.queues.counted(message, clock.monotonic());
                    }
                }
                Next::ReadAnew => {
                    self.tasks.guard("reading a message anew", async { self.door.overrun(message).await }).await;
                }
                Next::Rest(rest, bell) => tokio::select! {
                    () = clock.sleep(rest) => {}
                    () = bell.notified() => {}
                },
                Next::End => return,
            }
        }
    }

    /// Has everything that hangs on reactions read anew: once now, and once more if asked again meanwhile.
    pub(super) fn read_anew(self: &Arc<Self>) {
        if !self.reread.asked() {
            return;
        }
        let opened = Arc::clone(self);
        self.tasks.spawn("reading anew", async move {
            loop {
                opened.tasks.guard("reading anew", async { opened.door.connected().await }).await;
                if !opened.reread.done() {
                    return;
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use interlock::principal::Account;
    use interlock::time::Millis;

    const NOW: Duration = Duration::from_secs(1_000);
    const MESSAGE: MessageRef = MessageRef { channel: 1, message: 1 };

    fn reacted(emoji: &str, at: i64) -> Reacted {
        let account = Some(Account::Discord(at.unsigned_abs()));
        Reacted { message: MESSAGE, account, emoji: emoji.to_owned(), added: true, at: Millis(at) }
    }

    /// What is handed in next, by when it came.
    fn hand(queues: &Queues, now: Duration) -> Option<i64> {
        match queues.next(MESSAGE, now) {
            Next::Hand(reacted) => Some(reacted.at.0),
            _ => None,
        }
    }

    /// Somebody works on the message, and its votes were counted just now.
    fn counted() -> Queues {
        let queues = Queues::default();
        assert_eq!(queues.place(reacted("✅", 0)), Placed::Begin);
        assert_eq!(hand(&queues, NOW), Some(0), "the first at once");
        queues.counted(MESSAGE, NOW);
        queues
    }

    #[test]
    fn votes_that_wait_are_one_however_many_come() {
        let queues = counted();
        for at in 1..=10 * WAITING_REACTIONS as i64 {
            let emoji = if at % 2 == 0 { "❌" } else { "✅" };
            assert_eq!(queues.place(reacted(emoji, at)), Placed::Waits);
        }
        let later = NOW + COUNT_PAUSE;
        assert_eq!(hand(&queues, later), Some(1));
        assert!(matches!(queues.next(MESSAGE, later), Next::End));
    }

    #[test]
    fn a_veto_waits_for_no_pause_but_one_that_comes_and_goes_does() {
        let queues = counted();
        queues.place(reacted("✅", 1));
        assert_eq!(hand(&queues, NOW), None);
        queues.place(reacted("❌", 2));
        assert_eq!(hand(&queues, NOW), Some(1), "it counts the votes that wait, too");
        queues.counted(MESSAGE, NOW);
        queues.place(reacted("❌", 3));
        assert_eq!(hand(&queues, NOW), None, "once within a pause");
        assert_eq!(hand(&queues, NOW + COUNT_PAUSE), Some(3));
        queues.counted(MESSAGE, NOW + COUNT_PAUSE);
        queues.place(reacted("❌", 4));
        assert_eq!(hand(&queues, NOW + COUNT_PAUSE), Some(4));
    }

    #[test]
    fn votes_are_counted_again_after_a_pause_and_nothing_else_waits_for_it() {
        let queues = counted();
        queues.place(reacted("✅", 1));
        let rests = |now| matches!(queues.next(MESSAGE, now), Next::Rest(rest, _) if now + rest == NOW + COUNT_PAUSE);
        assert!(rests(NOW));
        queues.place(reacted("🛑", 2));
        assert_eq!(hand(&queues, NOW), Some(2));
        assert!(rests(NOW + COUNT_PAUSE / 2));
        assert_eq!(hand(&queues, NOW + COUNT_PAUSE), Some(1));
    }

    #[test]
    fn the_pause_is_remembered_while_nothing_waits() {
        let queues = counted();
        assert!(matches!(queues.next(MESSAGE, NOW), Next::Rest(..)));
        assert_eq!(queues.place(reacted("✅", 1)), Placed::Waits, "within the pause");
        assert_eq!(hand(&queues, NOW), None);
        assert_eq!(hand(&queues, NOW + COUNT_PAUSE), Some(1));
        assert!(matches!(queues.next(MESSAGE, NOW + COUNT_PAUSE), Next::End));
        assert_eq!(queues.place(reacted("✅", 2)), Placed::Begin, "the work on it had ended");
    }

    #[tokio::test]
    async fn whoever_rests_is_woken_by_a_control_and_not_by_a_vote() {
        let queues = counted();
        let Next::Rest(_, bell) = queues.next(MESSAGE, NOW) else { panic!("there is a pause") };
        let woken = || tokio::time::timeout(Duration::ZERO, bell.notified());
        queues.place(reacted("✅", 1));
        assert!(woken().await.is_err());
        queues.place(reacted("⏸", 2));
        assert!(woken().await.is_ok());
    }

    #[test]
    fn controls_wait_one_by_one_and_when_too_many_wait_the_message_is_read_anew() {
        let queues = counted();
        let most = WAITING_REACTIONS as i64;
        (1..=most).for_each(|at| assert_eq!(queues.place(reacted("🛑", at)), Placed::Waits));
        assert_eq!(queues.place(reacted("🛑", most + 1)), Placed::Full);
        assert_eq!(queues.place(reacted("✅", most + 2)), Placed::Waits, "a vote always has its place");
        let later = NOW + COUNT_PAUSE;
        assert_eq!(hand(&queues, later), Some(most + 2));
        (1..=most).for_each(|at| assert_eq!(hand(&queues, later), Some(at)));
        assert!(matches!(queues.next(MESSAGE, later), Next::ReadAnew));
        assert!(matches!(queues.next(MESSAGE, later), Next::End));
    }

    #[test]
    fn messages_do_not_wait_for_each_other() {
        let queues = counted();
        let other = MessageRef { message: 2, ..MESSAGE };
        assert_eq!(queues.place(Reacted { message: other, ..reacted("✅", 1) }), Placed::Begin);
        assert!(matches!(queues.next(other, NOW), Next::Hand(_)));
    }

    #[test]
    fn reading_anew_is_never_doubled_and_never_forgotten() {
        let reread = Reread::default();
        assert!(reread.asked());
        assert!(!reread.asked());
        assert!(!reread.asked());
        assert!(reread.done(), "asked for meanwhile");
        assert!(!reread.done());
        assert!(reread.asked());
    }
}
