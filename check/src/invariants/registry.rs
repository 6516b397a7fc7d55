//! What the registry looks like between calls, how it is used, and who notices when it is damaged.

use std::collections::{BTreeMap, BTreeSet};

use rm_core::store::{Data, Phase, Record, ResourceKind, SlotEntry, ValueName};
use rm_core::{Call, Effect, Outcome, Role, Slot};
use rm_sim::world::Mutex;

use super::{Holds, Moment, holds};
use crate::played::{Made, Played, is_answered, role};

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
/// it has open, and there are never more than 64. Only what a failed start could not take back stays over, or
/// what it does not take back (OQ-107.session b); and what is torn may be taken over (OQ-109.start b).
pub fn the_registry_has_one_key_for_each_open_session(moment: &Moment<'_>) -> Holds {
    let keys = &moment.machine.world.registry.keys;
    // Each user session has 64 of its own (RM-START-09).
    let realms: BTreeSet<_> = keys.keys().map(|place| &place.realm).collect();
    for realm in realms {
        let of_realm = keys.keys().filter(|place| place.realm == *realm).count();
        holds(of_realm <= 64, || format!("{of_realm} keys of {realm:?}"))?;
    }
    let undone = moment.failed.contains(&"DeleteSession");
    let half_way = is_answered(moment.rules, "OQ-107.session", 'b') && !moment.failed.is_empty();
    let taken_over = is_answered(moment.rules, "OQ-109.start", 'b');
    for (process, installer) in
        moment.machine.installers().iter().filter(|(_, installer)| installer.tasks().is_empty())
    {
        let owned = || keys.values().filter(|record| record.owner() == Some(*process));
        let sessions = owned().filter(|record| record.session_hash().is_some()).count();
        let roles = installer.library().sessions.values().map(|session| session.seat.role);
        let open = roles.filter(|role| *role == Role::Primary).count();
        let is_so =
            sessions == open || ((half_way || undone) && sessions > open) || (taken_over && sessions < open);
        holds(is_so, || format!("{process:?} has {open} sessions open and {sessions} keys"))?;
        let left = owned().count() - sessions;
        holds(undone || half_way || left == 0, || format!("{process:?} has left {left} keys behind"))?;
    }
    Ok(())
}

/// OQ-107, RM-REG-03: between calls a key is whole, unless somebody died, or one call failed twice: in its
/// work and in taking it back. Where it takes nothing back (OQ-107.register b, OQ-107.session b), one failure
/// is enough.
pub fn the_registry_is_whole_unless_a_writer_died(moment: &Moment<'_>) -> Holds {
    if moment.machine.in_flight().next().is_some() {
        return Ok(());
    }
    let failures = moment.failed.iter().filter(|name| matches!(**name, "WriteValue" | "DeleteValue"));
    let nobody_died = moment.machine.installers().len() == moment.installers;
    let remains = |id| is_answered(moment.rules, id, 'b');
    let enough = if remains("OQ-107.register") || remains("OQ-107.session") { 1 } else { 2 };
    if !nobody_died || failures.count() >= enough {
        return Ok(());
    }
    for (slot, record) in &moment.machine.world.registry.keys {
        holds(record.is_whole(), || format!("{slot} is damaged"))?;
    }
    Ok(())
}

/// RM-LIFE-05, OQ-109.use: whoever reads a damaged key does not report success, unless it goes on with what is
/// sound (OQ-109.use d) or repairs the key (OQ-109.repair b).
pub fn a_damaged_key_is_noticed(played: &Played) -> Holds {
    for made in &played.made {
        let damaged = made.did.iter().any(|(_, outcome)| match outcome {
            Outcome::Session(Some(record)) => !record.is_whole(),
            _ => false,
        });
        let leaves = matches!(made.call, Call::End { .. });
        let repairs = matches!(made.call, Call::Register { .. }) && played.is_answered("OQ-109.repair", 'b');
        let goes_on = repairs || played.is_answered("OQ-109.use", 'd');
        holds(!damaged || leaves || goes_on || made.code() != Some(0), || format!("{made:?}"))?;
    }
    Ok(())
}

/// RM-REG-09: what one registration writes is covered by the hash it writes; but a group that is torn stays so
/// when a registration goes on (OQ-109.use d).
pub fn every_group_written_is_followed_by_its_hash(played: &Played) -> Holds {
    for made in played.made.iter().filter(|made| made.code() == Some(0)) {
        let mut open = BTreeSet::new();
        let mut torn = BTreeSet::new();
        for (effect, outcome) in &made.did {
            if let Outcome::Session(Some(record)) = outcome {
                torn.extend(ResourceKind::ALL.into_iter().filter(|kind| !record.is_sound(*kind)));
            }
            match effect {
                Effect::WriteValue(_, ValueName::Group(kind, _), Data::Strings(_)) => {
                    open.insert(*kind);
                }
                Effect::WriteValue(_, ValueName::GroupsHash(kind), Data::Hash(_)) => {
                    open.remove(kind);
                }
                Effect::Unlock => {
                    let goes_on = played.is_answered("OQ-109.use", 'd');
                    let covered = open.iter().all(|kind| goes_on && torn.contains(kind));
                    holds(covered, || format!("{made:?}"))?;
                }
                _ => {}
            }
        }
    }
    Ok(())
}

