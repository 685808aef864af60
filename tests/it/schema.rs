//! The names in the schema are exactly those of the types.

use rpctl::control::KeepReason;
use rpctl::record::{FindingCode, Format};
use rpctl::{CheckId, Outcome, Reason, Verdict};
use serde_json::Value;

use crate::support::{Daemon, SCHEMA, Validator, World, assert_conforms};

/// Returns the names in a list of the schema, without `null`.
fn names_at(pointer: &str) -> Vec<&str> {
    let values = SCHEMA.pointer(pointer).and_then(Value::as_array).unwrap();
    values.iter().filter_map(Value::as_str).collect()
}

macro_rules! assert_names {
    ($type:ty, $pointer:expr) => {
        let names: Vec<&str> = <$type>::ALL.iter().map(|value| value.name()).collect();
        assert_eq!(names, names_at($pointer));
    };
}

#[test]
fn every_name_of_the_interface_is_in_the_schema_and_no_other() {
    assert_names!(Outcome, "/$defs/outcome/enum");
    assert_names!(CheckId, "/$defs/check_id/examples");
    assert_names!(Verdict, "/$defs/verdict/enum");
    assert_names!(Reason, "/$defs/reason/examples");
    assert_names!(FindingCode, "/$defs/finding/properties/finding/examples");
    assert_names!(Format, "/$defs/target/properties/format/enum");
    let why = "/$defs/prune_document/properties/kept/items/properties/why/examples";
    assert_names!(KeepReason, why);
}

/// A validator of today accepts the keys and values of later versions.
#[test]
fn a_document_with_more_in_it_conforms() {
    let world = World::new();
    let daemon = Daemon::start(&world);
    let mut document = world.probe(daemon.record()).json();
    document["added"] = 1.into();
    document["reason"] = "added".into();
    document["target"]["added"] = 1.into();
    let mut check = document["checks"][0].clone();
    check["check"] = "added".into();
    document["checks"].as_array_mut().unwrap().push(check);
    let validator = Validator::new(SCHEMA.clone());
    assert_eq!(validator.fault(&document), None);
    document["verdict"] = "added".into();
    assert!(validator.fault(&document).is_some());
}

/// The tests hold every document against today's keys and values.
#[test]
fn a_document_with_more_in_it_is_none_of_today() {
    let world = World::new();
    let document = world.probe(&world.path("none.json")).json();
    for place in ["", "/target", "/checks/0"] {
        let mut more = document.clone();
        more.pointer_mut(place).unwrap()["added"] = 1.into();
        let text = more.to_string();
        let conforms = std::panic::catch_unwind(|| assert_conforms(text.as_bytes()));
        assert!(conforms.is_err(), "{place}");
    }
}

#[test]
fn usage_errors_are_documents_too() {
    let world = World::new();
    for (args, command) in [
        (&["probe", "--json", "--what"][..], "probe".into()),
        (&["probe", "--json", "-", "-"], "probe".into()),
        (
            &["probe", "-o", "json", "--timeout", "never", "x"],
            "probe".into(),
        ),
        (&["--json", "--what"], Value::Null),
    ] {
        let document = world.rpctl(args).json();
        assert_eq!(document["exit_code"], 2, "{document:#}");
        assert_eq!(document["command"], command, "{document:#}");
        assert_eq!(document["error"]["kind"], "usage", "{document:#}");
    }
}
