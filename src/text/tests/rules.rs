//! What must hold for every card.

use super::drawn;
use super::fixture::{Scene, reset, waiting_reset};
use super::scale_out::scale_out;
use crate::text::table::{MOST_COLUMNS, MOST_ROWS, draw};
use crate::text::width::columns;
use crate::text::{Block, Card, Drawing, Form, LONGEST_FORM, Locale, console, plan_card, plan_text};
use discord_limits::{
    ATTACHMENTS, BUTTONS_PER_ROW, CONTENT, CUSTOM_ID, EMBED_DESCRIPTION, EMBED_FOOTER, EMBED_TOTAL, REACTION_KINDS,
};
use interlock::approval::State;
use interlock::command::Catalogue;
use interlock::facts::Facts;
use interlock::plan::{Effect, Plan, Sealed};

/// A card within what a chat takes: CHAT.md's limits, with room for escaping; and as clients of Discord show it.
pub(super) fn check(card: &Card, locale: Locale) {
    drawn::check(card, locale);
    assert!(card.headline.len() <= 5, "{} lines", card.headline.len());
    let content: usize = card.headline.iter().map(|line| line.plain_text().chars().count() + 1).sum();
    assert!(content <= CONTENT, "content of {content}");
    let mut body = 0;
    for block in &card.body {
        match block {
            Block::Line(line) | Block::Heading(line) => body += line.plain_text().chars().count() + 1,
            Block::More { said, .. } => panic!("{said:?} is not within bounds"),
            Block::Table(table) => {
                assert!(table.rows.len() <= MOST_ROWS, "{} rows", table.rows.len());
                assert!(table.rows.iter().all(|row| row.len() == table.head.len()));
                let drawn = draw(table, MOST_COLUMNS);
                assert!(drawn.iter().all(|line| columns(line) <= MOST_COLUMNS), "{drawn:#?}");
                body += drawn.iter().map(|line| line.chars().count() + 1).sum::<usize>();
            }
        }
    }
    assert!(body <= EMBED_DESCRIPTION, "description of {body}");
    let footer = card.footer.as_ref().map_or(0, |line| line.plain_text().chars().count());
    assert!(footer <= EMBED_FOOTER && body + footer <= EMBED_TOTAL);
    assert!(card.buttons.len() <= BUTTONS_PER_ROW && card.buttons.iter().all(|button| button.id.len() <= CUSTOM_ID));
    let files = card.files.len() + usize::from(card.whole.is_some());
    assert!(card.reactions.len() <= REACTION_KINDS && files <= ATTACHMENTS);
    for (card, width) in [card, &card.uncut()].into_iter().flat_map(|card| [30, 60, 120].map(|width| (card, width))) {
        let text = console(card, Drawing { width, colour: false });
        assert!(text.chars().all(|character| character == '\n' || !character.is_control()), "{text:?}");
        assert!(text.lines().all(|line| columns(line) <= width), "wider than {width}:\n{text}");
    }
}

#[test]
fn every_state_has_a_card_within_limits() {
    for state in State::ALL {
        for plan in [reset(1), reset(6), reset(300), waiting_reset(), scale_out(1), scale_out(1_000)] {
            let scene = Scene::of(plan).at(*state).voted_by_bob().because("nobody-knows-this", Facts::none());
            for locale in Locale::ALL {
                check(&plan_card(&scene.view(locale)), locale);
            }
        }
    }
}

#[test]
fn forms_fit_and_take_what_their_commands_take() {
    let catalogue = Catalogue::built_in().unwrap();
    for locale in Locale::ALL {
        for (form, command, option) in [
            (Form::confirm("confirm", locale), "approve", "confirm"),
            (Form::reject("reject", locale), "reject", "reason"),
        ] {
            assert!([&form.title, &form.label].iter().all(|text| text.chars().count() <= 45), "{form:?}");
            let option = catalogue.get(command).unwrap().option(option).unwrap();
            assert_eq!(option.longest, form.longest, "{command}");
        }
        let longest = "x".repeat(LONGEST_FORM);
        let change = Form::change("change", longest.clone(), locale).unwrap();
        assert!([&change.title, &change.label].iter().all(|text| text.chars().count() <= 45), "{change:?}");
        assert_eq!((change.longest, change.filled.len()), (LONGEST_FORM, LONGEST_FORM));
        assert_eq!(Form::change("change", longest + "x", locale), None);
    }
}

