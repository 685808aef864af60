//! The rooms of the code: which of them may use which, read from the paths in the files.
//!
//! A room is a file or directory below `src`. An edge that is not listed here is a fault,
//! and so is a listed one that no file needs. Each room uses only rooms that are listed
//! above it, so that no rooms use each other in a circle.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Each room, and the rooms it may use. `evidence` is what a probe gathers, `checks` is
/// `probe/checks` and the verdict.
const EDGES: &[(&str, &[&str])] = &[
    ("named", &[]),
    ("identity", &["named"]),
    ("deadline", &[]),
    ("service", &[]),
    ("signal", &["named"]),
    ("standstill", &[]),
    ("report", &["identity", "named", "standstill"]),
    // Waiting in poll(2) ends at a deadline.
    ("platform", &["deadline", "signal", "standstill"]),
    ("digest", &["identity", "platform"]),
    ("host", &["identity", "platform"]),
    (
        "current_process",
        &["digest", "host", "identity", "platform"],
    ),
    (
        "process",
        &[
            "digest", "host", "identity", "platform", "service", "signal",
        ],
    ),
    // Reading a file needs to know what kind it is and whose; a finding has an
    // outcome.
    (
        "record",
        &[
            "deadline", "identity", "named", "platform", "process", "report", "service",
        ],
    ),
    // An answer carries a record's own wire form.
    ("protocol", &["identity", "record"]),
    // No more is read than a frame's header announces.
    (
        "endpoint",
        &["deadline", "identity", "platform", "protocol"],
    ),
    ("digest_cache", &["identity", "platform"]),
    ("registry", &["platform", "record"]),
    (
        "evidence",
        &[
            "endpoint",
            "host",
            "identity",
            "platform",
            "process",
            "protocol",
            "record",
            "standstill",
        ],
    ),
    (
        "checks",
        &[
            "endpoint",
            "evidence",
            "host",
            "identity",
            "record",
            "platform",
            "process",
            "report",
            "standstill",
        ],
    ),
    (
        "probe",
        &[
            "checks",
            "deadline",
            "digest",
            "digest_cache",
            "endpoint",
            "evidence",
            "identity",
            "record",
            "platform",
            "process",
            "protocol",
            "report",
            "standstill",
        ],
    ),
    (
        "control",
        &[
            "deadline",
            "endpoint",
            "identity",
            "record",
            "named",
            "platform",
            "probe",
            "process",
            "report",
            "standstill",
        ],
    ),
    (
        "backend_handle",
        &[
            "control", "deadline", "endpoint", "identity", "record", "platform", "probe", "report",
        ],
    ),
    (
        "responder",
        &["endpoint", "identity", "platform", "protocol"],
    ),
    // It only passes items on, at the paths of another crate.
    ("broker", &["backend_handle", "identity", "probe", "record"]),
];

/// Each room of the program, and the rooms of the program it may use.
const PROGRAM_EDGES: &[(&str, &[&str])] = &[
    ("exit_code", &[]),
    ("shell", &[]),
    ("words", &["shell"]),
    // The help lists the exit statuses.
    ("args", &["exit_code"]),
    // A hint repeats what the caller has typed.
    ("hints", &["args", "shell", "words"]),
    ("failure", &["exit_code", "hints", "words"]),
    // The registry is where the environment says.
    ("suggestions", &["args"]),
    (
        "selection",
        &["args", "exit_code", "failure", "suggestions"],
    ),
    ("render", &["exit_code", "shell", "words"]),
    ("output", &["args", "exit_code", "failure", "render"]),
    (
        "usage",
        &["args", "exit_code", "failure", "output", "render"],
    ),
    (
        "commands",
        &[
            "args",
            "exit_code",
            "failure",
            "hints",
            "output",
            "render",
            "selection",
            "shell",
            "suggestions",
            "words",
        ],
    ),
];

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Every source file, by its path below `src`, without the tests inside it.
fn files() -> BTreeMap<String, String> {
    fn collect(directory: &Path, files: &mut BTreeMap<String, String>) {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, files);
            } else if path.extension().is_some_and(|extension| extension == "rs")
                && !path.ends_with("verdict/tests.rs")
                && !path.parent().unwrap().ends_with("verdict/tests")
            {
                let name = path.strip_prefix(source()).unwrap();
                let text = std::fs::read_to_string(&path).unwrap();
                let is_tests = |start: &str| text.find(&format!("{start}\nmod tests"));
                let tests = ["#[cfg(test)]", "#[cfg(test)]\n#[cfg(unix)]"].map(is_tests);
                let end = tests.into_iter().flatten().min().unwrap_or(text.len());
                let code = &text[..end];
                files.insert(name.to_str().unwrap().to_owned(), code.to_owned());
            }
        }
    }
    let mut files = BTreeMap::new();
    collect(&source(), &mut files);
    files
}

