//! What people type, and what nobody may ask: each gets an answer, in time and privately.

use discord_model::{Seen, User};
use interlock::approval::State;
use interlock::command::Catalogue;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use story::discord_house::{CLUSTER, DiscordStory, GROUP, SOON, TOPIC, reset};

fn names(choices: &[discord_model::Choice]) -> Vec<&str> {
    choices.iter().map(|one| one.name.as_str()).collect()
}

/// What is offered to whoever types on: what is not found within a moment is not offered the first time.
async fn offered(
    story: &DiscordStory,
    who: &str,
    line: &str,
    (option, typed): (&str, &str),
) -> Vec<discord_model::Choice> {
    let began = Instant::now();
    loop {
        let found = story.user(who).completes(&story.ops, line, option, typed).await;
        if !found.is_empty() || began.elapsed() > SOON {
            return found;
        }
    }
}

#[tokio::test]
async fn names_complete_from_memory_and_only_within_sight() {
    let story = DiscordStory::begin().await;
    // The cluster is not asked: it may be down.
    story.kafka().trouble(Some(simulated::Trouble::Down)).unwrap();
    let line = format!("/reset-offset cluster:{CLUSTER}");
    let groups = offered(&story, "alice", &line, ("group", "billing-e")).await;
    assert_eq!(names(&groups), [GROUP]);
    let topics = offered(&story, "alice", &line, ("topic", "orders-")).await;
    assert!(names(&topics).contains(&TOPIC), "{topics:?}");
    let clusters = offered(&story, "vic", "/health", ("cluster", "orders")).await;
    assert_eq!(names(&clusters), [CLUSTER]);
    for (option, typed) in [("group", "billing"), ("topic", "orders"), ("cluster", "o")] {
        let seen = story.user("mallory").completes(&story.ops, "/reset-offset", option, typed).await;
        assert!(seen.is_empty(), "mallory is shown {seen:?}");
    }
    story.discord.assert_clean();
}

#[tokio::test]
async fn the_registered_commands_are_the_catalogue_in_both_languages() {
    let story = DiscordStory::begin().await;
    let put = "/applications/{application_id}/guilds/{guild_id}/commands";
    let requests = story.discord.requests();
    let registered: Vec<_> = requests.iter().filter(|one| one.is("PUT", put)).collect();
    assert_eq!(registered.len(), 1, "registered once");
    let commands = registered[0].body.as_array().unwrap();
    let catalogue = Catalogue::built_in().unwrap();
    assert_eq!(commands.len(), catalogue.iter().count());
    for command in catalogue.iter() {
        let shown = commands.iter().find(|one| one["name"] == *command.name).unwrap();
        assert_eq!(shown["description"], command.description.get("en-US"));
        assert_eq!(shown["description_localizations"]["zh-CN"], command.description.get("zh-CN"));
        let options = shown["options"].as_array().unwrap();
        let names: Vec<&Value> = options.iter().map(|one| &one["name"]).collect();
        assert_eq!(
            names,
            command.options.iter().map(|one| json!(one.name)).collect::<Vec<_>>().iter().collect::<Vec<_>>()
        );
        for (shown, option) in options.iter().zip(&command.options) {
            assert_eq!(shown["required"], option.required, "{} {}", command.name, option.name);
            assert_eq!(shown["description_localizations"]["zh-CN"], option.description.get("zh-CN"));
        }
    }
}

#[tokio::test]
async fn a_restart_does_not_register_the_same_commands_again() {
    let mut story = DiscordStory::begin().await;
    story.dies().await;
    story.is_born().await;
    let answer = story.user("vic").runs(&story.ops, "/whoami").await;
    assert!(answer.text().contains("vic"), "{}", answer.text());
    let put = |one: &&discord_model::Request| one.method == "PUT" && one.template.ends_with("/commands");
    assert_eq!(story.discord.requests().iter().filter(put).count(), 1);
    story.discord.assert_clean();
}

/// The private answer, which must be in words.
async fn answer(user: &User, channel: &discord_model::Channel, line: &str) -> Seen {
    let answer = user.runs(channel, line).await;
    let seen = answer.look();
    assert!(seen.private && !seen.thinking, "{line}: {}", seen.text);
    assert!(seen.text.contains(' '), "{line} is answered by a key: {}", seen.text);
    seen
}

