//! A small canvas of few colours: rectangles, words in a font of its own, and the way to PNG. The same calls give the same
//! bytes.

use ab_glyph::{Font, FontRef, PxScale, ScaleFont, point};

/// A free font, cut down to ASCII; its licence stands beside it.
const FONT: &[u8] = include_bytes!("font/DejaVuSans-ascii.ttf");
/// So many shades lie between the ground and a colour of words: edges of letters are soft.
const SHADES: u8 = 15;

/// Slate, which dazzles nobody in a dark client and stands out in a light one.
const GROUND: [u8; 3] = [0x25, 0x28, 0x30];
const WORDS: [u8; 3] = [0xee, 0xf0, 0xf3];
const FAINT: [u8; 3] = [0xa8, 0xae, 0xb8];
const BEFORE: [u8; 3] = [0x8b, 0x93, 0xa1];
const AFTER: [u8; 3] = [0x4f, 0xb3, 0xf6];

/// What is drawn with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    /// Words.
    Words,
    /// Words of less weight.
    Faint,
    /// Bars of what is now.
    Before,
    /// Bars of what will be.
    After,
}

impl Ink {
    /// Its full colour's place in the palette: the ground, the shades of both kinds of words, the bars.
    fn index(self) -> u8 {
        match self {
            Self::Words => SHADES,
            Self::Faint => 2 * SHADES,
            Self::Before => 2 * SHADES + 1,
            Self::After => 2 * SHADES + 2,
        }
    }

    /// A shade of it, from 0 (the ground) to [`SHADES`].
    fn shade(self, shade: u8) -> u8 {
        if shade == 0 { 0 } else { self.index() - (SHADES - shade) }
    }
}

fn palette() -> Vec<u8> {
    let mix = |ink: [u8; 3], shade: u8| {
        let part = |place: usize| {
            let (from, to) = (u16::from(GROUND[place]), u16::from(ink[place]));
            let mixed = (from * u16::from(SHADES - shade) + to * u16::from(shade)) / u16::from(SHADES);
            u8::try_from(mixed).unwrap_or(u8::MAX)
        };
        [part(0), part(1), part(2)]
    };
    let shades = |ink| (1..=SHADES).flat_map(move |shade| mix(ink, shade));
    GROUND.into_iter().chain(shades(WORDS)).chain(shades(FAINT)).chain(BEFORE).chain(AFTER).collect()
}

/// Pixels as places in the palette.
pub(super) struct Canvas {
    width: usize,
    pixels: Vec<u8>,
}

impl Canvas {
    /// Nothing but the ground.
    pub(super) fn blank(width: usize, height: usize) -> Self {
        Self { width, pixels: vec![0; width * height] }
    }

    /// A rectangle; what lies outside is left out.
    pub(super) fn fill(&mut self, (x, y): (usize, usize), (width, height): (usize, usize), ink: Ink) {
        for row in y..y + height {
            for column in x..x + width {
                self.put((column, row), ink.index());
            }
        }
    }

    fn put(&mut self, (x, y): (usize, usize), index: u8) {
        if x < self.width
            && let Some(pixel) = self.pixels.get_mut(y * self.width + x)
        {
            *pixel = index;
        }
    }

    /// The canvas as PNG; none if it is larger than a PNG can be.
    pub(super) fn png(&self) -> Option<Vec<u8>> {
        let width = u32::try_from(self.width).ok()?;
        let height = u32::try_from(self.pixels.len() / self.width.max(1)).ok()?;
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_palette(palette());
        encoder.set_compression(png::Compression::Balanced);
        encoder.write_header().ok()?.write_image_data(&self.pixels).ok()?;
        Some(bytes)
    }
}

/// The font.
pub(super) struct Letters<'a>(FontRef<'a>);

impl Letters<'_> {
    /// None if the font cannot be read, which a test rules out.
    pub(super) fn read() -> Option<Self> {
        FontRef::try_from_slice(FONT).ok().map(Self)
    }

    /// How wide a text is.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "short texts: a few hundred, never negative"
    )]
    pub(super) fn width(&self, text: &str, size: f32) -> usize {
        let font = self.0.as_scaled(PxScale::from(size));
        text.chars().map(|one| font.h_advance(font.glyph_id(one))).sum::<f32>().ceil() as usize
    }

    /// Writes a text with its upper left corner there.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "places on a canvas of some hundred pixels; what lies left of it or above is clamped to its edge"
    )]
    pub(super) fn write(&self, canvas: &mut Canvas, (x, y): (usize, usize), text: &str, (size, ink): (f32, Ink)) {
        let scale = PxScale::from(size);
        let font = self.0.as_scaled(scale);
        let (mut pen, line) = (x as f32, y as f32 + font.ascent());
        for one in text.chars() {
            let id = font.glyph_id(one);
            let outline = self.0.outline_glyph(id.with_scale_and_position(scale, point(pen, line)));
            pen += font.h_advance(id);
            let Some(outline) = outline else { continue };
            let corner = outline.px_bounds().min;
            outline.draw(|column, row, cover| {
                let at = ((corner.x + column as f32) as usize, (corner.y + row as f32) as usize);
                let shade = (cover.clamp(0.0, 1.0) * f32::from(SHADES)).round() as u8;
                if shade > 0 {
                    canvas.put(at, ink.shade(shade));
                }
            });
        }
    }
}
