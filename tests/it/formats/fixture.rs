//! Records of daemons in different states.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use crate::support::{Run, TestServer, World, this_process};

/// A daemon that is served by the test, and records of it and of others.
pub(super) struct Fixture {
    pub(super) world: World,
    _served: TestServer,
    /// Verified.
    pub(super) sound: PathBuf,
    /// Verified, and others may write the record.
    pub(super) suspicious: PathBuf,
    /// Proven to be gone.
    pub(super) gone: PathBuf,
    /// Another program has the place.
    pub(super) other: PathBuf,
    /// The process is right, and no process listens.
    pub(super) deaf: PathBuf,
    /// From another machine.
    pub(super) foreign: PathBuf,
    /// No such file.
    pub(super) missing: PathBuf,
}

impl Fixture {
    pub(super) fn new() -> Self {
        let world = World::new();
        let identity = this_process(&world.endpoint("s"));
        let absent = this_process(&world.endpoint("absent"));
        let mut other = absent.clone();
        other.exe_digest.blake3.as_mut().unwrap()[0] ^= 1;
        let suspicious = world.manifest("suspicious.json", &identity, |_| {});
        std::fs::set_permissions(&suspicious, Permissions::from_mode(0o666)).unwrap();
        Self {
            sound: world.manifest("sound.json", &identity, |_| {}),
            suspicious,
            gone: world.manifest("gone.json", &absent, |manifest| {
                manifest.current_daemon = None;
            }),
            other: world.manifest("other.json", &other, |_| {}),
            deaf: world.manifest("deaf.json", &absent, |_| {}),
            foreign: world.manifest("foreign.json", &absent, |manifest| {
                let host = manifest.host.as_mut().unwrap();
                "another".clone_into(&mut host.machine_id);
                "another".clone_into(&mut host.boot_id);
            }),
            missing: world.path("missing.json"),
            _served: TestServer::truly(&identity),
            world,
        }
    }

    /// Every record, with rpctl's own code for it.
    pub(super) fn all(&self) -> [(i32, &PathBuf); 7] {
        [
            (0, &self.sound),
            (0, &self.suspicious),
            (3, &self.gone),
            (5, &self.other),
            (6, &self.deaf),
            (4, &self.foreign),
            (8, &self.missing),
        ]
    }

    pub(super) fn probe(&self, options: &[&str], records: &[&PathBuf]) -> Run {
        let mut command = self.world.command(env!("CARGO_BIN_EXE_rpctl"));
        let command = command.args(["probe", "--timeout", "30s"]);
        Run::of(command.args(options).args(records))
    }
}
