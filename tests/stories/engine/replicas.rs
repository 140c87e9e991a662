//! Two houses on one PostgreSQL, of which one has no chat.

use super::{RESET, Scene, tells};
use crate::stories::crash::database;
use interlock::id::OperationId;
use signalbox::desk::Done;
use signalbox::house::House;
use story::crash::{Ground, Rules, ask};

/// Asked for in the chat; nobody has told anything of it yet.
async fn untold(house: &House) -> OperationId {
    match ask(house, "alice", RESET).await {
        Done::Planned { operation, .. } => operation,
        other => panic!("{other:?}"),
    }
}

async fn is_posted(house: &House, id: &OperationId) -> bool {
    house.rooms().store.voting_open(id).await.expect("the store answers")
}

/// What it cannot tell it does not take either: nobody waits for it to fail, and no attempt is counted.
#[tokio::test]
async fn who_has_no_chat_leaves_what_is_told_there_to_who_has_one() {
    let scene = Scene::on(Ground::new().with_database(database().await));
    let (with, without) = (scene.house().await, scene.house_under(Rules { no_chat: true, ..Rules::default() }).await);
    let id = untold(&with).await;
    tells(&without).await;
    assert!(!is_posted(&with, &id).await, "it has no chat");
    // No time passes: if the other one had taken it, it would be due later.
    tells(&with).await;
    assert!(is_posted(&with, &id).await);
}
