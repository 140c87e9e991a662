//! A message in Discord's JSON, as far as it is shown.

use crate::picture::Picture;
use serde_json::Value;

/// A file that a message has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    /// Its name.
    pub name: String,
    /// Its bytes: a PNG is shown, of others their number.
    pub bytes: Vec<u8>,
}

/// What is shown of a message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Message {
    pub(crate) content: String,
    pub(crate) embeds: Vec<Embed>,
    pub(crate) rows: Vec<Vec<Button>>,
    pub(crate) pictures: Vec<Picture>,
    pub(crate) files: Vec<File>,
    pub(crate) reactions: Vec<String>,
}

/// A file that is no picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) bytes: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Embed {
    pub(crate) colour: u64,
    pub(crate) author: String,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) fields: Vec<Field>,
    pub(crate) footer: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) inline: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Button {
    pub(crate) style: u64,
    pub(crate) label: String,
}

impl Message {
    /// The message of such a JSON (`content`, `embeds`, `components`), with the files and the reactions that it has.
    #[must_use]
    pub fn read(json: &Value, files: Vec<Attached>, reactions: &[&str]) -> Self {
        let (mut pictures, mut others) = (Vec::new(), Vec::new());
        for Attached { name, bytes } in files {
            match Picture::from_png(&bytes) {
                Ok(picture) => pictures.push(picture),
                Err(_) => others.push(File { name, bytes: bytes.len() }),
            }
        }
        Self {
            content: text(&json["content"]),
            embeds: list(&json["embeds"]).iter().map(embed).collect(),
            rows: list(&json["components"]).iter().map(|row| buttons(&row["components"])).collect(),
            pictures,
            files: others,
            reactions: reactions.iter().map(|one| (*one).to_owned()).collect(),
        }
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[][..], Vec::as_slice)
}

/// Discord trims texts.
fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().trim().to_owned()
}

fn embed(json: &Value) -> Embed {
    let field = |one: &Value| Field {
        name: text(&one["name"]),
        value: text(&one["value"]),
        inline: one["inline"].as_bool().unwrap_or_default(),
    };
    Embed {
        colour: json["color"].as_u64().unwrap_or(0x001e_1f22),
        author: text(&json["author"]["name"]),
        title: text(&json["title"]),
        description: text(&json["description"]),
        fields: list(&json["fields"]).iter().map(field).collect(),
        footer: text(&json["footer"]["text"]),
    }
}

fn buttons(json: &Value) -> Vec<Button> {
    let button = |one: &Value| Button { style: one["style"].as_u64().unwrap_or(2), label: text(&one["label"]) };
    list(json).iter().map(button).collect()
}
