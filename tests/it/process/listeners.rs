//! The listening sockets in a record.

use std::io::{BufRead, BufReader};
use std::net::{IpAddr, TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::process::Stdio;

use nix::sys::resource::Resource;
use rpctl::process::{ProcessRecord, RecordedListener};
use rpctl::record::{self, MAX_ELEMENTS};

use crate::support::{KillOnDrop, Role, World, role};

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

/// Listens on more sockets than a record holds, prints a line, and waits.
pub(crate) fn listen_on_many() {
    let most = (2000, 2000);
    nix::sys::resource::setrlimit(Resource::RLIMIT_NOFILE, most.0, most.1).unwrap();
    let bind = |number: usize| {
        let name = format!("rpctl-test-{}-{number}", std::process::id());
        let address = SocketAddr::from_abstract_name(&name).unwrap();
        UnixListener::bind_addr(&address).unwrap()
    };
    let sockets: Vec<UnixListener> = (0..MAX_ELEMENTS + 8).map(bind).collect();
    println!("\nlistening");
    std::io::stdin().read_line(&mut String::new()).unwrap();
    drop(sockets);
}

#[test]
fn no_more_listeners_are_recorded_than_a_record_holds() {
    let world = World::new();
    let mut command = role(Role::ListenOnMany, [""]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = KillOnDrop(command.spawn().unwrap());
    let stdout = BufReader::new(child.0.stdout.take().unwrap());
    let mut lines = stdout.lines().map(Result::unwrap);
    assert!(lines.any(|line| line == "listening"));
    let pid = child.0.id().to_string();
    let run = world.rpctl(["record", "--pid", &pid, "--record", "x.json"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let says =
        format!("the first 1024 listeners of PID {pid} are recorded: a record holds no more");
    assert!(run.stderr.contains(&says), "{}", run.stderr);
    let record = record::load(&world.path("x.json")).unwrap();
    let recorded = record.content.process().unwrap().listeners.len();
    assert_eq!((recorded, record.findings.len()), (MAX_ELEMENTS, 0));
    let probed = world.probe(&world.path("x.json"));
    probed.assert_verdict(0, "verified", Some("kernel_only"));
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
