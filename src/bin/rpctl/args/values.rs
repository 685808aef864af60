//! Parsers of values on the command line.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use rpctl::control::Signal;
use rpctl::process::UnknownSignal;
use rpctl::record::{is_service_name, is_service_version};

/// A service of the registry, `NAME` or `NAME@VERSION`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Service {
    pub(crate) name: String,
    pub(crate) version: Option<String>,
}

impl FromStr for Service {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, version) = match text.split_once('@') {
            Some((name, version)) => (name, Some(version)),
            None => (text, None),
        };
        if version.is_some_and(|version| !is_service_version(version)) {
            return Err("a version is N.N.N, with an optional -suffix".to_owned());
        }
        Ok(Self {
            name: service_name(name)?,
            version: version.map(str::to_owned),
        })
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        match &self.version {
            Some(version) => write!(f, "@{version}"),
            None => Ok(()),
        }
    }
}

/// Parses a duration such as `500ms`, `1.5s` or `10m`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let parsed: jiff::SignedDuration = text
        .parse()
        .map_err(|_| "not a duration; examples are 500ms, 1.5s and 10m".to_owned())?;
    match Duration::try_from(parsed) {
        Ok(Duration::ZERO) | Err(_) => Err("a duration must be longer than zero".to_owned()),
        Ok(duration) => Ok(duration),
    }
}

/// Parses the PID of a process.
pub(super) fn pid(text: &str) -> Result<u32, String> {
    let number = text.parse().ok().filter(|&number| number > 0);
    number.ok_or_else(|| "a PID is a number from 1 to 4194303".to_owned())
}

/// Parses the name of a signal.
pub(super) fn signal(text: &str) -> Result<Signal, String> {
    let known = text
        .parse()
        .map_err(|error: UnknownSignal| error.to_string());
    known.map_err(|error| match text.parse::<u8>() {
        Ok(_) => format!("{error}; the number of a signal depends on the architecture"),
        Err(_) => error,
    })
}

/// Parses the name of a signal that a process can take as the request to terminate.
pub(super) fn graceful_signal(text: &str) -> Result<Signal, String> {
    match signal(text)? {
        Signal::Kill => Err("no process can end gracefully by KILL; see rpctl kill".to_owned()),
        Signal::Stop
        | Signal::Cont
        | Signal::Tstp
        | Signal::Ttin
        | Signal::Ttou
        | Signal::Chld
        | Signal::Urg => Err(
            "no process takes that signal as the request to end; daemons take \
                              TERM, INT, QUIT, HUP, USR1, USR2 or WINCH"
                .to_owned(),
        ),
        signal => Ok(signal),
    }
}

pub(super) fn service_name(text: &str) -> Result<String, String> {
    if is_service_name(text) {
        Ok(text.to_owned())
    } else {
        Err("a service name has 1 to 64 characters of a-z, 0-9 and -".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_people_write_them() {
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("1.5s"), Ok(Duration::from_millis(1500)));
        assert_eq!(duration("10m"), Ok(Duration::from_mins(10)));
        for wrong in ["", "5", "0s", "-1s", "soon"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn only_a_signal_that_can_be_caught_is_graceful() {
        for name in ["INT", "sigquit", "Hup", "USR1", "WINCH", "PWR"] {
            assert_eq!(graceful_signal(name), signal(name), "{name}");
            assert!(signal(name).is_ok(), "{name}");
        }
        for name in [
            "KILL", "sigstop", "CONT", "TSTP", "ttin", "TTOU", "chld", "URG", "15",
        ] {
            assert!(graceful_signal(name).is_err(), "{name}");
        }
        assert!(signal("15").unwrap_err().contains("architecture"));
    }
}
