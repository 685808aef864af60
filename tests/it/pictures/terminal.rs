//! The output of a command on a terminal.

use std::fs::File;
use std::io::Read;
use std::process::{Command, ExitStatus};

use nix::pty::{Winsize, openpty};

use crate::support::KillOnDrop;

/// Wide enough to show every column whole, so that the output does not depend on the
/// width of a duration.
const SIZE: Winsize = Winsize {
    ws_row: 50,
    ws_col: 106,
    ws_xpixel: 0,
    ws_ypixel: 0,
};

/// Runs a command, which must succeed, on a terminal of its own.
pub(super) fn output_of(command: Command) -> String {
    let (status, shown) = output_in(command, SIZE.ws_col);
    assert!(status.success(), "{status}: {shown}");
    shown
}

/// Runs a command on a terminal of this width.
pub(crate) fn output_in(mut command: Command, columns: u16) -> (ExitStatus, String) {
    let size = Winsize {
        ws_col: columns,
        ..SIZE
    };
    let terminal = openpty(Some(&size), None).unwrap();
    command.stdout(terminal.slave);
    let mut child = KillOnDrop(command.spawn().unwrap());
    // Only the command may hold the other end.
    drop(command);
    let mut shown = Vec::new();
    let mut master = File::from(terminal.master);
    let mut some = [0; 4096];
    // Reading fails once the terminal is closed at the other end.
    while let Ok(read @ 1..) = master.read(&mut some) {
        shown.extend_from_slice(&some[..read]);
    }
    let status = child.0.wait().unwrap();
    let shown = String::from_utf8(shown).unwrap().replace("\r\n", "\n");
    (status, shown)
}
