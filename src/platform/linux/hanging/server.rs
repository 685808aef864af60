//! The users who run the servers of FUSE file systems, of
//! [fuse(4)](https://man7.org/linux/man-pages/man4/fuse.4.html).

use std::os::fd::AsFd;
use std::path::Path;

use super::mounts::{Line, look_at, numbers_of};
use crate::platform::types::{Mount, UserId};

/// Returns the user who runs the server of the file system through which a file was opened,
/// or of a layer of that file system.
///
/// Unlike a kernel, a server can show any file with any owner and mode. Unknown are the
/// layers of an overlay below another overlay.
pub(in crate::platform::linux) fn server_of(file: impl AsFd) -> Option<(UserId, Mount)> {
    let (id, device) = numbers_of(file)?;
    look_at(|lines| {
        let find = |is_meant: &dyn Fn(&Line) -> bool| lines.iter().rfind(|line| is_meant(line));
        // A mount of another namespace may be of a file system that is mounted here, too.
        let line = find(&|line| line.id == id).or_else(|| find(&|line| line.device == device))?;
        let layers = line.layers().filter_map(|path| below(line, path, lines));
        let mut parts = std::iter::once(line).chain(layers);
        parts.find_map(|part| Some((part.server()?, part.mount())))
    })
}

impl Line {
    fn server(&self) -> Option<UserId> {
        let is_fuse = self.kind.starts_with("fuse");
        let user = self.values("user_id").next().filter(|_| is_fuse)?;
        user.parse().ok()
    }

    /// Returns the directories that an overlay shows, of
    /// [mount(8)](https://man7.org/linux/man-pages/man8/mount.8.html); none for any other
    /// file system.
    fn layers(&self) -> impl Iterator<Item = &Path> {
        ["lowerdir", "lowerdir+", "datadir+", "upperdir"]
            .into_iter()
            .filter(|_| self.kind == "overlay")
            .flat_map(|name| self.values(name))
            .flat_map(|value| value.split(':'))
            .map(Path::new)
    }

    fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        let options = self.options.split(',');
        let pairs = options.filter_map(|option| option.split_once('='));
        pairs.filter_map(move |(key, value)| (key == name).then_some(value))
    }
}

/// Returns the mount below an overlay that has a path. The overlay itself may hide it.
fn below<'a>(overlay: &Line, path: &Path, lines: &'a [Line]) -> Option<&'a Line> {
    let around = |line: &&Line| line.id != overlay.id && path.starts_with(&line.point);
    let depth = |line: &&Line| line.point.components().count();
    lines.iter().filter(around).max_by_key(depth)
}
