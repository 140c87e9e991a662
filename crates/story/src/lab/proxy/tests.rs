//! The proxy between Kafka's own AdminClient and the real lab.

use super::{Fate, Fault, Proxy, Route, Rule, api, frame};
use crate::lab::judge::{Committed, TopicSpec};
use crate::lab::{Judge, KafkaJudge, Lab};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const LIMIT: Duration = Duration::from_secs(120);

/// A group of its own, seen directly and through the proxy under a client id of its own.
struct Through {
    proxy: &'static Proxy,
    client: String,
    direct: KafkaJudge,
    proxied: KafkaJudge,
    topic: String,
    group: String,
}

impl Through {
    async fn new() -> Self {
        let lab = Lab::get().unwrap();
        let proxy = Proxy::shared(lab).unwrap();
        let client = lab.unique("client");
        let judge = Judge::shared(lab).await.unwrap();
        let direct = lab.kafka().await.unwrap();
        let topic = lab.unique("proxy");
        direct.create_topic(TopicSpec::new(&topic, 1, 1)).await.unwrap();
        Self {
            proxied: KafkaJudge::new(judge, proxy.bootstrap().unwrap(), &client),
            group: lab.unique("group"),
            proxy,
            client,
            direct,
            topic,
        }
    }

    async fn commit(&self, offset: i64) {
        let offsets = [Committed::new(&self.topic, 0, offset)];
        self.proxied.alter_offsets(&self.group, &offsets).await.unwrap();
    }

    async fn committed(&self) -> Option<i64> {
        let committed = self.direct.committed(&self.group).await.unwrap();
        committed.first().map(|first| first.offset)
    }

    fn fates(&self) -> Vec<Fate> {
        let changes = self.proxy.changes(&self.client);
        assert!(changes.iter().all(|one| one.api == api::OFFSET_COMMIT));
        changes.iter().map(|one| one.fate).collect()
    }

    fn next_commit(&self, fault: Fault) -> super::RuleHandle {
        self.proxy.arm(Rule::next(&self.client, api::OFFSET_COMMIT, fault))
    }
}

#[tokio::test]
async fn records_a_change_once() {
    let through = Through::new().await;
    through.commit(3).await;
    assert_eq!(through.committed().await, Some(3));
    assert_eq!(through.fates(), [Fate::Answered]);
    let change = &through.proxy.changes(&through.client)[0];
    let group = through.group.as_bytes();
    assert!(change.frame.windows(group.len()).any(|part| part == group));
    let looks = through.proxy.requests(&through.client);
    assert!(looks.iter().any(|one| one.api == api::FIND_COORDINATOR));
    through.proxy.forget(&through.client);
    assert!(through.proxy.requests(&through.client).is_empty());
}

#[tokio::test]
async fn loses_an_answer_that_was_applied() {
    let through = Through::new().await;
    let rule = through.next_commit(Fault::LoseAnswer);
    // The AdminClient sends again by itself.
    through.commit(4).await;
    assert_eq!(rule.met(), 1);
    assert_eq!(through.fates(), [Fate::AnswerLost, Fate::Answered]);
    assert_eq!(through.committed().await, Some(4));
}

#[tokio::test]
async fn drops_a_request_before_it_is_applied() {
    let through = Through::new().await;
    let _rule = through.next_commit(Fault::DropRequest);
    through.commit(5).await;
    assert_eq!(through.fates(), [Fate::Dropped, Fate::Answered]);
}

#[tokio::test]
async fn holds_a_request_until_released() {
    let through = Through::new().await;
    let rule = through.next_commit(Fault::HoldRequest);
    let story = async {
        assert!(rule.meets(1, LIMIT).await);
        assert_eq!(through.committed().await, None);
        assert_eq!(through.fates(), [Fate::Sent]);
        rule.release();
    };
    tokio::join!(through.commit(6), story);
    assert_eq!(through.committed().await, Some(6));
    assert_eq!(through.fates(), [Fate::Answered]);
}

#[tokio::test]
async fn holds_an_answer_that_was_applied() {
    let through = Through::new().await;
    let rule = through.next_commit(Fault::HoldAnswer);
    let story = async {
        assert!(rule.meets(1, LIMIT).await);
        let deadline = Instant::now() + LIMIT;
        while through.committed().await != Some(7) {
            assert!(Instant::now() < deadline, "not applied");
        }
        assert_eq!(through.fates(), [Fate::Sent]);
        rule.disarm();
    };
    tokio::join!(through.commit(7), story);
    assert_eq!(through.fates(), [Fate::Answered]);
}

