//! Draws a message in Discord's JSON: `draw MESSAGE.json`. Beside the file it puts one picture for each screen.

use card_picture::{Attached, Faces, Language, Message, Reader, Screen, lay_out};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::Value;
use std::error::Error;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    let path: PathBuf = std::env::args_os().nth(1).ok_or("draw MESSAGE.json")?.into();
    let json: Value = serde_json::from_slice(&std::fs::read(&path)?)?;
    // What Discord answers has the sizes of files, and not their bytes: those that lie beside it are read.
    let listed = json["attachments"].as_array().map_or(&[][..], Vec::as_slice);
    let size = |one: &Value| one["size"].as_u64().and_then(|size| usize::try_from(size).ok()).unwrap_or_default();
    let file = |one: &Value| {
        let name = one["filename"].as_str().unwrap_or("file").to_owned();
        let bytes = std::fs::read(path.with_file_name(&name)).unwrap_or_else(|_| vec![0; size(one)]);
        Attached { name, bytes }
    };
    let reactions = json["reactions"].as_array().map_or(&[][..], Vec::as_slice);
    let reactions: Vec<&str> = reactions.iter().filter_map(|one| one["emoji"]["name"].as_str()).collect();
    let message = Message::read(&json, listed.iter().map(file).collect(), &reactions);
    let reader = Reader {
        language: Language::English,
        zone: TimeZone::system(),
        now: Timestamp::now(),
        names: std::collections::BTreeMap::new(),
    };
    let faces = Faces::installed()?;
    for screen in Screen::ALL {
        let laid = lay_out(&message, &screen, &reader, &faces);
        std::fs::write(path.with_extension(format!("{}.png", screen.name)), laid.draw(&faces).png()?)?;
        if !laid.facts().are_well() {
            return Err(format!("on a {}: {:#?}", screen.name, laid.facts()).into());
        }
    }
    Ok(())
}
