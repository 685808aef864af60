//! The configurations: everything below the directory of the daemon, on all addresses,
//! because the loopback interface of a new network namespace is down.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::kind::postgres;
use super::user::user;

fn write(directory: &Path, name: &str, text: &str) -> PathBuf {
    let path = directory.join(name);
    let text = text.replace("DIR", directory.to_str().unwrap());
    std::fs::write(&path, text).unwrap();
    path
}

pub(super) fn redis(command: &mut Command, directory: &Path) {
    let config = "daemonize yes\nsupervised no\nport 6379\nbind 0.0.0.0\nsave ''\ndir DIR\n\
        pidfile DIR/redis.pid\nunixsocket DIR/redis.sock\nlogfile DIR/log\n";
    command.arg(write(directory, "redis.conf", config));
}

pub(super) fn nginx(command: &mut Command, directory: &Path) {
    let config = "user www-data;\nworker_processes 2;\npid DIR/nginx.pid;\n\
        error_log DIR/error.log;\nevents {}\nhttp {\n  access_log off;\n\
        client_body_temp_path DIR/body;\n  server { listen 80; listen unix:DIR/nginx.sock; }\n}\n";
    command
        .arg("-c")
        .arg(write(directory, "nginx.conf", config));
    command.args(["-g", "daemon on; master_process on;"]);
}

/// The cluster is a copy: making one takes longer than everything else.
pub(super) fn postgresql(command: &mut Command, directory: &Path) {
    let data = directory.join("data");
    let copied = Command::new("cp")
        .arg("-a")
        .args([&cluster(), &data])
        .status();
    assert!(copied.unwrap().success());
    let directory = directory.to_str().unwrap();
    let config = format!(
        "unix_socket_directories = '{directory}'\nlisten_addresses = '0.0.0.0'\n\
        fsync = off\nlog_connections = on\n"
    );
    // Of two values, the one in this file counts.
    std::fs::write(data.join("postgresql.auto.conf"), config).unwrap();
    command
        .arg("-D")
        .arg(data)
        .arg("-l")
        .arg(format!("{directory}/log"));
    command.args(["-w", "start"]);
}

/// Returns the directory of an empty cluster, made if this is the first run.
fn cluster() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let initdb = postgres("initdb").unwrap();
    let version = initdb.components().nth(4).unwrap();
    let cluster = target.join("postgresql").join(version);
    if !cluster.exists() {
        let (uid, gid) = user("postgres");
        // The user may not come to the directory of the build.
        let place = tempfile::tempdir().unwrap();
        std::os::unix::fs::chown(place.path(), Some(uid), Some(gid)).unwrap();
        let mut command = Command::new(&initdb);
        command
            .args(["--no-sync", "-A", "trust", "-D"])
            .arg(place.path().join("data"));
        command
            .uid(uid)
            .gid(gid)
            .current_dir(place.path())
            .stdout(Stdio::null());
        assert!(command.status().unwrap().success());
        let copied = tempfile::tempdir_in(target).unwrap();
        let mut command = Command::new("cp");
        command
            .arg("-a")
            .arg(place.path().join("data"))
            .arg(copied.path());
        assert!(command.status().unwrap().success());
        std::fs::create_dir_all(cluster.parent().unwrap()).unwrap();
        // Another test may have been quicker.
        let _ = std::fs::rename(copied.path().join("data"), &cluster);
    }
    cluster
}

pub(super) fn memcached(command: &mut Command, directory: &Path) {
    command.arg("-P").arg(directory.join("memcached.pid"));
    command.args([
        "-d", "-u", "memcache", "-l", "0.0.0.0", "-p", "11211", "-U", "0",
    ]);
}

pub(super) fn sshd(command: &mut Command, directory: &Path) {
    // Its place for processes without privileges, which is not configured.
    std::fs::create_dir_all("/run/sshd").unwrap();
    let mut keygen = Command::new("ssh-keygen");
    keygen
        .args(["-q", "-t", "ed25519", "-N", "", "-f"])
        .arg(directory.join("key"));
    assert!(keygen.status().unwrap().success());
    let config = "HostKey DIR/key\nPidFile DIR/sshd.pid\nListenAddress 0.0.0.0\n";
    command
        .arg("-f")
        .arg(write(directory, "sshd_config", config));
}

pub(super) fn haproxy(command: &mut Command, directory: &Path) {
    let config = "global\n  user haproxy\n  group haproxy\ndefaults\n  mode tcp\n\
        timeout connect 1s\n  timeout client 1s\n  timeout server 1s\n\
        listen http\n  bind *:8080\n  server backend 127.0.0.1:80\n";
    command
        .args(["-W", "-D", "-f"])
        .arg(write(directory, "haproxy.cfg", config));
    command.arg("-p").arg(directory.join("haproxy.pid"));
}

pub(super) fn dbus(command: &mut Command, directory: &Path) {
    let config = "<busconfig>\n<type>system</type>\n<user>messagebus</user>\n<fork/>\n\
        <pidfile>DIR/pid</pidfile>\n<listen>unix:path=DIR/bus</listen>\n</busconfig>\n";
    let path = write(directory, "bus.conf", config);
    command.arg(format!("--config-file={}", path.display()));
}
