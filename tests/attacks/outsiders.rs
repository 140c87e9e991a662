//! Whoever may not see something learns nothing of it, and what is shown to somebody is not left where others read.

use super::heads::runs;
use discord_model::{Channel, Seen};
use interlock::approval::State;
use interlock::policy::{Names, Pattern, Policy, Role};
use serde_json::json;
use simulated::{GroupSpec, Trouble};
use story::discord_house::{CLUSTER, DiscordStory, GROUP, SOON, TOPIC, old_topic};

const WIDE: &str = "orders-wide";
/// There, and owned by nobody.
const HIDDEN: &str = "orderz-eu";
const HIDDEN_GROUP: &str = "billinx-eu";
/// Reasons that spreadsheets take for formulas, or that try to end the cell they stand in.
const FORMULAS: [&str; 5] = ["=cmd|'/C calc'!A0", "+1+1", "@SUM(1+1)", "\",\"=1+1\",\"", "over\",=1+1"];

/// vic sees the topics and groups of one team only, as alice does; there is one topic beyond them.
async fn partly_seen() -> DiscordStory {
    seeing(&["orders.*", "billing.*"]).await
}

/// vic sees the topics and groups that match only, as alice does.
async fn seeing(own: &[&str]) -> DiscordStory {
    let story = DiscordStory::begin_with(|policy, discord| {
        let own: Vec<Pattern> = own.iter().map(|source| Pattern::new(source).unwrap()).collect();
        let of = [Role::Viewer, Role::Operator].map(|role| story::discord_house::chat_role(discord, role).get());
        let is_theirs = |grantee: &interlock::policy::Grantee| match grantee {
            interlock::policy::Grantee::ChatRole(role) => of.contains(&role.0),
            _ => false,
        };
        for grant in policy.grants.0.iter_mut().filter(|grant| grant.to.iter().any(is_theirs)) {
            grant.reach.names = Names::Matching(own.clone());
        }
    })
    .await;
    story.kafka().add_topic(&old_topic(&HIDDEN.parse().unwrap(), 3)).unwrap();
    story.kafka().add_group(&GroupSpec::new(HIDDEN_GROUP.parse().unwrap())).unwrap();
    story.house().desk().refresh_directory().await;
    story
}

/// What somebody is answered, without what differs from request to request.
async fn told(story: &DiscordStory, who: &str, line: &str, name: &str) -> String {
    without(&story.user(who).runs(&story.ops, line).await.look(), name)
}

fn without(seen: &Seen, name: &str) -> String {
    assert!(seen.private, "{}", seen.text);
    let text = seen.text.replace(name, "NAME");
    match text.rfind("request ") {
        Some(at) => text[..at].to_owned(),
        None => text,
    }
}

/// What is asked about a topic or a group by name. Nobody sees [`HIDDEN`] nor [`HIDDEN_GROUP`] here, and of those beside them there
/// are none.
const ABOUT: [(&str, &str, &str); 14] = [
    ("/topic cluster:CLUSTER topic:NAME", HIDDEN, "orderz-uk"),
    ("/reset-offset cluster:CLUSTER group:billing-eu topic:NAME to:earliest", HIDDEN, "orderz-uk"),
    ("/reset-offset cluster:CLUSTER group:NAME topic:orders-eu to:earliest", HIDDEN_GROUP, "billinx-uk"),
    ("/group cluster:CLUSTER group:NAME", HIDDEN_GROUP, "billinx-uk"),
    ("/lag cluster:CLUSTER group:NAME", HIDDEN_GROUP, "billinx-uk"),
    ("/lag cluster:CLUSTER group:billing-eu topic:NAME", HIDDEN, "orderz-uk"),
    ("/who cluster:CLUSTER group:NAME", HIDDEN_GROUP, "billinx-uk"),
    ("/who cluster:CLUSTER topic:NAME", HIDDEN, "orderz-uk"),
    ("/topic-alter cluster:CLUSTER topic:NAME config:\"retention.ms=7d\"", HIDDEN, "orderz-uk"),
    ("/topic-delete cluster:CLUSTER topic:NAME", HIDDEN, "orderz-uk"),
    ("/expand-partitions cluster:CLUSTER topic:NAME to:24", HIDDEN, "orderz-uk"),
    ("/group-delete cluster:CLUSTER group:NAME", HIDDEN_GROUP, "billinx-uk"),
    ("/scale-out cluster:CLUSTER brokers:1 topics:NAME throttle:1GiB", HIDDEN, "orderz-uk"),
    ("/scale-out cluster:CLUSTER brokers:1 topics:orders-eu,NAME throttle:1GiB", HIDDEN, "orderz-uk"),
];

