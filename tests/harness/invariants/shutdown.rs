//! Whom a shutdown asks, tells and ends, and in which order.

use std::collections::BTreeSet;

use rm_core::{Class, Effect, Message, Outcome, UniqueProcess};

use super::{Holds, holds, shutdowns};
use crate::play::Played;

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
