//! Applications that an earlier list held and that ended by themselves before any shutdown (OQ-40).

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::View;
use super::get_list::entry;
use super::refresh::Refreshed;
use super::status::{ExitsUntouched, masks};
use crate::app_status::AppStatus;
use crate::application::Affected;
use crate::library::Session;
use crate::reply::Entry;
use crate::rules::Citation;

/// The entries of those that are gone.
pub(super) fn entries(session: Option<&Session>, found: &Refreshed, view: &View<'_>) -> Vec<Entry> {
    let listed = session.map_or(&[][..], |session| &session.listed);
    let gone = listed.iter().filter(|one| !found.is_running(&one.id()));
    gone.map(|one| {
        let status = AppStatus::STOPPED_OTHER.with(masks(one, AppStatus::UNKNOWN, session, view.rules));
        entry(one, status, Citation::answer(ExitsUntouched::StoppedOther), session, view)
    })
    .collect()
}

/// What a later list has to know of this one, if it has to know more than it does.
pub(super) fn to_remember(
    session: Option<&Session>,
    found: &Refreshed,
    view: &View<'_>,
) -> Option<Arc<[Affected]>> {
    let session = session.filter(|session| session.applications.is_empty() && !session.shutdown_called)?;
    let is_held = |one: &&Affected| session.listed.iter().any(|held| held.id() == one.id());
    let new: Vec<_> = found.affected.iter().filter(|one| !is_held(one)).collect();
    let matters = !new.is_empty() && view.rules.ask::<ExitsUntouched>() == ExitsUntouched::StoppedOther;
    matters.then(|| session.listed.iter().chain(new).cloned().collect())
}
