//! The recipes of `docs/recipes.md`, run as they stand.

mod start;

const RECIPES: &str = include_str!("../../../docs/recipes.md");
