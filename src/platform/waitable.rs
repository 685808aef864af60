//! Handles of the system that can be waited for: file descriptors on Unix, handles on
//! Windows.

#[cfg(unix)]
pub(crate) use std::os::fd::{AsFd as AsWaitable, BorrowedFd as Waitable};
#[cfg(windows)]
pub(crate) use std::os::windows::io::{AsHandle as AsWaitable, BorrowedHandle as Waitable};

/// Returns the handle of `source`.
#[cfg(unix)]
pub(crate) fn waitable(source: &impl AsWaitable) -> Waitable<'_> {
    source.as_fd()
}

/// Returns the handle of `source`.
#[cfg(windows)]
pub(crate) fn waitable(source: &impl AsWaitable) -> Waitable<'_> {
    source.as_handle()
}

/// Implements [`AsWaitable`] for a type by an expression that gives the handle of a
/// reference to it.
macro_rules! impl_as_waitable {
    ($(#[$doc:meta])* $type:ty, $value:ident => $handle:expr) => {
        impl $crate::platform::AsWaitable for $type {
            $(#[$doc])*
            #[cfg(unix)]
            fn as_fd(&self) -> $crate::platform::Waitable<'_> {
                let $value = self;
                $handle
            }

            $(#[$doc])*
            #[cfg(windows)]
            fn as_handle(&self) -> $crate::platform::Waitable<'_> {
                let $value = self;
                $handle
            }
        }
    };
}
pub(crate) use impl_as_waitable;
