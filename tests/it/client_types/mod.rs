//! Types that other languages generate from the schema, by the commands of
//! `docs/output.md`: they read what the program prints.

mod documents;

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use self::documents::documents;
use crate::support::{Run, World, block, is_installed, python_env, skipped};

const PAGE: &str = include_str!("../../../docs/output.md");

/// Writes the schema and a document of every branch, and generates `report.LANGUAGE` with the
/// programs in `path`.
fn generated(language: &str, path: &OsStr) -> World {
    let world = World::new();
    let schema = include_str!("../../../src/report.schema.json");
    std::fs::write(world.path("report.schema.json"), schema).unwrap();
    std::fs::create_dir(world.path("documents")).unwrap();
    for (number, (branch, document)) in documents().iter().enumerate() {
        let file = world.path(&format!("documents/{branch}.{number}.json"));
        std::fs::write(file, document).unwrap();
    }
    let commands = block(PAGE, "sh", &format!("report.{language}"));
    run(&world, path, commands);
    world
}

/// Runs the commands of a shell, which must succeed.
#[track_caller]
fn run(world: &World, path: &OsStr, commands: &str) -> String {
    let mut command = world.command("sh");
    command.args(["-ec", commands]).env("PATH", path);
    let run = Run::of(&mut command);
    assert_eq!(run.code, Some(0), "{run:?}");
    run.text().to_owned()
}

/// Returns PATH with the programs of a directory before the others.
fn path_with(directory: PathBuf) -> OsString {
    let rest = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths([directory].into_iter().chain(std::env::split_paths(&rest))).unwrap()
}

/// Returns the PATH with what npm has installed; says so if there is nothing.
fn node_path() -> Option<OsString> {
    let directory = std::env::var_os("RPCTL_TEST_NODE_MODULES");
    if directory.is_none() {
        skipped("RPCTL_TEST_NODE_MODULES is not set");
    }
    Some(path_with(PathBuf::from(directory?).join(".bin")))
}

/// Asserts that the program has read every document.
#[track_caller]
fn assert_all_read(world: &World, said: &str) {
    let all = std::fs::read_dir(world.path("documents")).unwrap().count();
    assert_eq!(said.lines().count(), all, "{said}");
}

#[test]
fn types_of_python_read_every_document() {
    let Some(directory) = python_env() else {
        return;
    };
    let path = path_with(directory.join("bin"));
    if !directory.join("bin/datamodel-codegen").is_file() {
        return skipped("datamodel-code-generator is not installed");
    }
    let world = generated("py", &path);
    std::fs::write(world.path("read.py"), include_str!("read.py")).unwrap();
    let said = run(&world, &path, "python read.py documents/*");
    assert_all_read(&world, &said);
}

#[test]
fn types_of_typescript_compile_and_read_every_document() {
    let Some(path) = node_path().filter(|_| is_installed("node")) else {
        return;
    };
    let world = generated("ts", &path);
    std::fs::write(world.path("read.ts"), include_str!("read.ts")).unwrap();
    std::fs::write(world.path("main.mjs"), include_str!("main.mjs")).unwrap();
    std::fs::write(world.path("package.json"), "{\"type\": \"module\"}").unwrap();
    let compile = "tsc --strict --target es2022 --module nodenext --types '' read.ts";
    let said = run(
        &world,
        &path,
        &format!("{compile}; node main.mjs documents/*"),
    );
    assert_all_read(&world, &said);
}

#[test]
fn types_of_go_compile_and_read_every_document() {
    let Some(path) = node_path().filter(|_| is_installed("go")) else {
        return;
    };
    let world = generated("go", &path);
    std::fs::create_dir(world.path("report")).unwrap();
    std::fs::rename(world.path("report.go"), world.path("report/report.go")).unwrap();
    std::fs::write(world.path("main.go"), include_str!("main.go")).unwrap();
    std::fs::write(world.path("go.mod"), "module example\n\ngo 1.19\n").unwrap();
    let said = run(
        &world,
        &path,
        "go vet ./...; go build -o main .; ./main documents/*",
    );
    assert_all_read(&world, &said);
}
