//! Names and reasons that try to be more than text.

use interlock::cluster::kafka::Committed;
use simulated::GroupSpec;
use story::discord_house::{CLUSTER, DiscordStory, SOON, old_topic};

/// What Kafka takes as the id of a group.
const GROUPS: [&str; 7] = [
    "@everyone",
    "<@&1>`**bold**` ||x||",
    "[click](https://evil.example)",
    "</approve:1> <t:0:R>",
    "账单-مجموعة-биллинг",
    "bill\u{202e}gni",
    "```\n# heading\n> quote",
];

async fn asked_with(story: &DiscordStory, group: &str, reason: &str) {
    let quoted = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
    let options = serde_json::json!([
        {"name": "cluster", "type": 3, "value": CLUSTER}, {"name": "group", "type": 3, "value": group},
        {"name": "topic", "type": 3, "value": "orders-eu"}, {"name": "to", "type": 3, "value": "earliest"},
        {"name": "reason", "type": 3, "value": reason},
    ]);
    let answer = story.user("alice").forces(&story.ops, "reset-offset", &options).answer().await.unwrap();
    assert!(answer.is_private(), "{}", quoted(group));
    answer.message().read();
}

/// Renders as text: nobody is called, and no markup of the name's own survives.
fn is_literal(text: &str) {
    for forbidden in
        ["@everyone", "@here", "<@&1>", "**bold**", "](https://evil", "</approve:1>", "<t:0:R>", "\u{202e}"]
    {
        assert!(!text.contains(forbidden), "{forbidden} is alive in: {text}");
    }
    assert!(!text.lines().any(|line| line.starts_with("# ") || line.starts_with("> ")), "{text}");
}

#[tokio::test]
async fn names_of_others_are_shown_literally_and_call_nobody() {
    let story = DiscordStory::begin().await;
    let topic: interlock::id::TopicName = "orders-eu".parse().unwrap();
    let mut shown = 0;
    for group in GROUPS {
        if let Ok(id) = group.parse::<interlock::id::GroupId>() {
            let spec = GroupSpec::new(id).committed(topic.clone(), 0, Committed::plain(7));
            story.kafka().add_group(&spec).unwrap();
            shown += 1;
        }
        asked_with(&story, group, "@everyone **now** <@&1> [x](https://evil.example)").await;
    }
    assert!(shown >= 5, "the names are ones that Kafka takes");
    story.all_is_told().await;
    let messages: Vec<_> = story.ops.bot_messages();
    let mut cards = 0;
    for message in &messages {
        let seen = message.look();
        is_literal(&seen.text);
        assert!(seen.notified_users.is_empty() && seen.notified_roles.is_empty() && !seen.notified_everyone);
        assert!(seen.content.encode_utf16().count() <= 2_000);
        cards += usize::from(!seen.private);
        if let Some(thread) = message.thread() {
            is_literal(&thread.name());
            thread.bot_messages().iter().for_each(|one| is_literal(&one.text()));
        }
    }
    assert_eq!(cards, shown, "each of them became a card");
    story.discord.assert_clean();
}

#[tokio::test]
async fn a_name_of_three_hundred_characters_is_refused_or_fits() {
    let story = DiscordStory::begin().await;
    let longest = "x".repeat(249);
    let topic: interlock::id::TopicName = longest.parse().unwrap();
    story.kafka().add_topic(&old_topic(&topic, 1)).unwrap();
    story.kafka().produce(&topic, 0, 5).unwrap();
    let group = GroupSpec::new("g".repeat(249).parse().unwrap()).committed(topic, 0, Committed::plain(3));
    story.kafka().add_group(&group).unwrap();
    let line = format!("/reset-offset cluster:{CLUSTER} group:{} topic:{longest} to:earliest", "g".repeat(249));
    let posted = story.asks("alice", &line).await;
    let words = posted.card.look().file("plan.txt").unwrap().text();
    let unwrapped: String = words.split_whitespace().collect();
    assert!(unwrapped.contains(&longest), "the whole name is in the plan: {words}");
    story.reacts("bob", &posted.card, "✅").await;
    posted.card.becomes("Done", SOON).await;
    story.thread_of(&posted.card).await;
    asked_with(&story, &"y".repeat(300), "none").await;
    let many = "\n".repeat(4_096);
    asked_with(&story, "billing-eu", &many).await;
    story.all_is_told().await;
    for message in story.ops.bot_messages() {
        assert!(message.look().text.lines().count() < 60);
        if let Some(thread) = message.thread() {
            thread.bot_messages().iter().for_each(discord_model::Message::read);
        }
    }
    story.discord.assert_clean();
}

/// What no server lets through as a name of ours, in each place where a name is asked for.
#[tokio::test]
async fn hostile_text_in_any_option_is_answered_literally_and_changes_nothing() {
    let story = DiscordStory::begin().await;
    let long = "z".repeat(300);
    let texts =
        ["@everyone", "<@&1>`**bold**`", "[x](https://evil.example)", "订单-заказы-طلبات", "or\u{202e}ders", &long];
    let whole = [("cluster", CLUSTER), ("group", "billing-eu"), ("topic", "orders-eu"), ("to", "earliest")];
    for text in texts {
        for place in ["cluster", "topic", "to", "partitions", "wait-for-stop"] {
            let mut options: Vec<(&str, &str)> = whole.iter().filter(|(name, _)| *name != place).copied().collect();
            options.push((place, text));
            let options: Vec<_> = options
                .into_iter()
                .map(|(name, value)| serde_json::json!({"name": name, "type": 3, "value": value}))
                .collect();
            let asked = story.user("alice").forces(&story.ops, "reset-offset", &options.into());
            let seen = asked.answer().await.unwrap().look();
            assert!(seen.private && seen.text.contains(' '), "{place}: {}", seen.text);
            is_literal(&seen.text);
            assert!(!seen.text.contains(&long), "{place}: it is cut: {}", seen.text);
        }
        let option = serde_json::json!([{"name": "operation", "type": 3, "value": text}]);
        for command in ["status", "approve", "stop", "rollback"] {
            let seen = story.user("alice").forces(&story.ops, command, &option).answer().await.unwrap().look();
            assert!(seen.private && seen.text.contains(' '), "{command}: {}", seen.text);
            is_literal(&seen.text);
        }
    }
    story.all_is_told().await;
    assert_eq!((story.ops.threads().len(), story.acts()), (0, 0));
    story.discord.assert_clean();
}
