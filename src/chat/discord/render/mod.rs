//! [`Card`] → Discord's message JSON and files.

mod attachments;
mod escape;
mod line;
mod says;
mod table;

pub(super) use attachments::Upload;
pub(super) use says::{is_marker, marker, says, will_say};

use super::limits::{
    BUTTON_ID, BUTTON_LABEL, BUTTONS_PER_ROW, CONTENT, DESCRIPTION, EMBED_TOTAL, FOOTER, ROWS, shortened, units,
};
use crate::text::{Block, Button, Card, Line, Mention, Tone};
use attachments::Attached;
use line::{Markup, markup, needs_markup, plain};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Says that there is more in the attachment; in no language.
const MORE: &str = "… → more.txt";
/// Says that there is more, where nothing is attached.
const LESS: &str = "…";
/// Room for [`MORE`] and a marker.
const RESERVE: usize = 80;
/// Most that one message calls: with the longest ids they fit beside a headline; Discord takes 100 of each kind. All of them
/// stand in the file with the rest.
const MOST_CALLED: usize = 50;

/// A message ready to be sent.
#[derive(Debug)]
pub(super) struct Rendered {
    /// `content`, `embeds`, `components`, `allowed_mentions`.
    pub(super) message: Value,
    /// Its files, in their order.
    pub(super) uploads: Vec<Upload>,
}

/// A card as a message; with a marker, if it is one that may have to be found again.
pub(super) fn render(card: &Card, marker: Option<&str>) -> Rendered {
    let content = content(card);
    let description = description(card);
    let more = (!card.is_bare && (content.cut || description.cut)).then(|| whole(card));
    let Attached { uploads, left_out } = attachments::attach(&card.files, more);
    let mut drawn = Drawn { content: content.text, description: description.text, footer: String::new() };
    drawn.end(card);
    drawn.add(&left_out);
    drawn.mark(marker);
    let message = json!({
        "content": drawn.content,
        "embeds": drawn.embeds(card.tone),
        "components": components(&card.buttons),
        "allowed_mentions": allowed_mentions(called(card)),
    });
    Rendered { message, uploads }
}

/// The texts of a message.
struct Drawn {
    content: String,
    description: String,
    footer: String,
}

impl Drawn {
    /// The last line: a footer, or small print at the end of the description where it names accounts, which a footer shows as
    /// mere numbers.
    fn end(&mut self, card: &Card) {
        let Some(line) = card.footer.as_ref().filter(|line| needs_markup(line)) else {
            self.footer = footer(card);
            return;
        };
        let small = format!("-# {}", markup(line).text);
        if units(&self.description) + units(&small) + RESERVE > DESCRIPTION {
            self.footer = footer(card);
            return;
        }
        if !self.description.is_empty() {
            self.description.push('\n');
        }
        self.description.push_str(&small);
    }

    /// Adds lines about files that could not be attached.
    fn add(&mut self, lines: &[String]) {
        for line in lines {
            if units(&self.description) + units(line) < DESCRIPTION {
                self.description.push('\n');
                self.description.push_str(line);
            }
        }
    }

    fn has_embed(&self) -> bool {
        !self.description.is_empty() || !self.footer.is_empty()
    }

    fn mark(&mut self, marker: Option<&str>) {
        match marker {
            Some(marker) if self.has_embed() => self.footer = says::footer_with(&self.footer, marker),
            Some(marker) => self.content = says::content_with(&self.content, marker),
            None => {}
        }
    }

    fn embeds(&self, tone: Tone) -> Value {
        if !self.has_embed() {
            return json!([]);
        }
        let mut embed = json!({"color": colour(tone)});
        if !self.description.is_empty() {
            embed["description"] = json!(self.description);
        }
        if !self.footer.is_empty() {
            embed["footer"] = json!({"text": self.footer});
        }
        json!([embed])
    }
}

fn colour(tone: Tone) -> u32 {
    match tone {
        Tone::Neutral => 0x0080_848E,
        Tone::Waiting => 0x0058_65F2,
        Tone::Running => 0x0000_A8FC,
        Tone::Good => 0x0023_A559,
        Tone::Warning => 0x00F0_B232,
        Tone::Bad => 0x00F2_3F43,
    }
}

/// Who is called by a message.
fn called(card: &Card) -> &[Mention] {
    &card.mentions[..card.mentions.len().min(MOST_CALLED)]
}

