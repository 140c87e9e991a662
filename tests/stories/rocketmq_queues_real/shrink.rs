//! Fewer queues: whoever has not read is waited for, however long, and whatever comes late is read.

use super::scene::Scene;
use engine::Operation;
use interlock::approval::State;
use interlock::changes::{Guard, Guards};
use interlock::id::OperationId;
use std::ops::Range;
use std::time::Duration;
use story::lab::rocketmq::{Line, at_both, raw};

const DAY: Duration = Duration::from_secs(86_400);
const CLOSED: Range<u32> = 4..8;
/// PREPARED and COMMIT of `MessageSysFlag`.
const PREPARED: u32 = 4;
const COMMIT: &str = "8";
/// The broker refuses a queue that is not there: 4.9 in words that producers try again after, 5.x in others.
const SYSTEM_ERROR: i64 = 1;
const INVALID: i64 = 29;

/// A message of a transaction that is not decided yet.
struct Half {
    at: char,
    said: raw::Command,
}

impl Half {
    fn begin(scene: &Scene, at: char, queue: u32) -> Self {
        let properties = "TRAN_MSG\u{1}true\u{2}PGROUP\u{1}raw\u{2}";
        let message = raw::Message { key: "half", properties, flag: PREPARED, ..raw::Message::default() };
        let said = scene.sends(at, queue, &message);
        assert_eq!(said.code, 0, "{}", said.remark);
        Self { at, said }
    }

    /// END_TRANSACTION; what is sent comes into its queue, whether it is open or not.
    fn is_committed(&self, scene: &Scene) {
        let place = self.said.field("msgId").get(16..).unwrap();
        let place = u64::from_str_radix(place, 16).unwrap().to_string();
        let fields = [
            ("topic", scene.topic.as_str()),
            ("producerGroup", "raw"),
            ("tranStateTableOffset", self.said.field("queueOffset")),
            ("commitLogOffset", &place),
            ("commitOrRollback", COMMIT),
            ("fromTransactionCheck", "false"),
            ("msgId", "id-half"),
            ("transactionId", "id-half"),
        ];
        let told = scene.asks(self.at, 37, &fields);
        assert_eq!(told.code, 0, "{}", told.remark);
    }
}

struct Groups {
    /// It is away, with messages unread in closed queues.
    away: String,
    /// It never committed in them.
    silent: String,
    /// It is gone for good, and given up.
    dead: String,
}

async fn groups(scene: &Scene) -> Groups {
    let (away, silent, dead) = (scene.group("away"), scene.group("silent"), scene.group("dead"));
    for letter in ['a', 'b'] {
        for queue in 0..8 {
            scene.writes(letter, queue).await;
        }
    }
    for group in [&away, &dead] {
        scene.reads_all(group, 0..8);
        scene.commits('b', (group, 7), 0);
    }
    scene.reads_all(&silent, 0..4);
    Groups { away, silent, dead }
}

async fn is_closed(scene: &Scene, operation: &Operation) -> bool {
    operation.state.has_ended() || scene.routes().contains(&scene.both((4, 4)))
}

/// How much whoever is away has not read when its queues are closed.
async fn lost(line: Line, guards: Guards) -> i64 {
    let scene = Scene::under(line, 8, guards).await;
    let away = scene.group("away");
    scene.reads_all(&away, 0..8);
    scene.writes('b', 7).await;
    let id = scene.approved(&format!("/shrink-partitions topic:{} to:4", scene.topic)).await;
    scene
        .hurries("it waits or is closed", &id, async |operation| {
            let waits = operation.memory.closed.as_ref().is_some_and(|closed| closed.told_id == "queues-unread");
            waits || is_closed(&scene, operation).await
        })
        .await;
    if scene.routes().contains(&scene.both((4, 4))) { scene.unread(&away, CLOSED) } else { 0 }
}

#[test]
fn without_the_drain_rule_what_is_unread_is_closed_away() {
    at_both(|line| async move {
        assert_eq!(lost(line, Guards::all()).await, 0);
        let off = Guards::all().without(Guard::QueuesDrained).without(Guard::ClosedWatched);
        assert_eq!(lost(line, off).await, 1, "{}", line.version());
    });
}

#[test]
fn closed_queues_are_read_before_they_are_closed_and_after_something_came_late() {
    at_both(|line| async move {
        let mut scene = Scene::on(line, 8).await;
        let groups = groups(&scene).await;
        let late = Half::begin(&scene, 'b', 7);
        let asked = format!("/shrink-partitions topic:{} to:4 waive:{}", scene.topic, groups.dead);
        let watch = scene.watch();
        let id = scene.approved(&asked).await;
        scene.routes_are((8, 4)).await;
        comes_in_meanwhile(&scene).await;
        waits_for_days(&mut scene, &id, &groups).await;
        scene = is_read(scene, &id, &groups).await;
        comes_in_afterwards(&scene, &id, (&groups, &late)).await;
        scene.passes(&id, DAY * 4).await;
        scene.hurries("the end", &id, async |operation| operation.state == State::Succeeded).await;
        let seen = watch.ends();
        assert_eq!(seen, [(8, 8), (8, 4), (4, 4)].into(), "write is never past read");
        scene.routes_by_mqadmin((4, 4)).await;
        assert_eq!(scene.unread(&groups.away, 0..8) + scene.unread(&groups.silent, CLOSED), 0, "nothing is lost");
    });
}

