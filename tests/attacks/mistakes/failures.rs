//! What is done when something fails: the cluster, Discord, the settings.

use discord_model::{Fault, Message, On, Request, Seen};
use interlock::approval::State;
use interlock::cluster::kafka::{Committed, Right};
use interlock::id::{GroupId, TopicName};
use simulated::{ActFault, Interference, Member};
use std::process::Command;
use std::time::Duration;
use story::discord_house::{
    CLUSTER, DiscordStory, GROUP, Posted, SOON, TOPIC, live, old_topic, operation_in, reset, wait_until,
};

const POST: &str = "/channels/{channel_id}/messages";
const EDIT: &str = "/channels/{channel_id}/messages/{message_id}";

async fn read_all(story: &DiscordStory) {
    story.everything_is_read().await;
}

/// Approved, and somebody else writes right after the act: nobody planned what is there now.
async fn stuck(story: &DiscordStory) -> Posted {
    let posted = story.reset().await;
    let commit = Interference::Commit(GROUP.parse().unwrap(), TOPIC.parse().unwrap(), 0, Committed::plain(33));
    story.kafka().after_next_act(commit).unwrap();
    story.reacts("bob", &posted.card, "✅").await;
    story.becomes(&posted.id, State::Stuck).await;
    posted
}

/// 9: a lock that stays is named in every refusal, and two people take it away, with a reason.
#[tokio::test]
async fn a_lock_that_stays_is_seen_and_two_people_clear_it() {
    let story = DiscordStory::begin().await;
    let posted = stuck(&story).await;
    posted.card.becomes("Stuck", SOON).await;
    // Its owners are told in the same words, after "You own part of this".
    let says = |one: &Seen| one.text.starts_with("**Stuck**");
    let told = posted.card.thread().expect("its thread").wait_for(says, SOON).await.look();
    assert_eq!(told.notified_users, [story.user("alice").id()], "who asked for it is called: {}", told.text);
    assert!(!told.silent, "{}", told.text);
    let refused = story.user("alice").runs(&story.ops, &reset("latest")).await;
    assert!(
        refused.text().contains(&format!("operation `{}`", posted.id)) || refused.text().contains(posted.id.as_str())
    );
    assert!(refused.text().contains("ended as stuck"), "{}", refused.text());
    let line = format!("/unlock operation:{} reason:\"looked with /group\"", posted.id);
    let denied = story.user("bob").runs(&story.ops, &line).await;
    assert!(denied.text().contains("no role"), "{}", denied.text());
    for _ in 0..2 {
        let first = story.user("alice").runs(&story.ops, &line).await;
        assert!(first.text().contains("second person"), "one person is never two: {}", first.text());
    }
    assert_eq!(story.operation(&posted.id).await.state, State::Stuck);
    let second = story.user("olga").runs(&story.ops, &line).await;
    assert!(second.text().contains("holds nothing any more"), "{}", second.text());
    assert_eq!(story.operation(&posted.id).await.state, State::Abandoned);
    posted.card.becomes("Given up with /unlock by alice and olga", SOON).await;
    let anew = story.reset().await;
    assert_ne!(anew.id, posted.id);
    read_all(&story).await;
    story.discord.assert_clean();
}

/// What failed says so with notification, to who asked and to the owners: what is true now, and what they can do.
#[tokio::test]
async fn what_the_cluster_refuses_in_the_middle_of_a_step_is_told_with_what_to_do() {
    let story = DiscordStory::begin().await;
    let kafka = story.kafka();
    let (group, second): (GroupId, TopicName) = (GROUP.parse().unwrap(), "orders-us".parse().unwrap());
    kafka.add_topic(&old_topic(&second, 1)).unwrap();
    kafka.produce(&second, 0, 50).unwrap();
    kafka.foreign_commit(&group, &second, 0, Committed::plain(20)).unwrap();
    let line = format!("/reset-offset cluster:{CLUSTER} group:{GROUP} to:earliest reason:\"it was wrong\"");
    let posted = story.asks("alice", &line).await;
    // One of the two topics is reset, and the cluster refuses the other one.
    kafka.revoke_on_topic(&second, Right::Read).unwrap();
    story.reacts("bob", &posted.card, "✅").await;
    let failed = story.becomes(&posted.id, State::Failed).await;
    assert_eq!((failed.why.id.as_str(), story.acts()), ("missing-right", 1));
    let mut committed = story.committed().await;
    committed.sort_unstable();
    assert_eq!(committed, [0, 0, 0, 20]);

    posted.card.becomes("Failed", SOON).await;
    let thread = posted.card.thread().expect("its thread");
    let to_alice = |one: &Seen| one.text.starts_with("**Failed**");
    let to_dora = |one: &Seen| one.text.starts_with("You own part of this") && one.text.contains("Failed");
    let asker = thread.wait_for(to_alice, SOON).await.look();
    let owner = thread.wait_for(to_dora, SOON).await.look();
    for (told, who) in [(asker, "alice"), (owner, "dora")] {
        assert_eq!(told.notified_users, [story.user(who).id()], "{}", told.text);
        assert!(!told.silent, "{}", told.text);
        for part in [
            posted.id.as_str(),
            "a part of that step was changed",
            "I lack a right on the cluster",
            "I do not try again by myself",
            "take it back with /rollback, or give it up with /unlock",
        ] {
            assert!(told.text.contains(part), "{who}, {part}: {}", told.text);
        }
    }
    read_all(&story).await;
    story.discord.assert_clean();
}

