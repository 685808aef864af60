//! Arbitrary records, with a value in any field.

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use rpctl::record::{
    CacheManifest, CacheRoot, CleanupPolicy, EndpointMessage, HostMessage, ManifestRef,
    ObservabilityInfo, Operation, OwnershipMessage, Quota, TeardownHook,
};
use rpctl::{DaemonProcess, Endpoint, ExeDigest};

use crate::support::MAX_PID;

/// Any text: every character there is, quotation marks and NUL included.
fn text() -> impl Strategy<Value = String> {
    vec(any::<char>(), 0..8).prop_map(String::from_iter)
}

fn texts() -> impl Strategy<Value = Vec<String>> {
    vec(text(), 0..3)
}

/// A digest that says something.
fn digest() -> impl Strategy<Value = [u8; 32]> {
    prop::array::uniform32(1..=u8::MAX)
}

prop_compose! {
    fn endpoint()(namespace_id in text(), path in text()) -> Endpoint {
        Endpoint { namespace_id, path: format!("/{path}") }
    }
}

prop_compose! {
    pub(super) fn daemon()(
        pid in 1..=MAX_PID,
        exe_path in text(),
        sha256 in option::of(digest()),
        blake3 in option::of(digest()),
        boot_id in text(),
        ipc_endpoint in endpoint(),
        started_at_unix_ms: u64,
        idle_timeout_secs: Option<u32>,
    ) -> DaemonProcess {
        DaemonProcess {
            pid,
            exe_path: format!("/{exe_path}").into(),
            exe_digest: ExeDigest { sha256, blake3 },
            boot_id,
            ipc_endpoint,
            started_at_unix_ms,
            idle_timeout_secs,
        }
    }
}

prop_compose! {
    fn root()(
        path in text(),
        (kind, disposition, estimated_size_bytes) in any::<(i32, i32, u64)>(),
        labels in btree_map(text(), text(), 0..4),
        platform_paths in btree_map(text(), text(), 0..4),
        quota: Option<(u64, u64, u64)>,
        hook in option::of((any::<i32>(), texts(), any::<u64>())),
        exclude_globs in texts(),
        ownership in option::of((any::<[u32; 3]>(), text())),
        endpoint in option::of(endpoint()),
    ) -> CacheRoot {
        CacheRoot {
            path,
            kind,
            estimated_size_bytes,
            disposition,
            labels,
            quota: quota.map(|(hard_max_bytes, soft_target_bytes, reserved_bytes)| {
                Quota { hard_max_bytes, soft_target_bytes, reserved_bytes }
            }),
            teardown_hook: hook.map(|(kind, argv, timeout_secs)| {
                TeardownHook { kind, argv, timeout_secs }
            }),
            exclude_globs,
            platform_paths,
            ownership: ownership.map(|([uid, gid, mode], windows_sid)| {
                OwnershipMessage { uid, gid, mode, windows_sid }
            }),
            endpoint: endpoint.as_ref().map(EndpointMessage::from),
        }
    }
}

prop_compose! {
    /// What a manifest has around its roots and its daemon.
    fn surroundings()(
        policy: Option<(u64, u32, bool, u64)>,
        depends_on in vec((text(), text(), any::<bool>()), 0..3),
        observability in option::of([text(), text(), text()]),
        host in option::of(([text(), text(), text(), text()], any::<u64>())),
        operation: Option<(i32, u64, u64)>,
    ) -> CacheManifest {
        CacheManifest {
            cleanup_policy: policy.map(|(after, keep, current, least)| CleanupPolicy {
                dormant_after_secs: after,
                keep_last_n_versions: keep,
                keep_current: current,
                min_size_for_prune_bytes: least,
            }),
            depends_on: depends_on
                .into_iter()
                .map(|(service_name, min_version, optional)| {
                    ManifestRef { service_name, min_version, optional }
                })
                .collect(),
            observability: observability.map(|[metrics_endpoint, log_path, health]| {
                ObservabilityInfo { metrics_endpoint, log_path, health_check_endpoint: health }
            }),
            host: host.map(|([hostname, machine_id, boot_id, namespace_id], fs_dev_id)| {
                HostMessage { hostname, machine_id, boot_id, fs_dev_id, namespace_id }
            }),
            current_operation: operation.map(|(kind, started_at_unix_ms, expected)| Operation {
                kind,
                started_at_unix_ms,
                expected_done_unix_ms: expected,
            }),
            ..CacheManifest::default()
        }
    }
}

prop_compose! {
    pub(super) fn manifest()(
        service_name in "[a-z0-9-]{1,64}",
        texts in [text(), text(), text(), text()],
        times: [u64; 3],
        manifest_schema_version: u32,
        roots in vec(root(), 0..3),
        current_daemon in option::of(daemon()),
        provides in texts(),
        surroundings in surroundings(),
    ) -> CacheManifest {
        let [service_version, broker_instance, bundle_id, media_type] = texts;
        let [created_at_unix_ms, last_active_unix_ms, valid_until_unix_ms] = times;
        CacheManifest {
            manifest_schema_version,
            media_type,
            service_name,
            service_version,
            broker_envelope_version: "v1".to_owned(),
            created_at_unix_ms,
            last_active_unix_ms,
            roots,
            current_daemon: current_daemon.as_ref().map(DaemonProcess::to_proto),
            broker_instance,
            provides,
            bundle_id,
            valid_until_unix_ms,
            ..surroundings
        }
    }
}
