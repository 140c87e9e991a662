//! Discord's limits as this adapter keeps to them. `docs/discord.md` shows the same table with its sources.
//!
//! "Units" are UTF-16 code units: never fewer than the characters Discord counts.

use std::time::Duration;

/// Units of a message's content.
pub(super) const CONTENT: usize = 2_000;
/// Units of an embed's description.
pub(super) const DESCRIPTION: usize = 4_096;
/// Units of an embed's footer.
pub(super) const FOOTER: usize = 2_048;
/// Attachments of a message.
pub(super) const ATTACHMENTS: usize = 10;
/// Bytes of one attachment.
pub(super) const ATTACHMENT_BYTES: usize = 10 * 1024 * 1024;
/// No plan is made that is larger.
const _: () = assert!(crate::text::MOST_FILE_BYTES <= ATTACHMENT_BYTES);
/// Bytes of all attachments of one request; Discord takes 25 MiB with everything around them.
pub(super) const REQUEST_BYTES: usize = 24 * 1024 * 1024;
/// Units of an attachment's alt text.
pub(super) const ALT_TEXT: usize = 1_024;
/// Buttons of a row.
pub(super) const BUTTONS_PER_ROW: usize = 5;
/// Rows of buttons.
pub(super) const ROWS: usize = 5;
/// Units of a button's label.
pub(super) const BUTTON_LABEL: usize = 80;
/// Units of a button's id.
pub(super) const BUTTON_ID: usize = 100;
/// Units of a form's title, and of what stands above its field.
pub(super) const FORM_TEXT: usize = 45;
/// Suggestions of one completion.
pub(super) const SUGGESTIONS: usize = 25;
/// Units of a suggestion's label, and of its value.
pub(super) const SUGGESTION: usize = 100;
/// Characters of a nonce.
pub(super) const NONCE: usize = 25;
/// Units of a thread's name.
pub(super) const THREAD_NAME: usize = 100;
/// Minutes after which a quiet thread is archived: the longest Discord offers.
pub(super) const THREAD_ARCHIVE_MINUTES: u32 = 10_080;
/// Entries of one page of reactions or messages.
pub(super) const PAGE: usize = 100;
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
/// Time for suggestions to be found; sending them may take the rest of the three seconds.
pub(super) const COMPLETION: Duration = Duration::from_millis(400);
/// Time for a command's answer; the token lives 15 minutes.
pub(super) const COMMAND: Duration = Duration::from_secs(14 * 60);
/// Requests a second over all routes; Discord allows 50.
pub(super) const REQUESTS_PER_SECOND: usize = 45;
/// Answers of 401, 403 and 429 within [`INVALID_WINDOW`] after which we stop asking; Discord bars the address at 10,000.
pub(super) const INVALID: usize = 500;
/// The window of [`INVALID`].
pub(super) const INVALID_WINDOW: Duration = Duration::from_secs(600);

/// Reactions waiting for one message; beyond that everything is read anew instead.
pub(super) const WAITING_REACTIONS: usize = 256;
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
