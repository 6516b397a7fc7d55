//! What stays stopped is named.

use rm_core::{AppStatus, Application, Entry, Output, Role, UniqueProcess};

use super::{Calm, call, list, whichever_way_it_ends};
use crate::played::Played;

/// RM-LIST-35, RM-SHUT-44: whatever went wrong, what a session has stopped and nobody has started again is named
/// by its list, and as stopped, as long as its key is whole.
///
/// # Errors
/// When the list passes over it, or shows it otherwise.
pub fn what_stays_stopped_is_named(played: &Played) -> Result<(), String> {
    whichever_way_it_ends(played, |calm| {
        let installers: Vec<_> = calm.machine.installers().keys().copied().collect();
        installers.into_iter().try_for_each(|process| is_named_by(process, calm))
    })
}

/// The same of the sessions of one installer.
fn is_named_by(process: UniqueProcess, calm: &mut Calm) -> Result<(), String> {
    let Some(installer) = calm.machine.installer(process) else { return Ok(()) };
    let sessions: Vec<_> = installer.library().sessions.iter().map(|(at, one)| (*at, one.clone())).collect();
    for (session, known) in sessions.into_iter().filter(|(_, one)| one.seat.role == Role::Primary) {
        let is_down = |one: &&Application| one.is_stopped() && !calm.machine.world.is_running(&one.id());
        let down: Vec<_> = known.applications.iter().filter(is_down).cloned().collect();
        let listed = call(calm, process, list(session))?;
        // A list that fails is held against `sessions_stay_usable`.
        let Output::List(listed) = listed.output else { continue };
        let is_stopped = |entry: &Entry| entry.status.contains(AppStatus::STOPPED);
        let names = |one: &Application| {
            listed.entries.iter().find(|entry| entry.id() == one.id()).is_some_and(is_stopped)
        };
        if let Some(one) = down.iter().find(|one| !names(one)) {
            return Err(format!("{:?} stays stopped, and {listed:?} does not say so", one.id()));
        }
    }
    Ok(())
}
