//! Pictures that were drawn a moment ago: a card is drawn anew at each vote and each batch, and its picture stays the same.

use super::Change;
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// Most pictures kept; each is some ten kilobytes.
const MOST: usize = 16;

/// What a picture shows, and its bytes; the oldest first.
type Drawn = VecDeque<((Vec<Change>, usize), Vec<u8>)>;

static DRAWN: Mutex<Drawn> = Mutex::new(VecDeque::new());

/// The picture of these brokers and so many more, drawn only if it was not a moment ago.
pub(super) fn drawn(
    shown: &[Change],
    more: usize,
    draw: impl FnOnce(&[Change], usize) -> Option<Vec<u8>>,
) -> Option<Vec<u8>> {
    let kept = || DRAWN.lock().unwrap_or_else(PoisonError::into_inner);
    let same = kept().iter().find(|((brokers, others), _)| brokers == shown && *others == more).cloned();
    if let Some((_, bytes)) = same {
        return Some(bytes);
    }
    let bytes = draw(shown, more)?;
    let mut kept = kept();
    kept.push_back(((shown.to_vec(), more), bytes.clone()));
    while kept.len() > MOST {
        kept.pop_front();
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use interlock::plan::Load;

    fn brokers(id: i32) -> Vec<Change> {
        vec![(id, Load::default(), Load::default())]
    }

    #[test]
    fn what_shows_the_same_is_drawn_once_and_what_does_not_is_drawn() {
        let id = -77;
        let draw = |_: &[Change], more: usize| Some(vec![u8::try_from(more).unwrap()]);
        let never = |_: &[Change], _: usize| -> Option<Vec<u8>> { panic!("it is there") };
        assert_eq!(drawn(&brokers(id), 1, draw), Some(vec![1]));
        assert_eq!(drawn(&brokers(id), 1, never), Some(vec![1]));
        assert_eq!(drawn(&brokers(id), 2, draw), Some(vec![2]), "more brokers are another picture");
        assert_eq!(drawn(&brokers(id - 1), 1, |_, _| None), None, "what cannot be drawn is not kept");
        assert!(DRAWN.lock().unwrap().len() <= MOST);
    }
}
