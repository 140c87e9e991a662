//! The program itself, as people start it: several processes on one store.

use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};
use story::kafka_house::{Place, lab};
use story::lab::Listener;
use story::lab::judge::{Acl, Resource, TopicSpec};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// How long anything here may take.
pub(super) const SOON: Duration = Duration::from_secs(120);

/// On the simulated fleet; alice is whoever runs the tests, and alone in development.
pub(super) const SIMULATED: &str = r#"
[[cluster]]
name = "staging-kafka"
kind = "kafka"
tier = "development"
simulated = true
"#;

/// A folder with settings.
pub(super) struct Home {
    folder: TempDir,
    http: String,
    /// What the settings name as `env:TOKEN`.
    pub(super) token: String,
}

/// A port that nobody has: below those that the system gives out by itself, so that nobody gets it until the bot takes it, and
/// for each process of tests others.
fn free_port() -> u16 {
    const EACH: u16 = 200;
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = 10_000 + EACH * u16::try_from(std::process::id() % 40).unwrap();
    let mut ports = (0..EACH).map(|_| first + NEXT.fetch_add(1, Ordering::Relaxed) % EACH);
    ports.find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok()).expect("a free port")
}

/// What a process said until its end.
pub(super) struct Said {
    pub(super) status: ExitStatus,
    pub(super) out: String,
    pub(super) err: String,
}

impl Home {
    pub(super) fn new(clusters: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let port = free_port();
        let uid = std::fs::metadata("/proc/self").unwrap().uid();
        let settings = format!(
            r#"[store]
url = "sqlite:signalbox.db"
[console]
socket = "signalbox.sock"
[http]
listen = "127.0.0.1:{port}"
{clusters}
[[person]]
name = "alice"
uids = [{uid}]
[[grant]]
role = "operator"
persons = ["alice"]
clusters = ["*"]
[[grant]]
role = "auditor"
persons = ["alice"]
clusters = ["*"]
"#
        );
        std::fs::write(folder.path().join("signalbox.toml"), settings).unwrap();
        Self { folder, http: format!("http://127.0.0.1:{port}"), token: String::new() }
    }

    /// Its store is this one instead of the file in its folder. Addresses may hold passwords, so it is in a file of its own.
    pub(super) fn is_kept_in(&self, store: &str) {
        std::fs::write(self.file("store"), store).unwrap();
        let settings = std::fs::read_to_string(self.file("signalbox.toml")).unwrap();
        let settings = settings.replace("sqlite:signalbox.db", "file:store");
        std::fs::write(self.file("signalbox.toml"), settings).unwrap();
    }

