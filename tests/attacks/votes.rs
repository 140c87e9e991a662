//! Whose ✅ it is, how often it came and went, and who took it off: what stands there when it is read counts, of people, once.

use discord_model::gateway::Release;
use discord_model::{Fault, On, Request, permissions};
use interlock::approval::State;
use interlock::cluster::Tier;
use interlock::id::PersonId;
use interlock::plan::Effect;
use interlock::policy::{Grant, Grantee, Policy, Reach, Role};
use interlock::principal::{Account, ChatRole};
use signalbox::desk::Done;
use simulated::{Leave, Trouble};
use std::time::Duration;
use story::discord_house::{DiscordStory, SOON, chat_role, live, operation_in, reset};

const MEMBER: &str = "/guilds/{guild_id}/members/{user_id}";
/// bob, at the machine of the bot.
const BOB: u32 = 502;

fn two_approvers(policy: &mut Policy) {
    policy.seats.demand(Tier::Production, Effect::Reversible, 2).unwrap();
}

async fn is_clean(story: &DiscordStory) {
    story.everything_is_read().await;
    story.discord.assert_clean();
}

/// 8, 9, 14: power over the guild is no role of ours, a role is its id, @everyone is nobody; bots and other emoji are no votes, a
/// super reaction is one.
#[tokio::test]
async fn only_a_tick_of_somebody_with_the_role_itself_counts() {
    let story = DiscordStory::begin_with(|policy, discord| {
        two_approvers(policy);
        let everyone = Grantee::ChatRole(ChatRole(discord.guild().id().get()));
        policy.grants.0.push(Grant { role: Role::Approver, to: [everyone].into(), reach: Reach::everywhere() });
    })
    .await;
    let (guild, approver) = (story.discord.guild(), chat_role(&story.discord, Role::Approver));
    let posted = story.reset().await;
    story.discord.other_bot("helper").with_role(approver).reacts(&posted.card, "✅").await;
    for emoji in ["tick:81985529216486895", "☑️", "✔️", "👍🏽"] {
        story.reacts("bob", &posted.card, emoji).await;
    }
    guild.owner().reacts(&posted.card, "✅").await;
    story.user("mallory").gets_role(guild.new_role("admins", permissions::ADMINISTRATOR));
    story.reacts("mallory", &posted.card, "✅").await;
    guild.changes_owner(&story.user("vic"));
    story.reacts("vic", &posted.card, "✅").await;
    // One more that counts, and it would begin.
    story.user("carol").super_reacts(&posted.card, "✅").await;
    let stands = |seen: &discord_model::Seen| {
        seen.text.contains("1 of 2: carol") && seen.text.matches("is no approver here").count() == 3
    };
    posted.card.until(stands, SOON).await;
    assert_eq!((story.operation(&posted.id).await.state, story.acts()), (State::AwaitingApproval, 0));

    guild.deletes_role(approver);
    let again = chat_role(&story.discord, Role::Approver);
    assert_ne!(again, approver, "another role of the same name");
    story.user("bob").gets_role(again);
    story.reacts("bob", &posted.card, "✅").await;
    story.cards_are_read_anew().await;
    let stands = |seen: &discord_model::Seen| {
        let without = ["bob", "carol"].map(|who| seen.text.contains(&format!("{who} (is no approver here)")));
        without == [true, true] && seen.text.contains("(0 so far)")
    };
    posted.card.until(stands, SOON).await;
    assert_eq!((story.operation(&posted.id).await.state, story.acts()), (State::AwaitingApproval, 0));
    is_clean(&story).await;
}

/// 14: a super reaction vetoes as any other does, whether the bot is told of it or finds it when it reads who stands there.
#[tokio::test]
async fn a_super_reaction_vetoes() {
    for (emoji, is_told) in [("❌", true), ("❌", false), ("🛑", false)] {
        let story = DiscordStory::begin().await;
        let posted = story.reset().await;
        story.all_is_told().await;
        if !is_told {
            story.discord.gateway().holds_events();
        }
        story.user("carol").super_reacts(&posted.card, emoji).await;
        if !is_told {
            story.discord.gateway().releases(Release::Never);
            // Alone it would begin.
            story.reacts("bob", &posted.card, "✅").await;
        }
        story.becomes(&posted.id, State::Rejected).await;
        posted.card.becomes("Vetoed by carol", SOON).await;
        assert_eq!(story.acts(), 0, "{emoji}");
        is_clean(&story).await;
    }
}

