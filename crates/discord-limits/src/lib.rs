//! Discord's published limits, each with where it is written. The bot keeps to them, the model enforces them, and tests hold every
//! card and command against them; `docs/discord.md` tells what happens beyond each.
//!
//! Sources: *docs* is Discord's developer documentation (page in brackets), *document* its OpenAPI document as the model keeps it,
//! *client* what the official client lets a person do. Characters are counted as Discord counts them; UTF-16 code units are never
//! fewer.

use std::time::Duration;

/// Characters of a message's content for bots. docs \[resources/message\]; the document says 4,000.
pub const CONTENT: usize = 2_000;
/// Characters of an embed's title. docs \[resources/message, embed limits\].
pub const EMBED_TITLE: usize = 256;
/// Characters of an embed's description. docs \[resources/message, embed limits\].
pub const EMBED_DESCRIPTION: usize = 4_096;
/// Fields of an embed. docs \[resources/message, embed limits\].
pub const EMBED_FIELDS: usize = 25;
/// Characters of a field's name. docs \[resources/message, embed limits\].
pub const EMBED_FIELD_NAME: usize = 256;
/// Characters of a field's value. docs \[resources/message, embed limits\].
pub const EMBED_FIELD_VALUE: usize = 1_024;
/// Characters of a footer. docs \[resources/message, embed limits\].
pub const EMBED_FOOTER: usize = 2_048;
/// Characters of an embed's author name. docs \[resources/message, embed limits\].
pub const EMBED_AUTHOR: usize = 256;
/// Characters of titles, descriptions, fields, footers and authors over all embeds of one message.
/// docs \[resources/message, embed limits\]; absent from the document.
pub const EMBED_TOTAL: usize = 6_000;
/// Embeds of a message. docs \[resources/message\].
pub const EMBEDS: usize = 10;

/// Attachments of a message. docs \[resources/message\].
pub const ATTACHMENTS: usize = 10;
/// Bytes of one attachment without boosts. docs \[reference, uploading files\].
pub const ATTACHMENT_BYTES: usize = 10 * 1024 * 1024;
/// Bytes of one request with its files. docs \[resources/message\].
pub const REQUEST_BYTES: usize = 25 * 1024 * 1024;
/// Characters of an attachment's description (alt text). docs \[resources/message\].
pub const ALT_TEXT: usize = 1_024;

/// Rows of classic components. docs \[components/reference\].
pub const ROWS: usize = 5;
/// Buttons of a row. docs \[components/reference, action row\].
pub const BUTTONS_PER_ROW: usize = 5;
/// Characters of a button's label. docs \[components/reference, button\].
pub const BUTTON_LABEL: usize = 80;
/// Characters of a `custom_id`, unique in its message. docs \[components/reference, custom id\].
pub const CUSTOM_ID: usize = 100;
/// Characters of a modal's title. docs \[interactions/receiving-and-responding\].
pub const MODAL_TITLE: usize = 45;
/// Characters of a text input's label. docs \[components/reference, text input\].
pub const INPUT_LABEL: usize = 45;
/// Characters of a text input's value. docs \[components/reference, text input\].
pub const INPUT_VALUE: usize = 4_000;

/// Chat-input commands of a scope. docs \[interactions/application-commands, registering\].
pub const CHAT_COMMANDS: usize = 100;
/// Message commands of a scope; users' commands likewise. docs \[interactions/application-commands\].
pub const CONTEXT_COMMANDS: usize = 15;
/// Creations of commands a day and guild. docs \[interactions/application-commands, registering\].
pub const COMMAND_CREATIONS_PER_DAY: usize = 200;
/// Options of a command. docs \[interactions/application-commands, structure\].
pub const COMMAND_OPTIONS: usize = 25;
/// Characters of names, descriptions and values of a whole command. docs \[interactions/application-commands\].
pub const COMMAND_TOTAL: usize = 8_000;
/// Characters of a command's or option's name. docs \[interactions/application-commands, naming\].
pub const COMMAND_NAME: usize = 32;
/// Characters of a command's or option's description. docs \[interactions/application-commands, structure\].
pub const COMMAND_DESCRIPTION: usize = 100;
/// Choices of an option or of a completion. docs \[interactions/application-commands, option choice\].
pub const CHOICES: usize = 25;
/// Characters of a choice's name. docs \[interactions/application-commands, option choice\].
pub const CHOICE_NAME: usize = 100;
/// Characters of a choice's value. docs \[interactions/application-commands, option choice\]; the document says 6,000.
pub const CHOICE_VALUE: usize = 100;
/// Characters of a typed string value. docs \[interactions/application-commands, `max_length`\].
pub const OPTION_VALUE: usize = 6_000;
/// Greatest magnitude of an integer option: 2^53. docs \[interactions/application-commands, option type\].
pub const INTEGER: i64 = 1 << 53;

