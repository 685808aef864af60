//! Endpoints that do not answer as they should: each fails one check, with a
//! reason and a detail of its own, and costs no more than the budget.

mod answers;
mod budget;
mod case;
mod closing;
mod fields;
mod files;
mod leaks;
mod schedules;
mod silence;

pub(crate) use leaks::probe_in_vain;