/// 10: an answer that was lost is looked for before anything else is done.
#[tokio::test]
async fn an_unknown_outcome_is_probed_first() {
    for (fault, intents) in [(ActFault::AnswerLost, 1), (ActFault::RequestLost, 2)] {
        let story = DiscordStory::begin().await;
        let posted = story.reset().await;
        story.kafka().fail_next_act(fault).unwrap();
        story.reacts("bob", &posted.card, "✅").await;
        story.becomes(&posted.id, State::Succeeded).await;
        assert_eq!((story.acts(), story.intents(&posted.id).await), (1, intents), "{fault:?}");
        assert_eq!(story.committed().await, [0, 0, 0]);
        let told = story.thread_of(&posted.card).await;
        assert!(told.iter().any(|one| one.text.contains("answer was lost")), "{told:#?}");
        story.discord.assert_clean();
    }
}

fn cards(story: &DiscordStory) -> usize {
    story.ops.bot_messages().iter().filter(|one| one.look().text.contains("Waiting for approval")).count()
}

/// 11: a card whose posting was not acknowledged is not posted again, within the nonce's life and after it.
#[tokio::test]
async fn a_card_whose_answer_was_lost_is_posted_once() {
    for later in [Duration::ZERO, Duration::from_secs(900)] {
        let story = DiscordStory::begin().await;
        for fault in [Fault::AnswerLost, Fault::HalfAnswer] {
            story.discord.fails_once(On::path("POST", POST).containing("Waiting for approval"), fault);
            let lost = story.discord.requests().len();
            let answer = story.user("alice").runs(&story.ops, &reset("earliest")).await;
            let id = operation_in(&answer.text());
            wait_until("the posting", || {
                story.discord.requests()[lost..].iter().any(|one| one.is("POST", POST) && one.applied)
            })
            .await;
            story.time_passes(later);
            let card = story.card(&id, 1).await;
            assert_eq!(cards(&story), 1, "{fault:?} {later:?}");
            story.all_is_told().await;
            // The card that is known is the one that stands there: the vote on it counts.
            story.reacts("bob", &card, "❌").await;
            story.becomes(&id, State::Rejected).await;
            card.becomes("Vetoed", SOON).await;
            story.all_is_told().await;
        }
        read_all(&story).await;
        story.discord.assert_clean();
    }
}

/// 13: progress goes into the thread; a message that has grown old is not edited for it.
#[tokio::test]
async fn progress_is_told_in_the_thread_and_old_messages_are_left_alone() {
    let story = DiscordStory::begin().await;
    let posted = story.waits().await;
    let thread = posted.card.thread().unwrap();
    let first = thread.wait_for_text("live-1", SOON).await;
    story.all_is_told().await;
    // For 50 minutes it is one message.
    story.time_passes(Duration::from_secs(45 * 60));
    story.kafka().join(&live(), Member::new("live-2", "/10.0.9.2")).unwrap();
    let edited = first.becomes("live-2", SOON).await;
    assert!(edited.silent, "progress wakes nobody");
    story.all_is_told().await;
    story.time_passes(Duration::from_secs(6 * 60));
    let (before, history) = (posted.card.history().len(), first.history().len());
    story.kafka().join(&live(), Member::new("live-3", "/10.0.9.3")).unwrap();
    let second = thread.wait_for(|seen| seen.text.contains("live-3"), SOON).await;
    assert_ne!(second.id(), first.id(), "an old message is not edited");
    assert_eq!(
        (posted.card.history().len(), first.history().len()),
        (before, history),
        "nor is the card, for progress"
    );
    read_all(&story).await;
    story.discord.assert_clean();
}

