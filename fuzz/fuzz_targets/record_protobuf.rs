//! Protobuf records, whole manifests and bare identities: what is read can be
//! written in every form that holds it, and says the same when it is read again.

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
    for form in Format::ALL {
        survives(&record, *form);
    }
    // Field 102, with a checksum in it, is not part of what is summed up.
    let sum = self_sha256(data);
    if record.format == Format::ManifestProtobuf {
        let appended = [data, &[0xb2, 0x06, 32], &sum].concat();
        assert_eq!(self_sha256(&appended), sum);
        let appended = load_bytes(&appended).unwrap();
        assert!(!has(&appended, FindingCode::ChecksumWrong));
        assert!(!has(&appended, FindingCode::ChecksumMissing));
    }
});

fn survives(record: &Record, form: Format) {
    let Ok(bytes) = encode(&record.content, form, DigestChoice::All) else {
        // Only what a rule forbids has no form at all.
        let is_sound = record.daemon().is_some();
        let is_bare = record.content.manifest().is_none();
        let holds_it = is_bare != matches!(form, Format::ManifestJson | Format::ManifestProtobuf);
        assert!(!(is_sound && holds_it), "{form:?}: {record:?}");
        return;
    };
    let Ok(again) = load_bytes(&bytes) else {
        // Without a right name to begin with, a message can look like JSON.
        assert!(has(record, FindingCode::ServiceName));
        return;
    };
    assert_eq!(again.format, form);
    assert_eq!(again.daemon(), record.daemon());
    assert!(!has(&again, FindingCode::ChecksumWrong));
    let twice = encode(&again.content, form, DigestChoice::All).unwrap();
    assert_eq!(bytes, twice, "{form:?}");
    if let (Format::ManifestJson, Content::Manifest(manifest)) = (form, &record.content) {
        assert_eq!(again.content.manifest(), Some(&**manifest));
    }
}

fn has(record: &Record, code: FindingCode) -> bool {
    record.findings.iter().any(|found| found.finding == code)
}
