//! Whether a record is trusted that other users could have written.

/// Whether a record must be protected from other users.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Trust {
    /// A record that users other than its owner and root could have written is
    /// refused.
    #[default]
    Required,
    /// Any record is accepted.
    Waived,
}
