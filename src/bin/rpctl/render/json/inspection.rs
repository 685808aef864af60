//! The document with a record and its faults.

use rpctl::Target;
use rpctl::record::Finding;
use serde::Serialize;

use super::text::SCHEMA_VERSION;
use crate::render::inspection::{Fields, Inspection};

#[derive(Serialize)]
struct InspectionDocument<'a> {
    schema_version: u32,
    command: &'static str,
    exit_code: u8,
    summary: &'a str,
    hints: &'a [String],
    target: &'a Target,
    size_bytes: u64,
    findings: &'a [Finding],
    manifest: &'a Fields<'a>,
}

pub(in crate::render) fn inspection(inspection: &Inspection<'_>) -> impl Serialize {
    InspectionDocument {
        schema_version: SCHEMA_VERSION,
        command: "inspect-manifest",
        exit_code: inspection.code.number(),
        summary: &inspection.summary,
        hints: &inspection.hints,
        target: &inspection.target,
        size_bytes: inspection.size_bytes,
        findings: inspection.findings,
        manifest: &inspection.fields,
    }
}
