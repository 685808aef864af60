//! The snippets of `docs/continuous-integration.md` are run as they stand, or
//! checked by the programs that own their syntax; if possible, both.

mod docker;
mod fixture;
mod kubernetes;
mod pipelines;
mod snippet;
mod systemd;
