//! Many operations on a cluster that does not answer, and one on another that does.

use engine::port::{Backend, Clock, Clusters};
use interlock::approval::State;
use interlock::cluster::Tier;
use signalbox::clock::SystemClock;
use simulated::{Deadlines, Fleet, GroupSpec, TopicSpec, Trouble};
use std::sync::Arc;
use std::time::{Duration, Instant};
use story::Story;

const MANY: usize = 24;
/// Longer than any story waits: who hangs there hangs for good.
const FOREVER: Duration = Duration::from_secs(3_600);

#[tokio::test]
async fn a_cluster_that_hangs_does_not_keep_others_waiting() {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let fleet = Fleet::new(clock.clone(), 7);
    let kafka = |name: &str| {
        let kafka = fleet.add_kafka(&name.parse().unwrap(), &[(1, None)]).unwrap();
        kafka.add_topic(&TopicSpec::new("orders".parse().unwrap(), 1).produced(3_600, FOREVER)).unwrap();
        for number in 0..MANY {
            let group = GroupSpec::new(format!("billing-{number}").parse().unwrap());
            kafka.add_group(&group.reading("orders".parse().unwrap(), 400_000).read_until(FOREVER / 2)).unwrap();
        }
        kafka.with_deadlines(Deadlines { look: FOREVER, act: Duration::from_secs(1) })
    };
    let (hanging, well) = (kafka("hanging"), kafka("well"));
    let backends: [(_, Arc<dyn Backend>); 2] =
        [("hanging", Arc::new(hanging.clone()) as Arc<dyn Backend>), ("well", Arc::new(well))];
    let backends = Clusters::new(backends.into_iter().map(|(name, one)| (name.parse().unwrap(), one)).collect());
    let story = Story::on(&[("hanging", Tier::Production), ("well", Tier::Production)], backends, clock).await;
    let reset =
        |cluster: &str, number: usize| format!("/reset-offset cluster:{cluster} group:billing-{number} to:earliest");
    let mut there = Vec::new();
    for number in 0..MANY {
        there.push(story.person("alice").plans(&reset("hanging", number)).await);
    }
    let healthy = story.person("alice").plans(&reset("well", 0)).await;
    hanging.trouble(Some(Trouble::Slow(u64::try_from(FOREVER.as_millis()).unwrap() / 2))).unwrap();
    for id in &there {
        story.person("bob").approves(id).await;
    }
    let began = Instant::now();
    story.person("bob").approves(&healthy).await;
    story.becomes(&healthy, State::Succeeded).await;
    assert!(began.elapsed() < Duration::from_secs(120));
    for id in &there {
        assert_eq!(story.operation(id).await.state, State::Queued, "nothing was changed there");
    }
}
