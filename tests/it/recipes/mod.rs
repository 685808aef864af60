//! The recipes of `docs/recipes.md` and the first commands of the README, run as they stand.

mod ci_job;
mod contained;
mod entrypoint;
mod init_script;
mod lint;
mod logrotate;
mod once;
mod readme;
mod start;
mod systemd;

const RECIPES: &str = include_str!("../../../docs/recipes.md");