/// More members come until there is progress that waits for its time.
async fn is_put_off(story: &DiscordStory) {
    let began = std::time::Instant::now();
    for member in 0.. {
        let now = story.house().rooms().clock.now();
        let due = story.house().rooms().store.next_due().await.unwrap();
        // What is being sent is taken for longer than that.
        let put_off = Duration::from_secs(11)..=Duration::from_secs(15);
        if due.is_some_and(|due| put_off.contains(&due.since(now))) {
            return;
        }
        assert!(began.elapsed() < SOON, "nothing is put off");
        story.kafka().join(&live(), Member::new(&format!("last-{member}"), "/10.0.9.9")).unwrap();
        story.time_passes(Duration::from_millis(100));
        tokio::task::yield_now().await;
    }
}

/// How long a message may be on its way, in the time of a story that lets time pass while it waits.
const ON_ITS_WAY: i64 = 5_000;

/// 13: progress that changes all the time is told every fifteen seconds, as it is then; and what ends it does not wait.
#[tokio::test]
async fn progress_is_told_every_fifteen_seconds_at_most() {
    let story = DiscordStory::begin().await;
    let posted = story.waits().await;
    let thread = posted.card.thread().unwrap();
    let first = thread.wait_for_text("live-1", SOON).await;
    let message = Some(first.id().to_string());
    let edits = || -> Vec<i64> {
        let requests = story.discord.requests();
        let edits = requests.iter().filter(|one| one.is("PATCH", EDIT));
        edits.filter(|one| one.parameters.get("message_id") == message.as_ref()).map(|one| one.at_ms).collect()
    };
    for round in 0..4 {
        let told = edits().len();
        for member in 0..3 {
            let client = format!("more-{round}-{member}");
            story.kafka().join(&live(), Member::new(&client, "/10.0.9.9")).unwrap();
            story.time_passes(Duration::from_secs(2));
        }
        wait_until("an edit", || {
            story.time_passes(Duration::from_millis(50));
            edits().len() > told
        })
        .await;
    }
    let edits = edits();
    let posted_at = story.discord.requests().into_iter().filter(|one| one.is("POST", POST) && one.applied);
    let thread_id = thread.id().to_string();
    let posted_at = posted_at.filter(|one| one.parameters.get("channel_id") == Some(&thread_id));
    let posted_at = posted_at.filter(|one| one.body["content"].to_string().contains("live-1")).map(|one| one.at_ms);
    let told: Vec<i64> = posted_at.take(1).chain(edits).collect();
    // The bot counts from when it decides to send; here is written down when it arrived.
    assert!(told.windows(2).all(|pair| pair[1] - pair[0] >= 15_000 - ON_ITS_WAY), "{told:?}");
    assert!(told.len() >= 5, "it was told: {told:?}");

    // Put off again, and then it is over: nobody waits fifteen seconds for that.
    is_put_off(&story).await;
    let answer = story.user("bob").runs(&story.ops, &format!("/stop operation:{}", posted.id)).await;
    assert!(answer.text().contains("safe point"), "{}", answer.text());
    story.becomes(&posted.id, State::Stopped).await;
    let asked = story.house().rooms().clock.now();
    thread.wait_for_text("Stopped", SOON).await;
    assert!(story.house().rooms().clock.now().since(asked) < Duration::from_secs(10));
    read_all(&story).await;
    story.discord.assert_clean();
}

/// 13: votes that come and go on an old card do not wear out its edits: refused once, it is left alone for its pause,
/// whatever comes meanwhile, and it is true when Discord takes edits again.
#[tokio::test]
async fn an_old_card_is_not_edited_more_often_than_discord_takes() {
    let story = DiscordStory::begin().await;
    let posted = story.reset().await;
    story.all_is_told().await;
    story.time_passes(Duration::from_secs(2 * 3_600));
    // A vote that stands there at the very first look has the card drawn twice.
    story.cards_are_read_anew().await;
    story.is_quiet().await;
    let edits = |status: u16| {
        let requests = story.discord.requests();
        requests.iter().filter(|one| one.is("PATCH", EDIT) && one.status == Some(status)).count()
    };
    let taken = edits(200);
    // Each change is drawn before the next one comes, as long as edits are taken. None of them is an approver.
    for (more, who) in (1..).zip(["alice", "mallory", "vic"]) {
        story.reacts(who, &posted.card, "✅").await;
        wait_until("the drawing", || edits(200) == taken + more).await;
        story.all_is_told().await;
    }
    story.reacts("olga", &posted.card, "✅").await;
    wait_until("the refusal", || edits(429) == 1).await;
    for _ in 0..2 {
        story.user("olga").unreacts(&posted.card, "✅").await;
        story.reacts("olga", &posted.card, "✅").await;
    }
    // Three minutes pass.
    story.cards_are_read_anew().await;
    assert_eq!((edits(200), edits(429)), (taken + 3, 1), "it is left alone");
    story.reacts("bob", &posted.card, "❌").await;
    story.becomes(&posted.id, State::Rejected).await;
    story.time_passes(Duration::from_secs(3_600));
    posted.card.becomes("Vetoed by bob", SOON).await;
    assert!(edits(429) <= 2, "{} edits were refused", edits(429));
    read_all(&story).await;
    story.discord.assert_clean();
}

