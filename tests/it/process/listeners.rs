//! The listening sockets in a record.

use std::net::{IpAddr, TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};

use rpctl::process::{ProcessRecord, RecordedListener};

use crate::support::{Role, World, role};

/// Listens on every kind of socket, in a directory, and prints the own record.
pub(crate) fn listen_and_record(directory: &str) {
    let path = format!("{directory}/s");
    let named = UnixListener::bind(&path).unwrap();
    let name = format!("rpctl-test-{}", std::process::id());
    let address = SocketAddr::from_abstract_name(&name).unwrap();
    let abstract_one = UnixListener::bind_addr(&address).unwrap();
    let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
    // What does not listen is left out.
    let client = UnixStream::connect(&path).unwrap();
    let tcp_client = TcpStream::connect(tcp.local_addr().unwrap()).unwrap();
    let record = ProcessRecord::current().unwrap().with_listeners().unwrap();
    drop((client, tcp_client));

    let inode = |fd: &dyn AsFd| rustix::fs::fstat(fd.as_fd()).unwrap().st_ino;
    assert_eq!(record.listeners.len(), 3, "{:?}", record.listeners);
    let file = std::fs::metadata(&path).unwrap();
    for listener in &record.listeners {
        match listener {
            RecordedListener::Unix(unix) if unix.path == path => {
                assert_eq!(unix.inode, Some(file.ino() & u64::from(u32::MAX)));
                assert!(unix.device.is_some());
                assert_eq!(unix.socket_inode, inode(&named));
            }
            RecordedListener::Unix(unix) => {
                assert_eq!(unix.path, format!("@{name}"));
                assert_eq!((unix.device, unix.inode), (None, None));
                assert_eq!(unix.socket_inode, inode(&abstract_one));
            }
            RecordedListener::Tcp(socket) => {
                assert_eq!(socket.address, IpAddr::from([127, 0, 0, 1]));
                assert_eq!(socket.port, tcp.local_addr().unwrap().port());
                assert_eq!(socket.socket_inode, inode(&tcp));
            }
            other => panic!("{other:?}"),
        }
    }
    println!("\nall recorded");
}

#[test]
fn every_listening_socket_is_recorded_and_no_other() {
    let world = World::new();
    let work = role(Role::ListenAndRecord, [world.path("")]);
    let mut command = world.command(work.get_program());
    command.args(work.get_args()).envs(
        work.get_envs()
            .filter_map(|(key, value)| Some((key, value?))),
    );
    let run = crate::support::Run::of(&mut command);
    assert!(run.text().contains("\nall recorded\n"), "{run:?}");
}
