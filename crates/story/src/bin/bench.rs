//! The numbers of `docs/bench.md`: `bench ack | footprint | placement | reset-offset`.

use std::process::ExitCode;

fn main() -> ExitCode {
    story::bench::main()
}
