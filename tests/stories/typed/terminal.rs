//! A terminal somebody sits at: the pseudo-terminal of `script`, and what is seen on it.

use std::io::{Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long anything may take.
const SOON: Duration = Duration::from_secs(120);
/// A program asks where the cursor is; a terminal answers.
const WHERE: &[u8] = b"\x1b[6n";
const HERE: &[u8] = b"\x1b[1;1R";

type Keys = Arc<Mutex<ChildStdin>>;

/// The program at work on a terminal.
pub(super) struct Terminal {
    script: Child,
    keys: Keys,
    seen: Arc<Mutex<Vec<u8>>>,
}

impl Terminal {
    /// `signalbox` with these arguments in this folder, which is its home too.
    pub(super) fn open(folder: &Path, arguments: &str) -> Self {
        let line = format!("stty rows 50 cols 120 && exec \"$PROGRAM\" {arguments}");
        let mut command = Command::new("script");
        command.args(["--quiet", "--return", "--flush", "--command", &line, "/dev/null"]).current_dir(folder);
        command.env("PROGRAM", env!("CARGO_BIN_EXE_signalbox")).env("HOME", folder).env("TMPDIR", folder);
        command.env("SHELL", "/bin/sh").env("TERM", "xterm").env("LANG", "C").env("NO_COLOR", "1");
        command.env_remove("LC_ALL").env_remove("XDG_STATE_HOME").env_remove("SIGNALBOX_SETTINGS");
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut script = command.spawn().expect("script, which every Debian has");
        let keys: Keys = Arc::new(Mutex::new(script.stdin.take().expect("its keys")));
        let seen = Arc::<Mutex<Vec<u8>>>::default();
        let screen = script.stdout.take().expect("its screen");
        let (shown, answers) = (seen.clone(), keys.clone());
        std::thread::spawn(move || watch(screen, &shown, &answers));
        Self { script, keys, seen }
    }

    /// Presses keys.
    pub(super) fn types(&self, keys: &str) {
        press(&self.keys, keys.as_bytes()).expect("somebody reads the keys");
    }

    /// Everything that was shown so far, without what moves the cursor.
    pub(super) fn shows(&self) -> String {
        without_controls(&self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// How often the program asked where the cursor is: it does whenever it begins to take a line.
    pub(super) fn prompts(&self) -> usize {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.windows(WHERE.len()).filter(|part| *part == WHERE).count()
    }

    /// Waits until it begins to take a line once more.
    pub(super) fn prompts_again(&self, before: usize) {
        let began = Instant::now();
        while self.prompts() <= before {
            assert!(began.elapsed() < SOON, "it takes no line:\n{}", self.shows());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Waits until these words were shown more often than before; how often they were then.
    pub(super) fn shows_again(&self, words: &str, before: usize) -> usize {
        let began = Instant::now();
        loop {
            let found = self.shows().matches(words).count();
            if found > before {
                return found;
            }
            assert!(began.elapsed() < SOON, "{words:?} is not shown again:\n{}", self.shows());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Waits until the program has ended; its exit code.
    pub(super) fn ends(mut self) -> Option<i32> {
        let began = Instant::now();
        loop {
            if let Some(status) = self.script.try_wait().expect("its end") {
                return status.code();
            }
            assert!(began.elapsed() < SOON, "it does not end:\n{}", self.shows());
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // It has ended, or a story failed; the program's terminal goes with it.
        let _ = self.script.kill();
        let _ = self.script.wait();
    }
}

fn press(line: &Mutex<ChildStdin>, keys: &[u8]) -> std::io::Result<()> {
    let mut line = line.lock().unwrap_or_else(PoisonError::into_inner);
    line.write_all(keys).and_then(|()| line.flush())
}

/// Reads what is shown to the end, and answers where the cursor is.
fn watch(mut screen: impl Read, seen: &Mutex<Vec<u8>>, keys: &Mutex<ChildStdin>) {
    let mut bytes = [0; 4_096];
    while let Ok(count @ 1..) = screen.read(&mut bytes) {
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        let from = seen.len().saturating_sub(WHERE.len() - 1);
        seen.extend_from_slice(&bytes[..count]);
        let asked = seen[from..].windows(WHERE.len()).filter(|part| *part == WHERE).count();
        drop(seen);
        for _ in 0..asked {
            // Who asked may have gone.
            let _ = press(keys, HERE);
        }
    }
}

fn without_controls(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut shown = String::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '\u{1b}' {
            shown.push(character);
            continue;
        }
        // ESC [ … letter, or ESC and one character.
        if characters.next() == Some('[') {
            characters.by_ref().find(char::is_ascii_alphabetic);
        }
    }
    shown
}
