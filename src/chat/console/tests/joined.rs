//! Through the socket.

use super::served::{command, serve};
use super::{DRAWING, NOW, OUT_OF_SIGHT, SOON, shown};
use crate::chat::console::bot::{Bot, Gone, News};
use crate::chat::console::complete::Offer;
use crate::chat::console::link::{JoinError, Joining, Link};
use crate::chat::console::pipe::pipe;
use crate::chat::console::serve::Limits;
use crate::chat::console::shell::{Left, Shell, Step};
use crate::chat::console::wire::{Ask, Tell, Wrong};
use crate::text::Locale;
use interlock::command::RawValue;
use interlock::principal::{Account, Place};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

#[tokio::test]
async fn the_kernel_says_who_speaks() {
    let served = serve(Limits::default()).await;
    let link = served.link().await;
    let own = Account::System(served.uid());
    assert_eq!((link.who().account, link.who().name), (own.to_string(), "ann".to_owned()));
    let answer = link.command("/lag group:\"two words\"", DRAWING).await.unwrap();
    assert!(answer.well && answer.text.starts_with("lag by ann"), "{}", answer.text);
    let came = served.house.door.last();
    assert_eq!((came.principal.account, came.place, came.at), (own, Place::Console, NOW));
    assert!(came.principal.chat_roles.is_empty());
    assert_eq!(came.options, BTreeMap::from([("group".to_owned(), RawValue::from("two words"))]));
    assert!(!answer.text.contains(['\u{1b}', '\u{7}', '\u{9b}']), "{:?}", answer.text);
}

#[tokio::test]
async fn what_is_no_command_is_answered_without_the_door() {
    let served = serve(Limits::default()).await;
    let link = served.link().await;
    for line in ["lag", "/lagg group:x", "/lag group:\"x", "/lag nope:1"] {
        let answer = link.command(line, DRAWING).await.unwrap();
        assert!(!answer.well && !answer.text.trim().is_empty(), "{line}: {answer:?}");
    }
    assert!(served.house.door.came.lock().unwrap().is_empty());
}

#[tokio::test]
async fn two_terminals_do_not_wait_for_each_other() {
    let served = serve(Limits::default()).await;
    let (slow, quick) = (Arc::new(served.link().await), served.link().await);
    let waiting = tokio::spawn({
        let slow = slow.clone();
        async move { slow.command("/health", DRAWING).await }
    });
    assert!(quick.command("/whoami", DRAWING).await.unwrap().text.starts_with("whoami"));
    assert!(slow.command("/whoami", DRAWING).await.unwrap().text.starts_with("whoami"), "nor commands of one");
    assert!(!waiting.is_finished());
    served.house.door.go.add_permits(1);
    assert!(tokio::time::timeout(SOON, waiting).await.unwrap().unwrap().unwrap().text.starts_with("health"));
}

#[tokio::test]
async fn cards_reach_who_asked_for_them() {
    let served = serve(Limits::default()).await;
    let (first, second, deaf) = (served.link().await, served.link().await, served.link().await);
    let mut one = first.news(80).await.unwrap();
    let mut other = second.news(30).await.unwrap();
    served.house.cards.send(shown(OUT_OF_SIGHT, "of a cluster that nobody here may see")).unwrap();
    let card = shown("lab", "the plan is ready ".repeat(4).trim());
    assert_eq!(served.house.cards.send(card).unwrap(), 2, "the third did not ask");
    let printed = |news: Option<News>| match news {
        Some(News::Card(card)) => card.text,
        other => panic!("{other:?}"),
    };
    let wide = printed(tokio::time::timeout(SOON, one.recv()).await.unwrap());
    let narrow = printed(tokio::time::timeout(SOON, other.recv()).await.unwrap());
    assert_eq!(wide.lines().count(), 1, "{wide}");
    assert!(narrow.lines().count() > 1 && narrow.lines().all(|line| line.chars().count() <= 30), "{narrow}");
    drop(deaf);
}

