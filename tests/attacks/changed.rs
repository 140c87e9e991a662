//! Plans that are changed by those who may not, to what they may not, or so that they could approve them.

use discord_model::{Message, Modal};
use interlock::approval::State;
use interlock::cluster::Tier;
use interlock::id::OperationId;
use interlock::plan::Effect;
use interlock::policy::{Grant, Grantee, Names, Pattern, Policy, Reach, Role};
use interlock::principal::Account;
use serde_json::{Value, json};
use signalbox::chat::{Clicked, Door, MessageRef};
use signalbox::desk::Done;
use simulated::demo;
use story::discord_house::{CLUSTER, DiscordStory, GROUP, Posted, SOON, TOPIC, chat_role, old_topic};

/// carol, at the machine of the bot.
const CAROL: u32 = 503;
/// There, and beyond alice's sight.
const HIDDEN: &str = "orderz-eu";

fn line(to: &str) -> String {
    format!("/reset-offset group:{GROUP} to:{to} cluster:{CLUSTER} topic:{TOPIC}")
}

fn two_approvers(policy: &mut Policy) {
    policy.seats.demand(Tier::Production, Effect::Reversible, 2).unwrap();
}

async fn is_clean(story: &DiscordStory) {
    story.everything_is_read().await;
    story.discord.assert_clean();
}

async fn form_of(story: &DiscordStory, who: &str, card: &Message) -> Modal {
    story.user(who).presses(card, "Change").await.modal()
}

/// A form of this id, sent with this line.
fn sent(id: &str, line: &str) -> Value {
    json!({"custom_id": id, "components": [{"type": 1, "components": [
        {"type": 4, "custom_id": "text", "value": line}
    ]}]})
}

/// Nothing came of it: the plan that was posted is the one that counts, with its votes.
async fn stands(story: &DiscordStory, posted: &Posted, votes: &str) {
    let now = story.operation(&posted.id).await;
    assert_eq!((now.state, now.revision, story.acts()), (State::AwaitingApproval, 1, 0));
    posted.card.becomes(votes, SOON).await;
}

/// 13: who changed the plan has asked for it, with every account of theirs, and so has who asked first.
#[tokio::test]
async fn who_changed_the_plan_does_not_approve_it() {
    let story = DiscordStory::begin_with(|policy, discord| {
        two_approvers(policy);
        let carol = "carol".parse().unwrap();
        policy.people.add(&carol, Account::System(CAROL)).unwrap();
        let to = [Grantee::Person(carol)].into();
        policy.grants.0.push(Grant { role: Role::Approver, to, reach: Reach::everywhere() });
        discord.user("carol").gets_role(chat_role(discord, Role::Operator));
    })
    .await;
    let posted = story.reset().await;
    // As long as she has changed nothing she is an approver like any other.
    story.reacts("carol", &posted.card, "✅").await;
    posted.card.becomes("1 of 2: carol", SOON).await;
    let form = form_of(&story, "carol", &posted.card).await;
    story.user("carol").submits(&form, &[("text", &line("latest"))]).await;
    let newer = story.card(&posted.id, 2).await;
    newer.until(|seen| !seen.reacted("❌").is_empty(), SOON).await;
    let old = posted.card.becomes("Replaced by a newer plan", SOON).await;
    assert!(old.text.contains("asked by: alice → alice, carol"), "{}", old.text);

    for who in ["carol", "alice", "bob"] {
        story.reacts(who, &newer, "✅").await;
    }
    let stands = |seen: &discord_model::Seen| {
        let uncounted = ["alice", "carol"].map(|who| seen.text.contains(&format!("{who} (asked for it)")));
        seen.text.contains("1 of 2: bob") && uncounted == [true, true]
    };
    newer.until(stands, SOON).await;
    let approve = format!("/approve operation:{} digest:{}", posted.id, story.plan(&posted.id).await.digest());
    let said = story.user("carol").runs(&story.ops, &approve).await.text();
    assert!(said.contains("asked for it"), "{said}");
    let done = story.at_the_console(CAROL, &approve).await.done;
    assert!(matches!(&done, Done::Denied(denied) if denied.id == "asked-for-it"), "{done:?}");
    let now = story.operation(&posted.id).await;
    assert_eq!((now.state, now.revision, story.acts()), (State::AwaitingApproval, 2, 0));

    let zoe = story.user("zoe").with_role(chat_role(&story.discord, Role::Approver));
    zoe.reacts(&newer, "✅").await;
    story.becomes(&posted.id, State::Succeeded).await;
    assert_eq!(story.committed().await, [100, 100, 100], "it is her plan that is carried out");
    is_clean(&story).await;
}

