//! `RmAddFilter`, `RmRemoveFilter`, `RmGetFilterList`: no registry, only the session's own state.

use alloc::vec::Vec;

use super::refresh::{Progress, Refresh};
use super::{Ledger, Next, Operation, View, cite};
use crate::call::{Call, Out, Target};
use crate::effect::Effect;
use crate::filter::{Filter, FilterAction, FilterTarget, Filters};
use crate::name::Name;
use crate::outcome::{Outcome, ServiceQuery};
use crate::refusal::{ErrorCode, Refusal};
use crate::reply::{FilterList, Output, Reply};
use crate::rule;
use crate::rules::{Rules, latitude::answers};

answers! {
    /// What `RmGetFilterList` needs when there is no filter.
    NeededForNone = "OQ-98.empty" { Nothing, EmptyRecord }
}

answers! {
    /// A target that does not exist.
    MissingTarget = "OQ-94.missing" { Accepted, Refused }
}
answers! {
    /// A target that is not affected.
    UnaffectedTarget = "OQ-94.unaffected" { Accepted, Refused }
}
answers! {
    /// When the path of a filter fits an executable.
    FilterPath = "OQ-100.path" { SamePath, SameFile }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub(super) struct Filtering {
    done: bool,
    /// Whether the target exists, where that matters.
    exists: Option<bool>,
    /// The look at what is affected, where that matters.
    refresh: Refresh,
    /// The names of the file that is the target, where they matter.
    names: Option<Vec<Name>>,
}

impl Filtering {
    pub(super) fn poll(&self, operation: &Operation, view: &View<'_>) -> Next {
        let Some(session) = view.session else {
            return view.refuse(Refusal::UnknownSession(cite::unknown_session(operation.call())));
        };
        match operation.call() {
            Call::GetFilterList { buffer, size, .. } => {
                Next::Done(listed(&session.filters, *buffer, *size, view.rules))
            }
            _ if self.done => Next::Done(Reply::success(Output::Nothing)),
            Call::AddFilter { target, action, .. } => match only(target) {
                Some(target) => self.add(target, *action, operation, view),
                None => view.refuse(Refusal::BadArgument("target", rule!("RM-FILT-05"))),
            },
            Call::RemoveFilter { target, .. } => match only(target) {
                Some(target) if session.filters.has(&target) => Next::Do(Effect::DropFilter(target)),
                _ => view.refuse(Refusal::NoSuchFilter),
            },
            _ => Next::Wait,
        }
    }

    /// Adding a filter, after what there is to look at first.
    fn add(
        &self,
        target: FilterTarget,
        action: FilterAction,
        operation: &Operation,
        view: &View<'_>,
    ) -> Next {
        let looks_for = match &target {
            FilterTarget::File(path) => Some(Effect::Exist([path.clone()].into())),
            FilterTarget::Process(process) => Some(Effect::AreAlive([(*process).into()].into())),
            FilterTarget::Service(name) => {
                let query = ServiceQuery { names: [name.clone()].into(), ..ServiceQuery::default() };
                Some(Effect::Services(query.into()))
            }
        };
        if let Some(effect) = looks_for
            && view.rules.ask::<MissingTarget>() == MissingTarget::Refused
        {
            match self.exists {
                None => return Next::Do(effect),
                Some(true) => {}
                Some(false) => {
                    let (why, code) = ("the target does not exist", ErrorCode::UNSPECIFIED);
                    return view.refuse(Refusal::answered(why, code, MissingTarget::Refused));
                }
            }
        }
        let is_file = matches!(target, FilterTarget::File(_));
        let by_identity = || view.rules.ask::<FilterPath>() == FilterPath::SameFile;
        let names = match (&target, &self.names) {
            (FilterTarget::File(path), None) if by_identity() => {
                return Next::Do(Effect::NamesOf(path.clone()));
            }
            (_, Some(names)) if is_file => names.clone(),
            _ => Vec::new(),
        };
        let filter = Filter { target, action, names };
        if view.rules.ask::<UnaffectedTarget>() == UnaffectedTarget::Refused {
            match self.refresh.poll(operation, view) {
                Progress::Do(effect) => return Next::Do(effect),
                Progress::Refused(refusal) => return view.refuse(refusal),
                Progress::Ready(found) => {
                    if !found.affected.iter().any(|one| filter.hits(one, view.rules)) {
                        let (why, code) = ("the target is not affected", ErrorCode::UNSPECIFIED);
                        return view.refuse(Refusal::answered(why, code, UnaffectedTarget::Refused));
                    }
                }
            }
        }
        Next::Do(Effect::KeepFilter(filter))
    }

    pub(super) fn handle(&mut self, ledger: &mut Ledger<'_>, effect: &Effect, outcome: Outcome) {
        match (effect, &outcome) {
            (Effect::KeepFilter(_) | Effect::DropFilter(_), _) => {
                self.done = true;
                let Some(session) = ledger.session() else { return };
                match effect {
                    Effect::KeepFilter(filter) => session.filters.keep(filter.clone()),
                    Effect::DropFilter(target) => session.filters.remove(target),
                    _ => {}
                }
            }
            // The target is looked for before anything else is.
            (Effect::Exist(_), Outcome::Paths(paths)) if self.refresh == Refresh::default() => {
                self.exists = Some(!paths.is_empty());
            }
            (Effect::Services(query), Outcome::Services(found)) if self.refresh == Refresh::default() => {
                let is_it = |name| found.iter().any(|one| one.affected.about.is_called(name));
                self.exists = Some(query.names.iter().all(is_it));
            }
            (Effect::AreAlive(_), Outcome::Alive(alive)) => self.exists = Some(!alive.is_empty()),
            (Effect::NamesOf(_), Outcome::Paths(names)) => self.names = Some(names.clone()),
            _ => self.refresh.handle(ledger, effect, outcome),
        }
    }
}

/// The one target of a call; `None` for none and for several (RM-FILT-05).
pub(super) fn only(target: &Target) -> Option<FilterTarget> {
    match target {
        Target { module: Some(module), process: None, service: None } => {
            Some(FilterTarget::File(module.clone()))
        }
        Target { module: None, process: Some(process), service: None } => {
            Some(FilterTarget::Process(*process))
        }
        Target { module: None, process: None, service: Some(name) } => {
            Some(FilterTarget::Service(name.clone()))
        }
        _ => None,
    }
}

/// The filters in force, if the buffer has room for all of them.
fn listed(filters: &Filters, buffer: Out, size: u32, rules: &Rules) -> Reply {
    let filters: Vec<_> = filters.iter().cloned().collect();
    let needed = if filters.is_empty() {
        match rules.ask::<NeededForNone>() {
            NeededForNone::Nothing => 0,
            NeededForNone::EmptyRecord => Filter::RECORD_SIZE,
        }
    } else {
        filters.iter().fold(0, |sum: u32, filter| sum.saturating_add(filter.size()))
    };
    let room = if buffer == Out::Null { 0 } else { size };
    if needed <= room {
        return Reply::success(Output::FilterList(FilterList { needed, filters }));
    }
    let output = Output::FilterList(FilterList { needed, filters: Vec::new() });
    Reply { output, ..Reply::refused(Refusal::MoreData(rule!("RM-FILT-19")), rules) }
}
