//! The limit on the elements of each list and map of a protobuf manifest.
//!
//! Elements are counted before anything is decoded, because an empty element
//! takes two bytes in a file and hundreds in memory. In JSON, `lenient` counts
//! while it reads.

use std::collections::BTreeMap;

use super::error::{LoadError, MAX_ELEMENTS};
use super::fields::readable;
use super::schema::field_numbers::{manifest, root, teardown_hook};

/// The elements counted in the lists and maps of one message, by the names of those.
#[derive(Default)]
struct Counts(BTreeMap<&'static str, usize>);

impl Counts {
    fn add(&mut self, list: &'static str) -> Result<(), LoadError> {
        let count = self.0.entry(list).or_default();
        *count += 1;
        if *count > MAX_ELEMENTS {
            return Err(LoadError::TooManyElements(list.to_owned()));
        }
        Ok(())
    }
}

/// Refuses an encoded `CacheManifest` with too many elements in a list or map, at
/// any depth. A bare `DaemonProcess` has neither lists nor maps.
pub(super) fn limit(encoded: &[u8]) -> Result<(), LoadError> {
    let mut counts = Counts::default();
    for field in readable(encoded) {
        match field.number {
            manifest::ROOTS => {
                counts.add("roots")?;
                limit_root(field.content())?;
            }
            manifest::DEPENDS_ON => counts.add("depends_on")?,
            manifest::PROVIDES => counts.add("provides")?,
            _ => {}
        }
    }
    Ok(())
}

fn limit_root(encoded: &[u8]) -> Result<(), LoadError> {
    let mut counts = Counts::default();
    for field in readable(encoded) {
        match field.number {
            root::LABELS => counts.add("roots.labels")?,
            root::EXCLUDE_GLOBS => counts.add("roots.exclude_globs")?,
            root::PLATFORM_PATHS => counts.add("roots.platform_paths")?,
            // Decoding merges the parts of a hook that is encoded in several fields.
            root::TEARDOWN_HOOK => {
                for part in readable(field.content()) {
                    if part.number == teardown_hook::ARGV {
                        counts.add("roots.teardown_hook.argv")?;
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use prost::Message;
    use prost::encoding::{WireType, encode_key, encode_varint};

    use super::super::load::load_bytes;
    use super::super::schema::{CacheManifest, CacheRoot, ManifestRef, TeardownHook};
    use super::*;

    /// Makes a manifest with this many elements in one of its lists and maps.
    type Make = fn(usize) -> CacheManifest;

    const LISTS: [(&str, Make); 7] = [
        ("roots", |count| CacheManifest {
            roots: vec![CacheRoot::default(); count],
            ..named()
        }),
        ("depends_on", |count| CacheManifest {
            depends_on: vec![ManifestRef::default(); count],
            ..named()
        }),
        ("provides", |count| CacheManifest {
            provides: vec![String::new(); count],
            ..named()
        }),
        ("roots.labels", |count| {
            with_root(CacheRoot {
                labels: keys(count).map(|key| (key, String::new())).collect(),
                ..CacheRoot::default()
            })
        }),
        ("roots.exclude_globs", |count| {
            with_root(CacheRoot {
                exclude_globs: vec![String::new(); count],
                ..CacheRoot::default()
            })
        }),
        ("roots.platform_paths", |count| {
            with_root(CacheRoot {
                platform_paths: keys(count).map(|key| (key, String::new())).collect(),
                ..CacheRoot::default()
            })
        }),
        ("roots.teardown_hook.argv", |count| {
            with_root(CacheRoot {
                teardown_hook: Some(TeardownHook {
                    argv: vec![String::new(); count],
                    ..TeardownHook::default()
                }),
                ..CacheRoot::default()
            })
        }),
    ];

    fn named() -> CacheManifest {
        CacheManifest {
            service_name: "test".to_owned(),
            ..CacheManifest::default()
        }
    }

    fn with_root(root: CacheRoot) -> CacheManifest {
        CacheManifest {
            roots: vec![CacheRoot::default(), root],
            ..named()
        }
    }

    fn keys(count: usize) -> impl Iterator<Item = String> {
        (0..count).map(|number| format!("{number:x}"))
    }

    /// Returns the reason for which a record is refused.
    fn refusal(record: &[u8]) -> String {
        match load_bytes(record) {
            Err(error @ LoadError::TooManyElements(_)) => error.to_string(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn each_list_and_map_holds_at_most_the_limit() {
        for (name, make) in LISTS {
            let most = make(MAX_ELEMENTS);
            let protobuf = load_bytes(&most.encode_to_vec()).unwrap();
            assert_eq!(protobuf.content.manifest(), Some(&most), "{name}");
            let json = serde_json::to_vec(&most).unwrap();
            let json = load_bytes(&json).unwrap();
            assert_eq!(json.content.manifest(), Some(&most), "{name}");

            let more = make(MAX_ELEMENTS + 1);
            let refused = refusal(&more.encode_to_vec());
            assert_eq!(refused, format!("{name}: more than 1024 elements"));
            let refused = refusal(&serde_json::to_vec_pretty(&more).unwrap());
            assert!(refused.starts_with("line "), "{name}: {refused}");
            assert!(refused.ends_with(": more than 1024 elements"), "{refused}");
        }
    }

    #[test]
    fn elements_of_a_message_in_several_parts_count_together() {
        let hook = TeardownHook {
            argv: vec![String::new(); MAX_ELEMENTS],
            ..TeardownHook::default()
        }
        .encode_to_vec();
        let mut parts = Vec::new();
        for _ in 0..2 {
            encode_key(root::TEARDOWN_HOOK, WireType::LengthDelimited, &mut parts);
            encode_varint(hook.len() as u64, &mut parts);
            parts.extend(&hook);
        }
        let mut record = named().encode_to_vec();
        encode_key(manifest::ROOTS, WireType::LengthDelimited, &mut record);
        encode_varint(parts.len() as u64, &mut record);
        record.extend(parts);
        assert!(refusal(&record).starts_with("roots.teardown_hook.argv: "));
    }

    #[test]
    fn unknown_fields_are_ignored_however_many_there_are() {
        let mut record = named().encode_to_vec();
        for _ in 0..=MAX_ELEMENTS {
            encode_key(200, WireType::LengthDelimited, &mut record);
            encode_varint(0, &mut record);
        }
        assert_eq!(
            load_bytes(&record).unwrap().content.manifest(),
            Some(&named())
        );
        let many = vec!["{}"; MAX_ELEMENTS + 1].join(",");
        let json = format!("{{\"service_name\":\"test\",\"later\":[{many}]}}");
        let json = load_bytes(json.as_bytes()).unwrap();
        assert_eq!(json.content.manifest(), Some(&named()));
    }
}