/// 31: the button shows nothing to who may not change the plan, and a form is worth what the person is who sends it.
#[tokio::test]
async fn a_form_of_somebody_else_or_of_another_plan_changes_nothing() {
    let story = DiscordStory::begin_with(|policy, _| two_approvers(policy)).await;
    let posted = story.reset().await;
    let other = story.asks("alice", &line("offset:7")).await;
    story.reacts("bob", &posted.card, "✅").await;
    posted.card.becomes("1 of 2: bob", SOON).await;
    for (who, said) in [("mallory", "no operation"), ("vic", "operator"), ("bob", "operator")] {
        let answer = story.user(who).presses(&posted.card, "Change").await;
        let text = answer.text();
        assert!(answer.is_private() && text.contains(said) && !text.contains("earliest"), "{who}: {text}");
    }
    let form = form_of(&story, "alice", &posted.card).await;
    let (digest, of_other) = (story.plan(&posted.id).await.digest(), story.plan(&other.id).await.digest());
    let (own, changed) = (form.custom_id.clone(), line("latest"));
    let nowhere: OperationId = "AAAAAA".parse().unwrap();
    for (who, id, line, said) in [
        ("mallory", own.clone(), &changed, "no operation"),
        ("vic", own.clone(), &changed, "operator"),
        ("bob", own.clone(), &changed, "operator"),
        ("alice", format!("change:{}:{of_other}", posted.id), &changed, "another plan"),
        ("alice", format!("change:{}:{digest}", other.id), &changed, "another plan"),
        ("alice", format!("change:{nowhere}:{digest}"), &changed, "no operation AAAAAA"),
        ("alice", format!("change:{}:{}", posted.id, &digest.to_string()[..12]), &changed, "button"),
        ("alice", own.clone(), &String::new(), "Nothing was typed"),
        ("alice", own.clone(), &"reset it".to_owned(), "begin with a slash"),
        ("alice", own.clone(), &"/reset-offset group:\"".to_owned(), "quotation mark"),
        ("alice", own.clone(), &format!("/lag group:{GROUP} cluster:{CLUSTER}"), "came of /reset-offset"),
        ("alice", own.clone(), &format!("/stop operation:{}", posted.id), "came of /reset-offset"),
        ("alice", own.clone(), &changed.replace(CLUSTER, demo::STAGING), "stays there"),
        ("alice", own.clone(), &changed.replace(CLUSTER, "secret-kafka"), "no cluster secret-kafka"),
        ("alice", own.clone(), &changed.replace(GROUP, "no-such-group"), "no consumer group"),
    ] {
        let answer = story.user(who).forges_submit(&form, sent(&id, line)).answer().await.unwrap();
        assert!(answer.is_private() && answer.text().contains(said), "{who} sends {id} with {line}: {}", answer.text());
    }
    // What is only tried is only shown.
    let tried = story.user("alice").submits(&form, &[("text", &format!("{changed} dry-run:true"))]).await;
    assert!(tried.is_private() && tried.text().contains("Dry run"), "{}", tried.text());
    stands(&story, &posted, "1 of 2: bob").await;
    assert_eq!(story.operation(&other.id).await.revision, 1);
    // Who may, may.
    let answer = story.user("alice").submits(&form, &[("text", &changed)]).await;
    assert!(answer.text().contains("planned as you changed it"), "{}", answer.text());
    let newer = story.card(&posted.id, 2).await;
    newer.until(|seen| !seen.reacted("❌").is_empty(), SOON).await;
    is_clean(&story).await;
}

