//! The raw side of settings: a TOML table read key by key. Errors are collected, not returned: whoever writes settings sees
//! them all at once. Keys that nobody asked for are errors.

use super::error::{Problems, Spot, near};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::Range;
use std::time::Duration;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

type Value<'d> = Spanned<DeValue<'d>>;

/// A value with its place, so that a later look at it can still say where it stands.
#[derive(Debug, Clone)]
pub(super) struct Field<T> {
    pub(super) value: T,
    pub(super) spot: Spot,
}

/// One table of the settings.
pub(super) struct Section<'d> {
    table: &'d DeTable<'d>,
    spot: Spot,
    asked: RefCell<BTreeSet<&'static str>>,
    problems: &'d Problems<'d>,
}

impl<'d> Section<'d> {
    /// Reads a table, and notes the keys that `read` did not ask for.
    fn read<T>(table: &'d DeTable<'d>, spot: Spot, problems: &'d Problems<'d>, read: impl FnOnce(&Self) -> T) -> T {
        let section = Self { table, spot, asked: RefCell::default(), problems };
        let result = read(&section);
        section.report_unknown();
        result
    }

    /// Reads the whole document.
    pub(super) fn document<T>(
        document: &'d Spanned<DeTable<'d>>,
        problems: &'d Problems<'d>,
        read: impl FnOnce(&Self) -> T,
    ) -> T {
        let spot = Spot { span: 0..0, key: String::new() };
        Self::read(document.get_ref(), spot, problems, read)
    }

    fn report_unknown(&self) {
        let asked = self.asked.borrow();
        for key in self.table.keys().filter(|key| !asked.contains(key.get_ref().as_ref())) {
            let name: &str = key.get_ref();
            let spot = Spot { span: key.span(), key: self.path(name) };
            self.problems.add(&spot, format!("is not a setting{}", near(name, asked.iter().copied())));
        }
    }

    fn path(&self, key: &str) -> String {
        if self.spot.key.is_empty() { key.to_owned() } else { format!("{}.{key}", self.spot.key) }
    }

    fn spot_of(&self, key: &str, span: Range<usize>) -> Spot {
        Spot { span, key: self.path(key) }
    }

    /// Notes an error about the table as a whole.
    pub(super) fn wrong(&self, what: impl Into<String>) {
        self.problems.add(&self.spot, what);
    }

    /// Notes an error about a value that was read before.
    pub(super) fn wrong_at(&self, spot: &Spot, what: impl Into<String>) {
        self.problems.add(spot, what);
    }

    /// Notes that a key is missing.
    pub(super) fn missing(&self, key: &'static str) {
        let spot = Spot { span: self.spot.span.clone(), key: self.path(key) };
        self.problems.add(&spot, "is missing");
    }

    /// Where a key stands; the table's place if it is not there.
    pub(super) fn at(&self, key: &'static str) -> Spot {
        match self.table.get(key) {
            Some(value) => self.spot_of(key, value.span()),
            None => Spot { span: self.spot.span.clone(), key: self.path(key) },
        }
    }

    fn get(&self, key: &'static str) -> Option<&'d Value<'d>> {
        self.asked.borrow_mut().insert(key);
        self.table.get(key)
    }

    fn expected(&self, spot: &Spot, wanted: &str, found: &DeValue<'_>) {
        self.problems.add(spot, format!("is of type {}; wanted is {wanted}", found.type_str()));
    }

