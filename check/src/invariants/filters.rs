//! What filters protect from, and what is shown of them.

use std::collections::{BTreeMap, BTreeSet};

use rm_core::{
    Affected, AppId, AppStatus, Call, Effect, Filter, FilterAction, FilterTarget, Outcome, Output,
    SessionHandle, UniqueProcess,
};

use super::{Holds, holds, started, touched_app};
use crate::played::{Made, Played};

/// The filters that calls have added and not removed, by session.
#[derive(Default)]
struct Book(BTreeMap<(UniqueProcess, SessionHandle), Vec<Filter>>);

impl Book {
    fn note(&mut self, effect: &Effect, made: &Made) {
        if let Effect::ReleaseHandle(handle) = effect {
            self.0.remove(&(made.who.process, *handle));
        }
        let Some(handle) = made.call.session() else { return };
        let filters = self.0.entry((made.who.process, handle)).or_default();
        let (target, kept) = match effect {
            Effect::KeepFilter(filter) => (&filter.target, Some(filter)),
            Effect::DropFilter(target) => (target, None),
            _ => return,
        };
        filters.retain(|filter| !filter.target.same(target));
        filters.extend(kept.cloned());
    }

    fn of(&self, made: &Made) -> &[Filter] {
        let session = made.call.session().and_then(|handle| self.0.get(&(made.who.process, handle)));
        session.map_or(&[], Vec::as_slice)
    }

    /// The actions of the filters that hit an application (RM-FILT-28, RM-FILT-29).
    fn hitting(&self, made: &Made, one: &Affected) -> Vec<FilterAction> {
        let hits = |target: &FilterTarget| match target {
            FilterTarget::File(path) => path.same(&one.about.image),
            FilterTarget::Process(process) => *process == one.process,
            FilterTarget::Service(name) => one.about.is_called(name),
        };
        self.of(made).iter().filter(|filter| hits(&filter.target)).map(|filter| filter.action).collect()
    }
}

/// RM-SHUT-46, RM-FILT-09, RM-FILT-29, RM-FILT-34: nobody is touched whom a filter that was in force when
/// the shutdown began keeps from being stopped. A service may have to go along with those of its host
/// (OQ-91 b), or with one that it needs (OQ-92 b).
pub fn nobody_is_touched_whom_a_filter_protects(played: &Played) -> Holds {
    let mut book = Book::default();
    let mut protected: BTreeMap<_, BTreeSet<AppId>> = BTreeMap::new();
    for (_, effect, _, made) in played.events() {
        book.note(effect, made);
        if let (Effect::Decide(decisions), Call::Shutdown { .. }) = (effect, &made.call) {
            let goes_along = played.is_answered("OQ-91", 'b') || played.is_answered("OQ-92", 'b');
            let is_protected = |one: &&Affected| {
                if one.is_service() && goes_along {
                    return false;
                }
                let actions = book.hitting(made, one);
                let protects = |action: &FilterAction| *action == FilterAction::NO_SHUTDOWN;
                // Which of several filters counts is open (OQ-90); by default the stricter.
                let all = !actions.is_empty() && actions.iter().all(protects);
                all || (played.is_default() && actions.iter().any(protects))
            };
            let applications = decisions.iter().map(|decision| &decision.application);
            // Who is stopped along with its host is touched too.
            let of_call = applications.filter(is_protected).flat_map(|one| [one.id(), one.process.into()]);
            protected.insert(made.span, of_call.collect());
        }
        let is_protected = |app: AppId| protected.get(&made.span).is_some_and(|all| all.contains(&app));
        holds(!touched_app(effect).is_some_and(is_protected), || format!("{effect:?} in {made:?}"))?;
    }
    Ok(())
}

/// RM-RST-18, RM-RST-19, RM-FILT-08, RM-FILT-09, RM-FILT-34: a restart starts nobody whom a filter hits
/// that was in force when it began.
pub fn nobody_is_started_whom_a_filter_keeps_down(played: &Played) -> Holds {
    let mut book = Book::default();
    let mut kept_down: BTreeMap<_, BTreeSet<AppId>> = BTreeMap::new();
    for (_, effect, _, made) in played.events() {
        book.note(effect, made);
        match effect {
            Effect::Decide(decisions) if matches!(made.call, Call::Restart { .. }) => {
                let hit = decisions.iter().filter(|decision| {
                    book.hitting(made, &decision.application).into_iter().any(FilterAction::is_known)
                });
                kept_down.insert(made.span, hit.map(|decision| decision.application.id()).collect());
            }
            effect => {
                let Some(one) = started(effect) else { continue };
                let is_kept = kept_down.get(&made.span).is_some_and(|kept| kept.contains(&one));
                holds(!is_kept, || format!("{one:?} is started by {made:?}"))?;
            }
        }
    }
    Ok(())
}

