//! A file that is written to while it is read.

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};

use rpctl::record::{Content, LoadError, load};

use super::{faults, protobuf, sound_manifest};
use crate::support::World;

/// In place, piece by piece: a reader may find any part of it, or a mixture.
#[test]
fn a_manifest_rewritten_while_read_is_whole_or_refused() {
    let world = World::new();
    let path = world.path("m.pb");
    let versions = ["old", "new"].map(|name| {
        let mut manifest = sound_manifest();
        manifest.provides = vec![name.repeat(500); 20];
        manifest
    });
    let bytes = versions.each_ref().map(protobuf);
    std::fs::write(&path, &bytes[0]).unwrap();
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for version in bytes.iter().cycle() {
                if over.load(Ordering::Relaxed) {
                    break;
                }
                let mut file = std::fs::File::create(&path).unwrap();
                for piece in version.chunks(1000) {
                    file.write_all(piece).unwrap();
                }
            }
        });
        let read = || match load(&path) {
            Ok(record) if faults(&record).is_empty() => {
                let Content::Manifest(manifest) = record.content else {
                    panic!("another kind of record");
                };
                let is_known = versions
                    .iter()
                    .any(|known| known.provides == manifest.provides);
                assert!(is_known, "{manifest:?}");
            }
            Ok(_) | Err(LoadError::Empty | LoadError::Protobuf(_)) => {}
            Err(error) => panic!("{error:?}"),
        };
        let all_read = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            for _ in 0..2000 {
                read();
            }
        }));
        over.store(true, Ordering::Relaxed);
        all_read.unwrap();
    });
    // At rest it is one of them.
    assert!(faults(&load(&path).unwrap()).is_empty());
}
