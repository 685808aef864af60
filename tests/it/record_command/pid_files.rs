//! The process of a PID file, which is recorded only if a probe of the file has nothing against
//! it: both commands look at the same.

use std::path::Path;

use super::{load, sleeper};
use crate::pid_file::{contained_sleeper, contained_sleeper_at, date, kernel_thread, lock, write};
use crate::support::{
    KillOnDrop, MAX_PID, Run, World, before_boot_ms, before_start_ms, is_installed, is_root,
    wait_until,
};

fn daemon(world: &World) -> (KillOnDrop, std::path::PathBuf) {
    let child = sleeper();
    let exe = format!("/proc/{}/exe", child.0.id());
    wait_until(|| std::fs::read_link(&exe).is_ok_and(|path| path.ends_with("sleep")));
    let path = write(world, &format!("{}\n", child.0.id()));
    (child, path)
}

/// Probes a PID file, and records its process. Asserts that both agree; a number of which
/// nothing more is known is recorded. Returns the code of the probe.
#[track_caller]
fn compare(world: &World, path: &Path, options: &[&str]) -> i32 {
    let path = path.to_str().unwrap();
    let probe = world.rpctl([&["probe", "--json"], options, &[path]].concat());
    let place = world.path("r.json");
    let args = ["record", "--json", "--record", "r.json", "--pid-file", path];
    let record: Run = world.rpctl([&args, options].concat());
    let (probed, recorded) = (probe.json(), record.json());
    let code = probe.code.unwrap();
    if code == 0 || probed["reason"] == "pid_file_only" {
        assert_eq!(record.code, Some(0), "{options:?} {probed:#} {recorded:#}");
        assert_eq!(load(&place).process.pid, probed["target"]["pid"]);
        std::fs::remove_file(place).unwrap();
    } else {
        assert_eq!(
            record.code,
            Some(code),
            "{options:?} {probed:#} {recorded:#}"
        );
        assert_eq!(recorded["error"]["kind"], probed["reason"]);
        let summary = format!(
            "{}; nothing was recorded",
            probed["summary"].as_str().unwrap()
        );
        assert_eq!(recorded["error"]["message"], summary);
        assert!(!place.exists(), "{options:?}");
    }
    code
}

const SLEEP: &[&str] = &["--exe", "/bin/sleep"];

#[test]
fn times_and_requirements_count_as_for_a_probe() {
    let world = World::new();
    let (child, path) = daemon(&world);
    let start = before_start_ms(child.0.id());
    let user = nix::unistd::geteuid().to_string();
    let other = if user == "0" { "65534" } else { "0" };
    for (time, options, code) in [
        (None, &[][..], 4),
        (None, SLEEP, 0),
        (None, &["--user", &user], 0),
        (None, &["--exe", "/bin/cat"], 5),
        (None, &["--exe", "/no/such/program"], 4),
        (None, &["--user", other], 5),
        (Some(start + 700), &[], 4),
        (Some(start + 700), SLEEP, 4),
        (Some(start), &[], 3),
        (Some(start), &["--exe", "/bin/cat"], 3),
        (Some(start), SLEEP, 4),
        (Some(start), &["--user", &user], 4),
        (Some(start), &["--exe", "/no/such/program"], 4),
        (Some(before_boot_ms()), &[], 3),
        (Some(before_boot_ms()), SLEEP, 4),
    ] {
        if let Some(time) = time {
            date(&path, time);
        }
        assert_eq!(
            compare(&world, &path, options),
            code,
            "{time:?} {options:?}"
        );
    }
}

#[test]
fn a_lock_of_the_process_outweighs_the_times() {
    let world = World::new();
    for kind in ["posix", "description", "flock"] {
        let (child, path) = lock(&world, kind);
        for time in [
            None,
            Some(before_start_ms(child.0.id())),
            Some(before_boot_ms()),
        ] {
            if let Some(time) = time {
                date(&path, time);
            }
            assert_eq!(compare(&world, &path, &[]), 0, "{kind} {time:?}");
            assert_eq!(compare(&world, &path, SLEEP), 5, "{kind} {time:?}");
        }
        write(&world, &format!("{MAX_PID}\n"));
        assert_eq!(compare(&world, &path, &[]), 5, "{kind}");
    }
}

#[test]
fn what_is_no_process_is_not_recorded() {
    let world = World::new();
    let path = write(&world, &format!("{MAX_PID}\n"));
    assert_eq!(compare(&world, &path, &[]), 3);
    if let Some(thread) = kernel_thread() {
        write(&world, &format!("{thread}\n"));
        assert_eq!(compare(&world, &path, &[]), 5);
    }
}

#[test]
fn a_number_of_a_container_is_not_recorded_outside() {
    if !is_root() || !is_installed("unshare") {
        return;
    }
    let world = World::new();
    let (_inside, number) = contained_sleeper(&world);
    let path = write(&world, &format!("{number}\n"));
    for options in [&[][..], SLEEP] {
        assert_eq!(compare(&world, &path, options), 4);
    }
}

/// The process outside is the same program of the same user, and is not the daemon.
#[test]
fn the_number_of_a_container_is_neither_recorded_nor_signalled() {
    if !is_root() || !is_installed("unshare") {
        return;
    }
    let world = World::new();
    let mut outside = sleeper();
    let (_inside, number) = contained_sleeper_at(&world, outside.0.id());
    assert_eq!(number, outside.0.id().to_string());
    let path = write(&world, &format!("{number}\n"));
    let path = path.to_str().unwrap();
    for options in [&[][..], SLEEP] {
        let record = ["record", "--json", "--record", "r", "--pid-file", path];
        let run = world.rpctl(record.iter().chain(options));
        assert_eq!(run.code, Some(4), "{run:?}");
        for command in ["shutdown", "kill"] {
            let run = world.rpctl([command, path].iter().chain(options));
            assert_eq!(run.code, Some(4), "{run:?}");
        }
    }
    assert!(outside.0.try_wait().unwrap().is_none());
}