#[test]
fn what_cannot_be_undone_has_a_button_that_asks_for_its_name() {
    let buttons = |plan| {
        let card = plan_card(&Scene::of(plan).view(Locale::EnUs));
        card.buttons.into_iter().map(|button| button.id).collect::<Vec<_>>()
    };
    let lasting = Plan { effect: Effect::Irreversible, ..reset(6) };
    let id = format!("confirm:{}:{}", lasting.operation, Sealed::seal(lasting.clone()).unwrap().digest());
    assert!(buttons(lasting).contains(&id));
    assert!(!buttons(reset(6)).iter().any(|id| id.starts_with("confirm:")));
}

#[test]
fn the_reason_of_a_veto_that_counts_is_on_the_card() {
    let shown = |scene: &Scene| console(&plan_card(&scene.view(Locale::EnUs)), Drawing { width: 120, colour: false });
    let mut scene = Scene::of(reset(6)).vetoed("the deploy is still running");
    assert!(shown(&scene).contains("carol: “the deploy is still running”"), "{}", shown(&scene));
    scene.tally.vetoes.clear();
    assert!(!shown(&scene).contains("still running"));
}

#[test]
fn a_card_that_is_asked_again_says_that_others_read_it() {
    let shown = |why| {
        let scene = Scene::of(reset(6)).at(State::AwaitingApproval).because(why, Facts::none());
        console(&plan_card(&scene.view(Locale::EnUs)), Drawing { width: 120, colour: false })
    };
    let (opened, posted) = (shown("channel-opened"), shown("card-gone"));
    assert!(opened.contains("Everybody on this server can read"), "{opened}");
    assert!(!posted.contains("Everybody on this server"), "{posted}");
}

#[test]
fn controls_are_shown_as_the_state_allows() {
    let reactions = |state| plan_card(&Scene::of(reset(6)).at(state).view(Locale::EnUs)).reactions;
    assert_eq!(reactions(State::AwaitingApproval), ["✅", "❌"]);
    assert_eq!(reactions(State::Running), ["🛑", "⏸️", "▶️"]);
    assert_eq!(reactions(State::Succeeded), ["↩️"]);
    assert!(reactions(State::Rejected).is_empty() && reactions(State::Stopping).is_empty());
}

#[test]
fn the_bytes_attached_are_the_bytes_approved() {
    let scene = Scene::of(reset(6));
    let card = plan_card(&scene.view(Locale::ZhCn));
    let file = |name: &str| card.files.iter().find(|file| file.name == name).unwrap();
    assert_eq!(interlock::plan::Digest::of(&file("plan.json").bytes), scene.plan.digest());
    let words = String::from_utf8(file("plan.txt").bytes.clone()).unwrap();
    assert_eq!(words.lines().next(), Some(format!("plan {}", scene.plan.digest()).as_str()));
    assert_eq!(words, plan_text(&scene.plan), "plan.txt is the same in every language");
}

#[test]
fn plan_text_names_everything_that_is_approved() {
    let scene = Scene::of(reset(40));
    let text = plan_text(&scene.plan);
    assert!(text.lines().all(|line| columns(line) <= 78), "{text}");
    for row in 0..40 {
        let offset = 1_200_000 + row * 37 - 800 - row;
        assert!(text.contains(&offset.to_string()), "the target of partition {row}");
    }
    let squeezed = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        "alice (discord:80351110224678912)",
        "double charge since 02:00",
        "OPS-1182",
        "group billing has no member",
        "an owner of billing",
        "offsets of topic orders on logs-kafka, shared",
        "the cluster's id is q1Sh-9_ISia_zwGINzRvyQ",
        "to: 2026-11-24T02:00:00Z",
    ] {
        assert!(squeezed.contains(part), "{part} in\n{text}");
    }
}
