//! The subjects of the pictures.

use super::container::shown;
use super::picture::assert_current;
use crate::support::is_installed;

#[test]
fn a_verified_daemon() {
    let script = "
        start_daemon
        typed rpctl probe cached.pb
    ";
    let Some(shown) = shown(script) else { return };
    assert!(shown.contains("verified: cached"), "{shown}");
    assert_current("verified.svg", &shown);
}

#[test]
fn a_recycled_pid() {
    let script = "
        start_daemon
        kill -KILL $daemon
        # A shell collects what has ended when it runs something.
        while kill -0 $daemon 2> /dev/null; do sleep 0.01; done
        # Clocks are compared: less than a second could be their difference.
        sleep 1
        next_pid $daemon 1
        sleep 1000 > /dev/null &
        test $! = $daemon
        until grep -q sleep /proc/$!/comm; do :; done
        code=3 typed rpctl probe cached.pb
        kill -KILL $!
    ";
    let Some(shown) = shown(script) else { return };
    assert!(shown.contains("belongs to another process"), "{shown}");
    assert_current("recycled-pid.svg", &shown);
}

/// The stranger forwards the challenge to the daemon, and so has the right answer.
const SQUATTER: &str = r#"
import socket
here, daemon = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
here.bind("cached.sock")
here.listen()
print("listening", flush=True)
client, _ = here.accept()
daemon.connect("daemon.sock")
daemon.sendall(client.recv(65536))
client.sendall(daemon.recv(65536))
client.recv(1)
"#;

#[test]
fn a_squatted_socket() {
    if !is_installed("python3") {
        return;
    }
    let script = format!(
        "
        start_daemon
        mv cached.sock daemon.sock
        printf %s '{SQUATTER}' > squat
        mkfifo ready
        # Under a name that is shown whole, however wide the times are.
        cp -L $(command -v python3) /opt/squatter
        next_pid 31337 1
        PYTHONHOME=/usr /opt/squatter squat > ready &
        grep -q listening ready
        code=5 typed rpctl probe cached.pb
        "
    );
    let Some(shown) = shown(&script) else { return };
    assert!(
        shown.contains("served by PID 31337 (/opt/squatter, user root)"),
        "{shown}"
    );
    assert_current("squatted-socket.svg", &shown);
}

#[test]
fn an_upgraded_binary_being_shut_down() {
    let script = "
        start_daemon
        cp /opt/cached/cached /opt/cached/cached.new
        mv /opt/cached/cached.new /opt/cached/cached
        typed rpctl probe cached.pb
        echo
        typed rpctl shutdown --timeout 5s cached.pb
    ";
    let Some(shown) = shown(script) else { return };
    assert!(shown.contains("the old build is still running"), "{shown}");
    assert!(shown.contains("terminated: cached"), "{shown}");
    assert_current("upgraded-binary.svg", &shown);
}
