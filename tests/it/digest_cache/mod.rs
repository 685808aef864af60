//! Digests kept from one run to the next, and those who would abuse them.

mod attacks;
mod fixture;
mod kept;

pub(crate) use fixture::settle;
