//! The programs of `docs/other-languages.md`, in Python, Go and Node.

mod programs;
mod records;
mod refusals;