/// 16, 17: whatever the order in which it is told of, what stands there counts, and who vetoes has vetoed.
#[tokio::test]
async fn votes_that_flap_and_are_told_backwards_count_as_they_stand() {
    let story = DiscordStory::begin_with(|policy, _| two_approvers(policy)).await;
    let posted = story.reset().await;
    story.all_is_told().await;
    let events = story.discord.gateway();
    let (bob, carol) = (story.user("bob"), story.user("carol"));
    events.holds_events();
    for _ in 0..3 {
        carol.reacts(&posted.card, "✅").await;
        carol.unreacts(&posted.card, "✅").await;
        bob.unreacts(&posted.card, "✅").await;
        bob.reacts(&posted.card, "✅").await;
    }
    events.releases(Release::Reversed);
    posted.card.becomes("1 of 2: bob", SOON).await;
    story.all_is_told().await;
    assert!(!posted.card.text().contains("carol"), "{}", posted.card.text());
    assert_eq!(story.operation(&posted.id).await.state, State::AwaitingApproval);

    // The second approval, and with it a veto of the same person, told of twice and in this order.
    events.holds_events();
    carol.reacts(&posted.card, "✅").await;
    carol.reacts(&posted.card, "❌").await;
    events.releases(Release::Twice);
    story.becomes(&posted.id, State::Rejected).await;
    posted.card.becomes("Vetoed by carol", SOON).await;
    let ended = story.audit(&posted.id).await.into_iter().filter(|what| what == "veto").count();
    assert_eq!((ended, story.acts()), (1, 0));
    is_clean(&story).await;
}

/// 11, 12: bob has a telephone, a computer and a shell, and is one person; dora owns the group and is an approver as well, and
/// fills one seat: the one that is left for her.
#[tokio::test]
async fn people_fill_seats_and_each_of_them_one() {
    let story = DiscordStory::begin_with(|policy, discord| {
        two_approvers(policy);
        let (bob, approver) = ("bob".parse::<PersonId>().unwrap(), chat_role(discord, Role::Approver));
        let phone = discord.user("bob-phone").with_role(approver);
        for account in [Account::Discord(phone.id().get()), Account::System(BOB)] {
            policy.people.add(&bob, account).unwrap();
        }
        let to = [Grantee::Person(bob)].into();
        policy.grants.0.push(Grant { role: Role::Approver, to, reach: Reach::everywhere() });
        discord.user("dora").gets_role(approver);
    })
    .await;
    // It needs two approvers, and an owner: the application has to stop.
    let posted = story.asks_to_wait().await;
    story.reacts("dora", &posted.card, "✅").await;
    posted.card.becomes("1 of 3: dora", SOON).await;
    story.reacts("bob", &posted.card, "✅").await;
    posted.card.becomes("2 of 3", SOON).await;
    story.reacts("bob-phone", &posted.card, "✅").await;
    posted.card.becomes("bob (already counted)", SOON).await;
    let line = format!("/approve operation:{} digest:{}", posted.id, story.plan(&posted.id).await.digest());
    let done = story.at_the_console(BOB, &line).await.done;
    assert!(matches!(done, Done::Controlled { what: "vote-counted", .. }), "{done:?}");
    story.all_is_told().await;
    assert!(posted.card.text().contains("2 of 3"), "{}", posted.card.text());
    assert_eq!((story.operation(&posted.id).await.state, story.acts()), (State::AwaitingApproval, 0));

    // A third person, who can only be an approver: dora is the owner now.
    story.reacts("carol", &posted.card, "✅").await;
    story.becomes(&posted.id, State::Waiting).await;
    posted.card.until(|seen| !seen.reacted("🛑").is_empty(), SOON).await;
    story.reacts("carol", &posted.card, "🛑").await;
    story.becomes(&posted.id, State::Stopped).await;
    is_clean(&story).await;
}

/// 4: who may manage messages takes approvals off, and that is a withdrawal; a veto that was seen stays one, also if its caster
/// could not be looked up before it was taken off.
#[tokio::test]
async fn moderators_take_approvals_off_and_no_veto_that_was_seen() {
    let story = DiscordStory::begin_with(|policy, _| two_approvers(policy)).await;
    let posted = story.reset().await;
    let (bob, carol) = (story.user("bob"), story.user("carol"));
    let none = |seen: &discord_model::Seen| seen.text.contains("(0 so far)");
    for deed in ["all", "emoji", "one"] {
        bob.reacts(&posted.card, "✅").await;
        posted.card.becomes("1 of 2: bob", SOON).await;
        match deed {
            "all" => posted.card.loses_reactions(),
            "emoji" => posted.card.loses_emoji("✅"),
            _ => story.user("mallory").removes_reaction(&posted.card, bob.id(), "✅").await,
        }
        posted.card.until(none, SOON).await;
        assert_eq!(story.operation(&posted.id).await.state, State::AwaitingApproval, "{deed}");
    }

    let carol_is_looked_up = On::path("GET", MEMBER).about("user_id", &carol.id());
    story.discord.fails_always(carol_is_looked_up, Fault::Status(503));
    carol.reacts(&posted.card, "❌").await;
    posted.card.becomes("roles cannot be looked up now", SOON).await;
    posted.card.loses_emoji("❌");
    let zoe = story.user("zoe").with_role(chat_role(&story.discord, Role::Approver));
    bob.reacts(&posted.card, "✅").await;
    zoe.reacts(&posted.card, "✅").await;
    posted.card.becomes("2 of 2", SOON).await;
    story.all_is_told().await;
    assert_eq!((story.operation(&posted.id).await.state, story.acts()), (State::AwaitingApproval, 0));
    story.discord.works_again();
    story.time_passes(Duration::from_secs(61));
    story.becomes(&posted.id, State::Rejected).await;
    posted.card.becomes("Vetoed by carol", SOON).await;
    assert_eq!(story.acts(), 0);
    is_clean(&story).await;
}

