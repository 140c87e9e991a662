//! What was written, what was read, and what is wrong between them. Pure.

use super::Stamp;
use std::collections::BTreeMap;

/// What producers offered, and what of it the cluster has acknowledged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// By key, and there by number: whether the record was acknowledged. One that was not may be there or not.
    acknowledged: BTreeMap<String, Vec<bool>>,
}

impl Sent {
    /// Takes the key's next number; the record is on its way.
    pub fn offer(&mut self, key: &str) -> Stamp {
        let records = self.acknowledged.entry(key.to_owned()).or_default();
        records.push(false);
        Stamp::new(key, records.len() as u64 - 1)
    }

    /// The cluster has it.
    ///
    /// # Panics
    /// If it was not offered.
    pub fn acknowledge(&mut self, stamp: &Stamp) {
        let records = self.acknowledged.get_mut(&stamp.key).expect("a key that was offered");
        let number = usize::try_from(stamp.number).expect("a number of ours");
        *records.get_mut(number).expect("a number that was offered") = true;
    }

    /// How many records were acknowledged.
    pub fn acknowledged(&self) -> usize {
        self.acknowledged.values().flatten().filter(|acknowledged| **acknowledged).count()
    }

    /// How many records have no answer, or were refused.
    pub fn unacknowledged(&self) -> usize {
        self.acknowledged.values().flatten().filter(|acknowledged| !**acknowledged).count()
    }

    /// The same together with what another producer wrote, under other keys.
    ///
    /// # Panics
    /// If both used a key.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        for (key, records) in &other.acknowledged {
            let before = self.acknowledged.insert(key.clone(), records.clone());
            assert!(before.is_none(), "two producers used the key {key}");
        }
        self
    }
}

/// What is wrong with what was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Acknowledged, and not read.
    pub gaps: Vec<Stamp>,
    /// Read more than once.
    pub repeats: Vec<Stamp>,
    /// Read for the first time after a later one of the same key.
    pub disorder: Vec<Stamp>,
    /// Read, and never offered.
    pub strangers: Vec<Stamp>,
}

impl Verdict {
    /// True when everything that was acknowledged was read once, in order, and nothing else.
    pub fn is_clean(&self) -> bool {
        *self == Self::default()
    }
}

/// How far a key was read.
#[derive(Default)]
struct Progress {
    /// By number.
    seen: Vec<bool>,
    /// One more than the highest number.
    next: u64,
}

/// Compares what was read, in the order of reading, with what was sent.
pub fn judge(sent: &Sent, read: &[Stamp]) -> Verdict {
    let mut verdict = Verdict::default();
    let mut keys: BTreeMap<&str, Progress> = BTreeMap::new();
    for (key, records) in &sent.acknowledged {
        keys.insert(key, Progress { seen: vec![false; records.len()], next: 0 });
    }
    for stamp in read {
        take(&mut verdict, keys.get_mut(stamp.key.as_str()), stamp);
    }
    for (key, records) in &sent.acknowledged {
        let Some(progress) = keys.get(key.as_str()) else { continue };
        let both = records.iter().zip(&progress.seen).zip(0..);
        let lost = both.filter(|((acknowledged, seen), _)| **acknowledged && !**seen);
        verdict.gaps.extend(lost.map(|(_, number)| Stamp::new(key, number)));
    }
    verdict
}

