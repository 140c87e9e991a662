//! [Share here]: what one person was shown privately is posted for everybody who reads the channel, once, and without the addresses
//! of clients.

use discord_model::{Answer, Channel, Fault, On, Seen};
use interlock::id::RequestId;
use interlock::policy::Role;
use signalbox::store::audit::{AuditFilter, AuditPage};
use std::time::Duration;
use story::discord_house::{CLUSTER, DiscordStory, GROUP, SOON, TOPIC, chat_role, live};

/// How the addresses of its members begin.
const HOST: &str = "10.0.";
const SHARE: &str = "Share here";

/// A group with two members, one of which is named after its address.
async fn begun() -> (DiscordStory, String) {
    let story = DiscordStory::begin().await;
    story.has_live(&["live-1", "10.0.9.1@4711"]);
    (story, format!("cluster:{CLUSTER} group:{}", live()))
}

async fn looks(story: &DiscordStory, who: &str, channel: &Channel, line: &str) -> Answer {
    let answer = story.user(who).runs(channel, line).await;
    assert!(answer.is_private(), "{line}");
    answer
}

fn can_share(seen: &Seen) -> bool {
    seen.buttons().iter().any(|button| button.label == SHARE)
}

/// The button's id, and the request that it names.
fn button(answer: &Answer) -> (String, RequestId) {
    let button = answer.look().buttons().into_iter().find(|button| button.label == SHARE).expect("the button");
    let request = button.custom_id.strip_prefix("share:").expect("a request").parse().unwrap();
    (button.custom_id, request)
}

async fn shares(story: &DiscordStory, who: &str, answer: &Answer) -> String {
    let told = story.user(who).presses(&answer.message(), SHARE).await;
    assert!(told.is_private());
    told.text()
}

fn shared_in(channel: &Channel) -> Vec<Seen> {
    channel
        .bot_messages()
        .iter()
        .map(discord_model::Message::look)
        .filter(|seen| seen.text.contains("alice shows"))
        .collect()
}

/// How often the audit log has something of a request.
async fn audited(story: &DiscordStory, request: &RequestId, what: &str) -> usize {
    let filter = AuditFilter { request: Some(request.clone()), ..AuditFilter::default() };
    let store = &story.house().rooms().store;
    let found = store.audit_search(&filter, AuditPage { before: None, limit: 50 }).await.unwrap();
    found.iter().filter(|entry| entry.record.what == what).count()
}

async fn is_clean(story: &DiscordStory) {
    story.everything_is_read().await;
    story.discord.assert_clean();
}

#[tokio::test]
async fn what_is_shared_is_posted_once_without_the_addresses_of_clients() {
    let (story, live) = begun().await;
    for line in [format!("/group {live}"), format!("/who {live}")] {
        let before = shared_in(&story.ops).len();
        let answer = looks(&story, "alice", &story.ops, &line).await;
        assert!(answer.text().contains("10."), "privately: {}", answer.text());
        let (id, request) = button(&answer);
        // Tapped twice before either tap is answered.
        let alice = story.user("alice");
        let taps = [alice.forges_click(&answer.message(), &id), alice.forges_click(&answer.message(), &id)];
        let mut told = Vec::new();
        for tap in taps {
            let answer = tap.answer().await.unwrap();
            assert!(answer.is_private());
            told.push(answer.text());
        }
        told.push(shares(&story, "alice", &answer).await);
        assert_eq!(told.iter().filter(|text| text.contains("is on its way")).count(), 1, "{told:?}");
        assert_eq!(told.iter().filter(|text| text.contains("shared already")).count(), 2, "{told:?}");
        story.all_is_told().await;
        let shown = shared_in(&story.ops).split_off(before);
        let [shown] = &shown[..] else { panic!("once: {shown:?}") };
        let whole: String =
            shown.files.iter().map(|file| String::from_utf8_lossy(&file.bytes).into_owned()).collect::<String>()
                + &shown.text;
        assert!(whole.contains("alice shows") && whole.contains("live-1") && !whole.contains(HOST), "{whole}");
        assert!(!shown.private && shown.silent && shown.buttons().is_empty(), "{shown:?}");
        assert!(shown.notified_users.is_empty() && !shown.notified_everyone);
        assert_eq!(audited(&story, &request, "posted-for-everybody").await, 1);
    }
    is_clean(&story).await;
}

#[tokio::test]
async fn in_the_thread_of_a_card_it_is_shared_there() {
    let (story, live) = begun().await;
    let posted = story.reset().await;
    let thread = posted.card.thread().unwrap();
    let answer = looks(&story, "alice", &thread, &format!("/lag {live} topic:{TOPIC}")).await;
    assert!(shares(&story, "alice", &answer).await.contains("is on its way"));
    story.all_is_told().await;
    assert_eq!((shared_in(&thread).len(), shared_in(&story.ops).len()), (1, 0));
    is_clean(&story).await;
}