/// The room a library file is in; `None` for the crate page and the program.
fn room_of(file: &str) -> Option<&str> {
    match file {
        "lib.rs" => None,
        "probe/verdict.rs" | "probe/verdict/pid_file.rs" => Some("checks"),
        "probe/evidence.rs"
        | "probe/host_evidence.rs"
        | "probe/observed_evidence.rs"
        | "probe/pid_file_evidence.rs"
        | "probe/program_evidence.rs"
        | "probe/timed.rs" => Some("evidence"),
        _ if file.starts_with("bin/") => None,
        _ if file.starts_with("probe/checks/") => Some("checks"),
        _ => Some(file.split('/').next()?.trim_end_matches(".rs")),
    }
}

/// The room a file of the program is in; `None` for its root and the library.
fn program_room_of(file: &str) -> Option<&str> {
    let file = file.strip_prefix("bin/rpctl/")?;
    let room = file.split('/').next()?.trim_end_matches(".rs");
    (room != "main").then_some(room)
}

/// The rooms that a file's paths lead to.
fn rooms_used_by(file: &str, code: &str) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    let modules = |path: &str| -> Vec<String> {
        path.split("::")
            .map(|part| {
                part.chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
            })
            .map(Iterator::collect)
            .collect()
    };
    for (at, _) in code.match_indices("crate::") {
        if code[..at].ends_with("pub(in ") || is_comment(code, at) {
            continue;
        }
        let path = modules(code[at + "crate::".len()..].split(';').next().unwrap());
        let next = path.get(1).map_or("", String::as_str);
        used.insert(match (path[0].as_str(), next) {
            ("probe", "checks" | "verdict") => "checks".to_owned(),
            (
                "probe",
                "evidence" | "host_evidence" | "observed_evidence" | "pid_file_evidence"
                | "program_evidence" | "timed",
            ) => "evidence".to_owned(),
            (room, _) => room.to_owned(),
        });
    }
    // Inside a room its own files are siblings; the rooms within `probe` are not.
    if file.starts_with("probe/") {
        for (name, room) in [
            ("checks::", "checks"),
            ("verdict::", "checks"),
            ("evidence::", "evidence"),
            ("host_evidence::", "evidence"),
            ("observed_evidence::", "evidence"),
            ("pid_file_evidence::", "evidence"),
            ("program_evidence::", "evidence"),
            ("timed::", "evidence"),
        ] {
            if code.contains(&format!("super::{name}")) || code.contains(&format!("self::{name}")) {
                used.insert(room.to_owned());
            }
        }
    }
    used
}

fn is_comment(code: &str, at: usize) -> bool {
    let line = code[..at].rsplit('\n').next().unwrap();
    line.trim_start().starts_with("//")
}

/// Asserts that files use only the rooms that `edges` allows, and that each of those is
/// used.
#[track_caller]
fn assert_edges(edges: &[(&str, &[&str])], room_of: fn(&str) -> Option<&str>) {
    let mut seen: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (file, code) in files() {
        let Some(room) = room_of(&file) else { continue };
        let mut used = rooms_used_by(&file, &code);
        used.remove(room);
        let (_, allowed) = edges
            .iter()
            .find(|(name, _)| *name == room)
            .unwrap_or_else(|| panic!("{file} is in no known room"));
        for other in &used {
            assert!(
                allowed.contains(&other.as_str()),
                "{file} uses {other}, which {room} may not"
            );
        }
        seen.entry(room.to_owned()).or_default().extend(used);
    }
    for (room, allowed) in edges {
        let allowed: BTreeSet<String> = allowed.iter().map(|&name| name.to_owned()).collect();
        assert_eq!(seen.get(*room), Some(&allowed), "{room}");
    }
}

