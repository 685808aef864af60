//! The pictures of the README: what the program prints about real processes, on a
//! terminal, as SVG.

mod cases;
mod container;
mod picture;
mod terminal;
