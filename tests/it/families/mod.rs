//! What is left of a daemon of several processes after it was stopped, and how all of it is.

mod ended;
mod fixture;
mod hidden;
mod refused;
mod restarted;
mod served;
mod tree;
