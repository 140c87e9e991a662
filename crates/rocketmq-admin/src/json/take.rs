//! Values as Rust's types, with errors that name the field.

use super::Value;

type Taken<T> = Result<T, String>;

/// What was found is something else.
fn unlike<T>(wanted: &str, found: &Value) -> Taken<T> {
    Err(format!("{} instead of {wanted}", found.kind()))
}

impl Value {
    /// The entries of a map.
    pub(crate) fn map(&self) -> Taken<&[(Self, Self)]> {
        match self {
            Self::Map(map) => Ok(map),
            other => unlike("a map", other),
        }
    }

    /// The elements of a list.
    pub(crate) fn list(&self) -> Taken<&[Self]> {
        match self {
            Self::List(list) => Ok(list),
            other => unlike("a list", other),
        }
    }

    /// A text.
    pub(crate) fn text(&self) -> Taken<&str> {
        match self {
            Self::Text(text) => Ok(text),
            other => unlike("a text", other),
        }
    }

    /// A whole number.
    pub(crate) fn int(&self) -> Taken<i64> {
        match self {
            Self::Int(number) => Ok(*number),
            other => unlike("a whole number", other),
        }
    }

    /// Any number.
    pub(crate) fn float(&self) -> Taken<f64> {
        match self {
            Self::Float(number) => Ok(*number),
            #[expect(clippy::cast_precision_loss, reason = "a rate, written without fraction")]
            Self::Int(number) => Ok(*number as f64),
            other => unlike("a number", other),
        }
    }

    /// A truth value.
    pub(crate) fn truth(&self) -> Taken<bool> {
        match self {
            Self::Bool(value) => Ok(*value),
            other => unlike("a truth value", other),
        }
    }

    /// A number as a key: fastjson writes `0`, a strict writer `"0"`.
    pub(crate) fn number_key(&self) -> Taken<i64> {
        match self {
            Self::Int(number) => Ok(*number),
            Self::Text(text) => text.parse().map_err(|_| format!("no number as a key: {text:?}")),
            other => unlike("a number", other),
        }
    }

    /// A field of a map. What is null is not there: fastjson leaves both out, or neither.
    pub(crate) fn get(&self, name: &str) -> Taken<Option<&Self>> {
        let found = self.map()?.iter().find(|(key, _)| matches!(key, Self::Text(text) if text == name));
        Ok(found.map(|(_, value)| value).filter(|value| **value != Self::Null))
    }

    /// A field that has to be there, read by `take`.
    pub(crate) fn need<'v, T>(&'v self, name: &str, take: impl FnOnce(&'v Self) -> Taken<T>) -> Taken<T> {
        self.maybe(name, take)?.ok_or_else(|| format!("{name}: not there"))
    }

    /// A field that may be missing, read by `take`.
    pub(crate) fn maybe<'v, T>(&'v self, name: &str, take: impl FnOnce(&'v Self) -> Taken<T>) -> Taken<Option<T>> {
        let value = self.get(name).map_err(|why| format!("{name}: {why}"))?;
        value.map(take).transpose().map_err(|why| format!("{name}: {why}"))
    }

    /// A text field that has to be there.
    pub(crate) fn need_text(&self, name: &str) -> Taken<String> {
        self.need(name, |value| value.text().map(str::to_owned))
    }

    /// A field with a whole number that fits.
    pub(crate) fn need_number<T: TryFrom<i64>>(&self, name: &str) -> Taken<T> {
        self.need(name, Self::number)
    }

    /// A whole number that fits.
    pub(crate) fn number<T: TryFrom<i64>>(&self) -> Taken<T> {
        let number = self.int()?;
        T::try_from(number).map_err(|_| format!("{number} is out of range"))
    }

    /// A list of texts.
    pub(crate) fn texts<C: FromIterator<String>>(&self) -> Taken<C> {
        self.list()?.iter().map(|text| text.text().map(str::to_owned)).collect()
    }
}
