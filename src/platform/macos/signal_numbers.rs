//! The numbers of signals.

use rustix::process::Signal;

use crate::signal::Signal as Named;

/// Returns the number of a signal; `None` if macOS does not have it.
pub(super) fn number(signal: Named) -> Option<Signal> {
    Some(match signal {
        Named::Hup => Signal::HUP,
        Named::Int => Signal::INT,
        Named::Quit => Signal::QUIT,
        Named::Abrt => Signal::ABORT,
        Named::Kill => Signal::KILL,
        Named::Usr1 => Signal::USR1,
        Named::Usr2 => Signal::USR2,
        Named::Pipe => Signal::PIPE,
        Named::Alrm => Signal::ALARM,
        Named::Term => Signal::TERM,
        Named::Chld => Signal::CHILD,
        Named::Cont => Signal::CONT,
        Named::Stop => Signal::STOP,
        Named::Tstp => Signal::TSTP,
        Named::Ttin => Signal::TTIN,
        Named::Ttou => Signal::TTOU,
        Named::Urg => Signal::URG,
        Named::Winch => Signal::WINCH,
        Named::Io => Signal::IO,
        Named::Pwr => return None,
    })
}
