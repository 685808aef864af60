//! The places of the data of a user.

/// Where programs keep the data of a user, as the system says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct UserDirectories {
    /// Whether the variables `%APPDATA%` and `%LOCALAPPDATA%` name them.
    pub has_app_data: bool,
    /// Whether the variables of the XDG Base Directory Specification name them.
    pub has_xdg: bool,
    /// The directory in the home of the user, if no variable names another one.
    pub data: &'static str,
}

impl UserDirectories {
    #[cfg(any(target_os = "linux", test))]
    pub(crate) const LINUX: Self = Self {
        has_app_data: false,
        has_xdg: true,
        data: ".local/share",
    };

    #[cfg(any(target_os = "macos", test))]
    pub(crate) const MACOS: Self = Self {
        has_app_data: false,
        has_xdg: false,
        data: "Library/Application Support",
    };

    #[cfg(any(windows, test))]
    pub(crate) const WINDOWS: Self = Self {
        has_app_data: true,
        has_xdg: false,
        data: "",
    };
}
