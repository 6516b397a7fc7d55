//! What a restart starts, in which order, and when it may.

use std::collections::{BTreeMap, BTreeSet};

use rm_core::rules::Citation;
use rm_core::{AppId, AppStatus, Call, Class, Effect, Outcome, Role};

use super::{Holds, holds, shutdowns, started};
use crate::played::{Played, role};

/// RM-RST-24, RM-CANCEL-12: a restart starts only what a shutdown of the same session stopped, and each once;
/// what is found to run already it has not started.
pub fn a_restart_starts_only_what_its_session_stopped(played: &Played) -> Holds {
    let mut stopped: BTreeMap<_, BTreeSet<AppId>> = BTreeMap::new();
    for (_, effect, outcome, made) in played.events() {
        let session = (made.who.process, made.call.session());
        match effect {
            Effect::ReleaseHandle(_) => drop(stopped.remove(&session)),
            Effect::Settle(settlements) if matches!(made.call, Call::Shutdown { .. }) => {
                let sealed = settlements.iter().filter(|settled| settled.status.contains(AppStatus::STOPPED));
                stopped.entry(session).or_default().extend(sealed.map(|settled| settled.id.clone()));
            }
            effect => {
                let Some(one) = started(effect) else { continue };
                let known = stopped.entry(session).or_default();
                let late = played.is_answered("OQ-117.restart", 'a');
                let was_stopped = known.contains(&one) || late;
                // What could not be started may be tried again after another shutdown (OQ-46).
                let once_more = played.is_answered("OQ-71", 'd');
                if matches!(outcome, Outcome::Launched(_)) && !once_more {
                    known.remove(&one);
                }
                holds(was_stopped, || format!("{one:?} is started by {made:?}"))?;
            }
        }
    }
    Ok(())
}

/// RM-RST-03, RM-RST-20, RM-RST-22, RM-RST-28: what is started had registered, and not against updates; it
/// gets the arguments that it registered.
pub fn a_restart_starts_only_what_may_be_started(played: &Played) -> Holds {
    for made in &played.made {
        for (effect, _) in &made.did {
            let Effect::Launch(launch) = effect else { continue };
            let about = &launch.application.about;
            let registered = launch.application.restart.as_ref().filter(|settings| settings.allows_update());
            let explorer =
                about.app_type == rm_core::AppType::Explorer && launch.application.restart.is_none();
            let told = registered.is_some_and(|settings| settings.command_line == launch.command_line);
            holds(told || explorer, || format!("{launch:?} is started"))?;
        }
    }
    Ok(())
}

/// RM-RST-06, RM-RST-16: Explorer is started first, then services, then console applications, each in a
/// console of its own, then those with windows.
pub fn classes_are_started_the_other_way_round(played: &Played) -> Holds {
    // By OQ-66.restart b it is the order of the exits that counts, over all shutdowns.
    let by_class = !played.is_answered("OQ-66.restart", 'b');
    for made in &played.made {
        let class = |effect: &Effect| match effect {
            Effect::Launch(launch) => Some(launch.application.about.app_type.class()),
            Effect::StartService(..) => Some(Class::Service),
            _ => None,
        };
        let classes: Vec<_> = made.did.iter().filter_map(|(effect, _)| class(effect)).collect();
        holds(!by_class || classes.iter().rev().is_sorted(), || format!("{classes:?} in {made:?}"))?;
        for (effect, _) in &made.did {
            let Effect::Launch(launch) = effect else { continue };
            let console = launch.application.about.app_type == rm_core::AppType::Console;
            holds(launch.new_console == console, || format!("{launch:?}"))?;
        }
    }
    Ok(())
}

/// RM-RST-02, RM-RST-17: 776 before any shutdown through the handle, and never after one.
pub fn restart_is_out_of_sequence_exactly_before_a_shutdown(played: &Played) -> Holds {
    for made in played.made.iter().filter(|made| matches!(made.call, Call::Restart { .. })) {
        let (Some(opened), Some(code)) = (played.opened_by(made), made.code()) else { continue };
        if role(opened) == Role::Secondary || !played.is_alone(made) {
            continue;
        }
        let by_answer = |reply: &rm_core::Reply| matches!(reply.because, Some(Citation::Latitude(..)));
        if made.reply.as_ref().is_some_and(by_answer) {
            continue; // OQ-70, OQ-82.sequence
        }
        let shut_down = shutdowns(played).any(|(shutdown, _)| {
            shutdown.who.process == made.who.process
                && shutdown.span.1 < made.span.0
                && !shutdown.did.is_empty()
                && shutdown.call.session() == made.call.session()
                // The handle may have stood for another session then.
                && played.opened_by(shutdown).is_some_and(|by| by.span == opened.span)
        });
        holds((code == 776) != shut_down, || format!("shut down: {shut_down}, {made:?}"))?;
    }
    Ok(())
}
