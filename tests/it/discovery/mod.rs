//! From a manifest that names no daemon to the identity
//! beside it.

mod fixture;
mod found;
mod limits;
mod refused;
