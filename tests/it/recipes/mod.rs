//! The recipes of `docs/recipes.md`, run as they stand.

mod ci_job;
mod contained;
mod entrypoint;
mod lint;
mod once;
mod start;
mod systemd;

const RECIPES: &str = include_str!("../../../docs/recipes.md");
