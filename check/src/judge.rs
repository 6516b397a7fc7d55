//! The judge: whether the documents allow what was seen of an implementation.
//!
//! It runs the model itself, and keeps every explanation of what was seen so far: a machine, the answers to
//! open questions under which it holds, and what it knows of that was not seen yet. Between two lines
//! everything is followed that could have happened: threads move in any order, time passes as far as the
//! lines say, programs answer as they may, the world changes when it was seen to. What the environment
//! invents (keys, handles, process ids) is taken from the transcript. Explanations that come to something
//! else than what was seen are dropped; when none is left, the transcript is rejected there, and goes on
//! from what would have been allowed.
//!
//! There is no rule of Restart Manager here: what a reply allows is said by
//! [`Reply::differences`](rm_core::Reply::differences), and what happens next by the model.

mod alone;
mod answers;
mod case;
mod heard;
mod idle;
mod keys;
mod learn;
mod moves;
mod outside;
mod report;
mod script;
mod search;
mod state;
mod wanted;

use std::cell::RefCell;

use rm_core::{Call, Policy, Rules};

pub use learn::{Decided, Learned, letters};
pub use report::{Allowed, Doubt, Fault, Forgiven, Rejection, Report, Verdict};

use crate::boundary::{Boundary, Budget, Known};
use answers::Diagram;
use case::Case;
use learn::Lessons;
use script::{CallId, Script, What};
use search::{Astray, Pass, Search};
use state::State;

/// How many faults are assumed at most in one call.
const FAULTS: usize = 4;

/// How many moves are made at most, where only likely explanations are followed and else.
const MOVES: (usize, usize) = (200_000, 150_000);

/// Judges a transcript under the answers that a policy allows; what may differ each time may do so.
#[must_use]
pub fn judge(boundary: &Boundary, policy: &Policy) -> Report {
    Case { boundary, script: &Script::of(boundary), policy, reduces: true }.judge()
}

/// The same, and calls under way at once are followed in every order, whether it makes a difference or not: to
/// show that it makes none.
#[must_use]
pub fn judge_in_every_order(boundary: &Boundary, policy: &Policy) -> Report {
    Case { boundary, script: &Script::of(boundary), policy, reduces: false }.judge()
}

/// Judges a transcript under just the answers that a policy allows.
#[must_use]
pub fn judge_under(boundary: &Boundary, policy: &Policy) -> Report {
    Case { boundary, script: &Script::of(boundary), policy, reduces: true }.judge_strictly()
}

/// Which explanations are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Follow {
    /// Those in which the world changes by what Restart Manager does, no call loses time and nothing
    /// fails. Where they do not lead on, the judge gives up.
    Usual,
    /// Those in which the world changes by what Restart Manager does, no call loses time and nothing
    /// fails, where there are any; others only where there are none.
    Likely,
    /// Those in which no call loses time, where there are any; and as many more faults at any moment than
    /// are needed.
    Prompt(usize),
    /// All, likewise.
    All(usize),
}

struct Judge<'a> {
    boundary: &'a Boundary,
    script: &'a Script,
    rules: Rules,
    follow: Follow,
    reduces: bool,
    /// The answers under which the explanations hold.
    diagram: RefCell<Diagram>,
    states: Vec<State>,
    /// The calls under way.
    calls: Vec<CallId>,
    lessons: Lessons,
    report: Report,
}

impl<'a> Judge<'a> {
    fn new(case: Case<'a>, follow: Follow) -> Self {
        let Case { boundary, script, reduces, .. } = case;
        let idle = idle::idle(boundary, script, case.policy);
        let policy = idle::closed(case.policy, &idle);
        let mut machine = boundary.machine.clone();
        let newcomers: Vec<_> = boundary
            .newcomers
            .iter()
            .filter_map(|(process, program)| Some((machine.world.cast().find(program)?, *process)))
            .collect();
        machine.world.expect(newcomers);
        Self {
            boundary,
            script,
            rules: Rules::new(policy),
            follow,
            reduces,
            diagram: RefCell::new(Diagram::new(policy)),
            states: vec![State::new(machine)],
            calls: Vec::new(),
            lessons: Lessons::new(case.policy, idle),
            report: Report { calls: script.calls.len(), ..Report::default() },
        }
    }

