//! The script that starts exactly one daemon.

use std::process::Child;

use super::RECIPES;
use crate::support::{Run, World, block, write_program};

/// Says that it has started. It does not run the interpreter of the recipe.
const DAEMON: &str = "#!/bin/bash
echo $$ >> started
read -r _ < wait
";

struct Fixture(World);

impl Fixture {
    fn new() -> Self {
        let world = World::new();
        let script = block(RECIPES, "sh", "# start-once\n");
        let directory = world.path("mydaemon");
        let script = script.replace("/run/mydaemon", directory.to_str().unwrap());
        std::fs::create_dir(world.path("bin")).unwrap();
        write_program(&world, "bin/mydaemon", DAEMON);
        write_program(&world, "start-once", &script);
        nix::unistd::mkfifo(&world.path("wait"), nix::sys::stat::Mode::S_IRWXU).unwrap();
        Self(world)
    }

    /// Runs the script ten times at once. Returns the PIDs of the daemons so far.
    fn start(&self) -> Vec<String> {
        let spawn = |_| -> Child {
            let mut command = self.0.user_command("./start-once");
            // The daemon keeps the output of the script that starts it.
            let output = std::fs::File::create(self.0.path("log")).unwrap();
            let command = command.stdout(output.try_clone().unwrap()).stderr(output);
            command.spawn().unwrap()
        };
        let starters: Vec<Child> = (0..10).map(spawn).collect();
        for starter in starters {
            let run = Run::end_of(starter);
            let log = std::fs::read_to_string(self.0.path("log")).unwrap();
            assert_eq!(run.code, Some(0), "{log}");
        }
        let started = std::fs::read_to_string(self.0.path("started")).unwrap();
        started.lines().map(str::to_owned).collect()
    }

    #[track_caller]
    fn assert_runs(&self, pid: &str) {
        let record = self.0.path("mydaemon/mydaemon.json");
        let document = self
            .0
            .probe(&record)
            .assert_verdict(0, "verified", Some("kernel_only"));
        assert_eq!(document["target"]["pid"].to_string(), pid);
    }

    fn end(&self, command: &str) {
        let run = self.0.rpctl([command, "mydaemon/mydaemon.json"]);
        assert_eq!(run.code, Some(0), "{run:?}");
    }
}

#[test]
fn of_ten_starters_at_once_one_starts_the_daemon() {
    let fixture = Fixture::new();
    let first = fixture.start();
    assert_eq!(first.len(), 1, "{first:?}");
    fixture.assert_runs(&first[0]);
    assert_eq!(fixture.start(), first);
    for command in ["kill", "shutdown"] {
        fixture.end(command);
        let started = fixture.start();
        fixture.assert_runs(started.last().unwrap());
        let now = fixture.start();
        assert_eq!(now, started);
    }
    let started = fixture.start();
    assert_eq!(started.len(), 3, "{started:?}");
    fixture.end("shutdown");
}