#[tokio::test]
async fn mistakes_are_answered_with_what_was_perhaps_meant() {
    let story = DiscordStory::begin().await;
    let alice = story.user("alice");
    let line = |rest: &str| format!("/reset-offset cluster:{CLUSTER} {rest}");
    for (typed, said) in [
        (line("group:billing-eu topic:orders-ue to:earliest"), TOPIC),
        (line("group:billing-ue to:earliest"), "billing-"),
        (line("group:billing-ue topic:orders-eu to:earliest"), "billing-eu"),
        (line("group:billing-ue topic:orders-eu to:earliest"), "new-group:true"),
        (line("group:billing-eu topic:orders-eu to:yesteryear"), "yesteryear"),
        (line("group:billing-eu topic:orders-eu to:2999-01-01T00:00Z"), "future"),
        (line("group:billing-eu topic:orders-eu to:60"), "offset:60"),
        ("/reset-offset cluster:nowhere group:a topic:b to:earliest".to_owned(), "no cluster"),
        ("/status operation:ABCDEF".to_owned(), "no operation"),
        ("/status operation:abc".to_owned(), "six letters"),
        (line("group:billing topic:orders to:earliest"), "Not now"),
    ] {
        let seen = answer(&alice, &story.ops, &typed).await;
        assert!(seen.text.contains(said), "{typed}: {}", seen.text);
    }
    story.all_is_told().await;
    assert_eq!(story.ops.threads().len(), 0, "nothing came of any of them");
    story.discord.assert_clean();
}

/// What a refusal offers to be tapped leads on; where it has to be typed what is meant, nothing is offered.
#[tokio::test]
async fn the_next_step_of_a_refusal_is_one_tap_away() {
    let story = DiscordStory::begin().await;
    let posted = story.reset().await;
    story.reacts("bob", &posted.card, "✅").await;
    story.becomes(&posted.id, State::Succeeded).await;
    story.all_is_told().await;
    let (id, digest) = (posted.id.as_str(), story.plan(&posted.id).await.digest());
    for (who, line, label, told) in [
        ("carol", format!("/approve operation:{id} digest:{digest}"), "Details", "Asked by alice"),
        ("alice", "/status operation:abc".to_owned(), "Operations", id),
        ("alice", "/status operation:ABCDEF".to_owned(), "Operations", id),
        ("alice", "/reset-offset cluster:nowhere group:a topic:b to:earliest".to_owned(), "Clusters", CLUSTER),
    ] {
        let user = story.user(who);
        let refused = user.runs(&story.ops, &line).await;
        let seen = refused.look();
        assert!(seen.private && !seen.text.contains(told), "{line}: {}", seen.text);
        let labels: Vec<String> = seen.buttons().into_iter().map(|button| button.label).collect();
        assert_eq!(labels, [label], "{line}");
        let next = user.presses(&refused.message(), label).await.look();
        assert!(next.private && next.text.contains(told), "{line}, [{label}]: {}", next.text);
    }
    let typed = format!("/reset-offset cluster:{CLUSTER} group:{GROUP} topic:{TOPIC} to:yesteryear");
    let refused = answer(&story.user("alice"), &story.ops, &typed).await;
    assert!(refused.text.contains("yesteryear") && refused.buttons().is_empty(), "{:?}", refused.buttons());
    story.everything_is_read().await;
    story.discord.assert_clean();
}

#[tokio::test]
async fn what_a_client_would_not_send_is_answered_too() {
    let story = DiscordStory::begin().await;
    let alice = story.user("alice");
    let text = |name: &str, value: &str| json!({"name": name, "type": 3, "value": value});
    for (command, options, said) in [
        ("reset-offset", json!([text("group", GROUP), text("cluster", CLUSTER)]), "missing"),
        ("reset-offset", json!([text("grupo", GROUP), text("to", "earliest"), text("cluster", CLUSTER)]), "no option"),
        (
            "reset-offset",
            json!([{"name": "group", "type": 4, "value": 5}, text("to", "earliest"), text("cluster", CLUSTER)]),
            "group",
        ),
        (
            "reset-offset",
            json!([{"name": "group", "type": 10, "value": 0.5}, text("to", "earliest"), text("cluster", CLUSTER)]),
            "form I can read",
        ),
        ("no-such-command", json!([]), "no command"),
    ] {
        let answer = alice.forces(&story.ops, command, &options).answer().await.unwrap();
        let seen = answer.look();
        assert!(seen.private && seen.text.contains(said), "{command} {options}: {}", seen.text);
    }
    // An option of a type that did not exist when this was built is a bad request, never an absent option.
    let unknown = json!([
        text("group", GROUP), text("to", "earliest"), text("cluster", CLUSTER),
        {"name": "dry-run", "type": 99, "value": true},
    ]);
    let answer = alice.forces(&story.ops, "reset-offset", &unknown).answer().await.unwrap();
    assert!(answer.is_private());
    assert!(answer.text().contains("form I can read") || answer.text().contains("client sent"), "{}", answer.text());
    // Buttons that nobody made.
    let mine = alice.runs(&story.ops, "/whoami").await;
    for (forged, said) in [
        ("details:ABCDEF", "no operation"),
        ("myvote:", " "),
        ("approve:ABCDEF", "That button does nothing"),
        ("🙂", "That button does nothing"),
        ("details:<@1>", "not the id of an operation"),
    ] {
        let answer = story.user("vic").says(&story.ops, "hello").await;
        let answer = alice.forges_click(&answer, forged).answer().await.unwrap();
        let seen = answer.look();
        assert!(seen.private && seen.text.contains(said), "{forged}: {}", seen.text);
    }
    mine.message().read();
    story.all_is_told().await;
    assert_eq!((story.ops.threads().len(), story.acts()), (0, 0));
    story.discord.assert_clean();
}

