//! The invariants: what holds of every run, each with the rule it comes from.
//!
//! Those of moments look at a machine between two moves; those of stories at what calls did.

use std::collections::{BTreeMap, BTreeSet};

use rm_core::store::{Data, ValueName};
use rm_core::{AppStatus, Call, Class, Effect, Message, Outcome, Role, ShutdownFlags, UniqueProcess};
use rm_sim::machine::Machine;
use rm_sim::world::Mutex;

use crate::play::{Made, Played, role};

type Holds = Result<(), String>;

fn holds(condition: bool, otherwise: impl FnOnce() -> String) -> Holds {
    if condition { Ok(()) } else { Err(otherwise()) }
}

/// RM-LIFE-06: whoever holds the mutex has a call in flight that will give it back.
pub fn the_mutex_is_held_only_by_a_call_in_flight(machine: &Machine) -> Holds {
    match machine.world.registry.mutex {
        Mutex::Held(owner) => holds(machine.in_flight().any(|who| who == owner), || {
            format!("{owner:?} holds the mutex and makes no call")
        }),
        Mutex::Free | Mutex::Abandoned => Ok(()),
    }
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

/// RM-SHUT-29, RM-SHUT-48: after a refusal an unforced shutdown asks nobody else and ends nobody.
pub fn a_refused_unforced_query_stops_nobody(played: &Played) -> Holds {
    for (made, _) in shutdowns(played).filter(|(_, flags)| !flags.force()) {
        let refused = made.did.iter().position(|(_, outcome)| *outcome == Outcome::Refused);
        let Some(refused) = refused else { continue };
        let class_began = made.did[..refused].iter().all(|(effect, _)| !ends_something(effect));
        let nobody_after = made.did[refused + 1..].iter().all(|(effect, _)| {
            !ends_something(effect) && !matches!(effect, Effect::Send(_, Message::QueryEndSession, _))
        });
        // Explorer is asked when the other classes have been stopped already.
        let explorer = class_of_last_asked(played, &made.did[..=refused]) == Some(Class::Explorer);
        holds((class_began || explorer) && nobody_after, || format!("{made:#?}"))?;
    }
    Ok(())
}

/// RM-SHUT-26: classes are stopped in order, and one is done before the next begins.
pub fn classes_are_stopped_in_order(played: &Played) -> Holds {
    for (made, _) in shutdowns(played) {
        let touched = made.did.iter().filter_map(|(effect, _)| touched(effect));
        let classes: Vec<_> = touched.filter_map(|process| class(played, process)).collect();
        holds(classes.is_sorted(), || format!("{classes:?} in {made:#?}"))?;
    }
    Ok(())
}

/// RM-SHUT-27: nobody with a window is told to end before everybody of the class was asked.
pub fn everybody_is_asked_before_anybody_is_told(played: &Played) -> Holds {
    for (made, _) in shutdowns(played) {
        let mut told = BTreeSet::new();
        for (effect, _) in &made.did {
            let Effect::Send(process, message, _) = effect else { continue };
            let class = class(played, *process);
            match message {
                Message::QueryEndSession => {
                    holds(!told.contains(&class), || format!("{process:?} is asked late in {made:#?}"))?;
                }
                Message::EndSession => {
                    told.insert(class);
                }
                Message::StaySession | Message::Close => {}
            }
        }
    }
    Ok(())
}

/// RM-SHUT-41, RM-SHUT-24, RM-SHUT-25, RM-TYPE-17: the critical, the foreign, what may not be
/// stopped and the installer itself are never touched.
pub fn nothing_critical_or_foreign_is_touched(played: &Played) -> Holds {
    for made in &played.made {
        for process in made.did.iter().filter_map(|(effect, _)| touched(effect)) {
            let program = played.program(process);
            let allowed = program.is_some_and(|program| {
                program.permitted
                    && program.about.app_type != rm_core::AppType::Critical
                    && program.about.ts_session == 1
            });
            holds(allowed && process != made.who.process, || format!("{process:?} is touched by {made:#?}"))?;
        }
    }
    Ok(())
}

/// RM-SHUT-12, RM-SHUT-30: nobody is ended by force unless force was asked for.
pub fn only_force_terminates(played: &Played) -> Holds {
    for (made, flags) in shutdowns(played) {
        let terminated = made.did.iter().any(|(effect, _)| matches!(effect, Effect::Terminate(_)));
        holds(flags.force() || !terminated, || format!("{made:#?}"))?;
    }
    Ok(())
}

/// RM-RST-24: a restart starts only what a shutdown of the same session stopped, and each once.
pub fn a_restart_starts_only_what_its_session_stopped(played: &Played) -> Holds {
    let mut stopped: BTreeMap<_, BTreeSet<UniqueProcess>> = BTreeMap::new();
    for (at, made) in played.events() {
        let session = (made.who.process, made.call.session());
        match at {
            Effect::Settle(settlements) if matches!(made.call, Call::Shutdown { .. }) => {
                let sealed = settlements.iter().filter(|settled| settled.status.contains(AppStatus::STOPPED));
                stopped.entry(session).or_default().extend(sealed.map(|settled| settled.process));
            }
            Effect::Launch(launch) => {
                let process = launch.application.process;
                let known = stopped.get_mut(&session).is_some_and(|known| known.remove(&process));
                holds(known, || format!("{process:?} is started by {made:#?}"))?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// RM-RST-03, RM-RST-20, RM-RST-28: what is started had registered, and not against updates.
pub fn a_restart_starts_only_what_may_be_started(played: &Played) -> Holds {
    for made in &played.made {
        for (effect, _) in &made.did {
            let Effect::Launch(launch) = effect else { continue };
            let about = &launch.application.about;
            let registered = about.restart.as_ref().is_some_and(|settings| settings.flags & 4 == 0);
            let explorer = about.app_type == rm_core::AppType::Explorer;
            holds(registered || explorer, || format!("{about:?} is started"))?;
        }
    }
    Ok(())
}

/// RM-RST-02: 776 before any shutdown through the handle, and never after one.
pub fn restart_is_out_of_sequence_exactly_before_a_shutdown(played: &Played) -> Holds {
    for made in played.made.iter().filter(|made| matches!(made.call, Call::Restart { .. })) {
        let (Some(opened), Some(reply)) = (played.opened_by(made), &made.reply) else { continue };
        if role(opened) == Role::Secondary || !played.is_alone(made) {
            continue;
        }
        let shut_down = shutdowns(played).any(|(shutdown, _)| {
            shutdown.who.process == made.who.process
                && shutdown.call.session() == made.call.session()
                && opened.span.1 < shutdown.span.0
                && shutdown.span.1 < made.span.0
                && !shutdown.did.is_empty()
        });
        holds((reply.code.0 == 776) != shut_down, || format!("shut down: {shut_down}, {made:#?}"))?;
    }
    Ok(())
}

/// RM-END-03: no handle answers after its end.
pub fn no_handle_answers_after_its_end(played: &Played) -> Holds {
    for made in &played.made {
        let Some(reply) = &made.reply else { continue };
        if made.call.session().is_some() && played.opened_by(made).is_none() && played.is_alone(made) {
            holds(reply.code.0 == 6, || format!("{made:#?}"))?;
        }
    }
    Ok(())
}

/// RM-JOIN-14, RM-SHUT-56, RM-RST-32, RM-CANCEL-01: a secondary may register and leave, nothing else.
pub fn a_secondary_registers_and_leaves_and_nothing_else(played: &Played) -> Holds {
    for made in &played.made {
        let (Some(opened), Some(reply)) = (played.opened_by(made), &made.reply) else { continue };
        if role(opened) == Role::Secondary && played.is_alone(made) {
            let allowed = matches!(made.call, Call::Register { .. } | Call::End { .. });
            holds(allowed != (reply.code.0 == 1219), || format!("{made:#?}"))?;
        }
    }
    Ok(())
}

/// RM-JOIN-02, RM-JOIN-12: a join succeeds only with the key of a session whose owner runs.
pub fn a_join_needs_the_key_of_a_live_session(played: &Played) -> Holds {
    for made in &played.made {
        let (Call::Join { key: Some(key), .. }, Some(reply)) = (&made.call, &made.reply) else { continue };
        let started = played.made.iter().find(|other| match &other.reply {
            Some(rm_core::Reply { output: rm_core::Output::Started(_, handed), .. }) => handed.text() == *key,
            _ => false,
        });
        let ended = started.is_some_and(|started| {
            played.made.iter().any(|other| {
                matches!(other.call, Call::End { .. })
                    && other.reply.as_ref().is_some_and(|reply| reply.code.0 == 0)
                    && other.span.1 < made.span.0
                    && played.opened_by(other).is_some_and(|opened| opened.span == started.span)
            })
        });
        let lives = started.is_some() && !ended;
        holds(lives || reply.code.0 == 1219, || format!("{made:#?}"))?;
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

/// RM-CB-02, RM-CB-03, RM-CB-07: progress lies within 0 to 100 and strictly increases.
pub fn progress_strictly_increases(played: &Played) -> Holds {
    for made in &played.made {
        let reported = made.did.iter().filter_map(|(effect, _)| match effect {
            Effect::Report(percent) => Some(*percent),
            _ => None,
        });
        let reported: Vec<_> = reported.collect();
        let increases = reported.windows(2).all(|pair| pair[0] < pair[1]);
        holds(increases && reported.iter().all(|percent| *percent <= 100), || format!("{reported:?}"))?;
    }
    Ok(())
}

/// RM-LIST-05, RM-LIST-06, RM-LIST-08: 234 exactly when there is not room for all.
pub fn a_list_is_234_exactly_when_it_does_not_fit(played: &Played) -> Holds {
    for made in &played.made {
        let (Call::GetList { capacity: Some(capacity), .. }, Some(reply)) = (&made.call, &made.reply) else {
            continue;
        };
        let rm_core::Output::List(list) = &reply.output else { continue };
        let fits = list.needed <= *capacity;
        let filled = if fits { list.needed } else { 0 };
        holds(
            (reply.code.0 == 0) == fits
                && (reply.code.0 == 234) != fits
                && u32::try_from(list.entries.len()) == Ok(filled),
            || format!("{made:#?}"),
        )?;
    }
    Ok(())
}

/// RM-SHUT-08, RM-LIST-29: Stopped, StoppedOther, Restarted and both errors, once shown, stay until
/// the session's next shutdown.
pub fn what_the_list_has_shown_stays_until_the_next_shutdown(played: &Played) -> Holds {
    const HISTORY: u32 = 0x2 | 0x4 | 0x8 | 0x10 | 0x20;
    let mut shown: BTreeMap<(UniqueProcess, _), Vec<(rm_core::Name, u32)>> = BTreeMap::new();
    let mut ordered: Vec<_> = played.made.iter().collect();
    ordered.sort_by_key(|made| made.span.1);
    for made in ordered {
        let session = (made.who.process, made.call.session());
        let in_shutdown = shutdowns(played).any(|(other, _)| {
            (other.who.process, other.call.session()) == session
                && other.span.0 < made.span.1
                && made.span.0 < other.span.1
        });
        if matches!(made.call, Call::Shutdown { .. } | Call::End { .. }) || in_shutdown {
            shown.remove(&session);
            continue;
        }
        let Some(rm_core::Reply { code: rm_core::ErrorCode(0), output: rm_core::Output::List(list), .. }) =
            &made.reply
        else {
            continue;
        };
        let now: Vec<_> =
            list.entries.iter().map(|entry| (entry.app_name.clone(), entry.status.0 & HISTORY)).collect();
        for (app, bits) in shown.get(&session).into_iter().flatten() {
            let kept = *bits == 0 || now.iter().any(|(name, status)| name == app && status & bits == *bits);
            // A failed restart may show without Stopped, a restarted application gets a new entry.
            holds(kept, || format!("{app:?} had shown {bits:#x}, now {now:?} in {made:#?}"))?;
        }
        shown.insert(session, now);
    }
    Ok(())
}

/// RM-CANCEL-05, RM-CANCEL-06: 1223 only for an operation that somebody asked to cancel.
pub fn only_a_cancelled_operation_reports_so(played: &Played) -> Holds {
    for made in
        played.made.iter().filter(|made| made.reply.as_ref().is_some_and(|reply| reply.code.0 == 1223))
    {
        let asked = played.made.iter().any(|other| {
            let interrupts =
                other.did.iter().any(|(effect, _)| *effect == Effect::Interrupt(made.who.thread));
            interrupts && other.who.process == made.who.process && other.span.0 < made.span.1
        });
        holds(asked, || format!("{made:#?}"))?;
    }
    Ok(())
}

fn shutdowns(played: &Played) -> impl Iterator<Item = (&Made, ShutdownFlags)> {
    played.made.iter().filter_map(|made| match made.call {
        Call::Shutdown { flags, .. } => Some((made, flags)),
        _ => None,
    })
}

/// Whether the effect makes an application end.
const fn ends_something(effect: &Effect) -> bool {
    matches!(
        effect,
        Effect::Send(_, Message::EndSession | Message::Close, _)
            | Effect::ControlEvent(_)
            | Effect::Terminate(_)
    )
}

/// The process that an effect does something to.
const fn touched(effect: &Effect) -> Option<UniqueProcess> {
    match effect {
        Effect::Send(process, ..) | Effect::ControlEvent(process) | Effect::Terminate(process) => {
            Some(*process)
        }
        _ => None,
    }
}

fn class(played: &Played, process: UniqueProcess) -> Option<Class> {
    played.program(process).map(|program| program.about.app_type.class())
}

fn class_of_last_asked(played: &Played, did: &[(Effect, Outcome)]) -> Option<Class> {
    did.iter().rev().find_map(|(effect, _)| touched(effect)).and_then(|process| class(played, process))
}