/// Distinct emoji on a message. docs \[topics/opcodes-and-status-codes, 30010\].
pub const REACTION_KINDS: usize = 20;
/// People on one page of `GET …/reactions/{emoji}`. docs \[resources/message, get reactions\].
pub const REACTION_PAGE: usize = 100;
/// Messages on one page. docs \[resources/message, get channel messages\].
pub const MESSAGE_PAGE: usize = 100;
/// Members on one page. docs \[resources/guild, list guild members\].
pub const MEMBER_PAGE: usize = 1_000;
/// Characters of a nonce. docs \[resources/message, create message\].
pub const NONCE: usize = 25;
/// From this age on a message has a bounded number of edits. docs \[topics/opcodes-and-status-codes, 30046\].
pub const OLD_MESSAGE: Duration = Duration::from_secs(3_600);
/// Characters of a thread's name. docs \[resources/channel\].
pub const THREAD_NAME: usize = 100;
/// Active threads of a guild. docs \[topics/opcodes-and-status-codes, 160006\].
pub const ACTIVE_THREADS: usize = 1_000;

/// Time for the first answer to an interaction. docs \[interactions/receiving-and-responding\].
pub const FIRST_ANSWER: Duration = Duration::from_secs(3);
/// Life of an interaction's token. docs \[interactions/receiving-and-responding\].
pub const TOKEN_LIFE: Duration = Duration::from_secs(900);

/// Identifies in 24 hours; one more resets the bot's token. docs \[topics/gateway, session start limit\].
pub const IDENTIFIES_PER_DAY: u32 = 1_000;
/// Bytes of one frame that a client sends. docs \[topics/gateway, sending events\].
pub const GATEWAY_FRAME: usize = 4_096;
/// Frames a client may send in 60 seconds. docs \[topics/gateway, rate limiting\].
pub const GATEWAY_FRAMES_PER_MINUTE: usize = 120;

/// Requests a second of a bot over all routes but interactions. docs \[topics/rate-limits, global\].
pub const GLOBAL_BUCKET: (u32, Duration) = (50, Duration::from_secs(1));

#[cfg(test)]
mod tests {
    /// What the bot does beyond each limit is told, with the number that is used.
    #[test]
    fn each_limit_stands_in_the_documentation_with_its_number() {
        let document = include_str!("../../../docs/discord.md");
        let source = include_str!("lib.rs").split("#[cfg(test)]").next().unwrap_or_default();
        let declared: Vec<(&str, &str)> = source
            .lines()
            .filter_map(|line| line.strip_prefix("pub const ")?.strip_suffix(';')?.split_once(" = "))
            .filter_map(|(name, value)| Some((name.split_once(':')?.0, value)))
            .collect();
        assert!(declared.len() > 40, "the limits are written in another way: {}", declared.len());
        let told = |name: &str, value: &str| {
            let name = format!("`{name}`");
            let mut lines = document.lines().filter(|line| line.contains(&name));
            lines.any(|line| line.replace("2^53", "1 << 53").contains(&shown(value)))
        };
        let missing: Vec<_> = declared.iter().filter(|(name, value)| !told(name, value)).collect();
        assert!(missing.is_empty(), "docs/discord.md lacks: {missing:#?}");
    }

    /// A value as people read it: `2_000` as 2,000, bytes as MiB, spans in their seconds, a rate by its count.
    fn shown(value: &str) -> String {
        if let Some(mib) = value.strip_suffix(" * 1024 * 1024") {
            return format!("{mib} MiB");
        }
        let inner = value.strip_prefix("Duration::from_secs(").and_then(|rest| rest.strip_suffix(')')).unwrap_or(value);
        let inner = inner.strip_prefix('(').and_then(|rest| rest.split_once(',')).map_or(inner, |(count, _)| count);
        inner.replace('_', ",")
    }
}
