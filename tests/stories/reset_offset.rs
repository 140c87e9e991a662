//! `/reset-offset` on the simulated fleet, from the line that is typed to the entry in the audit log.

use interlock::approval::State;
use signalbox::desk::Done;
use story::Story;

#[tokio::test]
async fn a_stopped_group_is_reset_and_taken_back() {
    let (story, _fleet) = Story::on_simulated().await;
    let id = story.person("alice").plans("/reset-offset cluster:orders-kafka group:nightly-report to:earliest").await;
    let refused = story.person("alice").approves(&id).await;
    assert!(matches!(refused, Done::Denied(_)), "who asked does not approve: {refused:?}");
    story.person("bob").approves(&id).await;
    story.becomes(&id, State::Succeeded).await;
    let told = story.audit(&id).await;
    for what in ["planned", "approved", "approve", "start", "finish"] {
        assert!(told.iter().any(|one| one == what), "{what} is missing in {told:?}");
    }
    let back = story.person("alice").plans(&format!("/rollback operation:{id}")).await;
    story.person("alice").approves(&back).await;
    story.becomes(&back, State::Succeeded).await;
}
