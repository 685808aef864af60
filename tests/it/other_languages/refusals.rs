//! Processes that the programs tell from the recorded one, and leave alone.

use std::os::unix::ffi::OsStrExt;
use std::process::Command;

use rpctl::process::ProcessRecord;
use serde_json::{Value, json};

use super::programs::{programs, terminate, write};
use crate::process::sleeper;
use crate::support::{KillOnDrop, PIDS, Run, append, is_root, proc};

/// Makes another value of one in a record.
type Edit = fn(&Value) -> Value;

/// Starts a process, records it, dies, and puts a bystander on its number. `$1` is the
/// number, `$2` and the rest are the program.
const REUSE: &str = r#"
    sleep 1000 &
    recorded=$!
    "$@" write $recorded record.json || exit 1
    kill -KILL $recorded
    wait $recorded
    for _ in $(seq 100); do
        echo $((recorded - 1)) > /proc/sys/kernel/ns_last_pid
        sleep 1000 &
        [ $! = $recorded ] && break
        kill -KILL $!
        wait $!
    done
    [ $! = $recorded ] || exit 1
    # Stopped, it shows in its pending signals what it was sent.
    kill -STOP $recorded
    until grep -q '^State:.T' /proc/$recorded/status; do :; done
    "$@" terminate record.json && echo terminated
    grep -q '^State:.T' /proc/$recorded/status && echo alive
    grep -q '^ShdPnd:.0*$' /proc/$recorded/status && echo untouched
    kill -KILL $recorded
"#;

#[test]
fn a_process_that_has_got_the_number_is_spared() {
    if !is_root() {
        return;
    }
    for program in programs() {
        let words = program.command::<&str>([]);
        let mut command = program.world.command("unshare");
        command.args(PIDS).args(["sh", "-c", REUSE, "sh"]);
        let run = Run::of(append(&mut command, &words));
        assert!(run.text().ends_with("alive\nuntouched\n"), "{run:?}");
        assert!(!run.text().contains("terminated"), "{run:?}");
    }
}

#[test]
fn another_start_boot_or_namespace_is_another_process() {
    let edits: [(&str, Edit); 4] = [
        ("/process/start/ticks", |ticks| {
            json!(ticks.as_u64().unwrap() - 1)
        }),
        ("/process/start/ticks_per_second", |_| json!(1000)),
        ("/host/boot_id", |_| {
            json!("00000000-0000-4000-8000-000000000000")
        }),
        ("/host/namespace_id", |_| json!("mnt:[1]:pid:[2]")),
    ];
    for program in programs() {
        let mut child = sleeper();
        for (place, edit) in edits {
            let path = write(&program, child.0.id());
            let mut document: Value =
                serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            let value = document.pointer_mut(place).unwrap();
            *value = edit(value);
            std::fs::write(&path, document.to_string()).unwrap();
            let run = terminate(&program);
            assert_ne!(run.code, Some(0), "{place}: {run:?}");
            assert!(child.0.try_wait().unwrap().is_none(), "{place}: {run:?}");
        }
    }
}

#[test]
fn a_process_that_has_exited_is_not_recorded() {
    for program in programs() {
        let mut child = sleeper();
        child.0.kill().unwrap();
        proc::wait_for_state(child.0.id(), 'Z');
        let run =
            Run::of(&mut program.command(["write", &child.0.id().to_string(), "record.json"]));
        assert_ne!(run.code, Some(0), "{run:?}");
        assert!(!program.world.path("record.json").exists());
    }
}

/// The name has what a naive reader of `/proc/PID/stat` takes for the fields after it.
#[test]
fn a_program_with_a_hostile_name_has_its_own_start() {
    for program in programs() {
        let hostile = program
            .world
            .path("")
            .join(std::ffi::OsStr::from_bytes(b") Z 1 (\xff\n"));
        std::os::unix::fs::symlink("/bin/sleep", &hostile).unwrap();
        let child = KillOnDrop(Command::new(&hostile).arg("1000").spawn().unwrap());
        let path = write(&program, child.0.id());
        let record: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let start = &record["process"]["start"];
        let expected = ProcessRecord::from_child(&child.0).unwrap().process.start;
        assert_eq!(*start, serde_json::to_value(expected).unwrap());
    }
}
