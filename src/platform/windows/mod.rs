//! Windows: processes are held by handles, and daemons are reached by named pipes.
//!
//! What the system does not offer fails with [`std::io::ErrorKind::Unsupported`].

mod acl;
mod directories;
mod directory;
mod error;
#[cfg(feature = "client")]
mod facts;
mod family;
mod files;
mod hanging;
mod host;
mod image;
#[cfg(feature = "client")]
mod listeners;
mod new_directory;
#[cfg(feature = "record")]
mod pipe;
#[cfg(feature = "record")]
mod pipe_listener;
#[cfg(feature = "record")]
mod pipe_name;
mod process;
#[cfg(feature = "cli")]
mod session;
#[cfg(feature = "cli")]
mod signals;
mod stop_event;
mod sys;
mod times;
mod users;
mod wait;
mod watch;

pub(crate) use acl::{file_writers, ownership};
pub use directories::{create_private_dir, is_private_dir, lock_dir};
#[cfg(feature = "cli")]
pub use directories::{create_temporary_dir, remove_temporary_dir};
pub(crate) use directory::{Directory, JudgedFile, PathChecks};
pub use directory::{may_remove, remove_if};
#[cfg(feature = "client")]
pub(crate) use facts::describe;
pub(crate) use family::{is_ancestor, orphans, socket_holder, socket_holders};
pub use files::keep_new_files_private;
#[cfg(feature = "record")]
pub(crate) use files::leads_nowhere;
#[cfg(feature = "digest")]
pub(crate) use files::read_at;
#[cfg(feature = "cli")]
pub use files::survive_size_limit;
pub(crate) use files::{
    HeldFile, HeldSocket, ctime_is_reliable, is_pseudo_file, mount_id, own_stdin, stat_open,
};
#[cfg(feature = "client")]
pub(crate) use files::{is_in_memory, lock_holders, lock_writers, record_lock_holder};
pub(crate) use hanging::{
    Fault, Helper, LocalSizes, TimeLimit, beat, guarded, known_attributes, readable, reopened, stat,
};
pub use hanging::{attributes, link_attributes, names_in, resolved};
#[cfg(feature = "record")]
pub(crate) use host::USER_DIRECTORIES;
pub use host::hostname;
pub(crate) use host::{boot_id, fs_device, machine_id, namespaces};
#[cfg(feature = "client")]
pub(crate) use host::{free_descriptors, is_pid_namespace_gone, namesakes};
#[cfg(feature = "cli")]
pub use image::own_program;
pub(crate) use image::{inner_pid, loaded_program, own_image};
#[cfg(feature = "client")]
pub(crate) use listeners::{ListenerSearch, RememberedListeners, listener_holders, thread_status};
#[cfg(feature = "record")]
pub(crate) use pipe::{
    Stream, connect, is_wrong_socket_type, peer_pidfs_inode, stream_socket, stream_waitable,
    wait_for_room,
};
#[cfg(feature = "client")]
pub(crate) use pipe::{bound_file, listener_inodes, peer_inode, set_blocking};
#[cfg(feature = "record")]
pub use pipe_listener::{ENDPOINTS_ARE_FILES, is_out_of_descriptors};
#[cfg(feature = "record")]
pub(crate) use pipe_listener::{Listener, accept, listen, listener_waitable};
#[cfg(feature = "responder")]
pub(crate) use pipe_listener::{MAX_CONNECTIONS, limit_queue};
#[cfg(feature = "record")]
pub(crate) use pipe_name::{MAX_SOCKET_PATH_LEN, is_endpoint_name, is_same_endpoint};
#[cfg(feature = "client")]
pub(crate) use process::give_handle;
pub(crate) use process::{MAX_PID, PinnedProcess, pause, ticks_now};
#[cfg(feature = "cli")]
pub use session::{
    OwnChild, close_standard_streams, detach, end_with_parent, forget_descriptors, name_program,
    new_session,
};
#[cfg(feature = "cli")]
pub use signals::{StopSignals, signal_name};
pub(crate) use times::{boot_began_unix_ms, since_boot_ns};
#[cfg(feature = "cli")]
pub use users::user_named;
pub(crate) use users::{effective_uid, is_overflow_user};
pub use users::{user_id, user_name};
pub use wait::wait_until_unread;
pub(crate) use wait::{Interest, wait_any, wait_readable, wait_writable};
pub use watch::FileWatch;
