//! Pixels, and what is drawn on them: rectangles, figures, glyphs, pictures.

use crate::colours::Colour;
use crate::emoji;
use crate::faces::{Faces, Glyph, em};
use crate::picture::Picture;
use ab_glyph::{Font, PxScale, point};
use ab_glyph_rasterizer::{Point, Rasterizer};
use std::f32::consts::FRAC_1_SQRT_2;

/// A rectangle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Area {
    pub(crate) x: f32,
    pub(crate) y: f32,
    pub(crate) width: f32,
    pub(crate) height: f32,
}

impl Area {
    pub(crate) fn right(&self) -> f32 {
        self.x + self.width
    }
}

/// So many shades lie between a ground and what is drawn on it: few colours make a small file.
const SHADES: f32 = 15.0;

/// What is drawn on.
pub(crate) struct Canvas {
    width: usize,
    pixels: Vec<Colour>,
}

impl Canvas {
    pub(crate) fn blank((width, height): (usize, usize), ground: Colour) -> Self {
        Self { width, pixels: vec![ground; width * height] }
    }

    pub(crate) fn picture(self) -> Picture {
        Picture { width: self.width, pixels: self.pixels }
    }

    /// What lies outside is left out.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "negative places are left out first")]
    fn put(&mut self, (x, y): (f32, f32), colour: Colour, cover: f32) {
        let shade = (cover.clamp(0.0, 1.0) * SHADES).round() / SHADES;
        if x < 0.0 || y < 0.0 || shade <= 0.0 {
            return;
        }
        let (x, y) = (x as usize, y as usize);
        if x >= self.width {
            return;
        }
        let Some(pixel) = self.pixels.get_mut(y * self.width + x) else { return };
        for (part, wanted) in pixel.iter_mut().zip(colour) {
            let mixed = f32::from(*part) + (f32::from(wanted) - f32::from(*part)) * shade;
            *part = mixed.round() as u8;
        }
    }

    /// A rectangle with round corners.
    pub(crate) fn fill(&mut self, area: Area, radius: f32, colour: Colour) {
        let radius = radius.min(area.width / 2.0).min(area.height / 2.0);
        if radius <= 0.0 {
            return self.figure(
                &[
                    (area.x, area.y),
                    (area.right(), area.y),
                    (area.right(), area.y + area.height),
                    (area.x, area.y + area.height),
                ],
                colour,
            );
        }
        let corners = [
            (area.right() - radius, area.y + radius, 0),
            (area.right() - radius, area.y + area.height - radius, 1),
            (area.x + radius, area.y + area.height - radius, 2),
            (area.x + radius, area.y + radius, 3),
        ];
        let around = corners.into_iter().flat_map(|(x, y, quarter)| {
            QUARTER.iter().map(move |(right, up)| match quarter {
                0 => (x + right * radius, y - up * radius),
                1 => (x + up * radius, y + right * radius),
                2 => (x - right * radius, y + up * radius),
                _ => (x - up * radius, y - right * radius),
            })
        });
        self.figure(&around.collect::<Vec<_>>(), colour);
    }

    /// A figure by its corners.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "sizes of a canvas: some thousand pixels, never negative"
    )]
    pub(crate) fn figure(&mut self, corners: &[(f32, f32)], colour: Colour) {
        let least = |of: fn(&(f32, f32)) -> f32| corners.iter().map(of).fold(f32::INFINITY, f32::min).floor();
        let most = |of: fn(&(f32, f32)) -> f32| corners.iter().map(of).fold(f32::NEG_INFINITY, f32::max).ceil();
        let (left, top) = (least(|corner| corner.0), least(|corner| corner.1));
        let (width, height) = (most(|corner| corner.0) - left, most(|corner| corner.1) - top);
        if !(width > 0.0 && height > 0.0) {
            return;
        }
        let mut raster = Rasterizer::new(width as usize, height as usize);
        let at = |corner: &(f32, f32)| Point { x: corner.0 - left, y: corner.1 - top };
        for (from, to) in corners.iter().zip(corners.iter().cycle().skip(1)) {
            raster.draw_line(at(from), at(to));
        }
        raster.for_each_pixel_2d(|x, y, cover| self.put((left + x as f32, top + y as f32), colour, cover));
    }

    /// An emoji that we draw ourselves, in a square.
    pub(crate) fn emoji(&mut self, one: char, (x, y, side): (f32, f32, f32)) {
        for (figure, colour) in emoji::drawing(one).unwrap_or_default() {
            let scaled =
                figure.iter().map(|(right, down)| (x + right * side / emoji::SIDE, y + down * side / emoji::SIDE));
            self.figure(&scaled.collect::<Vec<_>>(), *colour);
        }
    }

    /// A glyph with its pen there.
    #[expect(clippy::cast_precision_loss, reason = "places within a glyph")]
    pub(crate) fn glyph(
        &mut self,
        faces: &Faces,
        glyph: Glyph,
        (x, baseline): (f32, f32),
        (size, colour): (f32, Colour),
    ) {
        let Some(font) = faces.font(glyph) else { return };
        let scale = PxScale::from(size * font.height_unscaled() / em(font));
        let pens = if glyph.twice { &[0.0, 0.6][..] } else { &[0.0] };
        for pen in pens {
            let placed = glyph.id.with_scale_and_position(scale, point(x + pen, baseline));
            let Some(outline) = font.outline_glyph(placed) else { return };
            let corner = outline.px_bounds().min;
            outline.draw(|column, row, cover| {
                self.put((corner.x + column as f32, corner.y + row as f32), colour, cover);
            });
        }
    }

    /// A picture, made as large as its place.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "places on a canvas and in a picture"
    )]
    pub(crate) fn paste(&mut self, picture: &Picture, area: Area) {
        let (width, height) = (area.width as usize, area.height as usize);
        for (x, y) in (0..height).flat_map(|y| (0..width).map(move |x| (x, y))) {
            let colour = picture.average((x, y), (width, height));
            self.put((area.x + x as f32, area.y + y as f32), colour, 1.0);
        }
    }
}

/// A quarter of a circle from its top to its right: right and up.
const QUARTER: [(f32, f32); 7] = [
    (0.0, 1.0),
    (0.258_819, 0.965_926),
    (0.5, 0.866_025),
    (FRAC_1_SQRT_2, FRAC_1_SQRT_2),
    (0.866_025, 0.5),
    (0.965_926, 0.258_819),
    (1.0, 0.0),
];
