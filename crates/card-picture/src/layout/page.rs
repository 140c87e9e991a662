//! The page that is filled from its top: what was placed, and how far down it goes by now.

use super::{Laid, Mark};
use crate::canvas::Area;
use crate::colours::{self, Colour};
use crate::faces::Faces;
use crate::facts::Facts;
use crate::flow::{self, Letter, Row, Setting, one_row};
use crate::inline::{Look, Run, Style};
use crate::reader::Reader;
use crate::screen::Screen;

/// So much may a rounded width be over.
const TOLERANCE: f32 = 0.5;
const ABOVE: f32 = 10.0;
const BELOW: f32 = 12.0;

pub(crate) struct Page<'a> {
    pub(super) screen: &'a Screen,
    pub(super) reader: &'a Reader,
    pub(super) faces: &'a Faces,
    pub(super) marks: Vec<Mark>,
    pub(super) facts: Facts,
    /// Where the next thing goes.
    pub(super) y: f32,
}

/// Text of one style.
pub(super) fn run(text: &str, bold: bool) -> [Run; 1] {
    [Run { text: text.to_owned(), style: Style { bold, ..Style::default() } }]
}

impl<'a> Page<'a> {
    pub(super) fn new(screen: &'a Screen, reader: &'a Reader, faces: &'a Faces) -> Self {
        Self { screen, reader, faces, marks: Vec::new(), facts: Facts::default(), y: ABOVE }
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a message of 6,000 characters is some ten thousand pixels high"
    )]
    pub(super) fn end(self) -> Laid {
        let size = (self.screen.width as usize, (self.y + BELOW).ceil() as usize);
        Laid { size, marks: self.marks, facts: self.facts }
    }

    pub(super) fn fill(&mut self, area: Area, radius: f32, colour: Colour) {
        self.marks.push(Mark::Fill { area, radius, colour });
    }

    /// Notes what crosses an edge.
    pub(super) fn must_be_within(&mut self, what: &str, (from, to): (f32, f32), (left, right): (f32, f32)) {
        if from < left - TOLERANCE || to > right + TOLERANCE {
            self.facts.outside.push(format!("{what}: {from} to {to} in {left} to {right}"));
        }
    }

    /// Places a row with its left upper corner there; `right` is the edge of what it stands in.
    pub(super) fn row(&mut self, row: &Row, (x, y): (f32, f32), right: f32, (setting, colour): (Setting, Colour)) {
        self.facts.missing.extend(flow::missing(std::slice::from_ref(row)));
        let words = || row.0.iter().map(|letter| letter.one).collect::<String>();
        if x + row.width() > right + TOLERANCE {
            self.must_be_within(&words(), (x, x + row.width()), (x, right));
        }
        self.grounds(row, (x, y), setting);
        for letter in &row.0 {
            let style = letter.style;
            let baseline = y + self.faces.baseline(style, (letter.size, setting.line));
            let colour = match style.look {
                Look::Plain if style.code && setting.is_block => colours::TEXT,
                Look::Plain | Look::Stamp => colour,
                Look::Mention => colours::MENTION,
                Look::Link => colours::LINK,
            };
            self.lines(letter, (x, baseline), colour);
            self.marks.push(Mark::Letter { letter: *letter, pen: (x + letter.x, baseline), colour });
        }
    }

    /// Below a letter that is underlined, and through one that is struck.
    fn lines(&mut self, letter: &Letter, (x, baseline): (f32, f32), colour: Colour) {
        let line = |y: f32| Area { x: x + letter.x, y: y.round(), width: letter.advance, height: 1.0 };
        if letter.style.underlined {
            self.fill(line(baseline + 2.0), 0.0, colour);
        }
        if letter.style.struck {
            self.fill(line(baseline - letter.size * 0.3), 0.0, colour);
        }
    }

    /// What stands behind code, mentions and instants.
    fn grounds(&mut self, row: &Row, (x, y): (f32, f32), setting: Setting) {
        let ground = |style: Style| match style.look {
            Look::Mention => colours::MENTION_GROUND,
            Look::Stamp => colours::STAMP_GROUND,
            Look::Plain | Look::Link => colours::CODE,
        };
        for letters in row.0.chunk_by(|one, next| one.style == next.style) {
            let (Some(first), Some(last)) = (letters.first(), letters.last()) else { continue };
            if !flow::has_ground(first.style, setting) {
                continue;
            }
            let width = last.x + last.advance - first.x;
            let area = Area { x: x + first.x, y: y + 1.0, width, height: setting.line - 2.0 };
            self.fill(area, 3.0, ground(first.style));
        }
    }

    /// Words on one row at the present height; where they end.
    pub(super) fn words(&mut self, text: &str, bold: bool, x: f32, (setting, colour): (Setting, Colour)) -> f32 {
        let row = one_row(&run(text, bold), setting, self.faces);
        self.row(&row, (x, self.y), self.screen.width, (setting, colour));
        x + row.width()
    }
}
