//! Whom a shutdown asks, tells and ends, and in which order.

use std::collections::{BTreeMap, BTreeSet};

use rm_core::{AppId, AppStatus, Class, Effect, Message, Outcome, Reach, Role, UniqueProcess};

use super::{Holds, ends_something, holds, shutdowns, touched, touched_app};
use crate::played::{Made, Played};

/// RM-SHUT-29, RM-SHUT-48: after a refusal an unforced shutdown asks nobody else and ends nobody.
pub fn a_refused_unforced_query_stops_nobody(played: &Played) -> Holds {
    for (made, _) in shutdowns(played).filter(|(_, flags)| !flags.force()) {
        // A service is asked only when those with windows have been stopped.
        let is_query = |effect: &Effect| matches!(effect, Effect::Send(_, Message::QueryEndSession, _));
        let refused =
            made.did.iter().position(|(effect, outcome)| is_query(effect) && *outcome == Outcome::Refused);
        let Some(refused) = refused else { continue };
        let nobody_before = made.did[..refused].iter().all(|(effect, _)| !ends_something(effect));
        let nobody_after =
            made.did[refused + 1..].iter().all(|(effect, _)| !ends_something(effect) && !is_query(effect));
        // Explorer is asked when the other classes have been stopped already.
        let explorer = class_of_last_asked(played, &made.did[..=refused]) == Some(Class::Explorer);
        holds((nobody_before || explorer) && nobody_after, || format!("{made:?}"))?;
    }
    Ok(())
}

/// RM-SHUT-26: classes are stopped in order, and one is done before the next begins. For those who come while
/// it stops the others, where they are picked up (OQ-68 b), it begins anew; what has other windows comes last
/// where only force stops it (OQ-65 b).
pub fn classes_are_stopped_in_order(played: &Played) -> Holds {
    for (made, _) in shutdowns(played) {
        for round in rounds(played, made) {
            let touched = round.iter().filter_map(|(effect, _)| touched_app(effect));
            let classes: Vec<_> = touched
                .filter_map(|app| app.process().map_or(Some(Class::Service), |one| class(played, one)))
                .collect();
            holds(classes.is_sorted(), || format!("{classes:?} in {made:?}"))?;
        }
    }
    Ok(())
}

