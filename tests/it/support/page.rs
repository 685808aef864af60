//! The blocks of code in the pages of the documentation.

/// Returns the text between the fences of the one block of a language that has these
/// words.
#[track_caller]
pub(crate) fn block<'page>(page: &'page str, language: &str, words: &str) -> &'page str {
    let fence = format!("```{language}\n");
    let mut found = page
        .split(&fence)
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap())
        .filter(|text| text.contains(words));
    let text = found
        .next()
        .unwrap_or_else(|| panic!("no block of {language} with {words}"));
    assert_eq!(found.next(), None, "{words}");
    text
}
