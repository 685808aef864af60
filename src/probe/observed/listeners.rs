//! The recorded listeners, and the processes that hold them. Nothing is connected to.

use std::path::Path;
use std::time::Duration;

use super::family_sockets::again;
use super::listener_family::ListenerFamily;
use super::socket_file::{ABSTRACT, file_at};
use super::subject::Subject;
use crate::deadline::Deadline;
use crate::platform::{ListenerSearch, PinnedProcess};
use crate::probe::observed_evidence::{
    HolderEvidence, ListenerEvidence, ListenersEvidence, SocketFileEvidence,
};
use crate::probe::request::AskedEndpoint;
use crate::process::RecordedListener;

/// The minimum time for finding a process that holds a listener, if it is none of the
/// family. Its name is only displayed, and the budget may be used up.
const SEARCH_TIME: Duration = Duration::from_millis(30);

/// Looks for the recorded listeners. `process` is the recorded one, if it is alive.
pub(super) fn examine(
    subject: &Subject<'_>,
    process: Option<&PinnedProcess>,
    asked: Option<&AskedEndpoint>,
    timeout: Duration,
) -> ListenersEvidence {
    let listeners = subject.listeners;
    if let Some(asked) = asked.filter(|asked| !is_recorded(asked, listeners, process)) {
        let asked = asked.path().to_owned();
        return ListenersEvidence::Differs { asked };
    }
    let sockets = listeners.iter().filter_map(RecordedListener::to_socket);
    let mut sockets = sockets
        .zip(listeners.iter().map(ToString::to_string))
        .peekable();
    if sockets.peek().is_none() {
        return ListenersEvidence::Examined(Vec::new());
    }
    let search = ListenerSearch::new(process);
    let family = ListenerFamily {
        subject,
        process,
        deadline: Deadline::after(timeout.max(SEARCH_TIME)),
    };
    ListenersEvidence::Examined(match search {
        Ok(search) => family.examine(&search, sockets),
        Err(error) => {
            let unknown = |(_, name)| ListenerEvidence {
                name,
                holder: HolderEvidence::Unknown(again(&error)),
                is_rebound: false,
                file: SocketFileEvidence::Reachable,
            };
            sockets.map(unknown).collect()
        }
    })
}

/// Returns whether the caller asks for a recorded listener. One file can have several paths.
fn is_recorded(
    asked: &AskedEndpoint,
    listeners: &[RecordedListener],
    process: Option<&PinnedProcess>,
) -> bool {
    let is_it = |listener: &RecordedListener| {
        let name = listener.to_string();
        let is_at_path = || {
            let place = file_at(&name, process);
            place.is_ok_and(|place| place.is_at(Path::new(asked.path())))
        };
        let has_file = matches!(listener, RecordedListener::Unix(_)) && !name.starts_with(ABSTRACT);
        name == asked.path() || has_file && is_at_path()
    };
    listeners.iter().any(is_it)
}
