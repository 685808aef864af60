//! The sockets of a process.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;

use super::bytes::{before_nul, u16_at, u32_at, u64_at};
use super::vnode::path_of;

/// The size of `struct socket_fdinfo`.
pub(in crate::platform) const SOCKET_LEN: usize = 792;

/// The size of `struct proc_fdinfo`.
pub(in crate::platform) const DESCRIPTOR_LEN: usize = 8;

/// The kind of a descriptor of a socket: `PROX_FDTYPE_SOCKET`.
const SOCKET: u32 = 2;

/// The option of a socket that listens: `SO_ACCEPTCONN`.
const LISTENS: u16 = 2;

/// The kinds of sockets: `SOCKINFO_TCP` and `SOCKINFO_UN`.
const TCP: u32 = 2;
const UNIX: u32 = 3;

/// The flag of an address of 4 bytes: `INI_IPV4`.
const V4: u8 = 1;

/// The places of what is read of `struct socket_fdinfo`.
mod at {
    pub(super) const SOCKET: usize = 160;
    pub(super) const OPTIONS: usize = 188;
    pub(super) const KIND: usize = 256;
    /// The part that depends on the kind.
    pub(super) const LOCAL_PORT: usize = 268;
    pub(super) const VERSIONS: usize = 288;
    pub(super) const LOCAL_ADDRESS: usize = 312;
    pub(super) const PEER: usize = 264;
    /// The length of `sockaddr_un`, and what follows its family.
    pub(super) const BOUND_LEN: usize = 280;
    pub(super) const BOUND_PATH: usize = 282;
    pub(super) const BOUND_PATH_LEN: usize = 104;
}

/// A socket, with numbers that the kernel gives to no other one as long as it is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::platform) struct SocketInfo {
    pub(in crate::platform) handle: u64,
    /// The Unix socket at the other end; 0 if there is none.
    pub(in crate::platform) peer: u64,
    /// The address if the socket listens.
    pub(in crate::platform) listens_at: Option<Bound>,
}

/// The address of a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::platform) enum Bound {
    Path(PathBuf),
    Tcp(SocketAddr),
}

/// Reads the numbers of the descriptors of sockets from a list of `struct proc_fdinfo`.
pub(in crate::platform) fn socket_descriptors(list: &[u8]) -> Vec<i32> {
    let entries = list.chunks_exact(DESCRIPTOR_LEN);
    let sockets = entries.filter(|entry| u32_at(entry, 4) == Some(SOCKET));
    sockets
        .filter_map(|entry| u32_at(entry, 0).map(u32::cast_signed))
        .collect()
}

/// Reads `struct socket_fdinfo`.
pub(in crate::platform) fn socket_info(bytes: &[u8]) -> Option<SocketInfo> {
    if bytes.len() != SOCKET_LEN {
        return None;
    }
    let kind = u32_at(bytes, at::KIND)?;
    let listens = u16_at(bytes, at::OPTIONS)? & LISTENS != 0;
    let bound = match kind {
        _ if !listens => None,
        UNIX => path(bytes).map(Bound::Path),
        TCP => tcp_address(bytes).map(Bound::Tcp),
        _ => None,
    };
    let peer = u64_at(bytes, at::PEER).filter(|_| kind == UNIX);
    Some(SocketInfo {
        handle: u64_at(bytes, at::SOCKET)?,
        peer: peer.unwrap_or_default(),
        listens_at: bound,
    })
}

fn path(bytes: &[u8]) -> Option<PathBuf> {
    // Its length counts itself and the family.
    let length = usize::from(*bytes.get(at::BOUND_LEN)?).checked_sub(2)?;
    let path = bytes.get(at::BOUND_PATH..)?;
    let path = before_nul(path.get(..length.min(at::BOUND_PATH_LEN))?);
    (!path.is_empty()).then(|| path_of(path))
}

fn tcp_address(bytes: &[u8]) -> Option<SocketAddr> {
    let port = bytes.get(at::LOCAL_PORT..)?.first_chunk().copied();
    let address = bytes.get(at::LOCAL_ADDRESS..)?.first_chunk::<16>()?;
    let is_v4 = bytes.get(at::VERSIONS)? & 3 == V4;
    let address = if is_v4 {
        IpAddr::V4(Ipv4Addr::from(*address.last_chunk::<4>()?))
    } else {
        IpAddr::V6(Ipv6Addr::from(*address))
    };
    Some(SocketAddr::new(address, u16::from_be_bytes(port?)))
}

/// Returns the number for the handle of a socket: the hash FNV-1a of 32 bits of its bytes, or
/// the next one that no other `known` socket has. 0 stands for none.
pub(in crate::platform) fn number_of(known: &mut HashMap<u32, u64>, handle: u64) -> u32 {
    let bytes = handle.to_le_bytes();
    let hash = bytes.iter().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
    });
    let mut number = hash;
    while number == 0 || known.get(&number).is_some_and(|other| *other != handle) {
        number = number.wrapping_add(1);
    }
    known.insert(number, handle);
    number
}

