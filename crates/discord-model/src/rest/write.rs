//! What all ways of writing a message share: rules, files, mentions.

use serde_json::{Value, json};

use super::call::{Call, Upload};
use super::{refuse_form, violation};
use crate::error::{self, ApiError, FormFault};
use crate::id::Id;
use crate::limits;
use crate::permissions;
use crate::rules;
use crate::world::World;
use crate::world::message::{Attachment, Message, Pings, SETTABLE};

/// Holds what is to be shown against the rules, and demands explicit `allowed_mentions`.
pub(super) fn check(world: &mut World, call: &Call, body: &Value) -> Result<(), ApiError> {
    refuse_form(world, call, rules::messages::faults(body))?;
    if rules::messages::lacks_allowed_mentions(body) {
        violation(world, call, "at /allowed_mentions: content without explicit allowed_mentions");
    }
    Ok(())
}

/// Writes a body into a message: keys that are absent leave what stands. Refuses what would show nothing.
pub(super) fn fill(world: &mut World, call: &Call, message: &mut Message, body: &Value) -> Result<(), ApiError> {
    let attachments = attachments(world, call, body, &message.attachments)?;
    message.attachments = attachments;
    if let Some(content) = body.get("content") {
        message.content = content.as_str().unwrap_or_default().to_owned();
    }
    if let Some(embeds) = body.get("embeds") {
        message.embeds = embeds.as_array().cloned().unwrap_or_default();
        message.embeds.iter_mut().for_each(|e| e["type"] = json!("rich"));
    }
    if let Some(components) = body.get("components") {
        message.components = components.as_array().cloned().unwrap_or_default();
    }
    if let Some(flags) = body["flags"].as_u64() {
        message.flags = message.flags & !SETTABLE | flags & SETTABLE;
    }
    message.mentions = pings(world, message, &body["allowed_mentions"]);
    link_embeds(world, message);
    let files = message.attachments.len();
    if rules::messages::shows_nothing(&message.content, &message.embeds, &message.components, files) {
        violation(world, call, "it would be an empty message");
        return Err(error::EMPTY_MESSAGE);
    }
    Ok(())
}

/// The attachments after this request: those kept and those uploaded.
fn attachments(
    world: &mut World,
    call: &Call,
    body: &Value,
    before: &[Attachment],
) -> Result<Vec<Attachment>, ApiError> {
    if call.files.iter().any(|f| f.bytes.len() > limits::ATTACHMENT_BYTES) {
        violation(world, call, "a file is larger than 10 MiB");
        return Err(error::TOO_LARGE);
    }
    let listed = body["attachments"].as_array();
    let is_listed = |id: &str| listed.is_none_or(|list| list.iter().any(|entry| number(&entry["id"]) == id));
    let mut after: Vec<Attachment> = before.iter().filter(|a| is_listed(&a.id.to_string())).cloned().collect();
    for file in &call.files {
        let entry = listed.into_iter().flatten().find(|e| number(&e["id"]) == file.index.to_string());
        after.push(uploaded(world.next_id(), file, entry));
    }
    let known = |id: &str| {
        call.files.iter().any(|f| f.index.to_string() == id) || before.iter().any(|a| a.id.to_string() == id)
    };
    let mut faults = Vec::new();
    for (i, entry) in listed.into_iter().flatten().enumerate() {
        if !known(&number(&entry["id"])) {
            faults.push(FormFault::new(format!("/attachments/{i}/id"), "ATTACHMENT_NOT_FOUND", "no such file"));
        }
    }
    if after.len() > limits::ATTACHMENTS {
        faults.push(FormFault::too_long("/attachments", limits::ATTACHMENTS));
    }
    refuse_form(world, call, faults)?;
    Ok(after)
}

/// An id that may be written as a number or a string.
fn number(id: &Value) -> String {
    id.as_str().map_or_else(|| id.to_string(), str::to_owned)
}

fn uploaded(id: Id, file: &Upload, entry: Option<&Value>) -> Attachment {
    let text = |key: &str| entry.and_then(|e| e[key].as_str()).map(str::to_owned);
    Attachment {
        id,
        filename: text("filename").unwrap_or_else(|| file.filename.clone()),
        description: text("description"),
        content_type: file.content_type.clone(),
        bytes: file.bytes.clone(),
    }
}

/// `attachment://name` in an embed becomes the file's address.
fn link_embeds(world: &World, message: &mut Message) {
    for embed in &mut message.embeds {
        for key in ["image", "thumbnail"] {
            let name = embed[key]["url"].as_str().and_then(|u| u.strip_prefix("attachment://"));
            let file = name.and_then(|name| message.attachments.iter().find(|a| a.filename == name));
            if let Some(file) = file {
                let url = format!("{}/attachments/{}/{}/{}", world.base_url, message.channel, file.id, file.filename);
                embed[key]["url"] = json!(url);
            }
        }
    }
}

/// Whom the content mentions, as far as `allowed_mentions` and the author's permissions let it.
fn pings(world: &World, message: &Message, allowed: &Value) -> Pings {
    let Some(channel) = world.channels.get(&message.channel) else {
        return Pings::default();
    };
    let everyone = world.permissions_in(channel, message.author) & permissions::MENTION_EVERYONE != 0;
    let parses = |kind: &str| allowed["parse"].as_array().map_or(allowed.is_null(), |p| p.iter().any(|k| k == kind));
    let lists =
        |kind: &str, id: Id| allowed[kind].as_array().is_some_and(|l| l.iter().any(|i| number(i) == id.to_string()));
    let roles = channel.guild.and_then(|g| world.guilds.get(&g)).map(|g| &g.roles);
    let mentionable = |id: &Id| roles.and_then(|r| r.get(id)).is_some_and(|r| r.mentionable || everyone);
    let mut pings = Pings::default();
    for id in tagged(&message.content, "<@").chain(tagged(&message.content, "<@!")) {
        if world.accounts.contains_key(&id) && (parses("users") || lists("users", id)) && !pings.users.contains(&id) {
            pings.users.push(id);
        }
    }
    for id in tagged(&message.content, "<@&") {
        if mentionable(&id) && (parses("roles") || lists("roles", id)) && !pings.roles.contains(&id) {
            pings.roles.push(id);
        }
    }
    let calls_all = message.content.contains("@everyone") || message.content.contains("@here");
    pings.everyone = calls_all && everyone && parses("everyone");
    pings
}

/// Ids between `open` and `>`.
fn tagged<'a>(content: &'a str, open: &'a str) -> impl Iterator<Item = Id> + 'a {
    content.match_indices(open).filter_map(move |(at, _)| {
        let rest = content.get(at + open.len()..)?;
        rest.split_once('>')?.0.parse().ok()
    })
}
