//! What calls want next, and the answers under which they do.

use std::rc::Rc;

use rm_core::{Installer, Next, Part, Rules};

use super::answers::Answers;
use super::script::CallId;
use super::search::Search;
use super::state::State;

/// Whom a call's next effect was asked of, and under which answers.
pub(super) type Asked = (CallId, Answers, Part<Installer>);

/// What a call can want next, and the answers under which it does.
pub(super) type Ways = Rc<Vec<(Answers, Next)>>;

/// What a call can want next, for telling whether that is the same under other answers.
struct Wanted {
    next: Next,
    /// Whether it is a reply, and the one that was seen.
    fits: bool,
    /// Whether all replies that do not fit are alike: one tells enough.
    alike: bool,
}

/// Nothing remains of a reply but whether it was what was seen.
impl PartialEq for Wanted {
    fn eq(&self, other: &Self) -> bool {
        match (&self.next, &other.next) {
            (Next::Done(_), Next::Done(_)) if self.fits || self.alike => self.fits == other.fits,
            (own, others) => own == others,
        }
    }
}

impl Search<'_> {
    /// What a call wants next, if no open question decides that.
    pub(super) fn settled(&self, state: &State, call: CallId) -> Option<Next> {
        let who = self.script.calls.get(call)?.who;
        if let Some(effect) = state.now.machine.world.blocked_in(who) {
            return Some(Next::Do(effect.clone()));
        }
        let mut rules = self.rules.clone();
        rules.policy = self.diagram.borrow_mut().hull(state.answers);
        let installer = state.now.machine.installer(who.process)?;
        let next = rules.settled(|rules| installer.poll_effect(who.thread, rules));
        self.rules.note_asked(&rules);
        next
    }

    /// What a call can want next, and the answers under which it does.
    pub(super) fn alternatives(&self, state: &State, call: CallId) -> Ways {
        if let Some(next) = self.settled(state, call) {
            return Rc::new(vec![(state.answers, next)]);
        }
        let Some(who) = self.script.calls.get(call).map(|made| made.who) else { return Rc::default() };
        let Some(installer) = state.now.machine.installers().get(&who.process) else { return Rc::default() };
        let asked = (call, state.answers, installer.clone());
        if let Some(known) = self.asked.borrow().get(&asked) {
            return known.clone();
        }
        let ways = self.ways(state.answers, |rules| {
            let next = installer.poll_effect(who.thread, rules);
            let fits = matches!(&next, Next::Done(reply) if self.fits(call, reply));
            Wanted { next, fits, alike: !self.pass.reply }
        });
        let ways =
            Rc::new(ways.into_iter().map(|(answers, wanted)| (answers, wanted.next)).collect::<Vec<_>>());
        self.asked.borrow_mut().insert(asked, ways.clone());
        ways
    }

    /// What something can come to, and the answers under which it does.
    pub(super) fn ways<T: PartialEq>(&self, of: Answers, decide: impl Fn(&Rules) -> T) -> Vec<(Answers, T)> {
        let mut rules = self.rules.clone();
        let ways = self.diagram.borrow_mut().ways(of, &mut rules, &decide);
        self.rules.note_asked(&rules);
        ways
    }
}
