//! Operations: calls in progress. One file per function of the API.
//!
//! Each has `poll`, which reads the next effect off what is known so far, and `handle`, which
//! records an outcome. There is no other position: what is known *is* the position.

mod absent;
mod arguments;
mod beside;
mod cancel;
mod causes;
mod cite;
mod consoles;
mod course;
mod directories;
mod earlier;
mod end;
mod filters;
mod gate;
mod get_list;
mod join;
mod meter;
mod mutex;
mod plan;
mod refresh;
mod register;
mod resources;
mod restart;
mod second;
mod services;
mod shutdown;
mod start;
mod status;

use alloc::collections::BTreeMap;

use crate::call::Call;
use crate::effect::Effect;
use crate::library::{Library, Seat, Session};
use crate::outcome::Outcome;
use crate::part::Part;
use crate::process::{Identity, Thread};
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::rule;
use crate::rules::{Citation, Rules, latitude::answers};
use crate::session::{Role, SessionHandle};

pub(crate) use beside::Beside;
use beside::EndBeside;
use course::Course;
pub(crate) use meter::Least;
pub(crate) use plan::eligible::StrangerRestarts;
pub(crate) use plan::restart::Order as RestartOrder;

answers! {
    /// Whether an open session can have the handle 0.
    ZeroHandle = "OQ-02.issued" { NeverIssued, Issued }
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
    pub(crate) tasks: &'a BTreeMap<Thread, Part<Operation>>,
    /// The session that the operation is about, as long as its handle stands for the same one.
    pub(crate) session: Option<&'a Session>,
    pub(crate) rules: &'a Rules,
}

/// What an operation may write to while it records an outcome.
pub(crate) struct Ledger<'a> {
    pub(crate) call: &'a Call,
    pub(crate) seat: Option<Seat>,
    pub(crate) library: &'a mut Part<Library>,
}

