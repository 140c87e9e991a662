//! An embed: a panel with a bar of its colour.

use super::Mark;
use super::page::Page;
use super::parts::Column;
use crate::canvas::Area;
use crate::colours;
use crate::flow::Setting;
use crate::message::{Embed, Field};

const BAR: f32 = 4.0;
const PADDING: f32 = 10.0;
const GAP: f32 = 8.0;
/// Most inline fields beside each other.
const BESIDE: usize = 3;

impl Page<'_> {
    pub(super) fn embed(&mut self, embed: &Embed) {
        self.y += GAP;
        let (left, right) = self.screen.embed_padding;
        let (x, top) = (self.screen.indent, self.y);
        let width = self.screen.embed_width.min(self.screen.room());
        let column = Column {
            x: x + BAR + left,
            width: width - BAR - left - right,
            top: top + PADDING,
            setting: Setting::text(self.screen.embed_text),
            colour: colours::TEXT,
        };
        // Drawn below what stands on it, and as high as that turns out to be.
        let ground = self.marks.len();
        self.y += PADDING;
        self.bold(&embed.author, column);
        self.bold(&embed.title, Column { setting: Setting::text(self.screen.text), ..column });
        self.text(&embed.description, column);
        self.fields(&embed.fields, column);
        self.footer(&embed.footer, column);
        self.y += PADDING;
        let area = Area { x, y: top, width, height: self.y - top };
        self.must_be_within("an embed", (area.x, area.right()), (0.0, self.screen.width));
        let bar = Area { width: 2.0 * BAR, ..area };
        let panel = Area { x: x + BAR, width: width - BAR, ..area };
        let panels = [
            Mark::Fill { area: bar, radius: BAR, colour: colours::of_number(embed.colour) },
            Mark::Fill { area: panel, radius: 0.0, colour: colours::PANEL },
        ];
        self.marks.splice(ground..ground, panels);
    }

    fn bold(&mut self, text: &str, column: Column) {
        if !text.is_empty() {
            self.text(&format!("**{text}**"), Column { colour: colours::STRONG, ..column });
            self.y += 4.0;
        }
    }

    /// Inline ones stand beside each other on a desktop, and below each other on a phone.
    fn fields(&mut self, fields: &[Field], column: Column) {
        let beside = self.screen.fields_side_by_side;
        let together = |one: &Field, next: &Field| beside && one.inline && next.inline;
        for group in fields.chunk_by(together) {
            for row in group.chunks(BESIDE) {
                if self.y > column.top {
                    self.y += GAP;
                }
                self.beside(row, column);
            }
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "one to three fields")]
    fn beside(&mut self, fields: &[Field], column: Column) {
        let width = column.width / fields.len().max(1) as f32;
        let (top, mut bottom) = (self.y, self.y);
        for (place, field) in fields.iter().enumerate() {
            self.y = top;
            let own = Column { x: column.x + place as f32 * width, width: width - GAP, ..column };
            self.bold(&field.name, own);
            self.text(&field.value, own);
            bottom = bottom.max(self.y);
        }
        self.y = bottom;
    }

    /// A footer knows no markup. Above it is room, unless it is the first.
    fn footer(&mut self, footer: &str, column: Column) {
        if footer.is_empty() {
            return;
        }
        if self.y > column.top {
            self.y += GAP;
        }
        let setting = Setting::text((12.0, 16.0));
        for row in crate::flow::rows(&super::page::run(footer, false), setting, column.width, self.faces) {
            self.row(&row, (column.x, self.y), column.x + column.width, (setting, colours::FAINT));
            self.y += setting.line;
        }
    }
}