/// Returns the numbers of the sockets that get the connections to an address: those bound to
/// it, else those bound to every address.
#[cfg(feature = "client")]
pub(in crate::platform) fn serving(sockets: &[(u32, SocketAddr)], to: SocketAddr) -> Vec<u32> {
    let bound_to = |address: IpAddr| {
        let at = SocketAddr::new(address, to.port());
        let those = sockets.iter().filter(|(_, bound)| *bound == at);
        those.map(|(number, _)| *number).collect::<Vec<u32>>()
    };
    let (any_v4, any_v6): (IpAddr, IpAddr) =
        (Ipv4Addr::UNSPECIFIED.into(), Ipv6Addr::UNSPECIFIED.into());
    let mut places = vec![to.ip()];
    if let IpAddr::V4(address) = to.ip() {
        places.extend([address.to_ipv6_mapped().into(), any_v4]);
    }
    places.push(any_v6);
    let found = places.into_iter().map(bound_to);
    found
        .into_iter()
        .find(|found| !found.is_empty())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn socket(kind: u32, options: u16, parts: &[(usize, &[u8])]) -> Vec<u8> {
        let mut bytes = vec![0; SOCKET_LEN];
        let mut put = |place: usize, value: &[u8]| {
            bytes[place..place + value.len()].copy_from_slice(value);
        };
        put(at::SOCKET, &77_u64.to_ne_bytes());
        put(at::KIND, &kind.to_ne_bytes());
        put(at::OPTIONS, &options.to_ne_bytes());
        for (place, value) in parts {
            put(*place, value);
        }
        bytes
    }

    #[test]
    fn a_unix_listener_has_the_path_it_was_bound_to() {
        let bound: &[(usize, &[u8])] = &[(280, &[11, 1]), (282, b"/tmp/sockX")];
        let info = socket_info(&socket(UNIX, LISTENS, bound)).unwrap();
        assert_eq!(info.handle, 77);
        assert_eq!(info.listens_at, Some(Bound::Path("/tmp/sock".into())));
        let unbound = socket_info(&socket(UNIX, LISTENS, &[])).unwrap();
        assert_eq!(unbound.listens_at, None);
    }

    #[test]
    fn a_connected_socket_names_its_peer_and_listens_nowhere() {
        let peer: &[(usize, &[u8])] = &[(264, &78_u64.to_ne_bytes())];
        let info = socket_info(&socket(UNIX, 0, peer)).unwrap();
        assert_eq!((info.peer, info.listens_at), (78, None));
        assert_eq!(socket_info(&socket(TCP, 0, peer)).unwrap().peer, 0);
    }

    #[test]
    fn a_tcp_listener_has_an_address_of_either_length() {
        let v4: &[(usize, &[u8])] = &[(268, &[0x1f, 0x90]), (288, &[1]), (324, &[127, 0, 0, 1])];
        let info = socket_info(&socket(TCP, LISTENS, v4)).unwrap();
        let bound = Bound::Tcp("127.0.0.1:8080".parse().unwrap());
        assert_eq!(info.listens_at, Some(bound));
        let v6: &[(usize, &[u8])] = &[(268, &[0, 80]), (288, &[2]), (327, &[1])];
        let info = socket_info(&socket(TCP, LISTENS, v6)).unwrap();
        let bound = Bound::Tcp("[::1]:80".parse().unwrap());
        assert_eq!(info.listens_at, Some(bound));
    }

    #[test]
    fn only_descriptors_of_sockets_are_looked_at() {
        let entry = |number: u32, kind: u32| [number.to_ne_bytes(), kind.to_ne_bytes()].concat();
        let list = [entry(0, 1), entry(3, SOCKET), entry(4, 6), entry(5, SOCKET)].concat();
        assert_eq!(socket_descriptors(&list), [3_i32, 5]);
        assert!(socket_descriptors(&list[..15]).is_empty());
    }

    #[test]
    fn two_sockets_never_have_one_number() {
        let mut known = HashMap::new();
        let number = number_of(&mut known, 7);
        assert_eq!(number_of(&mut known, 7), number);
        // As if the hash of another socket were the same.
        known.insert(number, 8);
        assert_eq!(number_of(&mut known, 7), number.wrapping_add(1));
        assert_eq!(known[&number], 8);
    }

    #[test]
    fn a_connection_goes_to_the_most_exact_listener() {
        let bound = |text: &str| text.parse::<SocketAddr>().unwrap();
        let sockets = [
            (1, bound("127.0.0.1:80")),
            (2, bound("0.0.0.0:80")),
            (3, bound("[::]:80")),
            (4, bound("[::]:81")),
        ];
        for (to, number) in [
            ("127.0.0.1:80", 1),
            ("127.0.0.2:80", 2),
            ("[::1]:80", 3),
            ("10.0.0.1:81", 4),
        ] {
            assert_eq!(serving(&sockets, bound(to)), [number], "{to}");
        }
        assert!(serving(&sockets, bound("[::1]:82")).is_empty());
    }
}
