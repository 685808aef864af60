//! Linux: pidfds, `/proc`, socket diagnostics.

mod ancestors;
mod changes;
mod detach;
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
// What is hidden is public for the program of this package, and no part of the
// interface.
#[doc(hidden)]
pub use detach::{
    OwnChild, close_standard_streams, end_with_parent, forget_descriptors, new_session,
};
pub(crate) use facts::describe;
#[doc(hidden)]
pub use files::{create_private_dir, is_private_dir, keep_new_files_private, lock_dir, user_id};
pub(crate) use files::{
    effective_uid, file_stat, has_a_name, open_without_blocking, ownership, stat, stat_open,
};
pub(crate) use host::{boot_id, fs_device, hostname, machine_id, namespaces};
pub(crate) use proc::inner_pid;
pub(crate) use process::{PinnedProcess, own_image};
pub(crate) use remove::HeldSocket;
#[doc(hidden)]
pub use remove::remove_if;
#[doc(hidden)]
pub use signals::StopSignals;
pub use signals::signal_name;
pub(crate) use sockets::{
    Connectedness, connectedness, is_out_of_descriptors, is_wrong_socket_type, limit_queue,
    listener_inodes, peer_inode, peer_process, wait_readable, wait_writable,
};
#[doc(hidden)]
pub use trust::may_remove;
pub(crate) use trust::{Ways, replaceable_by_others};
#[doc(hidden)]
pub use wait::wait_until_unread;
pub(crate) use wait::{Interest, pause, wait_any};
#[doc(hidden)]
pub use watch::FileWatch;