/// 18: who takes an approval off between the last read and the first act is too late, and the card has said so since the start:
/// its votes are those of the start. 🛑 is the way to stop it.
#[tokio::test]
async fn an_approval_that_is_taken_off_after_the_start_stands_as_it_was_read() {
    for stops in [false, true] {
        let story = DiscordStory::begin().await;
        let posted = story.waits().await;
        let stands = "Votes at the start: 2 of 2: bob, dora";
        posted.card.becomes(stands, SOON).await;
        story.all_is_told().await;
        posted.card.loses_emoji("✅");
        story.user("dora").unreacts(&posted.card, "✅").await;
        story.cards_are_read_anew().await;
        assert_eq!((story.operation(&posted.id).await.state, story.acts()), (State::Waiting, 0));
        assert!(posted.card.text().contains(stands), "{}", posted.card.text());
        if stops {
            posted.card.until(|seen| !seen.reacted("🛑").is_empty(), SOON).await;
            story.reacts("carol", &posted.card, "🛑").await;
            story.becomes(&posted.id, State::Stopped).await;
        } else {
            story.kafka().stop_group(&live(), Leave::InOrder, None).unwrap();
            story.becomes(&posted.id, State::Succeeded).await;
        }
        assert_eq!(story.acts(), usize::from(!stops));
        let said = if stops { "Stopped by carol" } else { "Done" };
        posted.card.until(|seen| seen.text.contains(stands) && seen.text.contains(said), SOON).await;
        is_clean(&story).await;
    }
}

/// 7: a role that is lent for the decision alone is gone at the last read, and it is asked again; one that is lent over the last
/// read counts, and whose it was is on the card and in the log when it has long been taken back.
#[tokio::test]
async fn a_role_that_is_lent_across_the_execution_is_seen_and_named() {
    let story = DiscordStory::begin().await;
    let approver = chat_role(&story.discord, Role::Approver);
    let mallory = story.user("mallory");
    let posted = story.reset().await;
    story.all_is_told().await;
    story.reacts("mallory", &posted.card, "✅").await;
    posted.card.becomes("mallory", SOON).await;
    story.kafka().trouble(Some(Trouble::Down)).unwrap();
    mallory.gets_role(approver);
    story.cards_are_read_anew().await;
    story.becomes(&posted.id, State::Queued).await;
    mallory.loses_role(approver);
    story.kafka().trouble(None).unwrap();
    story.becomes(&posted.id, State::AwaitingApproval).await;
    assert_eq!(story.acts(), 0, "lent for the decision alone");
    posted.card.until(|seen| seen.text.contains("(0 so far)"), SOON).await;

    mallory.gets_role(approver);
    story.cards_are_read_anew().await;
    story.becomes(&posted.id, State::Succeeded).await;
    mallory.loses_role(approver);
    let seen = posted.card.becomes("Votes at the start: 1 of 1", SOON).await;
    let id = format!("<@{}>", mallory.id());
    assert!(seen.text.contains("mallory") || seen.text.contains(&id), "{}", seen.text);
    assert!(story.audit(&posted.id).await.iter().any(|what| what == "start"));
    is_clean(&story).await;
}

