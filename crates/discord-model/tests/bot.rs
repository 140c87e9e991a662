//! A small bot on the real serenity.

use std::sync::Arc;

use discord_model::Discord;
use serenity::all::{
    ActionRowComponent, AutocompleteChoice, Command, CommandInteraction, CommandOptionType, ComponentInteraction,
    Context, CreateActionRow, CreateAllowedMentions, CreateAttachment, CreateAutocompleteResponse, CreateButton,
    CreateCommand, CreateCommandOption, CreateEmbed, CreateInputText, CreateInteractionResponse,
    CreateInteractionResponseFollowup, CreateInteractionResponseMessage, CreateMessage, CreateModal, CreateThread,
    EditInteractionResponse, EventHandler, GatewayIntents, GuildId, HttpBuilder, InputTextStyle, Interaction,
    ModalInteraction, Nonce, Reaction, ReactionType, Ready, ShardManager,
};

use crate::support::SOON;

/// A running bot; ends with the test.
pub(crate) struct Bot {
    pub(crate) http: Arc<serenity::http::Http>,
    shards: Arc<ShardManager>,
    running: tokio::task::JoinHandle<()>,
}

impl Bot {
    /// Starts it and waits until it is ready.
    pub(crate) async fn start(discord: &Discord) -> Self {
        let http = HttpBuilder::new(discord.bot_token()).proxy(discord.base_url()).ratelimiter_disabled(true).build();
        let intents = GatewayIntents::GUILDS | GatewayIntents::GUILD_MESSAGES | GatewayIntents::GUILD_MESSAGE_REACTIONS;
        let handler = Handler { guild: GuildId::new(discord.guild().id().get()) };
        let mut client =
            serenity::client::ClientBuilder::new_with_http(http, intents).event_handler(handler).await.unwrap();
        let (http, shards) = (Arc::clone(&client.http), Arc::clone(&client.shard_manager));
        let running = tokio::spawn(async move {
            if let Err(error) = client.start().await {
                tracing::warn!(%error, "the bot ended");
            }
        });
        discord.gateway().is_ready(SOON).await;
        let commands = "/applications/{application_id}/guilds/{guild_id}/commands";
        discord.wait_for_request(|r| r.is("PUT", commands) && r.status == Some(200), SOON).await;
        Self { http, shards, running }
    }

    /// Stops it as a shutdown does.
    pub(crate) async fn stop(self) {
        self.shards.shutdown_all().await;
        self.running.await.unwrap();
    }
}

struct Handler {
    guild: GuildId,
}

fn quiet() -> CreateAllowedMentions {
    CreateAllowedMentions::new()
}

#[serenity::async_trait]
impl EventHandler for Handler {
    async fn ready(&self, context: Context, _: Ready) {
        let group = CreateCommandOption::new(CommandOptionType::String, "group", "The group")
            .required(true)
            .set_autocomplete(true);
        let dry = CreateCommandOption::new(CommandOptionType::Boolean, "dry-run", "Only show");
        let plan = CreateCommand::new("plan")
            .description("Make a plan")
            .description_localized("zh-CN", "制定计划")
            .add_option(group)
            .add_option(dry);
        let sleep = CreateCommand::new("sleep").description("Say nothing");
        let commands = vec![plan, sleep];
        self.guild.set_commands(&context.http, commands).await.unwrap();
    }

    async fn interaction_create(&self, context: Context, interaction: Interaction) {
        match interaction {
            Interaction::Command(command) if command.data.name == "plan" => {
                plan(&context, &command).await;
            }
            Interaction::Autocomplete(typing) => complete(&context, &typing).await,
            Interaction::Component(click) => clicked(&context, &click).await,
            Interaction::Modal(modal) => submitted(&context, &modal).await,
            _ => {}
        }
    }

    async fn reaction_add(&self, context: Context, reaction: Reaction) {
        if reaction.user_id == Some(context.http.get_current_user().await.unwrap().id) {
            return;
        }
        let text = format!("vote of <@{}>: {}", reaction.user_id.unwrap(), reaction.emoji);
        let message = CreateMessage::new().content(text).allowed_mentions(quiet());
        reaction.channel_id.send_message(&context.http, message).await.unwrap();
    }
}

/// Defers privately, posts a card with a file and a button, seeds it, opens a thread, answers.
async fn plan(context: &Context, command: &CommandInteraction) {
    let private = CreateInteractionResponseMessage::new().ephemeral(true);
    command.create_response(&context.http, CreateInteractionResponse::Defer(private)).await.unwrap();
    let group = command.data.options[0].value.as_str().unwrap().to_owned();
    let card = CreateMessage::new()
        .content(format!("Waiting for approval: {group}"))
        .embed(CreateEmbed::new().title("Checks").field("passed", "14", true))
        .components(vec![CreateActionRow::Buttons(vec![CreateButton::new("reject").label("Reject…")])])
        .add_file(CreateAttachment::bytes("the plan", "plan.txt").description("the plan in words"))
        .nonce(Nonce::String(format!("plan-{group}")))
        .enforce_nonce(true)
        .allowed_mentions(quiet());
    let card = command.channel_id.send_message(&context.http, card).await.unwrap();
    card.react(&context.http, ReactionType::Unicode("✅".to_owned())).await.unwrap();
    let thread = CreateThread::new(group);
    command.channel_id.create_thread_from_message(&context.http, card.id, thread).await.unwrap();
    let answer = EditInteractionResponse::new().content("Posted.").allowed_mentions(quiet());
    command.edit_response(&context.http, answer).await.unwrap();
    let more = CreateInteractionResponseFollowup::new().content("One more.").ephemeral(true).allowed_mentions(quiet());
    command.create_followup(&context.http, more).await.unwrap();
}

async fn complete(context: &Context, typing: &CommandInteraction) {
    let typed = typing.data.autocomplete().unwrap().value.to_owned();
    let choice = AutocompleteChoice::new(format!("{typed}ing"), format!("{typed}ing"));
    let response = CreateAutocompleteResponse::new().set_choices(vec![choice]);
    typing.create_response(&context.http, CreateInteractionResponse::Autocomplete(response)).await.unwrap();
}

async fn clicked(context: &Context, click: &ComponentInteraction) {
    let reason = CreateInputText::new(InputTextStyle::Paragraph, "Why", "reason").min_length(3);
    let modal = CreateModal::new("why", "Reject").components(vec![CreateActionRow::InputText(reason)]);
    click.create_response(&context.http, CreateInteractionResponse::Modal(modal)).await.unwrap();
}

async fn submitted(context: &Context, modal: &ModalInteraction) {
    let ActionRowComponent::InputText(input) = &modal.data.components[0].components[0] else {
        return;
    };
    let text = format!("Rejected: {}", input.value.clone().unwrap());
    let update = CreateInteractionResponseMessage::new().content(text).components(vec![]).allowed_mentions(quiet());
    modal.create_response(&context.http, CreateInteractionResponse::UpdateMessage(update)).await.unwrap();
}

/// The registered commands as serenity reads them back.
pub(crate) async fn commands(bot: &Bot, discord: &Discord) -> Vec<Command> {
    let guild = GuildId::new(discord.guild().id().get());
    guild.get_commands_with_localizations(&bot.http).await.unwrap()
}
