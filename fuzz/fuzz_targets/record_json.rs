//! JSON records, in all three shapes: only what is JSON is read, what is read can
//! be written again and says the same, and an error names a place in the text.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rpctl::record::{
    DigestChoice, FindingCode, Format, LoadError, MAX_ELEMENTS, encode, load_bytes,
};
use rpctl_fuzz::{heap_for, within};
use serde::de::IgnoredAny;

fuzz_target!(|data: &[u8]| {
    let text = data.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(data);
    if text.trim_ascii_start().first() != Some(&b'{') {
        return;
    }
    match within(heap_for(data), || load_bytes(data)) {
        Ok(record) => {
            serde_json::from_slice::<IgnoredAny>(text).unwrap();
            let format = record.format;
            assert!(matches!(format, Format::ManifestJson | Format::SidecarJson));
            for form in Format::ALL {
                let Ok(bytes) = encode(&record.content, *form, DigestChoice::All) else {
                    continue;
                };
                let Ok(again) = load_bytes(&bytes) else {
                    // Without a right name to begin with, a message can look like JSON.
                    let found = record.findings.iter().map(|found| found.finding);
                    assert!(
                        found
                            .into_iter()
                            .any(|code| code == FindingCode::ServiceName)
                    );
                    continue;
                };
                assert_eq!(again.format, *form);
                assert_eq!(again.daemon(), record.daemon());
                if (*form, format) == (Format::ManifestJson, Format::ManifestJson) {
                    assert_eq!(again.content, record.content);
                }
            }
        }
        Err(LoadError::Json {
            line,
            column,
            excerpt,
            ..
        }) => is_in(text, line, column, &excerpt),
        // It takes a bracket, a comma and more to have one.
        Err(LoadError::TooManyElements(_)) => assert!(text.len() > 2 * MAX_ELEMENTS),
        Err(LoadError::UnsupportedSchema(schema)) => assert_ne!(schema, "v1"),
        Err(error) => panic!("{error:?}"),
    }
});

/// Lines and columns count from 1; what is shown of a line is short.
fn is_in(text: &[u8], line: usize, column: usize, excerpt: &str) {
    let faulty = text.split(|&byte| byte == b'\n').nth(line - 1);
    let length = faulty.expect("there is such a line").len();
    assert!((1..=length + 1).contains(&column), "{column} of {length}");
    assert!(excerpt.chars().count() <= 64, "{excerpt}");
}
