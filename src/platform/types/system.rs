//! Operating systems.

/// An operating system, with forms of records, and with commands and words of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    /// Linux.
    Linux,
    /// Windows.
    Windows,
    /// macOS and any other Unix.
    MacOs,
}

impl System {
    /// The system that this program was built for.
    pub const THIS: Self = if cfg!(target_os = "linux") {
        Self::Linux
    } else if cfg!(windows) {
        Self::Windows
    } else {
        Self::MacOs
    };

    /// Returns what an endpoint of a daemon is.
    #[must_use]
    pub const fn socket(self) -> &'static str {
        match self {
            Self::Windows => "pipe",
            Self::Linux | Self::MacOs => "socket",
        }
    }

    /// Returns what names an endpoint.
    #[must_use]
    pub const fn socket_name(self) -> &'static str {
        match self {
            Self::Windows => "name of a pipe",
            Self::Linux | Self::MacOs => "path to a socket",
        }
    }
}
