//! The line editor.

use super::bot::{Gone, News};
use super::complete::Offer;
use super::history;
use super::screen::drawing;
use super::shell::{Left, Shell, Step};
use super::terminal::{Opened, print, show};
use super::wash::washed;
use crate::text::foreign::shown;
use crate::text::terminal::Terminal;
use interlock::command::Catalogue;
use reedline::{
    ColumnarMenu, Completer, CompletionResult, Emacs, ExternalPrinter, Highlighter, Hinter, History, KeyCode,
    KeyModifiers, MenuBuilder, Prompt, PromptEditMode, PromptHistorySearch, Reedline, ReedlineEvent, ReedlineMenu,
    SearchQuery, Signal, Span, StyledText, Suggestion, default_emacs_keybindings,
};
use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::mpsc;

const MENU: &str = "completion";
/// Printed cards that wait while an answer is printed.
const WAITING_PRINTS: usize = 64;
/// How long to wait before a card that could not be printed is tried again.
const AGAIN: Duration = Duration::from_millis(100);

/// Runs the line editor until its person leaves or the bot goes.
pub(super) async fn interact(shell: Shell, opened: Opened) -> Left {
    if !show(&opened.opening) {
        return Left::Well;
    }
    let printer = ExternalPrinter::new(WAITING_PRINTS);
    let gone = Arc::new(AtomicBool::new(false));
    let printing = opened.news.map(|news| {
        let (shell, gone) = (shell.clone(), gone.clone());
        tokio::spawn(print_news(shell, news, printer.sender(), gone))
    });
    let runtime = Handle::current();
    let left = tokio::task::spawn_blocking(move || {
        let mut editor =
            editor(&shell, &runtime, opened.history.as_deref()).with_external_printer(printer).with_break_signal(gone);
        converse(&shell, &mut editor, &runtime)
    });
    // A bug in the editor restores the terminal as it unwinds; the bot goes on.
    let left = left.await.unwrap_or(Left::Gone);
    if let Some(printing) = printing {
        printing.abort();
    }
    left
}

fn converse(shell: &Shell, editor: &mut Reedline, runtime: &Handle) -> Left {
    loop {
        let line = match editor.read_line(&Speaker(shell.speaker())) {
            Ok(Signal::Success(line)) => line,
            Ok(Signal::CtrlD) => return Left::Well,
            Ok(Signal::ExternalBreak(_)) => return gone(shell),
            Ok(_) => continue,
            // Without a terminal there is nobody to talk to.
            Err(_) => return Left::Well,
        };
        // A history that cannot be written is no reason to stop.
        let _ = editor.sync_history();
        let printed = match runtime.block_on(answered(shell, &line)) {
            Ok(Step::Leave) => return Left::Well,
            Ok(Step::Quiet) => true,
            Ok(Step::Said(answer)) => print(&answer.text, drawing()),
            Err(Gone) => return gone(shell),
        };
        if !printed {
            return Left::Well;
        }
    }
}

/// The answer to a line, or that it is not waited for: Ctrl-C gives the terminal back.
async fn answered(shell: &Shell, line: &str) -> Result<Step, Gone> {
    tokio::select! {
        step = shell.told_step(line, drawing(), |words| print(words, drawing())) => step,
        _ = tokio::signal::ctrl_c() => Ok(shell.said(&Terminal::NotWaiting, drawing())),
    }
}

fn gone(shell: &Shell) -> Left {
    if let Step::Said(answer) = shell.said(&Terminal::Gone, drawing()) {
        print(&answer.text, drawing());
    }
    Left::Gone
}

/// Prints cards above the line that is being typed, until no more can come.
async fn print_news(shell: Shell, mut news: mpsc::Receiver<News>, printer: SyncSender<String>, gone: Arc<AtomicBool>) {
    while let Some(one) = news.recv().await {
        let drawing = drawing();
        let mut text = washed(&shell.printed(one, drawing), drawing.colour);
        while let Err(TrySendError::Full(back)) = printer.try_send(text) {
            text = back;
            tokio::time::sleep(AGAIN).await;
        }
    }
    gone.store(true, Ordering::Relaxed);
}

