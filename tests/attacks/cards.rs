//! What is approved is the one card that we posted, and on it the one plan that counts.

use discord_model::{Fault, Id, Kind, Message, On, Request, permissions};
use interlock::approval::State;
use interlock::cluster::Tier;
use interlock::plan::Effect;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use story::discord_house::{CLUSTER, DiscordStory, Posted, SOON, chat_role, operation_in, reset, wait_until};
use story::people::PEOPLE;

const POST: &str = "/channels/{channel_id}/messages";
const CARD: &str = "/channels/{channel_id}/messages/{message_id}";
const ROLES: &str = "/guilds/{guild_id}/roles";

/// 1, 2, 20: a webhook under our name with all that our card says and its marker, copies of it here and elsewhere, forwards of
/// it, an answer to it: none of them is taken for the card, and ✅ on them is nothing.
#[tokio::test]
async fn what_looks_like_our_card_is_not_our_card() {
    let story = DiscordStory::begin().await;
    // What came of the posting is not known, and somebody is faster than the second attempt.
    story.discord.fails_once(On::path("POST", POST).containing("Waiting for approval"), Fault::Status(500));
    let answer = story.user("alice").runs(&story.ops, &reset("earliest")).await;
    let id = operation_in(&answer.text());
    let lost = story.discord.wait_for_request(|one| one.is("POST", POST) && one.status == Some(500), SOON).await;
    let (content, embeds) = (lost.body["content"].as_str().unwrap(), lost.body["embeds"].as_array().unwrap());
    let forged = story.ops.webhook_posts("signalbox", content, embeds.clone());
    // Long enough for the marker to be looked for.
    story.time_passes(Duration::from_secs(900));
    let card = story.card(&id, 1).await;
    assert_ne!(card.id(), forged.id(), "it is not taken for the one that was lost");
    let bot = story.discord.bot_id();
    card.until(|seen| seen.reacted("❌") == [bot], SOON).await;

    let (alice, bob, mallory) = (story.user("alice"), story.user("bob"), story.user("mallory"));
    let abroad = story.discord.new_guild("abroad");
    [&alice, &bob, &mallory].into_iter().for_each(|who| who.joins(&abroad));
    let away = mallory.reposts(&card, &abroad.text_channel("ops")).await;
    let fakes = [
        forged,
        mallory.reposts(&card, &story.ops).await,
        mallory.reposts(&card, &story.discord.channel("lounge")).await,
        mallory.forwards(&card, &story.ops).await,
        mallory.forwards(&card, &story.discord.channel("lounge")).await,
        mallory.replies(&card, &card.look().content).await,
        away.clone(),
    ];
    for fake in &fakes {
        bob.reacts(fake, "✅").await;
    }
    let details = format!("details:{id}");
    let pressed = alice.forges_click(&away, &details).answer().await.unwrap();
    assert!(pressed.is_private() && pressed.text().contains("this server"), "{}", pressed.text());
    // What comes behind all of them has been counted.
    story.reacts("vic", &card, "✅").await;
    let seen = card.becomes("vic (is no approver here)", SOON).await;
    assert!(seen.text.contains("(0 so far)") && !seen.text.contains("bob"), "{}", seen.text);
    assert_eq!((story.operation(&id).await.state, story.acts()), (State::AwaitingApproval, 0));
    let asked_of = |fake: &Message| {
        let fake = fake.id().to_string();
        let requests = story.discord.requests();
        requests.iter().filter(|one| one.parameters.get("message_id") == Some(&fake)).count()
    };
    assert!(fakes.iter().all(|fake| asked_of(fake) == 0), "nothing is done with any of them");
    story.reacts("bob", &card, "✅").await;
    story.becomes(&id, State::Succeeded).await;
    story.everything_is_read().await;
    story.discord.assert_clean();
}

