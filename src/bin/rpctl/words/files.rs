//! Words for files and file systems.

use rpctl::__private::System;

use super::Words;

impl Words {
    /// Returns how more files can be open.
    pub(crate) fn more_files(self) -> &'static str {
        if self.is_windows() {
            "end programs that have many handles open"
        } else {
            "allow more open files (ulimit -n)"
        }
    }

    /// Returns how a larger file can be written.
    pub(crate) fn larger_files(self) -> &'static str {
        if self.is_windows() {
            "write to a file system that has room for larger files, and run it again"
        } else {
            "allow larger files (ulimit -f), and run it again"
        }
    }

    /// Returns the commands that examine a file system.
    pub(crate) fn file_system(self) -> &'static str {
        if self.is_windows() {
            "(Repair-Volume -Scan)"
        } else {
            "(df, dmesg)"
        }
    }

    /// Returns the hint that names the mount of a file system which does not answer.
    pub(crate) fn hangs(self) -> &'static str {
        match self.0 {
            System::Linux => {
                "/proc/self/mountinfo names what is mounted there; ls, df and stat on it hang, too"
            }
            System::Windows => "net use shows the drives of the network; dir hangs on it, too",
            System::MacOs => "mount shows what is mounted there; ls, df and stat on it hang, too",
        }
    }

    /// Returns the variables of the environment that say where a user keeps files.
    pub(crate) fn home(self) -> &'static str {
        if self.is_windows() {
            "set LOCALAPPDATA"
        } else {
            "set HOME or XDG_RUNTIME_DIR"
        }
    }

    /// Returns the command that removes a file, which is quoted.
    pub(crate) fn remove(self, file: &str) -> String {
        let command = if self.is_windows() { "del" } else { "rm" };
        format!("{command} {file}")
    }

    /// Returns the command that prints the number in a PID file, which is quoted.
    pub(crate) fn number_in(self, file: &str) -> String {
        if self.is_windows() {
            format!("(Get-Content {file} -First 1)")
        } else {
            format!("\"$(head -n1 {file})\"")
        }
    }

    /// Returns whether a path leads from the root of a file system.
    pub(crate) fn is_absolute(self, path: &str) -> bool {
        let is_drive = || matches!(path.as_bytes(), [drive, b':', b'\\' | b'/', ..] if drive.is_ascii_alphabetic());
        if self.is_windows() {
            path.starts_with(r"\\") || is_drive()
        } else {
            path.starts_with('/')
        }
    }
}
