//! From a manifest that names no daemon to the identity
//! beside it.

mod found;
mod limits;
mod refused;
mod scene;
