//! Cards as Discord's clients show them: on a phone and on a desktop nothing breaks, nothing is cut, and every character has
//! a glyph. The most important ones are kept as pictures in `docs/cards`, which were looked at.

use super::fixture::{NOON, Scene, members, refused, reset};
use super::scale_out::{approved, scale_out};
use super::topics;
use crate::chat::discord::posted;
use crate::desk::{Answer, Recorded};
use crate::text::table::MOST_COLUMNS;
use crate::text::width::columns;
use crate::text::{Card, Locale, answer, plan_card};
use card_picture::{Attached, Faces, Facts, Laid, Language, Message, Picture, Reader, Screen, lay_out};
use interlock::approval::State;
use interlock::plan::{Check, Level};
use jiff::Timestamp;
use jiff::tz::{TimeZone, offset};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// A folder into which every card that has a snapshot is drawn.
const INTO: &str = "CARD_PICTURES";
/// The largest file that is kept, in bytes.
const MOST_BYTES: usize = 60 << 10;
/// What a small phone shows at once, without its bars and the keyboard, in pixels.
const A_SCREEN: usize = 520;

static FACES: LazyLock<Faces> = LazyLock::new(|| Faces::installed().unwrap_or_else(|none| panic!("{none}")));

/// Whoever reads that language, in a zone that is not UTC.
fn reader(locale: Locale) -> Reader {
    let (language, hours) = match locale {
        Locale::EnUs => (Language::English, 1),
        Locale::ZhCn => (Language::Chinese, 8),
    };
    let now = Timestamp::from_millisecond(NOON.0).unwrap();
    Reader { language, zone: TimeZone::fixed(offset(hours)), now, names: [(7, "dora".to_owned())].into() }
}

fn message(card: &Card) -> Message {
    let (message, files) = posted(card);
    let files = files.into_iter().map(|(name, bytes)| Attached { name, bytes });
    Message::read(&message, files.collect(), &card.reactions)
}

fn laid(card: &Card, locale: Locale, screen: &Screen) -> Laid {
    lay_out(&message(card), screen, &reader(locale), &FACES)
}

/// What must hold of a card on a screen of any client.
pub(super) fn check(card: &Card, locale: Locale) {
    let message = message(card);
    for screen in Screen::ALL {
        let laid = lay_out(&message, &screen, &reader(locale), &FACES);
        let facts = laid.facts();
        assert!(facts.are_well(), "on a {} in {}: {facts:#?}", screen.name, locale.tag());
        let wide: Vec<&String> = facts.code.iter().filter(|line| columns(line) > MOST_COLUMNS).collect();
        assert!(wide.is_empty(), "wider than {MOST_COLUMNS} columns: {wide:#?}");
    }
}

/// Draws a card into the folder of [`INTO`], if there is one.
pub(super) fn keep(name: &str, card: &Card, locale: Locale) {
    let Some(folder) = std::env::var_os(INTO).map(PathBuf::from) else { return };
    std::fs::create_dir_all(&folder).unwrap();
    for screen in Screen::ALL {
        std::fs::write(folder.join(file(name, locale, &screen)), drawn(card, locale, &screen)).unwrap();
    }
}

fn file(name: &str, locale: Locale, screen: &Screen) -> String {
    format!("{name}.{}.{}.png", locale.tag(), screen.name)
}

fn drawn(card: &Card, locale: Locale, screen: &Screen) -> Vec<u8> {
    laid(card, locale, screen).draw(&FACES).png().unwrap()
}

fn refusal(locale: Locale) -> Card {
    let check = Check::new(Level::Block, "group-inactive", members());
    let done = refused(vec![check]);
    answer(&Answer { request: "M2WQ7A".parse().unwrap(), done, recorded: Recorded::Yes }, locale)
}

/// The cards that somebody new should see, by name.
fn important(locale: Locale) -> [(&'static str, Card); 6] {
    let card = |scene: &Scene| plan_card(&scene.view(locale));
    [
        ("reset-offset", card(&Scene::of(reset(6)).owned(None))),
        ("scale-out", card(&Scene::of(scale_out(36)))),
        ("irreversible", card(&Scene::of(topics::delete()))),
        ("running", card(&approved(36).at(State::Waiting).at_step(4))),
        ("result", card(&approved(36).at(State::Succeeded))),
        ("refusal", refusal(locale)),
    ]
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/cards")
}

#[test]
fn the_pictures_are_those_that_were_looked_at() {
    let others = FACES.others();
    if !others.is_empty() {
        // Past what a test's output is kept in: this is to be seen when it passes.
        let said = format!("pictures of cards are not compared: other fonts are installed: {}\n", others.join(", "));
        std::io::stderr().write_all(said.as_bytes()).unwrap();
    }
    let update = std::env::var_os("INSTA_UPDATE").is_some_and(|how| how == "always");
    let mut differ = Vec::new();
    for (locale, screen) in Locale::ALL.into_iter().flat_map(|locale| Screen::ALL.map(|screen| (locale, screen))) {
        for (name, card) in important(locale) {
            check(&card, locale);
            let path = folder().join(file(name, locale, &screen));
            let bytes = drawn(&card, locale, &screen);
            assert!(bytes.len() < MOST_BYTES, "{} has {} bytes", path.display(), bytes.len());
            assert_eq!(bytes, drawn(&card, locale, &screen), "the same bytes each time");
            if update && others.is_empty() {
                std::fs::write(&path, &bytes).unwrap();
            }
            let stored = Picture::from_png(&std::fs::read(&path).unwrap()).unwrap();
            let pixels = Picture::from_png(&bytes).unwrap().differs(&stored);
            if pixels > 0 && others.is_empty() {
                differ.push(format!("{}: {pixels} pixels", path.display()));
            }
        }
    }
    assert!(
        differ.is_empty(),
        "other pictures: look at them by ./dev cards, then keep them by ./dev cards keep: {differ:#?}"
    );
}

#[test]
fn no_picture_is_kept_that_nobody_draws() {
    let names =
        |locale: Locale| important(locale).map(|(name, _)| Screen::ALL.map(|screen| file(name, locale, &screen)));
    let mut drawn: Vec<String> = Locale::ALL.into_iter().flat_map(names).flatten().collect();
    let entries = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut stored: Vec<String> = entries.filter(|name| name.ends_with(".png")).collect();
    drawn.sort();
    stored.sort();
    assert_eq!(stored, drawn);
}

#[test]
fn a_refusal_fits_a_screen_of_a_phone() {
    for locale in Locale::ALL {
        let height = laid(&refusal(locale), locale, &Screen::PHONE).height();
        assert!(height <= A_SCREEN, "{} pixels in {}", height, locale.tag());
    }
}

/// The judge can say no, of a message like ours.
#[test]
fn what_breaks_or_has_no_glyph_is_seen() {
    let facts = |description: &str| -> Facts {
        let json = serde_json::json!({"content": "", "embeds": [{"description": description}]});
        lay_out(&Message::read(&json, Vec::new(), &[]), &Screen::PHONE, &reader(Locale::EnUs), &FACES).facts().clone()
    };
    let block = |columns: usize| format!("```\n{}\n```", "0".repeat(columns));
    assert!(facts(&block(MOST_COLUMNS)).are_well());
    assert_eq!(facts(&block(MOST_COLUMNS + 1)).broken, ["0".repeat(MOST_COLUMNS + 1)]);
    assert!(facts(&"组".repeat(300)).are_well());
    assert_eq!(facts("\u{10fffd}").missing, ['\u{10fffd}'].into());
}
