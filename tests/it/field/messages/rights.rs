//! What is said if a right is missing.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

use nix::libc;

use super::super::rights::{
    AS_NOBODY, can_drop_rights, open_world, probe_by, probe_without_pidfds, setpriv,
};
use super::table::Table;
use crate::support::{Daemon, World};

pub(super) fn rights(table: &mut Table) {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let run = probe_without_pidfds(&world, daemon.record(), libc::EPERM);
    table.row("a sandbox without pidfd_open", &world, &run);
    if !can_drop_rights() {
        let situations = [
            "root without CAP_SYS_PTRACE",
            "a daemon with capabilities, and its own user",
            "root of a user namespace",
            "a /proc that hides processes",
        ];
        table.lacks(&situations);
        return;
    }
    let without = ["--bounding-set", "-sys_ptrace", "--inh-caps", "-sys_ptrace"];
    let (world, program) = open_world();
    let own = Daemon::start_program(&world, &program);
    let run = probe_by(setpriv(&world, &without), &program, own.record());
    table.row("root without CAP_SYS_PTRACE", &world, &run);
    for path in [own.record(), own.socket().as_ref()] {
        std::fs::set_permissions(path, Permissions::from_mode(0o666)).unwrap();
    }
    let mut command = setpriv(&world, &AS_NOBODY);
    command.args(["unshare", "--user", "--map-root-user"]);
    let run = probe_by(command, &program, own.record());
    table.row("root of a user namespace", &world, &run);
    let hide = r#"mount -t proc -o hidepid=invisible proc /proc && exec "$@""#;
    let mut command = world.command("unshare");
    command.args(["--mount", "sh", "-c", hide, "sh", "setpriv"]);
    command.args(AS_NOBODY);
    let run = probe_by(command, &program, own.record());
    table.row("a /proc that hides processes", &world, &run);

    let (world, program) = open_world();
    let mut privileged = setpriv(&world, &AS_NOBODY);
    let capability = "+net_bind_service";
    privileged.args(["--inh-caps", capability, "--ambient-caps", capability]);
    privileged.arg(&program);
    let daemon = Daemon::start_command(&world, privileged);
    let run = probe_by(setpriv(&world, &AS_NOBODY), &program, daemon.record());
    let situation = "a daemon with capabilities, and its own user";
    table.row(situation, &world, &run);
}
