//! The few emoji that the bot uses, drawn by ourselves: no face of one colour has them, and those of many colours are large
//! and differ from release to release. Each is a ground and a mark on it, in a square of 32.

use crate::colours::{Colour, WHITE};

/// Corners of a figure.
pub(crate) type Figure = &'static [(f32, f32)];

/// Figures, one over the other.
type Drawing = &'static [(Figure, Colour)];

/// The side of the square that the figures are drawn in.
pub(crate) const SIDE: f32 = 32.0;

const GREEN: Colour = [0x77, 0xb2, 0x55];
const RED: Colour = [0xdd, 0x2e, 0x44];
const BLUE: Colour = [0x3b, 0x88, 0xc3];

const SQUARE: Figure =
    &[(2.0, 4.0), (4.0, 2.0), (28.0, 2.0), (30.0, 4.0), (30.0, 28.0), (28.0, 30.0), (4.0, 30.0), (2.0, 28.0)];
const OCTAGON: Figure =
    &[(10.0, 2.0), (22.0, 2.0), (30.0, 10.0), (30.0, 22.0), (22.0, 30.0), (10.0, 30.0), (2.0, 22.0), (2.0, 10.0)];
const TICK: Figure = &[(6.0, 17.0), (9.0, 14.0), (13.5, 18.5), (23.0, 7.5), (26.0, 10.5), (13.5, 24.5)];
const CROSS: Figure = &[
    (7.0, 3.0),
    (16.0, 12.0),
    (25.0, 3.0),
    (29.0, 7.0),
    (20.0, 16.0),
    (29.0, 25.0),
    (25.0, 29.0),
    (16.0, 20.0),
    (7.0, 29.0),
    (3.0, 25.0),
    (12.0, 16.0),
    (3.0, 7.0),
];
const LEFT_BAR: Figure = &[(9.0, 8.0), (14.0, 8.0), (14.0, 24.0), (9.0, 24.0)];
const RIGHT_BAR: Figure = &[(18.0, 8.0), (23.0, 8.0), (23.0, 24.0), (18.0, 24.0)];
const PLAY: Figure = &[(10.0, 7.0), (25.0, 16.0), (10.0, 25.0)];
const RIM: Figure =
    &[(11.0, 4.5), (21.0, 4.5), (27.5, 11.0), (27.5, 21.0), (21.0, 27.5), (11.0, 27.5), (4.5, 21.0), (4.5, 11.0)];
const INSIDE: Figure =
    &[(12.0, 7.0), (20.0, 7.0), (25.0, 12.0), (25.0, 20.0), (20.0, 25.0), (12.0, 25.0), (7.0, 20.0), (7.0, 12.0)];
const BACK: Figure = &[
    (6.0, 13.0),
    (14.0, 6.0),
    (14.0, 11.0),
    (22.0, 11.0),
    (26.0, 15.0),
    (26.0, 21.0),
    (22.0, 25.0),
    (12.0, 25.0),
    (12.0, 21.0),
    (20.5, 21.0),
    (22.0, 19.5),
    (22.0, 16.5),
    (20.5, 15.0),
    (14.0, 15.0),
    (14.0, 20.0),
];

const DRAWN: &[(char, Drawing)] = &[
    ('✅', &[(SQUARE, GREEN), (TICK, WHITE)]),
    ('❌', &[(CROSS, RED)]),
    ('🛑', &[(OCTAGON, RED), (RIM, WHITE), (INSIDE, RED)]),
    ('⏸', &[(SQUARE, BLUE), (LEFT_BAR, WHITE), (RIGHT_BAR, WHITE)]),
    ('▶', &[(SQUARE, BLUE), (PLAY, WHITE)]),
    ('↩', &[(SQUARE, BLUE), (BACK, WHITE)]),
];

/// The figures of an emoji; none if it is not one of ours.
pub(crate) fn drawing(one: char) -> Option<Drawing> {
    DRAWN.iter().find(|(emoji, _)| *emoji == one).map(|(_, drawing)| *drawing)
}

/// Whether it is drawn by ourselves.
pub(crate) fn is_drawn(one: char) -> bool {
    drawing(one).is_some()
}
