//! The console as a whole: real sockets, a door that notes who came.

mod joined;
mod played;
mod served;

use super::inside::Inside;
use crate::chat::{Clicked, Completing, Door, Filled, MessageRef, Reacted, Shown, Stranger, Suggested};
use crate::desk::Incoming;
use crate::text::{Card, Drawing, Form, Line, Tone};
use engine::port::Boxed;
use interlock::command::Catalogue;
use interlock::principal::{Account, Principal};
use interlock::time::Millis;
use simulated::HandClock;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{Semaphore, broadcast};

const SOON: Duration = Duration::from_secs(60);
const DRAWING: Drawing = Drawing { width: 80, colour: false };
const NOW: Millis = Millis(1_795_402_000_000);

/// A door that notes what came in. `/health` waits until it is let go, `/stop` panics, `/audit` is refused.
struct Noting {
    came: Mutex<Vec<Incoming>>,
    asked: Mutex<Vec<Completing>>,
    go: Semaphore,
}

impl Noting {
    fn last(&self) -> Incoming {
        self.came.lock().unwrap().last().unwrap().clone()
    }
}

impl Door for Noting {
    fn command(&self, incoming: Incoming) -> Boxed<'_, Card> {
        Box::pin(async move {
            self.came.lock().unwrap().push(incoming.clone());
            match incoming.command.as_str() {
                "health" => drop(self.go.acquire().await.unwrap()),
                "stop" => panic!("a bug"),
                _ => {}
            }
            let tone = if incoming.command == "audit" { Tone::Warning } else { Tone::Good };
            let said = format!("{} by {}", incoming.command, incoming.principal.person.as_str());
            let hostile = "\u{1b}[2J\u{7}\u{9b}8m";
            Card { headline: vec![Line::plain(said), Line::plain(hostile)], tone, ..Card::default() }
        })
    }

    fn complete(&self, completing: &Completing) -> Vec<Suggested> {
        self.asked.lock().unwrap().push(completing.clone());
        ["billing", "two words", "evil\u{202e}name"]
            .map(|name| Suggested { label: name.to_owned(), value: name.to_owned() })
            .into()
    }

    fn clicked(&self, _clicked: Clicked) -> Boxed<'_, Card> {
        Box::pin(async { Card::default() })
    }

    fn form<'a>(&'a self, _: &'a str, _: &'a Principal, _: &'a str) -> Boxed<'a, Option<Form>> {
        Box::pin(async { None })
    }

    fn filled(&self, _filled: Filled) -> Boxed<'_, Card> {
        Box::pin(async { Card::default() })
    }

    fn stranger(&self, _stranger: Stranger, _account: Option<Account>, _locale: &str) -> Card {
        Card::default()
    }

    fn concerns(&self, _reacted: &Reacted) -> bool {
        true
    }

    fn moved(&self, _account: Account) {}

    fn overrun(&self, _message: MessageRef) -> Boxed<'_, ()> {
        Box::pin(async {})
    }

    fn reacted(&self, _reacted: Reacted) -> Boxed<'_, ()> {
        Box::pin(async {})
    }

    fn connected(&self) -> Boxed<'_, ()> {
        Box::pin(async {})
    }
}

/// A cluster that nobody at these consoles may see.
const OUT_OF_SIGHT: &str = "hidden";

/// A card of one line, of an operation on a cluster.
fn shown(cluster: &str, line: &str) -> Arc<Shown> {
    let card = Card { headline: vec![Line::plain(line)], ..Card::default() };
    Arc::new(Shown { cluster: cluster.parse().unwrap(), plan: None, card })
}

struct House {
    door: Arc<Noting>,
    inside: Inside,
    cards: broadcast::Sender<Arc<Shown>>,
}

fn house() -> House {
    let door = Arc::new(Noting { came: Mutex::default(), asked: Mutex::default(), go: Semaphore::new(0) });
    let cards = broadcast::Sender::new(4);
    let sender = cards.clone();
    let inside = Inside {
        door: door.clone(),
        catalogue: Arc::new(Catalogue::built_in().unwrap()),
        people: Arc::new(|account| match account {
            Account::Persona(1) => "alice".parse().unwrap(),
            Account::Persona(2) => "bob".parse().unwrap(),
            _ => "ann".parse().unwrap(),
        }),
        cards: Arc::new(move || sender.subscribe()),
        sees: Arc::new(|_, shown| shown.cluster.as_str() != OUT_OF_SIGHT),
        clock: Arc::new(HandClock::at(NOW)),
    };
    House { door, inside, cards }
}