/// 26: a name that is there and beyond one's sight is like one that is not there: in answers, in what was perhaps meant, in
/// suggestions and in help. The cluster is not even asked, so that no time tells it.
#[tokio::test]
async fn a_name_beyond_ones_sight_is_like_none() {
    let story = partly_seen().await;
    for (line, hidden, nowhere) in ABOUT {
        for who in ["vic", "alice"] {
            let asks = |name: &str| line.replace("CLUSTER", CLUSTER).replace("NAME", name);
            let (there, not) = (asks(hidden), asks(nowhere));
            let (is, is_not) = (told(&story, who, &there, hidden).await, told(&story, who, &not, nowhere).await);
            assert_eq!(is, is_not, "{who}: {line}");
            assert!(!is.contains("orderz") && !is.contains("billinx"), "{who}: {is}");
            // It is answered while the cluster is down, in the same words: nobody looked.
            story.kafka().trouble(Some(Trouble::Down)).unwrap();
            assert_eq!(told(&story, who, &there, hidden).await, is, "{who}: {line}");
            story.kafka().trouble(None).unwrap();
        }
    }
    // What is typed almost right is offered from what one sees alone.
    let near = format!("/topic cluster:{CLUSTER} topic:ordersz-eu");
    for (who, all) in [("vic", false), ("bob", true)] {
        let offered = told(&story, who, &near, "ordersz-eu").await;
        assert!(offered.contains(TOPIC) && offered.contains(HIDDEN) == all, "{who}: {offered}");
    }
    // So it is of groups, and where the cluster itself says that there is none.
    let near = format!("/group cluster:{CLUSTER} group:billingx-eu");
    for (who, all) in [("vic", false), ("alice", false), ("bob", true)] {
        let offered = told(&story, who, &near, "billingx-eu").await;
        assert!(offered.contains(GROUP) && offered.contains(HIDDEN_GROUP) == all, "{who}: {offered}");
    }
    for (group, topic) in [("billingx-eu", TOPIC), (GROUP, "ordersz-eu")] {
        let near = format!("/reset-offset cluster:{CLUSTER} group:{group} topic:{topic} to:earliest");
        let offered = told(&story, "alice", &near, "nobody").await;
        assert!(!offered.contains(HIDDEN) && !offered.contains(HIDDEN_GROUP), "{offered}");
        assert!(offered.contains("Did you mean"), "{offered}");
    }
    let line = format!("/topic cluster:{CLUSTER}");
    for typed in ["", "ord", HIDDEN] {
        let choices = story.user("vic").completes(&story.ops, &line, "topic", typed).await;
        assert!(choices.iter().all(|one| !one.name.contains("orderz")), "{typed}: {choices:?}");
    }
    for line in ["/help", "/help command:topic", "/whoami", "/operations"] {
        let seen = story.user("vic").runs(&story.ops, line).await.look();
        let files = seen.files.iter().map(|file| String::from_utf8_lossy(&file.bytes).into_owned());
        let all: String = files.chain([seen.text.clone()]).collect();
        assert!(!all.contains("orderz"), "{line}: {all}");
    }
    // Who sees everything is told.
    let whole = told(&story, "bob", &format!("/topic cluster:{CLUSTER} topic:{HIDDEN}"), "nobody").await;
    assert!(whole.contains(HIDDEN), "{whole}");
    story.everything_is_read().await;
    story.discord.assert_clean();
}

