//! The house in a process of its own, to be killed and stopped for real.

use super::clock::FileClock;
use super::ground::{Ground, Rules, Settled};
use super::journal::Lie;
use super::points::{Deed, Point, Points};
use super::script::Script;
use engine::port::Clock;
use serde::{Deserialize, Serialize};
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::Arc;
use tokio::signal::unix::{SignalKind, signal};

/// What happens at the point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// The process aborts.
    Abort,
    /// It says so and stands still until it is told to go on, or is killed.
    Stand,
}

/// What the process does; one JSON argument.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Config {
    /// The folder of the ground.
    pub folder: PathBuf,
    /// The address of the database.
    pub database: String,
    /// Its name among the processes.
    pub holder: String,
    /// What alice types.
    pub line: String,
    /// Whether she takes it back.
    pub back: bool,
    /// Where something happens to it, and what.
    pub fault: Option<(Point, Effect)>,
    /// How its journal lies.
    pub lie: Option<Lie>,
}

const REACHED: &str = "reached";
const ENDED: &str = "ended";
const LET_GO: &str = "let go";

fn say(word: &str) {
    let mut out = std::io::stdout();
    writeln!(out, "{word}").and_then(|()| out.flush()).expect("who started this listens");
}

fn deed(effect: Effect) -> Deed {
    match effect {
        Effect::Abort => Box::new(|| std::process::abort()),
        // Blocks the only thread: nothing of the process goes on meanwhile.
        Effect::Stand => Box::new(|| {
            say(REACHED);
            let mut line = String::new();
            std::io::stdin().read_line(&mut line).expect("who started this speaks");
            Box::pin(async {})
        }),
    }
}

/// The process: plays its script on the ground of its argument, and ends well when it is told to.
///
/// # Panics
/// If the argument is none, or the script cannot be played.
pub fn main() {
    let argument = std::env::args().nth(1).expect("one argument");
    let config: Config = serde_json::from_str(&argument).expect("a configuration");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let ground = Ground::at(&config.folder, &config.database);
        let clock: Arc<dyn Clock> = Arc::new(FileClock::open(&ground.clock_file()));
        let points = match config.fault {
            Some((point, effect)) => Points::at(point, deed(effect)),
            None => Points::none(),
        };
        let kafka = ground.kafka(clock.clone());
        let settled = Settled { clock, points, lie: config.lie, holder: config.holder, rules: Rules::default() };
        let house = ground.house(settled).await;
        let mut terminated = signal(SignalKind::terminate()).expect("signals");
        let playing = tokio::spawn({
            let house = house.clone();
            async move { Script { back: config.back, ..Script::of(&config.line) }.play(&house, &kafka).await }
        });
        tokio::select! {
            played = playing => {
                played.expect("a script that can be played");
                say(ENDED);
            }
            // As the bot does.
            _ = terminated.recv() => {
                house.engine().close();
                house.engine().idle().await;
                say(LET_GO);
            }
        }
    });
}

/// A started process.
pub struct Crashable {
    child: Child,
    speak: Option<ChildStdin>,
    hear: BufReader<ChildStdout>,
}

impl Crashable {
    /// Starts it.
    ///
    /// # Panics
    /// If it was not built.
    #[must_use]
    pub fn start(config: &Config) -> Self {
        let path = binary();
        assert!(path.exists(), "{} is not there: cargo build -p story --bin crashable", path.display());
        let mut child = Command::new(path)
            .arg(serde_json::to_string(config).expect("a configuration"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let speak = child.stdin.take();
        let hear = BufReader::new(child.stdout.take().expect("its output"));
        Self { child, speak, hear }
    }

    /// Waits until it stands at its point.
    ///
    /// # Panics
    /// If it ends before.
    pub fn stands(&mut self) {
        assert_eq!(self.hear(), REACHED, "it never came to the point");
    }

    /// Waits until it has let go of its work, as it was told.
    ///
    /// # Panics
    /// If it does something else.
    pub fn lets_go(mut self) {
        assert_eq!(self.hear(), LET_GO, "it did not end well");
        drop(self.speak.take());
        assert!(self.child.wait().expect("its end").success());
    }

    fn hear(&mut self) -> String {
        let mut line = String::new();
        self.hear.read_line(&mut line).expect("its output");
        line.trim_end().to_owned()
    }

    /// Sends it a signal by the system's own tool.
    ///
    /// # Panics
    /// If there is no such tool.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("sh").arg("-c").arg(format!("kill -{name} {}", self.child.id())).status();
        assert!(sent.expect("a shell").success(), "the signal was not sent");
    }

    /// Lets it go on from its point.
    ///
    /// # Panics
    /// If it does not listen.
    pub fn goes_on(&mut self) {
        writeln!(self.speak.as_mut().expect("its input"), "go").expect("it listens");
    }

    /// Waits for its end: whether it said that it played its script to the end, and how the process ended.
    ///
    /// # Panics
    /// If that cannot be asked.
    pub fn ends(mut self) -> (bool, ExitStatus) {
        let said = self.hear() == ENDED;
        drop(self.speak.take());
        (said, self.child.wait().expect("its end"))
    }
}

impl Drop for Crashable {
    fn drop(&mut self) {
        // Ended already where all went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Beside the tests: in the folder above theirs.
fn binary() -> PathBuf {
    let test = std::env::current_exe().expect("a path");
    let folder = test.parent().and_then(|deps| deps.parent()).expect("a folder");
    folder.join("crashable")
}
