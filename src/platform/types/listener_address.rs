//! The addresses on which sockets listen, as people write them.

use std::ffi::OsStr;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::PathBuf;

/// The address of a listening socket, as a person or a configuration file names it.
///
/// The path of a Unix socket; `@NAME` in the abstract namespace, see
/// [unix(7)](https://man7.org/linux/man-pages/man7/unix.7.html); `HOST:PORT` with an IP
/// address or `localhost`, an IPv6 address in brackets; or `:PORT`, on any address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListenerAddress {
    text: String,
    pub(crate) place: ListenerPlace,
}

/// The place that an address stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ListenerPlace {
    /// The file of a Unix socket.
    Path(PathBuf),
    /// A name in the abstract namespace.
    Abstract(Vec<u8>),
    /// A TCP port, on any of these addresses; on every one if there are none.
    Tcp { addresses: Vec<IpAddr>, port: u16 },
}

/// The reasons that a text is not the address of a listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ListenerAddressError {
    /// The text is empty, or a name in the abstract namespace is.
    #[error("the address is empty")]
    Empty,
    /// The port is not a number from 1 to 65535.
    #[error("a port is a number from 1 to 65535")]
    Port,
    /// The host is not known without asking a name server.
    #[error("a host is an IP address (IPv6 in brackets) or localhost; write a path as ./PATH")]
    Host,
}

impl ListenerAddress {
    /// Reads an address. A text with `/`, or without `:`, is a path.
    ///
    /// # Errors
    ///
    /// [`ListenerAddressError`].
    pub fn parse(text: &OsStr) -> Result<Self, ListenerAddressError> {
        Ok(Self {
            text: text.to_string_lossy().into_owned(),
            place: place(text)?,
        })
    }

    /// Returns whether this is the path of a Unix socket.
    pub(crate) fn is_path(&self) -> bool {
        matches!(self.place, ListenerPlace::Path(_))
    }
}

impl fmt::Display for ListenerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn place(text: &OsStr) -> Result<ListenerPlace, ListenerAddressError> {
    let bytes = text.as_encoded_bytes();
    match bytes {
        [] | [b'@'] => return Err(ListenerAddressError::Empty),
        [b'@', name @ ..] => return Ok(ListenerPlace::Abstract(name.to_owned())),
        _ if bytes.contains(&b'/') || !bytes.contains(&b':') => {
            return Ok(ListenerPlace::Path(text.into()));
        }
        _ => {}
    }
    let (host, port) = text
        .to_str()
        .and_then(|text| text.rsplit_once(':'))
        .ok_or(ListenerAddressError::Host)?;
    let addresses = addresses(host).ok_or(ListenerAddressError::Host)?;
    match port.parse() {
        Ok(0) | Err(_) => Err(ListenerAddressError::Port),
        Ok(port) => Ok(ListenerPlace::Tcp { addresses, port }),
    }
}

/// Returns the addresses of a host; `None` if only a name server can know them.
fn addresses(host: &str) -> Option<Vec<IpAddr>> {
    match host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
    {
        Some(host) => Some(vec![host.parse::<Ipv6Addr>().ok()?.into()]),
        None if host.is_empty() => Some(Vec::new()),
        None if host == "localhost" => {
            Some(vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()])
        }
        None => Some(vec![host.parse::<Ipv4Addr>().ok()?.into()]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_people_write_them() {
        let read = |text: &str| ListenerAddress::parse(OsStr::new(text)).map(|it| it.place);
        let tcp = |addresses: &[&str], port| {
            let addresses = addresses.iter().map(|it| it.parse().unwrap()).collect();
            Ok(ListenerPlace::Tcp { addresses, port })
        };
        assert_eq!(read(":80"), tcp(&[], 80));
        assert_eq!(read("127.0.0.1:6379"), tcp(&["127.0.0.1"], 6379));
        assert_eq!(read("[::1]:6379"), tcp(&["::1"], 6379));
        assert_eq!(read("localhost:1"), tcp(&["127.0.0.1", "::1"], 1));
        for path in ["/run/a:80", "./a:80", "sock"] {
            assert_eq!(read(path), Ok(ListenerPlace::Path(path.into())));
        }
        assert_eq!(
            read("@a/b:1"),
            Ok(ListenerPlace::Abstract(b"a/b:1".to_vec()))
        );
        for (text, error) in [
            ("", ListenerAddressError::Empty),
            ("@", ListenerAddressError::Empty),
            (":0", ListenerAddressError::Port),
            ("127.0.0.1:65536", ListenerAddressError::Port),
            ("::1:80", ListenerAddressError::Host),
            ("example.org:80", ListenerAddressError::Host),
        ] {
            assert_eq!(read(text), Err(error), "{text}");
        }
    }
}
