//! Reactions in the order in which they came, message by message; and reading everything anew.

use super::super::limits::WAITING_REACTIONS;
use super::Opened;
use crate::chat::{MessageRef, Reacted};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What waits, by message. A message is there while somebody works on it.
#[derive(Debug, Default)]
pub(super) struct Queues {
    waiting: Mutex<HashMap<MessageRef, VecDeque<Reacted>>>,
}

/// What became of a reaction.
#[derive(Debug)]
enum Placed {
    /// Nobody works on this message: begin with this one.
    Begin(Reacted),
    /// It waits behind others.
    Waits,
    /// Too many wait.
    Full,
}

impl Queues {
    fn lock(&self) -> MutexGuard<'_, HashMap<MessageRef, VecDeque<Reacted>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn place(&self, reacted: Reacted) -> Placed {
        let mut waiting = self.lock();
        let Some(queue) = waiting.get_mut(&reacted.message) else {
            waiting.insert(reacted.message, VecDeque::new());
            return Placed::Begin(reacted);
        };
        if queue.len() >= WAITING_REACTIONS {
            return Placed::Full;
        }
        queue.push_back(reacted);
        Placed::Waits
    }

    /// The next one of a message; none ends the work on it.
    fn next(&self, message: MessageRef) -> Option<Reacted> {
        let mut waiting = self.lock();
        let next = waiting.get_mut(&message).and_then(VecDeque::pop_front);
        if next.is_none() {
            waiting.remove(&message);
        }
        next
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
    /// Hands a reaction in after those of the same message that came before it.
    pub(super) fn enqueue(self: &Arc<Self>, reacted: Reacted) {
        let message = reacted.message;
        match self.queues.place(reacted) {
            Placed::Begin(first) => {
                let opened = Arc::clone(self);
                self.tasks.spawn("reactions", async move { opened.work_on(message, first).await });
            }
            Placed::Waits => {}
            Placed::Full => {
                tracing::warn!(?message, "too many reactions at once; all are read anew instead");
                self.read_anew();
            }
        }
    }

    async fn work_on(&self, message: MessageRef, first: Reacted) {
        let mut next = Some(first);
        while let Some(reacted) = next {
            self.tasks.guard("a reaction", async { self.door.reacted(reacted).await }).await;
            next = self.queues.next(message);
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
    use interlock::time::Millis;

    fn reacted(message: u64, at: i64) -> Reacted {
        let message = MessageRef { channel: 1, message };
        Reacted { message, account: None, emoji: "✅".to_owned(), added: true, at: Millis(at) }
    }

    #[test]
    fn reactions_of_one_message_wait_for_each_other_and_those_of_two_do_not() {
        let queues = Queues::default();
        assert!(matches!(queues.place(reacted(1, 0)), Placed::Begin(_)));
        assert!(matches!(queues.place(reacted(2, 0)), Placed::Begin(_)));
        for at in 1..=WAITING_REACTIONS as i64 {
            assert!(matches!(queues.place(reacted(1, at)), Placed::Waits));
        }
        assert!(matches!(queues.place(reacted(1, 999)), Placed::Full));
        let message = MessageRef { channel: 1, message: 1 };
        let order: Vec<i64> = std::iter::from_fn(|| queues.next(message)).map(|one| one.at.0).collect();
        assert_eq!(order, (1..=WAITING_REACTIONS as i64).collect::<Vec<_>>());
        assert!(matches!(queues.place(reacted(1, 0)), Placed::Begin(_)), "the work on it had ended");
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
