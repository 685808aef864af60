//! Probing process records: processes that are looked at, not asked.

mod images;
mod listeners;
mod signals;
mod states;

use std::path::PathBuf;
use std::process::{Child, Command};

use rpctl::process::ProcessRecord;
use serde_json::Value;

use crate::support::{KillOnDrop, World};

/// Starts a child that sleeps until it is killed. It has executed its program.
fn sleeper() -> KillOnDrop {
    KillOnDrop(Command::new("sleep").arg("1000").spawn().unwrap())
}

/// Records a child, in a file.
fn recorded(world: &World, child: &Child) -> PathBuf {
    let record = ProcessRecord::from_child(child).unwrap();
    saved(
        world,
        &record.with_service("sleeper", Some("1.0.0")).unwrap(),
    )
}

fn saved(world: &World, record: &ProcessRecord) -> PathBuf {
    let path = world.path("record.json");
    record.save(&path).unwrap();
    path
}

/// Alters the document of a record.
fn edited(record: &ProcessRecord, edit: impl FnOnce(&mut Value)) -> ProcessRecord {
    let mut document = serde_json::to_value(record).unwrap();
    edit(&mut document);
    serde_json::from_value(document).unwrap()
}

/// Returns the verdict and the reason in a report.
fn verdict(report: &Value) -> (&str, &str) {
    let text = |key: &str| report[key].as_str().unwrap_or_default();
    (text("verdict"), text("reason"))
}
