//! What fastjson writes: JSON, and maps whose keys are numbers or whole objects.

mod parse;
mod take;
mod write;

#[cfg(test)]
mod random;
#[cfg(test)]
mod tests;

pub(crate) use parse::parse;

/// A value, as it was written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// `null`; fastjson leaves most of them out.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// A number without fraction that fits a Java `long`.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// A text.
    Text(String),
    /// `[…]`
    List(Vec<Value>),
    /// `{…}`, in the order of the text. A key is a text, a number or a map.
    Map(Vec<(Value, Value)>),
}

impl Value {
    /// What it is, for errors.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a truth value",
            Self::Int(_) | Self::Float(_) => "a number",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
