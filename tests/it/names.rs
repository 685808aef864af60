//! The names of the tests, and the table of faults that names them.

use std::path::Path;

use regex::Regex;

use crate::support::{committed, sources};

/// The most characters of the name of a test.
const LONGEST: usize = 60;

#[test]
fn names_of_tests_have_at_most_60_characters() {
    let name = Regex::new(r"\bfn ([a-z0-9_]+)\(").unwrap();
    let mut long = Vec::new();
    for root in ["src", "tests", "benches", "fuzz"] {
        for (file, text) in sources(Path::new(root)) {
            let names = name.captures_iter(&text).map(|found| found[1].to_owned());
            long.extend(
                names
                    .filter(|name| name.len() > LONGEST)
                    .map(|name| format!("{file}: {name}")),
            );
        }
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
}

/// The paths in the right column of the table in `main.rs`.
#[test]
fn the_table_of_faults_names_tests_that_exist() {
    let main = std::fs::read_to_string(committed("tests/it/main.rs")).unwrap();
    let rows = main.lines().filter_map(|line| line.strip_prefix("//! | "));
    let cells = rows.filter_map(|row| row.rsplit_once(" | ")?.1.strip_suffix(" |"));
    let cells: Vec<&str> = cells.skip(1).collect();
    assert!(cells.len() > 30, "{cells:?}");
    for path in cells.iter().flat_map(|cell| cell.split(", ")) {
        let path = path.trim_matches('`');
        let module = format!("tests/it/{}", path.replace("::", "/"));
        let candidates = [format!("{module}.rs"), module, path.to_owned()];
        assert!(
            candidates.iter().any(|file| committed(file).exists()),
            "{path}"
        );
    }
}
