//! What a restart starts, and when it may.

use std::collections::{BTreeMap, BTreeSet};

use rm_core::{AppStatus, Call, Effect, Outcome, Role, UniqueProcess};

use super::{Holds, holds, shutdowns};
use crate::play::{Played, role};

/// RM-RST-24: a restart starts only what a shutdown of the same session stopped, and each once.
pub fn a_restart_starts_only_what_its_session_stopped(played: &Played) -> Holds {
    let mut stopped: BTreeMap<_, BTreeSet<UniqueProcess>> = BTreeMap::new();
    for (_, effect, outcome, made) in played.events() {
        let session = (made.who.process, made.call.session());
        match effect {
            Effect::Settle(settlements) if matches!(made.call, Call::Shutdown { .. }) => {
                let sealed = settlements.iter().filter(|settled| settled.status.contains(AppStatus::STOPPED));
                stopped.entry(session).or_default().extend(sealed.filter_map(|settled| settled.id.process()));
            }
            Effect::Launch(launch) => {
                let process = launch.application.process;
                let known = stopped.entry(session).or_default();
                let was_stopped = known.contains(&process);
                // What could not be started may be tried again after another shutdown (OQ-46).
                if matches!(outcome, Outcome::Launched(_)) {
                    known.remove(&process);
                }
                holds(was_stopped, || format!("{process:?} is started by {made:#?}"))?;
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
            let registered =
                launch.application.restart.as_ref().is_some_and(|settings| settings.flags & 4 == 0);
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
                && opened.span.0 < shutdown.span.0
                && shutdown.span.1 < made.span.0
                && !shutdown.did.is_empty()
        });
        holds((reply.code.0 == 776) != shut_down, || format!("shut down: {shut_down}, {made:#?}"))?;
    }
    Ok(())
}
