//! Counts, in tests, the entries of the machine that are looked at: processes, programs, files.

#[cfg(test)]
use std::cell::Cell;

#[cfg(test)]
thread_local! {
    static TOUCHED: Cell<usize> = const { Cell::new(0) };
}

/// An entry of the machine is looked at.
#[cfg_attr(not(test), expect(clippy::missing_const_for_fn, reason = "it counts in tests"))]
pub(super) fn touch() {
    #[cfg(test)]
    TOUCHED.set(TOUCHED.get() + 1);
}

#[cfg(test)]
mod tests {
    use super::TOUCHED;
    use crate::crowd::Crowd;

    #[test]
    fn a_list_looks_at_as_many_entries_on_a_machine_of_any_size() {
        let touched = [1_000, 10_000, 100_000].map(|processes| {
            let mut crowd = Crowd::new(processes);
            TOUCHED.set(0);
            let reply = crowd.list();
            let rm_core::Output::List(list) = &reply.output else { unreachable!("{reply:?}") };
            assert_eq!(list.needed, 10);
            TOUCHED.get()
        });
        let [small, middle, large] = touched;
        assert!(small > 100 && small == middle && middle == large, "{touched:?}");
    }
}