/// 26: a pattern that finds what is beyond one's sight is like one that finds nothing, whatever else is wrong with the request.
#[tokio::test]
async fn a_pattern_beyond_ones_sight_is_like_one_that_finds_nothing() {
    let story = partly_seen().await;
    let (there, not) = ("orderz*", "orderq*");
    // What is there has its share on the first broker, and there is no broker 77.
    for brokers in ["1", "77"] {
        let is = told(&story, "alice", &moves(brokers, there), there).await;
        assert_eq!(is, told(&story, "alice", &moves(brokers, not), not).await, "{brokers}");
        assert!(!is.contains("orderz") && is.contains("topics of yours with topics"), "{is}");
        let whole = told(&story, "olga", &moves(brokers, there), there).await;
        assert!(whole != is, "who sees everything is told what is wrong: {whole}");
        // All of them, and the busiest, may be any.
        for word in ["all", "busiest:1", "*"] {
            assert_eq!(told(&story, "alice", &moves(brokers, word), "nobody").await, is, "{brokers}: {word}");
        }
    }
    let beyond = told(&story, "alice", &moves("1", there), there).await;
    let own = told(&story, "alice", &moves("1", "orders*"), "nobody").await;
    assert!(own != beyond, "so is she of what lies within her sight: {own}");
    story.everything_is_read().await;
    story.discord.assert_clean();

    // A finding that names no topic is told only of what lies within her sight: not the text of a pattern, but all that it finds.
    let story = seeing(&["orders-[^-]*", "billing-.*"]).await;
    story.kafka().add_topic(&old_topic(&"orders-eu-internal".parse().unwrap(), 3)).unwrap();
    story.house().desk().refresh_directory().await;
    for trouble in [None, Some(Trouble::Down)] {
        story.kafka().trouble(trouble.clone()).unwrap();
        let beyond = told(&story, "alice", &moves("77", "orderq*"), "orderq*").await;
        for word in ["orders-*", "orders-e*l", "orders-e*q"] {
            assert_eq!(told(&story, "alice", &moves("77", word), word).await, beyond, "{word}, {trouble:?}");
        }
        assert!(told(&story, "alice", &moves("77", "orders-*u"), "nobody").await != beyond, "{trouble:?}");
    }
    story.kafka().trouble(None).unwrap();
    story.everything_is_read().await;
    story.discord.assert_clean();
}

/// Nobody is asked for these moves.
fn moves(brokers: &str, topics: &str) -> String {
    format!("/scale-out cluster:{CLUSTER} brokers:{brokers} topics:{topics} throttle:1GiB dry-run:true")
}

/// Whoever sees all that a list of topics finds is told what is wrong, whether or not they would see anything that it might find.
#[tokio::test]
async fn a_list_within_ones_sight_is_told_what_is_wrong() {
    let seen: [(&[&str], &[&str]); 2] = [
        (&["orders-(eu|us)", "billing-.*"], &["orders-*", "orders-e*"]),
        (&[".*"], &["orderz*", "all", "busiest:3", "*"]),
    ];
    for (own, words) in seen {
        let story = seeing(own).await;
        for word in words {
            for trouble in [None, Some(Trouble::Down)] {
                story.kafka().trouble(trouble.clone()).unwrap();
                let is = told(&story, "alice", &moves("77", word), "nobody").await;
                assert!(!is.contains("outside of your scope"), "{own:?}, {word}, {trouble:?}: {is}");
                let whole = told(&story, "olga", &moves("77", word), "nobody").await;
                assert_eq!(is, whole, "{own:?}, {word}, {trouble:?}");
            }
            story.kafka().trouble(None).unwrap();
        }
        story.everything_is_read().await;
        story.discord.assert_clean();
    }
}

/// 26: an operation on what one does not see is like none, whatever is asked of it by its id, and whatever is tapped.
#[tokio::test]
async fn an_operation_beyond_ones_sight_is_like_none() {
    let story = partly_seen().await;
    let line = format!("/topic-alter cluster:{CLUSTER} topic:{HIDDEN} config:\"retention.ms=7d\" reason:\"disks\"");
    let posted = story.asks("olga", &line).await;
    let (hidden, nowhere) = (posted.id.as_str(), "ABCDEF");
    let digest = story.plan(&posted.id).await.digest().to_string();
    for who in ["vic", "alice"] {
        for line in [
            "/status operation:NAME",
            "/approve operation:NAME digest:DIGEST",
            "/reject operation:NAME",
            "/stop operation:NAME",
            "/pause operation:NAME",
            "/resume operation:NAME",
            "/rollback operation:NAME",
        ] {
            let asks = |id: &str| line.replace("NAME", id).replace("DIGEST", &digest);
            let is = told(&story, who, &asks(hidden), hidden).await;
            assert_eq!(is, told(&story, who, &asks(nowhere), nowhere).await, "{who}: {line}");
        }
        for button in ["details:NAME", "myvote:NAME:1"] {
            let (there, not) = (button.replace("NAME", hidden), button.replace("NAME", nowhere));
            let user = story.user(who);
            let is = user.forges_click(&posted.card, &there).answer().await.unwrap().look();
            let is_not = user.forges_click(&posted.card, &not).answer().await.unwrap().look();
            assert_eq!(without(&is, hidden), without(&is_not, nowhere), "{who}: {button}");
        }
        let listed = told(&story, who, "/operations show:open", "nobody").await;
        assert!(!listed.contains(hidden), "{who}: {listed}");
    }
    // Who sees everything is told, and nothing of all that had an effect.
    let whole = told(&story, "bob", &format!("/status operation:{hidden}"), "nobody").await;
    assert!(whole.contains(HIDDEN) && whole.contains("Waiting for approval"), "{whole}");
    let listed = told(&story, "bob", "/operations show:open", "nobody").await;
    assert!(listed.contains(hidden), "{listed}");
    assert_eq!(story.acts(), 0);
    story.everything_is_read().await;
    story.discord.assert_clean();
}

