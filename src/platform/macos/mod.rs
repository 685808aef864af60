//! macOS: processes are held by kqueues and by their start, and described by `libproc`.
//!
//! Type-checked and linked, but never run.

mod access_list;
mod ancestors;
mod arrivals;
#[cfg(feature = "process")]
mod children;
#[cfg(feature = "record")]
mod connecting;
#[cfg(feature = "process")]
#[path = "../unix/descendants.rs"]
mod descendants;
mod descriptor_path;
#[cfg(feature = "cli")]
#[path = "../unix/detach.rs"]
mod detach;
#[path = "../unix/directories.rs"]
mod directories;
#[path = "../unix/directory.rs"]
mod directory;
#[cfg(feature = "client")]
mod facts;
#[cfg(feature = "client")]
#[path = "../unix/family.rs"]
mod family;
#[path = "../unix/file_size.rs"]
mod file_size;
#[path = "../unix/files.rs"]
mod files;
#[path = "../unix/found_file.rs"]
mod found_file;
mod groups;
mod hanging;
mod held;
mod held_socket;
#[cfg(feature = "record")]
mod held_sockets;
mod host;
mod image;
mod kernel_files;
#[cfg(feature = "client")]
#[path = "../unix/limits.rs"]
mod limits;
mod links;
#[cfg(feature = "client")]
mod listener_holders;
#[cfg(feature = "client")]
mod listeners;
#[cfg(feature = "record")]
mod listening_socket;
#[cfg(feature = "record")]
#[path = "../unix/local_socket.rs"]
mod local_socket;
#[cfg(feature = "client")]
mod locks;
mod may_remove;
#[cfg(feature = "client")]
#[path = "../unix/orphans.rs"]
mod orphans;
#[cfg(feature = "cli")]
mod own_child;
#[cfg(feature = "cli")]
mod parent;
#[cfg(feature = "record")]
#[path = "../unix/path_errors.rs"]
mod path_errors;
mod paths;
#[cfg(feature = "record")]
mod peer;
#[path = "../unix/place.rs"]
mod place;
mod process;
mod process_list;
mod questions;
mod random;
#[cfg(feature = "client")]
#[path = "../unix/record_lock.rs"]
mod record_lock;
#[cfg(feature = "client")]
mod remembered_listeners;
#[path = "../unix/remove.rs"]
mod remove;
mod signal_numbers;
#[cfg(feature = "cli")]
#[path = "../unix/signals.rs"]
mod signals;
#[cfg(feature = "record")]
mod socket_numbers;
#[cfg(feature = "record")]
#[path = "../unix/sockets.rs"]
mod sockets;
mod start;
mod stat;
mod sys;
mod user_names;
#[path = "../unix/users.rs"]
mod users;
mod view;
#[path = "../unix/wait.rs"]
mod wait;
#[path = "../unix/walk.rs"]
mod walk;
mod watch;
#[path = "../unix/writers.rs"]
mod writers;

pub(crate) use ancestors::is_ancestor;
#[cfg(feature = "record")]
pub(crate) use connecting::{MAX_SOCKET_PATH_LEN, connect, is_endpoint_name};
#[cfg(feature = "cli")]
pub use detach::{close_standard_streams, detach, forget_descriptors, name_program, new_session};
pub use directories::{create_private_dir, is_private_dir, lock_dir};
#[cfg(feature = "cli")]
pub use directories::{create_temporary_dir, remove_temporary_dir};
pub(crate) use directory::Directory;
#[cfg(feature = "client")]
pub(crate) use facts::describe;
#[cfg(feature = "client")]
pub(crate) use family::{socket_holder, socket_holders};
#[cfg(feature = "cli")]
pub use file_size::survive_size_limit;
pub use files::keep_new_files_private;
#[cfg(feature = "digest")]
pub(crate) use files::read_at;
pub(crate) use files::{own_stdin, stat_open};
pub(crate) use found_file::{JudgedFile, PathChecks, file_writers};
pub(crate) use hanging::{Fault, Helper, TimeLimit, beat, guarded};
pub(crate) use held_socket::HeldSocket;
#[cfg(feature = "record")]
pub(crate) use host::USER_DIRECTORIES;
#[cfg(feature = "process")]
pub(crate) use host::boot_began_unix_ms;
pub use host::hostname;
pub(crate) use host::{boot_id, fs_device, machine_id, namespaces, since_boot_ns};
#[cfg(feature = "client")]
pub(crate) use host::{is_pid_namespace_gone, namesakes};
pub(crate) use image::inner_pid;
#[cfg(feature = "cli")]
pub use image::own_program;
#[cfg(feature = "record")]
pub(crate) use image::{loaded_program, own_image};
#[cfg(feature = "client")]
pub(crate) use kernel_files::is_in_memory;
pub(crate) use kernel_files::{ctime_is_reliable, is_pseudo_file, mount_id};
#[cfg(feature = "client")]
pub(crate) use limits::free_descriptors;
#[cfg(feature = "client")]
pub(crate) use listener_holders::listener_holders;
#[cfg(feature = "client")]
pub(crate) use listeners::{ListenerSearch, listener_inodes};
#[cfg(feature = "record")]
pub use local_socket::ENDPOINTS_ARE_FILES;
#[cfg(feature = "responder")]
pub(crate) use local_socket::MAX_CONNECTIONS;
#[cfg(feature = "client")]
pub(crate) use local_socket::set_blocking;
#[cfg(feature = "record")]
pub(crate) use local_socket::{
    Listener, Stream, accept, is_same_endpoint, listen, listener_waitable, stream_socket,
    stream_waitable, wait_for_room,
};
#[cfg(feature = "client")]
pub(crate) use locks::{lock_holders, lock_writers};
pub use may_remove::may_remove;
#[cfg(feature = "client")]
pub(crate) use orphans::orphans;
#[cfg(feature = "cli")]
pub use own_child::OwnChild;
#[cfg(feature = "cli")]
pub use parent::end_with_parent;
#[cfg(feature = "record")]
pub(crate) use path_errors::leads_nowhere;
#[cfg(feature = "client")]
pub(crate) use paths::LocalSizes;
pub use paths::{attributes, link_attributes, names_in, resolved};
pub(crate) use paths::{known_attributes, readable, reopened, stat};
#[cfg(feature = "record")]
pub(crate) use peer::peer_pidfs_inode;
#[cfg(feature = "client")]
pub(crate) use peer::{bound_file, peer_inode};
#[cfg(feature = "client")]
pub(crate) use process::give_handle;
pub(crate) use process::{MAX_PID, PinnedProcess, pause};
#[cfg(feature = "client")]
pub(crate) use process_list::thread_status;
#[cfg(feature = "client")]
pub(crate) use record_lock::record_lock_holder;
#[cfg(feature = "client")]
pub(crate) use remembered_listeners::RememberedListeners;
pub use remove::remove_if;
#[cfg(feature = "cli")]
pub use signals::{StopSignals, signal_name};
#[cfg(feature = "record")]
pub use sockets::is_out_of_descriptors;
#[cfg(feature = "record")]
pub(crate) use sockets::{is_wrong_socket_type, limit_queue, wait_readable, wait_writable};
#[cfg(feature = "process")]
pub(crate) use start::ticks_now;
pub(crate) use user_names::is_overflow_user;
pub use user_names::user_name;
pub use users::user_id;
#[cfg(feature = "cli")]
pub use users::user_named;
pub(crate) use users::{effective_uid, ownership};
pub(crate) use view::HeldFile;
pub use wait::wait_until_unread;
pub(crate) use wait::{Interest, wait_any};
pub use watch::FileWatch;
