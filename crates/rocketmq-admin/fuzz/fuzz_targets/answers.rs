//! What a server may send: `cargo +nightly fuzz run answers corpus/4.9.7 corpus/5.5.0` in `crates/rocketmq-admin`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rocketmq_admin::fuzzing;

fuzz_target!(|bytes: &[u8]| {
    fuzzing::value(bytes);
    fuzzing::frame(bytes);
    fuzzing::body(bytes);
});
