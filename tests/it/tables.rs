//! What people see: the first lines of a report, lists, and both on narrow terminals.

use regex::Regex;

use crate::pictures::terminal::output_in;
use crate::support::{Daemon, MAX_PID, Run, TestServer, World, this_process};

/// Returns what a terminal of this width shows, without colours.
fn shown(world: &World, columns: u16, args: &[&str]) -> String {
    let mut command = world.command(env!("CARGO_BIN_EXE_rpctl"));
    command.args(args).env("TERM", "xterm").env("NO_COLOR", "1");
    output_in(command, columns).1
}

#[test]
fn the_first_lines_answer_what_an_operator_asks() {
    let world = World::new();
    let daemon = Daemon::registered(&world, "cache");
    let run = world.rpctl(["probe", "--wide", "cache"]);
    let lines: Vec<&str> = run.text().lines().collect();
    let version = env!("CARGO_PKG_VERSION");
    let state = format!("✓ verified: cache {version} is the recorded process and answers");
    assert_eq!(lines[0], state);
    let process = format!(r"^  PID {}, user \S+, up \d.*, /\S+ ", daemon.pid());
    assert!(Regex::new(&process).unwrap().is_match(lines[1]), "{run:?}");
    let socket = format!("  socket {}, answered in ", daemon.socket());
    assert!(lines[2].starts_with(&socket), "{run:?}");
    assert_eq!(lines[3], "");
    assert!(lines[4].starts_with("CHECK"), "{run:?}");
    // Home is the directory of the record.
    let run = world.rpctl(["probe", "cache"]);
    assert!(run.text().contains("\n  socket ~/"), "{run:?}");
}

#[test]
fn of_several_the_verified_ones_take_a_line_each() {
    let world = World::new();
    let (up, mut down) = (
        Daemon::registered(&world, "up"),
        Daemon::registered(&world, "down"),
    );
    down.kill();
    let run = world.rpctl(["probe", "up", "down"]);
    let text = run.text();
    let line = text.lines().find(|line| line.contains("verified"));
    let line = line.unwrap_or_else(|| panic!("{text}"));
    assert!(line.contains(&format!("  {}  ", up.pid())), "{text}");
    assert_eq!(text.matches("\nCHECK").count(), 1, "{text}");
    assert!(text.contains("! not running: "), "{text}");
    let verbose = world.rpctl(["probe", "-v", "up", "down"]);
    let verbose = verbose.text();
    assert_eq!(verbose.matches("\nCHECK").count(), 2, "{verbose}");
    assert_eq!(run.code, Some(3));
}

#[test]
fn a_list_shows_user_age_and_the_name_of_the_file() {
    let world = World::new();
    let service = "a-service-with-a-rather-long-name";
    let daemon = Daemon::registered(&world, service);
    let list = shown(&world, 80, &["list"]);
    let row = list
        .lines()
        .find(|line| line.contains("verified "))
        .unwrap();
    let words = ["PID", "USER", "UP", "REASON", "RECORD"];
    let header = list.lines().find(|line| line.starts_with("VERDICT"));
    assert!(
        words.iter().all(|word| header.unwrap().contains(word)),
        "{list}"
    );
    assert!(row.contains(&format!("  {}  ", daemon.pid())), "{list}");
    let end = format!("{}.pb", env!("CARGO_PKG_VERSION"));
    assert!(row.ends_with(&end), "{list}");
    assert!(row.chars().count() <= 80, "{list}");
}

#[test]
fn a_narrow_table_keeps_what_was_found() {
    let world = World::new();
    let mut identity = this_process(&world.endpoint("s"));
    let _served = TestServer::truly(&identity);
    let expected = "/opt/another/program/with/a/long/path/that/is/expected";
    identity.exe_path = expected.into();
    identity.exe_digest.sha256 = Some([7; 32]);
    identity.exe_digest.blake3 = None;
    world.sidecar("d.json", &identity);
    for columns in [40, 80, 120] {
        let text = shown(&world, columns, &["probe", "d.json"]);
        let header = text.lines().find(|line| line.starts_with("CHECK")).unwrap();
        assert!(header.contains("ACTUAL"), "{text}");
        assert_eq!(header.contains("EXPECTED"), columns > 40, "{text}");
        let table: Vec<&str> = text
            .lines()
            .skip_while(|line| !line.starts_with("CHECK"))
            .take_while(|line| !line.is_empty())
            .collect();
        for line in table {
            assert!(line.chars().count() <= columns.into(), "{line}");
        }
        // Wherever it is wrapped, the program that was found is there as a whole.
        let found = std::env::current_exe().unwrap();
        let whole = text.replace("\n  ", "");
        assert!(whole.contains(found.to_str().unwrap()), "{text}");
    }
}

#[test]
fn a_command_in_a_hint_is_on_one_line() {
    let world = World::new();
    let mut gone = this_process(&world.endpoint("a-long-name-of-a-socket"));
    gone.pid = MAX_PID;
    world.sidecar("a record with a rather long name.json", &gone);
    let record = "a record with a rather long name.json";
    let document = world.rpctl(["probe", "--json", record, "none.pb"]).json();
    let hints = document["reports"].to_string();
    let command = "rpctl probe --wait 30s none.pb";
    assert!(hints.contains(command), "{hints}");
    for columns in [40, 80] {
        let text = shown(&world, columns, &["probe", record, "none.pb"]);
        assert!(text.lines().any(|line| line.contains(command)), "{text}");
    }
}

#[test]
fn times_are_those_of_the_reader_in_tables_alone() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let record = daemon.record().to_str().unwrap();
    let probe = |zone: &str| {
        let mut command = world.command(env!("CARGO_BIN_EXE_rpctl"));
        let run = Run::of(command.args(["probe", "--wide", record]).env("TZ", zone));
        let text = run.text().to_owned();
        let row = text.lines().find(|line| line.starts_with("start time"));
        let time = Regex::new(r"(\d\d):\d\d:\d\d\.\d{3}").unwrap();
        let hour: u32 = time.captures(row.unwrap()).unwrap()[1].parse().unwrap();
        hour
    };
    assert_eq!((probe("UTC0") + 5) % 24, probe("XYZ-5"));
    let mut command = world.command(env!("CARGO_BIN_EXE_rpctl"));
    let run = Run::of(command.args(["probe", "--json", record]).env("TZ", "XYZ-5"));
    let started = run.json()["process"]["started_at"].clone();
    assert!(started.as_str().unwrap().ends_with('Z'), "{started}");
}
