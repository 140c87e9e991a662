//! The languages, and the one way to a sentence.

use super::card::{Line, Span};
use super::{foreign, numbers, spans};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use fluent_syntax::ast;
use interlock::time::Millis;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A language people are spoken to in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Locale {
    /// English; also for everybody whose language we do not have.
    #[default]
    EnUs,
    /// Simplified Chinese.
    ZhCn,
}

impl Locale {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::EnUs, Self::ZhCn];

    /// The language for what a client says. zh-TW and zh-HK read another script and do not fall back to zh-CN.
    #[must_use]
    pub fn of(tag: &str) -> Self {
        let tag = tag.to_ascii_lowercase().replace('_', "-");
        let simplified = ["zh", "zh-cn", "zh-sg", "zh-hans"].contains(&tag.as_str()) || tag.starts_with("zh-hans-");
        if simplified { Self::ZhCn } else { Self::EnUs }
    }

    /// Its tag ("en-US").
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::EnUs => "en-US",
            Self::ZhCn => "zh-CN",
        }
    }

    /// The sentence of a key (`id` or `id.attribute`). A key that is not there gives the key itself; tests keep that from
    /// happening to any key this program asks for.
    pub(super) fn say(self, key: &str, args: &Args) -> Line {
        self.try_say(key, args).unwrap_or_else(|| Line::code(key))
    }

    /// The sentence of a key that may not be there.
    pub(super) fn try_say(self, key: &str, args: &Args) -> Option<Line> {
        let words = self.words();
        let (id, attribute) = key.split_once('.').map_or((key, None), |(id, attribute)| (id, Some(attribute)));
        let message = words.bundle.get_message(id)?;
        let pattern = match attribute {
            None => message.value()?,
            Some(attribute) => message.get_attribute(attribute)?.value(),
        };
        let mut values = FluentArgs::new();
        for (name, used) in words.variables.get(key)? {
            values.set(name.clone(), args.value(name, *used));
        }
        let mut errors = Vec::new();
        let text = words.bundle.format_pattern(pattern, Some(&values), &mut errors);
        Some(spans::unwrap(&text))
    }

    /// The words of a key without arguments.
    pub(super) fn text(self, key: &str) -> String {
        self.say(key, &Args::new()).plain_text()
    }

    fn words(self) -> &'static Words {
        static EN_US: LazyLock<Words> = LazyLock::new(|| Words::read(Locale::EnUs));
        static ZH_CN: LazyLock<Words> = LazyLock::new(|| Words::read(Locale::ZhCn));
        match self {
            Self::EnUs => &EN_US,
            Self::ZhCn => &ZH_CN,
        }
    }

    /// Every key with its variables, attributes as `id.attribute`.
    #[cfg(test)]
    pub(super) fn keys(self) -> &'static BTreeMap<String, BTreeMap<String, Used>> {
        &self.words().variables
    }

    pub(super) fn sources(self) -> &'static [&'static str] {
        match self {
            Self::EnUs => &sources!("en-US"),
            Self::ZhCn => &sources!("zh-CN"),
        }
    }
}

macro_rules! sources {
    ($locale:literal) => {
        [
            include_str!(concat!("../../locales/", $locale, "/answers.ftl")),
            include_str!(concat!("../../locales/", $locale, "/cards.ftl")),
            include_str!(concat!("../../locales/", $locale, "/checks.ftl")),
            include_str!(concat!("../../locales/", $locale, "/console.ftl")),
            include_str!(concat!("../../locales/", $locale, "/looks.ftl")),
            include_str!(concat!("../../locales/", $locale, "/notices.ftl")),
            include_str!(concat!("../../locales/", $locale, "/queues.ftl")),
            include_str!(concat!("../../locales/", $locale, "/reports.ftl")),
            include_str!(concat!("../../locales/", $locale, "/rocketmq.ftl")),
            include_str!(concat!("../../locales/", $locale, "/words.ftl")),
        ]
    };
}
use sources;

/// How a sentence uses a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Used {
    /// It stands in the text.
    Shown,
    /// It chooses between texts, and may stand in them too.
    Chooses,
}

struct Words {
    bundle: FluentBundle<FluentResource>,
    variables: BTreeMap<String, BTreeMap<String, Used>>,
}

