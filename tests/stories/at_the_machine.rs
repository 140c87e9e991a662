//! People who have accounts on the bot's machine as well, for when Discord is down.

use discord_model::Discord;
use interlock::id::PersonId;
use interlock::policy::{Grant, Grantee, Policy, Reach, Role};
use interlock::principal::{Account, Place};
use signalbox::desk::{Done, Times};
use story::discord_house::DiscordStory;

/// alice, bob and olga at the machine of the bot.
const AT_THE_MACHINE: [(&str, u32, Role); 3] =
    [("alice", 501, Role::Operator), ("bob", 502, Role::Approver), ("olga", 503, Role::OnCall)];

/// People have accounts on the machine as well; operators are told in a channel of their own.
pub(crate) fn with_a_console(policy: &mut Policy, times: &mut Times, discord: &Discord) {
    for (name, uid, role) in AT_THE_MACHINE {
        let person: PersonId = name.parse().unwrap();
        policy.people.add(&person, Account::System(uid)).unwrap();
        policy.grants.0.push(Grant { role, to: [Grantee::Person(person)].into(), reach: Reach::everywhere() });
    }
    let channel = discord.channel("bridge").id().get();
    times.operators = Some(Place::Discord { guild: discord.guild().id().get(), channel, thread: None });
}

pub(crate) async fn at_the_console(story: &DiscordStory, who: &str, line: &str) -> Done {
    let uid = AT_THE_MACHINE.iter().find(|(name, _, _)| *name == who).unwrap().1;
    story.at_the_console(uid, line).await.done
}
