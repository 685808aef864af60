//! The home directory and the time zone of the reader.

use std::env;
use std::fs;
use std::path::Path;

use jiff::tz::TimeZone;

/// The time zone of the host.
const HOST: &str = "/etc/localtime";

/// The directory of time zones by name.
const NAMED: &str = "/usr/share/zoneinfo";

/// Returns the home directory, unless that is the root.
pub(super) fn home() -> Option<String> {
    let home = env::home_dir()?.into_os_string().into_string().ok()?;
    let home = home.trim_end_matches('/');
    home.starts_with('/').then(|| home.to_owned())
}

/// Returns the time zone of the reader, as
/// [tzset(3)](https://man7.org/linux/man-pages/man3/tzset.3.html) does: `$TZ`, or else that of
/// the host, or else UTC. A database of all zones would take longer to open than a probe.
pub(super) fn local_zone() -> TimeZone {
    let named = env::var("TZ").ok().filter(|name| !name.is_empty());
    let zone = match named.as_deref().map(|name| name.trim_start_matches(':')) {
        None => in_file(Path::new(HOST)),
        Some(name) => in_file(&Path::new(NAMED).join(name)).or_else(|| TimeZone::posix(name).ok()),
    };
    zone.unwrap_or(TimeZone::UTC)
}

/// Returns the time zone that a file describes.
fn in_file(path: &Path) -> Option<TimeZone> {
    TimeZone::tzif("", &fs::read(path).ok()?).ok()
}
