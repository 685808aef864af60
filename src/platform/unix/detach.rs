//! The session, standard streams and descriptors of this process and its children.

use std::fs::File;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;

/// Moves this process to a new session without a terminal, by
/// [setsid(2)](https://man7.org/linux/man-pages/man2/setsid.2.html).
///
/// # Errors
///
/// Fails if this process already leads a process group.
pub fn new_session() -> io::Result<()> {
    rustix::process::setsid()?;
    Ok(())
}

/// Does nothing: the program leaves the session of this process by [`new_session`].
pub fn detach(_: &mut Command) {}

/// Sets the name under which a program sees itself: its argument 0, by
/// [execve(2)](https://man7.org/linux/man-pages/man2/execve.2.html).
pub fn name_program(command: &mut Command, name: &str) {
    command.arg0(name);
}

/// Redirects the standard streams to `/dev/null`, by
/// [dup2(2)](https://man7.org/linux/man-pages/man2/dup2.2.html).
///
/// # Errors
///
/// Fails if `/dev/null` cannot be opened.
pub fn close_standard_streams() -> io::Result<()> {
    let null = File::options().read(true).write(true).open("/dev/null")?;
    rustix::stdio::dup2_stdin(&null)?;
    rustix::stdio::dup2_stdout(&null)?;
    rustix::stdio::dup2_stderr(&null)?;
    Ok(())
}

/// Prevents children from inheriting descriptors other than the standard streams, by
/// [close_range(2)](https://man7.org/linux/man-pages/man2/close_range.2.html), or by
/// `/proc/self/fd` before Linux 5.11.
pub fn forget_descriptors() {
    close_fds::set_fds_cloexec(3, &[]);
}
