//! The integration tests: one binary, one module for each command or fault.
//!
//! Every process, socket and namespace is a real one. A test that needs another
//! program, or root, and does not find it says `skipped: …` and passes; where
//! `RPCTL_TEST_REQUIRE_ALL` is set, it fails instead.
//!
//! What goes wrong in the field, and where it is tested:
//!
//! | fault | tests |
//! |---|---|
//! | a stranger answers with the right identity, covers its traces, or hands the connection on | `checks`, `identity::handed`, `identity::handed_on` |
//! | PID reused: by another program, by the same; by a thread (whose number is recorded; the kernel cannot be told to give a thread a number) | `identity::recycled`, `control::pid_reuse`, `identity::states` |
//! | executable replaced, deleted, moved; named " (deleted)"; stopped all the same | `identity::upgrades`, `control::daemons` |
//! | same path, other mount namespace, other binary | `identity::namespaces` |
//! | other boot, empty boot ID, "unknown" and other placeholders | `checks`, `identity::states` |
//! | other machine, container, inside a container; never pruned | `checks`, `identity::namespaces`, `registry::kept` |
//! | a zombie; a stopped process | `checks`, `identity::states` |
//! | another user's daemon; one that `/proc` hides | `identity::users` |
//! | no `/proc`, hardly any descriptors, another program while it is examined: nothing is proven, and no process accused | `identity::namespaces`, `identity::scarcity`, `identity::states` |
//! | listener handed over by a supervisor | `identity::handed`, `field::families` |
//! | superseded by a newer instance | `identity::states` |
//! | links, spaces, newlines, no UTF-8, 4 KiB paths | `identity::paths` |
//! | clocks: another boot time, a later wall clock (which cannot be stepped for one process alone, so the record is made older) | `identity::namespaces`, `checks` |
//! | no socket, not a socket, stale, denied | `endpoint::files` |
//! | never accepts, queue free and full | `endpoint::silence` |
//! | closes at once, after the request, in the answer | `endpoint::closing` |
//! | silent, dripping, late | `endpoint::silence` |
//! | anything but the right answer | `endpoint::answers`, `endpoint::fields` |
//! | failed probes leave no thread, no descriptor and no memory | `endpoint::leaks` |
//! | any fault of an endpoint, whatever the peer's schedule: it ends within the budget | `endpoint::budget`, `endpoint::schedules` |
//! | an executable too large to be hashed; memory that hides its changes | `checks`, `digest_cache::attacks` |
//! | the number is reused before the signal | `control::pid_reuse`, `process::reuse` |
//! | a recorded process: reused within a tick, re-executed, a zombie, a thread, of another boot or namespace | `observed::states`, `process::reuse`, `process::verify`, `process::capture`, `process::namespaces` |
//! | a process that executes another program or exits while it is recorded | `record_command::races` |
//! | PID files of an earlier boot or process, of others, or with a thread's number; prefork servers and SO_REUSEPORT groups | `record_command::pid_files`, `process::from_listener`, `record_command::refused` |
//! | a process that is only looked at: another build or program in it, its listener gone, unlinked, handed down, shared or taken | `observed`, `registry::processes` |
//! | a PID file: touched, restored, copied, of another boot, process or namespace, of a thread or zombie, written by others; locked in every way, by another, from another namespace; its number reused | `pid_file` |
//! | PID 1, the caller, its ancestors (hidden ones too), a kernel thread | `control::protected`, `handle`, `process::control` |
//! | record writable or owned by others | `control::refusals` |
//! | ignores SIGTERM; takes its time to exit | `control::daemons` |
//! | workers with the listener, helpers, a new instance, a supervisor or a stranger with the listener, after the exit | `families::served`, `families::restarted`, `families::hidden` |
//! | descendants in another session, of another program or user, created by the signal, that ignore it, or whose number is reused | `families::tree`, `families::refused` |
//! | any other signal; one that is not waited for | `control::signals` |
//! | a daemon already gone; the socket of its replacement | `control::daemons`, `control::traces` |
//! | two shutdowns at once | `control::daemons` |
//! | a record truncated, or with flipped bits | `record::damage` |
//! | malformed JSON | `record::malformed` |
//! | links, FIFOs, devices, huge files; a file that changes | `record::kinds`, `record::changing` |
//! | small files that would take gigabytes or minutes | `record::greedy`, `discovery::limits`, `src/record/elements.rs` |
//! | escape sequences; in every format what its grammar would misread | `record::hostile`, `formats::hostile`, `identity::paths`, `registry::list` |
//! | a daemon starts beside `prune`, at any step of it; a directory is exchanged | `registry::race` |
//! | two writers, a killed writer | `record::save` |
//! | crowds of clients, slow, greedy and hostile ones; the limits on them | `responder` |
//! | stale and live sockets; bound at any step | `spawn_self::takeover`, `spawn_self::race` |
//! | output that cannot be written, on standard error too | `exit_codes` |
//! | any bytes in place of frames, answers, records and names | `fuzz/` |
//! | properties: round trips, checksum, verdict, deadlines | `record::roundtrip`, `src/probe/verdict/tests`, `src/control/permission/tests.rs`, `endpoint::schedules` |
//!
//! Found since in the field:
//!
//! | fault | tests |
//! |---|---|
//! | a record dated in the future or before the boot, the number reused by another program of the same interpreter | `field::reuse`, `field::evidence` |
//! | the number reused by the same program of another user, who answers | `field::reuse`, `field::evidence` |
//! | two boot IDs on one kernel; a reboot, and the process holds the socket | `field::boots` |
//! | a hung daemon of another build that holds its socket, and its record looks too old; a new build in the same process, which does not answer yet | `field::evidence`, `field::upgrades`, `field::force` |
//! | a file system that never answers, read or unread, below a socket, a running executable, a record, a registry, a root or working directory; an overlay over FUSE of another user (NFS and automounters need servers of their own; they are treated as FUSE is) | `field::hangs` |
//! | records, links and directories exchanged while they are read; groups and access lists | `field::swaps`, `field::writers` |
//! | a worker accepts, or listens again; the listener of a supervisor; a fork after listen (systemd itself is not started: a parent hands the listener over as it does) | `field::families`, `identity::handed`, `process::family` |
//! | a private directory, another root, another mount namespace | `field::places`, `identity::namespaces` |
//! | an executable in memory, unlinked before the record was made, mounted over, on a detached file system | `field::images` |
//! | the first thread has ended, others serve | `field::threads` |
//! | daemons that fork after they record themselves, once and twice; a dead creator of the listener; a squatter with the recorded number | `field::families`, `field::strangers` |
//! | rights that are missing in fact: CAP_SYS_PTRACE, pidfds, `/proc`; capabilities of the daemon, one that is not dumpable | `field::rights`, `identity::namespaces` |
//! | a hung daemon of another network namespace | `field::strangers` |
//! | executables run by an emulator through binfmt_misc (an interpreter of text in place of qemu, registered in a user namespace) | `field::emulated` |
//! | paths of sockets that are too long, relative, or lead through links, also those of `--endpoint` | `field::places` |
//! | private groups with umask 002; user namespaces where `/` belongs to the overflow user | `field::writers`, `field::user_namespaces` |
//! | stopped, traced, frozen by either version of cgroups | `field::standstill` |
//! | full disk, files that may not grow, read-only registry, hardly any descriptors, threads or processes for many records | `field::scarcity`, `field::disks`, `field::tasks`, `record::unread`, `identity::scarcity` |
//! | rpctl started through the dynamic loader, from a deleted file, from both, or from memory | `field::loader` |
//! | one home on several machines, one of them started later (a host name and a boot ID of their own in namespaces of one kernel) | `field::homes` |
//! | a container that has ended, or was started again with its records; `prune` and `spawn-self` there | `field::containers` |
//! | a squatter in another PID namespace, inside and outside of ours | `field::strangers` |
//! | pseudo files as records; private directories below those of others, or that others can lead elsewhere | `field::pseudo_files` |
//! | daemons that serve one connection at a time | `handle::connection` |
//! | another program, the same one again, or a child with the listener, between SIGTERM and SIGKILL; workers that live on | `field::force` |
//! | advice that harms or was tried; every sentence and hint in a row | `field::advice`, `field::families`, `field::messages` |
//! | the record of a service user, operated on by root | `field::writers` |
//! | secrets on the command lines of other processes | `field::secrets` |
//! | placeholders in place of a boot ID, recorded or of this kernel | `identity::states`, `field::boots`, `field::homes`, `process::verify` |
//!
//! What people see of all that, on terminals of any width: `tables`, `pictures`.
//!
//! Real daemons, as they are shipped: `third_party`; those that know nothing of rpctl:
//! `real_daemons`. Programs in other languages:
//! `other_languages`, `daemon_authors`. The established crate, both ways:
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
mod client_types;
mod completions;
mod control;
mod daemon_authors;
mod digest_cache;
mod discovery;
mod endpoint;
mod exit_codes;
mod families;
mod field;
mod fleets;
mod formats;
mod generated;
mod handle;
mod identity;
mod layering;
mod manual;
mod names;
mod observed;
mod other_languages;
mod pages;
mod pictures;
mod pid_file;
mod probe_many;
mod probe_wait;
mod process;
mod prose;
mod real_daemons;
mod recipes;
mod record;
mod record_command;
mod registry;
mod responder;
mod schema;
mod spawn_self;
mod support;
mod tables;
mod third_party;
