//! An error as one result among others.

use owo_colors::OwoColorize;
use rpctl::Outcome;

use super::text::{sections, wrapped};
use crate::render::error_report::ErrorReport;
use crate::render::page::Page;
use crate::render::style::glyph;
use crate::render::{plain, sanitize};

pub(in crate::render) fn error(error: &ErrorReport, page: &Page) -> String {
    let message = sanitize::line(&error.message);
    let sentence = format!("{} {message}", glyph(Outcome::Fail));
    let sentence = wrapped(&sentence, page.width, "  ");
    let sentence = sentence.style(page.styles.outcome(Outcome::Fail));
    let advice = plain::advice(error).into_iter();
    let advice = advice.map(|line| wrapped(&line, page.width, "      "));
    sections(&[vec![sentence.to_string()], advice.collect()])
}
