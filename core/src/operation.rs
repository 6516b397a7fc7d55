//! Operations: calls in progress. One file per function of the API.
//!
//! Each has `poll`, which reads the next effect off what is known so far, and `handle`, which
//! records an outcome. There is no other position: what is known *is* the position.

mod arguments;
mod cancel;
mod causes;
mod cite;
mod end;
mod filters;
mod get_list;
mod join;
mod meter;
mod mutex;
mod plan;
mod refresh;
mod register;
mod restart;
mod services;
mod shutdown;
mod start;
mod status;

use alloc::collections::BTreeMap;

use crate::call::Call;
use crate::effect::Effect;
use crate::library::{Library, Seat, Session};
use crate::outcome::Outcome;
use crate::process::{Identity, Thread};
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::rule;
use crate::rules::{Rules, latitude::answers};
use crate::session::{Role, SessionHandle};

answers! {
    /// Whether an open session can have the handle 0.
    ZeroHandle = "OQ-02.issued" { NeverIssued, Issued }
}
answers! {
    /// The code for a handle 0 that stands for no session.
    UnknownZero = "OQ-02.code" { InvalidHandle, BadArgument }
}

/// What a call in flight wants next.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Next {
    /// This effect.
    Do(Effect),
    /// That another call on the same session ends first (OQ-05, OQ-48): ask again when one has.
    Wait,
    /// Nothing more: this is its result.
    Done(Reply),
}

/// What an operation may look at while it decides what to do next.
pub(crate) struct View<'a> {
    pub(crate) me: &'a Identity,
    pub(crate) thread: Thread,
    pub(crate) library: &'a Library,
    pub(crate) tasks: &'a BTreeMap<Thread, Operation>,
    pub(crate) rules: &'a Rules,
}

/// What an operation may write to while it records an outcome.
pub(crate) struct Ledger<'a> {
    pub(crate) call: &'a Call,
    pub(crate) seat: Option<Seat>,
    pub(crate) library: &'a mut Library,
}

/// A call in progress.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Operation {
    call: Call,
    /// What the handle stood for when the call began.
    seat: Option<Seat>,
    cancelled: bool,
    work: Work,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
enum Work {
    Start(start::Start),
    Join(join::Join),
    Register(register::Register),
    GetList(get_list::GetList),
    Shutdown(shutdown::Shutdown),
    Restart(restart::Restart),
    Filtering(filters::Filtering),
    Cancel(cancel::Cancel),
    End(end::End),
}

impl Operation {
    pub(crate) fn new(call: Call, seat: Option<Seat>) -> Self {
        let work = match &call {
            Call::Start { .. } => Work::Start(start::Start::default()),
            Call::Join { .. } => Work::Join(join::Join::default()),
            Call::Register { .. } => Work::Register(register::Register::default()),
            Call::GetList { .. } => Work::GetList(get_list::GetList::default()),
            Call::Shutdown { .. } => Work::Shutdown(shutdown::Shutdown::default()),
            Call::Restart { .. } => Work::Restart(restart::Restart::default()),
            Call::AddFilter { .. } | Call::RemoveFilter { .. } | Call::GetFilterList { .. } => {
                Work::Filtering(filters::Filtering::default())
            }
            Call::Cancel { .. } => Work::Cancel(cancel::Cancel::default()),
            Call::End { .. } => Work::End(end::End::default()),
        };
        Self { call, seat, cancelled: false, work }
    }

    /// The call with its arguments.
    #[must_use]
    pub const fn call(&self) -> &Call {
        &self.call
    }

    /// Whether somebody asked for it to be cancelled.
    #[must_use]
    pub const fn is_cancelled(&self) -> bool {
        self.cancelled
    }

    /// Whether a cancel can reach it: RM-CANCEL-07, and the list by OQ-45.
    pub(crate) const fn is_cancellable(&self) -> bool {
        matches!(self.call, Call::GetList { .. } | Call::Shutdown { .. } | Call::Restart { .. })
    }

    pub(crate) const fn cancel(&mut self) {
        self.cancelled = true;
    }

    pub(crate) fn poll(&self, view: &View<'_>) -> Next {
        if let Some(refusal) = self.gate(view) {
            return Next::Done(Reply::refused(refusal, view.rules));
        }
        if self.waits(view) {
            return Next::Wait;
        }
        match &self.work {
            Work::Start(work) => work.poll(self, view),
            Work::Join(work) => work.poll(self, view),
            Work::Register(work) => work.poll(self, view),
            Work::GetList(work) => work.poll(self, view),
            Work::Shutdown(work) => work.poll(self, view),
            Work::Restart(work) => work.poll(self, view),
            Work::Filtering(work) => work.poll(self, view),
            Work::Cancel(work) => work.poll(self, view),
            Work::End(work) => work.poll(self, view),
        }
    }