#[tokio::test]
async fn delays_an_answer() {
    let through = Through::new().await;
    through.commit(8).await;
    let delay = Duration::from_millis(700);
    let _rule = through.next_commit(Fault::DelayAnswer(delay));
    let began = Instant::now();
    through.commit(9).await;
    assert!(began.elapsed() >= delay);
}

// By hand: a single garbled answer ends the AdminClient for good.
#[tokio::test]
async fn answers_with_garbage() {
    let lab = Lab::get().unwrap();
    let proxy = Proxy::shared(lab).unwrap();
    let client = lab.unique("client");
    let garbage = b"\0\0\0\x05trash".to_vec();
    let fault = Fault::Garbage(garbage.clone());
    proxy.arm(Rule::next(&client, api::API_VERSIONS, fault));

    let first = proxy.bootstrap().unwrap().split(',').next().unwrap();
    let mut connection = TcpStream::connect(first).await.unwrap();
    connection.write_all(&api_versions(1, &client)).await.unwrap();
    let mut answer = vec![0; garbage.len()];
    connection.read_exact(&mut answer).await.unwrap();
    assert_eq!(answer, garbage);

    connection.write_all(&api_versions(2, &client)).await.unwrap();
    let answer = frame::read(&mut connection).await.unwrap().unwrap();
    assert_eq!(frame::correlation(&answer).unwrap(), 2);
    let fates: Vec<Fate> = proxy.requests(&client).iter().map(|one| one.fate).collect();
    assert_eq!(fates, [Fate::Garbled, Fate::Answered]);
}

/// An ApiVersions request, version 0.
fn api_versions(correlation: i32, client: &str) -> Vec<u8> {
    let mut body = vec![0, 18, 0, 0];
    body.extend(correlation.to_be_bytes());
    body.extend(i16::try_from(client.len()).unwrap().to_be_bytes());
    body.extend(client.as_bytes());
    let mut request = i32::try_from(body.len()).unwrap().to_be_bytes().to_vec();
    request.extend(body);
    request
}

#[tokio::test]
async fn a_broken_frame_ends_its_connection_only() {
    let lab = Lab::get().unwrap();
    let proxy = Proxy::shared(lab).unwrap();
    let first = proxy.bootstrap().unwrap().split(',').next().unwrap();
    let mut broken = TcpStream::connect(first).await.unwrap();
    broken.write_all(&[0xff; 16]).await.unwrap();
    let mut rest = Vec::new();
    // Closed, politely or not.
    let _ = broken.read_to_end(&mut rest).await;
    assert!(rest.is_empty());

    let client = lab.unique("client");
    let mut whole = TcpStream::connect(first).await.unwrap();
    whole.write_all(&api_versions(1, &client)).await.unwrap();
    assert!(frame::read(&mut whole).await.unwrap().is_some());
    assert_eq!(proxy.requests(&client).len(), 1);
}

#[tokio::test]
async fn leads_to_another_cluster_behind_the_same_address() {
    let through = Through::new().await;
    let before = through.proxied.cluster().await.unwrap();
    assert_eq!(before, through.direct.cluster().await.unwrap());
    through.proxy.route(&through.client, Route::OtherCluster);
    let secure = Lab::get().unwrap().secure().await.unwrap();
    let after = through.proxied.cluster().await.unwrap();
    assert_eq!(after.cluster_id, secure.cluster().await.unwrap().cluster_id);
    assert_ne!(after.cluster_id, before.cluster_id);
}

#[tokio::test]
async fn a_cluster_that_is_down_and_comes_back() {
    let through = Through::new().await;
    through.proxy.route(&through.client, Route::Down);
    let asked = through.proxied.cluster();
    tokio::pin!(asked);
    let early = tokio::time::timeout(Duration::from_secs(1), &mut asked).await;
    assert!(early.is_err(), "{early:?}");
    through.proxy.route(&through.client, Route::Main);
    assert_eq!(asked.await.unwrap().brokers, [1, 2, 3]);
}
