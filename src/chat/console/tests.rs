//! The console as a whole: real sockets, a door that notes who came.

use super::bot::{Bot, Gone, News};
use super::frame::Frames;
use super::inside::Inside;
use super::link::{JoinError, Joining, Link};
use super::listening::{Admits, Listening, Socket};
use super::local::{Near, Persona};
use super::pipe::pipe;
use super::serve::Limits;
use super::shell::{Left, Shell, Step};
use super::wire::{Ask, Tell, VERSION, Wrong};
use crate::chat::{Clicked, Completing, Door, Reacted, Stranger, Suggested};
use crate::desk::Incoming;
use crate::text::{Card, Drawing, Line, Locale, Tone};
use engine::port::Boxed;
use interlock::command::{Catalogue, RawValue};
use interlock::principal::{Account, Place};
use interlock::time::Millis;
use simulated::HandClock;
use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{Semaphore, broadcast, oneshot};
use tokio::task::JoinHandle;

const SOON: Duration = Duration::from_secs(10);
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

    fn stranger(&self, _stranger: Stranger, _locale: &str) -> Card {
        Card::default()
    }

    fn reacted(&self, _reacted: Reacted) -> Boxed<'_, ()> {
        Box::pin(async {})
    }

    fn connected(&self) -> Boxed<'_, ()> {
        Box::pin(async {})
    }
}

struct House {
    door: Arc<Noting>,
    inside: Inside,
    cards: broadcast::Sender<Arc<Card>>,
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
        clock: Arc::new(HandClock::at(NOW)),
    };
    House { door, inside, cards }
}

struct Served {
    house: House,
    joining: Joining,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<()>,
    folder: tempfile::TempDir,
}

async fn serve(limits: Limits) -> Served {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bot.sock");
    let listening = Listening::bind(&Socket { path: path.clone(), admits: Admits::Owner }).await.unwrap();
    let house = house();
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(listening.serve(house.inside.clone(), limits, async {
        let _ = stopped.await;
    }));
    let joining = Joining { socket: path, locale: "en-US".to_owned(), history: None };
    Served { house, joining, stop: Some(stop), serving, folder }
}

impl Served {
    async fn link(&self) -> Link {
        Link::join(&self.joining, false).await.unwrap()
    }

    async fn raw(&self) -> Raw {
        let (read, write) = UnixStream::connect(&self.joining.socket).await.unwrap().into_split();
        Raw { write, frames: Frames::new(BufReader::new(read), 1 << 20, SOON) }
    }

    async fn end(&mut self) {
        drop(self.stop.take());
        tokio::time::timeout(SOON, &mut self.serving).await.unwrap().unwrap();
    }

    /// The user these tests run as: owner of what they make.
    fn uid(&self) -> u32 {
        std::fs::metadata(self.folder.path()).unwrap().uid()
    }
}

/// The protocol by hand.
struct Raw {
    write: OwnedWriteHalf,
    frames: Frames<BufReader<OwnedReadHalf>>,
}

impl Raw {
    async fn send(&mut self, bytes: &[u8]) {
        self.write.write_all(bytes).await.unwrap();
    }

    async fn ask(&mut self, ask: &Ask) {
        let mut line = serde_json::to_vec(ask).unwrap();
        line.push(b'\n');
        self.send(&line).await;
    }

    async fn hello(&mut self) {
        self.ask(&Ask::Hello { version: VERSION, locale: "en-US".to_owned(), colour: false }).await;
        assert!(matches!(self.told().await, Some(Tell::Hello { .. })));
    }

    /// What is told next; none at the end.
    async fn told(&mut self) -> Option<Tell> {
        let line = tokio::time::timeout(SOON, self.frames.next()).await.unwrap().unwrap()?;
        Some(serde_json::from_str(&line).unwrap())
    }

    async fn wrong(&mut self) -> Wrong {
        match self.told().await {
            Some(Tell::Wrong { why, .. }) => why,
            other => panic!("{other:?}"),
        }
    }
}

fn command(id: u64, line: &str) -> Ask {
    Ask::Command { id, line: line.to_owned(), width: 80 }
}

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
    let card = Card { headline: vec![Line::plain("the plan is ready ".repeat(4).trim())], ..Card::default() };
    assert_eq!(served.house.cards.send(Arc::new(card)).unwrap(), 2, "the third did not ask");
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
        let card = Card { headline: vec![Line::plain(format!("card {number}"))], ..Card::default() };
        served.house.cards.send(Arc::new(card)).unwrap();
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
    let served = serve(Limits { half_line: Duration::from_millis(50), ..Limits::default() }).await;
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
    let values = |offers: Vec<super::complete::Offer>| offers.into_iter().map(|one| one.value).collect::<Vec<_>>();
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
    assert_eq!(of("\\").await.len(), 4);
    assert_eq!(of("\\as ").await, [("alice".to_owned(), 4), ("bob".to_owned(), 4)]);
    assert_eq!(of("\\as b").await, [("bob".to_owned(), 4)]);
    assert!(of("\\as bob x").await.is_empty() && of("\\who x").await.is_empty());
    let served = serve(Limits::default()).await;
    let joined = Shell::new(Arc::new(served.link().await), Locale::EnUs);
    assert_eq!(joined.complete("\\", 1).await.len(), 3, "no \\as where the kernel says who it is");
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
    input.extend(vec![b' '; super::shell::LONGEST_LINE + 1]);
    input.extend(b"/whoami\n");
    let mut out = Vec::new();
    assert_eq!(pipe(&shell, input.as_slice(), &mut out, DRAWING).await, Left::Refused);
    let came: Vec<String> = house.door.came.lock().unwrap().iter().map(|one| one.command.clone()).collect();
    assert_eq!(came, ["clusters"]);
    let printed = String::from_utf8(out).unwrap();
    assert!(printed.contains("not UTF-8") && printed.contains("too long"), "{printed}");
    let long = format!("/lag group:{}", "x".repeat(super::shell::LONGEST_LINE));
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
    let card = |code: &str| {
        News::Card(super::answered::Answered::of(
            &Card { headline: vec![Line::code(code)], ..Card::default() },
            DRAWING,
        ))
    };
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
