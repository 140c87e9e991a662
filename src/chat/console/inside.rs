//! What a console is given of the house.

use super::complete::{Offer, Typed, Wanted, command_offers, option_offers, value_offers, wanted};
use crate::chat::{Completing, Door, FrontDoor, Hub, Shown};
use crate::desk::{Answer, Desk, Done, Incoming, Recorded};
use crate::text::{Card, Locale, answer};
use engine::port::Clock;
use interlock::command::{Catalogue, Command, OptionType, parse_line};
use interlock::id::{PersonId, RequestId};
use interlock::plan::{Mistake, Sealed};
use interlock::principal::{Account, Place, Principal};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tokio::sync::broadcast;

/// The human behind an account.
pub type People = Arc<dyn Fn(Account) -> PersonId + Send + Sync>;

/// Cards for [`Place::Console`] from now on, as of `Hub::subscribe`.
pub type Cards = Arc<dyn Fn() -> broadcast::Receiver<Arc<Shown>> + Send + Sync>;

/// Whether somebody may be shown a card.
pub type Sees = Arc<dyn Fn(&Principal, &Shown) -> bool + Send + Sync>;

/// What a console is given of the house.
#[derive(Clone)]
pub struct Inside {
    /// Where commands go.
    pub door: Arc<dyn Door>,
    /// What can be asked.
    pub catalogue: Arc<Catalogue>,
    /// Who is who.
    pub people: People,
    /// What consoles that listen print.
    pub cards: Cards,
    /// Which of them, for whom.
    pub sees: Sees,
    /// The present.
    pub clock: Arc<dyn Clock>,
}

impl Inside {
    /// What a house gives: its desk, and the hub of its cards.
    #[must_use]
    pub fn of(desk: Desk, hub: &Hub) -> Self {
        let rooms = desk.rooms().clone();
        let hub = hub.clone();
        let seeing = rooms.clone();
        Self {
            catalogue: Arc::new(rooms.catalogue.clone()),
            clock: rooms.clock.clone(),
            sees: Arc::new(move |who, shown| {
                seeing.may_be_shown(who, &shown.cluster, shown.plan.as_ref().map(Sealed::plan))
            }),
            people: Arc::new(move |account| rooms.policy.people.person(account)),
            cards: Arc::new(move || hub.subscribe()),
            door: Arc::new(FrontDoor::new(desk)),
        }
    }

    pub(super) fn principal(&self, account: Account) -> Principal {
        Principal { account, person: (self.people)(account), chat_roles: BTreeSet::new() }
    }

    /// The answer to a line.
    pub(super) async fn command(&self, account: Account, line: &str, locale: &str) -> Card {
        let parsed = match parse_line(&self.catalogue, line) {
            Ok(parsed) => parsed,
            Err(mistake) => return mistaken(mistake, locale),
        };
        let incoming = Incoming {
            command: parsed.command,
            options: parsed.options,
            principal: self.principal(account),
            place: Place::Console,
            locale: locale.to_owned(),
            at: self.clock.now(),
        };
        self.door.command(incoming).await
    }

    /// What may stand where the cursor is (in bytes from the line's begin).
    pub(super) fn complete(&self, account: Account, line: &str, cursor: usize, locale: &str) -> Vec<Offer> {
        match wanted(line, cursor) {
            Wanted::Nothing => Vec::new(),
            Wanted::Command(typed) => command_offers(&self.catalogue, &typed, locale),
            Wanted::Option { command, typed, given } => {
                let Some(command) = self.catalogue.get(&command) else { return Vec::new() };
                let mut offers = self.digests(account, command, &typed, &given);
                offers.extend(option_offers(command, &typed, &given, locale));
                offers
            }
            Wanted::Value { command, option, typed, given } => {
                let prefix = typed.text.clone();
                let completing = Completing { command, option, prefix, given, ..self.question(account) };
                value_offers(&completing.option, &typed, self.door.complete(&completing))
            }
        }
    }

    /// A vote is on a plan: where the operation is named, its digest is offered whole, before anything else.
    fn digests(
        &self,
        account: Account,
        command: &Command,
        typed: &Typed,
        given: &BTreeMap<String, String>,
    ) -> Vec<Offer> {
        let digest = command.options.iter().find(|option| option.of_type == OptionType::Digest);
        let Some(digest) = digest.filter(|option| {
            given.contains_key("operation") && !given.contains_key(&option.name) && option.name.starts_with(&typed.text)
        }) else {
            return Vec::new();
        };
        let (command, option) = (command.name.clone(), digest.name.clone());
        let completing = Completing { command, option, given: given.clone(), ..self.question(account) };
        value_offers(&digest.name, typed, self.door.complete(&completing))
    }

    /// A question of this account at the console, with nothing asked yet.
    fn question(&self, account: Account) -> Completing {
        Completing {
            command: String::new(),
            option: String::new(),
            prefix: String::new(),
            given: BTreeMap::new(),
            principal: self.principal(account),
            place: Place::Console,
        }
    }
}

/// A line that is no command goes no further: nothing was asked of the bot, so there is nothing to record.
fn mistaken(mistake: Mistake, locale: &str) -> Card {
    let request = RequestId::from_random(rand::random());
    tracing::info!(%request, mistake = mistake.id, "a line of the console is no command");
    let card = answer(&Answer { request, done: Done::Mistake(mistake), recorded: Recorded::No }, Locale::of(locale));
    // The footer would name a request, and there was none.
    Card { footer: None, ..card.uncut() }
}
