//! The daemons, as their Debian packages configure them where that matters: the user, the
//! master and its workers, the PID file, the signal that ends them.

use std::path::{Path, PathBuf};
use std::process::Command;

use rpctl::process::Signal;

use super::config;
use crate::support::{is_installed, skipped};

/// A daemon that goes into the background and leaves a PID file.
pub(super) struct Kind {
    pub(super) name: &'static str,
    program: fn() -> Option<PathBuf>,
    /// Owner of the directory of the daemon.
    pub(super) owner: &'static str,
    /// Whether the owner starts the daemon; else root does.
    pub(super) is_started_by_owner: bool,
    /// Name of the PID file in the directory of the daemon.
    pub(super) pid_file: &'static str,
    /// Address of its listener; DIR stands for the directory of the daemon.
    pub(super) listener: &'static str,
    /// Whether only workers hold the listener.
    pub(super) is_served_by_workers: bool,
    /// Signal by which the daemon ends gracefully.
    pub(super) stop: Signal,
    /// Signal at which the daemon executes its program again, in the same process.
    pub(super) reexecute: Option<Signal>,
    /// Program beside it that starts the daemon and waits until it is ready.
    pub(super) starter: Option<&'static str>,
    /// Writes the files of the daemon, and adds the arguments that start it.
    pub(super) configure: fn(&mut Command, &Path),
}

impl Kind {
    /// Returns the program; `None` if it is not installed.
    pub(super) fn program(&self) -> Option<PathBuf> {
        (self.program)()
    }
}

/// Returns a program of the system. The directories of root need not be in `PATH`.
fn system(name: &str) -> Option<PathBuf> {
    let directories = ["/usr/sbin", "/usr/bin"].map(Path::new);
    let found = directories.iter().map(|directory| directory.join(name));
    let found = found.into_iter().find(|path| path.is_file());
    if found.is_none() {
        is_installed(name);
    }
    found
}

/// Returns a program of the newest PostgreSQL.
pub(super) fn postgres(name: &str) -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten();
    let programs = versions
        .flatten()
        .map(|version| version.path().join("bin").join(name));
    let newest = programs.filter(|path| path.is_file()).max();
    if newest.is_none() {
        skipped("postgresql is not installed");
    }
    newest
}

pub(super) const KINDS: [Kind; 7] = [
    Kind {
        name: "redis",
        program: || system("redis-server"),
        owner: "redis",
        is_started_by_owner: true,
        pid_file: "redis.pid",
        listener: "DIR/redis.sock",
        is_served_by_workers: false,
        stop: Signal::Term,
        reexecute: None,
        starter: None,
        configure: config::redis,
    },
    Kind {
        name: "nginx",
        program: || system("nginx"),
        owner: "root",
        is_started_by_owner: true,
        pid_file: "nginx.pid",
        listener: ":80",
        is_served_by_workers: false,
        stop: Signal::Quit,
        reexecute: None,
        starter: None,
        configure: config::nginx,
    },
    Kind {
        name: "postgresql",
        program: || postgres("postgres"),
        owner: "postgres",
        is_started_by_owner: true,
        pid_file: "data/postmaster.pid",
        listener: "DIR/.s.PGSQL.5432",
        is_served_by_workers: false,
        stop: Signal::Int,
        reexecute: None,
        starter: Some("pg_ctl"),
        configure: config::postgresql,
    },
    Kind {
        name: "memcached",
        program: || system("memcached"),
        owner: "memcache",
        is_started_by_owner: false,
        pid_file: "memcached.pid",
        listener: ":11211",
        is_served_by_workers: false,
        stop: Signal::Term,
        reexecute: None,
        starter: None,
        configure: config::memcached,
    },
    Kind {
        name: "sshd",
        program: || system("sshd"),
        owner: "root",
        is_started_by_owner: true,
        pid_file: "sshd.pid",
        listener: ":22",
        is_served_by_workers: false,
        stop: Signal::Term,
        reexecute: Some(Signal::Hup),
        starter: None,
        configure: config::sshd,
    },
    Kind {
        name: "haproxy",
        program: || system("haproxy"),
        owner: "root",
        is_started_by_owner: true,
        pid_file: "haproxy.pid",
        listener: ":8080",
        is_served_by_workers: true,
        stop: Signal::Usr1,
        reexecute: Some(Signal::Usr2),
        starter: None,
        configure: config::haproxy,
    },
    Kind {
        name: "dbus",
        program: || system("dbus-daemon"),
        owner: "messagebus",
        is_started_by_owner: false,
        pid_file: "pid",
        listener: "DIR/bus",
        is_served_by_workers: false,
        stop: Signal::Term,
        reexecute: None,
        starter: None,
        configure: config::dbus,
    },
];
