//! Records in protobuf: a record that was read can be written in every format for its
//! content, and keeps the content.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rpctl::record::{
    Content, DigestChoice, FindingCode, Format, Record, encode, load_bytes, self_sha256,
};
use rpctl_fuzz::{heap_for, within};

fuzz_target!(|data: &[u8]| {
    let Ok(record) = within(heap_for(data), || load_bytes(data)) else {
        return;
    };
    assert_eq!(record.size, data.len() as u64);
    for format in Format::ALL {
        assert_survives(&record, *format);
    }
    // The checksum does not cover field 102, which holds it.
    let sum = self_sha256(data);
    if record.format == Format::ManifestProtobuf {
        let appended = [data, &[0xb2, 0x06, 32], &sum].concat();
        assert_eq!(self_sha256(&appended), sum);
        let appended = load_bytes(&appended).unwrap();
        assert!(!has(&appended, FindingCode::ChecksumWrong));
        assert!(!has(&appended, FindingCode::ChecksumMissing));
    }
});

/// Asserts that writing and reading a record again does not change it.
fn assert_survives(record: &Record, format: Format) {
    let Ok(bytes) = encode(&record.content, format, DigestChoice::All) else {
        // A sound identity can be written in every format that holds it.
        let is_sound = record.daemon().is_some();
        let is_bare = record.content.manifest().is_none();
        let holds_it = match format {
            Format::ManifestJson | Format::ManifestProtobuf => !is_bare,
            Format::ProcessRecord | Format::PidFile => false,
            _ => is_bare,
        };
        assert!(!(is_sound && holds_it), "{format:?}: {record:?}");
        return;
    };
    let Ok(again) = load_bytes(&bytes) else {
        // A message with an invalid name can begin like JSON.
        assert!(has(record, FindingCode::ServiceName));
        return;
    };
    assert_eq!(again.format, format);
    assert_eq!(again.daemon(), record.daemon());
    assert!(!has(&again, FindingCode::ChecksumWrong));
    let twice = encode(&again.content, format, DigestChoice::All).unwrap();
    assert_eq!(bytes, twice, "{format:?}");
    if let (Format::ManifestJson, Content::Manifest(manifest)) = (format, &record.content) {
        assert_eq!(again.content.manifest(), Some(&**manifest));
    }
}

fn has(record: &Record, code: FindingCode) -> bool {
    record.findings.iter().any(|found| found.finding == code)
}
