//! A picture: its pixels, to and from PNG.

use crate::colours::Colour;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::Cursor;

/// The largest picture that is read, in bytes of its pixels.
const MOST_BYTES: usize = 64 << 20;

/// A picture of red, green and blue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    pub(crate) width: usize,
    pub(crate) pixels: Vec<Colour>,
}

/// Bytes that are no PNG that can be read here.
#[derive(Debug, thiserror::Error)]
pub enum NotAPicture {
    /// They do not decode.
    #[error(transparent)]
    Decoding(#[from] png::DecodingError),
    /// They do not encode.
    #[error(transparent)]
    Encoding(#[from] png::EncodingError),
    /// It is empty, or larger than a picture may be.
    #[error("a picture of no size, or too large")]
    Size,
}

impl Picture {
    /// Its width and height in pixels.
    #[must_use]
    pub fn size(&self) -> (usize, usize) {
        (self.width, self.pixels.len() / self.width.max(1))
    }

    /// How many pixels are others than in a picture of the same size; all of them if the sizes differ.
    #[must_use]
    pub fn differs(&self, other: &Self) -> usize {
        if self.size() != other.size() {
            return self.pixels.len().max(other.pixels.len());
        }
        self.pixels.iter().zip(&other.pixels).filter(|(one, two)| one != two).count()
    }

    /// Reads a PNG.
    ///
    /// # Errors
    ///
    /// If it is none, or too large.
    pub fn from_png(bytes: &[u8]) -> Result<Self, NotAPicture> {
        let mut decoder = png::Decoder::new(Cursor::new(bytes));
        decoder.set_transformations(png::Transformations::normalize_to_color8());
        let mut reader = decoder.read_info()?;
        let size = reader.output_buffer_size().filter(|size| *size <= MOST_BYTES).ok_or(NotAPicture::Size)?;
        let mut buffer = vec![0; size];
        let info = reader.next_frame(&mut buffer)?;
        let parts = info.color_type.samples();
        let colour = |one: &[u8]| match one {
            [red, green, blue, ..] => [*red, *green, *blue],
            [grey, ..] => [*grey; 3],
            [] => [0; 3],
        };
        let pixels: Vec<Colour> = buffer[..info.buffer_size()].chunks_exact(parts).map(colour).collect();
        let width = usize::try_from(info.width).map_err(|_| NotAPicture::Size)?;
        if pixels.is_empty() { Err(NotAPicture::Size) } else { Ok(Self { width, pixels }) }
    }

    /// It as PNG, in at most 256 colours: the most frequent ones stay as they are, each other becomes the nearest of them.
    ///
    /// # Errors
    ///
    /// If it is larger than a PNG can be.
    pub fn png(&self) -> Result<Vec<u8>, NotAPicture> {
        let (width, height) = self.size();
        let side = |side: usize| u32::try_from(side).map_err(|_| NotAPicture::Size);
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, side(width)?, side(height)?);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::High);
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_filter(png::Filter::NoFilter);
        let palette = self.palette();
        encoder.set_palette(palette.concat());
        let data = self.places(&palette);
        encoder.write_header()?.write_image_data(&data)?;
        Ok(bytes)
    }

    /// Its most frequent colours.
    fn palette(&self) -> Vec<Colour> {
        let mut counts: BTreeMap<Colour, usize> = BTreeMap::new();
        for pixel in &self.pixels {
            *counts.entry(*pixel).or_default() += 1;
        }
        let mut colours: Vec<(Colour, usize)> = counts.into_iter().collect();
        colours.sort_by_key(|(colour, count)| (Reverse(*count), *colour));
        colours.into_iter().map(|(colour, _)| colour).take(MOST_COLOURS).collect()
    }

    /// For each pixel which colour of a palette it is, or is nearest to.
    fn places(&self, palette: &[Colour]) -> Vec<u8> {
        let mut known: BTreeMap<Colour, u8> = BTreeMap::new();
        for (place, colour) in (0..=u8::MAX).zip(palette) {
            known.insert(*colour, place);
        }
        let nearest = |colour: Colour| {
            let far = |(_, other): &(u8, &Colour)| -> u32 {
                other.iter().zip(colour).map(|(one, two)| u32::from(one.abs_diff(two)).pow(2)).sum()
            };
            (0..=u8::MAX).zip(palette).min_by_key(far).map_or(0, |(place, _)| place)
        };
        self.pixels.iter().map(|pixel| *known.entry(*pixel).or_insert_with(|| nearest(*pixel))).collect()
    }

    /// The mean colour under a pixel of a smaller picture of that size.
    pub(crate) fn average(&self, (x, y): (usize, usize), (width, height): (usize, usize)) -> Colour {
        let (own_width, own_height) = self.size();
        let span = |at: usize, of: usize, own: usize| {
            let from = at * own / of.max(1);
            from..((at + 1) * own / of.max(1)).clamp(from + 1, own.max(from + 1))
        };
        let (mut sum, mut count) = ([0_usize; 3], 0);
        for row in span(y, height, own_height) {
            for column in span(x, width, own_width) {
                let Some(pixel) = self.pixels.get(row * own_width + column) else { continue };
                sum.iter_mut().zip(pixel).for_each(|(sum, part)| *sum += usize::from(*part));
                count += 1;
            }
        }
        let mean = |sum: usize| u8::try_from(sum / count.max(1)).unwrap_or(u8::MAX);
        sum.map(mean)
    }
}

/// Colours of a palette.
const MOST_COLOURS: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(colours: usize) -> Picture {
        let pixels = (0..colours).map(|at| [u8::try_from(at / 256).unwrap(), u8::try_from(at % 256).unwrap(), 7]);
        Picture { width: colours / 2, pixels: pixels.collect() }
    }

    #[test]
    fn a_picture_comes_back_as_it_was() {
        for colours in [2, 256] {
            let picture = picture(colours);
            let read = Picture::from_png(&picture.png().unwrap()).unwrap();
            assert_eq!(read, picture);
            assert_eq!(read.differs(&picture), 0);
        }
        assert!(Picture::from_png(b"no picture").is_err());
    }

    #[test]
    fn of_too_many_colours_the_rare_ones_become_their_neighbours() {
        let mut many = Picture { width: 2, ..picture(258) };
        many.pixels.extend(picture(256).pixels);
        let read = Picture::from_png(&many.png().unwrap()).unwrap();
        assert_eq!(read.differs(&many), 2, "[1, 0, 7] and [1, 1, 7]");
        assert_eq!(read.pixels[256], [0, 0, 7]);
    }

    #[test]
    fn one_other_pixel_is_a_difference() {
        let (one, mut other) = (picture(256), picture(256));
        other.pixels[77] = [1, 2, 3];
        assert_eq!(one.differs(&other), 1);
        assert_eq!(one.differs(&picture(600)), 600);
    }
}
