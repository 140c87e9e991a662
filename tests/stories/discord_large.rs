//! A plan too large for a message as it is goes compressed, and its digest can be checked all the same.

use interlock::id::TopicName;
use interlock::plan::Digest;
use simulated::TopicSpec;
use std::io::Read;
use std::time::{Duration, Instant};
use story::discord_house::{DiscordStory, operation_in};

/// Of so many partitions with three replicas on three brokers a fourth one gets a copy of three quarters. Their name is long.
const PARTITIONS: u32 = 14_000;
/// Without optimization the texts of so many moves take a while.
const PATIENT: Duration = Duration::from_secs(300);

/// What alice is told in the end.
async fn answered(story: &DiscordStory, line: &str) -> String {
    let asked = story.user("alice").starts(&story.ops, line);
    let began = Instant::now();
    loop {
        match asked.clone().answer().await {
            Ok(answer) => return answer.text(),
            Err(silence) => assert!(began.elapsed() < PATIENT, "{line}: {silence}"),
        }
    }
}

#[tokio::test]
async fn a_plan_of_many_moves_is_attached_whole() {
    let story = DiscordStory::begin().await;
    let kafka = story.kafka();
    let name: TopicName = format!("many-{}", "x".repeat(200)).parse().expect("a name");
    kafka.add_topic(&TopicSpec::new(name, PARTITIONS)).expect("a topic");
    kafka.add_broker(4, Some("az-d")).expect("a new broker");
    let line = "/scale-out cluster:orders-kafka brokers:4 topics:many* throttle:100MiB reason:growth";
    let id = operation_in(&answered(&story, line).await);
    let card = story.ops.wait_for(|seen| seen.file("plan.json.gz").is_some(), PATIENT).await;
    let seen = card.look();
    let plan = story.plan(&id).await;
    assert!(plan.bytes().len() > 10 << 20, "{} bytes are not too large", plan.bytes().len());
    assert!(seen.file("plan.json").is_none(), "it does not fit as it is");
    let packed = seen.file("plan.json.gz").expect("the plan for machines");
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(&packed.bytes[..]).read_to_end(&mut bytes).expect("gzip");
    assert_eq!(Digest::of(&bytes), plan.digest(), "whoever unpacks it can check what is voted on");
    assert!(seen.text.contains("plan.json.gz"), "that is said: {}", seen.text);
    for name in ["plan.txt", "reassignment.json", "rollback.json", "by-hand.md"] {
        let is_there = |name: &str| seen.file(name).is_some();
        assert!(is_there(name) || is_there(&format!("{name}.gz")), "{name}: {}", seen.text);
    }
    story.discord.assert_clean();
}
