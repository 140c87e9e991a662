//! Lists of partitions: `0,3,7-9`.

use super::parse::given;
use crate::plan::Mistake;
use std::collections::BTreeSet;

/// The most partitions one list names, and one more than the highest number in it.
pub(super) const MOST: usize = 10_000;

/// Reads a list: numbers and ranges, separated by commas, each number once; sorted.
pub(super) fn parse(text: &str) -> Result<Vec<i32>, Mistake> {
    let mut numbers = BTreeSet::new();
    for part in text.split(',') {
        for number in range(part).ok_or_else(|| Mistake::new("not-partitions", given(text)))? {
            if number as usize >= MOST {
                return Err(Mistake::new("too-many-partitions", given(text).with("most", MOST)));
            }
            let number = i32::from(number);
            if !numbers.insert(number) {
                let facts = given(text).with("partition", i64::from(number));
                return Err(Mistake::new("partition-twice", facts));
            }
        }
    }
    Ok(numbers.into_iter().collect())
}

/// One number or `a-b`. Numbers that do not fit come out as the highest there is, which is over the limit.
fn range(part: &str) -> Option<std::ops::RangeInclusive<u16>> {
    let part = part.trim_matches(' ');
    let (first, last) = part.split_once('-').unwrap_or((part, part));
    let (first, last) = (number(first)?, number(last)?);
    (first <= last).then_some(first..=last)
}

fn number(text: &str) -> Option<u16> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let most = u16::try_from(MOST).unwrap_or(u16::MAX);
    Some(text.parse().unwrap_or(most).min(most))
}

/// The one writing of a sorted list.
pub(super) fn canonical(numbers: &[i32]) -> String {
    let mut runs: Vec<(i32, i32)> = Vec::new();
    for &number in numbers {
        match runs.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(number) => *last = number,
            _ => runs.push((number, number)),
        }
    }
    let shown = |(first, last): &(i32, i32)| match last - first {
        0 => first.to_string(),
        1 => format!("{first},{last}"),
        _ => format!("{first}-{last}"),
    };
    runs.iter().map(shown).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_numbers_and_ranges() {
        for (text, numbers, shown) in [
            ("0", vec![0], "0"),
            ("0,3,7-9", vec![0, 3, 7, 8, 9], "0,3,7-9"),
            ("9, 7-8 ,0", vec![0, 7, 8, 9], "0,7-9"),
            ("1,2", vec![1, 2], "1,2"),
            ("5-5", vec![5], "5"),
        ] {
            assert_eq!(parse(text), Ok(numbers.clone()), "{text}");
            assert_eq!(canonical(&numbers), shown);
        }
        assert_eq!(parse("0-9999").map(|numbers| numbers.len()), Ok(MOST));
    }

    #[test]
    fn refuses_the_rest() {
        for (text, id) in [
            ("", "not-partitions"),
            (",", "not-partitions"),
            ("0,", "not-partitions"),
            ("-1", "not-partitions"),
            ("3-1", "not-partitions"),
            ("1-2-3", "not-partitions"),
            ("a", "not-partitions"),
            ("٣", "not-partitions"),
            ("0-10000", "too-many-partitions"),
            ("0-99999999999999999999", "too-many-partitions"),
            ("20000-30000", "too-many-partitions"),
            ("1,1", "partition-twice"),
            ("1-3,2", "partition-twice"),
        ] {
            assert_eq!(parse(text).map_err(|mistake| mistake.id), Err(id.to_owned()), "{text:?}");
        }
    }
}
