//! The sections of `docs/performance.md` and the README that this program writes.

use std::fs;
use std::path::{Path, PathBuf};

use crate::daemons::Result;

const BEGIN: &str = "<!-- measured: begin -->\n";
const END: &str = "\n<!-- measured: end -->";

/// The page with the tables.
pub const TABLES: &str = "docs/performance.md";

/// The page with the summary.
pub const SUMMARY: &str = "README.md";

fn path(page: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../..")).join(page)
}

/// Puts a new section into a page.
pub fn update(page: &str, section: &str) -> Result<()> {
    let text = fs::read_to_string(path(page))?;
    let (before, _, after) = parts(&text).ok_or("the page has no place for the section")?;
    fs::write(path(page), format!("{before}{BEGIN}{section}{END}{after}"))?;
    Ok(())
}

/// Returns the text before, between and after the marks.
fn parts(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once(BEGIN)?;
    let (section, after) = rest.split_once(END)?;
    Some((before, section, after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{command_rows, rows, summary, table};

    /// Returns the section of a page.
    fn section(page: &str) -> String {
        let text = fs::read_to_string(path(page)).unwrap();
        let (_, section, _) = parts(&text).expect("the page has the marks");
        section.to_owned()
    }

    /// Returns the cells of a table, and the text behind it.
    fn cells<'a>(text: &'a str, head: &str) -> (Vec<Vec<&'a str>>, &'a str) {
        let (_, text) = text.split_once(head).expect("a table with this head");
        let (lines, rest) = text.split_once("\n\n").expect("text behind the table");
        let cells = |line: &'a str| line.trim_matches('|').split('|').map(str::trim).collect();
        (lines.lines().map(cells).collect(), rest)
    }

    fn assert_machine(text: &str) {
        for words in ["Medians", " cores of ", ", Linux ", ", load average "] {
            assert!(text.contains(words), "{words}: {text}");
        }
        assert!(!text.contains('\n'), "{text}");
    }

    #[test]
    fn the_page_has_every_row_as_it_is_written_here() {
        let section = section(TABLES);
        let (lines, rest) = cells(&section, table::CRATE);
        let expected = rows::ROWS.iter().flat_map(|row| {
            let name = |(generation, _): &(crate::fixture::Generation, _)| generation.name();
            row.goals.iter().map(move |goal| (row.work, name(goal)))
        });
        let named: Vec<_> = lines.iter().map(|line| (line[0], line[1])).collect();
        assert_eq!(named, expected.collect::<Vec<_>>());
        assert!(lines.iter().all(|line| line.len() == 7), "{lines:?}");
        assert!(lines.iter().all(|line| !line[3].is_empty()), "{lines:?}");

        let (lines, machine) = cells(rest, table::COMMANDS);
        let rows = command_rows::ROWS.iter().chain([&command_rows::SOCKETS]);
        let expected: Vec<_> = rows.map(|row| (row.command, row.proves)).collect();
        let named: Vec<_> = lines.iter().map(|line| (line[0], line[1])).collect();
        assert_eq!(named, expected);
        assert!(lines.iter().all(|line| line.len() == 4), "{lines:?}");
        assert!(lines.iter().all(|line| !line[2].is_empty()), "{lines:?}");
        assert_machine(machine);
    }

    #[test]
    fn the_readme_has_five_lines_as_they_are_written_here() {
        let section = section(SUMMARY);
        let (lines, machine) = cells(&section, summary::HEAD);
        let named: Vec<_> = lines.iter().map(|line| line[0]).collect();
        assert_eq!(named, summary::LINES.map(|(work, _)| work));
        let is_whole =
            |line: &Vec<&str>| line.len() == 3 && line.iter().all(|cell| !cell.is_empty());
        assert!(lines.iter().all(is_whole), "{lines:?}");
        assert_machine(machine);
    }

    #[test]
    fn no_section_names_a_directory_of_the_machine() {
        for page in [TABLES, SUMMARY] {
            let section = section(page);
            let words = section.split([' ', '`', '(', '"']);
            let paths: Vec<_> = words.filter(|word| word.starts_with('/')).collect();
            assert!(paths.is_empty(), "{page}: {paths:?}");
        }
    }
}