#[tokio::test]
async fn who_is_late_is_told_how_much_was_missed() {
    let mut served = serve(Limits::default()).await;
    let mut raw = served.raw().await;
    raw.hello().await;
    raw.ask(&Ask::Subscribe { id: 1, width: 80 }).await;
    assert_eq!(raw.told().await, Some(Tell::Subscribed { id: 1 }));
    // One thread runs this test, so nothing is taken out before all is in: the channel holds four.
    for number in 0..6 {
        served.house.cards.send(shown("lab", &format!("card {number}"))).unwrap();
    }
    assert_eq!(raw.told().await, Some(Tell::Missed { count: 2 }));
    assert!(matches!(raw.told().await, Some(Tell::Notice { card }) if card.text == "card 2\n"));
    served.end().await;
}

#[tokio::test]
async fn lines_are_bounded_and_the_rest_goes_on() {
    let served = serve(Limits { line: 1_000, ..Limits::default() }).await;
    let mut raw = served.raw().await;
    raw.hello().await;
    raw.send(b"\xff\xfe\n").await;
    assert_eq!(raw.wrong().await, Wrong::NotText);
    raw.send(b"{\"ask\":\"nonsense\"}\n").await;
    assert_eq!(raw.wrong().await, Wrong::NotUnderstood);
    raw.send(b"{\"ask\":\"command\",\"id\":1,\"line\":\"/whoami\",\"width\":80,\"account\":{\"persona\":1}}\n").await;
    assert_eq!(raw.wrong().await, Wrong::NotUnderstood, "nobody says who they are");
    raw.ask(&command(7, "/whoami")).await;
    assert!(matches!(raw.told().await, Some(Tell::Answer { id: 7, .. })));
    raw.send(&[b'x'; 1_001]).await;
    assert_eq!(raw.wrong().await, Wrong::TooLong);
    assert_eq!(raw.told().await, None);
    assert!(served.link().await.command("/whoami", DRAWING).await.is_ok(), "others are not concerned");
}

#[tokio::test]
async fn half_lines_and_silence_are_not_waited_for() {
    // Long enough for a greeting on a busy machine.
    let served = serve(Limits { half_line: Duration::from_secs(2), ..Limits::default() }).await;
    let mut silent = served.raw().await;
    assert_eq!(silent.wrong().await, Wrong::TooSlow);
    assert_eq!(silent.told().await, None);
    let mut half = served.raw().await;
    half.hello().await;
    half.send(b"{\"ask\":").await;
    assert_eq!(half.wrong().await, Wrong::TooSlow);
    assert_eq!(half.told().await, None);
}

#[tokio::test]
async fn other_versions_and_other_protocols_are_told_so() {
    let served = serve(Limits::default()).await;
    let mut newer = served.raw().await;
    newer.send(b"{\"ask\":\"hello\",\"version\":2,\"plumage\":\"blue\"}\n").await;
    assert_eq!(newer.wrong().await, Wrong::Version);
    let mut web = served.raw().await;
    web.send(b"GET / HTTP/1.1\r\n").await;
    assert_eq!(web.wrong().await, Wrong::NotUnderstood);
    assert_eq!(web.told().await, None);
}