fn take(verdict: &mut Verdict, progress: Option<&mut Progress>, stamp: &Stamp) {
    let number = usize::try_from(stamp.number).unwrap_or(usize::MAX);
    let Some((seen, next)) = progress.and_then(|progress| Some((progress.seen.get_mut(number)?, &mut progress.next)))
    else {
        verdict.strangers.push(stamp.clone());
        return;
    };
    if *seen {
        verdict.repeats.push(stamp.clone());
    } else if stamp.number < *next {
        verdict.disorder.push(stamp.clone());
    }
    *seen = true;
    *next = (*next).max(stamp.number + 1);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten records of each of two keys, all acknowledged, and read in turn.
    fn story() -> (Sent, Vec<Stamp>) {
        let mut sent = Sent::default();
        let mut read = Vec::new();
        for _ in 0..10 {
            for key in ["a", "b"] {
                let stamp = sent.offer(key);
                sent.acknowledge(&stamp);
                read.push(stamp);
            }
        }
        (sent, read)
    }

    #[test]
    fn everything_once_and_in_order_is_clean() {
        let (sent, read) = story();
        assert_eq!(judge(&sent, &read), Verdict::default());
        assert!(judge(&sent, &read).is_clean());
        assert_eq!((sent.acknowledged(), sent.unacknowledged()), (20, 0));
    }

    #[test]
    fn keys_may_be_read_in_any_order() {
        let (sent, mut read) = story();
        read.sort();
        assert!(judge(&sent, &read).is_clean());
    }

    #[test]
    fn one_record_less_at_any_place_is_a_gap() {
        let (sent, read) = story();
        for place in 0..read.len() {
            let mut less = read.clone();
            let taken = less.remove(place);
            let verdict = judge(&sent, &less);
            assert_eq!(verdict, Verdict { gaps: vec![taken], ..Verdict::default() });
            assert!(!verdict.is_clean());
        }
    }

    #[test]
    fn one_record_twice_at_any_place_is_a_repeat() {
        let (sent, read) = story();
        for (from, to) in (0..read.len()).flat_map(|from| (from + 1..=read.len()).map(move |to| (from, to))) {
            let mut more = read.clone();
            more.insert(to, read[from].clone());
            let repeats = vec![read[from].clone()];
            assert_eq!(judge(&sent, &more), Verdict { repeats, ..Verdict::default() });
        }
    }

    #[test]
    fn two_swapped_records_of_a_key_are_a_disorder() {
        let (sent, read) = story();
        for first in 0..read.len() - 2 {
            let mut swapped = read.clone();
            swapped.swap(first, first + 2);
            let disorder = vec![read[first].clone()];
            assert_eq!(judge(&sent, &swapped), Verdict { disorder, ..Verdict::default() });
        }
    }

    #[test]
    fn what_nobody_offered_is_a_stranger() {
        let (sent, read) = story();
        for stranger in [Stamp::new("a", 10), Stamp::new("c", 0), Stamp::new("a", u64::MAX)] {
            let more = [read.clone(), vec![stranger.clone()]].concat();
            assert_eq!(judge(&sent, &more), Verdict { strangers: vec![stranger], ..Verdict::default() });
        }
    }

    #[test]
    fn what_was_not_acknowledged_may_be_there_or_not_but_once() {
        let (mut sent, read) = story();
        let open = sent.offer("a");
        assert_eq!(sent.unacknowledged(), 1);
        assert!(judge(&sent, &read).is_clean());
        let there = [read, vec![open.clone()]].concat();
        assert!(judge(&sent, &there).is_clean());
        let twice = [there, vec![open.clone()]].concat();
        assert_eq!(judge(&sent, &twice).repeats, [open]);
    }

    #[test]
    fn nothing_read_is_all_gaps() {
        let (sent, read) = story();
        assert_eq!(judge(&sent, &[]).gaps.len(), read.len());
    }

    #[test]
    fn stamps_survive_the_way() {
        let stamp = Stamp::new("fill-3", 4_294_967_296);
        let value = stamp.value(100);
        assert_eq!(value.len(), 100);
        assert_eq!(Stamp::read(stamp.key.as_bytes(), value.as_bytes()), Some(stamp));
        assert_eq!(Stamp::read(b"k", b"no number\n..."), None);
        assert_eq!(Stamp::new("k", 7).value(0), "7\n");
    }

    #[test]
    #[should_panic(expected = "two producers used the key a")]
    fn two_producers_have_keys_of_their_own() {
        let (sent, _) = story();
        let _ = sent.clone().and(&sent);
    }
}
