//! The handle of the library: on the process that was verified, on any executor.

use std::future::Future;
use std::io::{Read, Write};
use std::time::Duration;

use futures_lite::future::{block_on, yield_now, zip};
use nix::sys::signal::Signal;
use rpctl::protocol::Challenge;
use rpctl::{BackendHandle, BackendHandleError, Probe, record};

use crate::support::{Daemon, Served, World, this_process};

/// Far longer than anything here takes.
const LONG: Duration = Duration::from_mins(1);

fn handle_on(daemon: &Daemon) -> BackendHandle {
    let identity = &daemon.identity;
    BackendHandle::probe(&identity.ipc_endpoint, identity).unwrap()
}

#[test]
fn dropping_the_handle_leaves_the_daemon_running() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let handle = handle_on(&daemon);
    assert!(handle.is_alive());
    drop(handle);
    assert!(handle_on(&daemon).is_alive());
}

#[test]
fn a_zombie_is_dead() {
    let world = World::new();
    let mut daemon = Daemon::start(&world);
    let handle = handle_on(&daemon);
    daemon.kill_unreaped();
    assert!(!handle.is_alive());
}

#[test]
fn the_handle_keeps_the_process_that_was_verified() {
    let world = World::new();
    let mut daemon = Daemon::start(&world);
    let report = Probe::new(&daemon.identity).run();
    daemon.kill();
    let handle = report.into_handle().unwrap();
    assert!(!handle.is_alive());
    let error = block_on(handle.connect()).unwrap_err();
    assert!(matches!(error, BackendHandleError::VerifyPid(_)), "{error}");
    block_on(handle.shutdown(LONG)).unwrap();
}

#[test]
fn a_manifest_leads_to_a_handle_to_nothing_or_to_an_error() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let record = record::load(daemon.record()).unwrap();
    let mut manifest = record.content.manifest().unwrap().clone();
    let handle = BackendHandle::try_from_manifest(&manifest)
        .unwrap()
        .unwrap();
    assert_eq!(handle.service_name, "rpctl-self");
    assert_eq!(handle.daemon_process, daemon.identity);

    let endpoint = manifest.current_daemon.as_mut().unwrap();
    endpoint.ipc_endpoint = None;
    let error = BackendHandle::try_from_manifest(&manifest).unwrap_err();
    assert!(matches!(error, BackendHandleError::Identity(_)), "{error}");
    assert!(BackendHandle::probe_manifest(&manifest).is_none());

    manifest.current_daemon = None;
    assert!(
        BackendHandle::try_from_manifest(&manifest)
            .unwrap()
            .is_none()
    );
}

#[test]
fn a_failed_probe_gives_the_whole_report() {
    let world = World::new();
    let identity = this_process(&world.endpoint("s"));
    let error =
        BackendHandle::probe_with_service("test", "1.2.3", &identity.ipc_endpoint, &identity)
            .unwrap_err();
    let BackendHandleError::Probe(report) = error else {
        panic!("{error}");
    };
    assert_eq!(report.target.service_name.as_deref(), Some("test"));
    assert_eq!(report.checks.len(), 10);
}

#[test]
fn a_fresh_connection_speaks_to_the_verified_process() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let handle = handle_on(&daemon);
    for connection in [block_on(handle.connect()), handle.connect_blocking()] {
        let mut stream = connection.unwrap().into_inner();
        let challenge = Challenge::fresh().unwrap();
        stream.write_all(&challenge.request()).unwrap();
        let mut header = [0; 5];
        stream.read_exact(&mut header).unwrap();
        let length = u32::from_le_bytes(header[1..].try_into().unwrap());
        let mut body = vec![0; length.try_into().unwrap()];
        stream.read_exact(&mut body).unwrap();
        assert_eq!(challenge.read_answer(&body).unwrap().pid, daemon.pid());
    }
}

#[test]
fn a_socket_that_somebody_else_took_is_not_connected_to() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let handle = handle_on(&daemon);
    std::fs::remove_file(world.path("daemon.sock")).unwrap();
    let error = handle.connect_blocking().unwrap_err();
    assert!(matches!(error, BackendHandleError::Connect(_)), "{error}");
    let _stranger = Served::truly(&daemon.identity);
    let error = handle.connect_blocking().unwrap_err();
    assert!(matches!(error, BackendHandleError::VerifyPid(_)), "{error}");
}

#[test]
fn force_kill_ends_the_process_and_shutdown_tells_a_timeout() {
    let world = World::new();
    let mut daemon = Daemon::start(&world);
    let handle = handle_on(&daemon);
    daemon.signal(Signal::SIGSTOP);
    let error = handle.shutdown_blocking(Duration::ZERO).unwrap_err();
    let pid = daemon.pid();
    assert!(
        matches!(error, BackendHandleError::ShutdownTimeout { pid: of } if of == pid),
        "{error}"
    );
    daemon.signal(Signal::SIGCONT);
    daemon.wait();

    let daemon = Daemon::start(&world);
    handle_on(&daemon).force_kill().unwrap();
}

/// Beside the future under test, on the same thread, something that must be
/// polled before that future can end.
fn on_every_executor<T>(mut test: impl FnMut() -> T)
where
    T: Future<Output = ()>,
{
    block_on(test());
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(test());
}

#[test]
fn shutdown_blocks_no_executor() {
    on_every_executor(|| async {
        let world = World::new();
        let mut daemon = Daemon::start(&world);
        let handle = handle_on(&daemon);
        // Stopped, it exits only when the task beside the shutdown lets it.
        daemon.signal(Signal::SIGSTOP);
        let shutdown = handle.shutdown(LONG);
        let beside = async {
            for _ in 0..10 {
                yield_now().await;
            }
            daemon.signal(Signal::SIGCONT);
        };
        let (stopped, ()) = zip(shutdown, beside).await;
        stopped.unwrap();
        daemon.wait();
    });
}

#[cfg(feature = "client-async")]
#[test]
fn an_async_probe_blocks_no_executor() {
    use std::sync::mpsc::channel;

    use rpctl::responder::ProbeResponder;

    use crate::support::misbehaving;

    on_every_executor(|| async {
        let world = World::new();
        let identity = this_process(&world.endpoint("s"));
        let responder = ProbeResponder::new(identity.clone());
        let (allow, allowed) = channel();
        misbehaving(&identity.ipc_endpoint, move |stream| {
            // The answer waits for the task beside the probe.
            allowed.recv().unwrap();
            responder.serve(&stream).unwrap();
            std::io::copy(&mut &stream, &mut std::io::sink()).unwrap();
        });
        let probe = BackendHandle::probe_async(&identity.ipc_endpoint, &identity);
        let beside = async {
            yield_now().await;
            allow.send(()).unwrap();
        };
        let (handle, ()) = zip(probe, beside).await;
        assert!(handle.unwrap().is_alive());
    });
}

/// By every other rule it is the recorded daemon.
#[test]
fn no_handle_signals_the_process_that_holds_it() {
    let world = World::new();
    let identity = this_process(&world.endpoint("s"));
    let _served = Served::truly(&identity);
    let handle = || BackendHandle::probe(&identity.ipc_endpoint, &identity).unwrap();
    for refused in [handle().shutdown_blocking(LONG), handle().force_kill()] {
        let error = refused.unwrap_err();
        assert!(matches!(error, BackendHandleError::VerifyPid(_)), "{error}");
        assert!(error.to_string().contains("this very process"), "{error}");
    }
}
