//! Damaged records: every byte that is missing and every bit that is wrong is
//! noticed.

use rpctl::record::{LoadError, load_bytes};

use super::{faults, is_refused};
use crate::support::golden_file;

/// Manifests in protobuf, which carry a checksum.
const MANIFESTS: [&str; 5] = [
    "manifest-full.pb",
    "manifest-minimal-no-daemon.pb",
    "manifest-multi-label.pb",
    "manifest-daemon-idle-zero.pb",
    "blake3-manifest.pb",
];

const JSON: [&str; 4] = [
    "blake3-sidecar.json",
    "sidecar-fixed.json",
    "sidecar-fixed-noidle.json",
    "manifest-full.protobuf.json",
];

/// A record that is accepted as it is.
fn sound(name: &str) -> Vec<u8> {
    let bytes = std::fs::read(golden_file(name)).unwrap();
    assert!(!is_refused(&load_bytes(&bytes)), "{name}");
    bytes
}

#[test]
fn a_manifest_cut_off_anywhere_is_refused() {
    for name in MANIFESTS {
        let whole = sound(name);
        for end in 0..whole.len() {
            let read = load_bytes(&whole[..end]);
            assert!(is_refused(&read), "{name}, {end} bytes: {read:?}");
        }
    }
}

#[test]
fn a_manifest_with_any_one_bit_flipped_is_refused() {
    for name in ["manifest-full.pb", "blake3-manifest.pb"] {
        let mut bytes = sound(name);
        for at in 0..bytes.len() {
            for bit in 0..8 {
                bytes[at] ^= 1 << bit;
                let read = load_bytes(&bytes);
                assert!(is_refused(&read), "{name}, byte {at}, bit {bit}: {read:?}");
                bytes[at] ^= 1 << bit;
            }
        }
        assert_eq!(bytes, sound(name));
    }
}

#[test]
fn a_manifest_with_a_byte_too_many_or_too_few_inside_is_refused() {
    let whole = sound("manifest-full.pb");
    for at in 0..whole.len() {
        let mut less = whole.clone();
        less.remove(at);
        let mut more = whole.clone();
        more.insert(at, 0);
        for bytes in [less, more] {
            let read = load_bytes(&bytes);
            assert!(is_refused(&read), "byte {at}: {read:?}");
        }
    }
}

/// A bare record has no checksum: what is missing is noticed, what is altered
/// is left to the checks.
#[test]
fn a_daemon_record_cut_off_inside_a_field_is_refused() {
    let whole = sound("blake3-bare-daemon.pb");
    let mut accepted = Vec::new();
    for end in 0..whole.len() {
        if let Ok(record) = load_bytes(&whole[..end])
            && faults(&record).is_empty()
        {
            accepted.push(end);
            let daemon = record.daemon().unwrap();
            assert_eq!(daemon.exe_digest.preferred(), None, "{end} bytes");
        }
    }
    // After endpoint, start, boot ID and algorithm, the digest is still to come.
    assert_eq!(accepted.len(), 4, "{accepted:?}");
}

#[test]
fn a_truncated_json_record_is_refused_where_it_ends() {
    for name in JSON {
        let whole = sound(name);
        let last = whole.iter().rposition(|byte| *byte == b'}').unwrap();
        for end in 0..=last {
            let text = std::str::from_utf8(&whole[..end]).unwrap();
            let at = (text.trim_end().lines().count(), last_column(text));
            match load_bytes(text.as_bytes()) {
                Err(LoadError::Empty) => assert!(text.trim().is_empty(), "{name}, {end} bytes"),
                Err(LoadError::Json {
                    line,
                    column,
                    excerpt,
                    ..
                }) => {
                    assert_eq!((line, column), at, "{name}, {end} bytes");
                    let shown = text.trim_end().lines().last().unwrap();
                    assert!(shown.contains(&excerpt) && !excerpt.is_empty());
                }
                other => panic!("{name}, {end} bytes: {other:?}"),
            }
        }
    }
}

/// The column of the last thing written.
fn last_column(text: &str) -> usize {
    text.trim_end().lines().last().unwrap_or_default().len()
}

#[test]
fn no_bit_of_a_json_record_can_be_flipped_into_a_crash() {
    let mut bytes = sound("blake3-sidecar.json");
    for at in 0..bytes.len() {
        for bit in 0..8 {
            bytes[at] ^= 1 << bit;
            // Digits may turn into other digits; what is read is what is there.
            let _ = load_bytes(&bytes);
            bytes[at] ^= 1 << bit;
        }
    }
}

/// Each byte opens a group inside the one before.
#[test]
fn deeply_nested_groups_are_refused_without_a_crash() {
    let groups = vec![0x5b; 100_000];
    for start in [&b""[..], b"\x08\x01", b"\x0a\x07zccache"] {
        let read = load_bytes(&[start, &*groups].concat());
        assert!(read.is_err(), "{start:?}");
    }
}
