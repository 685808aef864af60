//! Processes that are not, or not quite, what a record says: upgraded, renamed,
//! contained, another user's, replaced.

mod handed;
mod handed_on;
mod namespaces;
mod other_systems;
mod paths;
mod recycled;
mod scarcity;
mod states;
mod upgrades;
mod users;

pub(crate) use handed_on::keep_descriptors;
