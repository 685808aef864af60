//! The page that tables are laid out for.

use jiff::Timestamp;

use super::style::Styles;

/// The width, the styles and the time of a table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    /// The width in columns; `None` shows every value in full.
    pub(crate) width: Option<usize>,
    pub(crate) styles: Styles,
    /// The moment that ages are relative to.
    pub(crate) now: Timestamp,
}
