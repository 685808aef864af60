//! The published schema, to which every document must conform.

use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::Value;

/// `src/report.schema.json`.
pub(crate) static SCHEMA: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../src/report.schema.json")).unwrap()
});

static VALIDATOR: LazyLock<Validator> =
    LazyLock::new(|| jsonschema::validator_for(&SCHEMA).unwrap());

/// Assert that the documents in an output conform, those of the interface that it
/// has.
#[track_caller]
pub(crate) fn assert_conforms(stdout: &[u8]) {
    let documents = serde_json::Deserializer::from_slice(stdout).into_iter::<Value>();
    for document in documents.map_while(Result::ok) {
        if document.get("schema_version").is_none() {
            continue;
        }
        let faults: Vec<String> = VALIDATOR
            .iter_errors(&document)
            .map(|fault| format!("{}: {fault}", fault.instance_path()))
            .collect();
        assert!(faults.is_empty(), "{faults:#?}\n{document:#}");
    }
}
