//! Handles live as long as their process, and stop it, on any executor.

use std::future::Future;
use std::time::Duration;

use futures_lite::future::{block_on, yield_now, zip};
use nix::sys::signal::Signal;
use rpctl::{BackendHandle, BackendHandleError, Probe, record};

use crate::support::{Daemon, TestServer, World, this_process};

/// Far longer than anything here takes.
pub(super) const LONG: Duration = Duration::from_mins(1);

pub(super) fn handle_on(daemon: &Daemon) -> BackendHandle {
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
    let report = Probe::new(&daemon.identity).timeout(LONG).run();
    daemon.kill();
    let handle = report.into_handle().unwrap();
    assert!(!handle.is_alive());
    let error = block_on(handle.connect()).unwrap_err();
    assert!(matches!(error, BackendHandleError::VerifyPid(_)), "{error}");
    block_on(handle.shutdown(LONG)).unwrap();
}

#[test]
fn a_manifest_gives_a_handle_or_nothing_or_an_error() {
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
    assert_eq!(report.checks.len(), rpctl::CheckId::ALL.len());
}

#[test]
fn force_kill_ends_the_process_and_shutdown_times_out() {
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

/// Runs a future in which something on the same thread must be polled before the
/// operation under test can end.
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
    let _served = TestServer::truly(&identity);
    let handle = || BackendHandle::probe(&identity.ipc_endpoint, &identity).unwrap();
    for refused in [handle().shutdown_blocking(LONG), handle().force_kill()] {
        let error = refused.unwrap_err();
        assert!(matches!(error, BackendHandleError::VerifyPid(_)), "{error}");
        assert!(error.to_string().contains("this very process"), "{error}");
    }
}
