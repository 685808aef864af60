//! The scripts, as shellcheck(1) reads them.

use super::RECIPES;
use crate::support::{Run, World, is_installed};

#[test]
fn shellcheck_finds_nothing_wrong_with_the_scripts() {
    if !is_installed("shellcheck") {
        return;
    }
    let world = World::new();
    let scripts = RECIPES.split("```sh\n").skip(1);
    let scripts: Vec<&str> = scripts
        .map(|text| text.split("```").next().unwrap())
        .collect();
    assert!(scripts.len() >= 6, "{scripts:?}");
    for script in scripts {
        std::fs::write(world.path("script"), script).unwrap();
        let mut command = world.command("shellcheck");
        // The caller defines what the last one uses.
        command.args(["--shell", "sh", "--exclude", "SC2154", "script"]);
        let run = Run::of(&mut command);
        assert_eq!(run.code, Some(0), "{}", run.text());
    }
}