/// What somebody does to a card, or to where it stands.
type Deed = (&'static str, fn(&Message));

/// Those that leave it a card that can be approved.
const HARMLESS: [Deed; 2] =
    [("nothing", |_| ()), ("its channel has another name", |card| card.channel().renames("kafka-ops"))];

/// Those that leave every word of it as it was sent.
const DEEDS: [Deed; 6] = [
    ("a button leads elsewhere", |card| forge_buttons(card, |button| button["custom_id"] = json!("details:AAAAAA"))),
    ("a button says something else", |card| forge_buttons(card, |button| button["label"] = json!("Approve"))),
    ("there are no buttons", |card| card.components_are_forged(Vec::new())),
    ("another plan.txt", |card| card.file_is_forged("plan.txt", Some("harmless\n".into()))),
    ("there is no plan.json", |card| card.file_is_forged("plan.json", None)),
    ("what stands here is published elsewhere", |card| card.channel().converts(Kind::Announcement)),
];

fn forge_buttons(card: &Message, forge: fn(&mut Value)) {
    let mut components = card.look().components;
    components.iter_mut().flat_map(|row| row["components"].as_array_mut().unwrap()).for_each(forge);
    card.components_are_forged(components);
}

/// 6, 21: a card with other buttons, or files of other names or sizes, than were sent, or in a channel that is published
/// elsewhere, starts nothing and is asked again. Not seen: a file exchanged by one of the same size.
#[tokio::test]
async fn a_card_whose_words_alone_are_as_they_were_sent_starts_nothing() {
    for (deed, does) in HARMLESS {
        let story = DiscordStory::begin().await;
        let posted = story.reset().await;
        story.all_is_told().await;
        does(&posted.card);
        story.reacts("bob", &posted.card, "✅").await;
        let ended = story.becomes(&posted.id, State::Succeeded).await;
        assert_eq!((ended.revision, story.acts()), (1, 1), "{deed}");
        story.everything_is_read().await;
        story.discord.assert_clean();
    }
    for (deed, does) in DEEDS {
        let story = DiscordStory::begin().await;
        let posted = story.reset().await;
        story.all_is_told().await;
        let said = posted.card.text();
        does(&posted.card);
        assert_eq!(posted.card.text(), said, "{deed}");
        story.reacts("bob", &posted.card, "✅").await;
        story.card(&posted.id, 2).await;
        let operation = story.operation(&posted.id).await;
        let is = (operation.state, operation.why.id.as_str(), story.acts());
        assert_eq!(is, (State::AwaitingApproval, "card-altered", 0), "{deed}");
        story.everything_is_read().await;
        story.discord.assert_clean();
    }
}

type Laid = fn(&Message);

/// What is done to a card after it was approved, and why it is asked again; none where it starts.
const ONCE_APPROVED: [(&str, Laid, Option<&str>); 6] = [
    ("nothing", |_| (), None),
    ("other words", |card| card.is_forged("harmless", Vec::new()), Some("card-altered")),
    (
        "a button leads elsewhere",
        |card| forge_buttons(card, |button| button["custom_id"] = json!("details:AAAAAA")),
        Some("card-altered"),
    ),
    ("its embeds are hidden", Message::loses_embeds, Some("card-altered")),
    ("it is gone", Message::deletes, Some("card-gone")),
    ("everybody can read its channel", |card| card.channel().becomes_public(), Some("channel-opened")),
];

/// 3, 5, 6, 21: a freeze stands between the approval and the start, and that is when somebody lays hands on the card. Only the read at
/// the start can find it: nobody votes any more, and nothing is drawn that would put it right.
#[tokio::test]
async fn a_card_that_is_altered_once_it_is_approved_starts_nothing() {
    for (deed, does, why) in ONCE_APPROVED {
        let story = DiscordStory::begin().await;
        is_hidden(&story);
        let posted = story.reset().await;
        let freeze = format!("/freeze cluster:{CLUSTER} for:2h reason:\"black friday\"");
        assert!(story.user("alice").runs(&story.ops, &freeze).await.text().contains("Frozen"), "{deed}");
        story.reacts("bob", &posted.card, "✅").await;
        story.becomes(&posted.id, State::Queued).await;
        posted.card.thread().unwrap().wait_for_text("is frozen until", SOON).await;
        story.all_is_told().await;
        story.discord.fails_always(On::path("PATCH", CARD).about("message_id", &posted.card.id()), Fault::Status(500));
        does(&posted.card);
        let queued = story.operation(&posted.id).await;
        assert_eq!((queued.state, queued.revision, story.acts()), (State::Queued, 1, 0), "{deed}");

        let unfreeze = format!("/unfreeze cluster:{CLUSTER} reason:\"a fix\"");
        assert!(story.user("carol").runs(&story.ops, &unfreeze).await.text().contains("Lifted"), "{deed}");
        let Some(why) = why else {
            assert_eq!(story.becomes(&posted.id, State::Succeeded).await.revision, 1, "{deed}");
            assert_eq!(story.acts(), 1, "{deed}");
            story.discord.works_again();
            story.everything_is_read().await;
            story.discord.assert_clean();
            continue;
        };
        let asked = story.becomes(&posted.id, State::AwaitingApproval).await;
        assert_eq!((asked.why.id.as_str(), asked.revision, story.acts()), (why, 2, 0), "{deed}");
        story.discord.works_again();
        let newer = story.card(&posted.id, 2).await;
        newer.becomes("(0 so far)", SOON).await;
        story.thread_of(&posted.card).await;
        story.everything_is_read().await;
        assert_eq!((story.operation(&posted.id).await.state, story.acts()), (State::AwaitingApproval, 0), "{deed}");
        story.discord.assert_clean();
    }
}

/// The channel is for those with a role of ours.
fn is_hidden(story: &DiscordStory) {
    let ours = PEOPLE.iter().flat_map(|(_, roles)| roles.iter()).map(|role| chat_role(&story.discord, *role));
    let readers: Vec<Id> = ours.chain([story.discord.guild().bot_role()]).collect();
    story.ops.becomes_private(&readers);
}

/// So is every channel, unless it says something else.
fn all_are_hidden(story: &DiscordStory) {
    is_hidden(story);
    story.ops.becomes_public();
    everybody_has(story, permissions::EVERYONE & !permissions::VIEW_CHANNEL);
}

fn everybody_has(story: &DiscordStory, permissions: permissions::Permissions) {
    let guild = story.discord.guild();
    guild.lets_role(guild.id(), permissions);
}

fn everybody_is_let_in(story: &DiscordStory) {
    story.ops.overwrites_role(story.discord.guild().id(), permissions::VIEW_CHANNEL, 0);
}

type Change = fn(&DiscordStory);

/// How a channel was when a card was posted there, and what has been done since: nobody was let in who could not read it then.
const NOT_OPENED: [(&str, Change, Change); 4] = [
    ("it stays public", |_| (), everybody_is_let_in),
    ("it stays private", is_hidden, |_| ()),
    ("it becomes private", |_| (), is_hidden),
    ("it was public for a while", is_hidden, |story| {
        story.ops.becomes_public();
        is_hidden(story);
    }),
];

/// The same where everybody was.
const OPENED: [(&str, Change, Change); 3] = [
    ("nobody is kept out any more", is_hidden, |story| story.ops.becomes_public()),
    ("everybody is let in", is_hidden, everybody_is_let_in),
    ("everybody sees all channels", all_are_hidden, |story| everybody_has(story, permissions::EVERYONE)),
];

/// What is told then.
const OPENED_SINCE: &str = "Everybody on this server can read this channel now";

/// A card is posted where some can read, and is approved when others can.
async fn approved_after(was: Change, becomes: Change) -> (DiscordStory, Posted) {
    let story = DiscordStory::begin().await;
    was(&story);
    let posted = story.reset().await;
    story.all_is_told().await;
    becomes(&story);
    story.reacts("bob", &posted.card, "✅").await;
    (story, posted)
}

/// 21: a card that not everybody could read when it was posted, in a channel that is opened while it waits, starts nothing and is
/// asked again; whoever votes on the new one knows who reads it. A channel that was public from the beginning stays one.
#[tokio::test]
async fn a_card_whose_channel_is_opened_while_it_waits_starts_nothing() {
    for (deed, was, becomes) in NOT_OPENED {
        let (story, posted) = approved_after(was, becomes).await;
        let ended = story.becomes(&posted.id, State::Succeeded).await;
        assert_eq!((ended.revision, story.acts()), (1, 1), "{deed}");
        story.everything_is_read().await;
        story.discord.assert_clean();
    }
    for (deed, was, becomes) in OPENED {
        let (story, posted) = approved_after(was, becomes).await;
        let newer = story.card(&posted.id, 2).await;
        newer.until(|seen| seen.reacted("❌").len() == 1, SOON).await;
        let asked = story.operation(&posted.id).await;
        let is = (asked.state, asked.why.id.as_str(), story.acts());
        assert_eq!(is, (State::AwaitingApproval, "channel-opened", 0), "{deed}");
        assert!(newer.look().text.contains(OPENED_SINCE), "{deed}: who votes knows it: {}", newer.look().text);
        let told = story.thread_of(&posted.card).await;
        let says = |words: &str| told.iter().any(|one| one.text.contains(words));
        assert!(told.iter().any(|one| !one.silent && one.text.contains(OPENED_SINCE)), "{deed}: {told:#?}");
        assert!(!says("no longer as it was"), "{deed}: nothing is said of the cluster: {told:#?}");
        story.reacts("bob", &newer, "✅").await;
        let ended = story.becomes(&posted.id, State::Succeeded).await;
        assert_eq!((ended.revision, story.acts()), (2, 1), "{deed}");
        story.everything_is_read().await;
        story.discord.assert_clean();
    }
}

/// 21: the same where no answer came to the posting, and the bot is dead while the channel is opened: the next process finds the
/// card, and everybody reads it by then.
#[tokio::test]
async fn a_channel_that_is_opened_before_its_card_is_known_is_opened_all_the_same() {
    let mut story = DiscordStory::begin().await;
    is_hidden(&story);
    story.discord.fails_always(On::path("POST", POST).containing("Waiting for approval"), Fault::AnswerLost);
    let answer = story.user("alice").runs(&story.ops, &reset("earliest")).await;
    let id = operation_in(&answer.text());
    let is_posted = |one: &Request| one.is("POST", POST) && one.applied;
    story.discord.wait_for_request(is_posted, SOON).await;
    story.dies().await;
    story.ops.becomes_public();
    story.discord.works_again();
    story.is_born().await;
    let card = story.card(&id, 1).await;
    let bot = story.discord.bot_id();
    card.until(|seen| seen.reacted("❌") == [bot], SOON).await;
    story.all_is_told().await;
    let plans = story.ops.bot_messages().into_iter().filter(|one| one.peek().file("plan.json").is_some());
    assert_eq!(plans.count(), 1, "it is the card that was posted while the channel was private");
    story.reacts("bob", &card, "✅").await;
    let newer = story.card(&id, 2).await;
    newer.until(|seen| seen.reacted("❌").len() == 1, SOON).await;
    let asked = story.operation(&id).await;
    let is = (asked.state, asked.why.id.as_str(), story.acts());
    assert_eq!(is, (State::AwaitingApproval, "channel-opened", 0));
    story.reacts("bob", &newer, "✅").await;
    let ended = story.becomes(&id, State::Succeeded).await;
    assert_eq!((ended.revision, story.acts()), (2, 1), "once");
    story.everything_is_read().await;
    story.discord.assert_clean();
}

/// 21: while nobody can tell who reads a channel, nothing starts; and nothing is posted there of which that will not be known.
#[tokio::test]
async fn while_it_is_not_known_who_reads_a_channel_its_card_waits() {
    let story = DiscordStory::begin().await;
    is_hidden(&story);
    let unknown = |since: usize| {
        story.discord.requests()[since..].iter().any(|one| one.is("GET", ROLES) && one.status == Some(503))
    };
    let since = story.discord.requests().len();
    story.discord.fails_always(On::path("GET", ROLES), Fault::Status(503));
    let answer = story.user("alice").runs(&story.ops, &reset("earliest")).await;
    let id = operation_in(&answer.text());
    wait_until("a look at the roles", || unknown(since)).await;
    assert!(story.ops.bot_messages().iter().all(|one| one.peek().private));
    story.discord.works_again();
    let card = story.card(&id, 1).await;
    let bot = story.discord.bot_id();
    card.until(|seen| seen.reacted("❌") == [bot], SOON).await;
    story.all_is_told().await;

    let since = story.discord.requests().len();
    story.discord.fails_always(On::path("GET", ROLES), Fault::Status(503));
    story.reacts("bob", &card, "✅").await;
    wait_until("a look at the roles", || unknown(since)).await;
    let waits = story.operation(&id).await;
    assert_eq!((waits.state, waits.revision, story.acts()), (State::AwaitingApproval, 1, 0));
    story.discord.works_again();
    story.time_passes(Duration::from_secs(61));
    assert_eq!(story.becomes(&id, State::Succeeded).await.revision, 1);
    story.everything_is_read().await;
    story.discord.assert_clean();
}

/// 3, 21, 35: the channel of a card that waits is deleted, or no longer one in which the settings let its cluster be shown.
#[tokio::test]
async fn a_card_in_a_place_that_is_no_longer_its_own_starts_nothing() {
    let story = DiscordStory::begin().await;
    let posted = story.reset().await;
    story.all_is_told().await;
    story.ops.deletes();
    story.time_passes(Duration::from_secs(61));
    let began = Instant::now();
    while story.operation(&posted.id).await.revision == 1 {
        assert!(began.elapsed() < SOON, "it is not asked again");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let operation = story.operation(&posted.id).await;
    let is = (operation.state, operation.why.id.as_str(), story.acts());
    assert_eq!(is, (State::AwaitingApproval, "card-gone", 0));
    story.discord.assert_clean();

    for stays in [true, false] {
        let mut story = DiscordStory::begin().await;
        let posted = story.reset().await;
        story.all_is_told().await;
        story.dies().await;
        let elsewhere = story.discord.channel("elsewhere").id().get();
        story.settings_change(|policy| {
            for channels in policy.places.channels.values_mut() {
                channels.insert(elsewhere);
                channels.retain(|one| stays || *one == elsewhere);
            }
        });
        story.is_born().await;
        story.reacts("bob", &posted.card, "✅").await;
        if stays {
            assert_eq!(story.becomes(&posted.id, State::Succeeded).await.revision, 1);
        } else {
            // Asked again in that place, it is one that could not be asked for there today.
            let ended = story.becomes(&posted.id, State::Refused).await;
            assert_eq!((ended.why.id.as_str(), story.acts()), ("place-not-allowed", 0));
        }
        story.everything_is_read().await;
        story.discord.assert_clean();
    }
}

/// 3: two cards and what stood between them are deleted at once, by whoever may. Each is asked again, and the votes that stood there
/// are gone.
#[tokio::test]
async fn cards_that_are_deleted_in_bulk_start_nothing_and_are_asked_again() {
    let story = DiscordStory::begin_with(|policy, _| {
        policy.seats.demand(Tier::Production, Effect::Reversible, 2).unwrap();
    })
    .await;
    let (first, second) = (story.reset().await, story.asks("alice", &reset("latest")).await);
    story.reacts("bob", &first.card, "✅").await;
    first.card.becomes("1 of 2: bob", SOON).await;
    let between = story.user("vic").says(&story.ops, "look at this").await;
    story.cards_are_read_anew().await;
    story.is_quiet().await;
    story.ops.deletes_in_bulk(&[&first.card, &between, &second.card]);
    for posted in [&first, &second] {
        let newer = story.card(&posted.id, 2).await;
        newer.until(|seen| seen.reacted("❌").len() == 1, SOON).await;
        let operation = story.operation(&posted.id).await;
        let is = (operation.state, operation.why.id.as_str());
        assert_eq!(is, (State::AwaitingApproval, "card-gone"));
        assert!(newer.text().contains("(0 so far)"), "{}", newer.text());
    }
    story.all_is_told().await;
    assert_eq!(story.acts(), 0);
    // One more would have been enough on the card that is gone; on the new one it is the first.
    let newer = story.card(&first.id, 2).await;
    story.reacts("carol", &newer, "✅").await;
    newer.becomes("1 of 2: carol", SOON).await;
    assert_eq!((story.operation(&first.id).await.state, story.acts()), (State::AwaitingApproval, 0));
    story.reacts("bob", &newer, "✅").await;
    story.becomes(&first.id, State::Succeeded).await;
    assert_eq!(story.operation(&second.id).await.state, State::AwaitingApproval, "each of them by itself");
    story.everything_is_read().await;
    for posted in [&first, &second] {
        let told = story.thread_of(&posted.card).await;
        assert!(told.iter().any(|one| one.text.contains("so it is posted again")), "{told:#?}");
    }
    story.discord.assert_clean();
}

/// 22: nobody can react in an archived thread, and its card cannot be drawn. What is told there opens it again; what was approved
/// by command meanwhile counts.
#[tokio::test]
async fn a_thread_that_is_archived_alone_holds_nothing_up() {
    let story = DiscordStory::begin().await;
    // The thread of a card in the channel.
    let posted = story.reset().await;
    story.all_is_told().await;
    let thread = posted.card.thread().unwrap();
    thread.archives(true);
    story.reacts("bob", &posted.card, "✅").await;
    story.becomes(&posted.id, State::Succeeded).await;
    posted.card.becomes("Done", SOON).await;
    let told = story.thread_of(&posted.card).await;
    assert!(told.iter().any(|one| one.text.contains("Succeeded")), "{told:#?}");
    assert!(!thread.is_archived(), "what is told there opens it");
    assert!(!story.audit(&posted.id).await.iter().any(|what| what == "without-thread"));

    // A card in that thread.
    let line = "/reset-offset cluster:staging-kafka group:billing topic:orders to:earliest";
    let answer = story.user("alice").runs(&thread, line).await;
    let id = operation_in(&answer.text());
    let card = thread.wait_for(|seen| seen.file("plan.json").is_some(), SOON).await;
    story.all_is_told().await;
    thread.archives(true);
    let approve = format!("/approve operation:{id} digest:{}", story.plan(&id).await.digest());
    assert!(story.user("carol").runs(&story.ops, &approve).await.text().contains("counts"));
    story.becomes(&id, State::Succeeded).await;
    wait_until("the end on the card", || {
        story.time_passes(Duration::from_secs(1));
        card.text().contains("Done")
    })
    .await;
    story.everything_is_read().await;
    story.discord.assert_clean();
}

/// 23: neither what the card shows of a digest, nor all but its end, nor one that begins alike, nor that of an older plan.
#[tokio::test]
async fn only_the_whole_digest_of_the_plan_that_counts_approves() {
    let story = DiscordStory::begin().await;
    let posted = story.reset().await;
    let old = story.plan(&posted.id).await.digest();
    // Another tool is there between the approval and the last look.
    story.another_tool_commits(7);
    story.reacts("bob", &posted.card, "✅").await;
    let newer = story.card(&posted.id, 2).await;
    let bot = story.discord.bot_id();
    newer.until(|seen| seen.reacted("❌") == [bot], SOON).await;
    let digest = story.plan(&posted.id).await.digest();
    assert_ne!(digest, old);
    let whole = digest.to_string();
    let approves = |digest: &str| {
        let options = json!([
            {"name": "operation", "type": 3, "value": posted.id.as_str()}, {"name": "digest", "type": 3, "value": digest},
        ]);
        story.user("carol").forces(&story.ops, "approve", &options)
    };
    for (typed, said) in [
        (digest.short(), "only the beginning of a digest"),
        (whole[..12].to_owned(), "only the beginning of a digest"),
        (whole[..63].to_owned(), "only the beginning of a digest"),
        (format!("{}{}", &whole[..12], "0".repeat(52)), "another plan"),
        (old.to_string(), "another plan"),
        (format!("{whole}00"), "is not a digest"),
        (format!(" {whole}"), "is not a digest"),
    ] {
        let answer = approves(&typed).answer().await.unwrap();
        assert!(answer.is_private() && answer.text().contains(said), "{typed:?}: {}", answer.text());
    }
    // An old button of the old card, by somebody without a role.
    let details = format!("details:{}", posted.id);
    let pressed = story.user("mallory").forges_click(&posted.card, &details).answer().await.unwrap();
    assert!(pressed.is_private() && pressed.text().contains("no role"), "{}", pressed.text());
    story.all_is_told().await;
    assert!(newer.text().contains("(0 so far)"), "{}", newer.text());
    assert_eq!((story.operation(&posted.id).await.state, story.acts()), (State::AwaitingApproval, 0));
    let answer = approves(&whole).answer().await.unwrap();
    assert!(answer.is_private() && answer.text().contains("counts"), "{}", answer.text());
    story.becomes(&posted.id, State::Succeeded).await;
    assert_eq!(story.committed().await, [0, 0, 0]);
    story.everything_is_read().await;
    story.discord.assert_clean();
}
