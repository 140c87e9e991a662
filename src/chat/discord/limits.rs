//! Discord's limits as this adapter keeps to them: the published ones ([`discord_limits`]), and what is below them on purpose.
//! `docs/discord.md` shows the same table with what happens beyond each.
//!
//! "Units" are UTF-16 code units: never fewer than the characters Discord counts.

use std::time::Duration;

pub(super) use discord_limits::{
    ALT_TEXT, ATTACHMENT_BYTES, ATTACHMENTS, BUTTON_LABEL, BUTTONS_PER_ROW, CHOICE_NAME as SUGGESTION,
    CHOICES as SUGGESTIONS, CONTENT, CUSTOM_ID as BUTTON_ID, EMBED_DESCRIPTION as DESCRIPTION, EMBED_FOOTER as FOOTER,
    EMBED_TOTAL, MODAL_TITLE as FORM_TEXT, NONCE, OPTION_VALUE, REACTION_PAGE as PAGE, ROWS, THREAD_NAME,
};

/// No plan is made that is larger.
const _: () = assert!(crate::text::MOST_FILE_BYTES <= ATTACHMENT_BYTES);
/// A form's title and what stands above its field have one limit, a page of reactions and of messages another one.
const _: () = assert!(FORM_TEXT == discord_limits::INPUT_LABEL && PAGE == discord_limits::MESSAGE_PAGE);
/// What a form's field takes.
const _: () = assert!(crate::text::LONGEST_FORM <= discord_limits::INPUT_VALUE);
/// A suggestion's label and its value have one limit.
const _: () = assert!(SUGGESTION == discord_limits::CHOICE_VALUE);
/// Bytes of all attachments of one request; Discord takes 25 MiB with everything around them.
pub(super) const REQUEST_BYTES: usize = 24 * 1024 * 1024;
const _: () = assert!(REQUEST_BYTES < discord_limits::REQUEST_BYTES);
/// Minutes after which a quiet thread is archived: the longest Discord offers.
pub(super) const THREAD_ARCHIVE_MINUTES: u32 = 10_080;
/// Pages of messages in which a lost one is looked for.
pub(super) const MESSAGE_PAGES: usize = 10;
/// Pages of reactions read for one emoji before we give up: ten thousand people.
pub(super) const REACTION_PAGES: usize = 100;

/// Characters of one piece of text from outside shown in a card; the rest is in `more.txt`.
pub(super) const FOREIGN: usize = 512;
/// Bytes of `more.txt`.
pub(super) const MORE_BYTES: usize = 4 * 1024 * 1024;

/// Bytes of an answer that we read.
pub(super) const ANSWER_BYTES: usize = 8 * 1024 * 1024;
/// Time for a connection.
pub(super) const CONNECT: Duration = Duration::from_secs(3);
/// Time for a request, waiting for its turn included.
pub(super) const REQUEST: Duration = Duration::from_secs(10);
/// Time for the first answer to an interaction; Discord gives up after 3 s.
pub(super) const CALLBACK: Duration = Duration::from_millis(2_500);
const _: () = assert!(CALLBACK.as_millis() < discord_limits::FIRST_ANSWER.as_millis());
/// Time for suggestions to be found; sending them may take the rest of the three seconds.
pub(super) const COMPLETION: Duration = Duration::from_millis(400);
/// Time for a form to be filled in; opening it may take the rest of the three seconds.
pub(super) const FORM: Duration = Duration::from_millis(400);
/// Time for a command's answer; the token lives 15 minutes.
pub(super) const COMMAND: Duration = Duration::from_secs(14 * 60);
const _: () = assert!(COMMAND.as_secs() < discord_limits::TOKEN_LIFE.as_secs());
/// Requests a second over all routes; Discord allows 50.
pub(super) const REQUESTS_PER_SECOND: usize = 45;
const _: () = assert!(REQUESTS_PER_SECOND < discord_limits::GLOBAL_BUCKET.0 as usize);
/// Requests a second of [`REQUESTS_PER_SECOND`] while everything is read anew: a quarter is left to all others.
pub(super) const PATIENT_PER_SECOND: usize = REQUESTS_PER_SECOND * 3 / 4;
/// Answers of 401, 403 and 429 within [`INVALID_WINDOW`] after which we stop asking; Discord bars the address at 10,000.
pub(super) const INVALID: usize = 500;
/// The window of [`INVALID`].
pub(super) const INVALID_WINDOW: Duration = Duration::from_secs(600);

/// Reactions waiting for one message, its votes apart, which are one; beyond that the message is read anew instead.
pub(super) const WAITING_REACTIONS: usize = 256;
/// The least time from the end of one count of a message's votes to the beginning of the next.
pub(super) const COUNT_PAUSE: Duration = Duration::from_millis(500);
/// Interactions remembered so that a repeated one is not answered twice.
pub(super) const REMEMBERED_INTERACTIONS: usize = 8_192;
/// Messages whose attachments are remembered, so that an edit keeps them rather than sends them again.
pub(super) const REMEMBERED_UPLOADS: usize = 1_024;

/// How many UTF-16 units a text has.
pub(super) fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// The text, or its beginning and `…` if it has more units than allowed. For labels only.
pub(super) fn shortened(text: &str, most: usize) -> String {
    if units(text) <= most {
        return text.to_owned();
    }
    let mut short = String::new();
    let mut left = most.saturating_sub(1);
    for character in text.chars() {
        let Some(rest) = left.checked_sub(character.len_utf16()) else { break };
        left = rest;
        short.push(character);
    }
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_shortened_by_units_and_visibly() {
        assert_eq!(shortened("abc", 3), "abc");
        assert_eq!(shortened("abcd", 3), "ab…");
        assert_eq!(shortened("😀😀😀", 5), "😀😀…");
        assert_eq!(units("😀"), 2);
    }
}
