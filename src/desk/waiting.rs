//! How many plans of one person may wait at a time: nobody fills the channel, the line and everybody's list alone.

use super::answer::Done;
use super::handle::{Ask, Desk};
use interlock::facts::Facts;
use interlock::plan::Mistake;

impl Desk {
    /// Whether one more plan of whoever asks may wait for votes or its turn. A way back is not shut by many other plans, unless
    /// one for the same operation waits already.
    pub(super) async fn may_have_one_more(&self, ask: &Ask<'_>) -> Result<(), Done> {
        let most = self.rooms.times.open_plans;
        if self.rooms.store.waiting_of(&ask.request.principal.person).await? < most
            || self.is_first_way_back(ask).await?
        {
            return Ok(());
        }
        Err(Done::Mistake(Mistake::new("too-many-plans", Facts::none().with("most", most))))
    }

    async fn is_first_way_back(&self, ask: &Ask<'_>) -> Result<bool, Done> {
        if ask.command.name != "rollback" {
            return Ok(false);
        }
        let of = ask.arguments().operation("operation").ok_or(Done::Bug)?;
        let others = self.rooms.store.reversals_of(of).await?;
        Ok(!others.iter().any(|other| other.state.is_open_to_votes()))
    }
}
