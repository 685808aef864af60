//! `rpctl probe --watch`.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

use super::fixture::{daemon, dead, verdicts};
use crate::support::{KillOnDrop, Run, World, is_installed, is_root};

/// A run that is read line by line.
struct Watching {
    child: KillOnDrop,
    lines: BufReader<ChildStdout>,
}

impl Watching {
    fn start(command: &mut Command) -> Self {
        let mut child: Child = command.stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        let child = KillOnDrop(child);
        Self { child, lines }
    }

    fn of(world: &World, args: &[&str]) -> Self {
        let mut command = world.command(env!("CARGO_BIN_EXE_rpctl"));
        Self::start(command.args(["probe", "--timeout", "30s"]).args(args))
    }

    /// Without what is said on standard error of rounds that fail.
    fn unsaid(world: &World, args: &[&str]) -> Self {
        let mut command = world.command(env!("CARGO_BIN_EXE_rpctl"));
        command.args(["probe", "--timeout", "30s"]).args(args);
        Self::start(command.stderr(Stdio::null()))
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        assert_ne!(self.lines.read_line(&mut line).unwrap(), 0, "it has ended");
        line
    }

    fn document(&mut self) -> Value {
        let line = self.line();
        crate::support::assert_conforms(line.as_bytes());
        serde_json::from_str(&line).unwrap()
    }

    /// The first line from here on that holds something.
    fn line_with(&mut self, text: &str) -> String {
        loop {
            let line = self.line();
            if line.contains(text) {
                return line;
            }
        }
    }

    /// How it ends once its output is no longer read.
    fn unread(mut self) -> ExitStatus {
        drop(self.lines);
        self.child.0.wait().unwrap()
    }
}

#[test]
fn a_daemon_that_dies_is_seen_in_a_later_document() {
    let world = World::new();
    let mut daemon = daemon(&world, "watched");
    let record = daemon.record().to_str().unwrap().to_owned();
    let mut watching = Watching::of(&world, &["--json", "--watch", "1ms", &record]);
    assert_eq!(watching.document()["verdict"], "verified");
    daemon.kill();
    while watching.document()["verdict"] != "not_running" {}
    assert_eq!(watching.unread().code(), Some(3));
}

#[test]
fn a_reader_that_leaves_ends_it_in_the_middle_of_the_pause() {
    let world = World::new();
    let daemon = daemon(&world, "watched");
    let record = daemon.record().to_str().unwrap().to_owned();
    let mut watching = Watching::of(&world, &["--json", "--watch", "1000h", &record]);
    assert_eq!(watching.document()["exit_code"], 0);
    assert_eq!(watching.unread().code(), Some(0));
}

#[test]
fn all_records_are_looked_for_again_in_every_round() {
    let world = World::new();
    let mut watching = Watching::unsaid(&world, &["--json", "--all", "--watch", "1ms"]);
    let none = watching.document();
    assert_eq!(
        (&none["exit_code"], &none["error"]["kind"]),
        (&2.into(), &"no_target".into())
    );
    let _daemon = daemon(&world, "late");
    let mut found = watching.document();
    while found["exit_code"] != 0 {
        found = watching.document();
    }
    let file = format!("late-{}.pb", env!("CARGO_PKG_VERSION"));
    assert_eq!(verdicts(&found)[0].0, file);
}

#[test]
fn a_daemon_is_watched_from_before_its_start_to_its_end() {
    for (options, kind, code) in [
        (&["--service", "late"][..], "not_found", 8),
        (&[], "no_target", 2),
    ] {
        let world = World::new();
        let args = [&["--json", "--watch", "1ms"], options].concat();
        let mut watching = Watching::unsaid(&world, &args);
        assert_eq!(watching.document()["error"]["kind"], kind);
        let mut daemon = daemon(&world, "late");
        while watching.document()["verdict"] != "verified" {}
        daemon.kill();
        while watching.document()["verdict"] != "not_running" {}
        std::fs::remove_file(daemon.record()).unwrap();
        while watching.document()["error"]["kind"] != kind {}
        assert_eq!(watching.unread().code(), Some(code));
    }
}