/// RM-FILT-11, RM-FILT-12, RM-FILT-13, RM-FILT-16, RM-FILT-31, RM-FILT-32, RM-END-09: a filter list has what
/// was added to the session and not removed: one filter a target, the newest.
pub fn a_filter_list_has_what_was_added_and_not_removed(played: &Played) -> Holds {
    let mut books = Vec::new();
    let mut book = Book::default();
    for (at, effect, _, made) in played.events() {
        if matches!(effect, Effect::KeepFilter(_) | Effect::DropFilter(_) | Effect::ReleaseHandle(_)) {
            book.note(effect, made);
            books.push((at, Book(book.0.clone())));
        }
    }
    for made in &played.made {
        let Some(reply) = made.reply.as_ref().filter(|_| played.is_alone(made)) else { continue };
        let book = books.iter().rev().find(|(at, _)| *at < made.span.0).map(|(_, book)| book);
        let in_force = book.map_or(&[][..], |book| book.of(made));
        match (&reply.output, &made.call) {
            (Output::FilterList(list), _) if reply.code.0 == 0 => {
                let set = |filters: &[Filter]| filters.iter().cloned().collect::<BTreeSet<_>>();
                let same = set(&list.filters) == set(in_force) && list.filters.len() == in_force.len();
                holds(same, || format!("{in_force:#?} are in force: {made:?}"))?;
            }
            // RM-FILT-14: what is not there cannot be removed.
            (_, Call::RemoveFilter { target, .. }) if played.is_default() => {
                let path = target.module.clone().map(FilterTarget::File);
                let process = target.process.map(FilterTarget::Process);
                let service = target.service.clone().map(FilterTarget::Service);
                let Some(target) = path.or(process).or(service) else { continue };
                let was_there = in_force.iter().any(|filter| filter.target.same(&target));
                holds(reply.code.0 != 0 || was_there, || format!("{made:?}"))?;
                holds(reply.code.0 != 2 || !was_there, || format!("{made:?}"))?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// RM-FILT-33, RM-SHUT-46, RM-RST-18: a list shows of each running application that a filter hits what the
/// filter keeps from it.
pub fn a_list_shows_what_filters_keep_from_whom(played: &Played) -> Holds {
    let mut book = Book::default();
    let mut hit: BTreeMap<_, BTreeMap<AppId, AppStatus>> = BTreeMap::new();
    for (_, effect, outcome, made) in played.events() {
        book.note(effect, made);
        let found: Vec<_> = match (outcome, &made.call) {
            (Outcome::Described(described), Call::GetList { .. }) => described.iter().collect(),
            (Outcome::Services(services), Call::GetList { .. }) => {
                services.iter().map(|serving| &serving.affected).collect()
            }
            _ => continue,
        };
        let masks = found.into_iter().filter_map(|one| {
            let strictest = book.hitting(made, one).into_iter().max()?;
            let mask = match strictest {
                FilterAction::NO_RESTART => AppStatus::RESTART_MASKED,
                FilterAction::NO_SHUTDOWN => AppStatus::SHUTDOWN_MASKED,
                _ => return None,
            };
            Some((one.id(), mask))
        });
        hit.entry(made.span).or_default().extend(masks);
    }
    for made in played.made.iter().filter(|made| played.is_alone(made)) {
        let (Some(Output::List(list)), Some(hit)) =
            (made.reply.as_ref().map(|reply| &reply.output), hit.get(&made.span))
        else {
            continue;
        };
        for entry in &list.entries {
            let Some(mask) = hit.get(&entry.id()) else { continue };
            holds(entry.status.contains(*mask), || format!("{entry:?} shows no {mask} in {made:?}"))?;
        }
    }
    Ok(())
}
