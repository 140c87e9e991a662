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
use crate::text::{Block, Button, Card, Line, MORE, Mention, Tone};
use attachments::Attached;
use line::{Markup, markup, needs_markup, plain};
use serde_json::{Value, json};
use std::collections::BTreeSet;

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
    let (content, description, footer) = (content(card), description(card), footer(card));
    let is_cut = card.whole.is_some() || content.cut || description.cut || footer.cut;
    let more = (is_cut && !card.is_bare).then(|| whole(card));
    let Attached { uploads, left_out } = attachments::attach(&card.files, more);
    let (buttons, others) = sendable(&card.buttons);
    let mut drawn = Drawn { content: content.text, description: description.text, footer: footer.text };
    drawn.end(card);
    drawn.add(&left_out);
    drawn.add(&others);
    drawn.mark(marker);
    let message = json!({
        "content": drawn.content,
        "embeds": drawn.embeds(card.tone),
        "components": components(&buttons),
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
    /// Makes a footer that names accounts, which it shows as mere numbers, small print at the end of the description, if there is
    /// room.
    fn end(&mut self, card: &Card) {
        let Some(line) = card.footer.as_ref().filter(|line| needs_markup(line)) else { return };
        let small = format!("-# {}", markup(line).text);
        if units(&self.description) + units(&small) + RESERVE > DESCRIPTION {
            return;
        }
        if !self.description.is_empty() {
            self.description.push('\n');
        }
        self.description.push_str(&small);
        self.footer.clear();
    }

    /// Adds lines about files and buttons that the message does not have.
    fn add(&mut self, lines: &[String]) {
        for line in lines {
            if units(&self.description) + units(line) < DESCRIPTION {
                if !self.description.is_empty() {
                    self.description.push('\n');
                }
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
        Block::More { said, .. } => Markup { cut: true, ..markup(said) },
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

/// The footer, which knows no markup. It is cut, too, where its markup would be.
fn footer(card: &Card) -> Markup {
    // Description and footer together stay below the sum over the embed.
    const LEFT: usize = EMBED_TOTAL - DESCRIPTION;
    const MOST: usize = if FOOTER < LEFT { FOOTER } else { LEFT };
    let Some(line) = &card.footer else { return Markup::default() };
    let text = plain(line);
    if units(&text) <= MOST - RESERVE {
        return Markup { text, cut: needs_markup(line) && markup(line).cut };
    }
    let led_on = rest(card).trim_start_matches(LESS);
    Markup { text: format!("{}{led_on}", shortened(&text, MOST - RESERVE)), cut: true }
}

/// All that a card says, as plain text.
fn whole(card: &Card) -> String {
    let (headline, body, footer) = match &card.whole {
        Some(whole) => (&whole.headline, &whole.body, &whole.footer),
        None => (&card.headline, &card.body, &card.footer),
    };
    let mut lines: Vec<String> = headline.iter().map(plain).collect();
    lines.extend(card.mentions.iter().map(mention));
    lines.push(String::new());
    lines.extend(body.iter().map(whole_block));
    lines.extend(footer.as_ref().map(|line: &Line| format!("\n{}", plain(line))));
    lines.join("\n")
}

fn whole_block(block: &Block) -> String {
    match block {
        Block::Line(line) => plain(line),
        Block::Heading(line) => format!("\n{}", plain(line)),
        Block::Table(table) => table::text(table),
        Block::More { rest, .. } => rest.iter().map(whole_block).collect::<Vec<String>>().join("\n"),
    }
}

/// The buttons that Discord takes, and a line about each of the others.
fn sendable(buttons: &[Button]) -> (Vec<&Button>, Vec<String>) {
    let (mut taken, mut others, mut known) = (Vec::new(), Vec::new(), BTreeSet::new());
    for button in buttons {
        let sound = (1..=BUTTON_ID).contains(&units(&button.id)) && !button.label.is_empty();
        if sound && taken.len() < BUTTONS_PER_ROW * ROWS && known.insert(button.id.as_str()) {
            taken.push(button);
        } else {
            tracing::error!(label = %button.label, "a button that Discord does not take is left out");
            others.push(format!("✂ {}", escape::code(&format!("[{}]", button.label))));
        }
    }
    (taken, others)
}

fn components(buttons: &[&Button]) -> Value {
    let buttons: Vec<Value> = buttons.iter().map(|button| component(button)).collect();
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
