//! The place that the snippets are about: rpctl on the `PATH`, a daemon that is
//! started with `./cached --record FILE`, and tests that want it to be up.

use std::ops::Deref;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::process::Command;

use crate::support::{Run, World};

const DAEMON: &str = "#!/bin/sh
exec rpctl spawn-self --foreground --quiet --service cached --record \"$2\" --idle-timeout 1m \\
    > /dev/null 2>&1
";

/// What they leave behind says that they ran, and that the daemon was up then.
const TESTS: &str = "#!/bin/sh
rpctl probe --quiet cached.pb && touch tested
";

/// A world set up for it. A daemon that a snippet left behind is killed with it, or
/// ends by itself where it had no record yet.
pub(super) struct Fixture(World);

impl Fixture {
    pub(super) fn new() -> Self {
        let world = World::new();
        std::fs::create_dir(world.path("bin")).unwrap();
        symlink(env!("CARGO_BIN_EXE_rpctl"), world.path("bin/rpctl")).unwrap();
        write_program(&world, "cached", DAEMON);
        write_program(&world, "integration-tests", TESTS);
        Self(world)
    }
}

impl Deref for Fixture {
    type Target = World;

    fn deref(&self) -> &World {
        &self.0
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        for record in ["cached.pb", "run/cached/cached.pb"] {
            self.rpctl(["kill", "--quiet", "--remove-record", record]);
        }
    }
}

pub(super) fn write_program(world: &World, name: &str, text: &str) {
    let path = world.path(name);
    std::fs::write(&path, text).unwrap();
    std::fs::set_permissions(path, PermissionsExt::from_mode(0o755)).unwrap();
}

/// A program on this fixture.
pub(super) fn command(world: &World, program: &str) -> Command {
    let mut path = world.path("bin").into_os_string();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap());
    let mut command = world.command(program);
    command.env("PATH", path);
    command
}

/// Assert that a script starts the daemon, has it tested, and stops it.
#[track_caller]
pub(super) fn assert_runs(world: &World, shell: &[&str], script: &str) -> Run {
    let mut command = command(world, shell[0]);
    let run = Run::of(command.args(&shell[1..]).arg(script));
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.text().contains("terminated: cached"), "{run:?}");
    assert!(world.path("tested").exists(), "{run:?}");
    run
}
