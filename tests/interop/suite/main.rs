//! rpctl and the crate `running-process` verify each other: real processes, real
//! sockets, real record files, in both directions, with one release of either
//! generation (4.4.0 knows SHA-256, 4.10.21 knows BLAKE3).
//!
//! Run it with `cargo test --locked --manifest-path tests/interop/Cargo.toml`.
//!
//! `RPCTL` names the rpctl to test, as an absolute path; without it, the one of
//! this checkout is built in release mode. `peers/` holds a daemon and client
//! made with either release: two packages around one source file, built on the
//! first run. Besides Rust, a C compiler is all it takes; what needs root or
//! `unshare` is skipped without it, and fails where `RPCTL_TEST_REQUIRE_ALL` is
//! set.
//!
//! How fast both are is no test: `compare/` measures it, and writes the table in
//! `docs/performance.md`.

/// Make a test for either release out of each of these functions.
macro_rules! for_both_releases {
    ($($test:ident),+ $(,)?) => {
        mod release_4_4_0 {
            $(#[test] fn $test() { super::$test(&crate::programs::SHA256); })+
        }
        mod release_4_10_21 {
            $(#[test] fn $test() { super::$test(&crate::programs::BLAKE3); })+
        }
    };
}

mod builds;
mod clients;
mod comparison;
mod container;
mod daemons;
mod pid_reuse;
mod programs;
mod refusals;
mod running;
