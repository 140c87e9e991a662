//! When half of its time is over, those who can still fill an empty seat of a plan are reminded of it, once.

use crate::inner::Inner;
use crate::notice::Notice;
use crate::operation::Operation;
use crate::port::{JournalError, Told};
use crate::record::Record;
use interlock::approval::{State, Tally};
use interlock::facts::Facts;
use interlock::plan::Seat;

impl Inner {
    /// Reminds of an operation whose votes were just read, if it is time for that. Where nobody else is needed nobody is reminded:
    /// who asked for a plan has it before their eyes.
    pub(crate) async fn remind(
        &self,
        operation: &Operation,
        (seats, tally): (&[Seat], &Tally),
    ) -> Result<(), JournalError> {
        let now = self.ports.clock.now();
        let is_due = operation.remind_at.is_some_and(|at| at <= now) && operation.expires_at > now;
        if !is_due || operation.state != State::AwaitingApproval {
            return Ok(());
        }
        let mut told = Told { operation: operation.id.clone(), at: now, notices: Vec::new(), records: Vec::new() };
        let others =
            tally.free.iter().filter_map(|place| seats.get(*place)).filter(|seat| !seat.is_confirmation()).count();
        if others > 0 {
            told.notices.push(Notice::Reminder { revision: operation.revision });
            told.records.push(Record::of_engine("reminded", &operation.id, Facts::none().with("seats", others)));
        }
        self.ports.journal.remind(operation, &told).await?;
        Ok(())
    }
}