    fn judge(mut self) -> Report {
        let mut last = 0;
        for next in 0..self.boundary.lines.len() {
            let Some(line) = self.boundary.lines.get(next) else { break };
            let what = self.script.what.get(next).copied();
            if let Some(What::Progress(of)) = what {
                if of.is_none_or(|of| !self.calls.contains(&of)) {
                    self.report.rejections.push(report::late_progress(self.boundary, line));
                }
                continue;
            }
            if !self.reach(next, last, line.at) {
                self.report.stopped_at(self.boundary, line);
                break;
            }
            last = line.at;
            if let Some(what) = what {
                self.take(what, next);
            }
            self.report.explanations = self.report.explanations.max(self.states.len());
            self.lessons.after(next, self.boundary, &self.states, self.diagram.get_mut());
        }
        self.concludes()
    }

    fn concludes(mut self) -> Report {
        let least = self.states.iter().min_by_key(|state| state.now.faults);
        if let Some(least) = least {
            let faults = least.assumed.iter();
            self.report.faults =
                faults.map(|fault| report::fault(self.boundary, self.script, fault)).collect();
        }
        self.report.learned = self.lessons.learned(&self.rules);
        self.report
    }

    const fn most(&self) -> usize {
        if matches!(self.follow, Follow::Usual | Follow::Likely) { MOVES.0 } else { MOVES.1 }
    }

    /// Finds every explanation up to the next line; false if it goes no further.
    fn reach(&mut self, next: usize, from: u64, until: u64) -> bool {
        let least = self.states.iter().map(|state| state.now.faults).min().unwrap_or_default();
        let (slack, ways) = match self.follow {
            Follow::Usual => return self.reach_as_usual(next, from, until),
            Follow::Likely => (0, &[(false, false), (true, false), (true, true)][..]),
            Follow::Prompt(slack) => (slack, &[(true, false), (true, true)][..]),
            Follow::All(slack) => (slack, &[(true, true)][..]),
        };
        let may_fail = self.boundary.faults == Budget::Unstated;
        let faults = if may_fail { slack..=FAULTS.max(slack) } else { 0..=0 };
        let from_here = std::mem::take(&mut self.states);
        let mut astray = Vec::new();
        for extra in faults {
            for (outside, late) in ways {
                let pass = Pass {
                    base: least,
                    moves: self.most(),
                    faults: least + extra,
                    outside: *outside,
                    late: *late,
                    ..Pass::default()
                };
                let found = self.search(next, from, until, pass, from_here.clone());
                if !found.0.is_empty() {
                    self.states = found.0;
                    return true;
                }
                if self.report.too_many {
                    return false;
                }
                astray = found.1;
            }
        }
        self.reject(next, from, until, &from_here, &astray)
    }

    /// Finds the usual explanations; false, and nothing is left to go on from, if there are none.
    fn reach_as_usual(&mut self, next: usize, from: u64, until: u64) -> bool {
        let states = std::mem::take(&mut self.states);
        let pass = Pass { moves: self.most(), ..Pass::default() };
        self.states = self.search(next, from, until, pass, states).0;
        self.report.too_many |= self.states.is_empty();
        !self.states.is_empty()
    }

    fn search(
        &mut self,
        next: usize,
        from: u64,
        until: u64,
        pass: Pass,
        states: Vec<State>,
    ) -> (Vec<State>, Vec<Astray>) {
        let mut search = Search {
            boundary: self.boundary,
            script: self.script,
            rules: &self.rules,
            next,
            from,
            time: until.saturating_sub(from),
            calls: &self.calls,
            pass,
            astray: Vec::new(),
            too_many: false,
            moves: self.report.moves,
            diagram: &self.diagram,
            reduces: self.reduces,
            asked: RefCell::default(),
        };
        let found = search.run(states);
        self.report.moves = search.moves;
        self.report.too_many |= search.too_many;
        (found, search.astray)
    }

