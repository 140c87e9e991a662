//! Where everything of a message stands, before anything is drawn.

mod embed;
mod page;
mod parts;

use crate::canvas::{Area, Canvas};
use crate::colours::{Colour, GROUND};
use crate::faces::Faces;
use crate::facts::Facts;
use crate::flow::{Letter, Shape};
use crate::message::Message;
use crate::picture::Picture;
use crate::reader::Reader;
use crate::screen::Screen;
use page::Page;

/// One thing that is drawn.
#[derive(Debug)]
pub(crate) enum Mark {
    Fill {
        area: Area,
        radius: f32,
        colour: Colour,
    },
    Figure {
        corners: Vec<(f32, f32)>,
        colour: Colour,
    },
    /// A letter with its pen there.
    Letter {
        letter: Letter,
        pen: (f32, f32),
        colour: Colour,
    },
    Picture {
        picture: Picture,
        area: Area,
    },
}

/// A message, laid out for a screen.
#[derive(Debug)]
pub struct Laid {
    size: (usize, usize),
    marks: Vec<Mark>,
    facts: Facts,
}

/// Lays a message out as the client of that screen does.
#[must_use]
pub fn lay_out(message: &Message, screen: &Screen, reader: &Reader, faces: &Faces) -> Laid {
    let mut page = Page::new(screen, reader, faces);
    page.head();
    page.content(&message.content);
    // Pictures first, then the others below each other.
    message.pictures.iter().for_each(|one| page.image(one));
    message.files.iter().for_each(|one| page.file(one));
    message.embeds.iter().for_each(|one| page.embed(one));
    message.rows.iter().for_each(|row| page.buttons(row));
    page.reactions(&message.reactions);
    page.end()
}

impl Laid {
    /// What it is judged by.
    #[must_use]
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// How high it is, in pixels.
    #[must_use]
    pub fn height(&self) -> usize {
        self.size.1
    }

    /// Draws it, in the same faces with which it was laid out.
    #[must_use]
    pub fn draw(&self, faces: &Faces) -> Picture {
        let mut canvas = Canvas::blank(self.size, GROUND);
        for mark in &self.marks {
            match mark {
                Mark::Fill { area, radius, colour } => canvas.fill(*area, *radius, *colour),
                Mark::Figure { corners, colour } => canvas.figure(corners, *colour),
                Mark::Letter { letter, pen, colour } => draw_letter(&mut canvas, faces, letter, (*pen, *colour)),
                Mark::Picture { picture, area } => canvas.paste(picture, *area),
            }
        }
        canvas.picture()
    }
}

fn draw_letter(canvas: &mut Canvas, faces: &Faces, letter: &Letter, (pen, colour): ((f32, f32), Colour)) {
    let (x, baseline) = pen;
    match letter.shape {
        Shape::Glyph(glyph) => canvas.glyph(faces, glyph, pen, (letter.size, colour)),
        Shape::Emoji(one) => canvas.emoji(one, (x, baseline - letter.advance * 0.84, letter.advance)),
        Shape::Missing(_) => {
            let (top, side) = (baseline - letter.size * 0.8, letter.size * 0.8);
            let outer = Area { x: x + 1.0, y: top, width: side, height: side };
            let inner = Area { x: x + 2.0, y: top + 1.0, width: side - 2.0, height: side - 2.0 };
            canvas.fill(outer, 0.0, colour);
            canvas.fill(inner, 0.0, GROUND);
        }
        Shape::Nothing => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::Language;
    use jiff::{Timestamp, tz::TimeZone};
    use serde_json::{Value, json};

    fn laid(json: &Value, screen: &Screen) -> Laid {
        let reader = Reader {
            language: Language::English,
            zone: TimeZone::UTC,
            now: Timestamp::from_second(1_795_500_000).unwrap(),
            names: std::collections::BTreeMap::new(),
        };
        let faces = Faces::installed().unwrap();
        lay_out(&Message::read(json, Vec::new(), &["✅", "❌"]), screen, &reader, &faces)
    }

    fn described(description: &str) -> Value {
        json!({"content": "a", "embeds": [{"description": description, "color": 255}]})
    }

    fn button(label: &str) -> Value {
        json!({"content": "a", "components": [{"type": 1, "components": [{"type": 2, "style": 2, "label": label}]}]})
    }

    #[test]
    fn a_phone_has_room_for_thirty_columns_and_not_for_more() {
        let block = |columns: usize| described(&format!("```\n{}\n```", "x".repeat(columns)));
        assert_eq!(laid(&block(30), &Screen::PHONE).facts().broken, Vec::<String>::new());
        assert_eq!(laid(&block(31), &Screen::PHONE).facts().broken, ["x".repeat(31)]);
        assert!(laid(&block(31), &Screen::DESKTOP).facts().are_well());
    }

    #[test]
    fn what_crosses_an_edge_is_seen() {
        assert!(laid(&button("Details"), &Screen::PHONE).facts().are_well());
        let wide = laid(&button(&"x".repeat(80)), &Screen::PHONE);
        assert!(wide.facts().outside[0].starts_with("xxx"), "{:?}", wide.facts());
        let many: Vec<Value> = (0..5).map(|_| json!({"type": 2, "style": 2, "label": "Details"})).collect();
        let rows = json!({"content": "a", "components": [{"type": 1, "components": many}]});
        let (one, five) = (laid(&button("Details"), &Screen::PHONE), laid(&rows, &Screen::PHONE));
        assert!(five.facts().are_well() && five.height() > one.height(), "they go on below");
    }

    #[test]
    fn inline_fields_stand_below_each_other_on_a_phone() {
        let field = json!({"name": "a", "value": "b", "inline": true});
        let with = |count: usize| json!({"content": "a", "embeds": [{"fields": vec![field.clone(); count]}]});
        let height = |count: usize, screen: &Screen| laid(&with(count), screen).height();
        assert_eq!(height(1, &Screen::DESKTOP), height(3, &Screen::DESKTOP));
        assert!(
            height(3, &Screen::PHONE) > height(2, &Screen::PHONE)
                && height(2, &Screen::PHONE) > height(1, &Screen::PHONE)
        );
    }

    #[test]
    fn the_same_message_is_the_same_picture_and_another_is_another() {
        let faces = Faces::installed().unwrap();
        let drawn = |text: &str| laid(&described(text), &Screen::PHONE).draw(&faces);
        assert_eq!(drawn("Votes: 1 of 2").png().unwrap(), drawn("Votes: 1 of 2").png().unwrap());
        assert!(drawn("Votes: 1 of 2").differs(&drawn("Votes: 2 of 2")) > 0);
        assert!(drawn("\u{10fffd}").differs(&drawn("")) > 0, "a box stands where a glyph is missing");
    }
}
