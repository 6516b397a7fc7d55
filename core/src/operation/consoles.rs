//! Processes that share a console with what is affected: whether the list has them too.

use alloc::vec::Vec;

use super::refresh::Refreshed;
use crate::application::{Affected, AppId};
use crate::effect::Effect;
use crate::rules::{Citation, Rules, latitude::answers};

answers! {
    /// Which of the processes on a console are listed if only some use registered resources.
    Listed = "OQ-115.list" { Users, Everybody }
}

/// The look at who else is on the consoles of what is affected, if that is needed and not done yet.
pub(super) fn look(found: &Refreshed, is_done: bool, rules: &Rules) -> Option<Effect> {
    let mut consoles: Vec<_> = found.affected.iter().filter_map(|one| one.about.console).collect();
    if is_done || consoles.is_empty() || rules.ask::<Listed>() == Listed::Users {
        return None;
    }
    consoles.sort_unstable();
    consoles.dedup();
    Some(Effect::Attached(consoles.into()))
}

/// Adds them to what is affected: processes in order, services after them.
pub(super) fn add(found: &mut Refreshed, attached: Vec<Affected>) {
    for one in attached {
        found.others_alive.retain(|other| *other != one.id());
        if found.affected.iter().all(|known| known.id() != one.id()) {
            found.on_console.push(one.id());
            found.affected.push(one);
        }
    }
    found.affected.sort_by_key(|one| (one.is_service(), (!one.is_service()).then_some(one.process)));
}

/// What has something listed only for its console, if that is so.
pub(super) fn why_listed(found: &Refreshed, id: &AppId) -> Option<Citation> {
    found.on_console.contains(id).then(|| Citation::answer(Listed::Everybody))
}