#[tokio::test]
async fn strangers_are_turned_away_with_words() {
    let story = DiscordStory::begin().await;
    let options = json!([
        {"name": "group", "type": 3, "value": GROUP}, {"name": "topic", "type": 3, "value": TOPIC},
        {"name": "to", "type": 3, "value": "earliest"}, {"name": "cluster", "type": 3, "value": CLUSTER},
    ]);
    let alice = story.user("alice");
    let abroad = story.discord.new_guild("abroad");
    alice.joins(&abroad);
    for (who, channel, said) in [
        (alice.clone(), alice.direct_messages(), "direct messages"),
        (alice.clone(), abroad.text_channel("ops"), "this server"),
        (story.discord.other_bot("helper"), story.ops.clone(), "bots"),
        (story.user("mallory"), story.ops.clone(), "no role"),
        (story.user("vic"), story.ops.clone(), "operator"),
        (alice.clone(), story.discord.channel("lounge"), "this channel"),
    ] {
        let answer = who.forces(&channel, "reset-offset", &options).answer().await.unwrap();
        let seen = answer.look();
        assert!(seen.private && seen.text.contains(said), "{said}: {}", seen.text);
        assert!(!seen.text.contains(GROUP), "names are not repeated to strangers: {}", seen.text);
    }
    // A look tells mallory nothing either, and no name of ours.
    for line in ["/clusters", "/operations", &format!("/health cluster:{CLUSTER}"), "/help"] {
        let answer = story.user("mallory").runs(&story.ops, line).await;
        let seen = answer.look();
        assert!(
            seen.private && !seen.text.contains(TOPIC) && !seen.text.contains("reset the"),
            "{line}: {}",
            seen.text
        );
    }
    story.all_is_told().await;
    assert_eq!((story.ops.threads().len(), story.acts()), (0, 0));
    story.discord.assert_clean();
}

#[tokio::test]
async fn private_answers_are_in_the_language_of_the_person() {
    let story = DiscordStory::begin().await;
    let answer = story.user("mallory").speaking("zh-CN").runs(&story.ops, &reset("earliest")).await;
    let chinese = |text: &str| text.chars().any(|one| ('\u{4e00}'..='\u{9fff}').contains(&one));
    assert!(chinese(&answer.text()), "{}", answer.text());
    let help = story.user("vic").speaking("zh-CN").runs(&story.ops, "/help").await;
    assert!(chinese(&help.text()), "{}", help.text());
    story.discord.assert_clean();
}

/// Whatever the cluster does: Discord hears of a command long before the cluster answers, and the person of what came of it.
#[tokio::test]
async fn commands_are_deferred_in_time_while_their_cluster_does_not_answer() {
    // Less than the eight seconds that a look waits. That three are kept is tested where nothing else is at work.
    let story = DiscordStory::begin_prompt(Duration::from_secs(7)).await;
    // Longer than any look takes; and a look takes longer than Discord waits.
    story.kafka().trouble(Some(simulated::Trouble::Slow(30_000))).unwrap();
    let lines = [
        format!("/topic cluster:{CLUSTER} topic:{TOPIC}"),
        format!("/group cluster:{CLUSTER} group:{GROUP}"),
        format!("/lag cluster:{CLUSTER} group:{GROUP} topic:{TOPIC}"),
        format!("/health cluster:{CLUSTER}"),
        reset("earliest"),
    ];
    let asked: Vec<_> = lines.iter().map(|line| story.user("alice").starts(&story.ops, line)).collect();
    for (line, asked) in lines.iter().zip(&asked) {
        assert_eq!(asked.is_acknowledged().await, Ok(()), "{line}");
    }
    for (line, asked) in lines.iter().zip(asked) {
        let answer = asked.answer().await.unwrap();
        assert!(answer.is_private() && answer.text().contains("no answer in time"), "{line}: {}", answer.text());
    }
    assert!(story.ops.bot_messages().iter().all(|one| one.peek().private), "nothing is planned");
    assert_eq!(story.acts(), 0);
    story.discord.assert_clean();
}
