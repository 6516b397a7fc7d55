//! What the registry looks like between calls, and who notices when it is damaged.

use std::collections::BTreeSet;

use rm_core::store::{Data, ValueName};
use rm_core::{Call, Effect, Outcome, Role};
use rm_sim::Machine;
use rm_sim::world::Mutex;

use super::{Holds, holds};
use crate::play::{Made, Played};

/// RM-LIFE-06: whoever holds the mutex has a call in flight that will give it back.
pub fn the_mutex_is_held_only_by_a_call_in_flight(machine: &Machine) -> Holds {
    for mutex in machine.world.registry.mutexes.values() {
        if let Mutex::Held(owner) = mutex {
            holds(machine.in_flight().any(|who| who == *owner), || {
                format!("{owner:?} holds the mutex and makes no call")
            })?;
        }
    }
    Ok(())
}

/// RM-START-09, RM-END-01: between calls a live owner has one key for each session it has open, and
/// there are never more than 64.
pub fn the_registry_has_one_key_for_each_open_session(machine: &Machine) -> Holds {
    let keys = &machine.world.registry.keys;
    holds(keys.len() <= 64, || format!("{} keys", keys.len()))?;
    for (process, installer) in
        machine.installers().iter().filter(|(_, installer)| installer.tasks().is_empty())
    {
        let owned = keys.values().filter(|record| record.owner() == Some(*process)).count();
        let primary = |session: &&rm_core::Session| session.seat.role == Role::Primary;
        let open = installer.library().sessions.values().filter(primary).count();
        holds(owned == open, || format!("{process:?} has {open} sessions open and {owned} keys"))?;
    }
    Ok(())
}

/// OQ-107: between calls the key of a live session is whole, unless a writer has died.
pub fn the_registry_is_whole_unless_a_writer_died(machine: &Machine) -> Holds {
    let nobody_died = machine.installers().len() == 2;
    if machine.in_flight().next().is_some() || !nobody_died {
        return Ok(());
    }
    for (slot, record) in &machine.world.registry.keys {
        holds(record.is_whole(), || format!("{slot} is damaged"))?;
    }
    Ok(())
}

/// RM-LIFE-05, OQ-109.use: whoever reads a damaged key does not report success.
pub fn a_damaged_key_is_noticed(played: &Played) -> Holds {
    for made in &played.made {
        let damaged = made.did.iter().any(|(_, outcome)| match outcome {
            Outcome::Session(Some(record)) => !record.is_whole(),
            _ => false,
        });
        let noticed = |made: &Made| made.reply.as_ref().is_none_or(|reply| reply.code.0 != 0);
        let leaves = matches!(made.call, Call::End { .. });
        holds(!damaged || leaves || noticed(made), || format!("{made:#?}"))?;
    }
    Ok(())
}

/// RM-REG-09: what one registration writes is covered by the hash it writes.
pub fn every_group_written_is_followed_by_its_hash(played: &Played) -> Holds {
    for made in played.made.iter().filter(|made| made.reply.as_ref().is_some_and(|reply| reply.code.0 == 0)) {
        let mut open = BTreeSet::new();
        for (effect, _) in &made.did {
            match effect {
                Effect::WriteValue(_, ValueName::Group(kind, _), Data::Strings(_)) => {
                    open.insert(*kind);
                }
                Effect::WriteValue(_, ValueName::GroupsHash(kind), Data::Hash(_)) => {
                    open.remove(kind);
                }
                Effect::Unlock => holds(open.is_empty(), || format!("{made:#?}"))?,
                _ => {}
            }
        }
    }
    Ok(())
}
