//! Which applications gave cause for the result of a whole call. The plan judges; this tells of whom.

use alloc::vec::Vec;

use super::View;
use super::plan::{blocks, giving};
use crate::application::Affected;
use crate::library::Session;
use crate::reboot::RebootReasons;
use crate::refusal::Refusal;
use crate::reply::Cause;
use crate::rules::Citation;

/// Who gives which of the reboot reasons: one cause for each bit.
pub(super) fn of_reasons(affected: &[Affected], session: Option<&Session>, view: &View<'_>) -> Vec<Cause> {
    let each = |(one, given): (&Affected, RebootReasons)| {
        let id = one.id();
        let bits = RebootReasons::RULES.into_iter().filter(move |(bit, _)| given.0 & bit.0 != 0);
        bits.map(move |(reason, rule)| Cause { id: id.clone(), reason, because: Citation::Rule(rule) })
    };
    giving(affected, session, view).flat_map(each).collect()
}

/// Who keeps a shutdown from doing anything, when an application does.
pub(super) fn of(refusal: Refusal, affected: &[Affected], session: &Session, view: &View<'_>) -> Vec<Cause> {
    match refusal {
        Refusal::RebootNeeded(_) => of_reasons(affected, Some(session), view),
        Refusal::NotRegistered => {
            let cause = |one: &Affected| {
                let because = blocks(one, session, view)?;
                Some(Cause { id: one.id(), reason: RebootReasons::NONE, because })
            };
            affected.iter().filter_map(cause).collect()
        }
        _ => Vec::new(),
    }
}
