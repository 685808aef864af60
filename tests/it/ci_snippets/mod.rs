//! What the README says for health checks and CI is run as it stands, or checked by
//! the program that owns its syntax; where that is possible, both.

mod docker;
mod fixture;
mod kubernetes;
mod pipelines;
mod snippet;
mod systemd;
