//! The first commands of the README.

use super::contained::contained;
use crate::support::{Run, World, block, write_program};

const README: &str = include_str!("../../../README.md");

#[test]
fn a_process_with_a_pid_is_recorded_probed_and_stopped() {
    let world = World::new();
    std::fs::create_dir(world.path("bin")).unwrap();
    // bash, so that the daemon and the shell that starts it run different programs.
    let daemon = "#!/bin/bash\nread -r _ < wait\n";
    write_program(&world, "bin/mydaemon", daemon);
    nix::unistd::mkfifo(&world.path("wait"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    let script = block(README, "sh", "mydaemon &").replace("mydaemon &", "mydaemon > log 2>&1 &");
    let mut command = world.user_command("sh");
    let run = Run::of(command.args(["-ec", &script]));
    assert_eq!(run.code, Some(0), "{run:?}");
    for words in [
        "recorded: mydaemon",
        "verified: mydaemon",
        "terminated: mydaemon",
    ] {
        assert!(run.text().contains(words), "{run:?}");
    }
}

#[test]
fn a_daemon_that_answers_is_named_among_others() {
    let world = World::new();
    let script = block(README, "sh", "rpctl spawn-self &&");
    let script = format!(
        "rpctl spawn-self --quiet --service other
        {script}
        rpctl shutdown --quiet other"
    );
    let run = Run::of(world.user_command("sh").args(["-ec", &script]));
    assert_eq!(run.code, Some(0), "{run:?}");
    for words in ["verified: rpctl-self", "terminated: rpctl-self"] {
        assert!(run.text().contains(words), "{words}: {run:?}");
    }
}

#[test]
fn a_daemon_with_a_pid_file_is_probed_signalled_and_stopped() {
    let script = block(README, "sh", "rpctl signal HUP --exe");
    let script = format!(
        "mkdir /var/log/nginx
        nginx
        {script}
        [ ! -e /run/nginx.pid ] && echo ended"
    );
    let Some(run) = contained(&World::new(), &["nginx"], &script) else {
        return;
    };
    assert_eq!(run.code, Some(0), "{run:?}");
    for words in ["verified: ", "sent: SIGHUP", "terminated: ", "ended"] {
        assert!(run.text().contains(words), "{words}: {run:?}");
    }
}