/// A call in progress.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Operation {
    call: Part<Call>,
    /// What the handle stood for when the call began.
    seat: Option<Seat>,
    /// The thread whose status callback makes the call.
    inside: Option<Thread>,
    beside: Beside,
    cancelled: bool,
    course: Course,
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
    pub(crate) fn new(call: Call, seat: Option<Seat>, inside: Option<Thread>, beside: Beside) -> Self {
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
        Self { call: call.into(), seat, inside, beside, cancelled: false, course: Course::default(), work }
    }

    /// The call with its arguments.
    #[must_use]
    pub fn call(&self) -> &Call {
        &self.call
    }

    pub(crate) fn into_call(self) -> Call {
        self.call.into_inner()
    }

    /// Whether somebody asked for it to be cancelled.
    #[must_use]
    pub const fn is_cancelled(&self) -> bool {
        self.cancelled
    }

    /// Whether it has done anything yet.
    #[must_use]
    pub const fn has_begun(&self) -> bool {
        self.course.has_begun()
    }

    /// Whether a cancel can reach it: RM-CANCEL-07, and the list by OQ-45.
    pub(crate) fn is_cancellable(&self) -> bool {
        matches!(self.call(), Call::GetList { .. } | Call::Shutdown { .. } | Call::Restart { .. })
    }

    pub(crate) const fn cancel(&mut self) {
        self.cancelled = true;
    }

    /// Notes that an operation on the session has ended, and was cancelled.
    pub(crate) const fn saw_cancelled(&mut self) {
        self.beside.was_cancelled();
    }

    /// The session that it is about, as long as its handle stands for the same one.
    pub(crate) fn session<'a>(&self, library: &'a Library) -> Option<&'a Session> {
        let handle = self.call().session()?;
        let session = library.sessions.get(&handle)?;
        if Some(session.seat) != self.seat {
            return None;
        }
        match self.call() {
            Call::GetList { .. } => {
                library.sessions.get(&library.listed_through(handle)).map(|session| &**session)
            }
            _ => Some(session),
        }
    }

    pub(crate) fn poll(&self, view: &View<'_>) -> Next {
        if let Some(refusal) = self.gate(view) {
            return if self.course.holds_mutex() {
                Next::Do(Effect::Unlock)
            } else {
                Next::Done(Reply::refused(refusal, view.rules))
            };
        }
        if self.waits(view) {
            return match self.ends_by_cancelling(view) {
                Some(thread) => Next::Do(Effect::Interrupt(thread)),
                None => Next::Wait,
            };
        }
        if let Some(end) = self.ends_as_second(view) {
            return end;
        }
        if let Some(effect) = self.sets_out(view) {
            return Next::Do(effect);
        }
        let next = match &self.work {
            Work::Start(work) => work.poll(self, view),
            Work::Join(work) => work.poll(self, view),
            Work::Register(work) => work.poll(self, view),
            Work::GetList(work) => work.poll(self, view),
            Work::Shutdown(work) => work.poll(self, view),
            Work::Restart(work) => work.poll(self, view),
            Work::Filtering(work) => work.poll(self, view),
            Work::Cancel(work) => work.poll(self, view),
            Work::End(work) => work.poll(self, view),
        };
        match next {
            Next::Done(reply) => self.comes_to(reply, view),
            next => next,
        }
    }

    pub(crate) fn handle(&mut self, library: &mut Part<Library>, effect: &Effect, outcome: Outcome) {
        self.beside = Beside::default();
        if let Effect::Remember(note) = effect {
            library.remember(note, self.call().function(), self.call().session());
        }
        if self.course.handle(effect, &outcome) {
            return;
        }
        let ledger = &mut Ledger { call: &self.call, seat: self.seat, library };
        if matches!(self.work, Work::Shutdown(_)) && ledger.seen().is_some_and(|it| it.shutdown_cancelled) {
            ledger.session().into_iter().for_each(|session| session.shutdown_cancelled = false);
        }
        match &mut self.work {
            Work::Start(work) => work.handle(ledger, effect, outcome),
            Work::Join(work) => work.handle(ledger, effect, outcome),
            Work::Register(work) => work.handle(ledger, effect, outcome),
            Work::GetList(work) => work.handle(ledger, effect, outcome),
            Work::Shutdown(work) => work.handle(ledger, effect, outcome),
            Work::Restart(work) => work.handle(ledger, effect, outcome),
            Work::Filtering(work) => work.handle(ledger, effect, outcome),
            Work::Cancel(work) => work.handle(&outcome),
            Work::End(work) => work.handle(ledger, effect, &outcome),
        }
    }

    /// Whether another call on the session has the turn (OQ-05, OQ-48); an end also waits for the
    /// calls that take no turns (OQ-21), and a list may wait for an operation (OQ-37).
    fn waits(&self, view: &View<'_>) -> bool {
        let others = || view.tasks.iter().filter(|(thread, _)| **thread != view.thread);
        let on_session = |task: &&Self| task.call().session() == self.call().session();
        let mut beside = others().map(|(_, task)| &**task).filter(on_session);
        if let Call::GetList { .. } = self.call() {
            let is_operation = |task: &Self| matches!(task.work, Work::Shutdown(_) | Work::Restart(_));
            return self.beside.waits(view.rules) && beside.any(is_operation);
        }
        // An end that has released its handle waits for nobody, whatever the handle stands for now.
        let takes_turns = self.call().takes_turns() && !self.is_over();
        let Some(session) = view.session.filter(|_| takes_turns) else { return false };
        let takes_none = |task: &Self| matches!(task.call(), Call::Register { .. } | Call::GetList { .. });
        let ends_something = matches!(&self.work, Work::End(work) if !work.has_begun());
        let waits = session.busy != Some(view.thread) || (ends_something && beside.any(takes_none));
        waits && !(self.is_end_of_primary() && view.rules.ask::<EndBeside>() == EndBeside::AtOnce)
    }

    /// The thread that an end which cancels whatever is under way has still to cancel (OQ-21).
    fn ends_by_cancelling(&self, view: &View<'_>) -> Option<Thread> {
        let is_it = |(thread, task): &(&Thread, &Part<Self>)| {
            **thread != view.thread
                && task.call().session() == self.call().session()
                && task.is_cancellable()
                && !task.cancelled
        };
        let (thread, _) = view.tasks.iter().find(is_it).filter(|_| self.is_end_of_primary())?;
        (view.rules.ask::<EndBeside>() == EndBeside::Cancels).then_some(*thread)
    }

    fn is_end_of_primary(&self) -> bool {
        let is_primary = self.seat.is_some_and(|seat| seat.role == Role::Primary);
        matches!(self.work, Work::End(_)) && is_primary
    }

    /// Whether this is an end that has released its handle.
    const fn is_over(&self) -> bool {
        matches!(&self.work, Work::End(work) if work.is_released())
    }
}

impl<'a> View<'a> {
    /// What speaks against a handle as the one of a session that is opened now: it may be any that the process
    /// does not use (OQ-02).
    pub(crate) fn objection_to(&self, handle: SessionHandle) -> Option<Citation> {
        if handle == SessionHandle(u32::MAX) {
            return Some(Citation::Rule(rule!("RM-LIFE-09")));
        }
        if self.library.sessions.contains_key(&handle) {
            return Some(Citation::Rule(rule!("RM-START-15")));
        }
        let never_zero = Citation::answer(ZeroHandle::NeverIssued);
        (handle == SessionHandle(0) && self.rules.ask::<ZeroHandle>() == ZeroHandle::NeverIssued)
            .then_some(never_zero)
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
    /// The session an operation is about, to be read.
    pub(crate) fn seen(&self) -> Option<&Session> {
        let session = self.library.sessions.get(&self.call.session()?)?;
        (Some(session.seat) == self.seat).then_some(session)
    }

    /// The session an operation is about, as long as its handle stands for the same one.
    pub(crate) fn session(&mut self) -> Option<&mut Session> {
        let session = self.library.session_mut(self.call.session()?)?;
        (Some(session.seat) == self.seat).then_some(session)
    }
}
