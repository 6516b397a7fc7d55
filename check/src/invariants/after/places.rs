//! Places whose owners are dead can be taken.

use rm_core::store::Record;
use rm_core::{Call, Identity, Installer, Out, Scope};

use super::{Calm, call, comes_to, over, whichever_way};
use crate::played::Played;

/// RM-START-09, RM-START-10, RM-START-11, OQ-23: a place is usable once its owner is dead: when all installers
/// have died, another has room for 64 sessions, whatever they left; and not for one more. What they left may
/// still take places (OQ-23.place a, OQ-12 a), what is torn too (OQ-109.start a), or be in the way of all (OQ-109.start c).
///
/// # Errors
/// When a start fails that should not, or the other way round.
pub fn places_of_the_dead_are_usable(played: &Played) -> Result<(), String> {
    whichever_way(over(played), |calm| are_usable(played, calm))
}

fn are_usable(played: &Played, calm: &mut Calm) -> Result<(), String> {
    let installers: Vec<_> = calm.machine.installers().keys().copied().collect();
    for process in &installers {
        calm.end(*process);
    }
    // It is of the same program as one of those: any will do.
    let Some(one) = played.made.first().map(|made| played.transcript.names.base_of(made.who.process)) else {
        return Ok(());
    };
    let Some(program) = calm.machine.world.cast().find(&one) else { return Ok(()) };
    let late = calm.spawn(program);
    calm.machine.add(Installer::new(Identity::new(late)));
    let start = || Call::Start { handle: Out::Given, flags: 0, key: Out::Given };
    let lasts = |record: &Record| match record.is_whole() {
        true => played.is_answered("OQ-23.place", 'a'),
        false => played.is_answered("OQ-109.start", 'a'),
    };
    // Of other users and terminal sessions it sees nothing.
    let scope = if played.is_answered("OQ-13", 'b') { Scope::User } else { Scope::TsSession };
    let realm = calm.machine.world.realm(late, scope);
    let left = calm.machine.world.registry.keys.iter().filter(|(place, _)| place.realm == realm);
    let left: Vec<_> = left.map(|(_, record)| record.clone()).collect();
    if left.iter().any(|record| !record.is_whole()) && played.is_answered("OQ-109.start", 'c') {
        return comes_to(&call(calm, late, start())?, &[29], "a start beside a torn key");
    }
    let joined = |record: &Record| match played.is_answered("OQ-12", 'a') {
        true => record.joined().len(),
        false => 0,
    };
    let lasting = left.iter().filter(|record| lasts(record));
    let room = 64_usize.saturating_sub(lasting.map(|record| 1 + joined(record)).sum());
    for nth in 1..=room {
        comes_to(&call(calm, late, start())?, &[0], &format!("start {nth}"))?;
    }
    comes_to(&call(calm, late, start())?, &[353], "one more start")
}
