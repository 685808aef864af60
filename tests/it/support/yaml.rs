//! YAML of the documentation, as parsers and checkers of others see it.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::{Run, World, python_env};

/// A YAML file, and what is in it, by a parser that others wrote; `None` without the
/// Python environment.
pub(crate) fn yaml(world: &World, name: &str, text: &str) -> Option<Value> {
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
pub(crate) fn assert_accepted(world: &World, checker: &str, args: &[&str]) {
    let Some(env) = python_env() else { return };
    let mut command = world.command(env.join("bin").join(checker));
    let run = Run::of(command.args(args));
    assert_eq!(run.code, Some(0), "{run:?}");
}

/// The strings of a list.
pub(crate) fn strings(list: &Value) -> Vec<&str> {
    let list = list.as_array().unwrap().iter();
    list.map(|value| value.as_str().unwrap()).collect()
}