/// 10, 22: who voted and then left, was silenced for a while, or is no member yet does not count, while the vote stands there; and
/// counts again when that is over.
#[tokio::test]
async fn who_left_was_timed_out_or_is_not_admitted_does_not_count() {
    let story = DiscordStory::begin_with(|policy, _| {
        policy.seats.demand(Tier::Production, Effect::Reversible, 4).unwrap();
    })
    .await;
    let approver = chat_role(&story.discord, Role::Approver);
    let (bob, carol) = (story.user("bob"), story.user("carol"));
    let zoe = story.user("zoe").with_role(approver);
    let posted = story.reset().await;
    for voter in [&bob, &carol, &zoe] {
        voter.reacts(&posted.card, "✅").await;
    }
    posted.card.becomes("3 of 4", SOON).await;
    let while_away = Duration::from_secs(900);
    bob.leaves();
    carol.is_timed_out(while_away);
    zoe.is_pending(true);
    let erin = story.user("erin").with_role(approver);
    // Hers would be the fourth.
    erin.reacts(&posted.card, "✅").await;
    let only_erin = |seen: &discord_model::Seen| {
        seen.text.contains("1 of 4") && seen.text.matches("is not a member now").count() == 3
    };
    story.cards_are_read_anew().await;
    posted.card.until(only_erin, SOON).await;
    assert_eq!((story.operation(&posted.id).await.state, story.acts()), (State::AwaitingApproval, 0));

    story.time_passes(while_away);
    story.cards_are_read_anew().await;
    posted.card.becomes("2 of 4", SOON).await;
    zoe.is_pending(false);
    story.cards_are_read_anew().await;
    posted.card.becomes("3 of 4", SOON).await;
    assert_eq!((story.operation(&posted.id).await.state, story.acts()), (State::AwaitingApproval, 0));
    bob.joins(&story.discord.guild());
    bob.gets_role(approver);
    story.cards_are_read_anew().await;
    story.becomes(&posted.id, State::Succeeded).await;
    assert_eq!(story.acts(), 1);
    is_clean(&story).await;
}

/// 15: twenty-six people who may approve and one who may not: the page that Discord gives without being asked for more holds
/// twenty-five. Votes are of people, and the quorum is full once.
#[tokio::test]
async fn one_page_of_reactors_is_not_all_of_them() {
    let story = DiscordStory::begin_with(|policy, _| two_approvers(policy)).await;
    let posted = story.reset().await;
    story.all_is_told().await;
    story.discord.gateway().holds_events();
    for number in 0..26 {
        story.reacts(&format!("crowd-{number:02}"), &posted.card, "✅").await;
    }
    story.discord.gateway().releases(Release::Never);
    // Lists of people are ordered by their ids: they come after all of those.
    let approver = chat_role(&story.discord, Role::Approver);
    let (yves, zoe) = (story.user("yves").with_role(approver), story.user("zoe").with_role(approver));
    yves.reacts(&posted.card, "✅").await;
    let seen = posted.card.becomes("1 of 2", SOON).await;
    assert!(seen.text.contains("and 20 more"), "{}", seen.text);
    assert_eq!((story.operation(&posted.id).await.state, story.acts()), (State::AwaitingApproval, 0));
    zoe.reacts(&posted.card, "✅").await;
    story.becomes(&posted.id, State::Succeeded).await;
    assert_eq!(story.acts(), 1);
    is_clean(&story).await;
}

/// 15: somebody puts twenty emoji of their own on a card before ours stand there, and no other takes place beside them. Nobody can
/// approve by reaction then, and a command counts; nothing else is held up by it.
#[tokio::test]
async fn twenty_foreign_emoji_before_ours_leave_the_command() {
    const SEED: &str = "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me";
    let story = DiscordStory::begin().await;
    let ours = On::path("PUT", SEED);
    story.discord.holds(ours.clone());
    let answer = story.user("alice").runs(&story.ops, &reset("earliest")).await;
    let id = operation_in(&answer.text());
    let card = story.card(&id, 1).await;
    let held = |one: &Request| one.is("PUT", SEED) && one.status.is_none();
    story.discord.wait_for_request(held, SOON).await;
    for emoji in "🍎🍐🍊🍋🍌🍉🍇🍓🫐🍈🍒🍑🥭🍍🥥🥝🍅🍆🥑🥦".chars() {
        story.reacts("mallory", &card, &emoji.to_string()).await;
    }
    story.discord.lets_go(&ours);
    story.discord.wait_for_request(|one| one.is("PUT", SEED) && one.status == Some(400), SOON).await;
    story.all_is_told().await;
    assert_eq!(card.look().reactions.len(), 20);
    assert_eq!((story.operation(&id).await.state, story.acts()), (State::AwaitingApproval, 0));
    let line = format!("/approve operation:{id} digest:{}", story.plan(&id).await.digest());
    assert!(story.user("bob").runs(&story.ops, &line).await.text().contains("counts"));
    story.becomes(&id, State::Succeeded).await;
    let seen = card.becomes("Done", SOON).await;
    assert!(seen.text.contains("bob"), "{}", seen.text);
    is_clean(&story).await;
}
