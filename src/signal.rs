//! The signals that a program sends, by name.

use std::str::FromStr;

use crate::named::named;

named! {
    /// A signal, as described in
    /// [signal(7)](https://man7.org/linux/man-pages/man7/signal.7.html).
    ///
    /// Parsed from its name, in upper or lower case, with or without `SIG`: `SIGTERM`,
    /// `term`. Its number depends on the architecture and has no part in that.
    ///
    /// The signals by which the kernel reports the fault of a program are left out.
    #[non_exhaustive]
    pub enum Signal {
        /// The terminal was closed. Many daemons read their configuration again.
        Hup = "SIGHUP",
        /// The interrupt from the keyboard. PostgreSQL ends its sessions and exits.
        Int = "SIGINT",
        /// The quit from the keyboard. nginx finishes its requests and exits.
        Quit = "SIGQUIT",
        /// Ends the process, with a core dump.
        Abrt = "SIGABRT",
        /// Ends the process at once. It cannot be caught.
        Kill = "SIGKILL",
        /// Free for the program.
        Usr1 = "SIGUSR1",
        /// Free for the program.
        Usr2 = "SIGUSR2",
        /// The reader of a pipe is gone.
        Pipe = "SIGPIPE",
        /// The timer of alarm(2).
        Alrm = "SIGALRM",
        /// Asks the process to exit.
        Term = "SIGTERM",
        /// A child has changed its state.
        Chld = "SIGCHLD",
        /// Continues a stopped process.
        Cont = "SIGCONT",
        /// Stops the process. It cannot be caught.
        Stop = "SIGSTOP",
        /// The stop from the keyboard.
        Tstp = "SIGTSTP",
        /// A background process reads from its terminal.
        Ttin = "SIGTTIN",
        /// A background process writes to its terminal.
        Ttou = "SIGTTOU",
        /// Urgent data on a socket.
        Urg = "SIGURG",
        /// The terminal has another size. nginx and Apache stop their workers gracefully.
        Winch = "SIGWINCH",
        /// Input or output is possible.
        Io = "SIGIO",
        /// The power fails.
        Pwr = "SIGPWR",
    }
}

/// The error of parsing a text that is not the name of a [`Signal`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not the name of a signal, such as TERM or SIGTERM")]
pub struct UnknownSignal(String);

impl FromStr for Signal {
    type Err = UnknownSignal;

    fn from_str(text: &str) -> Result<Self, UnknownSignal> {
        let upper = text.to_ascii_uppercase();
        let short = upper.strip_prefix("SIG").unwrap_or(&upper);
        Self::ALL
            .iter()
            .copied()
            .find(|signal| signal.name().strip_prefix("SIG") == Some(short))
            .ok_or_else(|| UnknownSignal(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_parsed_with_and_without_its_prefix() {
        for &signal in Signal::ALL {
            assert_eq!(signal.name().parse(), Ok(signal));
            assert_eq!(signal.name()[3..].to_lowercase().parse(), Ok(signal));
        }
    }

    #[test]
    fn other_texts_are_no_signals() {
        for text in ["", "SIG", "SIGSIGTERM", "15", "TERM ", "SIGSEGV"] {
            assert!(text.parse::<Signal>().is_err(), "{text:?}");
        }
    }
}
