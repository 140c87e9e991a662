//! Where the model is not what the document says, each with its reason.

use serde_json::Value;

/// One change of the document.
#[derive(Debug)]
pub struct Deviation {
    /// JSON pointer of what is replaced or added.
    pub at: &'static str,
    /// The JSON that stands there instead.
    pub instead: &'static str,
    /// Why.
    pub why: &'static str,
}

/// All of them.
pub const DEVIATIONS: &[Deviation] = &[
    Deviation {
        at: "/components/schemas/MessageCreateRequest/properties/content/maxLength",
        instead: "2000",
        why: "4,000 is for people who pay; bots have 2,000 (docs, resources/message)",
    },
    Deviation {
        at: "/components/schemas/MessageEditRequestPartial/properties/content/maxLength",
        instead: "2000",
        why: "4,000 is for people who pay; bots have 2,000 (docs, resources/message)",
    },
    Deviation {
        at: "/components/schemas/ApplicationCommandOptionStringChoice/properties/value/maxLength",
        instead: "100",
        why: "docs, interactions/application-commands: a choice's value has up to 100 characters",
    },
    Deviation {
        at: "/components/schemas/ApplicationCommandUpdateRequest/properties/default_member_permissions",
        instead: r#"{"type": ["string", "integer", "null"], "pattern": "^(0|[1-9][0-9]*)$", "minimum": 0}"#,
        why: "docs say a bit set as a string, and serenity sends one; the document knows the integer only",
    },
    Deviation {
        at: "/components/schemas/ApplicationCommandCreateRequest/properties/default_member_permissions",
        instead: r#"{"type": ["string", "integer", "null"], "pattern": "^(0|[1-9][0-9]*)$", "minimum": 0}"#,
        why: "docs say a bit set as a string, and serenity sends one; the document knows the integer only",
    },
    Deviation {
        at: "/components/schemas/ApplicationCommandUpdateRequest/properties/nsfw",
        instead: r#"{"type": ["boolean", "null"]}"#,
        why: "docs, interactions/application-commands: a field of the command; serenity always sends it",
    },
    Deviation {
        at: "/components/schemas/ApplicationCommandCreateRequest/properties/nsfw",
        instead: r#"{"type": ["boolean", "null"]}"#,
        why: "docs, interactions/application-commands: a field of the command; serenity always sends it",
    },
    Deviation {
        at: "/components/schemas/MessageAttachmentRequest/properties/id",
        instead: r#"{"type": ["string", "integer"], "pattern": "^(0|[1-9][0-9]*)$", "minimum": 0}"#,
        why: "docs, reference, uploading files: the index of a new file is written as a number",
    },
];

impl Deviation {
    pub(super) fn apply(&self, document: &mut Value) -> Result<(), String> {
        let nothing = || format!("nothing stands at {}", self.at);
        let (parent, key) = self.at.rsplit_once('/').ok_or_else(nothing)?;
        let parent = document.pointer_mut(parent).and_then(Value::as_object_mut).ok_or_else(nothing)?;
        let instead = serde_json::from_str(self.instead).map_err(|e| format!("{}: {e}", self.at))?;
        parent.insert(key.to_owned(), instead);
        Ok(())
    }
}
