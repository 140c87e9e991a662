//! The program: thin, everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    signalbox::command_line::run()
}
