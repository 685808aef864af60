//! Any record survives any form, and any order of its fields has its checksum.

use proptest::collection::vec;
use proptest::prelude::*;
use rpctl::DaemonProcess;
use rpctl::record::{
    CacheManifest, Content, DaemonProcessMessage, DigestChoice, Format, encode, load_bytes,
    self_sha256,
};

use super::arbitrary::{daemon, manifest};
use super::raw::{checksum, top_level};
use super::{faults, protobuf, sound_manifest};

/// A field that no version knows, of every kind there is.
fn unknown_field() -> impl Strategy<Value = Vec<u8>> {
    // The key of field 1000 with wire types 0, 1, 2 and 5.
    prop_oneof![
        Just(b"\xc0\x3e\xff\x01".to_vec()),
        Just(b"\xc1\x3e\x01\x02\x03\x04\x05\x06\x07\x08".to_vec()),
        Just(b"\xc2\x3e\x05field".to_vec()),
        Just(b"\xc5\x3e\x01\x02\x03\x04".to_vec()),
    ]
}

prop_compose! {
    /// A manifest whose fields stand in any order, among others, unchecked.
    fn shuffled()(
        manifest in manifest(),
        unknown in vec(unknown_field(), 0..4),
    )(
        fields in Just(
            top_level(&protobuf(&CacheManifest {
                roots: manifest.roots,
                current_daemon: manifest.current_daemon,
                provides: manifest.provides,
                service_name: manifest.service_name,
                ..sound_manifest()
            }))
            .iter()
            .map(|field| field.encoded.to_vec())
            .chain(unknown)
            .collect::<Vec<_>>(),
        )
        .prop_shuffle(),
    ) -> Vec<u8> {
        fields.concat()
    }
}

/// The manifest with the checksum that belongs to it.
fn with_checksum(mut message: Vec<u8>) -> Vec<u8> {
    let right = checksum(&message);
    let fields = top_level(&message);
    let recorded = fields.iter().find(|field| field.number == 102).unwrap();
    let start = recorded.content.as_ptr() as usize - message.as_ptr() as usize;
    message[start..start + right.len()].copy_from_slice(&right);
    message
}

fn written_and_read(content: &Content, format: Format) -> Content {
    let bytes = encode(content, format, DigestChoice::All).unwrap();
    let record = load_bytes(&bytes).unwrap();
    assert_eq!(record.format, format);
    record.content
}

proptest! {
    #[test]
    fn any_manifest_survives_json_and_protobuf(manifest in manifest()) {
        let content = Content::Manifest(Box::new(manifest.clone()));
        prop_assert_eq!(&written_and_read(&content, Format::ManifestJson), &content);
        let read = written_and_read(&content, Format::ManifestProtobuf);
        let Content::Manifest(mut read) = read else { panic!() };
        prop_assert_eq!(std::mem::take(&mut read.self_sha256).len(), 32);
        prop_assert_eq!(*read, manifest);
    }

    #[test]
    fn any_identity_survives_every_form(daemon in daemon()) {
        let content = Content::Daemon(daemon.to_proto());
        for format in [Format::SidecarJson, Format::DaemonProtobuf] {
            let read = written_and_read(&content, format);
            prop_assert_eq!(&read, &content);
            let Content::Daemon(message) = read else { panic!() };
            prop_assert_eq!(&DaemonProcess::try_from(&message).unwrap(), &daemon);
        }
        let text = serde_json::to_string(&daemon).unwrap();
        prop_assert_eq!(serde_json::from_str::<DaemonProcess>(&text).unwrap(), daemon);
    }

    #[test]
    fn the_checksum_holds_in_any_order_and_among_unknown_fields(message in shuffled()) {
        let message = with_checksum(message);
        prop_assert_eq!(self_sha256(&message).to_vec(), checksum(&message));
        let record = load_bytes(&message).unwrap();
        prop_assert_eq!(record.format, Format::ManifestProtobuf);
        prop_assert_eq!(faults(&record), []);
    }

    #[test]
    fn arbitrary_bytes_are_read_or_refused_and_nothing_else(bytes in vec(any::<u8>(), 0..200)) {
        let _ = load_bytes(&bytes);
        let _ = self_sha256(&bytes);
        let _ = load_bytes(&[b"{", &*bytes].concat());
    }
}

#[test]
fn a_message_says_what_the_identity_says() {
    let message: DaemonProcessMessage = sound_manifest().current_daemon.unwrap();
    let daemon = DaemonProcess::try_from(&message).unwrap();
    assert_eq!(daemon.to_proto(), message);
}
