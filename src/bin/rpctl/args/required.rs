//! What a process must be, beside what its record says.

use std::path::PathBuf;

use clap::Args;
use clap_complete::engine::ArgValueCompleter;
use rpctl::{__private, Probe};

use super::candidates::files;

/// The requirements of the caller, which verify the number in a PID file.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct RequiredArgs {
    /// Require that the process runs this executable (a replaced one counts); this verifies the number in a PID file of the same user
    #[arg(long, value_name = "PATH", add = ArgValueCompleter::new(files))]
    pub(crate) exe: Option<PathBuf>,
    /// Require that the process runs as this user, by name or number
    #[arg(long, value_name = "USER", value_parser = user)]
    pub(crate) user: Option<u32>,
}

impl RequiredArgs {
    pub(crate) fn is_empty(&self) -> bool {
        self.exe.is_none() && self.user.is_none()
    }

    /// Adds the requirements to a probe.
    pub(crate) fn apply(&self, mut probe: Probe) -> Probe {
        if let Some(exe) = &self.exe {
            // A path that cannot be made absolute is that of no file.
            let absolute = std::path::absolute(exe);
            probe = probe.exe(absolute.as_ref().unwrap_or(exe));
        }
        match self.user {
            Some(user) => probe.user(user),
            None => probe,
        }
    }
}

/// Parses the name or the number of a user.
fn user(text: &str) -> Result<u32, String> {
    let number = || text.parse().ok();
    __private::user_named(text)
        .or_else(number)
        .ok_or_else(|| "there is no user of this name".to_owned())
}