/// Turn the registry into a file, and back.
fn spoil(world: &World) {
    std::fs::rename(world.path("registry"), world.path("away")).unwrap();
    std::fs::write(world.path("registry"), "").unwrap();
}

fn restore(world: &World) {
    std::fs::remove_file(world.path("registry")).unwrap();
    std::fs::rename(world.path("away"), world.path("registry")).unwrap();
}

#[test]
fn a_registry_that_cannot_be_read_is_a_round_and_not_the_end() {
    let world = World::new();
    let _daemon = daemon(&world, "watched");
    for form in ["json", "ndjson"] {
        // A round like the one before leaves no document.
        let mut watching = Watching::unsaid(&world, &["-o", form, "--all", "--watch", "1ms"]);
        assert_eq!(watching.document()["exit_code"], 0);
        spoil(&world);
        // Between the two there is no registry, and then no record.
        let mut failed = watching.document();
        while failed["exit_code"] != 1 {
            failed = watching.document();
        }
        assert_eq!(failed["error"]["kind"], "internal", "{failed}");
        let said = failed["error"]["message"].as_str().unwrap();
        assert!(said.starts_with("cannot read the registry in "), "{failed}");
        restore(&world);
        while watching.document()["exit_code"] != 0 {}
        assert_eq!(watching.unread().code(), Some(0));
    }
}

#[test]
fn in_tables_a_failed_round_says_why_and_the_next_comes() {
    let world = World::new();
    let _daemon = daemon(&world, "watched");
    let mut watching = Watching::of(&world, &["--all", "--watch", "1ms"]);
    watching.line_with("✓ verified ");
    spoil(&world);
    let said = watching.line_with("✗ cannot read the registry in ");
    assert!(!said.contains('\u{1b}'), "{said}");
    watching.line_with("next: ");
    restore(&world);
    watching.line_with("every 1 ms: 20");
    watching.line_with("✓ verified ");
    assert_eq!(watching.unread().code(), Some(0));

    spoil(&world);
    let mut watching = Watching::of(&world, &["--all", "--watch", "1000h"]);
    watching.line_with("✗ cannot read the registry in ");
    assert_eq!(watching.unread().code(), Some(1));
}

/// What is missing in the environment will not come, as a record might.
#[test]
fn without_a_place_for_a_registry_there_is_nothing_to_watch() {
    const STRANGER: u32 = 54_321;
    if !is_root() {
        return;
    }
    let world = World::new();
    let program = world.open_to_all();
    for chosen in [&["--all"][..], &["--service", "any"], &[]] {
        let mut command = world.command(&program);
        command
            .env_remove("HOME")
            .env_remove("RUNNING_PROCESS_MANIFEST_DIR")
            .args(["probe", "--json", "--watch", "1000h"])
            .args(chosen)
            .uid(STRANGER)
            .gid(STRANGER);
        let run = Run::of(&mut command);
        assert_eq!(run.code, Some(2), "{chosen:?}: {run:?}");
        assert_eq!(run.json()["error"]["kind"], "no_registry");
    }
}

#[test]
fn an_interrupt_ends_it_by_the_signal() {
    let world = World::new();
    let _daemon = daemon(&world, "watched");
    let mut watching = Watching::of(&world, &["--service", "watched", "--watch", "1000h"]);
    watching.line_with("verified");
    let pid = Pid::from_raw(watching.child.0.id().try_into().unwrap());
    kill(pid, Signal::SIGINT).unwrap();
    assert_eq!(watching.child.0.wait().unwrap().signal(), Some(2));
}