#[test]
fn every_room_uses_only_the_rooms_it_may() {
    assert_edges(EDGES, room_of);
}

#[test]
fn every_room_of_the_program_uses_only_the_rooms_it_may() {
    assert_edges(PROGRAM_EDGES, program_room_of);
}

#[test]
fn no_room_uses_a_room_above_it() {
    for edges in [EDGES, PROGRAM_EDGES] {
        for (at, (room, used)) in edges.iter().enumerate() {
            for other in *used {
                let is_below = edges[..at].iter().any(|(name, _)| name == other);
                assert!(
                    is_below,
                    "{room} uses {other}, which is not listed above it"
                );
            }
        }
    }
}

/// Asserts that no line of code in files that `applies` accepts has any of these words.
#[track_caller]
fn assert_absent(words: &[&str], applies: impl Fn(&str) -> bool) {
    for (file, code) in files().iter().filter(|(file, _)| applies(file)) {
        for (number, line) in code.lines().enumerate() {
            if line.trim_start().starts_with("//") {
                continue;
            }
            for word in words {
                assert!(!line.contains(word), "{file}:{}: {line}", number + 1);
            }
        }
    }
}

#[test]
fn checks_and_verdict_touch_nothing() {
    let doers = [
        "std::fs",
        "std::net",
        "std::process",
        "std::thread",
        "std::env",
        "Instant",
        "SystemTime",
        "platform::describe",
        "platform::stat",
        " File::",
        "rustix",
    ];
    assert_absent(&doers, |file| room_of(file) == Some("checks"));
}

#[test]
fn only_the_platform_asks_which_system_it_is_on() {
    let system = [
        "target_os",
        "target_family",
        "cfg(unix)",
        "cfg(windows)",
        "cfg!(unix)",
        "cfg!(windows)",
        "std::os::",
    ];
    assert_absent(&system, |file| !file.starts_with("platform/"));
}

#[test]
fn the_library_never_prints_reads_the_environment_or_exits() {
    assert_absent(
        &[
            "println!",
            "eprintln!",
            "env::var",
            "env::args",
            "process::exit",
        ],
        |file| !file.starts_with("bin/"),
    );
}

#[test]
fn only_the_calls_of_the_system_are_unsafe_code() {
    let is_sys = |file: &str| {
        file.starts_with("platform/windows/sys/") || file.starts_with("platform/macos/sys/")
    };
    let has_unsafe_code = |file: &str| {
        file == "platform/linux/own_program.rs"
            || file == "platform/linux/pidfd_info.rs"
            || file == "platform/linux/hanging/child.rs"
            || is_sys(file)
    };
    assert_absent(&["unsafe"], |file| !has_unsafe_code(file));
    let with_a_reason = files()
        .into_iter()
        .filter(|(file, _)| is_sys(file) && !file.ends_with("mod.rs"));
    for (file, code) in with_a_reason {
        assert!(
            code.contains("expect(\n    unsafe_code,")
                || code.contains("expect(unsafe_code, reason"),
            "{file}"
        );
    }
}

#[test]
fn only_the_platform_uses_interprocess() {
    // The crate page passes the crate on, for the type of a connection's stream.
    assert_absent(&["interprocess"], |file| {
        !file.starts_with("platform/") && file != "lib.rs"
    });
}

#[test]
fn the_renderers_see_results_and_nothing_that_acts() {
    assert_absent(
        &[
            "Probe",
            "rpctl::registry",
            "record::load",
            "BackendHandle",
            "std::env",
            "std::fs",
            "std::io::{",
            "stdout",
            "stderr",
            "Timestamp::now",
            "unix_now",
        ],
        |file| file.starts_with("bin/rpctl/render/"),
    );
}

#[test]
fn module_files_hold_no_logic() {
    assert_absent(&["fn ", "impl ", "match "], |file| file.ends_with("mod.rs"));
}
