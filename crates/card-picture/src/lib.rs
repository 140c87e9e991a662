#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod canvas;
mod colours;
mod emoji;
mod faces;
mod facts;
mod flow;
mod inline;
mod layout;
mod markdown;
mod message;
mod picture;
mod reader;
mod screen;
mod stamp;

pub use faces::{Faces, NoFaces};
pub use facts::Facts;
pub use layout::{Laid, lay_out};
pub use message::{Attached, Message};
pub use picture::{NotAPicture, Picture};
pub use reader::{Language, Reader};
pub use screen::Screen;
