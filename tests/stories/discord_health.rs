//! What the health port and `signalbox check` tell of Discord, by the program itself.

use super::command_line::Home;
use super::crash::database;
use discord_model::{Discord, Fault, On, Options, permissions};
use std::time::{Duration, Instant};

const SOON: Duration = Duration::from_secs(120);
const COMMANDS: &str = "/applications/{application_id}/guilds/{guild_id}/commands";

fn home(discord: &Discord, channel: u64) -> Home {
    home_with(discord, channel, "")
}

fn home_with(discord: &Discord, channel: u64, more: &str) -> Home {
    let mut home = Home::new(&format!(
        r#"
[discord]
token = "env:TOKEN"
application = {}
guilds = [{}]
api_base = "{}"
{more}
[[cluster]]
name = "orders-kafka"
kind = "kafka"
tier = "production"
simulated = true
channels = [{channel}]
"#,
        discord.application_id().get(),
        discord.guild().id().get(),
        discord.base_url()
    ));
    home.token = discord.bot_token();
    home
}

/// Waits until what a path tells holds this; it always answers 200.
async fn tells(home: &Home, path: &str, wanted: &str) -> String {
    let began = Instant::now();
    loop {
        let (status, body) = home.get(path).await.unwrap();
        assert_eq!(status, 200, "the console works without the gateway: {body}");
        if body.contains(wanted) {
            return body;
        }
        assert!(began.elapsed() < SOON, "{wanted} in {body}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_gateway_that_comes_and_goes_is_a_field_of_its_own() {
    let discord = Discord::start(Options::default()).await.unwrap();
    discord.fails_once(On::path("PUT", COMMANDS), Fault::Status(503));
    let home = home(&discord, discord.channel("ops").id().get());
    let _bot = home.bot().await;
    tells(&home, "/readyz", r#"{"store":true,"gateway":true,"refused":false}"#).await;
    tells(&home, "/metrics", "signalbox_gateway_up 1").await;
    tells(&home, "/metrics", "signalbox_chat_errors_total{kind=\"unknown\"} 1").await;
    discord.gateway().goes_down();
    tells(&home, "/readyz", r#"{"store":true,"gateway":false,"refused":false}"#).await;
    tells(&home, "/metrics", "signalbox_gateway_up 0").await;
}

/// Discord refuses what it is asked 500 times: nobody in it can be told, so health and metrics tell it. Whoever asks after that
/// is not answered, for each answer is one refusal more.
#[tokio::test]
async fn after_too_many_refusals_nothing_is_asked_and_operators_are_told_elsewhere() {
    const CALLBACK: &str = "/interactions/{interaction_id}/{interaction_token}/callback";
    let discord = Discord::start(Options::default()).await.unwrap();
    let ops = discord.channel("ops");
    let home = home(&discord, ops.id().get());
    let _bot = home.bot().await;
    tells(&home, "/readyz", r#""gateway":true"#).await;
    discord.wait_for_request(|one| one.is("PUT", COMMANDS) && one.status == Some(200), SOON).await;
    discord.fails_always(On::path("POST", CALLBACK), Fault::Status(403));
    let refused = || discord.requests().iter().filter(|one| one.is("POST", CALLBACK)).count();
    let began = Instant::now();
    // A few at a time: one that is not answered in time is no refusal.
    for round in 1..=49 {
        for _ in 0..10 {
            _ = discord.user("alice").starts(&ops, "/whoami");
        }
        while refused() < 10 * round {
            assert!(began.elapsed() < SOON, "{} are refused", refused());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
    tells(&home, "/readyz", r#""refused":false"#).await;
    let began = Instant::now();
    while !tells(&home, "/readyz", "refused").await.contains(r#""refused":true"#) {
        assert!(began.elapsed() < SOON && refused() < 600, "after {} refusals", refused());
        _ = discord.user("alice").starts(&ops, "/whoami");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(refused() >= 500, "{} are no flood", refused());
    tells(&home, "/metrics", "signalbox_chat_refused 1").await;
    discord.works_again();
    let before = discord.requests().len();
    for _ in 0..3 {
        _ = discord.user("alice").starts(&ops, "/whoami");
    }
    // Long enough for the three to be answered, if they were.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let asked = discord.requests().len() - before;
    assert_eq!(asked, 0, "{:?}", discord.requests().last());
}

#[tokio::test]
async fn check_asks_discord_beside_the_running_bot() {
    let discord = Discord::start(Options::default()).await.unwrap();
    let channel = discord.channel("ops").id().get();
    let home = home(&discord, channel);
    let _bot = home.bot().await;
    tells(&home, "/readyz", r#""gateway":true"#).await;
    let identified = discord.gateway().identifies();
    let checked = home.runs(&["check"], "").await;
    let well = format!("ok   channel {channel}: every permission");
    assert!(checked.status.success() && checked.out.contains(&well), "{}{}", checked.out, checked.err);
    assert!(checked.out.contains("ok   discord: no dangerous permission"), "{}", checked.out);
    assert_eq!(discord.gateway().identifies(), identified, "it opens no gateway of its own");
    discord.fails_always(On::path("GET", "/channels/{channel_id}"), Fault::Status(404));
    let checked = home.runs(&["check"], "").await;
    assert!(!checked.status.success() && checked.out.contains(&format!("FAIL channel {channel}: ")), "{}", checked.out);
}

/// Where operators are told what cannot be told elsewhere, and where heads of the audit log are posted, is looked at like every
/// channel.
#[tokio::test]
async fn check_looks_at_the_channels_of_operators_and_of_heads_too() {
    let discord = Discord::start(Options::default()).await.unwrap();
    let (ops, guild) = (discord.channel("ops").id().get(), discord.guild());
    let (quiet, news) = (discord.channel("quiet"), guild.announcement_channel("news"));
    quiet.overwrites_role(guild.id(), 0, permissions::SEND_MESSAGES);
    let elsewhere = discord.new_guild("elsewhere").text_channel("general");
    let found = [
        (discord.channel("own"), Ok("every permission")),
        (quiet, Err("missing: SEND_MESSAGES")),
        (news, Err("not an ordinary text channel")),
        (elsewhere, Err("in a guild that the settings do not name")),
    ];
    for key in ["operators_channel", "audit_channel"] {
        for (channel, says) in &found {
            let channel = channel.id().get();
            let home = home_with(&discord, ops, &format!("{key} = {channel}"));
            let checked = home.runs(&["check"], "").await;
            assert!(checked.out.contains(&format!("ok   channel {ops}: ")), "{key}: {}", checked.out);
            let (mark, words) = match says {
                Ok(words) => ("ok  ", words),
                Err(words) => ("FAIL", words),
            };
            let line = format!("{mark} channel {channel}: {words}");
            assert!(checked.out.contains(&line), "{key}: {line} in {}", checked.out);
            assert_eq!(checked.status.success(), says.is_ok(), "{key}: {}", checked.out);
        }
    }
}

/// Discord rings a role that is named only where everybody may mention it, or where the bot has a permission that it must not
/// have.
#[tokio::test]
async fn check_names_roles_of_owners_that_nobody_is_called_by() {
    let discord = Discord::start(Options::default()).await.unwrap();
    let (ops, guild) = (discord.channel("ops").id().get(), discord.guild());
    let (loud, silent) = (guild.new_role("payments", 0), guild.new_role("audit", 0));
    guild.role_is_mentionable(loud, true);
    for (role, mark, words) in [
        (loud, "ok  ", "roles of owners that can be called: 1".to_owned()),
        (silent, "FAIL", format!("roles of owners that nobody is called by: {silent};")),
    ] {
        let home = home(&discord, ops);
        let owner = format!("[[owner]]\nnames = [\"orders\"]\nchat_roles = [{}]\n", role.get());
        let settings = std::fs::read_to_string(home.file("signalbox.toml")).unwrap();
        std::fs::write(home.file("signalbox.toml"), settings + &owner).unwrap();
        let checked = home.runs(&["check"], "").await;
        let line = format!("{mark} owners: {words}");
        assert!(checked.out.contains(&line), "{line} in {}{}", checked.out, checked.err);
        assert_eq!(checked.status.success(), mark == "ok  ", "{}", checked.out);
    }
}

async fn checked_with(discord: &Discord, grants: &str) -> (bool, String) {
    let home = home(discord, discord.channel("ops").id().get());
    let settings = std::fs::read_to_string(home.file("signalbox.toml")).unwrap();
    std::fs::write(home.file("signalbox.toml"), settings + grants).unwrap();
    let checked = home.runs(&["check"], "").await;
    (checked.status.success(), checked.out)
}

fn granted(role: &str, to: u64) -> String {
    format!("[[grant]]\nrole = \"{role}\"\nchat_roles = [{to}]\nclusters = [\"orders-kafka\"]\n")
}

/// 9: a role that anybody can have is nobody's approval. What a bot hands out for a reaction looks like any other role.
#[tokio::test]
async fn check_names_roles_that_decide_and_that_anybody_may_come_by() {
    let discord = Discord::start(Options::default()).await.unwrap();
    let guild = discord.guild();
    let (given, taken, managed) = (guild.new_role("given", 0), guild.new_role("taken", 0), guild.new_role("linked", 0));
    guild.role_is_in_onboarding(taken, true);
    guild.role_is_managed(managed, true);
    for (to, how) in [(taken, "members take it themselves in the onboarding"), (managed, "an integration gives it")] {
        for role in ["approver", "on-call"] {
            let (is_well, told) = checked_with(&discord, &granted(role, to.get())).await;
            let line = format!("FAIL roles that decide: anybody may come by: {to} ({how});");
            assert!(!is_well && told.contains(&line), "{line} in {told}");
        }
        let (is_well, told) = checked_with(&discord, &granted("viewer", to.get())).await;
        assert!(is_well && !told.contains("roles that decide"), "{told}");
    }
    let (is_well, told) = checked_with(&discord, &granted("approver", given.get())).await;
    assert!(is_well && told.contains("ok   roles that decide: "), "{told}");
    assert!(!told.contains("roles of approvers"), "nobody may break the glass: {told}");
    // Where somebody may, approvers who are skipped must hear of it.
    let both = granted("approver", given.get()) + &granted("on-call", given.get());
    let (is_well, told) = checked_with(&discord, &both).await;
    let line = format!("FAIL approvers: roles of approvers that nobody is called by: {given};");
    assert!(!is_well && told.contains(&line), "{line} in {told}");
    guild.role_is_mentionable(given, true);
    let (is_well, told) = checked_with(&discord, &both).await;
    assert!(is_well && told.contains("ok   approvers: roles of approvers that can be called: 1"), "{told}");
}

/// Where several processes can have the store, nobody knows from here whether one has Discord already.
#[tokio::test]
async fn a_console_does_not_start_a_second_bot_that_would_take_discord() {
    let discord = Discord::start(Options::default()).await.unwrap();
    let home = home(&discord, discord.channel("ops").id().get());
    home.is_kept_in(&database().await);
    let said = home.runs(&["console"], "/whoami\n").await;
    assert!(!said.status.success() && said.err.contains("only one may have Discord"), "{}{}", said.out, said.err);
    assert!(home.get("/readyz").await.is_none());
    assert_eq!((discord.gateway().identifies(), discord.requests().len()), (0, 0), "nothing was started");
    // Started as it says, it is joined.
    let _bot = home.bot().await;
    let joined = home.runs(&["console"], "/whoami\n").await;
    assert!(joined.status.success() && joined.out.contains("alice"), "{}{}", joined.out, joined.err);
}
