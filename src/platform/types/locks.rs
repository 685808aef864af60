//! Locks on files.

/// The holder of a lock on a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LockHolder {
    /// The process that has opened the file for writing and has locked it.
    Writer(u32),
    /// The process that has locked the file, as which any reader can do so. It may have
    /// ended and have left the lock to its children.
    Process(u32),
    /// A process that the kernel does not name, which has opened the file for writing and has
    /// locked it.
    UnnamedWriter,
    /// A process that the kernel does not name, as which any reader can lock the file.
    UnnamedReader,
    /// A process that has no PID here: of another PID namespace, or on another machine.
    Elsewhere,
}