/// 26: what is beyond the sight of who changes a plan is like what is not there; and a plan that touches it is none of theirs.
#[tokio::test]
async fn a_plan_is_not_changed_to_what_one_may_not_see() {
    let story = DiscordStory::begin_with(|policy, discord| {
        two_approvers(policy);
        let operators = Grantee::ChatRole(interlock::principal::ChatRole(chat_role(discord, Role::Operator).get()));
        let own = ["orders.*", "billing.*"].map(|source| Pattern::new(source).unwrap());
        for grant in policy.grants.0.iter_mut().filter(|grant| grant.to.contains(&operators)) {
            grant.reach.names = Names::Matching(own.to_vec());
        }
        let to = [Grantee::Person("olga".parse().unwrap())].into();
        policy.grants.0.push(Grant { role: Role::Operator, to, reach: Reach::everywhere() });
    })
    .await;
    story.kafka().add_topic(&old_topic(&HIDDEN.parse().unwrap(), 3)).unwrap();
    story.house().desk().refresh_directory().await;
    let posted = story.reset().await;
    let form = form_of(&story, "alice", &posted.card).await;
    let mut told = Vec::new();
    for name in [HIDDEN, "orderz-uk"] {
        let answer = story.user("alice").submits(&form, &[("text", &line("latest").replace(TOPIC, name))]).await;
        assert!(answer.is_private(), "{}", answer.text());
        let text = answer.text().replace(name, "NAME");
        told.push(text.split("request").next().unwrap().to_owned());
    }
    assert_eq!(told[0], told[1]);
    stands(&story, &posted, "(0 so far)").await;
    // Who sees more changes it to more; from then on alice sees nothing of it.
    let form = form_of(&story, "olga", &posted.card).await;
    let wider = format!("{} new-group:true", line("latest").replace(TOPIC, HIDDEN)).replace(GROUP, "billing-new");
    let answer = story.user("olga").submits(&form, &[("text", &wider)]).await;
    assert!(answer.text().contains("planned as you changed it"), "{}", answer.text());
    let newer = story.card(&posted.id, 2).await;
    newer.until(|seen| !seen.reacted("❌").is_empty(), SOON).await;
    let answer = story.user("alice").presses(&newer, "Change").await;
    assert!(answer.is_private() && answer.text().contains("no operation"), "{}", answer.text());
    is_clean(&story).await;
}

/// A form that could not be opened in time is told of, and nothing is done.
#[tokio::test]
async fn a_form_that_did_not_open_is_asked_for_once_more() {
    let story = DiscordStory::begin().await;
    let posted = story.reset().await;
    let alice = story.user("alice").id().get();
    let rooms = story.house().rooms();
    let operator = chat_role(&story.discord, Role::Operator).get();
    let roles = [interlock::principal::ChatRole(operator)].into();
    let clicked = Clicked {
        id: form_of(&story, "alice", &posted.card).await.custom_id,
        message: MessageRef { channel: story.ops.id().get(), message: posted.card.id().get() },
        principal: rooms.policy.people.principal(Account::Discord(alice), roles),
        place: story.operation(&posted.id).await.place,
        locale: "en-US".to_owned(),
        at: rooms.clock.now(),
    };
    let card = story.house().door().clicked(clicked).await;
    let text: Vec<String> = card.headline.iter().map(|line| line.plain_text()).collect();
    assert!(text.join(" ").contains("could not be opened in time"), "{text:?}");
    stands(&story, &posted, "(0 so far)").await;
    is_clean(&story).await;
}
