//! When and where results are made.

use jiff::Timestamp;
use rpctl::__private;

use crate::render::{Origin, units};

/// Returns the origin of a result that is made now.
pub(super) fn origin() -> Origin {
    Origin {
        time: now(),
        hostname: __private::hostname(),
    }
}

/// Returns the present time.
pub(super) fn now() -> Timestamp {
    units::timestamp(__private::unix_now_ms()).unwrap_or_default()
}
