//! How many elements the lists and maps of a protobuf record may have.
//!
//! They are counted before anything is decoded: an empty element takes two bytes
//! in a file and hundreds in memory. In JSON, `lenient.rs` counts while it reads.

use super::error::LoadError;
use super::fields::readable;
use super::limits::MAX_ELEMENTS;

/// The elements of one list or map.
struct Elements {
    of: &'static str,
    count: usize,
}

impl Elements {
    fn of(name: &'static str) -> Self {
        Self { of: name, count: 0 }
    }

    fn one_more(&mut self) -> Result<(), LoadError> {
        self.count += 1;
        if self.count > MAX_ELEMENTS {
            return Err(LoadError::TooManyElements(self.of.to_owned()));
        }
        Ok(())
    }
}

/// Refuse an encoded `CacheManifest` with too many elements in a list or map, at
/// any depth. A bare `DaemonProcess` has neither lists nor maps.
pub(super) fn limit(raw: &[u8]) -> Result<(), LoadError> {
    let mut roots = Elements::of("roots");
    let mut depends_on = Elements::of("depends_on");
    let mut provides = Elements::of("provides");
    for field in readable(raw) {
        match field.number {
            10 => {
                roots.one_more()?;
                root(field.content())?;
            }
            50 => depends_on.one_more()?,
            51 => provides.one_more()?,
            _ => {}
        }
    }
    Ok(())
}

fn root(raw: &[u8]) -> Result<(), LoadError> {
    let mut labels = Elements::of("roots.labels");
    let mut argv = Elements::of("roots.teardown_hook.argv");
    let mut exclude_globs = Elements::of("roots.exclude_globs");
    let mut platform_paths = Elements::of("roots.platform_paths");
    for field in readable(raw) {
        match field.number {
            5 => labels.one_more()?,
            // A hook that is written in pieces is one hook in the end.
            7 => {
                for part in readable(field.content()) {
                    if part.number == 2 {
                        argv.one_more()?;
                    }
                }
            }
            8 => exclude_globs.one_more()?,
            9 => platform_paths.one_more()?,
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

    /// A manifest with so many elements in one of its lists and maps.
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

    /// What a record is refused for.
    fn refusal(record: &[u8]) -> String {
        match load_bytes(record) {
            Err(error @ LoadError::TooManyElements(_)) => error.to_string(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_list_and_map_holds_so_many_elements_and_not_one_more() {
        for (name, make) in LISTS {
            let most = make(MAX_ELEMENTS);
            let protobuf = load_bytes(&most.encode_to_vec()).unwrap();
            assert_eq!(protobuf.content.manifest(), Some(&most), "{name}");
            let json = serde_json::to_vec(&most).unwrap();
            let json = load_bytes(&json).unwrap();
            assert_eq!(json.content.manifest(), Some(&most), "{name}");

            let more = make(MAX_ELEMENTS + 1);
            let said = refusal(&more.encode_to_vec());
            assert_eq!(said, format!("{name}: more than 1024 elements"));
            let said = refusal(&serde_json::to_vec_pretty(&more).unwrap());
            assert!(said.starts_with("line "), "{name}: {said}");
            assert!(said.ends_with(": more than 1024 elements"), "{said}");
        }
    }

    #[test]
    fn elements_count_together_where_a_message_is_written_in_pieces() {
        let hook = TeardownHook {
            argv: vec![String::new(); MAX_ELEMENTS],
            ..TeardownHook::default()
        }
        .encode_to_vec();
        let mut root = Vec::new();
        for _ in 0..2 {
            encode_key(7, WireType::LengthDelimited, &mut root);
            encode_varint(hook.len() as u64, &mut root);
            root.extend(&hook);
        }
        let mut record = named().encode_to_vec();
        encode_key(10, WireType::LengthDelimited, &mut record);
        encode_varint(root.len() as u64, &mut record);
        record.extend(root);
        assert!(refusal(&record).starts_with("roots.teardown_hook.argv: "));
    }

    #[test]
    fn what_no_version_knows_is_passed_over_however_much_there_is() {
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
