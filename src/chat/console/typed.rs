//! Cards for somebody who types: what others press stands there as a command.

use crate::chat::steering::CONTROLS;
use crate::desk::{APPROVE, VETO};
use crate::text::{Block, Card, Line};
use interlock::id::OperationId;

/// All of the card, with its buttons and reactions written as the commands that do the same.
pub(super) fn typed(card: &Card) -> Card {
    let operation = card.buttons.iter().find_map(|button| operation(&button.id));
    let mut typed = Card { buttons: Vec::new(), reactions: Vec::new(), ..card.uncut() };
    let Some(operation) = operation else { return typed };
    let pressed = card.reactions.iter().filter_map(|emoji| command(emoji));
    let lines = pressed.chain(["status"]).map(|command| Line::code(&format!("/{command} operation:{operation}")));
    // One line each: a terminal breaks lines between words, and a command is to be copied whole.
    typed.body.extend(lines.map(Block::Line));
    typed
}

/// Buttons say what they do and to which operation: `details:K7F3QD`.
fn operation(button: &str) -> Option<OperationId> {
    button.split(':').nth(1)?.parse().ok()
}

fn command(emoji: &str) -> Option<&'static str> {
    let [stop, pause, resume, rollback] = CONTROLS;
    let all = [
        (APPROVE, "approve"),
        (VETO, "reject"),
        (stop, "stop"),
        (pause, "pause"),
        (resume, "resume"),
        (rollback, "rollback"),
    ];
    all.into_iter().find(|(one, _)| *one == emoji).map(|(_, command)| command)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Button;
    use interlock::command::{Catalogue, parse_line};

    fn lines(card: &Card) -> Vec<String> {
        let line = |block: &Block| match block {
            Block::Line(line) => line.plain_text(),
            other => panic!("{other:?}"),
        };
        card.body.iter().map(line).collect()
    }

    fn card(id: &str, reactions: &[&'static str]) -> Card {
        let button = Button { id: id.to_owned(), label: "Details".to_owned(), danger: false };
        Card { buttons: vec![button], reactions: reactions.to_vec(), ..Card::default() }
    }

    #[test]
    fn what_is_pressed_can_be_typed() {
        let all: Vec<&'static str> = [APPROVE, VETO].into_iter().chain(CONTROLS).collect();
        let typed = typed(&card("details:K7F3QD", &all));
        assert!(typed.buttons.is_empty() && typed.reactions.is_empty());
        let lines = lines(&typed);
        assert_eq!(lines.len(), all.len() + 1, "each has its command");
        assert_eq!((lines[0].as_str(), lines[6].as_str()), ("/approve operation:K7F3QD", "/status operation:K7F3QD"));
        let catalogue = Catalogue::built_in().unwrap();
        for line in lines {
            assert!(parse_line(&catalogue, &line).is_ok(), "{line}");
        }
    }

    #[test]
    fn a_button_of_nothing_known_is_left_out() {
        for id in ["details", "details:nope", ":", "", "details:K7F3Q\u{1b}"] {
            assert_eq!(typed(&card(id, &[APPROVE])), Card::default(), "{id:?}");
        }
    }
}
