//! Who did something, and where.

use super::super::gateway::Opened;
use super::super::limiter::Route;
use super::super::messages::id;
use crate::chat::Stranger;
use interlock::principal::{Account, ChatRole, Place, Principal};
use serenity::all::{
    ChannelId, ChannelType, CommandInteraction, ComponentInteraction, GuildId, Member, ModalInteraction,
    PartialChannel, User,
};
use std::collections::BTreeSet;

/// What an interaction tells about its sender.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    guild: Option<u64>,
    channel: u64,
    /// What the channel is; some servers do not tell.
    told: Option<Told>,
    user: u64,
    is_bot: bool,
    /// Roles of this moment; none outside of a guild.
    roles: Option<BTreeSet<ChatRole>>,
}

/// What is told of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    Channel,
    ThreadOf(u64),
}

impl Origin {
    pub(super) fn of_command(command: &CommandInteraction) -> Self {
        let of = (command.guild_id, command.channel_id, command.channel.as_ref());
        Self::of(of, &command.user, command.member.as_deref())
    }

    pub(super) fn of_component(click: &ComponentInteraction) -> Self {
        Self::of((click.guild_id, click.channel_id, click.channel.as_ref()), &click.user, click.member.as_ref())
    }

    pub(super) fn of_modal(modal: &ModalInteraction) -> Self {
        Self::of((modal.guild_id, modal.channel_id, modal.channel.as_ref()), &modal.user, modal.member.as_ref())
    }

    fn of(place: (Option<GuildId>, ChannelId, Option<&PartialChannel>), user: &User, member: Option<&Member>) -> Self {
        let (guild, channel, shown) = place;
        Self {
            guild: guild.map(|guild| guild.get()),
            channel: channel.get(),
            told: told(shown),
            user: user.id.get(),
            is_bot: user.bot,
            roles: member.map(|member| member.roles.iter().map(|role| ChatRole(role.get())).collect()),
        }
    }

    /// Whose it is.
    pub(super) fn user(&self) -> u64 {
        self.user
    }

    /// The place, as far as the interaction itself tells it.
    pub(super) fn place_as_told(&self) -> Option<Place> {
        let guild = self.guild?;
        Some(match self.told {
            Some(Told::ThreadOf(parent)) => Place::Discord { guild, channel: parent, thread: Some(self.channel) },
            Some(Told::Channel) | None => Place::Discord { guild, channel: self.channel, thread: None },
        })
    }
}

fn told(channel: Option<&PartialChannel>) -> Option<Told> {
    let channel = channel?;
    match channel.kind {
        ChannelType::PublicThread | ChannelType::PrivateThread | ChannelType::NewsThread => {
            channel.parent_id.map(|parent| Told::ThreadOf(parent.get()))
        }
        _ => Some(Told::Channel),
    }
}

impl Opened {
    /// The principal behind an interaction, or why it is not served.
    pub(super) fn admit(&self, origin: &Origin) -> Result<Principal, Stranger> {
        let guild = origin.guild.ok_or(Stranger::DirectMessage)?;
        if !self.discord.guilds.contains(&guild) {
            return Err(Stranger::ForeignGuild);
        }
        if origin.is_bot {
            return Err(Stranger::Bot);
        }
        let chat_roles = origin.roles.clone().ok_or(Stranger::Unreadable)?;
        let account = Account::Discord(origin.user);
        Ok(Principal { account, person: self.discord.persons.person(account), chat_roles })
    }

    /// The place; asked for where the interaction does not tell whether it is a thread. A channel that cannot be asked for
    /// is taken as one of its own, which no settings name.
    pub(super) async fn place(&self, origin: &Origin) -> Place {
        let told = match origin.told {
            Some(told) => Some(told),
            None => self.ask_channel(origin.channel).await,
        };
        let origin = Origin { told, ..origin.clone() };
        origin.place_as_told().unwrap_or(Place::Discord { guild: 0, channel: origin.channel, thread: None })
    }

    async fn ask_channel(&self, channel: u64) -> Option<Told> {
        let route = Route { template: "GET /channels/{}", about: channel };
        let shown = self.discord.get(format!("/channels/{channel}"), route).await.ok()?;
        match shown["type"].as_u64()? {
            10..=12 => id(&shown["parent_id"]).map(Told::ThreadOf),
            _ => Some(Told::Channel),
        }
    }
}
