//! `rpctl man`: the pages of section 1, from the argument definitions and from
//! the text files beside this one.

mod examples;
mod page;
mod run;
mod text;
mod tidy;

pub(super) use run::run;
