//! A house that can be killed: see [`story::crash`].

fn main() {
    story::crash::main();
}
