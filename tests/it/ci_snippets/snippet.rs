//! The snippets of the page.

use crate::support::block;

const PAGE: &str = include_str!("../../../docs/continuous-integration.md");

/// Returns the one snippet of a language that has these words.
#[track_caller]
pub(super) fn snippet(language: &str, words: &str) -> &'static str {
    block(PAGE, language, words)
}
