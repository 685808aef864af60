//! The snippets of the page.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::{Run, World, block, python_env};

const PAGE: &str = include_str!("../../../docs/continuous-integration.md");

/// The one snippet of a language that has these words.
#[track_caller]
pub(super) fn snippet(language: &str, words: &str) -> &'static str {
    block(PAGE, language, words)
}

/// A YAML file, and what is in it, by a parser that others wrote; `None` without the
/// Python environment.
pub(super) fn yaml(world: &World, name: &str, text: &str) -> Option<Value> {
    std::fs::write(world.path(name), text).unwrap();
    let python = python_env()?.join("bin/python");
    let script = "import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)";
    let mut child = Command::new(python)
        .args(["-c", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(text.as_bytes()).unwrap();
    drop(stdin);
    let run = Run::end_of(child);
    assert_eq!(run.code, Some(0), "{run:?}");
    Some(run.json())
}

/// Assert that a program of the Python environment finds nothing wrong.
#[track_caller]
pub(super) fn assert_accepted(world: &World, checker: &str, args: &[&str]) {
    let Some(env) = python_env() else { return };
    let mut command = world.command(env.join("bin").join(checker));
    let run = Run::of(command.args(args));
    assert_eq!(run.code, Some(0), "{run:?}");
}

/// The strings of a list.
pub(super) fn strings(list: &Value) -> Vec<&str> {
    let list = list.as_array().unwrap().iter();
    list.map(|value| value.as_str().unwrap()).collect()
}
