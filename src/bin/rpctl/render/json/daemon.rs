//! The document about a daemon that was started.

use serde::Serialize;

use super::text::SCHEMA_VERSION;
use crate::exit_code::ExitCode;
use crate::render::daemon::SpawnedDaemon;

#[derive(Serialize)]
struct DaemonDocument<'a> {
    schema_version: u32,
    command: &'static str,
    exit_code: u8,
    daemon: &'a SpawnedDaemon,
}

pub(in crate::render) fn daemon(daemon: &SpawnedDaemon) -> impl Serialize {
    DaemonDocument {
        schema_version: SCHEMA_VERSION,
        command: "spawn-self",
        exit_code: ExitCode::Proven.number(),
        daemon,
    }
}
