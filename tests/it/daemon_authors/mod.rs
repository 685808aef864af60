//! The daemons of `docs/daemon-authors.md`, in Rust, Python, Go and Node, and the client in
//! `examples/`.

mod answers;
mod authors;
mod client;
mod digests;
mod lifetime;
mod prefork;

pub(crate) use authors::serve_example;
