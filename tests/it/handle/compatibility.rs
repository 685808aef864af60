//! Programs written for the crate `running-process` compile with only the name of the
//! crate changed: the paths here are those of [`rpctl::broker`].

use std::io::{Read, Write};
use std::path::Path;
use std::time::Duration;

use futures_lite::future::block_on;
use rpctl::broker::backend_handle::{BackendHandle, BackendHandleError, Connection, DaemonProcess};
use rpctl::broker::backend_lifecycle::identity::IdentityError;
use rpctl::broker::backend_lifecycle::probe::DEFAULT_ENDPOINT_PROBE_TIMEOUT;
use rpctl::broker::protocol::{self, CacheManifest, Endpoint};

use crate::support::{Daemon, TestServer, World, this_process};

fn manifest_of(daemon: &Daemon) -> CacheManifest {
    let record = rpctl::record::load(daemon.record()).unwrap();
    record.content.manifest().unwrap().clone()
}

/// Returns `path` relative to the current directory.
fn relative(path: &str) -> String {
    let depth = std::env::current_dir().unwrap().components().count() - 1;
    format!("{}{}", "../".repeat(depth), path.trim_start_matches('/'))
}

#[test]
fn a_running_daemon_is_reused_by_its_manifest() {
    fn reusable(manifest: &CacheManifest) -> Option<BackendHandle> {
        let found = BackendHandle::probe_manifest(manifest)?;
        found.is_alive().then_some(found)
    }
    let world = World::new();
    let mut daemon = Daemon::start(&world);
    let manifest = manifest_of(&daemon);
    assert!(reusable(&manifest).is_some());
    daemon.kill();
    assert!(reusable(&manifest).is_none());
}

#[test]
fn a_manifest_is_matched_on_a_handle_that_is_alive() {
    fn served_by(manifest: &CacheManifest) -> Option<u32> {
        match BackendHandle::probe_manifest(manifest) {
            Some(handle) if handle.is_alive() => Some(handle.daemon_process.pid),
            _ => None,
        }
    }
    let world = World::new();
    let daemon = Daemon::start(&world);
    assert_eq!(served_by(&manifest_of(&daemon)), Some(daemon.pid()));
    assert_eq!(served_by(&CacheManifest::default()), None);
}

#[test]
fn an_own_identity_is_probed_with_the_errors_of_the_handle() {
    fn verify(endpoint: &Endpoint) -> rpctl::broker::backend_handle::Result<BackendHandle> {
        let identity = DaemonProcess::current_process(endpoint.clone(), Some(90))?;
        BackendHandle::probe_with_service("indexer", "3.1.4", endpoint, &identity)
    }
    let world = World::new();
    let endpoint = Endpoint {
        namespace_id: "tests".to_owned(),
        path: world.endpoint("s").path,
    };
    let _served = TestServer::with(&endpoint, this_process(&endpoint));
    let handle = verify(&endpoint).unwrap();
    assert_eq!(handle.service_name, "indexer");
    assert_eq!(handle.service_version, "3.1.4");
    assert_eq!(handle.daemon_process.ipc_endpoint, endpoint);
}

#[test]
fn a_socket_is_reached_by_a_relative_path() {
    let world = World::new();
    let absolute = world.endpoint("s");
    let endpoint = Endpoint {
        path: relative(&absolute.path),
        ..absolute
    };
    assert!(!Path::new(&endpoint.path).is_absolute());
    let identity = this_process(&endpoint);
    let _served = TestServer::truly(&identity);
    let handle = BackendHandle::probe(&endpoint, &identity).unwrap();
    block_on(handle.connect()).unwrap();
}

#[test]
fn a_known_identity_is_probed_at_its_endpoint() {
    fn is_up(endpoint: &Endpoint, recorded: &DaemonProcess) -> bool {
        BackendHandle::probe(endpoint, recorded).is_some_and(|handle| handle.is_alive())
    }
    let world = World::new();
    let daemon = Daemon::start(&world);
    assert!(is_up(&daemon.identity.ipc_endpoint, &daemon.identity));
}

#[test]
fn a_service_is_named_by_owned_and_borrowed_texts() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let endpoint = &daemon.identity.ipc_endpoint;
    let name = String::from("indexer");
    let probe = BackendHandle::probe_with_service(name, "2", endpoint, &daemon.identity);
    assert_eq!(probe.unwrap().service_name, "indexer");
}

