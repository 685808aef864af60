//! JSON that cannot be read: the message says what is wrong, where, shows the
//! line and what to do.

use rpctl::record::{LoadError, load_bytes};

use crate::support::World;

/// A text, the line and column of the fault, what is said, and the line shown.
type Malformed = (&'static str, (usize, usize), &'static str, &'static str);

const MALFORMED: [Malformed; 16] = [
    (
        "{\"pid\": 4242,\n \"exe_path\": \"/x\"} oops\n",
        (2, 20),
        "trailing characters",
        "\"exe_path\": \"/x\"} oops",
    ),
    (
        "{\"pid\": 4242}\n{\"pid\": 4243}\n",
        (2, 1),
        "trailing characters",
        "{\"pid\": 4243}",
    ),
    (
        "{\"pid\": 1,\n \"exe_path\": \"/x\",\n \"exe_path\": \"/y\"}",
        (3, 11),
        "duplicate field `exe_path`",
        "\"exe_path\": \"/y\"}",
    ),
    (
        "{\"pid\": 1,\n \"exe_path\": \"/x\",\n \"exePath\": \"/y\"}",
        (3, 10),
        "duplicate field `exe_path`",
        "\"exePath\": \"/y\"}",
    ),
    (
        "{\"roots\": [{\"labels\": {\"a\": \"1\",\n\"a\": \"2\"}}]}",
        (2, 9),
        "duplicate key \"a\"",
        "\"a\": \"2\"}}]}",
    ),
    ("{\"pid\": NaN}", (1, 9), "expected value", "{\"pid\": NaN}"),
    (
        "{\"valid_until_unix_ms\":\n18446744073709551616}",
        (2, 20),
        "expected a whole number from 0 to 18446744073709551615",
        "18446744073709551616}",
    ),
    (
        "{\"valid_until_unix_ms\": \"18446744073709551616\"}",
        (1, 46),
        "invalid value: string \"18446744073709551616\", expected a whole number",
        "{\"valid_until_unix_ms\": \"18446744073709551616\"}",
    ),
    (
        "{\"pid\": 4294967296, \"exe_path\": \"/x\"}",
        (1, 18),
        "expected a number up to 4294967295",
        "{\"pid\": 4294967296, \"exe_path\": \"/x\"}",
    ),
    (
        "{\"pid\": -1, \"exe_path\": \"/x\"}",
        (1, 10),
        "integer `-1`, expected a whole number from 0",
        "{\"pid\": -1, \"exe_path\": \"/x\"}",
    ),
    (
        "[1, 2]",
        (1, 1),
        "invalid type: array, expected an object",
        "[1, 2]",
    ),
    (
        "\"/run/daemon.json\"",
        (1, 18),
        "invalid type: string \"/run/daemon.json\", expected an object",
        "\"/run/daemon.json\"",
    ),
    (
        "{\r\n \"pid\": 1,\r\n \"ipc_endpoint\": {\r\n  \"path\": 5\r\n }\r\n}\r\n",
        (4, 11),
        "invalid type: integer `5`, expected a string",
        "\"path\": 5",
    ),
    (
        "{\"pid\": 1, \"exe_path\": \"/x\",\n \"ipc_endpoint\": [\"a\", \"/run/s\"]}",
        (2, 17),
        "invalid type: array, expected an object",
        "\"ipc_endpoint\": [\"a\", \"/run/s\"]}",
    ),
    (
        "\u{feff}{\n \"current_operation\": {\"kind\": \"resting\"}}",
        (2, 40),
        "invalid value: string \"resting\", expected one of idle compacting",
        "\"current_operation\": {\"kind\": \"resting\"}}",
    ),
    (
        "{\"pid\": 1,\n \"boot_id\":\n\n\n",
        (2, 11),
        "EOF while parsing a value",
        "\"boot_id\":",
    ),
];

#[test]
fn every_malformed_text_is_refused_at_its_line_and_column() {
    for (text, at, expected, shown) in MALFORMED {
        match load_bytes(text.as_bytes()) {
            Err(LoadError::Json {
                line,
                column,
                message,
                excerpt,
            }) => {
                assert_eq!((line, column), at, "{message}: {text}");
                assert!(message.contains(expected), "{message}: {text}");
                assert_eq!(excerpt, shown, "{text}");
            }
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn both_commands_name_the_fault_its_place_and_the_next_step() {
    let world = World::new();
    let path = world.path("broken.json");
    let name = path.to_str().unwrap();
    for (text, (line, column), expected, shown) in MALFORMED {
        std::fs::write(&path, text).unwrap();
        let place = format!("line {line}, column {column}: ");
        let next =
            format!("next: correct this line, or have the daemon write the file again: {shown}");

        let run = world.rpctl(["inspect-manifest", name]);
        assert_eq!((run.code, run.text()), (Some(8), ""), "{run:?}");
        for part in [&format!("rpctl: {name}: {place}"), expected, &next] {
            assert!(run.stderr.contains(part), "{part} is not in {}", run.stderr);
        }
        let run = world.rpctl(["probe", "--wide", name]);
        assert_eq!(run.code, Some(8), "{run:?}");
        for part in [&place, expected, &next] {
            assert!(run.text().contains(part), "{part} is not in {}", run.text());
        }
    }
}

#[test]
fn both_commands_say_it_in_json_too() {
    let world = World::new();
    let path = world.path("broken.json");
    std::fs::write(&path, "{\"pid\": NaN}").unwrap();
    for command in ["probe", "inspect-manifest"] {
        let run = world.rpctl([command, "--json", path.to_str().unwrap()]);
        let document = run.json();
        assert_eq!(run.code, Some(8), "{run:?}");
        assert_eq!(document["exit_code"], 8, "{document:#}");
        assert_eq!(document["command"], command, "{document:#}");
        assert_eq!(document["error"]["kind"], "json", "{document:#}");
        let message = document["error"]["message"].as_str().unwrap();
        assert!(
            message.contains("line 1, column 9: expected value"),
            "{message}"
        );
        let hint = document["hints"][0].as_str().unwrap();
        assert!(hint.ends_with("{\"pid\": NaN}"), "{hint}");
    }
}

#[test]
fn standard_input_is_named_as_such() {
    let world = World::new();
    let run = super::piped(&world, ["inspect-manifest", "-"], b"{]");
    assert_eq!(run.code, Some(8), "{run:?}");
    assert!(
        run.stderr
            .starts_with("rpctl: standard input: line 1, column 2: "),
        "{run:?}"
    );
}

#[test]
fn bytes_that_are_not_utf8_are_shown_where_they_stand() {
    for (bytes, at, shown) in [
        (
            &b"{\"pid\": 1,\n \"exe_path\": \"/x\xff/y\"}"[..],
            (2, 17),
            "\"exe_path\": \"/x\u{fffd}/y\"}",
        ),
        (b"{\"pid\": 1,\n\xfe\"a\": 1}", (2, 1), "\u{fffd}\"a\": 1}"),
    ] {
        match load_bytes(bytes) {
            Err(LoadError::Json {
                line,
                column,
                message,
                excerpt,
            }) => {
                assert_eq!((line, column, &*message), (at.0, at.1, "invalid UTF-8"));
                assert_eq!(excerpt, shown);
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_line_of_a_kilobyte_is_shown_around_the_fault() {
    let (before, after) = ("y".repeat(500), "z".repeat(500));
    let text =
        format!("{{\"pid\": 1, \"boot_id\": \"{before}\", \"exe_path\": 5, \"x\": \"{after}\"}}");
    match load_bytes(text.as_bytes()) {
        Err(LoadError::Json {
            column, excerpt, ..
        }) => {
            assert_eq!(&text[column - 1..column], "5");
            assert!(
                excerpt.contains("yyy\", \"exe_path\": 5, \"x\": \"zzz"),
                "{excerpt}"
            );
            assert!(excerpt.len() <= 60, "{excerpt}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn nesting_ten_thousand_deep_is_refused_without_a_crash() {
    let deep =
        |open: &str, close: &str| format!("{}1{}", open.repeat(10_000), close.repeat(10_000));
    for text in [
        deep("[", "]"),
        format!("{{\"pid\": {}}}", deep("[", "]")),
        format!("{{\"roots\": {}}}", deep("[", "]")),
        deep("{\"host\":", ""),
    ] {
        let error = load_bytes(text.as_bytes()).unwrap_err();
        assert_eq!(error.kind(), "json", "{error}");
    }
    // What no version knows is passed over, however deep.
    let world = World::new();
    let path = world.path("deep.json");
    std::fs::write(&path, format!("{{\"x\": {}}}", deep("{\"x\":", "}"))).unwrap();
    let run = world.rpctl(["inspect-manifest", path.to_str().unwrap()]);
    assert_eq!(run.code, Some(8), "{run:?}");
    assert!(run.text().contains("service_name"), "{run:?}");
}
