//! The configuration of Icinga 2.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

use super::PAGE;
use crate::support::{Daemon, Run, World, block, is_installed, is_root};

#[test]
fn icinga_accepts_the_configuration() {
    if !is_installed("icinga2") || !is_root() {
        return;
    }
    let world = World::new();
    std::fs::set_permissions(world.path(""), Permissions::from_mode(0o755)).unwrap();
    let text = block(PAGE, "", "/* rpctl.conf */");
    // What its own configuration has before: `hostalive` is among the plugins.
    let before =
        "const PluginDir = \"/usr/lib/nagios/plugins\"\ninclude <itl>\ninclude <plugins>\n";
    let text = format!("{before}{text}");
    std::fs::write(world.path("rpctl.conf"), text).unwrap();
    let mut command = world.command("icinga2");
    let run = Run::of(command.args(["daemon", "--validate", "--config", "rpctl.conf"]));
    let said = format!("{}{}", run.text(), run.stderr);
    assert_eq!(run.code, Some(0), "{said}");
    for words in ["Instantiated 2 Services", "Instantiated 1 Host"] {
        assert!(said.contains(words), "{said}");
    }
    assert!(!said.contains("warning"), "{said}");
}

#[test]
fn the_command_of_nrpe_tells_a_running_daemon_from_a_dead_one() {
    let world = World::new();
    let mut daemon = Daemon::start(&world);
    let (_, command) = block(PAGE, "", "command[rpctl_cache]")
        .trim_end()
        .split_once('=')
        .unwrap();
    let mut words = command.split(' ');
    assert_eq!(words.next(), Some("/usr/bin/rpctl"));
    let record = daemon.record().to_str().unwrap().to_owned();
    let run = || {
        let words = words.clone().map(|word| match word {
            "/run/cached/cached.json" => &record,
            other => other,
        });
        world.rpctl(words)
    };
    assert_eq!(run().code, Some(0));
    daemon.kill();
    assert_eq!(run().code, Some(2));
}
