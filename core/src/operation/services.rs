//! Services in the list: which of them a registered resource affects.

use alloc::vec::Vec;

use super::refresh::Resources;
use crate::application::{Affected, AppId};
use crate::library::Session;
use crate::name::Name;
use crate::outcome::{ServiceQuery, Serving, Tag};
use crate::process::UniqueProcess;

/// The services that are affected.
pub(super) struct Found {
    pub(super) affected: Vec<Affected>,
    /// Those that only have to be stopped along with another one.
    pub(super) dependants: Vec<AppId>,
}

/// Whether the list has to look for services at all.
pub(super) fn are_asked_for(
    described: &[Affected],
    resources: &Resources,
    session: Option<&Session>,
) -> bool {
    !resources.services.is_empty()
        || known(session).next().is_some()
        || described.iter().any(|one| one.about.is_host())
}

/// The services to look for: those of host processes, the registered ones, and those that earlier
/// shutdowns met or lists held.
pub(super) fn query(
    described: &[Affected],
    resources: &Resources,
    session: Option<&Session>,
) -> ServiceQuery {
    ServiceQuery {
        hosts: described.iter().filter(|one| one.about.is_host()).map(|one| one.process).collect(),
        names: resources.services.iter().chain(known(session)).cloned().collect(),
        files: resources.files.clone(),
    }
}

fn known(session: Option<&Session>) -> impl Iterator<Item = &Name> {
    let known = session.map_or(&[][..], |session| &session.applications);
    let listed = session.map_or(&[][..], |session| &session.listed);
    let all = known.iter().map(|known| &known.was).chain(listed);
    all.filter_map(|one| Some(&one.about.service.as_ref()?.name))
}

/// Of the services that were looked for, those that run and are registered (RM-REG-14), use a
/// registered file, live in a registered process, or need one that does (RM-SHUT-39).
pub(super) fn affected(serving: &[Serving], users: &[UniqueProcess], resources: &Resources) -> Found {
    let mut found = Found { affected: Vec::new(), dependants: Vec::new() };
    for one in serving.iter().filter(|one| one.runs()) {
        let in_user = users.binary_search(&one.affected.process).is_ok();
        let is_registered = resources.services.iter().any(|name| one.affected.about.is_called(name));
        let in_registered = resources.processes.contains(&one.affected.process);
        let whole_process = in_user && one.uses == Tag::Failed;
        if is_registered || in_registered || whole_process || (in_user && one.uses == Tag::Uses) {
            found.affected.push(Affected { whole_process, ..one.affected.clone() });
        }
    }
    // Whoever needs an affected service is affected, and whoever needs that one.
    let mut at = 0;
    while let Some(needed) = found.affected.get(at).map(|one| one.about.clone()) {
        for one in serving.iter().filter(|one| one.runs() && needed.is_needed_by(&one.affected.about)) {
            if !found.affected.iter().any(|known| known.about == one.affected.about) {
                found.dependants.push(one.affected.id());
                found.affected.push(one.affected.clone());
            }
        }
        at += 1;
    }
    found
}
