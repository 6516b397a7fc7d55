//! `RmAddFilter`, `RmRemoveFilter`, `RmGetFilterList`: no registry, only the session's own state.

use alloc::vec::Vec;

use super::{Ledger, Next, Operation, View, cite};
use crate::call::{Call, Out, Target};
use crate::effect::Effect;
use crate::filter::{Filter, FilterTarget, Filters};
use crate::refusal::Refusal;
use crate::reply::{FilterList, Output, Reply};
use crate::rule;
use crate::rules::{Rules, latitude::answers};

answers! {
    /// What `RmGetFilterList` needs when there is no filter.
    NeededForNone = "OQ-98.empty" { Nothing, EmptyRecord }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub(super) struct Filtering {
    done: bool,
}

impl Filtering {
    pub(super) fn poll(&self, operation: &Operation, view: &View<'_>) -> Next {
        let Some(session) = view.session(operation) else {
            return view.refuse(Refusal::UnknownSession(cite::unknown_session(&operation.call)));
        };
        match &operation.call {
            Call::GetFilterList { buffer, size, .. } => {
                Next::Done(listed(&session.filters, *buffer, *size, view.rules))
            }
            _ if self.done => Next::Done(Reply::success(Output::Nothing)),
            Call::AddFilter { target, action, .. } => match only(target) {
                Some(target) => Next::Do(Effect::KeepFilter(Filter { target, action: *action })),
                None => view.refuse(Refusal::BadArgument("target", rule!("RM-FILT-05"))),
            },
            Call::RemoveFilter { target, .. } => match only(target) {
                Some(target) if session.filters.has(&target) => Next::Do(Effect::DropFilter(target)),
                _ => view.refuse(Refusal::NoSuchFilter),
            },
            _ => Next::Wait,
        }
    }

    pub(super) fn handle(&mut self, ledger: &mut Ledger<'_>, effect: &Effect) {
        self.done = true;
        let Some(session) = ledger.session() else { return };
        match effect {
            Effect::KeepFilter(filter) => session.filters.keep(filter.clone()),
            Effect::DropFilter(target) => session.filters.remove(target),
            _ => {}
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