/// The headline, and below it who is called. Never empty: Discord refuses a message that shows nothing.
fn content(card: &Card) -> Markup {
    let lines: Vec<Markup> = card.headline.iter().map(markup).collect();
    let calls: Vec<String> = called(card).iter().map(mention).collect();
    let calls = calls.join(" ");
    let mut content = fitted(&lines, CONTENT - RESERVE - units(&calls) - 1, rest(card));
    content.cut |= called(card).len() < card.mentions.len();
    if !calls.is_empty() && !content.text.is_empty() {
        content.text.push('\n');
    }
    content.text.push_str(&calls);
    if content.text.trim().is_empty() && card.body.is_empty() {
        content.text = "…".to_owned();
    }
    content
}

fn mention(mention: &Mention) -> String {
    match mention {
        Mention::Role(id) => format!("<@&{id}>"),
        Mention::User(id) => format!("<@{id}>"),
    }
}

fn description(card: &Card) -> Markup {
    let blocks: Vec<Markup> = card.body.iter().map(block).collect();
    fitted(&blocks, DESCRIPTION - RESERVE, rest(card))
}

/// What stands in the place of what does not fit.
fn rest(card: &Card) -> &'static str {
    if card.is_bare { LESS } else { MORE }
}

fn block(block: &Block) -> Markup {
    match block {
        Block::Line(line) => markup(line),
        Block::Heading(line) => {
            let heading = markup(line);
            Markup { text: format!("### {}", heading.text), ..heading }
        }
        Block::Table(table) => {
            let mut shown = table::block(table);
            if let Some(more) = &table.more {
                shown.text.push('\n');
                shown.text.push_str(&markup(more).text);
            }
            shown
        }
    }
}

/// Whole lines while they fit, then where the rest is.
fn fitted(lines: &[Markup], most: usize, rest: &str) -> Markup {
    let mut fitted = Markup::default();
    let mut used = 0;
    for (at, line) in lines.iter().enumerate() {
        used += units(&line.text) + 1;
        if used > most {
            fitted.cut = true;
            break;
        }
        if at > 0 {
            fitted.text.push('\n');
        }
        fitted.text.push_str(&line.text);
        fitted.cut |= line.cut;
    }
    if fitted.cut {
        fitted.text.push('\n');
        fitted.text.push_str(rest);
    }
    fitted
}

/// The footer, which knows no markup.
fn footer(card: &Card) -> String {
    // Description and footer together stay below the sum over the embed.
    const LEFT: usize = EMBED_TOTAL - DESCRIPTION;
    const MOST: usize = if FOOTER < LEFT { FOOTER } else { LEFT };
    card.footer.as_ref().map(|line| shortened(&plain(line), MOST - RESERVE)).unwrap_or_default()
}

/// All that a card says, as plain text.
fn whole(card: &Card) -> String {
    let mut lines: Vec<String> = card.headline.iter().map(plain).collect();
    lines.extend(card.mentions.iter().map(mention));
    lines.push(String::new());
    lines.extend(card.body.iter().map(|block| match block {
        Block::Line(line) => plain(line),
        Block::Heading(line) => format!("\n{}", plain(line)),
        Block::Table(table) => table::text(table),
    }));
    lines.extend(card.footer.as_ref().map(|line: &Line| format!("\n{}", plain(line))));
    lines.join("\n")
}

fn components(buttons: &[Button]) -> Value {
    let mut known = BTreeSet::new();
    let sendable = |button: &&Button| {
        let sound = (1..=BUTTON_ID).contains(&units(&button.id)) && !button.label.is_empty();
        let sound = sound && known.insert(button.id.clone());
        if !sound {
            tracing::error!(label = %button.label, "a button with an id or label that Discord does not take is left out");
        }
        sound
    };
    let mut buttons: Vec<Value> = buttons.iter().filter(sendable).map(component).collect();
    if let Some(beyond @ 1..) = buttons.len().checked_sub(BUTTONS_PER_ROW * ROWS) {
        tracing::error!(beyond, "a card has more buttons than Discord takes: the last ones are left out");
        buttons.truncate(BUTTONS_PER_ROW * ROWS);
    }
    buttons.chunks(BUTTONS_PER_ROW).map(|row| json!({"type": 1, "components": row})).collect()
}

fn component(button: &Button) -> Value {
    let style = if button.danger { 4 } else { 2 };
    json!({"type": 2, "style": style, "label": shortened(&button.label, BUTTON_LABEL), "custom_id": button.id})
}

fn allowed_mentions(mentions: &[Mention]) -> Value {
    let mut roles = BTreeSet::new();
    let mut users = BTreeSet::new();
    for mention in mentions {
        match mention {
            Mention::Role(id) => roles.insert(id.to_string()),
            Mention::User(id) => users.insert(id.to_string()),
        };
    }
    json!({"parse": [], "roles": roles, "users": users, "replied_user": false})
}

#[cfg(test)]
mod tests;
