//! What `mandoc -T lint` asks for and clap_mangen does not do.

/// The page without blanks at the ends of lines, without empty lines and doubled
/// line breaks, and with one definition of the apostrophe.
pub(super) fn tidy(page: &str) -> String {
    let mut tidy: Vec<&str> = Vec::new();
    for line in page.lines().map(str::trim_end) {
        let is_empty = line.is_empty();
        let is_doubled = line == ".br" && tidy.last() == Some(&".br");
        let is_repeated = is_apostrophe(line) && tidy.contains(&line);
        if !is_empty && !is_doubled && !is_repeated {
            tidy.push(line);
        }
    }
    tidy.join("\n") + "\n"
}

/// Whether this is a line of what the roff crate puts before every part.
fn is_apostrophe(line: &str) -> bool {
    line.starts_with(".ie \\n(.g .ds Aq") || line.starts_with(".el .ds Aq")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_doubled_breaks_and_repeated_definitions_go() {
        let page = ".ie \\n(.g .ds Aq x\n.el .ds Aq '\na \n\n.br\n.br\nb\n\
                    .ie \\n(.g .ds Aq x\n.el .ds Aq '\nb\n.br\n";
        let expected = ".ie \\n(.g .ds Aq x\n.el .ds Aq '\na\n.br\nb\nb\n.br\n";
        assert_eq!(tidy(page), expected);
    }
}
