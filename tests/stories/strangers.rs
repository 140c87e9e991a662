//! Who is turned away is in the audit log, and a flood of them does not fill it.

use interlock::facts::Fact;
use interlock::principal::Account;
use signalbox::chat::{Door, Stranger};
use signalbox::desk::{Done, Recorded};
use signalbox::store::audit::{AuditEntry, AuditFilter, AuditPage};
use std::time::{Duration, Instant};
use story::Story;

const SOON: Duration = Duration::from_secs(120);

/// The entries of a kind, oldest first, as soon as there are so many.
async fn entries(story: &Story, what: &str, count: usize) -> Vec<AuditEntry> {
    let filter = AuditFilter { what: Some(what.to_owned()), ..AuditFilter::default() };
    let began = Instant::now();
    loop {
        let page = AuditPage { before: None, limit: 200 };
        let mut found = story.house().rooms().store.audit_search(&filter, page).await.unwrap();
        if found.len() >= count {
            found.reverse();
            return found;
        }
        assert!(began.elapsed() < SOON, "{what}: {found:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn denied(entry: &AuditEntry) -> &Fact {
    entry.record.facts.get("denied").unwrap()
}

#[tokio::test]
async fn strangers_are_recorded_by_their_account_and_a_flood_is_bounded() {
    let (story, _) = Story::on_simulated().await;
    let door = story.house().door();
    let mallory = Some(Account::Discord(666));
    for _ in 0..500 {
        let _ = door.stranger(Stranger::DirectMessage, mallory, "en-US");
    }
    let _ = door.stranger(Stranger::ForeignGuild, Some(Account::Discord(7)), "en-US");
    let _ = door.stranger(Stranger::Broken, mallory, "en-US");
    // What comes after them in the same line is written after them.
    story.person("vic").asks("/whoami").await;
    let found = entries(&story, "turned-away", 6).await;
    assert_eq!(found.len(), 6, "{found:?}");
    let messages = found.iter().filter(|entry| *denied(entry) == Fact::Text("direct-message".to_owned()));
    assert_eq!(messages.count(), 5, "of 500");
    assert!(found.iter().all(|entry| format!("{:?}", entry.record.actor).contains("Discord(")), "{found:?}");
}

#[tokio::test]
async fn people_without_a_role_are_recorded_and_their_flood_is_told_as_not_recorded() {
    let (story, _) = Story::on_simulated().await;
    let mut recorded = Vec::new();
    for _ in 0..20 {
        let answer = story.person("mallory").asks("/clusters").await;
        assert!(matches!(answer.done, Done::Denied(_)), "{answer:?}");
        recorded.push(answer.recorded);
    }
    assert_eq!(recorded.iter().filter(|one| **one == Recorded::No).count(), 15, "{recorded:?}");
    let found = entries(&story, "denied", 5).await;
    assert_eq!(found.len(), 5, "{found:?}");
    // Whoever has a role is never counted only.
    for _ in 0..20 {
        let answer = story.person("vic").asks("/audit").await;
        assert!(matches!(answer.done, Done::Denied(_)) && answer.recorded != Recorded::No, "{answer:?}");
    }
    assert_eq!(entries(&story, "denied", 25).await.len(), 25);
}
