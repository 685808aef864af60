//! Linux: pidfds, `/proc`, socket diagnostics.

mod ancestors;
mod changes;
#[cfg(feature = "cli")]
mod detach;
#[cfg(feature = "client")]
mod diagnostics;
mod directories;
#[cfg(feature = "client")]
mod facts;
mod files;
mod held_socket;
mod host;
mod image;
mod pidfd_info;
mod proc;
mod process;
mod remove;
mod replaceable;
mod signals;
mod sockets;
mod users;
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
pub use directories::{create_private_dir, is_private_dir, lock_dir};
#[cfg(feature = "client")]
pub(crate) use facts::describe;
pub use files::keep_new_files_private;
pub(crate) use files::{
    create_private_file, file_stat, has_a_name, open_without_blocking, stat, stat_open,
};
pub(crate) use held_socket::HeldSocket;
pub(crate) use host::{boot_id, fs_device, hostname, machine_id, namespaces};
pub(crate) use image::own_image;
pub(crate) use proc::inner_pid;
pub(crate) use process::{PinnedProcess, pause};
pub use remove::remove_if;
pub use replaceable::may_remove;
pub(crate) use replaceable::{Ways, replaceable_by_others};
pub use signals::StopSignals;
pub use signals::signal_name;
pub use sockets::is_out_of_descriptors;
pub(crate) use sockets::{
    Connectedness, connectedness, is_wrong_socket_type, limit_queue, peer_process, wait_readable,
    wait_writable,
};
pub use users::user_id;
pub(crate) use users::{effective_uid, ownership};
pub use wait::wait_until_unread;
pub(crate) use wait::{Interest, wait_any};
pub use watch::FileWatch;