fn editor(shell: &Shell, runtime: &Handle, file: Option<&std::path::Path>) -> Reedline {
    let mut keys = default_emacs_keybindings();
    let tab = vec![ReedlineEvent::Menu(MENU.to_owned()), ReedlineEvent::MenuNext];
    keys.add_binding(KeyModifiers::NONE, KeyCode::Tab, ReedlineEvent::UntilFound(tab));
    keys.add_binding(KeyModifiers::SHIFT, KeyCode::BackTab, ReedlineEvent::MenuPrevious);
    let menu = ColumnarMenu::default().with_name(MENU);
    let editor = Reedline::create()
        .with_ansi_colors(drawing().colour)
        .with_completer(Box::new(Offering { shell: shell.clone(), runtime: runtime.clone() }))
        .with_menu(ReedlineMenu::EngineCompleter(Box::new(menu)))
        .with_quick_completions(true)
        .with_partial_completions(true)
        .with_hinter(Box::new(Hinting::new(shell.clone())))
        .with_highlighter(Box::new(Plain))
        .with_edit_mode(Box::new(Emacs::new(keys)));
    match history::open(file) {
        Some(history) => editor.with_history(Box::new(history)),
        None => editor,
    }
}

struct Offering {
    shell: Shell,
    runtime: Handle,
}

impl Completer for Offering {
    fn complete(&mut self, line: &str, cursor: usize) -> CompletionResult {
        let offers = self.runtime.block_on(self.shell.complete(line, cursor));
        if offers.is_empty() {
            // An empty menu speaks, in a language of its own. One offer that changes nothing is taken silently.
            return CompletionResult::fresh(vec![nothing(cursor)]);
        }
        CompletionResult::fresh(offers.into_iter().map(suggestion).collect::<Vec<_>>())
    }
}

fn nothing(cursor: usize) -> Suggestion {
    Suggestion { span: Span { start: cursor, end: cursor }, ..Suggestion::default() }
}

fn suggestion(offer: Offer) -> Suggestion {
    Suggestion {
        display_override: (offer.label != offer.value).then_some(offer.label),
        value: offer.value,
        description: (!offer.note.is_empty()).then_some(offer.note),
        span: Span { start: offer.start, end: offer.end },
        append_whitespace: offer.space,
        ..Suggestion::default()
    }
}

/// Shows how a line may go on: as a command that stands in a printed card, as one typed before, or what it still needs.
struct Hinting {
    shell: Shell,
    catalogue: Option<Catalogue>,
    /// What is taken over when the hint is accepted.
    rest: String,
}

impl Hinting {
    fn new(shell: Shell) -> Self {
        Self { shell, catalogue: Catalogue::built_in().ok(), rest: String::new() }
    }

    fn rest(&self, line: &str, history: &dyn History) -> Option<String> {
        let typed_before = || {
            let query = SearchQuery::last_with_prefix(line.to_owned(), history.session());
            history.search(query).ok()?.into_iter().next().map(|item| item.command_line)
        };
        let whole = self.shell.recalled(line).or_else(typed_before)?;
        let rest = whole.get(line.len()..)?;
        (!rest.is_empty() && shown(rest, usize::MAX) == rest).then(|| rest.to_owned())
    }
}

impl Hinter for Hinting {
    fn handle(&mut self, line: &str, cursor: usize, history: &dyn History, colour: bool, _folder: &str) -> String {
        self.rest.clear();
        if line.is_empty() || cursor != line.len() {
            return String::new();
        }
        let hint = match self.rest(line, history) {
            Some(rest) => {
                self.rest.clone_from(&rest);
                rest
            }
            None => self.catalogue.as_ref().and_then(|all| super::usage::needed(all, line)).unwrap_or_default(),
        };
        // Without colour a hint would look like what was typed.
        if colour && !hint.is_empty() { reedline::Color::DarkGray.paint(hint).to_string() } else { String::new() }
    }

    fn complete_hint(&self) -> String {
        self.rest.clone()
    }

    fn next_hint_token(&self) -> String {
        let end = self.rest.trim_start().find(' ').map(|at| at + self.rest.len() - self.rest.trim_start().len());
        self.rest[..end.unwrap_or(self.rest.len())].to_owned()
    }
}

/// Nothing is painted: a line is right or wrong only for the bot to say.
struct Plain;

impl Highlighter for Plain {
    fn highlight(&self, line: &str, _cursor: usize) -> StyledText {
        let mut text = StyledText::new();
        text.push((Default::default(), line.to_owned()));
        text
    }
}

/// The prompt says who speaks.
struct Speaker(String);

impl Prompt for Speaker {
    fn render_prompt_left(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.0)
    }

    fn render_prompt_right(&self) -> Cow<'_, str> {
        Cow::Borrowed("")
    }

    fn render_prompt_indicator(&self, _mode: PromptEditMode) -> Cow<'_, str> {
        Cow::Borrowed("> ")
    }

    fn render_prompt_multiline_indicator(&self) -> Cow<'_, str> {
        Cow::Borrowed("… ")
    }

    fn render_prompt_history_search_indicator(&self, search: PromptHistorySearch) -> Cow<'_, str> {
        Cow::Owned(format!("(… {}) ", shown(&search.term, 60)))
    }
}
