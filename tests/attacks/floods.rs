//! Who asks without end: what waits of one person has a limit, and nobody else is held up by it.

use interlock::approval::State;
use interlock::policy::Role;
use story::discord_house::{CLUSTER, DiscordStory, GROUP, SOON, TOPIC, chat_role, operation_in, reset};

const MOST: usize = 3;

async fn limited() -> DiscordStory {
    DiscordStory::begin_set(|_, times, _| times.open_plans = MOST).await
}

fn cards(story: &DiscordStory) -> usize {
    let is_card = |seen: &discord_model::Seen| !seen.private && seen.file("plan.json").is_some();
    story.ops.bot_messages().into_iter().filter(|one| is_card(&one.peek())).count()
}

/// 32: somebody who may ask does so without end. Plans beyond the limit are refused, in words, to them alone.
#[tokio::test]
async fn so_many_plans_of_one_person_wait_and_no_more() {
    let story = limited().await;
    // One that has run counts no more.
    let first = story.reset().await;
    story.reacts("bob", &first.card, "✅").await;
    story.becomes(&first.id, State::Succeeded).await;
    first.card.becomes("Done", SOON).await;

    let mut waiting = Vec::new();
    for to in ["latest", "offset:7", "offset:8"] {
        waiting.push(story.asks("alice", &reset(to)).await);
    }
    for (locale, said) in [("en-US", "3 plans of yours are waiting"), ("zh-CN", "您已有 3 个计划在等待")] {
        let refused = story.user("alice").speaking(locale).runs(&story.ops, &reset("offset:9")).await.look();
        assert!(refused.private && refused.text.contains(said), "{}", refused.text);
    }
    let alice = story.user("alice").speaking("en-US");
    let dry = alice.runs(&story.ops, &format!("{} dry-run:true", reset("offset:9"))).await.look();
    assert!(dry.text.contains("Dry run"), "what is not posted holds nobody up: {}", dry.text);
    story.all_is_told().await;
    assert_eq!(cards(&story), 1 + MOST);

    // The way back of what has run is not shut, but it is asked for once.
    let back = format!("/rollback operation:{}", first.id);
    let posted = alice.runs(&story.ops, &back).await.look();
    assert!(posted.text.contains("is posted"), "{}", posted.text);
    let again = alice.runs(&story.ops, &back).await.look();
    assert!(again.text.contains("plans of yours"), "{}", again.text);

    // Somebody else is not held up, and one that is taken back makes room for one.
    let zoe = story.user("zoe").with_role(chat_role(&story.discord, Role::Operator));
    let others = zoe.runs(&story.ops, &reset("offset:10")).await.look();
    assert!(others.text.contains("is posted"), "{}", others.text);
    for posted in &waiting[..2] {
        story.user("alice").runs(&story.ops, &format!("/stop operation:{}", posted.id)).await.message().read();
        story.becomes(&posted.id, State::Cancelled).await;
    }
    story.asks("alice", &reset("offset:11")).await;
    story.everything_is_read().await;
    story.discord.assert_clean();
}

/// All at once: each of them finds the others, however fast they come.
#[tokio::test]
async fn a_burst_of_requests_leaves_no_more_plans_than_one_after_the_other() {
    let story = limited().await;
    let alice = story.user("alice");
    let line = |to: usize| format!("/reset-offset cluster:{CLUSTER} group:{GROUP} topic:{TOPIC} to:offset:{to}");
    let asked: Vec<_> = (1..=8).map(|to| alice.starts(&story.ops, &line(to))).collect();
    let mut said = Vec::new();
    for one in asked {
        said.push(one.answer().await.unwrap().look().text);
    }
    let posted: Vec<_> = said.iter().filter(|text| text.contains("is posted")).collect();
    let refused = said.iter().filter(|text| text.contains("3 plans of yours")).count();
    assert_eq!((posted.len(), refused), (MOST, said.len() - MOST), "{said:#?}");
    story.all_is_told().await;
    assert_eq!(cards(&story), MOST);
    for text in posted {
        assert_eq!(story.operation(&operation_in(text)).await.state, State::AwaitingApproval);
    }
    story.everything_is_read().await;
    story.discord.assert_clean();
}
