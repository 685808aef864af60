//! The sockets of TCP that listen, and their processes.

#![expect(unsafe_code, reason = "the standard library lists no sockets")]

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use windows_sys::Win32::Foundation::{ERROR_INSUFFICIENT_BUFFER, NO_ERROR};
use windows_sys::Win32::NetworkManagement::IpHelper::{
    GetExtendedTcpTable, TCP_TABLE_OWNER_PID_LISTENER,
};
use windows_sys::Win32::Networking::WinSock::{AF_INET, AF_INET6};

/// The units of four bytes in a row of the table for IPv4: state, address, port, remote
/// address and port, process.
const ROW: usize = 6;

/// The units in a row of the table for IPv6: address, scope, port, remote ones, state,
/// process.
const ROW_V6: usize = 14;

/// A socket that listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct TcpListener {
    pub(in super::super) address: SocketAddr,
    /// The process that has created it.
    pub(in super::super) pid: u32,
}

/// Lists the sockets that listen, by
/// [GetExtendedTcpTable](https://learn.microsoft.com/windows/win32/api/iphlpapi/nf-iphlpapi-getextendedtcptable).
pub(in super::super) fn listeners() -> io::Result<Vec<TcpListener>> {
    let mut found = rows(&table(AF_INET)?, ROW, v4);
    found.extend(rows(&table(AF_INET6)?, ROW_V6, |row| match row {
        [a, b, c, d, _, port, .., pid] => {
            let mut address = [0; 16];
            for (to, part) in address.chunks_exact_mut(4).zip([a, b, c, d]) {
                to.copy_from_slice(&part.to_ne_bytes());
            }
            Some(TcpListener {
                address: socket(Ipv6Addr::from(address).into(), *port),
                pid: *pid,
            })
        }
        _ => None,
    }));
    Ok(found)
}

fn v4(row: &[u32]) -> Option<TcpListener> {
    match row {
        [_, address, port, _, _, pid] => Some(TcpListener {
            // The bytes stand in the order of the network.
            address: socket(Ipv4Addr::from(address.to_ne_bytes()).into(), *port),
            pid: *pid,
        }),
        _ => None,
    }
}

fn socket(address: IpAddr, port: u32) -> SocketAddr {
    let [high, low, ..] = port.to_ne_bytes();
    SocketAddr::new(address, u16::from_be_bytes([high, low]))
}

/// Reads the rows of a table, which begins with their number.
fn rows(
    table: &[u32],
    length: usize,
    row: impl Fn(&[u32]) -> Option<TcpListener>,
) -> Vec<TcpListener> {
    let Some((count, rest)) = table.split_first() else {
        return Vec::new();
    };
    let count = usize::try_from(*count).unwrap_or(usize::MAX);
    rest.chunks_exact(length)
        .take(count)
        .filter_map(row)
        .collect()
}

fn table(family: u16) -> io::Result<Vec<u32>> {
    let mut table = vec![0_u32; 1024];
    loop {
        let mut size = u32::try_from(size_of_val(&*table)).unwrap_or(u32::MAX);
        // SAFETY: the size is that of the buffer, whose units may have any value.
        let result = unsafe {
            GetExtendedTcpTable(
                table.as_mut_ptr().cast(),
                &raw mut size,
                0,
                family.into(),
                TCP_TABLE_OWNER_PID_LISTENER,
                0,
            )
        };
        match result {
            NO_ERROR => return Ok(table),
            ERROR_INSUFFICIENT_BUFFER => {
                // More may come before the next call.
                let units = usize::try_from(size).unwrap_or_default() / 4;
                table.resize(units.max(table.len()) * 2, 0);
            }
            error => return Err(io::Error::from_raw_os_error(error.cast_signed())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Wine tells no process.
    #[test]
    fn a_listener_is_listed_while_it_is_open() {
        for address in ["127.0.0.1:0", "[::1]:0"] {
            let Ok(listener) = std::net::TcpListener::bind(address) else {
                continue;
            };
            let address = listener.local_addr().unwrap();
            let is_listed = || listeners().unwrap().iter().any(|it| it.address == address);
            assert!(is_listed(), "{address}");
            drop(listener);
            assert!(!is_listed(), "{address}");
        }
    }

    #[test]
    fn a_row_names_its_process_last() {
        let port = u32::from_ne_bytes([0x1f, 0x90, 0, 0]);
        let address = u32::from_ne_bytes([127, 0, 0, 1]);
        let table = [1, 2, address, port, 0, 0, 4242, 9, 9, 9, 9, 9, 9];
        let listener = TcpListener {
            address: "127.0.0.1:8080".parse().unwrap(),
            pid: 4242,
        };
        assert_eq!(rows(&table, ROW, v4), [listener]);
        assert!(rows(&[], ROW, v4).is_empty());
    }
}