    /// No explanation is left: tells why, and goes on with what would have been allowed.
    fn reject(&mut self, next: usize, from: u64, until: u64, states: &[State], astray: &[Astray]) -> bool {
        let least = states.iter().map(|state| state.now.faults).min().unwrap_or_default();
        let all = self.follow != Follow::Likely;
        let pass = Pass {
            base: least,
            faults: least,
            moves: self.most(),
            outside: all,
            late: all,
            ..Pass::default()
        };
        let ways = [
            Pass { reply: true, ..pass },
            Pass { reply: true, overtime: true, ..pass },
            Pass { reply: true, world: true, ..pass },
            Pass { reply: true, world: true, overtime: true, ..pass },
        ];
        let mut found = (Vec::new(), Vec::new());
        for pass in ways {
            found = self.search(next, from, until, pass, states.to_vec());
            if !found.0.is_empty() || self.report.too_many {
                break;
            }
        }
        // Whoever should have been told something says most; what would have come of silence says nothing.
        let told: Vec<_> = astray.iter().filter(|one| matches!(one, Astray::Told(..))).cloned().collect();
        let all = if told.is_empty() { astray.iter().chain(&found.1).cloned().collect() } else { told };
        let goes_on = !found.0.is_empty();
        match report::rejected(self.boundary, self.script, next, &all) {
            Ok(rejection) => self.report.rejections.push(rejection),
            Err(forgiven) => self.report.forgiven.push(forgiven),
        }
        self.states = found.0;
        goes_on
    }

    /// Takes a line into every explanation.
    fn take(&mut self, what: What, next: usize) {
        match what {
            What::Begins(call) => self.begin(call),
            What::Replied(call) => {
                self.calls.retain(|one| *one != call);
                self.states.iter_mut().for_each(|state| state.now.finished.retain(|one| *one != call));
                self.forget_occasions();
                let made = self.script.calls.get(call);
                if self.boundary.world == Known::Partly
                    && let Some(made) = made
                    && report::depends_on_world(&made.call, made.seen.as_ref())
                {
                    self.report.doubts.push(report::doubt(self.boundary, next));
                }
            }
            What::Changes(_) => {
                self.states.iter_mut().for_each(|state| state.now.happened.retain(|one| *one != next));
            }
            What::Progress(_) => {}
        }
        self.states.iter_mut().for_each(|state| state.now.passed = 0);
        self.merge();
    }

    fn begin(&mut self, call: CallId) {
        self.calls.push(call);
        let Some(made) = self.script.calls.get(call) else { return };
        self.states.retain_mut(|state| {
            let machine = &mut state.now.machine;
            let Some(installer) = machine.installer(made.who.process) else { return false };
            if installer.tasks().contains_key(&made.who.thread) {
                return false;
            }
            let takes_time = |call: &Call| matches!(call, Call::Shutdown { .. } | Call::Restart { .. });
            let mut tasks = installer.tasks().iter();
            let outer = tasks.find(|(_, task)| takes_time(task.call())).map(|(thread, _)| *thread);
            match outer.filter(|_| made.inside) {
                Some(outer) => machine.begin_inside(made.who, made.call.clone(), outer),
                None => machine.begin(made.who, made.call.clone()),
            }
            true
        });
    }

    /// What may differ each time may do so again.
    fn forget_occasions(&mut self) {
        if self.lessons.has_occasions() {
            let diagram = self.diagram.get_mut();
            self.states.iter_mut().for_each(|state| state.answers = diagram.without_occasions(state.answers));
        }
    }

    fn merge(&mut self) {
        if self.states.len() > 1 {
            let mut merged = state::States::default();
            for state in self.states.drain(..) {
                merged.add(state, self.diagram.get_mut());
            }
            self.states = merged.into_all();
        }
    }
}