    /// Its folder.
    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        self.given(Command::new(env!("CARGO_BIN_EXE_signalbox")), arguments)
    }

    /// What starts the program, with its arguments.
    pub(super) fn given(&self, mut command: Command, arguments: &[&str]) -> Command {
        command.arg("--settings").arg(self.file("signalbox.toml")).args(arguments);
        command.env("TOKEN", &self.token).env("LANG", "C").env_remove("LC_ALL").env("HOME", self.folder.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        command
    }

    /// Runs it to its end, with this input.
    pub(super) async fn runs(&self, arguments: &[&str], input: &str) -> Said {
        said(self.command(arguments), input).await
    }

    /// A bot that is ready; its log goes to the file `log`.
    pub(super) async fn bot(&self) -> Child {
        self.started(self.command(&["run"])).await
    }

    /// The same with a log of everything that anything in it logs.
    pub(super) async fn bot_that_logs_all(&self) -> Child {
        let mut command = self.command(&["run"]);
        command.env("SIGNALBOX_LOG", "trace");
        self.started(command).await
    }

    async fn started(&self, mut command: Command) -> Child {
        let log = std::fs::File::create(self.file("log")).unwrap();
        let child = command.stderr(log).spawn().unwrap();
        let began = Instant::now();
        while self.get("/readyz").await.is_none_or(|(status, _)| status != 200) {
            assert!(began.elapsed() < SOON, "not ready: {}", self.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        child
    }

    pub(super) async fn get(&self, path: &str) -> Option<(u16, String)> {
        let answer = reqwest::get(format!("{}{path}", self.http)).await.ok()?;
        Some((answer.status().as_u16(), answer.text().await.ok()?))
    }

    pub(super) fn log(&self) -> String {
        std::fs::read_to_string(self.file("log")).unwrap()
    }

    /// What this line is answered in a console that joins.
    pub(super) async fn asks(&self, line: &str) -> String {
        let said = self.runs(&["console"], &format!("{line}\n")).await;
        assert!(said.status.code().is_some_and(|code| code < 2), "{line}: {} {}", said.out, said.err);
        said.out
    }

    /// Alice approves what she is shown.
    pub(super) async fn approves(&self, id: &str) {
        approved_by(id, &async |line: String| self.asks(&line).await).await;
    }

    /// Alice resets a group and confirms it alone; the operation's id, when it has succeeded.
    async fn resets(&self) -> String {
        let id = operation_in(&self.asks("/reset-offset group:billing to:earliest reason:test").await);
        self.approved_until((&id, "Succeeded"), async |line: String| self.asks(&line).await).await;
        id
    }

    /// Somebody approves what they are shown, each time anew, until the operation has come to this.
    pub(super) async fn approved_until(&self, (id, state): (&str, &str), types: impl AsyncFn(String) -> String) {
        let began = Instant::now();
        loop {
            let shown = approved_by(id, &types).await;
            if self.asks(&format!("/status operation:{id}")).await.contains(state) {
                return;
            }
            assert!(began.elapsed() < SOON, "never {state}: {shown}");
        }
    }
}

/// Somebody approves what they are shown, if they are shown anything; what that is.
pub(super) async fn approved_by(id: &str, types: &impl AsyncFn(String) -> String) -> String {
    let shown = types(format!("/approve operation:{id}")).await;
    if let Some(digest) = digest_in(&shown) {
        types(format!("/approve operation:{id} digest:{digest}")).await;
    }
    shown
}

/// Runs something to its end, with this input.
pub(super) async fn said(mut command: Command, input: &str) -> Said {
    let mut child = command.spawn().unwrap();
    // Who is turned away may end before all of it is read.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes()).await;
    let output = tokio::time::timeout(SOON, child.wait_with_output()).await.expect("it ends in time").unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Said { status: output.status, out: text(output.stdout), err: text(output.stderr) }
}

/// The id of the operation whose card this is.
pub(super) fn operation_in(out: &str) -> String {
    let id = out.split("Plan ").nth(1).and_then(|rest| rest.split_whitespace().next());
    id.unwrap_or_else(|| panic!("no operation in {out}")).to_owned()
}

/// What a card says, as it was before it was broken into lines.
pub(super) fn in_one_line(out: &str) -> String {
    out.lines().map(|line| line.trim_matches(['│', '└', ' '])).collect::<Vec<_>>().join(" ")
}

/// The digest that somebody is asked to repeat; none if nobody is asked.
fn digest_in(out: &str) -> Option<String> {
    let command = in_one_line(out);
    let digest = command.split("digest:").nth(1)?.split_whitespace().collect::<String>();
    let digest: String = digest.chars().take(64).collect();
    (digest.len() == 64).then_some(digest)
}

/// A console whose input stays open.
struct Console {
    child: Child,
    speak: ChildStdin,
    hear: BufReader<ChildStdout>,
}

impl Console {
    fn open(home: &Home) -> Self {
        let mut child = home.command(&["console"]).spawn().unwrap();
        let speak = child.stdin.take().unwrap();
        let hear = BufReader::new(child.stdout.take().unwrap());
        Self { child, speak, hear }
    }

    /// Types a line and reads on until the answer holds these words.
    async fn asks(&mut self, line: &str, words: &str) {
        self.speak.write_all(format!("{line}\n").as_bytes()).await.unwrap();
        let mut heard = String::new();
        let reading = async {
            while !heard.contains(words) {
                assert!(self.hear.read_line(&mut heard).await.unwrap() > 0, "it ended: {heard}");
            }
        };
        tokio::time::timeout(SOON, reading).await.expect("an answer in time");
    }

    async fn leaves(mut self) -> ExitStatus {
        drop(self.speak);
        tokio::time::timeout(SOON, self.child.wait()).await.expect("it ends").unwrap()
    }
}

#[tokio::test]
async fn a_console_with_no_bot_running_starts_one_and_others_join_that() {
    let home = Home::new(SIMULATED);
    let mut first = Console::open(&home);
    first.asks("/whoami", "alice").await;
    assert!(home.get("/readyz").await.is_some_and(|(status, _)| status == 200), "it is a whole bot");
    assert!(home.asks("/whoami").await.contains("alice"), "a second console joins the bot of the first");
    let second = home.runs(&["run"], "").await;
    assert!(!second.status.success() && second.err.contains("one owner"), "two owners of one file: {}", second.err);
    assert!(first.leaves().await.success());
    assert!(home.get("/readyz").await.is_none(), "its bot ended with it");
    assert!(!home.file("signalbox.sock").exists());
    assert!(home.asks("/whoami").await.contains("alice"), "and the next one starts it anew");
    let log = std::fs::read_to_string(home.file("signalbox.sock.log")).unwrap();
    assert_eq!(log.matches("ready, in a console").count(), 2, "{log}");
}

#[tokio::test]
async fn a_console_joins_the_bot_that_runs_and_leaves_it_running() {
    let home = Home::new(SIMULATED);
    let mut bot = home.bot().await;
    assert!(home.asks("/whoami").await.contains("alice"));
    assert!(!home.file("signalbox.sock.log").exists(), "it started nothing");
    assert_eq!(bot.try_wait().unwrap(), None);
    assert!(home.get("/readyz").await.is_some());
}

#[tokio::test]
async fn consoles_that_are_opened_at_once_start_one_bot() {
    let home = Home::new(SIMULATED);
    let mut consoles = [Console::open(&home), Console::open(&home), Console::open(&home)];
    for console in &mut consoles {
        console.asks("/whoami", "alice").await;
    }
    let log = std::fs::read_to_string(home.file("signalbox.sock.log")).unwrap();
    assert_eq!(log.matches("ready, in a console").count(), 1, "{log}");
}

#[tokio::test]
async fn a_console_beside_a_bot_that_listens_elsewhere_says_so() {
    let home = Home::new(SIMULATED);
    let _bot = home.bot().await;
    let settings = std::fs::read_to_string(home.file("signalbox.toml")).unwrap();
    std::fs::write(home.file("signalbox.toml"), settings.replace("signalbox.sock", "other.sock")).unwrap();
    let said = home.runs(&["console"], "/whoami\n").await;
    assert!(
        !said.status.success() && said.err.contains("one owner") && said.err.contains("other.sock"),
        "{}",
        said.err
    );
}

#[tokio::test]
async fn what_only_reads_works_beside_a_running_bot() {
    let home = Home::new(SIMULATED);
    let _bot = home.bot().await;
    let id = home.resets().await;
    let verified = home.runs(&["audit", "verify"], "").await;
    assert!(verified.status.success() && verified.out.starts_with("whole: "), "{}{}", verified.out, verified.err);
    let exported = home.runs(&["audit", "export"], "").await;
    assert!(exported.status.success() && exported.out.contains(&format!("\"operation\":\"{id}\"")), "{}", exported.err);
    let shown = home.runs(&["plan", "show", &id], "").await;
    assert!(shown.status.success() && shown.out.contains("billing"), "{}{}", shown.out, shown.err);
    let unknown = home.runs(&["plan", "show", "AAAAAA"], "").await;
    assert!(!unknown.status.success() && unknown.err.contains("AAAAAA"), "{}", unknown.err);
    let checked = home.runs(&["check"], "").await;
    assert!(checked.status.success(), "{}{}", checked.out, checked.err);
    for line in [
        "ok   settings: valid",
        "ok   store: can be read",
        "ok   cluster staging-kafka: id",
        "ok   rights on staging-kafka",
    ] {
        assert!(checked.out.contains(line), "{line} in {}", checked.out);
    }
    assert!(home.asks(&format!("/status operation:{id}")).await.contains("Succeeded"), "the bot works on");
}

#[tokio::test]
async fn before_the_first_start_check_makes_no_store() {
    let home = Home::new(SIMULATED);
    let checked = home.runs(&["check"], "").await;
    assert!(checked.status.success() && checked.out.contains("store: there is no such file yet"), "{}", checked.out);
    assert!(!home.file("signalbox.db").exists());
    let verified = home.runs(&["audit", "verify"], "").await;
    assert!(!verified.status.success() && verified.err.contains("no such file"), "{}", verified.err);
    assert!(!home.file("signalbox.db").exists());
}

#[tokio::test]
async fn a_store_that_is_read_only_is_told_at_the_start() {
    let home = Home::new(SIMULATED);
    drop(home.bot().await.kill().await);
    let settings = std::fs::read_to_string(home.file("signalbox.toml")).unwrap();
    std::fs::write(home.file("signalbox.toml"), settings.replace("signalbox.db\"", "signalbox.db?mode=ro\"")).unwrap();
    let said = home.runs(&["run"], "").await;
    assert!(!said.status.success() && said.err.contains("readonly"), "{}", said.err);
    let verified = home.runs(&["audit", "verify"], "").await;
    assert!(verified.status.success(), "what only reads still does: {}", verified.err);
}

#[tokio::test]
async fn a_store_that_is_damaged_fails_the_check() {
    let home = Home::new(SIMULATED);
    std::fs::write(home.file("signalbox.db"), "this is no database at all, but a text of some length".repeat(100))
        .unwrap();
    let checked = home.runs(&["check"], "").await;
    assert!(!checked.status.success() && checked.out.contains("FAIL store: "), "{}", checked.out);
}

/// A program in a folder where nothing is set up; what it leaves there in the end.
async fn set_up_by_nobody(arguments: &[&str], input: &str) -> (Said, Vec<String>) {
    let folder = TempDir::new().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_signalbox"));
    command.args(arguments).current_dir(folder.path()).env("HOME", folder.path()).env("TMPDIR", folder.path());
    command.env("LANG", "C").env_remove("LC_ALL").env_remove("SIGNALBOX_SETTINGS");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).await.unwrap();
    let output = tokio::time::timeout(SOON * 4, child.wait_with_output()).await.expect("it ends in time").unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let said = Said { status: output.status, out: text(output.stdout), err: text(output.stderr) };
    let left = std::fs::read_dir(folder.path()).unwrap();
    (said, left.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect())
}

/// What `./dev demo --story` runs: asked, refused to who asked, approved by two, done, taken back, and the record is whole.
#[tokio::test]
async fn the_story_of_the_demo_is_told_to_its_end() {
    let (said, left) = set_up_by_nobody(&["demo", "--story"], "").await;
    assert!(said.status.success(), "{}{}", said.out, said.err);
    let typed: Vec<&str> = said.out.lines().filter_map(|line| line.split_once("> /")).map(|(_, line)| line).collect();
    for command in ["reset-offset ", "approve ", "rollback ", "scale-out "] {
        assert!(typed.iter().any(|line| line.starts_with(command)), "{command} in {typed:#?}");
    }
    let witnessed = said.out.matches(" partitions agree with ").count();
    assert!(witnessed >= 2, "{}", said.out);
    // Of RocketMQ, too.
    for line in ["8 queues agree with the journal.", "8 queues agree with what stood before."] {
        assert!(said.out.contains(line), "{line} in {}", said.out);
    }
    let chain = said.out.lines().find(|line| line.ends_with("entries, each follows from the one before."));
    let entries = chain.and_then(|line| line.trim().split(' ').next()?.parse::<u32>().ok());
    assert!(entries.is_some_and(|entries| entries > 20), "the chain is verified: {}", said.out);
    assert_eq!(left, Vec::<String>::new());
}

/// Without a terminal, too: a newcomer's first lines come from a script.
#[tokio::test]
async fn a_first_console_without_settings_is_the_demo() {
    let (said, left) = set_up_by_nobody(&["console"], "/clusters\n/whoami\n").await;
    assert!(said.status.success(), "{}{}", said.out, said.err);
    assert!(said.out.contains("orders-kafka") && said.out.contains("alice"), "{}", said.out);
    assert_eq!(left, Vec::<String>::new());
}

/// Each right is named that is missing for what the cluster's mode allows.
#[tokio::test]
async fn check_names_each_right_on_kafka_that_is_missing() {
    let secure = lab().secure().await.unwrap();
    let place = Place::unique();
    // Another story's broker may be there meanwhile.
    secure.create_topic(TopicSpec::new(&place.topic, 1, 1).on(vec![vec![1]])).await.unwrap();
    secure.alter_offsets(&place.group, &[place.commit(0, 0)]).await.unwrap();
    secure.delete_acls_of("p1").await.unwrap();
    let topic = |right: &str| Acl::allow("p1", right, Resource::Topic, &place.topic);
    let group = |right: &str| Acl::allow("p1", right, Resource::Group, &place.group);
    secure.create_acls(&[topic("Describe"), group("Describe")]).await.unwrap();
    let missing = |mode: &'static str| async move { secure_home(mode).runs(&["check"], "").await };
    let began = Instant::now();
    let observing = loop {
        let said = missing("observe").await;
        // Brokers learn of rights a moment after the controller.
        if said.out.contains(&place.topic) || began.elapsed() > SOON {
            break said;
        }
    };
    assert!(!observing.status.success());
    let lines = |said: &Said| -> Vec<String> {
        let of = said.out.lines().filter_map(|line| line.strip_prefix("FAIL rights on secure: "));
        of.map(|line| {
            line.split(" is missing on ").collect::<Vec<_>>().join("/").split(" (").next().unwrap().to_owned()
        })
        .collect()
    };
    assert_eq!(lines(&observing), ["DESCRIBE/the cluster", "DESCRIBE_CONFIGS/1 of 1 topics"], "{}", observing.out);
    let changing = missing("change").await;
    let all = ["DESCRIBE/the cluster", "READ/1 of 1 groups", "READ/1 of 1 topics", "DESCRIBE_CONFIGS/1 of 1 topics"];
    assert_eq!(lines(&changing), all, "{}", changing.out);
    assert!(!changing.out.contains(lab().password()));
    assert!(!observing.out.contains("note "), "what only reads needs no more: {}", observing.out);
    let notes = |said: &Said| -> Vec<String> {
        said.out.lines().filter_map(|line| line.strip_prefix("note rights on secure: ")).map(str::to_owned).collect()
    };
    let refused = notes(&changing);
    let of = |command: &str| refused.iter().find(|line| line.starts_with(command)).unwrap().clone();
    for right in [
        "ALTER is missing on the cluster",
        "ALTER_CONFIGS is missing on the cluster",
        "ALTER_CONFIGS is missing on 1 of 1 topics",
    ] {
        assert!(of("/scale-out").contains(right), "{right} in {refused:?}");
    }
    assert!(of("/reset-offset").contains("DELETE is missing on 1 of 1 groups"), "{refused:?}");
    let whole = [
        topic("DESCRIBE_CONFIGS"),
        topic("Read"),
        topic("ALTER_CONFIGS"),
        group("Read"),
        Acl::on_cluster("p1", "Describe"),
        Acl::on_cluster("p1", "Alter"),
        Acl::on_cluster("p1", "DESCRIBE_CONFIGS"),
        Acl::on_cluster("p1", "ALTER_CONFIGS"),
    ];
    secure.create_acls(&whole).await.unwrap();
    let began = Instant::now();
    loop {
        let said = missing("change").await;
        // With DESCRIBE on the cluster the groups of other stories are seen too: only their rights may still be missing.
        let ours = said.out.lines().any(|line| line.contains("FAIL") && line.contains(" topics"));
        let moves = said.out.contains("/scale-out is refused");
        if !ours && !moves && !said.out.contains("DESCRIBE is missing on the cluster") {
            assert!(said.out.contains("/topic-create is refused where it needs this: CREATE"), "{}", said.out);
            break;
        }
        assert!(began.elapsed() < SOON, "{}", said.out);
    }
    secure.delete_acls_of("p1").await.unwrap();
}

/// Settings that know the lab's secure cluster in a mode, as p1.
fn secure_home(mode: &str) -> Home {
    let home = Home::new(&format!(
        r#"
[[cluster]]
name = "secure"
kind = "kafka"
tier = "production"
mode = "{mode}"
bootstrap = ["{}"]
[cluster.security]
sasl = "plain"
user = "p1"
password = "file:password"
"#,
        lab().secure_bootstrap(Listener::Sasl)
    ));
    std::fs::write(home.file("password"), lab().password()).unwrap();
    home
}

#[tokio::test]
async fn what_is_logged_carries_the_ids_and_what_is_counted_can_be_scraped() {
    let home = Home::new(SIMULATED);
    let _bot = home.bot().await;
    let id = home.resets().await;
    let (_, ready) = home.get("/readyz").await.unwrap();
    assert_eq!(ready, r#"{"store":true,"gateway":null,"refused":null}"#, "the gateway is a field of its own");
    let lines: Vec<serde_json::Value> = home.log().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let spans = |line: &serde_json::Value, name: &str| -> Option<serde_json::Value> {
        line["spans"].as_array()?.iter().find(|span| span["name"] == name).cloned()
    };
    let started = lines.iter().find(|line| line["fields"]["event"] == "start").expect("the engine logs its start");
    assert_eq!(spans(started, "operation").expect("an operation's span")["operation"], id.as_str(), "{started}");
    let answered = lines.iter().filter(|line| line["fields"]["message"] == "answered");
    let of_operation = answered.filter_map(|line| spans(line, "request")).find(|span| span["operation"] == id.as_str());
    let span = of_operation.expect("a request about the operation carries both ids");
    assert!(span["request"].as_str().is_some_and(|request| request.len() == 6), "{span}");
    let wanted = [
        "signalbox_requests_total{command=\"reset-offset\",outcome=\"planned\"} 1",
        "signalbox_operations{state=\"succeeded\"} 1",
        "signalbox_operations{state=\"running\"} 0",
        "signalbox_acts_total{cluster=\"staging-kafka\",outcome=\"applied\"} 1",
        "signalbox_votes_total{voice=\"approve\",by=\"command\",what=\"cast\"} 1",
        "signalbox_outbox_waiting 0",
        "signalbox_store_up 1",
        "signalbox_look_seconds_count{cluster=\"staging-kafka\"}",
    ];
    let began = Instant::now();
    let scraped = loop {
        let (_, scraped) = home.get("/metrics").await.unwrap();
        // The last notices are sent a moment after the end.
        match wanted.iter().find(|line| !scraped.contains(**line)) {
            None => break scraped,
            Some(line) => assert!(began.elapsed() < SOON, "{line} in {scraped}"),
        }
    };
    assert!(!scraped.contains(&id) && !scraped.contains("billing") && !scraped.contains("alice"), "{scraped}");
}
