//! Stands in for the invariants in the tests of `rmsim spec`; it is read and never compiled.

/// RM-CANCEL-05, RM-CANCEL-06: an invariant.
pub fn only_a_cancelled_operation_reports_so(played: &Played) -> Holds {
    helps(played)
}

/// RM-CANCEL-07: no invariant.
fn helps(played: &Played) -> Holds {
    Ok(())
}
