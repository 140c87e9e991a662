//! A SQLite database that becomes read-only under a house at work: an answer in time, nothing changed, nothing lost.

use crate::demo::{Stage, persona, policy, simulated};
use crate::desk::{Answer, Done, Incoming, Recorded};
use crate::store::audit::{AuditFilter, AuditPage, Verdict};
use crate::store::database::Pools;
use crate::store::{Filter, Page};
use engine::port::Journal;
use interlock::approval::State;
use interlock::command::parse_line;
use interlock::id::OperationId;
use interlock::principal::Place;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// An answer is due by then.
const IN_TIME: Duration = Duration::from_secs(30);
const SOON: Duration = Duration::from_secs(120);
const RESET: &str = "/reset-offset cluster:orders-kafka group:nightly-report to:earliest reason:x";
const LOOK: &str = "/lag cluster:orders-kafka group:nightly-report";

async fn asks(stage: &Stage, who: &str, line: &str) -> Answer {
    let rooms = stage.house.rooms();
    let parsed = parse_line(&rooms.catalogue, line).unwrap();
    let incoming = Incoming {
        command: parsed.command,
        options: parsed.options,
        principal: persona(who).unwrap(),
        place: Place::Console,
        locale: "en-US".to_owned(),
        at: rooms.clock.now(),
    };
    let began = Instant::now();
    let answer = stage.house.desk().handle(incoming).await;
    assert!(began.elapsed() < IN_TIME, "{line} took {:?}", began.elapsed());
    answer
}

async fn writes(stage: &Stage, sql: &'static str) {
    let Pools::Sqlite { writer, .. } = &stage.house.rooms().store.pools else { panic!("not SQLite") };
    sqlx::raw_sql(sql).execute(writer).await.unwrap();
}

async fn operations(stage: &Stage) -> usize {
    let page = Page { before: None, limit: 200 };
    stage.house.rooms().store.operations(&Filter::default(), page).await.unwrap().len()
}

/// How many looks of dora's are in the log.
async fn recorded(stage: &Stage) -> usize {
    let by_dora = AuditFilter { person: Some("dora".parse().unwrap()), ..AuditFilter::default() };
    let page = AuditPage { before: None, limit: 200 };
    stage.house.rooms().store.audit_search(&by_dora, page).await.unwrap().len()
}

async fn posted(stage: &Stage) -> OperationId {
    let answer = asks(stage, "alice", RESET).await;
    let Done::Planned { operation: id, .. } = answer.done else { panic!("{answer:?}") };
    let began = Instant::now();
    while !stage.house.rooms().store.voting_open(&id).await.unwrap() {
        assert!(began.elapsed() < SOON, "its card is never posted");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    id
}

async fn approves(stage: &Stage, id: &OperationId) -> Answer {
    let store = &stage.house.rooms().store;
    let digest = store.operation(id).await.unwrap().unwrap().digest;
    asks(stage, "bob", &format!("/approve operation:{id} digest:{digest}")).await
}

#[tokio::test]
async fn a_sqlite_database_that_becomes_read_only_under_a_house() {
    let folder = TempDir::new().unwrap();
    let (fleet, clusters) = simulated().unwrap();
    let stage = Stage::build(folder.path(), policy(clusters).unwrap(), fleet.clusters().unwrap()).await.unwrap();
    let id = posted(&stage).await;
    let store = stage.house.rooms().store.clone();
    let before = (operations(&stage).await, recorded(&stage).await);

    writes(&stage, "PRAGMA query_only = on").await;
    let change = asks(&stage, "alice", RESET).await;
    let vote = approves(&stage, &id).await;
    let veto = asks(&stage, "bob", &format!("/reject operation:{id} reason:x")).await;
    for refused in [change, vote, veto] {
        assert!(matches!(&refused.done, Done::Failed { id, .. } if id == "store-unavailable"), "{refused:?}");
        assert_eq!(refused.recorded, Recorded::NotYet);
    }
    let look = asks(&stage, "dora", LOOK).await;
    assert!(matches!(look.done, Done::Looked(_)), "{look:?}");
    assert_eq!(look.recorded, Recorded::NotYet, "what is not written is not said to be");
    assert_eq!((operations(&stage).await, recorded(&stage).await), before, "nothing was made");
    assert_eq!(store.operation(&id).await.unwrap().unwrap().state, State::AwaitingApproval);

    writes(&stage, "PRAGMA query_only = off").await;
    let began = Instant::now();
    while recorded(&stage).await == before.1 {
        assert!(began.elapsed() < SOON, "the record of the look never comes");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(recorded(&stage).await, before.1 + 1, "once");
    let vote = approves(&stage, &id).await;
    assert!(matches!(vote.done, Done::Controlled { what: "vote-counted", .. }), "{vote:?}");
    while store.operation(&id).await.unwrap().unwrap().state != State::Succeeded {
        assert!(began.elapsed() < SOON, "{:?}", store.operation(&id).await);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(matches!(store.audit_verify(None).await.unwrap(), Verdict::Verified { .. }));
}
