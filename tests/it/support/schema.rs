//! The published schema, to which every document must conform.

use std::sync::LazyLock;

use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::Value;

/// `src/report.schema.json`.
pub(crate) static SCHEMA: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../src/report.schema.json")).unwrap()
});

static STRICT: LazyLock<Validator> = LazyLock::new(|| Validator::new(strict(SCHEMA.clone())));

/// A schema that documents are held against.
pub(crate) struct Validator {
    schemas: Schemas,
    root: SchemaIndex,
}

impl Validator {
    pub(crate) fn new(schema: Value) -> Self {
        const NAME: &str = "urn:rpctl:report";
        let mut schemas = Schemas::new();
        let mut compiler = Compiler::new();
        compiler.add_resource(NAME, schema).unwrap();
        let root = compiler.compile(NAME, &mut schemas).unwrap();
        Self { schemas, root }
    }

    /// Returns in what a document does not conform; `None` if it does.
    pub(crate) fn fault(&self, document: &Value) -> Option<String> {
        let fault = self.schemas.validate(document, self.root).err()?;
        // The alternate form names the place of each cause.
        Some(format!("{fault:#}"))
    }
}

/// Objects that have the keys in the schema and no other today. Documents, and what is based
/// on another object, have those of several objects.
const CLOSED: [&str; 13] = [
    "command_error",
    "action",
    "exit_status",
    "left_process",
    "standstill",
    "endpoint",
    "target",
    "process",
    "check",
    "finding",
    "spawned_daemon",
    "recorded_daemon",
    "recorded_program",
];
const CLOSED_WITH_BASE: [&str; 3] = [
    "reports/properties/reports/items",
    "pruned_record",
    "kept_record",
];

/// The schema of what the program prints today, and of nothing that later ones
/// may add.
fn strict(mut schema: Value) -> Value {
    fn close_lists(schema: &mut Value) {
        match schema {
            Value::Object(object) => {
                if let Some(values) = object.remove("examples") {
                    object.insert("enum".to_owned(), values);
                }
                object.values_mut().for_each(close_lists);
            }
            Value::Array(items) => items.iter_mut().for_each(close_lists),
            _ => {}
        }
    }
    close_lists(&mut schema);
    let documents = schema.as_object_mut().unwrap().remove("anyOf").unwrap();
    schema["oneOf"] = documents;
    let definitions = &mut schema["$defs"];
    for at in CLOSED {
        definitions[at]["additionalProperties"] = false.into();
    }
    for at in CLOSED_WITH_BASE {
        definitions.pointer_mut(&format!("/{at}")).unwrap()["unevaluatedProperties"] = false.into();
    }
    for (name, definition) in definitions.as_object_mut().unwrap() {
        if name.ends_with("_document") {
            definition["unevaluatedProperties"] = false.into();
        }
    }
    definitions["report"]["properties"]["checks"]["minItems"] = 10.into();
    schema
}

/// Assert that the documents in an output conform, those of the interface that it
/// has.
#[track_caller]
pub(crate) fn assert_conforms(stdout: &[u8]) {
    let documents = serde_json::Deserializer::from_slice(stdout).into_iter::<Value>();
    for document in documents.map_while(Result::ok) {
        if document.get("schema_version").is_none() {
            continue;
        }
        let fault = STRICT.fault(&document).unwrap_or_default();
        assert!(fault.is_empty(), "{fault}\n{document:#}");
    }
}
