//! What the registry looks like between calls, how it is used, and who notices when it is damaged.

use std::collections::{BTreeMap, BTreeSet};

use rm_core::store::{Data, Record, ResourceKind, ValueName};
use rm_core::{Call, Effect, Outcome, Role};
use rm_sim::fault::Struck;
use rm_sim::transcript::Event;
use rm_sim::world::Mutex;

use super::{Holds, holds};
use crate::play::Moment;
use crate::played::{Made, Played};

/// RM-LIFE-06: whoever holds the mutex has a call in flight that will give it back.
pub fn the_mutex_is_held_only_by_a_call_in_flight(moment: &Moment<'_>) -> Holds {
    for mutex in moment.machine.world.registry.mutexes.values() {
        if let Mutex::Held(owner) = mutex {
            holds(moment.machine.in_flight().any(|who| who == *owner), || {
                format!("{owner:?} holds the mutex and makes no call")
            })?;
        }
    }
    Ok(())
}

/// RM-START-09, RM-START-11, RM-START-19, RM-END-01: between calls a live owner has one key for each session
/// it has open, and there are never more than 64. Only what a failed start could not take back stays over.
pub fn the_registry_has_one_key_for_each_open_session(moment: &Moment<'_>) -> Holds {
    let keys = &moment.machine.world.registry.keys;
    holds(keys.len() <= 64, || format!("{} keys", keys.len()))?;
    let undone = moment.transcript.lines.iter().any(|line| {
        matches!(&line.event, Event::Struck(Struck::Failed(effect, _)) if effect.name() == "DeleteSession")
    });
    for (process, installer) in
        moment.machine.installers().iter().filter(|(_, installer)| installer.tasks().is_empty())
    {
        let owned = || keys.values().filter(|record| record.owner() == Some(*process));
        let sessions = owned().filter(|record| record.session_hash().is_some()).count();
        let primary = |session: &&rm_core::Session| session.seat.role == Role::Primary;
        let open = installer.library().sessions.values().filter(primary).count();
        holds(sessions == open, || format!("{process:?} has {open} sessions open and {sessions} keys"))?;
        let left = owned().count() - sessions;
        holds(undone || left == 0, || format!("{process:?} has left {left} keys behind"))?;
    }
    Ok(())
}

/// OQ-107, RM-REG-03: between calls a key is whole, unless somebody died, or one call failed twice: in its
/// work and in taking it back.
pub fn the_registry_is_whole_unless_a_writer_died(moment: &Moment<'_>) -> Holds {
    if moment.machine.in_flight().next().is_some() {
        return Ok(());
    }
    let failures = moment.transcript.lines.iter().filter(|line| {
        matches!(
            &line.event,
            Event::Struck(Struck::Failed(Effect::WriteValue(..) | Effect::DeleteValue(..), _))
        )
    });
    let nobody_died = moment.machine.installers().len() == usize::from(crate::case::INSTALLERS);
    if !nobody_died || failures.count() >= 2 {
        return Ok(());
    }
    for (slot, record) in &moment.machine.world.registry.keys {
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
        let leaves = matches!(made.call, Call::End { .. });
        holds(!damaged || leaves || made.code() != Some(0), || format!("{made:?}"))?;
    }
    Ok(())
}

/// RM-REG-09: what one registration writes is covered by the hash it writes.
pub fn every_group_written_is_followed_by_its_hash(played: &Played) -> Holds {
    for made in played.made.iter().filter(|made| made.code() == Some(0)) {
        let mut open = BTreeSet::new();
        for (effect, _) in &made.did {
            match effect {
                Effect::WriteValue(_, ValueName::Group(kind, _), Data::Strings(_)) => {
                    open.insert(*kind);
                }
                Effect::WriteValue(_, ValueName::GroupsHash(kind), Data::Hash(_)) => {
                    open.remove(kind);
                }
                Effect::Unlock => holds(open.is_empty(), || format!("{made:?}"))?,
                _ => {}
            }
        }
    }
    Ok(())
}

