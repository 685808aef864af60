//! What the parts of a probe cost. Whole processes, next to the established client,
//! are compared by `tests/interop/compare`.
//!
//! `cargo bench` measures everything, `cargo bench -- WORD` what has this word in its
//! name; `cargo bench --profile dev -- --test` runs everything once, to see that it
//! works. Every daemon is a real process.

#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

mod build;
mod daemons;
mod parts;
mod probe;
mod recorded;
mod registries;
mod registry;
mod setting;

criterion::criterion_group!(
    benches,
    probe::all,
    recorded::all,
    registry::all,
    registry::stale,
    parts::all
);
criterion::criterion_main!(benches);