    /// A text.
    pub(super) fn text(&self, key: &'static str) -> Option<Field<&'d str>> {
        let value = self.get(key)?;
        let spot = self.spot_of(key, value.span());
        match value.get_ref().as_str() {
            Some(text) => Some(Field { value: text, spot }),
            None => {
                self.expected(&spot, "a text in quotes", value.get_ref());
                None
            }
        }
    }

    /// A text that must be there.
    pub(super) fn required(&self, key: &'static str) -> Option<Field<&'d str>> {
        if self.table.get(key).is_none() {
            self.asked.borrow_mut().insert(key);
            self.missing(key);
            return None;
        }
        self.text(key)
    }

    /// A text, made into something; what `parse` says of a wrong one is noted.
    pub(super) fn parsed<T>(&self, key: &'static str, parse: impl FnOnce(&'d str) -> Result<T, String>) -> Option<T> {
        self.text(key).and_then(|field| self.kept(&field.spot, parse(field.value)))
    }

    /// Like [`Section::parsed`], of a text that must be there.
    pub(super) fn required_parsed<T>(
        &self,
        key: &'static str,
        parse: impl FnOnce(&'d str) -> Result<T, String>,
    ) -> Option<T> {
        self.required(key).and_then(|field| self.kept(&field.spot, parse(field.value)))
    }

    /// The value, or its error noted.
    pub(super) fn kept<T>(&self, spot: &Spot, result: Result<T, String>) -> Option<T> {
        result.map_err(|what| self.problems.add(spot, what)).ok()
    }

    /// Yes or no.
    pub(super) fn flag(&self, key: &'static str) -> Option<bool> {
        let value = self.get(key)?;
        if value.get_ref().as_bool().is_none() {
            self.expected(&self.spot_of(key, value.span()), "true or false", value.get_ref());
        }
        value.get_ref().as_bool()
    }

    /// A whole number within bounds.
    pub(super) fn number(&self, key: &'static str, bounds: std::ops::RangeInclusive<u64>) -> Option<u64> {
        let value = self.get(key)?;
        let spot = self.spot_of(key, value.span());
        let number = self.whole(value, &spot)?;
        if bounds.contains(&number) {
            return Some(number);
        }
        self.problems.add(&spot, format!("is {number}; wanted is {} to {}", bounds.start(), bounds.end()));
        None
    }

    fn whole(&self, value: &Value<'d>, spot: &Spot) -> Option<u64> {
        let read = match value.get_ref() {
            DeValue::Integer(number) => u64::from_str_radix(number.as_str(), number.radix()).ok(),
            DeValue::String(text) => text.parse().ok(),
            other => {
                self.expected(spot, "a whole number", other);
                return None;
            }
        };
        if read.is_none() {
            self.problems.add(spot, "is not a whole number from 0 up");
        }
        read
    }

    /// An id of the chat: a number above 0, as a number or in quotes.
    pub(super) fn id(&self, key: &'static str) -> Option<u64> {
        self.number(key, 1..=u64::MAX)
    }

    /// A list of ids; empty if it is not there.
    pub(super) fn ids(&self, key: &'static str) -> Vec<Field<u64>> {
        let items = self.items(key);
        items.into_iter().filter_map(|(value, spot)| Some(Field { value: self.whole(value, &spot)?, spot })).collect()
    }

    /// A list of texts; empty if it is not there.
    pub(super) fn texts(&self, key: &'static str) -> Vec<Field<&'d str>> {
        let text = |(value, spot): (&'d Value<'d>, Spot)| match value.get_ref().as_str() {
            Some(text) => Some(Field { value: text, spot }),
            None => {
                self.expected(&spot, "a text in quotes", value.get_ref());
                None
            }
        };
        self.items(key).into_iter().filter_map(text).collect()
    }

    fn items(&self, key: &'static str) -> Vec<(&'d Value<'d>, Spot)> {
        let Some(value) = self.get(key) else { return Vec::new() };
        let Some(array) = value.get_ref().as_array() else {
            self.expected(&self.spot_of(key, value.span()), "a list", value.get_ref());
            return Vec::new();
        };
        if array.is_empty() {
            self.wrong_at(&self.spot_of(key, value.span()), "is an empty list, which would name nothing; leave it out");
        }
        let spot =
            |index: usize, item: &Value<'_>| Spot { span: item.span(), key: format!("{}[{index}]", self.path(key)) };
        array.iter().enumerate().map(|(index, item)| (item, spot(index, item))).collect()
    }

    /// Whether a key is there.
    pub(super) fn has(&self, key: &'static str) -> bool {
        self.get(key).is_some()
    }

    /// A time span of at least `least`: as options take it (`90s`, `1h30m`), or in milliseconds (`250ms`).
    pub(super) fn duration(&self, key: &'static str, least: Duration) -> Option<Duration> {
        self.parsed(key, |text| {
            let span = match text.strip_suffix("ms").map(str::parse) {
                Some(milliseconds) => Duration::from_millis(milliseconds.map_err(|_| NOT_A_SPAN.to_owned())?),
                None => interlock::command::parse_duration(text).map_err(|_| NOT_A_SPAN.to_owned())?,
            };
            if span < least { Err(format!("is below the floor of {least:?}")) } else { Ok(span) }
        })
    }

    /// A table within this one.
    pub(super) fn table<T>(&self, key: &'static str, read: impl FnOnce(&Section<'d>) -> T) -> Option<T> {
        let value = self.get(key)?;
        let spot = self.spot_of(key, value.span());
        match value.get_ref().as_table() {
            Some(table) => Some(Section::read(table, spot, self.problems, read)),
            None => {
                self.expected(&spot, "a table", value.get_ref());
                None
            }
        }
    }

    /// A list of tables (`[[cluster]]`); what cannot be made valid is left out, its errors noted.
    pub(super) fn tables<T>(&self, key: &'static str, mut read: impl FnMut(&Section<'d>) -> Option<T>) -> Vec<T> {
        let mut all = Vec::new();
        for (value, spot) in self.items(key) {
            match value.get_ref().as_table() {
                Some(table) => all.extend(Section::read(table, spot, self.problems, &mut read)),
                None => self.expected(&spot, "a table", value.get_ref()),
            }
        }
        all
    }
}

const NOT_A_SPAN: &str = "is not a time span; write 250ms, 90s, 30m or 1h30m";
