//! The description of the process that a report is about.

use crate::platform::{self, PinnedProcess};
use crate::report::LiveProcess;

/// Describes a pinned process. A value that cannot be read is left out: the checks say why.
pub(super) fn describe(process: &PinnedProcess) -> LiveProcess {
    let user = process.uid().ok();
    let status = process.status().ok();
    let image = process.image_file().ok().flatten();
    LiveProcess {
        pid: process.pid(),
        user: user.map(|id| platform::user_name(id).unwrap_or_else(|| id.to_string())),
        started_at_unix_ms: status.map(|status| status.started_at_unix_ms),
        exe: image.and_then(|image| image.path),
        arguments: process.arguments().ok(),
    }
}