/// What comes into queues that nobody is told to write: by who names one, and what was sent before for later.
async fn comes_in_meanwhile(scene: &Scene) {
    let delayed = raw::Message { key: "delayed", properties: "DELAY\u{1}1\u{2}", ..raw::Message::default() };
    let before = scene.end('a', 6);
    assert_eq!(scene.sends('a', 6, &delayed).code, 0);
    scene.writes('b', 5).await;
    scene.until("the delayed one", async || scene.end('a', 6) > before).await;
    let summary = scene.asks('a', 202, &[("topic", &scene.topic)]).text();
    let tells_of_it = summary.contains("\"queueId\":7");
    assert_eq!(tells_of_it, scene.line == Line::V5, "4.9 tells of open queues only: {summary}");
}

/// Longer than messages are kept: the clock alone ends nothing.
async fn waits_for_days(scene: &mut Scene, id: &OperationId, groups: &Groups) {
    scene.until("it says for whom it waits", async || scene.tells(id).await == "queues-unread").await;
    for _ in 0..10 {
        scene.passes(id, DAY / 2).await;
        assert_eq!(
            (scene.operation(id).await.state, scene.tells(id).await.as_str()),
            (State::Waiting, "queues-unread")
        );
    }
    assert_eq!(scene.routes(), vec![scene.both((8, 4)); 2]);
    let reset = format!("/reset-offset group:{} topic:{} to:earliest", groups.away, scene.topic);
    let refused = format!("{:?}", scene.asked(&reset).await);
    assert!(refused.contains("held-by-other") && refused.contains(id.as_str()), "{refused}");
}

/// One group reads, then the other; in between the process ends and begins again.
async fn is_read(scene: Scene, id: &OperationId, groups: &Groups) -> Scene {
    scene.reads_all(&groups.away, CLOSED);
    let scene = scene.reborn();
    scene.passes(id, DAY / 8).await;
    assert_eq!(scene.tells(id).await, "queues-unread", "who never committed has read nothing");
    scene.reads_all(&groups.silent, CLOSED);
    scene.hurries("closed", id, async |operation| is_closed(&scene, operation).await).await;
    scene.routes_are((4, 4)).await;
    assert_eq!(scene.unread(&groups.away, CLOSED) + scene.unread(&groups.silent, CLOSED), 0, "by 14, 30 and 31");
    scene
}

/// Who goes by a stale route is refused then; a transaction that is decided late is not, and is read after all.
async fn comes_in_afterwards(scene: &Scene, id: &OperationId, (groups, late): (&Groups, &Half)) {
    let stale = scene.sends('b', 7, &raw::Message { key: "stale", ..raw::Message::default() });
    let refused = if scene.line == Line::V4 { SYSTEM_ERROR } else { INVALID };
    assert_eq!(stale.code, refused, "{}", stale.remark);
    scene.until("it is watched", async || scene.tells(id).await == "closed-watched").await;
    let end = scene.end('b', 7);
    late.is_committed(scene);
    scene.until("it comes", async || scene.end('b', 7) == end + 1).await;
    scene.hurries("read again", id, async |_| scene.routes() == vec![scene.both((8, 4)); 2]).await;
    assert_eq!(scene.unread(&groups.away, CLOSED), 1);
    scene.reads_all(&groups.away, CLOSED);
    scene.reads_all(&groups.silent, CLOSED);
    // For who was given up it is kept as long as any message.
    scene.passes(id, DAY * 4).await;
    scene.hurries("closed again", id, async |_| scene.routes() == vec![scene.both((4, 4)); 2]).await;
}

/// On brokers that keep messages for no time at all. Until the queues are closed it goes by the machine's own clock, as clients do:
/// what is sent by a route that is stale is taken and read, and nothing that is sent fails.
#[test]
fn a_producer_that_goes_by_its_route_never_fails() {
    at_both(|line| async move {
        let scene = Scene::on(line, 8).await;
        for letter in ['a', 'b'] {
            scene.configures(letter, "fileReservedTime=0\n");
        }
        let mail = scene.group("mail");
        scene.reads_all(&mail, 0..8);
        let producer = scene.producer();
        let id = scene.approved(&format!("/shrink-partitions topic:{} to:4", scene.topic)).await;
        scene.routes_are((8, 4)).await;
        let ends = |scene: &Scene| ['a', 'b'].map(|letter| CLOSED.map(|queue| scene.end(letter, queue)).sum::<i64>());
        let before = ends(&scene);
        let state = scene.is_read_until_it_ends(&id, &mail).await;
        let sent = producer.ends();
        assert_eq!(state, State::Succeeded, "{:?}", scene.operation(&id).await.why);
        scene.routes_are((4, 4)).await;
        assert_eq!(sent.failed, Vec::<String>::new(), "of {}", sent.count);
        assert_ne!(ends(&scene), before, "it went by a stale route for a while");
        assert_eq!(scene.unread(&mail, CLOSED), 0);
    });
}
