//! What people see of a reset that waits: how long it waits, and afterwards what was really done.

use super::fixture::{Scene, captured, waiting_reset};
use crate::text::{Block, Card, Locale, notice, plan_card};
use engine::{Entry, Notice};
use interlock::approval::State;
use interlock::facts::Facts;

fn headline(card: &Card) -> String {
    card.headline.iter().map(|line| line.plain_text() + "\n").collect()
}

fn by_hand(card: &Card) -> Option<String> {
    let file = card.files.iter().find(|file| file.name == "by-hand.md")?;
    Some(String::from_utf8(file.bytes.clone()).unwrap())
}

fn step_done(step: i64, journal: &[Entry]) -> Card {
    let scene = Scene::of(waiting_reset()).approved().at(State::Running).after(journal);
    let told = Notice::Milestone { id: "step-done".to_owned(), facts: Facts::none().with("step", step) };
    notice(&told, &scene.view(Locale::EnUs))
}

#[test]
fn the_card_says_how_long_it_waits_at_most() {
    let scene = Scene::of(waiting_reset());
    assert!(headline(&plan_card(&scene.view(Locale::EnUs))).contains("waits up to 30 min, then about 2 s"));
    assert!(headline(&plan_card(&scene.view(Locale::ZhCn))).contains("最多等待 30 分钟"));
}

#[test]
fn after_the_capture_the_thread_gets_the_offsets_of_the_way_back() {
    let text = by_hand(&step_done(2, &captured()[..3])).unwrap();
    let (finish, undo) = text.split_once("## Undo").unwrap();
    for partition in [0, 1, 2, 4, 5] {
        assert!(undo.contains(&format!("orders,{partition},{}\n", 1_250_000 + partition)), "{undo}");
    }
    assert!(undo.contains("--delete-offsets --group billing --topic orders:3\n"), "{undo}");
    assert!(!finish.contains("shows no member") && finish.contains("--to-datetime"), "{finish}");
    assert!(!text.contains("/status"), "{text}");
}

#[test]
fn once_the_offsets_are_fixed_they_are_what_is_written() {
    let text = by_hand(&step_done(2, &captured())).unwrap();
    let (finish, _) = text.split_once("## Stop").unwrap();
    assert!(finish.contains("orders,3,1240003\n") && !finish.contains("--to-datetime"), "{finish}");
}

#[test]
fn before_the_capture_nothing_is_said_to_be_known() {
    let text = by_hand(&plan_card(&Scene::of(waiting_reset()).view(Locale::EnUs))).unwrap();
    assert!(text.contains("not known yet") && !text.contains("/status"), "{text}");
}

#[test]
fn what_came_of_it_is_counted_from_what_was_done() {
    let scene = Scene::of(waiting_reset()).approved().at(State::Succeeded).after(&captured());
    let card = plan_card(&scene.view(Locale::EnUs));
    assert!(headline(&card).contains("4 partitions stand where the plan says"), "{}", headline(&card));
    let table = card.body.iter().find_map(|block| match block {
        Block::Table(table) => Some(table),
        _ => None,
    });
    let rows: Vec<String> = table.unwrap().rows.iter().map(|row| row.join(" ")).collect();
    assert_eq!(rows, ["0 1250000→1240000 -10k", "1 1250001→1240001 -10k", "2 1250002→1240002 -10k", "3 -→1240003 -"]);
    let owners = notice(&Notice::OwnersAfter, &scene.view(Locale::EnUs));
    let told: String = owners
        .body
        .iter()
        .filter_map(|block| match block {
            Block::Line(line) => Some(line.plain_text()),
            _ => None,
        })
        .collect();
    assert!(told.contains("30,000 records are read again"), "{told}");
}
