//! Linux: pidfds, `/proc`, socket diagnostics.

mod exit_status;
mod facts;
mod files;
mod host;
mod process;
mod signals;
mod sockets;
mod trust;
mod watch;

pub(crate) use facts::describe;
pub use files::{
    create_private_dir, is_private_dir, keep_new_files_private, lock_dir, remove_if, user_id,
};
pub(crate) use files::{effective_uid, open_without_blocking, socket_id, stat, trust};
pub(crate) use host::{boot_id, fs_device, hostname, machine_id, namespaces};
pub(crate) use process::{
    Interest, PinnedProcess, ancestors, inner_pid, is_out_of_descriptors, own_image, pause,
    wait_any,
};
pub use process::{
    close_standard_streams, end_child, end_with_parent, forget_descriptors, new_session,
};
pub use signals::{StopSignals, signal_name};
pub(crate) use sockets::{
    Connectedness, connectedness, is_wrong_socket_type, listener_inodes, peer_inode, peer_process,
    wait_readable, wait_writable,
};
pub(crate) use trust::replaceable_by_others;
pub use watch::FileWatch;
