//! The pictures of the pages: what the program prints about real processes, on a
//! terminal, as SVG.

mod cases;
mod container;
mod picture;
pub(crate) mod terminal;
