//! The story that `./dev demo --story` tells of RocketMQ.

use engine::port::Boxed;
use signalbox::demo::{Accountant, Books, Replay, Stage, Standing, Tale, persona, policy_of_two, simulated, tell};
use std::sync::atomic::{AtomicUsize, Ordering};

const CLUSTER: &str = ::simulated::demo::ROCKETMQ;

/// Tells of each offset that it is one more.
struct Liar(Books);

impl Accountant for Liar {
    fn standing<'a>(&'a self, group: &'a str) -> Boxed<'a, Result<Standing, String>> {
        Box::pin(async move {
            let seen = self.0.standing(group).await?;
            Ok(seen.into_iter().map(|(place, offset)| (place, offset + 1)).collect())
        })
    }
}

/// Forgets a queue at its third look, which is the one after the way back.
struct Forgetful(Books, AtomicUsize);

impl Accountant for Forgetful {
    fn standing<'a>(&'a self, group: &'a str) -> Boxed<'a, Result<Standing, String>> {
        Box::pin(async move {
            let mut seen = self.0.standing(group).await?;
            if self.1.fetch_add(1, Ordering::Relaxed) == 2 {
                seen.pop_first();
            }
            Ok(seen)
        })
    }
}

async fn told(accountant: impl FnOnce(Books) -> Box<dyn Accountant>) -> Result<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let (fleet, clusters) = simulated().unwrap();
    let backends = fleet.clusters().unwrap();
    let stage = Stage::build(folder.path(), policy_of_two(clusters).unwrap(), backends.clone()).await.unwrap();
    let books = |cluster: &str| Books { fleet: backends.clone(), cluster: cluster.parse().unwrap() };
    let (witness, accountant) = (books(::simulated::demo::PRODUCTION), accountant(books(CLUSTER)));
    let replay = Replay { cluster: CLUSTER, group: "coupon-audit", accountant: accountant.as_ref() };
    let tale = Tale {
        stage: &stage,
        cluster: ::simulated::demo::PRODUCTION,
        group: "nightly-report",
        cast: &persona,
        witness: &witness,
        growth: None,
        replay: Some(replay),
    };
    let mut out = Vec::new();
    let told = tell(&tale, &mut out).await.map_err(|error| error.to_string());
    stage.house.rooms().store.close().await;
    told.map(|()| String::from_utf8(out).unwrap())
}

#[tokio::test]
async fn the_story_tells_of_rocketmq_too() {
    let told = told(|books| Box::new(books)).await.unwrap();
    let mut rest = told.as_str();
    for step in [
        "alice> /reset-offset cluster:shop-rocketmq",
        "Waiting for approval: reset coupon-audit",
        "bob> /approve",
        "carol> /approve",
        "8 queues agree with the journal",
        "alice> /rollback",
        "8 queues agree with what stood before",
        "each follows from",
    ] {
        let (_, after) = rest.split_once(step).unwrap_or_else(|| panic!("{step} comes too late, or never, in {told}"));
        rest = after;
    }
}

#[tokio::test]
async fn the_story_breaks_where_rocketmq_does_not_show_a_step() {
    let lied = told(|books| Box::new(Liar(books))).await.unwrap_err();
    assert!(lied.contains("by the journal"), "{lied}");
    let forgot = told(|books| Box::new(Forgetful(books, AtomicUsize::new(0)))).await.unwrap_err();
    assert!(forgot.contains("by what stood before"), "{forgot}");
}