#[test]
fn a_connection_is_opened_and_its_stream_taken() {
    async fn open(handle: &BackendHandle) -> rpctl::broker::backend_handle::Result<()> {
        let connection = handle.connect().await?;
        let stream: rpctl::interprocess::local_socket::Stream = connection.into_inner();
        drop(stream);
        Ok(())
    }
    let world = World::new();
    let daemon = Daemon::start(&world);
    let handle = BackendHandle::probe(&daemon.identity.ipc_endpoint, &daemon.identity).unwrap();
    block_on(open(&handle)).unwrap();

    let connection: std::io::Result<Connection> =
        Connection::connect(&daemon.identity.ipc_endpoint);
    let mut stream = connection.unwrap().into_inner();
    stream.write_all(b"no challenge").unwrap();
    assert_eq!(stream.read(&mut [0; 8]).unwrap(), 0);
}

#[test]
fn an_identity_is_recorded_in_a_manifest_and_read_back() {
    fn record(mut manifest: CacheManifest) -> Result<CacheManifest, IdentityError> {
        let endpoint = Endpoint {
            namespace_id: "tests".to_owned(),
            path: "indexer.sock".to_owned(),
        };
        let identity = DaemonProcess::current_process(endpoint, Some(120))?;
        manifest.current_daemon = Some(identity.to_proto());
        Ok(manifest)
    }
    let manifest = record(CacheManifest::default()).unwrap();
    let identity = DaemonProcess::from_manifest_current_daemon(&manifest);
    let identity = identity.unwrap().unwrap();
    assert_eq!(identity.pid, std::process::id());
    assert_eq!(identity.idle_timeout_secs, Some(120));
}

#[test]
fn an_identity_is_converted_by_value_and_by_reference() {
    let identity = this_process(&Endpoint {
        path: "/run/s".to_owned(),
        ..Endpoint::default()
    });
    let message: protocol::DaemonProcess = (&identity).into();
    assert_eq!(message, identity.to_proto());
    assert_eq!(DaemonProcess::try_from(&message).unwrap(), identity);
    assert_eq!(DaemonProcess::try_from(message).unwrap(), identity);

    let text = serde_json::to_string(&identity).unwrap();
    let read: DaemonProcess = serde_json::from_str(&text).unwrap();
    assert_eq!(read, identity);

    let empty = protocol::DaemonProcess::default();
    let refused: Result<DaemonProcess, IdentityError> = empty.try_into();
    assert!(refused.is_err());
}

#[test]
fn a_daemon_is_shut_down_or_killed_through_its_handle() {
    async fn stop(handle: BackendHandle) -> Result<(), BackendHandleError> {
        match handle.shutdown(Duration::from_mins(1)).await {
            Err(BackendHandleError::ShutdownTimeout { pid }) => panic!("PID {pid} is alive"),
            stopped => stopped,
        }
    }
    let world = World::new();
    let daemon = Daemon::start(&world);
    let probe = |daemon: &Daemon| {
        let manifest = manifest_of(daemon);
        BackendHandle::try_from_manifest(&manifest)
            .unwrap()
            .unwrap()
    };
    block_on(stop(probe(&daemon))).unwrap();
    let world = World::new();
    let daemon = Daemon::start(&world);
    probe(&daemon).force_kill().unwrap();
}

#[cfg(feature = "client-async")]
#[test]
fn a_daemon_is_probed_without_blocking_an_executor() {
    async fn verify(
        endpoint: Endpoint,
        recorded: DaemonProcess,
    ) -> rpctl::broker::backend_handle::Result<()> {
        let handle =
            BackendHandle::probe_with_service_async("indexer", "2", &endpoint, &recorded).await?;
        assert!(handle.is_alive());
        assert!(
            BackendHandle::probe_async(&endpoint, &recorded)
                .await
                .is_some()
        );
        Ok(())
    }
    let world = World::new();
    let daemon = Daemon::start(&world);
    let identity = daemon.identity.clone();
    block_on(verify(identity.ipc_endpoint.clone(), identity)).unwrap();
}

#[test]
fn the_errors_of_the_handle_keep_their_sources() {
    let world = World::new();
    let unserved = this_process(&world.endpoint("s"));
    let endpoint = &unserved.ipc_endpoint;
    let error = BackendHandle::probe_with_service("s", "1", endpoint, &unserved).unwrap_err();
    assert!(matches!(error, BackendHandleError::Probe(_)), "{error}");
    let manifest = CacheManifest {
        current_daemon: Some(protocol::DaemonProcess::default()),
        ..CacheManifest::default()
    };
    let error = BackendHandle::try_from_manifest(&manifest).unwrap_err();
    assert!(matches!(error, BackendHandleError::Identity(_)), "{error}");
    assert!(std::error::Error::source(&error).is_some());
    assert_eq!(DEFAULT_ENDPOINT_PROBE_TIMEOUT, Duration::from_millis(500));
}
