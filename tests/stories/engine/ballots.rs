//! Votes are read from the card and from the store. Where one of them fails, nothing is decided by the other alone.

use super::{RESET, Scene, comes_to, now, plans, votes, works};
use engine::port::{Journal, Members, Polled, Unreadable};
use interlock::approval::State;
use interlock::id::OperationId;
use signalbox::desk::Ballots;
use signalbox::house::House;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use std::str::FromStr;
use std::time::Duration;

async fn read(house: &House, id: &OperationId) -> Result<Polled, Unreadable> {
    let operation = now(house, id).await;
    let plan = house.rooms().store.plan(&operation).await.unwrap();
    Ballots(house.rooms().clone()).votes(&operation, &plan).await
}

/// Where the store keeps which message is a card cannot be read while this name is another one.
async fn rename(scene: &Scene, from: &str, to: &str) {
    let options = SqliteConnectOptions::from_str(scene.ground.database()).unwrap();
    let mut other: SqliteConnection = options.connect().await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(format!("ALTER TABLE {from} RENAME TO {to}"))).execute(&mut other).await.unwrap();
    other.close().await.unwrap();
}

#[tokio::test]
async fn a_card_that_the_store_cannot_find_is_not_a_chat_that_is_away() {
    let scene = Scene::new();
    let house = scene.house().await;
    let id = plans(&house, RESET).await;
    votes(&house, "bob", &id).await;
    assert_eq!(now(&house, &id).await.state, State::Queued);
    scene.ground.chat_is_down(true);
    assert!(read(&house, &id).await.is_ok(), "a chat that is away leaves it to the commands");
    scene.ground.chat_is_down(false);

    rename(&scene, "messages", "elsewhere").await;
    assert_eq!(read(&house, &id).await.map(|_| "votes").map_err(|error| error.id), Err("store-unavailable"));
    for _ in 0..10 {
        works(&house).await;
        scene.passes(Duration::from_secs(1)).await;
    }
    assert_eq!(now(&house, &id).await.state, State::Queued, "nothing starts on half of the votes");
    rename(&scene, "elsewhere", "messages").await;
    comes_to(&house, &id, State::Succeeded).await;
}
