//! `rpctl probe --wait`: daemons that are not up yet.

mod fixture;
mod one;
mod progress;
mod several;
mod unnamed;