/// RM-LIFE-06, RM-SHUT-11: the registry is read and written only by whoever holds the mutex, and nobody does
/// anything else meanwhile that could last. The phase is no part of it: a single value without a hash, which
/// the model keeps where OQ-19 and OQ-25 make others need it; and a list may read without the mutex (OQ-111 b).
pub fn the_registry_is_used_under_the_mutex(played: &Played) -> Holds {
    for made in &played.made {
        let mut held = false;
        for (effect, outcome) in &made.did {
            let of_registry =
                effect.is_of_registry() && !matches!(effect, Effect::WriteValue(_, ValueName::Phase, _));
            let list = matches!(made.call, Call::GetList { .. }) && played.is_answered("OQ-111", 'b');
            let quick = matches!(effect, Effect::NewKey | Effect::AreAlive(_) | Effect::Unlock);
            holds(!of_registry || held || list, || format!("{effect:?} without the mutex in {made:?}"))?;
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

/// Whether a call is made through a joined handle whose session is over, as its place is another's now, and
/// that is not minded (OQ-20.handles b, OQ-20.register d).
fn outlived_its_session(played: &Played, made: &Made) -> bool {
    let Some(opened) = played.opened_by(made) else { return false };
    let is_its_place = |slot: &Slot| {
        made.did.iter().any(|(effect, _)| matches!(effect, Effect::ReadSession(read) if read == slot))
    };
    let taken = played.events().any(|(at, effect, _, _)| {
        let of_place = matches!(effect,
            Effect::WriteValue(slot, ValueName::SessionHash, _) if is_its_place(slot));
        of_place && opened.span.1 < at && at < made.span.1
    });
    taken
        && role(opened) == Role::Secondary
        && played.is_answered("OQ-20.handles", 'b')
        && played.is_answered("OQ-20.register", 'd')
}

/// RM-REG-03, OQ-107: a registration that fails has changed nothing, unless taking it back failed too or is not
/// tried (OQ-107.register b), or only what was refused is left out (OQ-30); one that succeeds has added what it
/// was given, unless it came too late (OQ-25 b), or through a handle that outlived its session (OQ-20.register d).
pub fn a_registration_is_all_or_nothing(played: &Played) -> Holds {
    for made in &played.made {
        let (Call::Register { files, processes, services, .. }, Some(code)) = (&made.call, made.code())
        else {
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
                    now.values_mut().insert(*name, data.clone());
                }
                (Effect::DeleteValue(_, name), Outcome::Done) => drop(now.values_mut().remove(name)),
                (Effect::WriteValue(..) | Effect::DeleteValue(..), Outcome::Failed(_)) => failures += 1,
                _ => {}
            }
        }
        let Some(before) = before else { continue };
        if code != 0 {
            let enough = if played.is_answered("OQ-107.register", 'b') { 1 } else { 2 };
            let no_worse = now.is_whole() || !before.is_whole();
            let some = failures == 0 && !played.is_answered("OQ-30", 'a') && no_worse;
            holds(some || failures >= enough || now == before, || format!("{made:?}"))?;
            continue;
        }
        let without_effect = match before.phase() {
            Phase::Open => false,
            Phase::Operation => played.is_answered("OQ-25.during", 'b'),
            Phase::ShutDown => played.is_answered("OQ-25.shutdown", 'b'),
            Phase::Restarted => played.is_answered("OQ-25.restart", 'b'),
        };
        if without_effect || outlived_its_session(played, made) {
            holds(now == before, || format!("{made:?}"))?;
            continue;
        }
        let has = |name: &rm_core::Name| now.strings(ResourceKind::Files).any(|known| known == name);
        let named = files.elements().iter().flatten().filter(|name| !name.is_empty());
        let served = |name: &rm_core::Name| now.strings(ResourceKind::Services).any(|known| known == name);
        let all = named.clone().all(has)
            && services.elements().iter().flatten().filter(|name| !name.is_empty()).all(served)
            && processes.elements().iter().all(|process| now.processes().contains(process));
        // OQ-109.use d: what was torn may stay so.
        holds(all && (now.is_whole() || !before.is_whole()), || format!("{made:?}"))?;
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

/// RM-START-10, RM-START-11, RM-END-01: 353 only when all 64 places are taken: by owners that run, and by what
/// is answered to take one as well, which is joined handles (OQ-12), what the dead leave (OQ-23.place) and what
/// is torn (OQ-109.start).
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
        let takes = |entry: &&SlotEntry| match entry.whole {
            true if played.is_answered("OQ-23.place", 'a') => true,
            true => entry.owner.is_some_and(|owner| alive.contains(&owner.into())),
            false => !played.is_answered("OQ-109.start", 'b'),
        };
        let here = slots.iter().filter(|entry| !entry.elsewhere).filter(takes);
        let joined = |entry: &SlotEntry| match played.is_answered("OQ-12", 'a') {
            true => entry.joined.len(),
            false => 0,
        };
        here.map(|entry| 1 + joined(entry)).sum::<usize>()
    };
    for made in played.made.iter().filter(|made| made.code().is_some()) {
        let starts = matches!(made.call, Call::Start { .. });
        holds(!starts || made.code() != Some(353) || taken(made) >= 64, || format!("{made:?}"))?;
        let opens = starts && made.code() == Some(0);
        holds(!opens || taken(made) < 64, || format!("{made:?}"))?;
    }
    Ok(())
}