impl Words {
    /// Reads the files of a language. What cannot be read is left out; a test keeps the files readable.
    fn read(locale: Locale) -> Self {
        let mut bundle = FluentBundle::new_concurrent(locale.tag().parse().into_iter().collect());
        bundle.set_use_isolating(false);
        bundle.set_formatter(Some(|value, _| match value {
            FluentValue::Number(number) => Some(whole(number.value)),
            _ => None,
        }));
        let mut variables = BTreeMap::new();
        for source in locale.sources() {
            let resource = FluentResource::try_new((*source).to_owned()).unwrap_or_else(|(resource, _)| resource);
            for entry in resource.entries() {
                collect(entry, &mut variables);
            }
            // A key that stands twice keeps its first text; the test finds it.
            let _ = bundle.add_resource(resource);
        }
        Self { bundle, variables }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "only whole numbers below 2^53 are put in as numbers")]
fn whole(number: f64) -> String {
    numbers::thousands(number as i64)
}

type Variables = BTreeMap<String, Used>;

fn collect(entry: &ast::Entry<&str>, all: &mut BTreeMap<String, Variables>) {
    let ast::Entry::Message(message) = entry else { return };
    if let Some(value) = &message.value {
        all.insert(message.id.name.to_owned(), of_pattern(value));
    }
    for attribute in &message.attributes {
        all.insert(format!("{}.{}", message.id.name, attribute.id.name), of_pattern(&attribute.value));
    }
}

fn of_pattern(pattern: &ast::Pattern<&str>) -> Variables {
    let mut found = Variables::new();
    walk(pattern, &mut found);
    found
}

fn walk(pattern: &ast::Pattern<&str>, found: &mut Variables) {
    for element in &pattern.elements {
        let ast::PatternElement::Placeable { expression } = element else { continue };
        match expression {
            ast::Expression::Inline(inline) => note(inline, Used::Shown, found),
            ast::Expression::Select { selector, variants } => {
                note(selector, Used::Chooses, found);
                variants.iter().for_each(|variant| walk(&variant.value, found));
            }
        }
    }
}

fn note(inline: &ast::InlineExpression<&str>, used: Used, found: &mut Variables) {
    if let ast::InlineExpression::VariableReference { id } = inline {
        let known = found.entry(id.name.to_owned()).or_insert(used);
        if used == Used::Chooses {
            *known = used;
        }
    }
}

/// What goes into a sentence.
#[derive(Debug, Clone, Default)]
pub(super) struct Args(BTreeMap<String, Arg>);

#[derive(Debug, Clone)]
enum Arg {
    Line(Line),
    Number(i64),
}

impl Args {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// A number: chooses plural forms, shown with thousands separators.
    pub(super) fn number(mut self, name: &str, number: i64) -> Self {
        self.0.insert(name.to_owned(), Arg::Number(number));
        self
    }

    /// How many.
    pub(super) fn count(self, name: &str, count: usize) -> Self {
        self.number(name, i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// Words of ours, or a line with spans.
    pub(super) fn line(mut self, name: &str, line: Line) -> Self {
        self.0.insert(name.to_owned(), Arg::Line(line));
        self
    }

    /// Words of ours.
    pub(super) fn word(self, name: &str, word: impl Into<String>) -> Self {
        self.line(name, Line::plain(word))
    }

    /// Text from outside, with at most so many characters.
    pub(super) fn foreign(self, name: &str, text: &str, most: usize) -> Self {
        self.line(name, Line(vec![Span::Foreign(foreign::shown(text, most))]))
    }

    /// Something to copy.
    pub(super) fn code(self, name: &str, text: &str) -> Self {
        self.line(name, Line::code(text))
    }

    /// An instant.
    pub(super) fn time(self, name: &str, at: Millis) -> Self {
        self.line(name, Line(vec![Span::Time(at)]))
    }

    /// When something ends.
    pub(super) fn deadline(self, name: &str, at: Millis) -> Self {
        self.line(name, Line(vec![Span::Deadline(at)]))
    }

    /// An argument that is not there is "?" where it is shown and 0 where it chooses: old data must still read.
    fn value(&self, name: &str, used: Used) -> FluentValue<'static> {
        const EXACT: i64 = 1 << 53;
        match self.0.get(name) {
            Some(Arg::Line(line)) => FluentValue::from(spans::wrap(line)),
            #[expect(clippy::cast_precision_loss, reason = "exact below 2^53")]
            Some(Arg::Number(number)) if number.abs() < EXACT => FluentValue::from(*number as f64),
            Some(Arg::Number(number)) => FluentValue::from(numbers::thousands(*number)),
            None if used == Used::Chooses => FluentValue::from(0.0),
            None => FluentValue::from("?"),
        }
    }
}
