//! What a process would leave if it were killed at a point: an image of the ground, taken while the process stands there.
//!
//! A process that goes on has to be played once only, and not up to each point anew. Two points between which nothing was
//! written leave the same image, and what comes after that is the same: the next process knows nothing else.

use super::ground::Ground;
use super::points::{Deed, Point};
use engine::port::Clock;
use interlock::time::Millis;
use sha2::{Digest, Sha256};
use simulated::HandClock;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The ground as it was at a point.
#[derive(Debug)]
pub(super) struct Image {
    /// The first point that left it.
    pub(super) point: Point,
    /// The ground.
    pub(super) ground: Ground,
    /// When.
    pub(super) at: Millis,
}

/// Takes an image at each of many points of one life, and gives away those that are new.
#[derive(Debug)]
pub(super) struct Images {
    ground: Arc<Ground>,
    clock: HandClock,
    gives: SyncSender<Image>,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    points: BTreeSet<Point>,
    images: BTreeSet<[u8; 32]>,
}

impl Images {
    /// Images of this ground at this clock's time.
    #[must_use]
    pub(super) fn of(ground: Arc<Ground>, clock: HandClock, gives: SyncSender<Image>) -> Arc<Self> {
        Arc::new(Self { ground, clock, gives, taken: Mutex::default() })
    }

    /// What happens at a point.
    #[must_use]
    pub(super) fn deed(self: &Arc<Self>, point: &Point) -> Deed {
        let (images, point) = (self.clone(), point.clone());
        Box::new(move || {
            images.take(&point);
            Box::pin(std::future::ready(()))
        })
    }

    /// The points that were reached.
    #[must_use]
    pub(super) fn reached(&self) -> BTreeSet<Point> {
        self.taken().points.clone()
    }

    fn take(&self, point: &Point) {
        let at = self.clock.now();
        let is_new = {
            let mut taken = self.taken();
            taken.points.insert(point.clone());
            taken.images.insert(hash(self.ground.folder(), at))
        };
        if is_new {
            let ground = self.ground.copied();
            // Where everybody who lives on from there has failed, that is told by them.
            let _ = self.gives.send(Image { point: point.clone(), ground, at });
        }
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Of everything that a process finds. The index of the database's log is made anew by whoever opens it first.
fn hash(folder: &Path, at: Millis) -> [u8; 32] {
    let mut files: Vec<_> =
        fs::read_dir(folder).expect("the folder").map(|file| file.expect("a file").path()).collect();
    files.retain(|path| path.extension().is_none_or(|kind| kind != "db-shm"));
    files.sort();
    let mut hash = Sha256::new();
    hash.update(at.0.to_le_bytes());
    for path in files {
        let bytes = fs::read(&path).expect("a file");
        hash.update(path.file_name().expect("a name").as_encoded_bytes());
        hash.update(bytes.len().to_le_bytes());
        hash.update(bytes);
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::sync_channel;
    use std::time::Duration;

    /// The store stays open, and its log is not yet in its file.
    #[tokio::test]
    async fn what_the_store_was_given_is_in_the_next_image() {
        let ground = Arc::new(Ground::new());
        let (gives, takes) = sync_channel(9);
        let clock = HandClock::at(ground.start());
        let images = Images::of(ground.clone(), clock.clone(), gives);
        let store = ground.store(Arc::new(clock.clone())).await;
        images.take(&Point::before("journal", 1));
        store.set_meta("given", "yes").await.unwrap();
        images.take(&Point::after("journal", 1));
        images.take(&Point::before("journal", 2));
        let given: Vec<Image> = takes.try_iter().collect();
        assert_eq!(given.len(), 2);
        for (image, wanted) in given.iter().zip([None, Some("yes".to_owned())]) {
            let found = image.ground.store(Arc::new(clock.clone())).await.meta("given").await.unwrap();
            assert_eq!(found, wanted);
        }
    }

    #[test]
    fn an_image_is_new_where_something_was_written_or_time_has_passed() {
        let ground = Arc::new(Ground::new());
        let (gives, takes) = sync_channel(9);
        let clock = HandClock::at(ground.start());
        let images = Images::of(ground.clone(), clock.clone(), gives);
        let points: Vec<Point> = (1..=4).map(|number| Point::before("act", number)).collect();
        images.take(&points[0]);
        images.take(&points[1]);
        fs::write(ground.folder().join("chat.json"), "{}").unwrap();
        images.take(&points[2]);
        clock.advance(Duration::from_millis(1));
        images.take(&points[3]);
        assert_eq!(images.reached().len(), 4);
        let given: Vec<Point> = takes.try_iter().map(|image| image.point).collect();
        assert_eq!(given, [points[0].clone(), points[2].clone(), points[3].clone()]);
    }
}
