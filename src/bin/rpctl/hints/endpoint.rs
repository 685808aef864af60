//! Hints about an endpoint that does not answer.

use rpctl::Reason;

use super::names::Names;

/// Returns the hints about an endpoint that does not answer.
pub(super) fn about_endpoint(reason: Reason, names: &Names) -> Option<Vec<String>> {
    Some(match reason {
        Reason::EndpointMissing if names.is_process_record => about_closed_listener(names),
        Reason::EndpointMissing => vec![
            names.being_started(),
            names.restart(names.words.restart_without_endpoint()),
        ],
        Reason::EndpointRefused => {
            vec![
                names.being_started(),
                names.restart("otherwise start it again"),
            ]
        }
        Reason::EndpointInvalid => {
            vec![names.words.endpoint(&names.endpoint), names.inspect()]
        }
        Reason::EndpointBusy => vec![names.activity(), names.longer()],
        Reason::EndpointSilent => vec![names.longer(), names.activity()],
        Reason::EndpointClosed => vec![
            "the daemon's log should say why it closed the connection".to_owned(),
            names.inspect(),
        ],
        Reason::NotProbeProtocol if names.is_broker => vec![
            format!(
                "this {} is a broker's: name the record of the daemon behind it",
                names.words.socket()
            ),
            names.inspect(),
        ],
        Reason::NotProbeProtocol => vec![
            format!(
                "the daemon may answer on another {}: name the record that it keeps of that",
                names.words.socket()
            ),
            names.inspect(),
        ],
        Reason::WrongAnswer => {
            vec!["update the daemon, or report this to its authors".to_owned()]
        }
        _ => return None,
    })
}

/// Returns the hints about a recorded listener that clients do not reach any more.
fn about_closed_listener(names: &Names) -> Vec<String> {
    let look = if names.is_path_taken {
        names.listeners()
    } else {
        names.process()
    };
    let restart = names.restart("if it is to listen there, start it again");
    vec![look, restart]
}
