//! What is printed about a record.

use std::fs::File;
use std::process::Stdio;

use rpctl::process::ProcessRecord;

use super::{command, place, record, sleeper};
use crate::support::{Run, World};

#[test]
fn what_was_recorded_is_told_in_words() {
    let world = World::new();
    let child = sleeper();
    let run = record(&world, &child, &["--service", "x@1.2.3", "--wide"]);
    let text = run.text();
    let user = nix::unistd::User::from_uid(nix::unistd::geteuid()).unwrap();
    for part in [
        format!("recorded: x 1.2.3 is PID {}", child.0.id()),
        format!("user      {}", user.unwrap().name),
        "started   20".to_owned(),
        "program   ".to_owned(),
        format!("record    {}", place(&world, "x@1.2.3").display()),
        "next: rpctl probe x@1.2.3".to_owned(),
    ] {
        assert!(text.contains(&part), "{part}: {text}");
    }
    assert!(!text.contains("listens"), "{text}");
}

#[test]
fn the_document_has_each_value_by_itself() {
    let world = World::new();
    let child = sleeper();
    let document = record(&world, &child, &["--service", "x", "--json"]).json();
    assert_eq!(document["command"], "record");
    let recorded = &document["recorded"];
    assert_eq!(recorded["pid"], child.0.id());
    assert_eq!(recorded["service_name"], "x");
    assert_eq!(recorded["record"], place(&world, "x").to_str().unwrap());
    assert_eq!(recorded["exe"]["sha256"].as_str().unwrap().len(), 64);
    assert_eq!(document["hints"][0], "rpctl probe x");
}

#[test]
fn standard_output_gets_the_record_and_nothing_else() {
    let world = World::new();
    let child = sleeper();
    for more in [&[][..], &["--json"], &["--service", "x"]] {
        let args = [&["--record", "-"][..], more].concat();
        let run = record(&world, &child, &args);
        assert_eq!((run.code, &*run.stderr), (Some(0), ""), "{run:?}");
        let record: ProcessRecord = serde_json::from_slice(&run.stdout).unwrap();
        record.verify().unwrap();
    }
    assert!(!world.path("run").exists());
    let run = record(&world, &child, &["--record", "-", "--quiet"]);
    assert_eq!((run.code, run.text()), (Some(0), ""));
}

#[test]
fn a_quiet_record_is_written_and_not_shown() {
    let world = World::new();
    let child = sleeper();
    let run = record(&world, &child, &["--service", "x", "-q"]);
    assert_eq!((run.code, run.text(), &*run.stderr), (Some(0), "", ""));
    assert!(place(&world, "x").exists());
}

#[test]
fn a_record_that_cannot_be_printed_is_an_error() {
    let world = World::new();
    let child = sleeper();
    let full = File::options().write(true).open("/dev/full").unwrap();
    let mut print = command(&world, &child, &["--record", "-"]);
    let run = print.stdout(full).stderr(Stdio::piped()).spawn().unwrap();
    let run = Run::end_of(run);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(
        run.stderr.contains("cannot write the process record"),
        "{run:?}"
    );
    // A reader that has seen enough is none.
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut print = command(&world, &child, &["--record", "-"]);
    let run = print.stdout(writer).stderr(Stdio::piped()).spawn().unwrap();
    let run = Run::end_of(run);
    assert_eq!((run.code, &*run.stderr), (Some(0), ""));
}
