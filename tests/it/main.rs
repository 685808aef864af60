//! The integration tests: one binary, one module a subject.
//!
//! Every process, socket and namespace is a real one. A test that needs another
//! program, or root, and does not find it says `skipped: …` and passes; where
//! `RPCTL_TEST_REQUIRE_ALL` is set, it fails instead.
//!
//! What goes wrong in the field, and where it is tested:
//!
//! | fault | tests |
//! |---|---|
//! | 1 a stranger answers with the right identity, and covers its traces | `checks`, `identity::handed` |
//! | 2 PID reused: by another program, by the same; by a thread (whose number is recorded; the kernel cannot be told to give a thread a number) | `identity::recycled`, `control::pid_reuse`, `identity::states` |
//! | 3 executable replaced, deleted, moved; named " (deleted)"; stopped all the same | `identity::upgrades`, `control::daemons` |
//! | 4 same path, other mount namespace, other binary | `identity::namespaces` |
//! | 5 other boot, empty boot ID, "unknown" | `checks`, `identity::states` |
//! | 6 other machine, container, inside a container; never pruned | `checks`, `identity::namespaces`, `registry::kept` |
//! | 7 zombie; stopped | `checks`, `identity::states` |
//! | 8 another user's daemon; one that `/proc` hides | `identity::users` |
//! | no `/proc`, hardly any descriptors, another program while it is examined: nothing is proven, and nobody accused | `identity::namespaces`, `identity::scarcity`, `identity::states` |
//! | 9 listener handed over by a supervisor | `identity::handed` |
//! | 10 superseded by a newer instance | `identity::states` |
//! | 11 links, spaces, newlines, no UTF-8, 4 KiB paths | `identity::paths` |
//! | 12 clocks: another boot time, a later wall clock (which cannot be stepped for one process alone, so the record is made older) | `identity::namespaces`, `checks` |
//! | 13 no socket, not a socket, stale, denied | `endpoint::files` |
//! | 14 never accepts, queue free and full | `endpoint::silence` |
//! | 15 closes at once, after the request, in the answer | `endpoint::closing` |
//! | 16 silent, dripping, late | `endpoint::silence` |
//! | 17 anything but the right answer | `endpoint::answers`, `endpoint::fields` |
//! | 18 failed probes leave no thread, no descriptor and no memory | `endpoint::leaks` |
//! | 13 to 17 end within the budget, whatever the peer's schedule | `endpoint::budget`, `endpoint::schedules` |
//! | an executable too large to be hashed; memory that hides its changes | `checks`, `digest_cache::attacks` |
//! | 19 the number is reused before the signal | `control::pid_reuse` |
//! | 20 PID 1, the caller, its ancestors (hidden ones too), a kernel thread | `control::protected`, `handle` |
//! | 21 record writable or owned by others | `control::refusals` |
//! | 22 ignores SIGTERM; 4.9 of 5 seconds | `control::daemons` |
//! | 23 already gone; a replacement's socket | `control::daemons`, `control::traces` |
//! | 24 two shutdowns at once | `control::daemons` |
//! | 25 truncated, flipped | `record::damage` |
//! | 26 malformed JSON | `record::malformed` |
//! | 27 links, FIFOs, devices, huge files; a file that changes | `record::kinds`, `record::changing` |
//! | 27 small files that would take gigabytes or minutes | `record::greedy`, `discovery::limits`, `src/manifest/limits.rs` |
//! | 28 escape sequences; in every format what its grammar would misread | `record::hostile`, `formats::hostile`, `identity::paths`, `registry::list` |
//! | 29 a daemon starts beside `prune`, at any step of it; a directory is exchanged | `registry::race` |
//! | 30 two writers, a killed writer | `record::save` |
//! | 31 a crowd, slow, greedy and hostile clients; the limits on them | `responder`, `spawn_self::options` |
//! | 32 stale and live sockets; bound at any step | `spawn_self::takeover`, `spawn_self::race` |
//! | output that cannot be written, on standard error too | `exit_codes` |
//! | any bytes in place of frames, answers, records and names | `fuzz/` |
//! | properties: round trips, checksum, verdict, deadlines | `record::roundtrip`, `src/probe/verdict/tests.rs`, `endpoint::schedules` |
//!
//! Real daemons, as they are shipped: `third_party`. The established crate, both ways:
//! the package `tests/interop`.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test fails by panicking, and roles speak to the test that started them"
)]

use peak_alloc::PeakAlloc;

/// Counts what is on the heap; see `endpoint::leaks`.
#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

mod checks;
mod ci_snippets;
mod circles;
mod completions;
mod control;
mod digest_cache;
mod discovery;
mod endpoint;
mod exit_codes;
mod formats;
mod generated;
mod handle;
mod identity;
mod layering;
mod manual;
mod pictures;
mod probe_many;
mod probe_wait;
mod readme;
mod record;
mod registry;
mod responder;
mod schema;
mod spawn_self;
mod support;
mod third_party;
