//! Lives of a house within one process, one after the other on the same ground.

use super::ending::{Ending, Fault};
use super::ground::{Ground, Rules, Settled};
use super::images::{Image, Images};
use super::journal::Lie;
use super::points::{Point, Points, vanish};
use super::script::Script;
use engine::port::Clock;
use interlock::time::Millis;
use signalbox::house::House;
use simulated::{ActFault, HandClock, SimulatedKafka};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use tokio::sync::Notify;

/// What is lived through, on new ground each time.
#[derive(Debug, Clone)]
pub struct Lives {
    /// What people do.
    pub script: Script,
    /// How all journals lie, if they do.
    pub lie: Option<Lie>,
    /// Whether the answer of the first act is lost.
    pub answer_lost: bool,
    /// Whether every cluster also has a topic that nobody uses ([`UNUSED`](super::UNUSED)).
    pub unused: bool,
    /// Where each life begins, if the opening was played already.
    opened: Option<Arc<Opened>>,
}

/// The ground after the script's opening, and when that was.
#[derive(Debug)]
struct Opened {
    ground: Ground,
    at: Millis,
}

/// How much of the script a life plays.
#[derive(Clone, Copy)]
enum Part {
    Opening,
    ToTheEnd,
}

/// The run in which nobody dies.
pub struct Undisturbed {
    /// How it ended.
    pub ending: Ending,
    /// What it called.
    pub points: Arc<Points>,
}

/// How many runs go on at once: the machines that judge this have two cores.
const AT_ONCE: usize = 2;

