//! `./dev demo --real`: see [`story::real`].

use std::process::ExitCode;

fn main() -> ExitCode {
    story::real::main()
}
