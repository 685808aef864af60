//! The section of `docs/measurements.md` that this program writes.

use std::fs;
use std::path::PathBuf;

use crate::daemons::Result;

const BEGIN: &str = "<!-- measured: begin -->\n";
const END: &str = "\n<!-- measured: end -->";

fn page() -> PathBuf {
    PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../docs/measurements.md"
    ))
}

/// Puts a new section into the page.
pub fn update(section: &str) -> Result<()> {
    let text = fs::read_to_string(page())?;
    let (before, _, after) = parts(&text).ok_or("the page has no place for the table")?;
    fs::write(page(), format!("{before}{BEGIN}{section}{END}{after}"))?;
    Ok(())
}

/// What stands before, between and after the marks.
fn parts(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once(BEGIN)?;
    let (section, after) = rest.split_once(END)?;
    Some((before, section, after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Generation;
    use crate::rows::ROWS;

    #[test]
    fn the_page_has_every_row_as_it_is_written_here() {
        let text = fs::read_to_string(page()).unwrap();
        let (_, section, _) = parts(&text).expect("the page has the marks");
        let (table, machine) = section.split_once("\n\n").expect("a table and a machine");
        let lines: Vec<Vec<&str>> = table
            .lines()
            .skip(2)
            .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
            .collect();
        let expected = ROWS
            .iter()
            .flat_map(|row| Generation::ALL.map(|generation| (row.work, generation.name())));
        let named: Vec<_> = lines.iter().map(|line| (line[0], line[1])).collect();
        assert_eq!(named, expected.collect::<Vec<_>>());
        assert!(lines.iter().all(|line| line.len() == 7), "{lines:?}");
        assert!(lines.iter().all(|line| !line[3].is_empty()), "{lines:?}");
        assert!(machine.starts_with("Medians, and the best in parentheses; "));
    }
}
