//! The console of a script: a line in, its answer out.

use super::frame::{Broken, Frames};
use super::shell::{LONGEST_LINE, Left, Shell, Step};
use super::wash::washed;
use crate::text::Drawing;
use crate::text::terminal::Terminal;
use std::io::Write;
use std::time::Duration;
use tokio::io::AsyncBufRead;

/// How long a line may take from its first byte. Long: somebody may type into a pipe.
const HALF_LINE: Duration = Duration::from_secs(3_600);

/// Carries out the lines of the input one after the other, to its end or until something fails that makes going on senseless.
pub(super) async fn pipe(
    shell: &Shell,
    input: impl AsyncBufRead + Unpin,
    out: &mut (dyn Write + Send),
    drawing: Drawing,
) -> Left {
    let mut frames = Frames::new(input, LONGEST_LINE, HALF_LINE);
    loop {
        let step = match frames.next().await {
            Ok(Some(line)) => shell.step(&line, drawing).await,
            Ok(None) => return shell.left(),
            Err(Broken::NotText) => Ok(shell.said(&Terminal::NotText, drawing)),
            Err(Broken::TooLong | Broken::TooSlow) => {
                // The rest of the line would be taken for another command.
                print(&shell.said(&Terminal::LineTooLong { most: LONGEST_LINE }, drawing), out, drawing);
                return shell.left();
            }
            Err(Broken::Io(_)) => return Left::Refused,
        };
        match step {
            Ok(Step::Leave) => return shell.left(),
            Ok(step) if print(&step, out, drawing) => {}
            // Nobody reads what is answered: then nothing more is done.
            Ok(_) => return Left::Refused,
            Err(super::bot::Gone) => {
                print(&shell.said(&Terminal::Gone, drawing), out, drawing);
                return Left::Gone;
            }
        }
    }
}

fn print(step: &Step, out: &mut (dyn Write + Send), drawing: Drawing) -> bool {
    let Step::Said(answer) = step else { return true };
    let text = washed(&answer.text, drawing.colour);
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).is_ok()
}
