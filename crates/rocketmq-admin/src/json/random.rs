//! Random values and damaged bytes, from fixed seeds: the fuzz target's short brother, run with every test.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use super::{Value, parse};
use crate::fuzzing;

const VALUES: u64 = 1_000;
const DAMAGES: u64 = 100;
/// What means something to a parser.
const SIGNS: &[u8] = b"{}[]\",:\\u0-9e";

fn random(rng: &mut StdRng, depth: u32) -> Value {
    match rng.random_range(0..if depth == 0 { 5 } else { 7 }) {
        0 => Value::Null,
        1 => Value::Bool(rng.random()),
        2 => Value::Int(rng.random::<i64>() >> rng.random_range(0..64_u32)),
        3 => Value::Float(f64::from(rng.random::<i32>()) * 10_f64.powi(rng.random_range(-300..290)) + 0.5),
        4 => Value::Text(text(rng)),
        5 => Value::List((0..rng.random_range(0..5)).map(|_| random(rng, depth - 1)).collect()),
        _ => Value::Map((0..rng.random_range(0..5)).map(|_| (key(rng, depth - 1), random(rng, depth - 1))).collect()),
    }
}

fn key(rng: &mut StdRng, depth: u32) -> Value {
    match random(rng, depth) {
        key @ (Value::Int(_) | Value::Map(_)) => key,
        _ => Value::Text(text(rng)),
    }
}

fn text(rng: &mut StdRng) -> String {
    (0..rng.random_range(0..12))
        .map(|_| if rng.random() { rng.random_range(' '..='~') } else { rng.random() })
        .collect()
}

#[test]
fn every_value_comes_back() {
    for seed in 0..VALUES {
        let value = random(&mut StdRng::seed_from_u64(seed), 6);
        let written = value.to_string();
        assert_eq!(parse(written.as_bytes()), Ok(value), "seed {seed}: {written}");
    }
}

/// What servers of both lines answered.
fn corpus() -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for version in ["4.9.7", "5.5.0"] {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(version);
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            all.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
    all.sort();
    assert!(all.len() > 30, "the corpus is somewhere else");
    all
}

fn damage(bytes: &mut Vec<u8>, rng: &mut StdRng) {
    for _ in 0..rng.random_range(1..6) {
        let at = rng.random_range(0..=bytes.len());
        match rng.random_range(0..5) {
            0 => bytes.truncate(at),
            1 => bytes.insert(at, rng.random()),
            2 => bytes.insert(at, SIGNS[rng.random_range(0..SIGNS.len())]),
            3 => {
                let from = rng.random_range(0..=at);
                let again = bytes[from..at.min(from + 64)].to_vec();
                bytes.splice(at..at, again);
            }
            _ if at < bytes.len() => bytes[at] = rng.random(),
            _ => {}
        }
    }
}

fn feed(bytes: &[u8]) {
    fuzzing::value(bytes);
    fuzzing::body(bytes);
    fuzzing::frame(bytes);
    // The same as a header of each kind, with the right length in front of it.
    for kind in [0_u8, 1] {
        let length = u32::try_from(bytes.len()).unwrap();
        let head = u32::from(kind) << 24 | length & 0x00ff_ffff;
        fuzzing::frame(&[&head.to_be_bytes()[..], bytes].concat());
    }
}

#[test]
fn damaged_answers_are_errors_at_worst() {
    for (name, whole) in corpus() {
        feed(&whole);
        // Long ones are cut, so that what was damaged is read often, and not the same beginning.
        let part = &whole[..whole.len().min(1_500)];
        for seed in 0..DAMAGES {
            let mut rng = StdRng::seed_from_u64(seed);
            let mut bytes = part.to_vec();
            damage(&mut bytes, &mut rng);
            feed(&bytes);
        }
        assert!(!name.is_empty());
    }
}

/// The damages above do harm: of what was damaged most is no value any more, and what was not is one.
#[test]
fn damages_are_seen() {
    let (mut read, mut all) = (0_u64, 0_u64);
    for (name, whole) in corpus().into_iter().filter(|(name, _)| name.ends_with(".json")) {
        assert!(parse(&whole).is_ok(), "{name}");
        for seed in 0..DAMAGES {
            let mut bytes = whole.clone();
            damage(&mut bytes, &mut StdRng::seed_from_u64(seed));
            all += 1;
            read += u64::from(parse(&bytes).is_ok());
        }
    }
    assert!(read > 0 && read < all / 2, "{read} of {all}");
}
