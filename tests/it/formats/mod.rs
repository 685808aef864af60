//! The formats for other programs, each read back by the rules of who reads it.

mod errors;
mod fixture;
mod hostile;
mod jq;
mod junit;
mod promtool;
mod read;
mod reports;
mod styles;
mod values;
