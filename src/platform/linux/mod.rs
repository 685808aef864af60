//! Linux: pidfds, `/proc`, socket diagnostics.

mod ancestors;
mod changes;
#[cfg(feature = "cli")]
mod detach;
#[cfg(feature = "client")]
mod diagnostics;
#[cfg(feature = "client")]
mod facts;
mod files;
mod host;
mod pidfd_info;
mod proc;
mod process;
mod remove;
mod signals;
mod sockets;
mod trust;
mod wait;
mod watch;

pub(crate) use ancestors::is_ancestor;
pub(crate) use changes::{mount_id, since_boot_ns, tells_changes};
#[cfg(feature = "cli")]
pub use detach::{
    OwnChild, close_standard_streams, end_with_parent, forget_descriptors, new_session,
};
#[cfg(feature = "client")]
pub(crate) use diagnostics::{listener_inodes, peer_inode};
#[cfg(feature = "client")]
pub(crate) use facts::describe;
pub use files::{create_private_dir, is_private_dir, keep_new_files_private, lock_dir, user_id};
pub(crate) use files::{
    create_private_file, effective_uid, file_stat, has_a_name, open_without_blocking, ownership,
    stat, stat_open,
};
pub(crate) use host::{boot_id, fs_device, hostname, machine_id, namespaces};
pub(crate) use proc::inner_pid;
pub(crate) use process::{PinnedProcess, own_image};
pub(crate) use remove::HeldSocket;
pub use remove::remove_if;
pub use signals::StopSignals;
pub use signals::signal_name;
pub use sockets::is_out_of_descriptors;
pub(crate) use sockets::{
    Connectedness, connectedness, is_wrong_socket_type, limit_queue, peer_process, wait_readable,
    wait_writable,
};
pub use trust::may_remove;
pub(crate) use trust::{Ways, replaceable_by_others};
pub use wait::wait_until_unread;
pub(crate) use wait::{Interest, pause, wait_any};
pub use watch::FileWatch;
