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

/// Assert that output conforms, if it is a document of the interface at all.
#[track_caller]
pub(crate) fn assert_conforms(stdout: &[u8]) {
    let Ok(document) = serde_json::from_slice::<Value>(stdout) else {
        return;
    };
    if document.get("schema_version").is_none() {
        return;
    }
    let faults: Vec<String> = VALIDATOR
        .iter_errors(&document)
        .map(|fault| format!("{}: {fault}", fault.instance_path()))
        .collect();
    assert!(faults.is_empty(), "{faults:#?}\n{document:#}");
}