fn nobody_owns(policy: &mut Policy) {
    policy.owners.0.clear();
}

/// How many files an answer in a channel has, and whether it says that one is missing.
async fn attached(story: &DiscordStory, channel: &Channel, line: &str) -> (usize, bool) {
    let seen = story.user("vic").runs(channel, line).await.look();
    assert!(seen.private, "{line}: {}", seen.text);
    (seen.files.len(), seen.text.contains("is not attached in this channel"))
}

/// 27, 28: an answer is private everywhere. A file is downloaded and passed on: it is attached only where everybody who reads the
/// channel may see its cluster.
#[tokio::test]
async fn a_look_where_outsiders_read_has_no_attachments() {
    let story = DiscordStory::begin_with(|policy, _| nobody_owns(policy)).await;
    story.kafka().add_topic(&old_topic(&WIDE.parse().unwrap(), 30)).unwrap();
    let lounge = story.discord.channel("lounge");
    let wide = format!("/topic cluster:{CLUSTER} topic:{WIDE}");
    assert_eq!(attached(&story, &story.ops, &wide).await, (1, false));
    let before = story.discord.requests().len();
    assert_eq!(attached(&story, &lounge, &wide).await, (0, true));
    let sent = story.discord.requests()[before..].iter().filter(|one| !one.files.is_empty()).count();
    assert_eq!(sent, 0, "nothing was uploaded that is only not shown");
    // In a thread of a channel where it may be shown it is as in the channel.
    let posted = story.reset().await;
    assert_eq!(attached(&story, &posted.card.thread().unwrap(), &wide).await, (1, false));
    // What needs no file is the same everywhere.
    let lag = format!("/lag cluster:{CLUSTER} group:{GROUP} topic:{TOPIC}");
    assert_eq!(attached(&story, &lounge, &lag).await, (0, false));
    // Help is about no cluster.
    let help = story.user("vic").runs(&lounge, "/help").await.look();
    assert_eq!(help.files.len(), 1, "{}", help.text);
    // A plan is not even shown to whoever asks for it there: it would be for everybody who reads.
    let line = format!("/reset-offset cluster:{CLUSTER} group:{GROUP} topic:{TOPIC} to:latest dry-run:true");
    let refused = story.user("alice").runs(&lounge, &line).await.look();
    assert!(refused.files.is_empty() && refused.text.contains("cannot be asked in this channel"), "{}", refused.text);
    story.everything_is_read().await;
    story.discord.assert_clean();
}

/// 27, 28: so it is with the file of what has no room on a card.
#[tokio::test]
async fn what_has_no_room_is_not_attached_where_outsiders_read() {
    let story = DiscordStory::begin_with(|policy, _| nobody_owns(policy)).await;
    let lounge = story.discord.channel("lounge");
    for number in 1..=4 {
        let line = format!("/freeze cluster:{CLUSTER} for:{number}h reason:\"sale {number}\"");
        let frozen = story.user("alice").runs(&story.ops, &line).await;
        assert!(frozen.text().contains("Frozen"), "{}", frozen.text());
    }
    let health = format!("/health cluster:{CLUSTER}");
    let seen = story.user("vic").runs(&story.ops, &health).await.look();
    assert!(seen.text.contains("+ 1 more → more.txt") && !seen.text.contains("sale 1"), "{}", seen.text);
    let more = seen.file("more.txt").expect("what has no room").text();
    assert!((1..=4).all(|number| more.contains(&format!("sale {number}"))), "{more}");
    let seen = story.user("vic").runs(&lounge, &health).await.look();
    assert!(seen.text.contains("more.txt is not attached in this channel"), "{}", seen.text);
    assert!(seen.files.is_empty() && seen.text.contains("+ 1 more") && !seen.text.contains('→'), "{}", seen.text);
    story.everything_is_read().await;
    story.discord.assert_clean();
}

