//! Whose ✅ it is, how often it came and went, and who took it off: what stands there when it is read counts, of people, once.

use discord_model::gateway::Release;
use discord_model::{Fault, On, permissions};
use interlock::approval::State;
use interlock::cluster::Tier;
use interlock::cluster::kafka::Committed;
use interlock::id::{GroupId, PersonId};
use interlock::plan::Effect;
use interlock::policy::{Grant, Grantee, Policy, Reach, Role};
use interlock::principal::{Account, ChatRole};
use signalbox::desk::Done;
use simulated::{GroupSpec, Member};
use std::time::Duration;
use story::discord_house::{CLUSTER, DiscordStory, SOON, TOPIC, chat_role};

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
    let group: GroupId = "billing-live".parse().unwrap();
    let spec = GroupSpec::new(group.clone()).reading(TOPIC.parse().unwrap(), 3_600);
    story.kafka().add_group(&spec.committed(TOPIC.parse().unwrap(), 0, Committed::plain(50))).unwrap();
    story.kafka().join(&group, Member::new("live-1", "/10.0.9.1")).unwrap();
    // It needs two approvers, and an owner: the application has to stop.
    let line = format!("/reset-offset cluster:{CLUSTER} group:{group} topic:{TOPIC} to:earliest wait-for-stop:6h");
    let posted = story.asks("alice", &line).await;
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
