//! Systems without an implementation of the platform yet.
//!
//! Operations fail with [`std::io::ErrorKind::Unsupported`], and questions have the answer
//! `None`. Types whose constructor always fails have no values, so their methods cannot be
//! called.

mod error;
mod files;
mod hanging;
mod host;
mod judged;
#[cfg(feature = "client")]
mod listener_search;
#[cfg(feature = "record")]
mod local_socket;
mod process;
#[cfg(feature = "cli")]
mod session;
#[cfg(feature = "cli")]
mod signals;
mod wait;

#[cfg(feature = "record")]
pub(crate) use files::leads_nowhere;
#[cfg(feature = "digest")]
pub(crate) use files::read_at;
pub(crate) use files::{
    HeldFile, HeldSocket, ctime_is_reliable, effective_uid, is_overflow_user, is_pseudo_file,
    mount_id, own_stdin, ownership, stat_open,
};
pub use files::{
    create_private_dir, is_private_dir, keep_new_files_private, lock_dir, may_remove, remove_if,
    user_id, user_name,
};
#[cfg(feature = "cli")]
pub use files::{create_temporary_dir, remove_temporary_dir, survive_size_limit, user_named};
#[cfg(feature = "client")]
pub(crate) use files::{is_in_memory, lock_holders, record_lock_holder};
pub(crate) use hanging::{
    Fault, Helper, LocalSizes, TimeLimit, beat, guarded, known_attributes, readable, reopened, stat,
};
pub use hanging::{attributes, link_attributes, names_in, resolved};
#[cfg(feature = "record")]
pub(crate) use host::HAS_APP_DATA;
pub use host::hostname;
pub(crate) use host::{boot_id, fs_device, machine_id, namespaces, since_boot_ns};
#[cfg(feature = "client")]
pub(crate) use host::{free_descriptors, is_pid_namespace_gone, namesakes};
pub(crate) use judged::{Directory, JudgedFile, PathChecks, file_writers};
#[cfg(feature = "client")]
pub(crate) use listener_search::ListenerSearch;
#[cfg(feature = "record")]
pub use local_socket::ENDPOINTS_ARE_FILES;
#[cfg(feature = "responder")]
pub(crate) use local_socket::MAX_CONNECTIONS;
#[cfg(feature = "record")]
pub use local_socket::is_out_of_descriptors;
#[cfg(feature = "client")]
pub(crate) use local_socket::set_blocking;
#[cfg(feature = "record")]
pub(crate) use local_socket::{
    Listener, MAX_SOCKET_PATH_LEN, Stream, accept, bound_file, connect, is_endpoint_name,
    is_same_endpoint, is_wrong_socket_type, limit_queue, listen, listener_inodes,
    listener_waitable, peer_inode, peer_pidfs_inode, stream_socket, stream_waitable, wait_for_room,
};
#[cfg(feature = "cli")]
pub use process::own_program;
#[cfg(feature = "client")]
pub(crate) use process::thread_status;
pub(crate) use process::{
    MAX_PID, PinnedProcess, RememberedListeners, boot_began_unix_ms, describe, inner_pid,
    is_ancestor, loaded_program, orphans, own_image, pause, socket_holder, socket_holders,
    ticks_now,
};
#[cfg(feature = "client")]
pub(crate) use process::{give_handle, listener_holders, lock_writers};
#[cfg(feature = "cli")]
pub use session::{
    OwnChild, close_standard_streams, detach, end_with_parent, forget_descriptors, name_program,
    new_session,
};
#[cfg(feature = "cli")]
pub use signals::{StopSignals, signal_name};
pub use wait::{FileWatch, wait_until_unread};
pub(crate) use wait::{Interest, wait_any, wait_readable, wait_writable};