    pub(crate) fn handle(&mut self, library: &mut Library, effect: &Effect, outcome: Outcome) {
        let ledger = &mut Ledger { call: &self.call, seat: self.seat, library };
        match &mut self.work {
            Work::Start(work) => work.handle(ledger, effect, outcome),
            Work::Join(work) => work.handle(ledger, effect, outcome),
            Work::Register(work) => work.handle(ledger, effect, outcome),
            Work::GetList(work) => work.handle(ledger, effect, outcome),
            Work::Shutdown(work) => work.handle(ledger, effect, outcome),
            Work::Restart(work) => work.handle(ledger, effect, outcome),
            Work::Filtering(work) => work.handle(ledger, effect),
            Work::Cancel(work) => work.handle(),
            Work::End(work) => work.handle(ledger, effect, &outcome),
        }
    }

    /// What is refused before anything is done: arguments, then the handle, then the role (OQ-01).
    fn gate(&self, view: &View<'_>) -> Option<Refusal> {
        if let Some(refusal) = arguments::refused(&self.call, view.rules) {
            return Some(refusal);
        }
        self.call.session()?;
        let Some(seat) = self.seat else { return Some(self.unknown_session(view.rules)) };
        if self.call.takes_turns() && view.session(self).is_none() && !self.is_over() {
            return Some(Refusal::UnknownSession(cite::unknown_session(&self.call))); // OQ-21
        }
        match cite::primary_only(&self.call) {
            Some(rule) if seat.role == Role::Secondary => Some(Refusal::SecondaryInstaller(rule)),
            _ => None,
        }
    }

    /// The handle stands for no session. Whether a 0 is then a missing argument is open.
    fn unknown_session(&self, rules: &Rules) -> Refusal {
        if self.call.is_about_filters() {
            return Refusal::UnknownSessionOfFilters;
        }
        let is_zero = self.call.session() == Some(SessionHandle(0));
        if is_zero && rules.ask::<UnknownZero>() == UnknownZero::BadArgument {
            return Refusal::BadArgument("dwSessionHandle", rule!("RM-LIFE-07"));
        }
        Refusal::UnknownSession(cite::unknown_session(&self.call))
    }

    /// Whether another call on the session has the turn (OQ-05, OQ-48); an end also waits for the
    /// calls that take no turns (OQ-21).
    fn waits(&self, view: &View<'_>) -> bool {
        // An end that has released its handle waits for nobody, whatever the handle stands for now.
        let takes_turns = self.call.takes_turns() && !self.is_over();
        let Some(session) = view.session(self).filter(|_| takes_turns) else { return false };
        let is_other = |(thread, task): (&Thread, &Self)| {
            *thread != view.thread
                && task.call.session() == self.call.session()
                && matches!(task.call, Call::Register { .. } | Call::GetList { .. })
        };
        let ends_something = matches!(&self.work, Work::End(work) if !work.has_begun());
        session.busy != Some(view.thread) || (ends_something && view.tasks.iter().any(is_other))
    }

    /// Whether this is an end that has released its handle.
    const fn is_over(&self) -> bool {
        matches!(&self.work, Work::End(work) if work.is_released())
    }
}

impl<'a> View<'a> {
    /// The session an operation is about, as long as its handle stands for the same one.
    pub(crate) fn session(&self, operation: &Operation) -> Option<&'a Session> {
        let session = self.library.sessions.get(&operation.call.session()?)?;
        (Some(session.seat) == operation.seat).then_some(session)
    }

    /// The lowest handle that stands for no session.
    pub(crate) fn lowest_handle(&self) -> SessionHandle {
        let first = match self.rules.ask::<ZeroHandle>() {
            ZeroHandle::NeverIssued => 1,
            ZeroHandle::Issued => 0,
        };
        let free = (first..).map(SessionHandle).find(|handle| !self.library.sessions.contains_key(handle));
        free.unwrap_or(SessionHandle(u32::MAX))
    }

    pub(crate) fn refuse(&self, refusal: Refusal) -> Next {
        Next::Done(Reply::refused(refusal, self.rules))
    }
}

impl Ledger<'_> {
    /// The session an operation is about, as long as its handle stands for the same one.
    pub(crate) fn session(&mut self) -> Option<&mut Session> {
        let session = self.library.sessions.get_mut(&self.call.session()?)?;
        (Some(session.seat) == self.seat).then_some(session)
    }
}