/// RM-LIFE-06, RM-SHUT-11: the registry is read and written only by whoever holds the mutex, and nobody does
/// anything else meanwhile that could last.
pub fn the_registry_is_used_under_the_mutex(played: &Played) -> Holds {
    for made in &played.made {
        let mut held = false;
        for (effect, outcome) in &made.did {
            let of_registry = matches!(
                effect,
                Effect::ReadRoot(_)
                    | Effect::ReadSession(_)
                    | Effect::WriteValue(..)
                    | Effect::DeleteValue(..)
                    | Effect::DeleteSession(_)
            );
            let quick = matches!(effect, Effect::NewKey | Effect::AreAlive(_) | Effect::Unlock);
            holds(!of_registry || held, || format!("{effect:?} without the mutex in {made:?}"))?;
            holds(!held || of_registry || quick, || format!("{effect:?} under the mutex in {made:?}"))?;
            match effect {
                Effect::Lock(..) => held = matches!(outcome, Outcome::Held | Outcome::Abandoned),
                Effect::Unlock => held = false,
                _ => {}
            }
        }
        holds(!held || made.reply.is_none(), || format!("the mutex is not given back by {made:?}"))?;
    }
    Ok(())
}

/// RM-REG-03, OQ-107: a registration that fails has changed nothing, unless taking it back failed too; one that
/// succeeds has added what it was given.
pub fn a_registration_is_all_or_nothing(played: &Played) -> Holds {
    for made in &played.made {
        let (Call::Register { files, processes, .. }, Some(code)) = (&made.call, made.code()) else {
            continue;
        };
        let mut before = None;
        let mut now = Record::default();
        let mut failures = 0;
        for (effect, outcome) in &made.did {
            match (effect, outcome) {
                (Effect::ReadSession(_), Outcome::Session(Some(record))) => {
                    before = Some(record.clone());
                    now = record.clone();
                }
                (Effect::WriteValue(_, name, data), Outcome::Done) => {
                    now.values.insert(*name, data.clone());
                }
                (Effect::DeleteValue(_, name), Outcome::Done) => drop(now.values.remove(name)),
                (Effect::WriteValue(..) | Effect::DeleteValue(..), Outcome::Failed(_)) => failures += 1,
                _ => {}
            }
        }
        let Some(before) = before else { continue };
        if code != 0 {
            holds(failures > 1 || now == before, || format!("{made:?}"))?;
            continue;
        }
        let has = |name: &rm_core::Name| now.strings(ResourceKind::Files).any(|known| known == name);
        let named = files.elements().iter().flatten().filter(|name| !name.is_empty());
        let all = named.clone().all(has)
            && processes.elements().iter().all(|process| now.processes().contains(process));
        holds(all && now.is_whole(), || format!("{made:?}"))?;
    }
    Ok(())
}

/// RM-REG-10, RM-REG-11, RM-END-07, RM-CANCEL-14: what is registered stays as long as the session: whoever
/// reads its key later finds all that was found before.
pub fn what_is_registered_stays(played: &Played) -> Holds {
    let mut found: BTreeMap<_, Record> = BTreeMap::new();
    for (_, _, outcome, made) in played.events() {
        let Outcome::Session(Some(record)) = outcome else { continue };
        let Some(hash) = record.session_hash() else { continue };
        if let Some(earlier) = found.get(&hash).filter(|earlier| earlier.is_whole()) {
            for kind in ResourceKind::ALL {
                let before: Vec<_> = earlier.strings(kind).collect();
                let now: Vec<_> = record.strings(kind).collect();
                holds(now.starts_with(&before), || format!("{before:?} is {now:?} in {made:?}"))?;
            }
        }
        found.insert(hash, record.clone());
    }
    Ok(())
}

/// RM-START-10, RM-START-11, RM-END-01: 353 only when all 64 places are taken by owners that run.
pub fn a_start_is_refused_only_when_all_places_are_taken(played: &Played) -> Holds {
    let taken = |made: &Made| {
        let slots = made.did.iter().find_map(|(_, outcome)| match outcome {
            Outcome::Slots(slots) => Some(slots.as_slice()),
            _ => None,
        });
        let alive = made.did.iter().find_map(|(_, outcome)| match outcome {
            Outcome::Alive(alive) => Some(alive.as_slice()),
            _ => None,
        });
        let (slots, alive) = (slots.unwrap_or_default(), alive.unwrap_or_default());
        slots.iter().filter(|entry| entry.owner.is_some_and(|owner| alive.contains(&owner.into()))).count()
    };
    for made in played.made.iter().filter(|made| made.code().is_some()) {
        holds(made.code() != Some(353) || taken(made) == 64, || format!("{made:?}"))?;
        let opens = matches!(made.call, Call::Start { .. }) && made.code() == Some(0);
        holds(!opens || taken(made) < 64, || format!("{made:?}"))?;
    }
    Ok(())
}