/// 13, seen from the others: what rests is that card, and nothing else in its channel.
#[tokio::test]
async fn an_old_card_that_takes_no_edits_holds_nobody_up() {
    let story = DiscordStory::begin().await;
    let old = story.reset().await;
    story.all_is_told().await;
    story.time_passes(Duration::from_secs(2 * 3_600));
    let young = story.asks("alice", &reset("latest")).await;
    let of = |card: &Message, status: u16| {
        let id = card.id().to_string();
        let requests = story.discord.requests();
        let edits = requests.iter().filter(|one| one.is("PATCH", EDIT) && one.status == Some(status));
        edits.filter(|one| one.parameters.get("message_id") == Some(&id)).count()
    };
    for who in ["alice", "mallory", "vic", "olga"] {
        let before = of(&old.card, 200) + of(&old.card, 429);
        story.reacts(who, &old.card, "✅").await;
        wait_until("the edit", || of(&old.card, 200) + of(&old.card, 429) > before).await;
    }
    assert_eq!(of(&old.card, 429), 1);
    story.reacts("vic", &young.card, "✅").await;
    young.card.becomes("not counted: vic", SOON).await;
    story.reacts("bob", &young.card, "✅").await;
    story.becomes(&young.id, State::Succeeded).await;
    young.card.becomes("Done", SOON).await;
    assert_eq!(of(&old.card, 429), 1, "it was asked once, and then the others had their turn");
    let limited = |one: &&Request| one.status == Some(429);
    assert_eq!(story.discord.requests().iter().filter(limited).count(), 1);
}

/// 14: a misspelt key in the permissions lets nobody in: the bot does not start, and says where.
#[test]
fn a_misspelt_key_in_the_settings_is_refused() {
    let example = include_str!("../../../signalbox.example.toml");
    let folder = tempfile::tempdir().unwrap();
    for (right, misspelt) in [
        ("[defaults]", "[default]"),
        ("tier = ", "teir = "),
        ("simulated = ", "simulatet = "),
        ("[[grant]]", "[[grnat]]"),
        ("persons = ", "person = "),
    ] {
        assert!(example.contains(right));
        let file = folder.path().join("signalbox.toml");
        std::fs::write(&file, example.replace(right, misspelt)).unwrap();
        for command in ["check", "run"] {
            let done = Command::new(env!("CARGO_BIN_EXE_signalbox"))
                .args([command, "--settings"])
                .arg(&file)
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&done.stderr).into_owned() + &String::from_utf8_lossy(&done.stdout);
            let key = misspelt.trim_matches(|one: char| !one.is_ascii_alphabetic());
            assert!(!done.status.success() && said.contains(key), "{command} {misspelt}: {said}");
        }
    }
}

/// 15: one part decides on trying again: each failure is followed by one more request, and not before it is time.
#[tokio::test]
async fn each_failure_is_tried_again_once_and_in_time() {
    let wait = Duration::from_millis(1_500);
    for fault in [
        Fault::Status(500),
        Fault::Status(502),
        Fault::Unreachable,
        Fault::RateLimited { retry_after: wait, global: false },
    ] {
        let story = DiscordStory::begin().await;
        story.discord.fails_times(On::path("POST", POST).containing("Waiting for approval"), fault, 2);
        let posted = story.reset().await;
        story.all_is_told().await;
        let requests = story.discord.requests();
        let sent: Vec<&Request> = requests
            .iter()
            .filter(|one| one.is("POST", POST) && one.body["content"].to_string().contains("Waiting for approval"))
            .collect();
        assert_eq!(sent.len(), 3, "{fault:?}");
        let gaps: Vec<i64> = sent.windows(2).map(|pair| pair[1].at_ms - pair[0].at_ms).collect();
        assert!(gaps.iter().all(|gap| *gap >= 1_000), "{fault:?}: sent again after {gaps:?} ms");
        assert_eq!(sent.iter().filter(|one| one.applied).count(), 1);
        let nonces: Vec<_> = sent.iter().map(|one| one.body["nonce"].to_string()).collect();
        assert!(nonces.windows(2).all(|pair| pair[0] == pair[1]), "{nonces:?}");
        assert_eq!(cards(&story), 1);
        posted.card.read();
        read_all(&story).await;
        story.discord.assert_clean();
    }
}
