//! One process that uses the API, and the calls its threads have in flight.

use alloc::collections::BTreeMap;

use crate::call::Call;
use crate::effect::Effect;
use crate::library::{Library, Session};
use crate::operation::{Beside, Next, Operation, RestartOrder, View};
use crate::outcome::Outcome;
use crate::part::Part;
use crate::process::{Identity, Thread};
use crate::rules::{Citation, Policy, Rules};
use crate::session::{Role, SessionHandle};

/// An installer: its library state and the calls in flight, as one plain value.
///
/// For each call, in this order: [`begin`](Self::begin) once; then, until the answer is
/// [`Next::Done`], [`poll_effect`](Self::poll_effect), the effect, and
/// [`handle_outcome`](Self::handle_outcome); last [`finish`](Self::finish). Calls of different
/// threads may be interleaved at each of these points. [`run`](crate::run) does all of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Installer {
    /// Who the process is.
    pub me: Part<Identity>,
    library: Part<Library>,
    tasks: BTreeMap<Thread, Part<Operation>>,
}

impl Installer {
    /// A process that has not used the API yet.
    #[must_use]
    pub fn new(me: Identity) -> Self {
        Self { me: me.into(), library: Part::default(), tasks: BTreeMap::new() }
    }

    /// The state behind the handles.
    #[must_use]
    pub fn library(&self) -> &Library {
        &self.library
    }

    /// The calls in flight.
    #[must_use]
    pub const fn tasks(&self) -> &BTreeMap<Thread, Part<Operation>> {
        &self.tasks
    }

    /// Begins a call on a thread.
    ///
    /// # Panics
    /// When the thread has a call in flight already: a thread makes one call at a time.
    pub fn begin(&mut self, thread: Thread, call: Call) {
        self.begin_inside(thread, call, None);
    }

    /// Begins a call that the status callback of another thread's operation makes, if that thread is
    /// given. The callback runs on that thread; `thread` is the place of its call.
    ///
    /// # Panics
    /// When the thread has a call in flight already: a thread makes one call at a time.
    pub fn begin_inside(&mut self, thread: Thread, call: Call, outer: Option<Thread>) {
        assert!(!self.tasks.contains_key(&thread), "thread {thread} has a call in flight");
        let seat = call.session().and_then(|handle| self.library.sessions.get(&handle)).map(|it| it.seat);
        let others = self.tasks.values().map(|task| task.call());
        let beside = Beside::new(&call, seat, others.filter(|other| other.session() == call.session()));
        let is_cancelled = self.takes_place(thread, &call);
        let mut operation = Operation::new(call, seat, outer, beside);
        if is_cancelled {
            operation.cancel();
        }
        self.tasks.insert(thread, operation.into());
    }

    /// Gives a call the turn if nobody has it; tells whether it is cancelled from its beginning.
    fn takes_place(&mut self, thread: Thread, call: &Call) -> bool {
        let Some(handle) = call.session().filter(|_| call.takes_turns()) else { return false };
        let Some(session) = self.library.session_mut(handle) else { return false };
        session.busy = session.busy.or(Some(thread));
        matches!(call, Call::Shutdown { .. } | Call::Restart { .. })
            && core::mem::take(&mut session.cancel_next)
    }

    /// What the thread's call wants next. Changes nothing; may be asked any number of times.
    ///
    /// # Panics
    /// When the thread has no call in flight.
    #[must_use]
    pub fn poll_effect(&self, thread: Thread, rules: &Rules) -> Next {
        let operation = self.tasks.get(&thread).expect("the thread has a call in flight");
        operation.poll(&self.view(thread, operation.session(&self.library), rules))
    }

    /// Whether a thread's call would do the same next if it were cancelled now.
    ///
    /// # Panics
    /// When the thread has no call in flight.
    #[must_use]
    pub fn goes_on_if_cancelled(&self, thread: Thread, rules: &Rules) -> bool {
        let operation = self.tasks.get(&thread).expect("the thread has a call in flight");
        let mut cancelled = Operation::clone(operation);
        cancelled.cancel();
        let view = self.view(thread, operation.session(&self.library), rules);
        operation.is_cancelled() || cancelled.poll(&view) == operation.poll(&view)
    }

