//! Discord's dark theme.

/// Red, green, blue.
pub(crate) type Colour = [u8; 3];

pub(crate) const GROUND: Colour = [0x31, 0x33, 0x38];
pub(crate) const PANEL: Colour = [0x2b, 0x2d, 0x31];
pub(crate) const CODE: Colour = [0x1e, 0x1f, 0x22];
pub(crate) const TEXT: Colour = [0xdb, 0xde, 0xe1];
pub(crate) const STRONG: Colour = [0xf2, 0xf3, 0xf5];
pub(crate) const FAINT: Colour = [0x94, 0x9b, 0xa4];
pub(crate) const LINK: Colour = [0x00, 0xa8, 0xfc];
pub(crate) const BLURPLE: Colour = [0x58, 0x65, 0xf2];
pub(crate) const MENTION: Colour = [0xc9, 0xcd, 0xfb];
pub(crate) const MENTION_GROUND: Colour = [0x3c, 0x42, 0x70];
pub(crate) const STAMP_GROUND: Colour = [0x3f, 0x41, 0x47];
pub(crate) const QUOTE: Colour = [0x4e, 0x50, 0x58];
pub(crate) const WHITE: Colour = [0xff, 0xff, 0xff];

/// The ground of a button, by its style's number in Discord's documentation.
pub(crate) fn button(style: u64) -> Colour {
    match style {
        1 => BLURPLE,
        3 => [0x24, 0x80, 0x46],
        4 => [0xda, 0x37, 0x3c],
        _ => [0x4e, 0x50, 0x58],
    }
}

/// A colour as Discord writes it: one number.
pub(crate) fn of_number(number: u64) -> Colour {
    let part = |shift: u32| u8::try_from(number >> shift & 0xff).unwrap_or(u8::MAX);
    [part(16), part(8), part(0)]
}
