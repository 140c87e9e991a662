//! When a board is looked at and when it may be edited: as seldom as Discord lets old messages be edited, and no sooner than
//! anybody reads.

use interlock::time::Millis;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How often it is looked whether a board tells what is so; a young one is edited so often at most.
const LOOK_EVERY: Duration = Duration::from_secs(15);
/// How often it is looked whether the message is there and says what was sent.
const READ_EVERY: Duration = Duration::from_secs(60);
/// Older messages than this have few edits. Discord begins to count after an hour.
const YOUNG: Duration = Duration::from_secs(50 * 60);
/// How many edits of an old message are made in [`COUNTED_FOR`]. How many Discord takes is not published.
const MOST_EDITS: usize = 3;
/// See [`MOST_EDITS`].
const COUNTED_FOR: Duration = Duration::from_secs(3_600);
/// The least pause for a board that was edited too often.
const OVEREDITED_PAUSE: Duration = Duration::from_secs(1_200);

/// What this process remembers of its boards.
#[derive(Debug, Default)]
pub(super) struct BoardPace(Mutex<Remembered>);

#[derive(Debug, Default)]
struct Remembered {
    looked_at: Option<Millis>,
    boards: BTreeMap<u64, Edits>,
}

#[derive(Debug, Default)]
struct Edits {
    read_at: Option<Millis>,
    /// Nothing is sent before this.
    paused_until: Option<Millis>,
    /// When it was edited in the last hour, as long as it was old then.
    at: Vec<Millis>,
}

/// A clock that was set back keeps nothing waiting.
fn is_over(since: Option<Millis>, span: Duration, now: Millis) -> bool {
    since.is_none_or(|since| now < since || now.since(since) >= span)
}

impl BoardPace {
    fn lock(&self) -> MutexGuard<'_, Remembered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the boards are to be looked at now; if so, that is remembered.
    pub(super) fn look(&self, now: Millis) -> bool {
        let mut remembered = self.lock();
        let is_due = is_over(remembered.looked_at, LOOK_EVERY, now);
        if is_due {
            remembered.looked_at = Some(now);
        }
        is_due
    }

    /// Whether the message of a channel's board is to be read now; if so, that is remembered.
    pub(super) fn read(&self, channel: u64, now: Millis) -> bool {
        let mut remembered = self.lock();
        let edits = remembered.boards.entry(channel).or_default();
        let is_due = is_over(edits.read_at, READ_EVERY, now) && edits.is_awake(now);
        if is_due {
            edits.read_at = Some(now);
        }
        is_due
    }

    /// Whether the board of a channel may be edited, that was posted then.
    pub(super) fn may_edit(&self, channel: u64, posted_at: Millis, now: Millis) -> bool {
        let mut remembered = self.lock();
        let edits = remembered.boards.entry(channel).or_default();
        edits.at.retain(|at| *at <= now && now.since(*at) < COUNTED_FOR);
        edits.is_awake(now) && (now.since(posted_at) < YOUNG || edits.at.len() < MOST_EDITS)
    }

    /// The board of a channel, that was posted then, was edited, or it is not known whether it was.
    pub(super) fn edited(&self, channel: u64, posted_at: Millis, now: Millis) {
        if now.since(posted_at) >= YOUNG {
            self.lock().boards.entry(channel).or_default().at.push(now);
        }
    }

    /// Nothing is asked about the board of a channel for so long, or longer where it was edited too often.
    pub(super) fn pause(&self, channel: u64, now: Millis, (span, overedited): (Duration, bool)) {
        let span = if overedited { span.max(OVEREDITED_PAUSE) } else { span };
        self.lock().boards.entry(channel).or_default().paused_until = Some(now.plus(span));
    }
}

impl Edits {
    fn is_awake(&self, now: Millis) -> bool {
        self.paused_until.is_none_or(|until| until <= now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POSTED: Millis = Millis(1_700_000_000_000);
    const CHANNEL: u64 = 7;

    fn after(minutes: u64) -> Millis {
        POSTED.plus(Duration::from_secs(minutes * 60))
    }

    /// After how many of these minutes a board that always has something new to tell is edited.
    fn edits(minutes: std::ops::Range<u64>) -> Vec<u64> {
        let pace = BoardPace::default();
        let is_edited = |minute: &u64| {
            let now = after(*minute);
            let may = pace.may_edit(CHANNEL, POSTED, now);
            if may {
                pace.edited(CHANNEL, POSTED, now);
            }
            may
        };
        minutes.filter(is_edited).collect()
    }

    #[test]
    fn a_young_board_is_edited_at_each_look_and_an_old_one_three_times_an_hour() {
        assert_eq!(edits(1..50).len(), 49);
        assert_eq!(edits(48..120), [48, 49, 50, 51, 52, 110, 111, 112]);
    }

    #[test]
    fn looks_and_reads_have_their_time_also_when_the_clock_was_set_back() {
        let pace = BoardPace::default();
        let second = |seconds: u64| POSTED.plus(Duration::from_secs(seconds));
        let looks: Vec<u64> = (0..40).filter(|seconds| pace.look(second(*seconds))).collect();
        assert_eq!(looks, [0, 15, 30]);
        assert!(pace.look(POSTED.minus(Duration::from_secs(600))));
        let reads: Vec<u64> = (0..130).filter(|seconds| pace.read(CHANNEL, second(*seconds))).collect();
        assert_eq!(reads, [0, 60, 120]);
    }

    #[test]
    fn what_was_edited_too_often_rests_and_other_channels_do_not() {
        let pace = BoardPace::default();
        pace.pause(CHANNEL, POSTED, (Duration::from_secs(5), true));
        assert!(!pace.may_edit(CHANNEL, POSTED, after(19)) && !pace.read(CHANNEL, after(19)));
        assert!(pace.may_edit(CHANNEL, POSTED, after(20)) && pace.read(CHANNEL, after(20)));
        pace.pause(CHANNEL, POSTED, (Duration::from_secs(5), false));
        assert!(pace.may_edit(CHANNEL, POSTED, after(1)) && pace.may_edit(8, POSTED, POSTED));
    }
}
