//! Process records in files.

use std::fs::Permissions;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

use rpctl::process::{ProcessRecord, RecordFileError, Trust};

use super::{edited, sleeper};
use crate::support::World;

#[test]
fn a_record_is_saved_for_its_owner_alone() {
    let world = World::new();
    let path = world.path("new/directory/record.json");
    let record = ProcessRecord::current().unwrap();
    record.save(&path).unwrap();
    let about = std::fs::metadata(&path).unwrap();
    assert_eq!(about.mode() & 0o7777, 0o600);
    let directory = std::fs::metadata(path.parent().unwrap()).unwrap();
    assert_eq!(directory.mode() & 0o7777, 0o700);
    let mut loaded = ProcessRecord::load(&path, Trust::Required).unwrap();
    assert_eq!(loaded.host.fs_dev_id, about.dev());
    loaded.host.fs_dev_id = record.host.fs_dev_id;
    assert_eq!(loaded, record);
    // Again, in the place of the first.
    record.save(&path).unwrap();
    let names = std::fs::read_dir(path.parent().unwrap()).unwrap();
    assert_eq!(names.count(), 1);
}

#[test]
fn a_file_that_others_can_write_is_refused_unless_waived() {
    let world = World::new();
    let path = world.path("record.json");
    let record = ProcessRecord::current().unwrap();
    record.save(&path).unwrap();
    std::fs::set_permissions(&path, Permissions::from_mode(0o666)).unwrap();
    let error = ProcessRecord::load(&path, Trust::Required).unwrap_err();
    assert!(
        matches!(error, RecordFileError::Untrusted { .. }),
        "{error}"
    );
    let loaded = ProcessRecord::load(&path, Trust::Waived).unwrap();
    assert_eq!(loaded.process, record.process);
}

#[test]
fn a_file_in_a_directory_of_all_is_refused() {
    let world = World::new();
    let directory = world.path("all");
    let path = directory.join("record.json");
    ProcessRecord::current().unwrap().save(&path).unwrap();
    std::fs::set_permissions(&directory, Permissions::from_mode(0o777)).unwrap();
    let link = world.path("link.json");
    symlink(&path, &link).unwrap();
    for path in [&path, &link] {
        let error = ProcessRecord::load(path, Trust::Required).unwrap_err();
        assert!(
            matches!(error, RecordFileError::Untrusted { .. }),
            "{error}"
        );
    }
}

#[test]
fn what_is_no_record_is_refused_by_its_kind() {
    let world = World::new();
    let load = |name: &str| ProcessRecord::load(&world.path(name), Trust::Required).unwrap_err();
    let missing = load("missing");
    assert!(
        matches!(&missing, RecordFileError::Io { source, .. }
            if source.kind() == std::io::ErrorKind::NotFound),
        "{missing}"
    );
    nix::unistd::mkfifo(&world.path("fifo"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    std::fs::create_dir(world.path("directory")).unwrap();
    for name in ["fifo", "directory"] {
        let error = load(name);
        assert!(
            matches!(error, RecordFileError::NotRegular { .. }),
            "{error}"
        );
    }
    std::fs::write(world.path("large"), vec![b' '; (1 << 20) + 1]).unwrap();
    assert!(matches!(load("large"), RecordFileError::TooLarge(_)));
    for (name, text) in [("empty", ""), ("text", "4711\n"), ("other", "{}")] {
        std::fs::write(world.path(name), text).unwrap();
        let error = load(name);
        assert!(matches!(error, RecordFileError::Format { .. }), "{error}");
    }
}

#[test]
fn digests_are_those_of_the_running_file() {
    let child = sleeper();
    // The shell has to become the sleeper first.
    let exe = format!("/proc/{}/exe", child.0.id());
    crate::support::wait_until(|| {
        std::fs::read_link(&exe).is_ok_and(|path| path.ends_with("sleep"))
    });
    let record = ProcessRecord::from_child(&child.0).unwrap();
    let record = record.with_digests().unwrap();
    let content = std::fs::read(&exe).unwrap();
    let digests = record.process.exe.unwrap().digests();
    assert_eq!(digests.sha256, Some(rpctl::record::self_sha256(&content)));
    assert!(digests.blake3.is_some());
}

#[test]
fn a_process_that_executed_another_program_is_not_hashed() {
    let mut record = ProcessRecord::current().unwrap();
    let exe = record.process.exe.as_mut().unwrap();
    exe.file.as_mut().unwrap().changed_unix_ns -= 1;
    let error = record.with_digests().unwrap_err();
    assert!(
        matches!(error, rpctl::process::DigestError::Changed),
        "{error}"
    );
}

#[test]
fn a_record_names_a_file_of_its_own_in_a_directory() {
    let record = ProcessRecord::current().unwrap();
    let name = |path: &str, service: Option<&str>, version: Option<&str>| {
        let record = edited(&record, |document| {
            document["process"]["pid"] = 4242.into();
            document["process"]["exe"]["path"] = path.into();
            document["service_name"] = service.into();
            document["service_version"] = version.into();
        });
        record.file_name()
    };
    let redis = Some("redis");
    assert_eq!(name("/bin/x", redis, None), "redis.json");
    assert_eq!(name("/bin/x", redis, Some("7.2.5")), "redis@7.2.5.json");
    assert_eq!(name("/usr/bin/redis", None, None), "redis.4242.json");
    // What breaks the grammar or a path never gets into a name.
    assert_eq!(name("/bin/x", Some("../x"), None), "x.4242.json");
    assert_eq!(name("/bin/x", redis, Some("../1")), "redis.json");
    assert_eq!(name("/bin/.. -\u{e9}\n", None, None), "_-__.4242.json");
    let command = &record.process.command_name;
    assert_eq!(name("/", None, None), format!("{command}.4242.json"));
    assert_eq!(name("/-", None, None), "process.4242.json");
    let long = "a".repeat(300);
    let named = name(&format!("/{long}"), None, None);
    assert_eq!(named, format!("{}.4242.json", &long[..64]));
}
