//! Counts the entries of machines that are looked at: processes, programs, files.

#[cfg(feature = "counted")]
use std::cell::Cell;

#[cfg(feature = "counted")]
thread_local! {
    static TOUCHED: Cell<usize> = const { Cell::new(0) };
}

/// How many entries this thread has looked at so far, of whichever machines (feature `counted`).
#[cfg(feature = "counted")]
#[must_use]
pub fn touched() -> usize {
    TOUCHED.get()
}

/// An entry of the machine is looked at.
#[cfg_attr(
    not(feature = "counted"),
    expect(clippy::missing_const_for_fn, reason = "it counts with the feature `counted`")
)]
pub(super) fn touch() {
    #[cfg(feature = "counted")]
    TOUCHED.set(TOUCHED.get() + 1);
}
