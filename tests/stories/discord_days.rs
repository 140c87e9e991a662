//! A wait of days as it is told in a chat: one line a day, with the condition that is still open.

use discord_model::{Channel, Message};
use engine::Pace;
use engine::port::{Backend, Clock, Clusters};
use interlock::approval::State;
use interlock::changes::Guards;
use interlock::cluster::{ClusterKind, Tier};
use interlock::id::{BrokerName, ClusterName, GroupId, OperationId, TopicName};
use simulated::{Fleet, RocketmqGroupSpec, RocketmqSpec, RocketmqTopicSpec, SimulatedRocketmq};
use std::sync::Arc;
use std::time::{Duration, Instant};
use story::discord_house::{DiscordStory, SOON, Under, wait_until};
use story::quick;

const CLUSTER: &str = "lab-rocketmq";
const VERSION: &str = "5.5.0";
const SHRINK: &str = "/shrink-partitions cluster:lab-rocketmq topic:orders to:4 reason:idle";
/// What is said while somebody has not read what is in the queues that are closed.
const OPEN: &str = "are not read yet by";
const HOUR: Duration = Duration::from_secs(3_600);
const QUARTER: Duration = Duration::from_secs(6 * 3_600);

/// Two masters with eight queues of a topic each, a group at work, and one that stopped half an hour ago.
fn shop(fleet: &Fleet) -> SimulatedRocketmq {
    let brokers = ["broker-a", "broker-b"].map(|name| (name.parse::<BrokerName>().unwrap(), 0_u32));
    let spec = RocketmqSpec {
        cluster: "Lab".to_owned(),
        version: VERSION.to_owned(),
        name_servers: 2,
        brokers: brokers.into(),
        up_for: HOUR * 100,
    };
    let shop = fleet.add_rocketmq(&CLUSTER.parse().unwrap(), &spec).unwrap();
    let topic: TopicName = "orders".parse().unwrap();
    shop.add_topic(&RocketmqTopicSpec::new(topic.clone(), 8).written(36_000, HOUR)).unwrap();
    let stopped = |name: &str, rate: u64| {
        RocketmqGroupSpec::stopped(name.parse::<GroupId>().unwrap(), vec![(topic.clone(), rate)], HOUR / 2)
    };
    shop.add_group(&stopped("billing", 0)).unwrap();
    shop.add_group(&stopped("mail", 900_000).client("mail-1", "10.0.3.1", VERSION)).unwrap();
    shop
}

fn under(clock: Arc<dyn Clock>) -> Under {
    let cluster: ClusterName = CLUSTER.parse().unwrap();
    let backend: Arc<dyn Backend> = Arc::new(shop(&Fleet::new(clock, 7)));
    Under {
        clusters: vec![(cluster.clone(), Tier::Production)],
        backends: Clusters::new([(cluster, backend)].into()),
        pace: Pace { lease: Duration::from_secs(6), act_deadline: Duration::from_secs(4), ..quick() },
        guards: Guards::all(),
    }
}

/// Time passes, and what is waited for is looked at after it.
async fn passes(story: &DiscordStory, id: &OperationId, span: Duration) {
    story.time_passes(span);
    let (now, began) = (story.house().rooms().clock.now(), Instant::now());
    while story.operation(id).await.memory.last_look.is_none_or(|at| at < now) {
        assert!(began.elapsed() < SOON, "nobody looks at what {id} waits for");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    story.all_is_told().await;
}

/// What a thread says of those who have not read, each message as often as it was edited.
fn lines(thread: &Channel) -> Vec<String> {
    let said = |one: Message| one.history().into_iter().chain([one.text()]);
    thread.bot_messages().into_iter().flat_map(said).filter(|text| text.contains(OPEN)).collect()
}

#[tokio::test]
async fn a_wait_of_days_tells_one_line_a_day_with_what_is_still_open() {
    let story = DiscordStory::begin_on(under, |policy, _, _| {
        policy.clusters.values_mut().for_each(|one| one.kind = ClusterKind::Rocketmq);
    })
    .await;
    let posted = story.asks("alice", SHRINK).await;
    for who in ["bob", "carol", "dora"] {
        story.reacts(who, &posted.card, "✅").await;
    }
    let thread = posted.card.thread().unwrap();
    thread.wait_for_text(OPEN, SOON).await;
    story.all_is_told().await;
    let begun = thread.bot_messages().len();
    for day in 1..=5 {
        for _ in 0..3 {
            passes(&story, &posted.id, QUARTER).await;
            assert_eq!(lines(&thread).len(), day, "nothing within the day");
        }
        story.time_passes(QUARTER);
        wait_until("the line of the day", || lines(&thread).len() > day).await;
        story.all_is_told().await;
        assert_eq!((lines(&thread).len(), thread.bot_messages().len()), (day + 1, begun + day));
    }
    assert!(lines(&thread).iter().all(|line| line.contains("billing")), "{:#?}", lines(&thread));
    let daily: Vec<_> = thread.bot_messages().into_iter().filter(|one| one.text().contains(OPEN)).collect();
    assert!(daily.iter().all(|one| one.look().silent), "nobody is woken for it");
    assert_eq!(story.operation(&posted.id).await.state, State::Waiting);
    story.everything_is_read().await;
    story.discord.assert_clean();
}
