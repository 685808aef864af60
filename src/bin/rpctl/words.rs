//! The commands and words of the system, so that a hint can be followed where it is given.

mod endpoints;
mod files;
mod rights;

use std::fmt::Display;

use rpctl::__private::System;
use rpctl::control::Signal;

/// The commands and words of a system.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Words(System);

/// What is shown of a process, in the words of ps(1).
#[derive(Clone, Copy, Debug)]
pub(crate) enum Columns {
    Few,
    User,
    Family,
    Start,
    Activity,
    FamilyActivity,
}

impl Words {
    /// The words of this system.
    pub(crate) const HERE: Self = Self(System::THIS);

    /// Those of Windows.
    #[cfg(test)]
    pub(crate) const WINDOWS: Self = Self(System::Windows);

    /// Returns whether this is Windows.
    fn is_windows(self) -> bool {
        self.0 == System::Windows
    }

    /// Returns the command that shows processes, before a verb.
    pub(crate) fn processes(self, columns: Columns, pids: impl Display) -> String {
        if self.is_windows() {
            let columns = match columns {
                Columns::Few | Columns::User | Columns::Family | Columns::Start => {
                    "Id,Path,StartTime"
                }
                Columns::Activity | Columns::FamilyActivity => "Id,Path,CPU,Responding",
            };
            return format!("Get-Process -Id {pids} | Format-List {columns}");
        }
        let columns = match columns {
            Columns::Few => return format!("ps -p {pids}"),
            Columns::User => "pid,user,args",
            Columns::Family => "pid,ppid,user,stat,args",
            Columns::Start => "pid,ppid,user,stat,lstart,args",
            Columns::Activity => "pid,user,stat,wchan,args",
            Columns::FamilyActivity => "pid,ppid,user,stat,wchan,args",
        };
        format!("ps -o {columns} -p {pids}")
    }

    /// Returns the hint that shows all processes.
    pub(crate) fn all_processes(self) -> &'static str {
        if self.is_windows() {
            "tasklist lists the processes"
        } else {
            "ps -e lists the processes"
        }
    }

    /// Returns the hint that shows the size of the executable of a process.
    pub(crate) fn executable_size(self, pid: impl Display) -> String {
        match self.0 {
            System::Windows => {
                format!("(Get-Item (Get-Process -Id {pid}).Path).Length shows its size")
            }
            System::Linux => format!("stat -L /proc/{pid}/exe shows its size"),
            System::MacOs => format!("ps -o comm= -p {pid} names it, and ls -l shows its size"),
        }
    }

    /// Returns the hint about descendants that become more and more.
    pub(crate) fn end_all(self) -> &'static str {
        if self.is_windows() {
            "end its tree in the Details of the Task Manager"
        } else {
            "end all processes of its cgroup at once, if it has one of its own: systemctl kill, or \
             cgroup.kill in that cgroup"
        }
    }

    /// Returns how more processes can run.
    pub(crate) fn more_processes(self) -> &'static str {
        match self.0 {
            System::Windows => "end programs, so that there is memory, and run it again",
            System::Linux => {
                "allow more processes (ulimit -u, or pids.max of the container), and run it again"
            }
            System::MacOs => "allow more processes (ulimit -u), and run it again",
        }
    }

    /// Returns what shows which boot this is, if the system does not tell.
    pub(crate) fn boot(self) -> &'static str {
        match self.0 {
            System::Linux => {
                "run rpctl where all of /proc is mounted: /proc/sys/kernel/random/boot_id names \
                 the boot"
            }
            System::Windows => {
                r"BootId in HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management\PrefetchParameters counts the boots, and is missing"
            }
            System::MacOs => "sysctl kern.boottime tells when this boot began",
        }
    }

    /// Returns what a signal is called in a sentence: Windows has none.
    pub(crate) fn signal(self, signal: Signal) -> &'static str {
        match signal {
            Signal::Term if self.is_windows() => "the request to stop",
            Signal::Kill if self.is_windows() => "the order to end",
            signal => signal.name(),
        }
    }

    /// Returns two commands, the second of which runs if the first succeeds.
    pub(crate) fn both(self, first: &str, second: &str) -> String {
        if self.is_windows() {
            // PowerShell 5 has no &&.
            format!("{first}; if ($?) {{ {second} }}")
        } else {
            format!("{first} && {second}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processes_are_shown_by_commands_of_the_system() {
        let [linux, windows] = [System::Linux, System::Windows].map(Words);
        assert_eq!(
            linux.processes(Columns::Activity, 7),
            "ps -o pid,user,stat,wchan,args -p 7"
        );
        assert_eq!(
            windows.processes(Columns::Activity, "7,8"),
            "Get-Process -Id 7,8 | Format-List Id,Path,CPU,Responding"
        );
    }

    #[test]
    fn a_pipe_is_asked_by_name_and_a_port_by_number() {
        let shown = Words::WINDOWS.listeners("my daemon", true);
        assert!(
            shown.starts_with("rpctl record --socket \"my daemon\" "),
            "{shown}"
        );
        let shown = Words::WINDOWS.listeners("127.0.0.1:80", true);
        assert!(shown.starts_with("netstat -ano | findstr :80 "), "{shown}");
    }

    #[test]
    fn two_commands_follow_one_another_in_any_version_of_a_shell() {
        assert_eq!(Words::WINDOWS.both("a", "b"), "a; if ($?) { b }");
        assert_eq!(Words(System::MacOs).both("a", "b"), "a && b");
    }

    #[test]
    fn a_path_of_windows_begins_with_a_drive_or_a_server() {
        for (path, is_absolute) in [
            (r"C:\a.exe", true),
            ("c:/a.exe", true),
            (r"\\server\share\a.exe", true),
            (r"C:a.exe", false),
            (r"\a.exe", false),
            ("/a", false),
        ] {
            assert_eq!(Words::WINDOWS.is_absolute(path), is_absolute, "{path}");
        }
    }

    #[test]
    fn signals_of_windows_are_requests() {
        assert_eq!(Words::WINDOWS.signal(Signal::Term), "the request to stop");
        assert_eq!(Words::WINDOWS.signal(Signal::Kill), "the order to end");
        assert_eq!(Words(System::Linux).signal(Signal::Term), "SIGTERM");
    }
}
