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
    assert_names!(Format, "/$defs/record_format/enum");
    assert_names!(KeepReason, "/$defs/kept_record/properties/why/examples");
}

/// Generators name types by the titles or by the keys of the definitions.
#[test]
fn every_type_of_the_schema_has_its_key_as_its_title() {
    let definitions = SCHEMA["$defs"].as_object().unwrap();
    for (key, definition) in definitions {
        let is_type = |key: &&str| definition.get(key).is_some();
        if ["properties", "enum", "examples"].iter().any(is_type) {
            let words = key.split('_');
            let title: String = words
                .map(|word| word[..1].to_uppercase() + &word[1..])
                .collect();
            assert_eq!(definition["title"], title, "{key}");
        }
        // A type inside another one would have no name but a made-up one.
        for (name, property) in definitions_in(definition) {
            let inner = property.get("items").unwrap_or(property);
            assert!(inner.get("properties").is_none(), "{key}: {name}");
            assert!(inner.get("enum").is_none(), "{key}: {name}");
        }
    }
    for branch in SCHEMA["anyOf"].as_array().unwrap() {
        let key = branch["$ref"]
            .as_str()
            .unwrap()
            .strip_prefix("#/$defs/")
            .unwrap();
        let commands = &definitions[key]["properties"]["command"];
        let is_of_one = commands["const"].is_string() && key.ends_with("_document");
        assert!(is_of_one || key == "error_document", "{key}");
    }
}

fn definitions_in(definition: &Value) -> impl Iterator<Item = (&String, &Value)> {
    definition["properties"].as_object().into_iter().flatten()
}

/// Everything that a reader may rely on comes first, and in this order.
#[test]
fn every_document_begins_with_the_same_keys_in_order() {
    const KEYS: [&str; 6] = [
        "schema_version",
        "command",
        "exit_code",
        "time",
        "rpctl_version",
        "hostname",
    ];
    let world = World::new();
    let daemon = Daemon::start(&world);
    let record = daemon.record().to_str().unwrap();
    let listed = world.rpctl(["list", "--json"]);
    let gone = world.path("none");
    for run in [
        world.probe(daemon.record()),
        world.rpctl(["probe", "--json", record, record]),
        world.rpctl(["probe", "-o", "ndjson", record]),
        listed,
        world.rpctl(["inspect-manifest", "--json", record]),
        world.rpctl(["inspect-manifest", "--json", gone.to_str().unwrap()]),
        world.rpctl(["prune", "--json"]),
        world.rpctl(["shutdown", "--json", record]),
    ] {
        // A parsed document has its keys in the order of the text.
        let places: Vec<_> = KEYS
            .iter()
            .map(|key| run.text().find(&format!("\"{key}\"")))
            .collect();
        assert!(places.iter().all(Option::is_some), "{run:?}");
        assert!(places.is_sorted(), "{run:?}");
        let document = run.json();
        assert_eq!(document["rpctl_version"], env!("CARGO_PKG_VERSION"));
        let hostname = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
        assert_eq!(document["hostname"], hostname.trim());
        let time: jiff::Timestamp = document["time"].as_str().unwrap().parse().unwrap();
        let age = jiff::Timestamp::now().duration_since(time).unsigned_abs();
        assert!(age < std::time::Duration::from_mins(5), "{document:#}");
    }
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