#[tokio::test]
async fn terminals_and_commands_are_counted() {
    let served = serve(Limits { clients: 1, commands: 1, ..Limits::default() }).await;
    let mut raw = served.raw().await;
    raw.hello().await;
    assert!(matches!(Link::join(&served.joining, false).await, Err(JoinError::Busy)));
    raw.ask(&command(1, "/health")).await;
    raw.ask(&command(2, "/whoami")).await;
    assert_eq!(raw.told().await, Some(Tell::Wrong { id: Some(2), why: Wrong::Busy }));
    served.house.door.go.add_permits(1);
    assert!(matches!(raw.told().await, Some(Tell::Answer { id: 1, .. })));
    drop(raw);
    let again = async {
        while Link::join(&served.joining, false).await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(SOON, again).await.unwrap();
}

#[tokio::test]
async fn a_bug_in_one_command_ends_only_that() {
    let served = serve(Limits::default()).await;
    let link = served.link().await;
    let answer = link.command("/stop operation:K7F3QD", DRAWING).await.unwrap();
    assert!(!answer.well && answer.text.contains("/operations"), "{}", answer.text);
    assert!(link.command("/whoami", DRAWING).await.unwrap().well);
}

#[tokio::test]
async fn a_command_outlives_its_terminal() {
    let served = serve(Limits::default()).await;
    let mut raw = served.raw().await;
    raw.hello().await;
    raw.ask(&command(1, "/health")).await;
    let begun = async {
        while served.house.door.came.lock().unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(SOON, begun).await.unwrap();
    drop(raw);
    served.house.door.go.add_permits(1);
    let ended = async {
        while served.house.door.go.available_permits() == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(SOON, ended).await.unwrap();
}

#[tokio::test]
async fn what_takes_long_is_told_to_be_under_way() {
    let served = serve(Limits::default()).await;
    let shell = Shell::new(Arc::new(served.link().await), Locale::EnUs);
    let mut told = String::new();
    let step = shell.told_step("/health", DRAWING, |words| {
        told.push_str(words);
        served.house.door.go.add_permits(1);
        true
    });
    let step = tokio::time::timeout(SOON, step).await.unwrap().unwrap();
    assert!(told.contains("still looking"), "{told}");
    assert!(matches!(step, Step::Said(answer) if answer.text.starts_with("health")));
    let at_once = shell.told_step("/whoami", DRAWING, |words| panic!("{words}")).await.unwrap();
    assert!(matches!(at_once, Step::Said(_)));
}

#[tokio::test]
async fn the_end_of_the_bot_is_seen() {
    let mut served = serve(Limits::default()).await;
    let link = served.link().await;
    let mut news = link.news(80).await.unwrap();
    let shell = Shell::new(Arc::new(link), Locale::EnUs);
    served.end().await;
    assert!(!served.joining.socket.exists());
    assert!(tokio::time::timeout(SOON, news.recv()).await.unwrap().is_none());
    assert_eq!(shell.step("/whoami", DRAWING).await, Err(Gone));
    let mut out = Vec::new();
    let left = pipe(&shell, b"/whoami\n/whoami\n".as_slice(), &mut out, DRAWING).await;
    assert_eq!((left, left.code()), (Left::Gone, 2));
    assert!(String::from_utf8(out).unwrap().contains("The bot is gone"));
    assert!(matches!(Link::join(&served.joining, false).await, Err(JoinError::NobodyThere(_))));
}

#[tokio::test]
async fn what_listens_there_may_be_no_bot() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.sock");
    let listener = tokio::net::UnixListener::bind(&path).unwrap();
    let other = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"220 mail.example ESMTP\r\n").await.unwrap();
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest).await;
    });
    let joining = Joining { socket: path, locale: "zh-CN".to_owned(), history: None };
    let error = Link::join(&joining, false).await.unwrap_err();
    assert!(matches!(error, JoinError::NotABot));
    assert!(error.card("zh-CN").headline[0].plain_text().contains("不是机器人"));
    tokio::time::timeout(SOON, other).await.unwrap().unwrap();
}

#[tokio::test]
async fn offers_come_through_the_socket() {
    let served = serve(Limits::default()).await;
    let shell = Shell::new(Arc::new(served.link().await), Locale::EnUs);
    let values = |offers: Vec<Offer>| offers.into_iter().map(|one| one.value).collect::<Vec<_>>();
    assert_eq!(values(shell.complete("/la", 3).await), ["/lag"]);
    assert_eq!(values(shell.complete("/lag gr", 7).await), ["group:"]);
    let line = "/lag cluster:pay group:b";
    assert_eq!(values(shell.complete(line, line.len()).await), ["group:billing", "group:\"two words\""]);
    let asked = served.house.door.asked.lock().unwrap().pop().unwrap();
    assert_eq!((asked.command.as_str(), asked.option.as_str(), asked.prefix.as_str()), ("lag", "group", "b"));
    assert_eq!(asked.given, BTreeMap::from([("cluster".to_owned(), "pay".to_owned())]));
    assert_eq!(asked.principal.account, Account::System(served.uid()));
    let line = "/approve operation:K7F3QD ";
    let offered = values(shell.complete(line, line.len()).await);
    assert_eq!(offered[0], "digest:billing", "the digest of the named operation, before the options");
    assert!(offered.contains(&"digest:".to_owned()));
}