/// The next image, by whoever waits for one; none when there is no more.
fn next(takes: &Mutex<Receiver<Image>>) -> Option<Image> {
    takes.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

impl Lives {
    /// Honest lives with this script.
    #[must_use]
    pub fn of(script: Script) -> Self {
        Self { script, lie: None, answer_lost: false, unused: false, opened: None }
    }

    /// Each life begins where the script's opening ends: that is played once, and its ground is copied. The points of a
    /// life are those after the opening.
    ///
    /// # Panics
    /// If the opening cannot be played.
    #[must_use]
    pub fn opened(mut self) -> Self {
        let (ground, clock) = self.begin();
        let played = self.live((&ground, &clock), (&Points::none(), &Arc::default()), Part::Opening);
        assert!(played.is_some(), "nobody dies");
        self.opened = Some(Arc::new(Opened { ground, at: clock.now() }));
        self
    }

    /// With a journal that lies.
    #[must_use]
    pub fn lied_to(mut self, lie: Lie) -> Self {
        self.lie = Some(lie);
        self
    }

    /// Every cluster also has a topic that nobody uses.
    #[must_use]
    pub fn with_unused(mut self) -> Self {
        self.unused = true;
        self
    }

    /// With the answer of the first act lost.
    #[must_use]
    pub fn answer_lost(mut self) -> Self {
        self.answer_lost = true;
        self
    }

    /// One life, and how it ended.
    ///
    /// # Panics
    /// If it does not come to its end.
    #[must_use]
    pub fn undisturbed(&self) -> Undisturbed {
        let (ground, clock) = self.begin();
        let points = Points::none();
        let alive = (&points, &Arc::default());
        let ending = self.live((&ground, &clock), alive, Part::ToTheEnd).expect("nobody dies");
        Undisturbed { ending, points }
    }

    /// A life that ends at this point, and the next one; none if the point is never reached.
    #[must_use]
    pub fn dying(&self, point: &Point) -> Option<Ending> {
        let (ground, clock) = self.begin();
        let dead = Arc::new(Notify::new());
        let points = Points::at(point.clone(), vanish(&dead));
        if self.live((&ground, &clock), (&points, &dead), Part::ToTheEnd).is_some() {
            return None;
        }
        self.live((&ground, &clock), (&Points::none(), &Arc::default()), Part::ToTheEnd)
    }

    /// Dies at each point of these kinds of the undisturbed run, once before and once after it, and tells what was wrong
    /// where. Points that leave the same are told of as the first of them.
    ///
    /// # Panics
    /// If a point is never reached.
    #[must_use]
    pub fn sweep(&self, undisturbed: &Undisturbed, kinds: &[&str]) -> Vec<(Point, Vec<Fault>)> {
        let mut points = Vec::new();
        for kind in kinds {
            for number in 1..=undisturbed.points.count(kind) {
                points.extend([Point::before(kind, number), Point::after(kind, number)]);
            }
        }
        let (gives, takes) = sync_channel(AT_ONCE);
        let takes = Arc::new(Mutex::new(takes));
        let wrong = Mutex::new(Vec::new());
        thread::scope(|scope| {
            for takes in vec![takes; AT_ONCE] {
                // Theirs alone: where all of them have failed, nobody waits for them to take one more.
                let wrong = &wrong;
                scope.spawn(move || {
                    while let Some(image) = next(&takes) {
                        let ending = self.after(&image);
                        let mut faults = ending.faults();
                        faults.extend(ending.differs(&undisturbed.ending));
                        if !faults.is_empty() {
                            wrong.lock().unwrap_or_else(PoisonError::into_inner).push((image.point, faults));
                        }
                    }
                });
            }
            let played = self.leaves(&points, gives);
            assert_eq!(played.ending.differs(&undisturbed.ending), [], "it is the same life");
            for kind in kinds {
                assert_eq!(played.points.count(kind), undisturbed.points.count(kind), "{kind}");
            }
        });
        let mut wrong = wrong.into_inner().unwrap_or_else(PoisonError::into_inner);
        wrong.sort_by(|(one, _), (other, _)| one.cmp(other));
        wrong
    }

    /// One life to its end, and what it would leave at each of these points.
    fn leaves(&self, points: &[Point], gives: SyncSender<Image>) -> Undisturbed {
        let (ground, clock) = self.begin();
        let ground = Arc::new(ground);
        let images = Images::of(ground.clone(), clock.clone(), gives);
        let alive = Points::all(points.iter().map(|point| (point.clone(), images.deed(point))).collect());
        let played = self.live((&ground, &clock), (&alive, &Arc::default()), Part::ToTheEnd);
        let ending = played.expect("nobody dies");
        let reached = images.reached();
        let missed: Vec<&Point> = points.iter().filter(|point| !reached.contains(point)).collect();
        assert!(missed.is_empty(), "never reached: {missed:?}");
        Undisturbed { ending, points: alive }
    }

    /// The life of whoever comes after a process that was killed there.
    fn after(&self, image: &Image) -> Ending {
        let clock = HandClock::at(image.at);
        let alive = (&Points::none(), &Arc::default());
        self.live((&image.ground, &clock), alive, Part::ToTheEnd).expect("nobody dies")
    }

    fn begin(&self) -> (Ground, HandClock) {
        if let Some(opened) = &self.opened {
            return (opened.ground.copied(), HandClock::at(opened.at));
        }
        let ground = Ground::new();
        let clock = HandClock::at(ground.start());
        if self.answer_lost {
            let kafka = ground.kafka(Arc::new(clock.clone()));
            kafka.fail_next_act(ActFault::AnswerLost).expect("the cluster's file");
        }
        if self.unused {
            ground.has_unused(&clock);
        }
        (ground, clock)
    }

    /// One life in a runtime of its own. When it dies, the runtime is dropped with everything in it.
    fn live(&self, on: (&Ground, &HandClock), fate: (&Arc<Points>, &Arc<Notify>), part: Part) -> Option<Ending> {
        let ((ground, clock), (points, dead)) = (on, fate);
        let clock: Arc<dyn Clock> = Arc::new(clock.clone());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let settled = Settled {
                clock: clock.clone(),
                points: points.clone(),
                lie: self.lie,
                holder: format!("life {:p}", Arc::as_ptr(points)),
                rules: Rules::default(),
            };
            let house = ground.house(settled).await;
            let kafka = ground.kafka(clock.clone());
            tokio::select! {
                biased;
                () = dead.notified() => return None,
                () = self.plays(part, (&house, &kafka)) => {}
            }
            let ending = Ending::read(&house.rooms().store, ground, clock).await;
            house.rooms().store.close().await;
            Some(ending)
        })
    }

    async fn plays(&self, part: Part, (house, kafka): (&House, &SimulatedKafka)) {
        match part {
            Part::Opening => self.script.opens(house, kafka).await,
            Part::ToTheEnd => self.script.play(house, kafka).await,
        }
    }
}
