//! Situations from the field, each rebuilt with real processes, users, clocks, mounts and
//! namespaces.

mod container;
mod containers;
mod evidence;
mod families;
mod homes;
mod images;
mod scarcity;
mod standstill;
mod threads;
