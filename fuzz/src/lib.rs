//! Functions for several fuzz targets.

use peak_alloc::PeakAlloc;
use rpctl::{DaemonProcess, Endpoint, ExeDigest};

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

/// Runs `work` and asserts that it holds at most `most` bytes on the heap at any time.
///
/// # Panics
///
/// If it holds more.
pub fn within<T>(most: usize, work: impl FnOnce() -> T) -> T {
    HEAP.reset_peak_usage();
    let before = HEAP.current_usage();
    let result = work();
    let held = HEAP.peak_usage().saturating_sub(before);
    assert!(
        held <= most,
        "{held} bytes on the heap, at most {most} are allowed"
    );
    result
}

/// Returns the limit on the heap for reading a record. The most expensive parts are
/// empty messages, of which two bytes become a whole `CacheRoot`, at most a thousand
/// times; then empty texts.
#[must_use]
pub fn heap_for(record: &[u8]) -> usize {
    (1 << 20) + 128 * record.len()
}

/// Returns an identity for answers, which belongs to no process.
#[must_use]
pub fn identity() -> DaemonProcess {
    DaemonProcess {
        pid: 4711,
        exe_path: "/usr/bin/daemon".into(),
        exe_digest: ExeDigest {
            sha256: Some([2; 32]),
            blake3: Some([3; 32]),
        },
        boot_id: "6c1b1b9e-0d6f-4f0f-9c39-0d6f4f0f9c39".to_owned(),
        ipc_endpoint: Endpoint {
            namespace_id: "fuzz".to_owned(),
            path: "/run/daemon.sock".to_owned(),
        },
        started_at_unix_ms: 1,
        idle_timeout_secs: None,
    }
}
