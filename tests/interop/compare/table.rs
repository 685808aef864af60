//! The table in Markdown, as `docs/measurements.md` has it.

use crate::daemons::Result;
use crate::line::{Cell, Line};
use crate::machine;
use crate::times::Times;

const HEAD: &str = "\
| work | digest | floor | rpctl | ÷ floor | the crate | ÷ rpctl |
|---|---|---|---|---|---|---|";

/// What stands between the marks there.
pub fn section(lines: &[Line]) -> Result<String> {
    let rows: Vec<String> = lines.iter().map(Line::to_string).collect();
    let machine = machine::describe()?;
    Ok(format!(
        "{HEAD}\n{}\n\nMedians, and the best in parentheses; {machine}.",
        rows.join("\n")
    ))
}

impl std::fmt::Display for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            work,
            record,
            floor,
            rpctl,
            established,
        } = self;
        let of_floor = ratio(rpctl, floor);
        let of_rpctl = ratio(established, rpctl);
        write!(
            f,
            "| {work} | {record} | {floor} | {rpctl} | {of_floor} | {established} | {of_rpctl} |"
        )
    }
}

/// How many times longer the first took; nothing where one of them has no time.
fn ratio(longer: &Cell, shorter: &Cell) -> String {
    let median = |cell: &Cell| cell.times.as_ref().map(Times::median);
    match (median(longer), median(shorter)) {
        (Some(longer), Some(shorter)) if !shorter.is_zero() => {
            let ratio = longer.div_duration_f64(shorter);
            let decimals = if ratio < 10.0 { 2 } else { 0 };
            format!("{ratio:.decimals$}")
        }
        _ => String::new(),
    }
}
