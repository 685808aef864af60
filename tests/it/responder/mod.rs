//! `ProbeResponder` and `Server` under clients that are many, slow, silent or
//! malicious: honest ones are answered all the same, and what the others can
//! make the daemon hold is bounded.

mod bytes;
mod crowd;
mod descriptors;
mod garbage;
mod latency;
mod limits;
mod slow;
mod stop;

use std::ops::Deref;
use std::sync::LazyLock;

use nix::sys::resource::{Resource, getrlimit, setrlimit};

use crate::support::{Client, Daemon, World, ask, proc, skipped};

/// Connections that a server holds at once, unless told otherwise.
const HELD: usize = 512;

/// What a daemon may hold in memory at any time, in kB. It needs some 2 MB; 512
/// connections may each have it keep a request and an answer of 8 KiB.
const MEMORY: u64 = 24 << 10;

/// A daemon, and the descriptors it has without clients.
struct Bounded {
    daemon: Daemon,
    own_descriptors: usize,
}

impl Deref for Bounded {
    type Target = Daemon;

    fn deref(&self) -> &Daemon {
        &self.daemon
    }
}

impl Bounded {
    fn start(world: &World) -> Self {
        let daemon = Daemon::start(world);
        let own_descriptors = proc::descriptors(daemon.pid()).len();
        Self {
            daemon,
            own_descriptors,
        }
    }

    /// Assert that the daemon answers, and stays within its bounds.
    #[track_caller]
    fn assert_sound(&self) {
        assert_eq!(ask(self.socket()).pid, self.pid());
        assert_eq!(proc::status(self.pid(), "Threads"), 1);
        let held = proc::descriptors(self.pid()).len();
        // One more where a client has come and none has gone for it yet.
        let most = self.own_descriptors + HELD + 1;
        assert!(held <= most, "{held} descriptors, at most {most}");
        // The pages of its program are not its own: a debug build has many.
        let [most, program] = ["VmHWM", "RssFile"].map(|line| proc::status(self.pid(), line));
        let memory = most - program;
        assert!(memory < MEMORY, "{memory} kB");
    }
}

/// Connect many clients, all at once.
fn crowd(daemon: &Daemon, size: usize) -> Vec<Client> {
    (0..size)
        .map(|_| Client::connect(daemon.socket()))
        .collect()
}

/// The descriptors that this process may hold, raised as far as the system lets it: once,
/// for tests run side by side.
static DESCRIPTORS: LazyLock<u64> = LazyLock::new(|| {
    const ENOUGH: u64 = 16 << 10;
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    let raised = soft.max(hard.min(ENOUGH));
    setrlimit(Resource::RLIMIT_NOFILE, raised, hard).unwrap();
    raised
});

/// Returns whether this process may hold this many descriptors for a test, beside those
/// of other tests, and reports if it may not.
fn may_open(descriptors: u64) -> bool {
    let (wanted, hard) = (4 * descriptors + 512, *DESCRIPTORS);
    if hard < wanted {
        skipped(&format!(
            "this needs {wanted} descriptors, and {hard} are allowed"
        ));
    }
    hard >= wanted
}