/// Of the many rounds, those in which nothing changes leave no line.
#[test]
fn outside_a_terminal_changes_follow_the_first_table() {
    let world = World::new();
    let mut daemon = daemon(&world, "watched");
    let dead = dead(&world, "dead");
    let records = [&daemon, &dead].map(|daemon| daemon.record().to_str().unwrap().to_owned());
    let mut watching = Watching::of(&world, &["--watch", "1ms", &records[0], &records[1]]);
    watching.line_with("every 1 ms: 20");
    watching.line_with("2 records in ");
    watching.line_with("✓ verified ");
    let line = watching.line_with("! not_running ");
    assert!(!line.contains('\u{1b}'), "{line}");
    daemon.kill();
    let mut line = watching.line();
    if line.contains("  zombie  ") {
        line = watching.line();
    }
    let (time, change) = line.split_once(' ').unwrap();
    assert!(time.starts_with("20") && time.ends_with('Z'), "{line}");
    let pid = daemon.pid();
    assert!(
        change.contains("  process_exited  PID ") && change.contains(&pid.to_string()),
        "{line}"
    );
    std::fs::remove_file(&records[1]).unwrap();
    let line = watching.line();
    assert!(
        line.contains("no_record") && line.contains("dead-0.1.0.pb"),
        "{line}"
    );
    assert_eq!(watching.unread().code(), Some(8));
}

#[test]
fn of_many_reports_as_lines_only_those_that_change_follow() {
    let world = World::new();
    let mut daemon = daemon(&world, "watched");
    let dead = dead(&world, "dead");
    let mut watching = Watching::of(&world, &["-o", "ndjson", "--all", "--watch", "1ms"]);
    assert_eq!(watching.document()["verdict"], "not_running");
    assert_eq!(watching.document()["verdict"], "verified");
    daemon.kill();
    let mut changed = watching.document();
    if changed["reason"] == "zombie" {
        changed = watching.document();
    }
    assert_eq!(changed["target"]["service_name"], "watched", "{changed:#}");
    assert_eq!(changed["verdict"], "not_running");
    std::fs::remove_file(dead.record()).unwrap();
    let gone = watching.document();
    assert_eq!(gone["reason"], "no_record", "{gone:#}");
    assert_eq!(gone["target"]["record"].as_str(), dead.record().to_str());
    assert_eq!(watching.unread().code(), Some(3));
}

#[test]
fn on_a_terminal_a_round_is_drawn_over_the_last() {
    if !is_installed("script") {
        return;
    }
    let world = World::new();
    let daemon = daemon(&world, "watched");
    let line = format!(
        "stty rows 8 cols 60; exec {} probe --timeout 30s --watch 1ms {}",
        env!("CARGO_BIN_EXE_rpctl"),
        daemon.record().display()
    );
    let mut command = world.command("script");
    let mut watching = Watching::start(command.args(["-qec", &line, "/dev/null"]));
    // Seven rows, and the cursor in the eighth.
    let over = "\u{1b}[7A\r";
    let first = watching.line_with("every 1 ms");
    assert!(!first.contains(over), "{first:?}");
    let (mut rest, mut byte) = (Vec::new(), [0]);
    while String::from_utf8_lossy(&rest).matches(over).count() < 2 {
        assert!(rest.len() < 16_384, "nothing is drawn over anything");
        watching.lines.read_exact(&mut byte).unwrap();
        rest.push(byte[0]);
    }
    let text = String::from_utf8_lossy(&rest);
    let round = text.split(over).nth(1).unwrap();
    assert_eq!(round.matches('\n').count(), 7, "{round:?}");
    assert!(round.contains("more lines\u{1b}[K"), "{round:?}");
    // Neither another screen nor a hidden cursor, which an interrupt would leave.
    assert!(!text.contains("\u{1b}[?"), "{text:?}");
}

#[test]
fn a_form_of_one_whole_document_cannot_be_watched() {
    let world = World::new();
    for form in ["junit", "nagios", "prometheus", "github"] {
        let run = world.rpctl([
            "probe",
            "--watch",
            "1s",
            "--exit-style",
            "rpctl",
            "-o",
            form,
            "x",
        ]);
        assert_eq!(run.code, Some(2), "{run:?}");
        let said = run.text().to_owned() + &run.stderr;
        assert!(said.contains("--watch cannot be combined with"), "{run:?}");
    }
}

#[test]
fn standard_input_cannot_be_watched_nor_awaited() {
    let world = World::new();
    let run = world.rpctl(["probe", "--watch", "1s", "-"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(
        run.stderr.contains("--watch reads records again"),
        "{run:?}"
    );
    let run = world.rpctl(["probe", "--watch", "1s", "--wait", "1s", "x.pb"]);
    assert_eq!(run.code, Some(2), "{run:?}");
}
