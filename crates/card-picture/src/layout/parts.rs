//! The parts of a message beside its embeds: who sent it, its text, its files, what can be tapped.

use super::Mark;
use super::page::{Page, run};
use crate::canvas::Area;
use crate::colours::{self, Colour};
use crate::flow::{Row, Setting, one_row, rows};
use crate::inline::{Run, Style};
use crate::markdown::{Part, Weight, parts};
use crate::message::{Button, File};
use crate::picture::Picture;
use crate::stamp;

const AUTHOR: &str = "Signalbox";
const AVATAR: f32 = 40.0;
const NAME: (f32, f32) = (16.0, 20.0);
const SMALL: (f32, f32) = (12.0, 16.0);
const LABEL: (f32, f32) = (14.0, 18.0);
const GAP: f32 = 8.0;

/// Where text goes and how.
#[derive(Clone, Copy)]
pub(super) struct Column {
    pub(super) x: f32,
    pub(super) width: f32,
    /// Where it begins.
    pub(super) top: f32,
    pub(super) setting: Setting,
    pub(super) colour: Colour,
}

impl Column {
    fn right(&self) -> f32 {
        self.x + self.width
    }
}

impl Page<'_> {
    /// Avatar, name, that it is an app, and the hour.
    pub(super) fn head(&mut self) {
        let (x, y) = (self.screen.margin, self.y);
        self.fill(Area { x, y, width: AVATAR, height: AVATAR }, AVATAR / 2.0, colours::BLURPLE);
        for (height, wide) in [(11.0, 18.0), (18.0, 12.0), (25.0, 18.0)] {
            let area = Area { x: x + (AVATAR - wide) / 2.0, y: y + height, width: wide, height: 4.0 };
            self.fill(area, 2.0, colours::WHITE);
        }
        let name = Setting::text(NAME);
        let end = self.words(AUTHOR, true, self.screen.indent, (name, colours::STRONG));
        let app = one_row(&run("APP", true), Setting::text((10.0, 15.0)), self.faces);
        let tag = Area { x: end + 5.0, y: self.y + 3.0, width: app.width() + 8.0, height: 15.0 };
        self.fill(tag, 3.0, colours::BLURPLE);
        let setting = Setting::text((10.0, 15.0));
        self.row(&app, (tag.x + 4.0, tag.y), tag.right(), (setting, colours::WHITE));
        let hour = stamp::hour(self.reader);
        self.y += 3.0;
        self.words(&hour, false, tag.right() + 6.0, (Setting::text(SMALL), colours::FAINT));
        self.y += NAME.1 - 1.0;
    }

    /// What stands outside of the embeds.
    pub(super) fn content(&mut self, content: &str) {
        let column = Column {
            x: self.screen.indent,
            width: self.screen.room(),
            top: self.y,
            setting: Setting::text(self.screen.text),
            colour: colours::TEXT,
        };
        self.text(content, column);
    }

    /// A text with markup.
    pub(super) fn text(&mut self, text: &str, column: Column) {
        for part in parts(text, self.reader) {
            match part {
                Part::Line(weight, runs) => self.line(weight, &runs, column),
                Part::Code(lines) => self.block(&lines, column),
            }
        }
    }

    fn line(&mut self, weight: Weight, runs: &[Run], column: Column) {
        let (size, line) = (column.setting.size, column.setting.line);
        let scaled = |by: f32| Setting::text((size * by, (line * by).round()));
        let (setting, colour) = match weight {
            Weight::Usual | Weight::Quote => (column.setting, column.colour),
            Weight::Heading(1) => (scaled(1.5), colours::STRONG),
            Weight::Heading(2) => (scaled(1.25), colours::STRONG),
            Weight::Heading(_) => (column.setting, colours::STRONG),
            Weight::Small => (scaled(0.8125), colours::FAINT),
        };
        if matches!(weight, Weight::Heading(_)) && self.y > column.top {
            self.y += GAP;
        }
        let shift = if weight == Weight::Quote { 12.0 } else { 0.0 };
        let top = self.y;
        for row in rows(runs, setting, column.width - shift, self.faces) {
            self.row(&row, (column.x + shift, self.y), column.right(), (setting, colour));
            self.y += setting.line;
        }
        if weight == Weight::Quote {
            let bar = Area { x: column.x, y: top, width: 4.0, height: self.y - top };
            self.fill(bar, 2.0, colours::QUOTE);
        }
    }

    /// A block of code. A line that is too wide for it breaks, and is noted.
    fn block(&mut self, lines: &[String], column: Column) {
        let padding = self.screen.code_padding;
        let (size, line) = self.screen.code;
        let setting = Setting { size, line, is_block: true };
        let room = column.width - 2.0 * padding;
        let style = Style { code: true, ..Style::default() };
        let mut all: Vec<Row> = Vec::new();
        for text in lines {
            let set = rows(&[Run { text: text.clone(), style }], setting, room, self.faces);
            if set.len() > 1 {
                self.facts.broken.push(text.clone());
            }
            all.extend(set);
            self.facts.code.push(text.clone());
        }
        self.y += 4.0;
        let rows = (0..all.len()).fold(0.0, |height, _| height + line);
        let area = Area { x: column.x, y: self.y, width: column.width, height: rows + 2.0 * padding };
        self.fill(area, 4.0, colours::CODE);
        self.y += padding;
        for row in all {
            self.row(&row, (area.x + padding, self.y), area.right() - padding, (setting, colours::TEXT));
            self.y += line;
        }
        self.y += padding + 4.0;
    }

    #[expect(clippy::cast_precision_loss, reason = "sizes of pictures")]
    pub(super) fn image(&mut self, picture: &Picture) {
        let (width, height) = picture.size();
        let (most_wide, most_high) = self.screen.image;
        let by = (most_wide / width as f32).min(most_high / height as f32).min(1.0);
        self.y += GAP;
        let area = Area {
            x: self.screen.indent,
            y: self.y,
            width: (width as f32 * by).floor(),
            height: (height as f32 * by).floor(),
        };
        self.must_be_within("an image", (area.x, area.right()), (0.0, self.screen.width));
        self.y += area.height;
        self.marks.push(Mark::Picture { picture: picture.clone(), area });
    }

    pub(super) fn file(&mut self, file: &File) {
        const HEIGHT: f32 = 48.0;
        self.y += 4.0;
        let width = self.screen.room().min(400.0);
        let area = Area { x: self.screen.indent, y: self.y, width, height: HEIGHT };
        self.fill(area, 6.0, colours::PANEL);
        let page = Area { x: area.x + 10.0, y: area.y + 10.0, width: 20.0, height: 28.0 };
        self.fill(page, 2.0, colours::FAINT);
        let (right, top) = (page.right(), page.y);
        let corners = vec![(right - 7.0, top - 0.5), (right + 0.5, top - 0.5), (right + 0.5, top + 7.0)];
        self.marks.push(Mark::Figure { corners, colour: colours::PANEL });
        let (x, room) = (page.right() + 10.0, area.right() - page.right() - 20.0);
        let name = Setting::text(LABEL);
        let row = self.shortened(&file.name, name, room);
        self.row(&row, (x, area.y + 6.0), area.right(), (name, colours::LINK));
        let size = Setting::text(SMALL);
        let bytes = one_row(&run(&amount(file.bytes), false), size, self.faces);
        self.row(&bytes, (x, area.y + 25.0), area.right(), (size, colours::FAINT));
        self.y += HEIGHT;
    }

    /// The beginning of a name, if it is too long for its row.
    fn shortened(&self, name: &str, setting: Setting, room: f32) -> Row {
        let set = |text: &str| one_row(&run(text, false), setting, self.faces);
        let mut row = set(name);
        let mut short = name.to_owned();
        while row.width() > room && short.pop().is_some() {
            row = set(&format!("{short}…"));
        }
        row
    }

    /// A row of buttons; they go on below where the row is full.
    pub(super) fn buttons(&mut self, buttons: &[Button]) {
        const HEIGHT: f32 = 32.0;
        const PADDING: f32 = 14.0;
        let (left, right) = (self.screen.indent, self.screen.indent + self.screen.room());
        let setting = Setting::text(LABEL);
        let mut x = left;
        self.y += GAP;
        for button in buttons {
            let label = one_row(&run(&button.label, false), setting, self.faces);
            let width = label.width() + 2.0 * PADDING;
            if x > left && x + width > right {
                x = left;
                self.y += HEIGHT + GAP;
            }
            let area = Area { x, y: self.y, width, height: HEIGHT };
            self.must_be_within(&button.label, (area.x, area.right()), (left, right));
            self.fill(area, 6.0, colours::button(button.style));
            self.row(&label, (x + PADDING, self.y + 7.0), area.right(), (setting, colours::WHITE));
            x += width + GAP;
        }
        self.y += HEIGHT;
    }

    /// The reactions, each given once, by the bot; they go on below where the row is full.
    pub(super) fn reactions(&mut self, reactions: &[String]) {
        const HEIGHT: f32 = 26.0;
        if reactions.is_empty() {
            return;
        }
        let setting = Setting::text(LABEL);
        let mut x = self.screen.indent;
        self.y += GAP;
        for reaction in reactions {
            let row = one_row(&run(&format!("{reaction} 1"), false), setting, self.faces);
            let width = row.width() + 16.0;
            if x > self.screen.indent && x + width > self.screen.width - self.screen.right {
                x = self.screen.indent;
                self.y += HEIGHT + 4.0;
            }
            let area = Area { x, y: self.y, width, height: HEIGHT };
            self.must_be_within(reaction, (area.x, area.right()), (0.0, self.screen.width));
            self.fill(area, 8.0, colours::PANEL);
            self.row(&row, (x + 8.0, self.y + 4.0), area.right(), (setting, colours::TEXT));
            x = area.right() + 4.0;
        }
        self.y += HEIGHT;
    }
}

/// Bytes as clients write them.
fn amount(bytes: usize) -> String {
    const UNITS: [&str; 3] = ["KB", "MB", "GB"];
    if bytes < 1_024 {
        return format!("{bytes} bytes");
    }
    let (mut hundredths, mut unit) = (bytes * 100 / 1_024, 0);
    while hundredths >= 102_400 && unit + 1 < UNITS.len() {
        hundredths /= 1_024;
        unit += 1;
    }
    format!("{}.{:02} {}", hundredths / 100, hundredths % 100, UNITS[unit])
}
