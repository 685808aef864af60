//! The place that the snippets are about: rpctl on the `PATH`, a daemon that is
//! started with `./cached --record FILE`, and tests that want it to be up.

use std::ops::Deref;

use crate::support::{Run, World, write_program};

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

/// Assert that a script starts the daemon, has it tested, and stops it.
#[track_caller]
pub(super) fn assert_runs(world: &World, shell: &[&str], script: &str) -> Run {
    let mut command = world.user_command(shell[0]);
    let run = Run::of(command.args(&shell[1..]).arg(script));
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.text().contains("terminated: cached"), "{run:?}");
    assert!(world.path("tested").exists(), "{run:?}");
    run
}
