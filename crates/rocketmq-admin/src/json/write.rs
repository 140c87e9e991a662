//! Values as text that fastjson reads: plain JSON.

use std::fmt::{self, Display, Formatter, Write};

use super::Value;

impl Display for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => value.fmt(f),
            Self::Int(value) => value.fmt(f),
            // With a fraction or an exponent, so that it stays what it is.
            Self::Float(value) => write!(f, "{value:?}"),
            Self::Text(text) => quoted(text, f),
            Self::List(list) => {
                f.write_char('[')?;
                for (place, value) in list.iter().enumerate() {
                    separated(place, f)?;
                    value.fmt(f)?;
                }
                f.write_char(']')
            }
            Self::Map(map) => {
                f.write_char('{')?;
                for (place, (key, value)) in map.iter().enumerate() {
                    separated(place, f)?;
                    write!(f, "{key}:{value}")?;
                }
                f.write_char('}')
            }
        }
    }
}

fn separated(place: usize, f: &mut Formatter<'_>) -> fmt::Result {
    if place > 0 { f.write_char(',') } else { Ok(()) }
}

fn quoted(text: &str, f: &mut Formatter<'_>) -> fmt::Result {
    f.write_char('"')?;
    for character in text.chars() {
        match character {
            '"' | '\\' => write!(f, "\\{character}")?,
            control if control < ' ' => write!(f, "\\u{:04x}", u32::from(control))?,
            other => f.write_char(other)?,
        }
    }
    f.write_char('"')
}
