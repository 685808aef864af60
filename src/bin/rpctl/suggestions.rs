//! What the user may have meant: the names that are like one that does not exist.

use std::ffi::OsStr;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use rpctl::__private;

use crate::args;

/// The names of a directory that are compared.
const COMPARED: usize = 4096;

/// The suggestions that are made.
const SUGGESTED: usize = 3;

/// The likeness above which a name is suggested, by the measure that clap has for options.
const ALIKE: f64 = 0.8;

/// Returns the files with names like that of a file that does not exist, or in directories
/// with names like one on the way to it.
pub(crate) fn files_like(path: &Path) -> Vec<String> {
    for directory in path.ancestors().skip(1) {
        let is_empty = directory.as_os_str().is_empty();
        let place = if is_empty { Path::new(".") } else { directory };
        let names = match __private::names_in(place, COMPARED) {
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(_) => return Vec::new(),
            Ok(names) => names,
        };
        let rest = path.strip_prefix(directory).unwrap_or(path);
        let mut parts = rest.components();
        let Some(wanted) = parts.next() else {
            return Vec::new();
        };
        let wanted = wanted.as_os_str().to_string_lossy().into_owned();
        let names = names.into_iter().filter_map(|name| name.into_string().ok());
        let below = parts.as_path();
        let complete = |name: String| -> PathBuf {
            if below.as_os_str().is_empty() {
                directory.join(name)
            } else {
                directory.join(name).join(below)
            }
        };
        return like(&wanted, names, stem)
            .into_iter()
            .map(complete)
            .filter(|path| __private::attributes(path).is_ok())
            .map(|path| path.to_string_lossy().into_owned())
            .collect();
    }
    Vec::new()
}

/// Returns the services of the registry with names like this one.
pub(crate) fn services_like(name: &str) -> Vec<String> {
    like(name, args::service_names().into_iter(), |service| {
        service.split('@').next().unwrap_or(service)
    })
}

/// Returns the names whose `part` is most like that of the wanted one.
fn like(
    wanted: &str,
    names: impl Iterator<Item = String>,
    part: impl Fn(&str) -> &str,
) -> Vec<String> {
    let likeness = |name: String| (strsim::jaro(part(wanted), part(&name)), name);
    let mut alike: Vec<(f64, String)> = names
        .map(likeness)
        .filter(|(likeness, _)| *likeness > ALIKE)
        .collect();
    let whole = |name: &str| strsim::jaro(wanted, name);
    alike.sort_by(|(one, a), (other, b)| {
        let order = other.total_cmp(one);
        order.then_with(|| whole(b).total_cmp(&whole(a)))
    });
    alike.truncate(SUGGESTED);
    alike.into_iter().map(|(_, name)| name).collect()
}

/// Returns a file name without its extension: those of all records are alike.
fn stem(name: &str) -> &str {
    let stem = Path::new(name).file_stem().and_then(OsStr::to_str);
    stem.unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(wanted: &str, names: &[&str]) -> Vec<String> {
        like(wanted, names.iter().map(|&name| name.to_owned()), stem)
    }

    #[test]
    fn a_typo_is_found_and_a_common_extension_is_no_likeness() {
        let names = ["cache.pb", "queue.pb", "notes.txt"];
        assert_eq!(files("cach.pb", &names), ["cache.pb"]);
        assert_eq!(files("cache.json", &names), ["cache.pb"]);
        assert!(files("b.pb", &names).is_empty());
    }

    #[test]
    fn a_directory_on_the_way_may_be_the_typo() {
        let home = tempfile::tempdir().unwrap();
        let record = home.path().join("daemons").join("cache.pb");
        std::fs::create_dir(home.path().join("daemons")).unwrap();
        std::fs::write(&record, "").unwrap();
        let wanted = home.path().join("deamons/cache.pb");
        assert_eq!(files_like(&wanted), [record.to_str().unwrap()]);
        assert!(files_like(&home.path().join("deamons/other.pb")).is_empty());
    }
}
