//! What lists name, and whether it is so.

use std::collections::{BTreeMap, BTreeSet};

use rm_core::store::ResourceKind;
use rm_core::{
    Affected, AppId, AppStatus, AppType, Call, Effect, Entry, Name, Note, Out, Outcome, Output, Role,
};

use super::{Holds, holds, shutdowns, touched_app};
use crate::played::{Made, Played, role};

fn lists(played: &Played) -> impl Iterator<Item = (&Made, &rm_core::List)> {
    played.made.iter().filter_map(|made| match made.reply.as_ref().map(|reply| &reply.output) {
        Some(Output::List(list)) => Some((made, list)),
        _ => None,
    })
}

/// RM-LIST-04, RM-LIST-05, RM-LIST-06, RM-LIST-08: 234 exactly when there is not room for all.
pub fn a_list_is_234_exactly_when_it_does_not_fit(played: &Played) -> Holds {
    for (made, list) in lists(played) {
        let Call::GetList { capacity: Some(capacity), entries, .. } = made.call else { continue };
        // Without an array there is no room, whatever capacity was given.
        let capacity = if entries == Out::Null { 0 } else { capacity };
        let fits = list.needed <= capacity;
        let filled = if fits { list.needed } else { 0 };
        holds(
            (made.code() == Some(0)) == fits
                && (made.code() == Some(234)) != fits
                && u32::try_from(list.entries.len()) == Ok(filled),
            || format!("{made:?}"),
        )?;
    }
    Ok(())
}

/// RM-REG-18, RM-LIST-19: a list names each application once; services may share a process.
pub fn a_list_names_nobody_twice(played: &Played) -> Holds {
    for (made, list) in lists(played) {
        let named: BTreeSet<_> = list.entries.iter().map(Entry::id).collect();
        holds(named.len() == list.entries.len(), || format!("{made:?}"))?;
    }
    Ok(())
}

/// RM-LIST-01, RM-LIST-29, RM-REG-15: whoever is listed was found to use what is registered, or was met by
/// a shutdown of the session; of a process whose id was reused nothing is said. What is registered and is not
/// there may be listed, as nothing that runs (OQ-29 c, d), and so may what an earlier list held (OQ-40 b); one
/// through a joined handle counts as one of whatever primary is in the process (OQ-03.list d).
pub fn a_list_names_only_the_affected(played: &Played) -> Holds {
    let mut known: BTreeMap<_, BTreeSet<AppId>> = BTreeMap::new();
    let mut found: BTreeMap<_, BTreeSet<AppId>> = BTreeMap::new();
    let mut joined: BTreeMap<_, BTreeSet<AppId>> = BTreeMap::new();
    let is_joined = |made| played.opened_by(made).is_some_and(|opened| role(opened) == Role::Secondary);
    for (_, effect, outcome, made) in played.events() {
        let session = (made.who.process, made.call.session());
        match (effect, outcome) {
            (Effect::Decide(decisions), _) => {
                let met = decisions.iter().map(|decision| decision.application.id());
                known.entry(session).or_default().extend(met);
            }
            (Effect::Remember(Note::Listed(held)), _) if played.is_answered("OQ-40", 'b') => {
                let held = held.iter().map(Affected::id);
                if is_joined(made) {
                    joined.entry(made.who.process).or_default().extend(held);
                } else {
                    known.entry(session).or_default().extend(held);
                }
            }
            (Effect::Launch(_), Outcome::Launched(process)) => {
                known.entry(session).or_default().insert((*process).into());
            }
            (_, Outcome::Described(described)) => {
                let all = found.entry(made.span).or_default();
                all.extend(described.iter().map(Affected::id));
                let earlier = [known.get(&session), joined.get(&made.who.process)];
                all.extend(earlier.into_iter().flatten().flatten().cloned());
            }
            (_, Outcome::Services(services)) => {
                let all = found.entry(made.span).or_default();
                all.extend(services.iter().map(|serving| serving.affected.id()));
            }
            _ => {}
        }
    }
    for (made, list) in lists(played).filter(|(made, _)| played.is_alone(made)) {
        // OQ-03.list d: a secondary sees what the primary's shutdowns met.
        if is_joined(made) {
            continue;
        }
        let found = found.get(&made.span).cloned().unwrap_or_default();
        let may_be_absent = |entry: &Entry| is_listed_though_absent(played, made, entry);
        let all_found = list.entries.iter().all(|entry| found.contains(&entry.id()) || may_be_absent(entry));
        holds(all_found, || format!("{found:?} were found in {made:?}"))?;
    }
    Ok(())
}

/// Whether an entry is of what is registered and was not found to be there, and is listed by one of the
/// answers that allow it: without a word of what it would be (OQ-29 c), or as stopped by something else (d).
fn is_listed_though_absent(played: &Played, made: &Made, entry: &Entry) -> bool {
    let registered = made.did.iter().any(|(_, outcome)| match outcome {
        Outcome::Session(Some(record)) if entry.app_type == AppType::Service => {
            let named = |name: &Name| name.same(&entry.service) || name.same(&entry.app_name);
            record.strings(ResourceKind::Services).any(named)
        }
        Outcome::Session(Some(record)) => record.processes().contains(&entry.process),
        _ => false,
    });
    let questions: &[&str] = match entry.app_type {
        AppType::Service => &["OQ-29.unknown", "OQ-29.stopped"],
        _ => &["OQ-29.exited", "OQ-29.time"],
    };
    let listed = |letter| questions.iter().any(|question| played.is_answered(question, letter));
    registered
        && match entry.status {
            AppStatus::UNKNOWN => listed('c'),
            AppStatus::STOPPED_OTHER => listed('d'),
            _ => false,
        }
}

