//! From a manifest that names no daemon to the identity
//! beside it.

mod found;
mod refused;
mod scene;