    fn view<'a>(&'a self, thread: Thread, session: Option<&'a Session>, rules: &'a Rules) -> View<'a> {
        View { me: &self.me, thread, library: &self.library, tasks: &self.tasks, session, rules }
    }

    /// What speaks against a handle as the one of a session that a thread's call opens now; where nothing does and
    /// the number comes from elsewhere, [`Effect::NewHandle`] is answered with it.
    #[must_use]
    pub fn objection_to_handle(
        &self,
        thread: Thread,
        handle: SessionHandle,
        rules: &Rules,
    ) -> Option<Citation> {
        self.view(thread, None, rules).objection_to(handle)
    }

    /// Whether a handle stands for a session already.
    #[must_use]
    pub fn uses_handle(&self, handle: SessionHandle) -> bool {
        self.library.sessions.contains_key(&handle)
    }

    /// Records what came of the effect that [`poll_effect`](Self::poll_effect) named.
    ///
    /// # Panics
    /// When the outcome cannot belong to the effect, or the thread has no call in flight: a bug of
    /// the backend or the driver.
    pub fn handle_outcome(&mut self, thread: Thread, effect: &Effect, outcome: Outcome) {
        assert!(effect.accepts(&outcome), "{outcome:?} cannot be the outcome of {effect:?}");
        if let Effect::Interrupt(other) | Effect::Request(other) = effect
            && outcome == Outcome::Done
            && let Some(cancelled) = self.tasks.get_mut(other)
        {
            cancelled.cancel();
        }
        let operation = self.tasks.get_mut(&thread).expect("the thread has a call in flight");
        operation.handle(&mut self.library, effect, outcome);
    }

    /// Forgets what none of the answers still allowed can show. For whoever keeps many states: those that
    /// differ in nothing else are one.
    pub fn forget(&mut self, policy: &Policy) {
        let reverse = Citation::answer(RestartOrder::ReverseOfStops);
        if !policy.allows(reverse) {
            self.library.sessions.values_mut().for_each(|session| session.forget_stops());
        }
    }

    /// Has the operation that runs on a session of this process see a cancel that comes from another
    /// process (OQ-80); `None` when there is none.
    pub fn cancel_from_outside(&mut self, hash: u64) -> Option<Thread> {
        let sessions = &self.library.sessions;
        let primary =
            |session: &&Part<Session>| session.seat.hash == hash && session.seat.role == Role::Primary;
        let thread = sessions.values().find(primary)?.busy?;
        let operation = self.tasks.get_mut(&thread).filter(|operation| operation.is_cancellable())?;
        operation.cancel();
        Some(thread)
    }

    /// Forgets a call that is done, and gives its turn to the next that waits for it. The call is given back.
    pub fn finish(&mut self, thread: Thread) -> Option<Call> {
        let operation = self.tasks.remove(&thread)?;
        self.pass_turn(thread, &operation);
        Some(operation.into_inner().into_call())
    }

    fn pass_turn(&mut self, thread: Thread, operation: &Operation) {
        let Some(handle) = operation.call().session() else { return };
        if operation.is_cancelled() {
            let on_session = |task: &&mut Part<Operation>| task.call().session() == Some(handle);
            self.tasks.values_mut().filter(on_session).for_each(|task| task.saw_cancelled());
        }
        if self.library.sessions.get(&handle).is_some_and(|session| session.busy == Some(thread)) {
            let waits = |task: &Operation| task.call().takes_turns() && task.call().session() == Some(handle);
            let next = self.tasks.iter().find(|(_, task)| waits(task)).map(|(waiting, _)| *waiting);
            self.library.session_mut(handle).into_iter().for_each(|session| session.busy = next);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::Seat;
    use crate::process::UniqueProcess;
    use crate::rule;
    use crate::rules::Latitude;
    use crate::session::{Scope, Slot};

    #[test]
    fn a_new_handle_may_be_any_that_stands_for_no_session() {
        let (process, nobody) = (UniqueProcess { id: 4, start_time: 1 }, crate::Name::from(""));
        let me = Identity {
            process,
            ts_session: 1,
            user: nobody.clone(),
            logged_on: nobody,
            elevated: false,
            service: false,
        };
        let mut installer = Installer::new(me);
        let objection = |installer: &Installer, handle, rules: &Rules| {
            installer.objection_to_handle(Thread(0), SessionHandle(handle), rules)
        };
        let zero = Latitude::find("OQ-02.issued").expect("it is a question");
        let never = Rules::new(Policy::default().with(zero, 0).expect("it has this answer"));
        let issued = Rules::new(Policy::default().with(zero, 1).expect("it has this answer"));
        assert_eq!(objection(&installer, 0, &never), Some(Citation::Latitude(zero, 0)));
        assert_eq!(objection(&installer, 7, &never), None);
        for handle in [0, 1, 7] {
            assert_eq!(objection(&installer, handle, &issued), None, "{handle}");
        }
        let seat = Seat { role: Role::Primary, slot: Slot { scope: Scope::User, number: 0 }, hash: 1 };
        installer.library.sessions.insert(SessionHandle(7), Session::new(seat).into());
        let different = Citation::Rule(rule!("RM-START-15"));
        assert_eq!(objection(&installer, 7, &issued), Some(different));
        assert!(installer.uses_handle(SessionHandle(7)) && !installer.uses_handle(SessionHandle(0)));
        assert_eq!(objection(&installer, 0, &issued), None);
        let none = Citation::Rule(rule!("RM-LIFE-09"));
        assert_eq!(objection(&installer, u32::MAX, &issued), Some(none));
    }
}
