//! The pictures of the README: what the program prints about real processes, on a
//! terminal, as SVG.

mod house;
mod picture;
mod scenes;
mod terminal;
