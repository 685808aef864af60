//! Records in JSON: only JSON is read, a record that was read can be written in every
//! format and keeps its content, and an error names a place in the text.

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
            let read = record.format;
            assert!(matches!(
                read,
                Format::ManifestJson | Format::SidecarJson | Format::ProcessRecord
            ));
            for format in Format::ALL {
                let Ok(bytes) = encode(&record.content, *format, DigestChoice::All) else {
                    continue;
                };
                let Ok(again) = load_bytes(&bytes) else {
                    // A message with an invalid name can begin like JSON.
                    let found = record.findings.iter().map(|found| found.finding);
                    assert!(
                        found
                            .into_iter()
                            .any(|code| code == FindingCode::ServiceName)
                    );
                    continue;
                };
                assert_eq!(again.format, *format);
                assert_eq!(again.daemon(), record.daemon());
                let keeps_all = matches!(read, Format::ManifestJson | Format::ProcessRecord);
                if *format == read && keeps_all {
                    assert_eq!(again.content, record.content);
                }
            }
        }
        Err(LoadError::Json {
            line,
            column,
            excerpt,
            ..
        }) => assert_place(text, line, column, &excerpt),
        // An element takes at least two characters.
        Err(LoadError::TooManyElements(_)) => assert!(text.len() > 2 * MAX_ELEMENTS),
        Err(LoadError::UnsupportedSchema(schema)) => assert_ne!(schema, "v1"),
        Err(LoadError::UnsupportedVersion(version)) => assert_ne!(version, 1),
        Err(error) => panic!("{error:?}"),
    }
});

/// Asserts that a place, counted from 1, is in the text, and that the excerpt is short.
fn assert_place(text: &[u8], line: usize, column: usize, excerpt: &str) {
    let faulty = text.split(|&byte| byte == b'\n').nth(line - 1);
    let length = faulty.expect("there is such a line").len();
    assert!((1..=length + 1).contains(&column), "{column} of {length}");
    assert!(excerpt.chars().count() <= 64, "{excerpt}");
}