/// RM-SHUT-27: nobody with a window is told to end before everybody of the class was asked; or of those who
/// came meanwhile, where they are picked up (OQ-68 b).
pub fn everybody_is_asked_before_anybody_is_told(played: &Played) -> Holds {
    for (made, round) in shutdowns(played)
        .flat_map(|(made, _)| rounds(played, made).into_iter().map(move |round| (made, round)))
    {
        let mut told = BTreeSet::new();
        for (effect, _) in round {
            let Effect::Send(process, message, _) = effect else { continue };
            let class = class(played, *process);
            match message {
                Message::QueryEndSession => {
                    holds(!told.contains(&class), || format!("{process:?} is asked late in {made:?}"))?;
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

/// RM-SHUT-27, RM-SHUT-31, RM-SHUT-34, RM-SHUT-37, RM-SHUT-38: in one shutdown nothing is done to a program twice, and
/// nobody is ended by force who was not asked politely.
pub fn nothing_is_done_to_a_program_twice(played: &Played) -> Holds {
    for (made, _) in shutdowns(played) {
        let mut done: BTreeMap<UniqueProcess, Vec<&Effect>> = BTreeMap::new();
        let mut hosts = BTreeMap::new();
        for (effect, _) in &made.did {
            hosts.extend(hosts_in(effect));
            // A service is asked in place of its host.
            let of_service = match effect {
                Effect::StopService(name) => hosts.get(&AppId::Service(name.clone())).copied(),
                _ => None,
            };
            let Some(process) = touched(effect).or(of_service) else { continue };
            let before = done.entry(process).or_default();
            holds(!before.contains(&effect), || format!("{effect:?} again in {made:?}"))?;
            let unknown = class(played, process) == Some(Class::Unknown);
            let kills = matches!(effect, Effect::Terminate(_));
            holds(!kills || unknown || !before.is_empty(), || format!("{effect:?} first in {made:?}"))?;
            before.push(effect);
        }
    }
    Ok(())
}

/// RM-SHUT-41, RM-SHUT-24, RM-SHUT-25, RM-TYPE-17: the critical, the foreign, what may not be
/// stopped and the installer itself are never touched. Services are foreign to nobody; a forced shutdown may
/// end one along with another of its host (OQ-62 b).
pub fn nothing_critical_or_foreign_is_touched(played: &Played) -> Holds {
    for made in &played.made {
        let hosts: Vec<_> = made.did.iter().flat_map(|(effect, _)| hosts_in(effect)).collect();
        let may_stop = |id: &AppId| {
            let AppId::Service(name) = id else { return false };
            let cast = played.machine.world.cast();
            let service = cast.find_service(name).and_then(|id| cast.service(id));
            service.is_some_and(|service| {
                service.permitted && service.about.app_type != rm_core::AppType::Critical
            })
        };
        for (effect, _) in &made.did {
            if let Effect::StopService(name) = effect {
                holds(may_stop(&AppId::Service(name.clone())), || format!("{name} is stopped by {made:?}"))?;
            }
        }
        for (effect, process) in made.did.iter().filter_map(|(effect, _)| Some((effect, touched(effect)?))) {
            let mut served = hosts.iter().filter(|(_, host)| *host == process).peekable();
            if served.peek().is_some() {
                let along = played.is_answered("OQ-62", 'b') && matches!(effect, Effect::Terminate(_));
                let may = match along {
                    true => served.any(|(id, _)| may_stop(id)),
                    false => served.all(|(id, _)| may_stop(id)),
                };
                holds(may, || format!("{process:?} is touched by {made:?}"))?;
                continue;
            }
            let here = played.program(made.who.process).map(|installer| installer.about.ts_session);
            let allowed = played.program(process).is_some_and(|program| {
                program.permitted
                    && program.about.app_type != rm_core::AppType::Critical
                    && Some(program.about.ts_session) == here
            });
            holds(allowed && process != made.who.process, || format!("{process:?} is touched by {made:?}"))?;
        }
    }
    Ok(())
}

/// RM-SHUT-53, RM-SHUT-02, RM-REG-11, RM-REG-15: nobody is touched whom the shutdown itself did not find to
/// use a registered file, to be a registered process, or to share a console with one where that counts (OQ-115.list);
/// whoever an earlier one met counts no more.
pub fn nobody_outside_the_list_is_touched(played: &Played) -> Holds {
    for (made, _) in shutdowns(played) {
        let (mut affected, mut services_found) = (BTreeSet::new(), BTreeSet::new());
        for (effect, outcome) in &made.did {
            match (effect, outcome) {
                (_, Outcome::Users(users)) => affected.extend(users.iter().copied()),
                (_, Outcome::Session(Some(record))) => affected.extend(record.processes()),
                (Effect::Attached(_), Outcome::Described(attached)) => {
                    affected.extend(attached.iter().map(|one| one.process));
                }
                (_, Outcome::Services(services)) => {
                    affected.extend(services.iter().map(|serving| serving.affected.process));
                    services_found.extend(services.iter().map(|serving| serving.affected.id()));
                }
                _ => {}
            }
            let Some(app) = touched_app(effect) else { continue };
            let found = match app.process() {
                Some(process) => affected.contains(&process),
                None => services_found.contains(&app),
            };
            holds(found, || format!("{app:?} is touched by {made:?}"))?;
        }
    }
    Ok(())
}

/// RM-SHUT-12, RM-SHUT-30, RM-SHUT-42, RM-SHUT-55: nobody is ended by force unless force was asked for.
pub fn only_force_terminates(played: &Played) -> Holds {
    for (made, flags) in shutdowns(played) {
        let terminated = made.did.iter().any(|(effect, _)| matches!(effect, Effect::Terminate(_)));
        holds(flags.force() || !terminated, || format!("{made:?}"))?;
    }
    Ok(())
}

/// RM-SHUT-17, RM-SHUT-19: with `RmShutdownOnlyRegistered` nobody is touched who would not come back;
/// services are started again by their names.
pub fn only_registered_touches_nobody_who_would_not_come_back(played: &Played) -> Holds {
    for (made, _) in shutdowns(played).filter(|(_, flags)| flags.only_registered()) {
        for process in made.did.iter().filter_map(|(effect, _)| touched(effect)) {
            let comes_back = played.program(process).is_some_and(|program| {
                let by_itself =
                    program.about.app_type == rm_core::AppType::Explorer || program.about.is_host();
                program.restart.as_ref().map_or(by_itself, |settings| settings.allows_update())
            });
            holds(comes_back, || format!("{process:?} is touched by {made:?}"))?;
        }
    }
    Ok(())
}

/// RM-SHUT-44, RM-SHUT-47: who is settled to be stopped, by whomever, is gone.
pub fn who_is_stopped_is_gone(played: &Played) -> Holds {
    for (at, effect, _, made) in played.events() {
        let Effect::Settle(settlements) = effect else { continue };
        let stopped = AppStatus::STOPPED.with(AppStatus::STOPPED_OTHER);
        for settled in settlements.iter().filter(|settled| settled.status.0 & stopped.0 != 0) {
            let id = &settled.id;
            holds(played.was_gone(id, at), || format!("{id:?} runs, says {made:?}"))?;
        }
    }
    Ok(())
}

/// RM-SHUT-44, RM-SHUT-45, OQ-67, OQ-112.asked: who exits before anything reaches it was stopped by something
/// else; who is ended by what was sent to it was stopped by Restart Manager.
pub fn who_exits_by_itself_was_stopped_by_something_else(played: &Played) -> Holds {
    for (made, _) in shutdowns(played) {
        let mut reached: BTreeMap<AppId, bool> = BTreeMap::new();
        let mut hosts = Vec::new();
        // A control event reaches everybody on the console (OQ-115.reach).
        let shared =
            made.did.iter().any(|(effect, _)| matches!(effect, Effect::ControlEvent(_, Reach::Console)));
        for (effect, outcome) in &made.did {
            hosts.extend(hosts_in(effect));
            let ids: Vec<AppId> = match effect {
                Effect::StopService(name) => vec![AppId::Service(name.clone())],
                effect => {
                    let served = |process| {
                        let ids = hosts.iter().filter(move |(_, host)| *host == process);
                        ids.map(|(id, _)| id.clone()).chain([process.into()])
                    };
                    touched(effect).map(served).into_iter().flatten().collect()
                }
            };
            for id in ids {
                let stays = matches!(effect, Effect::Send(_, Message::StaySession, _));
                // A refuser that exits before it is ended has not been stopped either.
                let got_there =
                    !stays && !matches!(outcome, Outcome::Gone | Outcome::Refused | Outcome::Failed(_));
                *reached.entry(id).or_default() |= got_there;
            }
            let Effect::Settle(settlements) = effect else { continue };
            for settled in settlements.iter() {
                let was_reached = reached.get(&settled.id).copied().unwrap_or_default();
                let stopped = settled.status.contains(AppStatus::STOPPED);
                holds(!stopped || was_reached || shared, || format!("{settled:?} in {made:?}"))?;
            }
        }
    }
    Ok(())
}

/// RM-SHUT-28, RM-SHUT-49, RM-CANCEL-13, OQ-56.agreeing, OQ-83: whoever agreed to end is told what came of it
/// before the call returns: to end, or to stay after all.
pub fn nobody_who_agreed_is_left_in_doubt(played: &Played) -> Holds {
    for (made, _) in shutdowns(played).filter(|(made, _)| made.reply.is_some()) {
        let mut in_doubt = BTreeSet::new();
        for (effect, outcome) in &made.did {
            match effect {
                Effect::Send(process, Message::QueryEndSession, _) if *outcome == Outcome::Agreed => {
                    in_doubt.insert(*process);
                }
                Effect::Send(process, Message::EndSession | Message::StaySession, _) => {
                    in_doubt.remove(process);
                }
                _ => {}
            }
        }
        holds(in_doubt.is_empty(), || format!("{in_doubt:?} are left by {made:?}"))?;
    }
    Ok(())
}

/// RM-SHUT-56, RM-SHUT-01: no shutdown through a handle of a secondary touches anybody.
pub fn a_secondary_stops_nobody(played: &Played) -> Holds {
    for (made, _) in shutdowns(played) {
        let secondary =
            played.opened_by(made).is_some_and(|opened| crate::played::role(opened) == Role::Secondary);
        holds(!secondary || made.did.is_empty(), || format!("{made:?}"))?;
    }
    Ok(())
}

/// The services that a call decides on, and the processes they live in.
fn hosts_in(effect: &Effect) -> Vec<(AppId, UniqueProcess)> {
    let Effect::Decide(decisions) = effect else { return Vec::new() };
    let all = decisions.iter().map(|decision| (decision.application.id(), decision.application.process));
    all.filter(|(id, _)| id.process().is_none()).collect()
}

/// RM-SHUT-39, RM-RST-05: whoever needs a service is stopped before it and started after it.
pub fn who_needs_a_service_stops_before_it_and_starts_after_it(played: &Played) -> Holds {
    let cast = played.machine.world.cast();
    let about = |name| cast.find_service(name).and_then(|id| cast.service(id)).map(|one| &one.about);
    for made in &played.made {
        let (mut stopped, mut started) = (Vec::new(), Vec::new());
        for (effect, _) in &made.did {
            let (Effect::StopService(name) | Effect::StartService(name, _)) = effect else { continue };
            let Some(one) = about(name) else { continue };
            let stops = matches!(effect, Effect::StopService(_));
            let late = if stops {
                stopped.iter().any(|earlier: &&_| rm_core::Description::is_needed_by(earlier, one))
            } else {
                started.iter().any(|earlier: &&_| one.is_needed_by(earlier))
            };
            holds(!late, || format!("{name} comes late in {made:?}"))?;
            if stops { stopped.push(one) } else { started.push(one) }
        }
    }
    Ok(())
}

/// What a shutdown does, up to each decision and from it: those whom it picks up when the others are stopped
/// are a round of their own (OQ-68 b). By any other answer there is one round.
fn rounds<'a>(played: &Played, made: &'a Made) -> Vec<&'a [(Effect, Outcome)]> {
    let begins = |(effect, _): &(Effect, Outcome)| matches!(effect, Effect::Decide(_));
    if played.is_answered("OQ-68", 'b') { made.did.split(begins).collect() } else { vec![&made.did] }
}

/// The class with which a process is stopped: what has other windows goes with the unknown where only force
/// stops it (OQ-65 b).
fn class(played: &Played, process: UniqueProcess) -> Option<Class> {
    let app_type = played.program(process)?.about.app_type;
    let by_force = app_type == rm_core::AppType::OtherWindow && played.is_answered("OQ-65", 'b');
    Some(if by_force { Class::Unknown } else { app_type.class() })
}

fn class_of_last_asked(played: &Played, did: &[(Effect, Outcome)]) -> Option<Class> {
    did.iter().rev().find_map(|(effect, _)| touched(effect)).and_then(|process| class(played, process))
}