/// 27, 28: so it is with what a control is refused by: here a move is under way, and the cluster is down.
#[tokio::test]
async fn a_refused_control_where_outsiders_read_has_no_attachments() {
    let story = DiscordStory::begin_with(|policy, _| nobody_owns(policy)).await;
    story.kafka().add_broker(4, Some("az-d")).unwrap();
    let lounge = story.discord.channel("lounge");
    let line = format!("/scale-out cluster:{CLUSTER} brokers:4 topics:payments throttle:4MiB reason:growth");
    let posted = story.asks("alice", &line).await;
    story.reacts("bob", &posted.card, "✅").await;
    posted.card.becomes("1 of 2: bob", SOON).await;
    story.reacts("carol", &posted.card, "✅").await;
    story.becomes(&posted.id, State::Waiting).await;
    story.kafka().trouble(Some(Trouble::Down)).unwrap();
    let throttle = format!("/throttle operation:{} rate:2MiB reason:because", posted.id);
    let seen = story.user("alice").runs(&story.ops, &throttle).await.look();
    assert!(seen.private && seen.text.contains("+ 1 more → more.txt"), "{}", seen.text);
    assert!(seen.file("more.txt").is_some(), "{}", seen.text);
    let seen = story.user("alice").runs(&lounge, &throttle).await.look();
    assert!(seen.private && seen.text.contains("more.txt is not attached in this channel"), "{}", seen.text);
    assert!(seen.files.is_empty() && seen.text.contains("+ 1 more") && !seen.text.contains('→'), "{}", seen.text);
    story.kafka().trouble(None).unwrap();
    let stop = format!("/stop operation:{} reason:enough", posted.id);
    let stopped = story.user("alice").runs(&story.ops, &stop).await;
    assert!(stopped.is_private(), "{}", stopped.text());
    story.becomes(&posted.id, State::Stopped).await;
    story.everything_is_read().await;
    story.discord.assert_clean();
}

/// The settings change, and the cluster may no longer be shown where it was: not even who looked there before gets a file.
#[tokio::test]
async fn where_a_cluster_may_no_longer_be_shown_nothing_is_attached() {
    let mut story = DiscordStory::begin().await;
    story.kafka().add_topic(&old_topic(&WIDE.parse().unwrap(), 30)).unwrap();
    let wide = format!("/topic cluster:{CLUSTER} topic:{WIDE}");
    assert_eq!(attached(&story, &story.ops, &wide).await, (1, false));
    story.dies().await;
    let elsewhere = story.discord.channel("elsewhere");
    story.settings_change(|policy| {
        policy.places.channels.insert(CLUSTER.parse().unwrap(), [elsewhere.id().get()].into());
    });
    story.is_born().await;
    assert_eq!(attached(&story, &story.ops, &wide).await, (0, true));
    assert_eq!(attached(&story, &elsewhere, &wide).await, (1, false));
    story.everything_is_read().await;
    story.discord.assert_clean();
}

/// The cells of a line, as spreadsheets take them apart.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut quoted) = (vec![String::new()], false);
    let mut rest = line.chars().peekable();
    while let Some(character) = rest.next() {
        let last = cells.last_mut().unwrap();
        match character {
            '"' if quoted && rest.peek() == Some(&'"') => last.extend(rest.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            other => last.push(other),
        }
    }
    cells
}

/// 28: what people write is no formula where the exported log is opened as a spreadsheet, and no cell of its own.
#[tokio::test]
async fn no_reason_is_a_formula_in_the_exported_log() {
    let story = DiscordStory::begin().await;
    let text = |name: &str, value: &str| json!({"name": name, "type": 3, "value": value});
    for reason in FORMULAS {
        let of = [("cluster", CLUSTER), ("group", GROUP), ("topic", TOPIC), ("to", "earliest"), ("reason", reason)];
        let options = json!(of.map(|(name, value)| text(name, value)));
        let answer = story.user("alice").forces(&story.ops, "reset-offset", &options).answer().await.unwrap();
        assert!(answer.text().contains("is posted"), "{reason}: {}", answer.text());
    }
    story.all_is_told().await;
    let said = runs(&story, &["audit", "export", "--format", "csv"]).await;
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    let log = String::from_utf8(said.stdout).unwrap();
    let lines: Vec<Vec<String>> = log.split_terminator("\r\n").map(cells).collect();
    assert!(lines.iter().all(|line| line.len() == 10), "{log}");
    let is_formula = |cell: &&String| cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    assert_eq!(lines.iter().flatten().filter(is_formula).count(), 0, "{log}");
    for reason in FORMULAS {
        let written = json!(reason).to_string();
        assert!(lines.iter().any(|line| line[8].contains(&written)), "{written} is not in: {log}");
    }
    story.everything_is_read().await;
    story.discord.assert_clean();
}