/// RM-RST-25, RM-RST-26, RM-SHUT-44, RM-SHUT-45: what a list says was done was done: who shows `Restarted`
/// was started, who shows an error had one, who shows `Stopped` was stopped. Who was restarted is shown as
/// what it is now, and may be as what it was (OQ-39 a, c).
pub fn a_list_tells_only_what_has_happened(played: &Played) -> Holds {
    let mut happened: BTreeMap<AppId, AppStatus> = BTreeMap::new();
    let mut told = BTreeSet::new();
    let mut at_end: Vec<(usize, BTreeMap<AppId, AppStatus>)> = Vec::new();
    for (at, effect, outcome, _) in played.events() {
        // A service that refuses has been told nothing.
        told.extend(touched_app(effect).filter(|app| app.process().is_some() || *outcome == Outcome::Done));
        if let Effect::Settle(settlements) = effect {
            for settled in settlements.iter() {
                // A restarted application is the one it was, as another process.
                let anew = settled.id.process().and(settled.restarted_as).map(AppId::Process);
                let now = anew.unwrap_or_else(|| settled.id.clone());
                let before = happened.get(&settled.id).copied().unwrap_or_default();
                let as_it_was = played.is_answered("OQ-39", 'a') || played.is_answered("OQ-39", 'c');
                let old = as_it_was.then(|| settled.id.clone());
                for id in [now].into_iter().chain(old) {
                    let entry = happened.entry(id).or_default();
                    *entry = entry.with(before).with(settled.status);
                }
            }
            at_end.push((at, happened.clone()));
        }
    }
    for (made, list) in lists(played) {
        let so_far = at_end.iter().rev().find(|(at, _)| *at < made.span.1).map(|(_, happened)| happened);
        for entry in &list.entries {
            let done = so_far.and_then(|happened| happened.get(&entry.id())).copied().unwrap_or_default();
            for bit in [AppStatus::RESTARTED, AppStatus::ERROR_ON_RESTART, AppStatus::ERROR_ON_STOP] {
                let said = entry.status.contains(bit);
                holds(!said || done.contains(bit), || format!("{entry:?} had {done} in {made:?}"))?;
            }
            // Who was told to end may go when the shutdown is over (OQ-117).
            let stopped = done.contains(AppStatus::STOPPED) || told.contains(&entry.id());
            let said = entry.status.contains(AppStatus::STOPPED);
            holds(!said || stopped, || format!("{entry:?} had {done} in {made:?}"))?;
        }
    }
    Ok(())
}

/// RM-SHUT-08, RM-LIST-29, RM-LIST-30: Stopped, StoppedOther, Restarted and both errors, once shown, stay
/// until the session's next shutdown. That a service is down by itself is no history (RM-LIST-35): it may be
/// brought back at any time.
pub fn what_the_list_has_shown_stays_until_the_next_shutdown(played: &Played) -> Holds {
    const HISTORY: u32 = 0x2 | 0x4 | 0x8 | 0x10 | 0x20;
    let mut shown: BTreeMap<_, Vec<(Name, u32)>> = BTreeMap::new();
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
        let Some(rm_core::Reply { code: rm_core::ErrorCode(0), output: Output::List(list), .. }) =
            &made.reply
        else {
            continue;
        };
        let now = |entry: &Entry| {
            let is_service = entry.app_type == AppType::Service;
            let history = if is_service { HISTORY & !AppStatus::STOPPED_OTHER.0 } else { HISTORY };
            (entry.app_name.clone(), entry.status.0 & history)
        };
        let now: Vec<_> = list.entries.iter().map(now).collect();
        for (app, bits) in shown.get(&session).into_iter().flatten() {
            let kept = *bits == 0 || now.iter().any(|(name, status)| name == app && status & bits == *bits);
            holds(kept, || format!("{app:?} had shown {bits:#x}, now {now:?} in {made:?}"))?;
        }
        shown.insert(session, now);
    }
    Ok(())
}

/// RM-LIST-25, RM-LIST-27: what is critical is never said to be restartable, and who never registered only
/// if it is Explorer.
pub fn only_who_can_be_restarted_is_said_to_be(played: &Played) -> Holds {
    for (made, list) in lists(played) {
        for entry in list.entries.iter().filter(|entry| entry.restartable) {
            let described = made.did.iter().find_map(|(_, outcome)| match outcome {
                Outcome::Described(all) => all.iter().find(|one| one.process == entry.process),
                _ => None,
            });
            // What the machine said last, else what its program registers when it starts.
            let settings = described.map_or_else(
                || played.program(entry.process).and_then(|program| program.restart.clone()),
                |one| one.restart.clone(),
            );
            let registered = settings.is_some_and(|settings| settings.allows_update());
            // RM-LIST-26: nothing else is needed of a service.
            let by_itself = matches!(entry.app_type, AppType::Explorer | AppType::Service);
            let critical = entry.app_type == AppType::Critical;
            holds((registered || by_itself) && !critical, || format!("{entry:?} in {made:?}"))?;
        }
    }
    Ok(())
}