/// Only what is about a cluster is shared, and only where everybody who reads may see that.
#[tokio::test]
async fn what_is_for_one_person_or_not_for_the_place_is_not_offered() {
    let (story, live) = begun().await;
    let lounge = story.discord.channel("lounge");
    let group = format!("/group {live}");
    assert!(can_share(&looks(&story, "vic", &story.ops, &group).await.look()));
    assert!(!can_share(&looks(&story, "vic", &lounge, &group).await.look()));
    for line in ["/whoami", "/help", "/operations"] {
        assert!(!can_share(&looks(&story, "vic", &story.ops, line).await.look()), "{line}");
    }
    assert!(!can_share(&looks(&story, "ada", &story.ops, "/audit action:search").await.look()));
    let mistaken = looks(&story, "vic", &story.ops, &format!("/group cluster:{CLUSTER} group:{GROUP}x")).await;
    assert!(!can_share(&mistaken.look()), "{}", mistaken.text());
    is_clean(&story).await;
}

/// 31: a button is worth something to the one it was made for, there, for a while, and with the rights of now.
#[tokio::test]
async fn a_button_that_was_made_for_somebody_else_or_long_ago_shares_nothing() {
    let (mut story, live) = begun().await;
    let line = format!("/group {live}");
    let answer = looks(&story, "alice", &story.ops, &line).await;
    let (id, _) = button(&answer);
    let here = story.user("vic").says(&story.ops, "hello").await;
    let lounge = story.discord.channel("lounge");
    let there = story.user("vic").says(&lounge, "hello").await;
    let forged = format!("share:{}", if id.ends_with("AAAAAA") { "BBBBBB" } else { "AAAAAA" });
    let mut told = Vec::new();
    for (who, message, id) in [
        ("vic", &here, &id),
        ("mallory", &here, &id),
        ("mallory", &here, &forged),
        ("alice", &there, &id),
        ("alice", &here, &forged),
    ] {
        let answer = story.user(who).forges_click(message, id).answer().await.unwrap();
        assert!(answer.is_private() && answer.text().contains("nothing to share"), "{who}: {}", answer.text());
        told.push(answer.text().split("request").next().unwrap().to_owned());
    }
    assert!(told.iter().all(|text| *text == told[0]), "what is somebody else's is like none: {told:?}");
    let odd = story.user("alice").forges_click(&here, "share:<@1>").answer().await.unwrap();
    assert!(odd.text().contains("That button does nothing"), "{}", odd.text());

    let operator = chat_role(&story.discord, Role::Operator);
    story.user("alice").loses_role(operator);
    let text = shares(&story, "alice", &answer).await;
    assert!(text.contains("no role"), "{text}");
    story.user("alice").gets_role(operator);
    story.time_passes(Duration::from_secs(15 * 60));
    let text = shares(&story, "alice", &answer).await;
    assert!(text.contains("nothing to share"), "{text}");
    let later = looks(&story, "alice", &story.ops, &line).await;
    story.dies().await;
    story.is_born().await;
    let text = shares(&story, "alice", &later).await;
    assert!(text.contains("nothing to share"), "only from memory: {text}");
    story.all_is_told().await;
    assert_eq!(shared_in(&story.ops).len() + shared_in(&lounge).len(), 0);
    is_clean(&story).await;
}

/// 27: while Discord takes no messages the settings change: what was shared before may not be shown there any more.
#[tokio::test]
async fn in_a_channel_that_is_taken_out_of_the_settings_nothing_is_posted() {
    let (mut story, live) = begun().await;
    let answer = looks(&story, "alice", &story.ops, &format!("/group {live}")).await;
    let (_, request) = button(&answer);
    story.discord.fails_always(On::path("POST", "/channels/{channel_id}/messages"), Fault::Status(503));
    assert!(shares(&story, "alice", &answer).await.contains("is on its way"));
    let tried = |one: &discord_model::Request| one.is("POST", "/channels/{channel_id}/messages");
    story.discord.wait_for_request(tried, SOON).await;
    story.dies().await;
    let elsewhere = story.discord.channel("elsewhere");
    story.settings_change(|policy| {
        policy.places.channels.insert(CLUSTER.parse().unwrap(), [elsewhere.id().get()].into());
    });
    story.discord.works_again();
    story.is_born().await;
    story.all_is_told().await;
    assert_eq!(shared_in(&story.ops).len() + shared_in(&elsewhere).len(), 0);
    let store = &story.house().rooms().store;
    let all = store.audit_search(&AuditFilter::default(), AuditPage { before: None, limit: 50 }).await.unwrap();
    assert_eq!(all.iter().filter(|entry| entry.record.what == "undeliverable").count(), 1);
    assert_eq!(audited(&story, &request, "posted-for-everybody").await, 1);
    is_clean(&story).await;
}
