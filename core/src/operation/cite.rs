//! Which rule of a function says what every function's page says.

use crate::call::Call;
use crate::rule;
use crate::rules::Rule;

/// A handle with no session gives 6.
pub(super) const fn unknown_session(call: &Call) -> Rule {
    match call {
        Call::Start { .. } | Call::Join { .. } => rule!("RM-LIFE-01"),
        Call::Register { .. } => rule!("RM-REG-08"),
        Call::GetList { .. } => rule!("RM-LIST-13"),
        Call::Shutdown { .. } => rule!("RM-SHUT-10"),
        Call::Restart { .. } => rule!("RM-RST-09"),
        Call::AddFilter { .. } | Call::RemoveFilter { .. } | Call::GetFilterList { .. } => {
            rule!("RM-FILT-25")
        }
        Call::Cancel { .. } => rule!("RM-CANCEL-09"),
        Call::End { .. } => rule!("RM-END-02"),
    }
}

/// Only the primary installer may make the call.
pub(super) const fn primary_only(call: &Call) -> Option<Rule> {
    match call {
        Call::GetList { .. } => Some(rule!("RM-LIST-34")),
        Call::Shutdown { .. } => Some(rule!("RM-SHUT-56")),
        Call::Restart { .. } => Some(rule!("RM-RST-32")),
        Call::AddFilter { .. } => Some(rule!("RM-FILT-01")),
        Call::RemoveFilter { .. } => Some(rule!("RM-FILT-02")),
        Call::GetFilterList { .. } => Some(rule!("RM-FILT-03")),
        Call::Cancel { .. } => Some(rule!("RM-CANCEL-01")),
        Call::Start { .. } | Call::Join { .. } | Call::Register { .. } | Call::End { .. } => None,
    }
}

/// Faults of the environment give 121, 29 or 14.
pub(super) const fn environment(call: &Call) -> Rule {
    match call {
        Call::Start { .. } => rule!("RM-START-18"),
        Call::Join { .. } => rule!("RM-JOIN-15"),
        Call::Register { .. } => rule!("RM-REG-21"),
        Call::GetList { .. } => rule!("RM-LIST-18"),
        Call::Shutdown { .. } => rule!("RM-SHUT-11"),
        Call::Restart { .. } => rule!("RM-RST-10"),
        // The filter functions ask nothing of the world; what could fail would be unlisted.
        Call::AddFilter { .. } | Call::RemoveFilter { .. } | Call::GetFilterList { .. } => {
            rule!("RM-LIFE-04")
        }
        Call::Cancel { .. } => rule!("RM-CANCEL-10"),
        Call::End { .. } => rule!("RM-END-12"),
    }
}

/// A look at the users of files that is denied gives 5, which no table has for this.
pub(super) const fn denied(call: &Call) -> Rule {
    match call {
        Call::Shutdown { .. } => rule!("RM-SHUT-52"),
        _ => rule!("RM-LIFE-04"),
    }
}

/// A cancelled operation gives 1223.
pub(super) const fn cancelled(call: &Call) -> Rule {
    match call {
        Call::GetList { .. } => rule!("RM-LIST-17"),
        Call::Restart { .. } => rule!("RM-RST-08"),
        _ => rule!("RM-SHUT-09"),
    }
}
