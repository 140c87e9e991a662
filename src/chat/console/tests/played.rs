//! In the bot's own process, and what needs no terminal.

use super::served::serve;
use super::{DRAWING, House, house};
use crate::chat::console::answered::Answered;
use crate::chat::console::bot::News;
use crate::chat::console::local::{Near, Persona};
use crate::chat::console::pipe::pipe;
use crate::chat::console::serve::Limits;
use crate::chat::console::shell::{LONGEST_LINE, Left, Shell, Step};
use crate::text::{Card, CardFile, Line, Locale};
use interlock::principal::Account;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

fn near(house: &House) -> Shell {
    let persona = |name: &str, number| Persona { name: name.to_owned(), number };
    let bot = Near {
        inside: house.inside.clone(),
        personas: vec![persona("alice", 1), persona("bob", 2)],
        speaks: AtomicUsize::new(0),
        locale: "en-US".to_owned(),
    };
    Shell::new(Arc::new(bot), Locale::EnUs)
}

fn text(step: Step) -> String {
    match step {
        Step::Said(answer) => answer.text,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn personas_are_switched() {
    let house = house();
    let shell = near(&house);
    assert_eq!(shell.speaker(), "alice");
    shell.step("/whoami", DRAWING).await.unwrap();
    assert_eq!(house.door.last().principal.account, Account::Persona(1));
    assert!(text(shell.step("\\as bob", DRAWING).await.unwrap()).contains("bob"));
    assert_eq!(shell.speaker(), "bob");
    shell.step("  /whoami  ", DRAWING).await.unwrap();
    assert_eq!(house.door.last().principal.person.as_str(), "bob");
    assert!(text(shell.step("\\as mallory", DRAWING).await.unwrap()).contains("alice, bob"));
    assert!(text(shell.step("\\who", DRAWING).await.unwrap()).contains("persona:2"));
    for odd in ["\\", "\\nope", "\\quit now", "\\as\u{1b}[2J"] {
        assert!(text(shell.step(odd, DRAWING).await.unwrap()).contains("\\quit"), "{odd}");
    }
    assert_eq!(shell.step("\\quit", DRAWING).await.unwrap(), Step::Leave);
    assert_eq!(shell.step("   ", DRAWING).await.unwrap(), Step::Quiet);
    assert_eq!(house.door.came.lock().unwrap().len(), 2, "directives go to nobody");
}

#[tokio::test]
async fn directives_are_completed() {
    let house = house();
    let shell = near(&house);
    let of = async |line: &str| {
        let offers = shell.complete(line, line.len()).await;
        offers.into_iter().map(|one| (one.value, one.start)).collect::<Vec<_>>()
    };
    assert_eq!(of("\\a").await, [("\\as".to_owned(), 0)]);
    assert_eq!(of("\\").await.len(), 5);
    assert_eq!(of("\\as ").await, [("alice".to_owned(), 4), ("bob".to_owned(), 4)]);
    assert_eq!(of("\\as b").await, [("bob".to_owned(), 4)]);
    assert!(of("\\as bob x").await.is_empty() && of("\\who x").await.is_empty());
    let served = serve(Limits::default()).await;
    let joined = Shell::new(Arc::new(served.link().await), Locale::EnUs);
    assert_eq!(joined.complete("\\", 1).await.len(), 4, "no \\as where the kernel says who it is");
    assert!(text(joined.step("\\as bob", DRAWING).await.unwrap()).contains("played"));
    assert!(served.house.door.came.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_script_gets_text_and_an_exit_code() {
    let house = house();
    let shell = near(&house);
    let mut out = Vec::new();
    let left = pipe(&shell, b"/whoami\n\n/clusters".as_slice(), &mut out, DRAWING).await;
    assert_eq!((left, left.code()), (Left::Well, 0));
    let printed = String::from_utf8(out).unwrap();
    assert!(printed.contains("whoami by alice") && printed.contains("clusters by alice"), "{printed}");
    assert!(printed.chars().all(|one| one == '\n' || !one.is_control()), "{printed:?}");

    let refused = near(&house);
    let mut out = Vec::new();
    let left = pipe(&refused, b"/audit\n/whoami\n".as_slice(), &mut out, DRAWING).await;
    assert_eq!((left, left.code()), (Left::Refused, 1));
    assert!(String::from_utf8(out).unwrap().contains("whoami"), "a refusal does not stop the others");
}

#[tokio::test]
async fn a_script_cannot_be_cut_into_other_commands() {
    let house = house();
    let shell = near(&house);
    let mut input = b"\xff/whoami\n/clusters\n".to_vec();
    input.extend(vec![b' '; LONGEST_LINE + 1]);
    input.extend(b"/whoami\n");
    let mut out = Vec::new();
    assert_eq!(pipe(&shell, input.as_slice(), &mut out, DRAWING).await, Left::Refused);
    let came: Vec<String> = house.door.came.lock().unwrap().iter().map(|one| one.command.clone()).collect();
    assert_eq!(came, ["clusters"]);
    let printed = String::from_utf8(out).unwrap();
    assert!(printed.contains("not UTF-8") && printed.contains("too long"), "{printed}");
    let long = format!("/lag group:{}", "x".repeat(LONGEST_LINE));
    assert!(text(shell.step(&long, DRAWING).await.unwrap()).contains("too long"));
}

#[tokio::test]
async fn a_script_nobody_reads_ends() {
    struct Closed;
    impl std::io::Write for Closed {
        fn write(&mut self, _bytes: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let house = house();
    let left = pipe(&near(&house), b"/whoami\n/whoami\n".as_slice(), &mut Closed, DRAWING).await;
    assert_eq!(left, Left::Refused);
    assert_eq!(house.door.came.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn commands_of_printed_cards_are_remembered() {
    let house = house();
    let shell = near(&house);
    let card =
        |code: &str| News::Card(Answered::of(&Card { headline: vec![Line::code(code)], ..Card::default() }, DRAWING));
    shell.printed(card("/approve operation:AAAAAA digest:1"), DRAWING);
    shell.printed(card("/approve operation:BBBBBB digest:2"), DRAWING);
    assert_eq!(shell.recalled("/app").as_deref(), Some("/approve operation:BBBBBB digest:2"));
    assert_eq!(shell.recalled("/approve operation:A").as_deref(), Some("/approve operation:AAAAAA digest:1"));
    assert_eq!(shell.recalled("/approve operation:AAAAAA digest:1"), None);
    for number in 0..30 {
        shell.printed(card(&format!("/status operation:{number}")), DRAWING);
    }
    assert_eq!(shell.recalled("/app"), None, "only the newest");
}

#[tokio::test]
async fn files_of_printed_cards_can_be_read() {
    let house = house();
    let shell = near(&house);
    let file = |bytes: &[u8]| CardFile { name: "plan.txt".to_owned(), bytes: bytes.to_vec(), alt: None };
    let card = |bytes: &[u8]| Card { files: vec![file(bytes)], ..Card::default() };
    assert!(!text(shell.step("\\file plan.txt", DRAWING).await.unwrap()).trim().is_empty());
    for bytes in [b"older".as_slice(), b"newer\n"] {
        shell.printed(News::Card(Answered::of(&card(bytes), DRAWING)), DRAWING);
    }
    assert_eq!(text(shell.step("\\file plan.txt", DRAWING).await.unwrap()), "newer\n");
    assert!(text(shell.step("\\file ../secret", DRAWING).await.unwrap()).contains("plan.txt"));
    let offers = shell.complete("\\file p", 7).await;
    assert_eq!(offers.into_iter().map(|one| one.value).collect::<Vec<_>>(), ["plan.txt"]);
}
