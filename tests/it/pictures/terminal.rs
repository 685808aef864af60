//! A terminal, and what a command writes to it.

use std::fs::File;
use std::io::Read;
use std::process::Command;

use nix::pty::{Winsize, openpty};

use crate::support::KillOnDrop;

/// Wide enough for every column to be shown whole, so that what is shown does not
/// depend on how long a digest took.
const SIZE: Winsize = Winsize {
    ws_row: 50,
    ws_col: 106,
    ws_xpixel: 0,
    ws_ypixel: 0,
};

/// Run a command that must succeed, on a terminal of its own.
pub(super) fn output_of(mut command: Command) -> String {
    let terminal = openpty(Some(&SIZE), None).unwrap();
    command.stdout(terminal.slave);
    let mut child = KillOnDrop(command.spawn().unwrap());
    // It holds the other end, and nobody else may.
    drop(command);
    let mut shown = Vec::new();
    let mut master = File::from(terminal.master);
    let mut some = [0; 4096];
    // A terminal that nobody has open any more is an error to its reader.
    while let Ok(read @ 1..) = master.read(&mut some) {
        shown.extend_from_slice(&some[..read]);
    }
    let status = child.0.wait().unwrap();
    let shown = String::from_utf8(shown).unwrap().replace("\r\n", "\n");
    assert!(status.success(), "{status}: {shown}");
    shown
}
