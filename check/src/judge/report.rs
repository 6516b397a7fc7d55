//! What the judge says: the verdict, and why.

use std::collections::BTreeSet;

use rm_core::rules::{Citation, Latitude, LatitudeKind};
use rm_core::{AppId, Call, Difference, Effect, ErrorCode, Point, Refusal, Reply, Rule, Seen};
use serde::Serialize;

use super::learn::Learned;
use super::script::Script;
use super::search::Astray;
use super::state::Assumed;
use crate::boundary::{Boundary, Change, Event, Line};

/// How many of the answers that were allowed are told.
const NEAREST: usize = 3;

/// Whether what was seen is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The documents allow it.
    Accepted,
    /// What is known does not suffice to tell.
    Inconclusive,
    /// They do not.
    Rejected,
}

/// What the judge found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Each answer that the documents do not allow.
    pub rejections: Vec<Rejection>,
    /// What could not be told, and why.
    pub doubts: Vec<Doubt>,
    /// The faults of the environment that have to be assumed.
    pub faults: Vec<Fault>,
    /// What differs and is forgiven.
    pub forgiven: Vec<Forgiven>,
    /// What remains of the questions that were left open.
    pub learned: Vec<Learned>,
    /// How many calls there were.
    pub calls: usize,
    /// How many explanations there were at most after a line.
    pub explanations: usize,
    /// How many moves of the model it took.
    pub moves: usize,
    /// Whether there were more explanations than are followed.
    pub too_many: bool,
    /// Whether nothing was learned although something was open: there were too many explanations even of the
    /// likely ones.
    pub unlearned: bool,
    /// Whether what was learned presumes that nothing failed, and that the world changed by what Restart Manager
    /// did, wherever that explains what was seen: there were too many other explanations to follow all, or
    /// something may have failed that is not told.
    pub presumed: bool,
}

/// An answer that is not allowed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rejection {
    /// The line of the transcript.
    pub line: usize,
    /// When, in milliseconds.
    pub at: u64,
    /// Who got it.
    pub who: String,
    /// What was seen, as the transcript says it.
    pub seen: Vec<String>,
    /// The rules, or answers to open questions, that every explanation would have broken.
    pub broken: Vec<Citation>,
    /// What was allowed instead: the answers that are nearest to what was seen.
    pub allowed: Vec<Allowed>,
    /// How many other answers were allowed.
    pub others: usize,
}

/// Something that was allowed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Allowed {
    /// As a transcript would say it.
    pub answer: Vec<String>,
    /// In which points what was seen differs, and what makes it so.
    pub differs: Vec<(String, Citation)>,
}

/// Something that could not be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Doubt {
    /// The line of the transcript.
    pub line: usize,
    /// Why.
    pub why: String,
}

/// A fault that has to be assumed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The line with which the call begins.
    pub line: usize,
    /// The function.
    pub function: &'static str,
    /// The effect that failed.
    pub effect: &'static str,
    /// How.
    pub failure: &'static str,
}

/// A difference that the documents forgive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Forgiven {
    /// The line of the transcript.
    pub line: usize,
    /// What differs, and the permit, or the text that another one contradicts.
    pub differs: Vec<(String, Citation)>,
}

impl Report {
    /// The verdict.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        if !self.rejections.is_empty() {
            Verdict::Rejected
        } else if self.too_many || !self.doubts.is_empty() {
            Verdict::Inconclusive
        } else {
            Verdict::Accepted
        }
    }

    /// Whether it was told as it may be, and nothing had to be assumed or forgiven.
    pub(super) const fn is_plain(&self) -> bool {
        let as_it_may_be = self.rejections.is_empty() && !self.too_many;
        as_it_may_be && self.faults.is_empty() && self.forgiven.is_empty()
    }

    /// The judge goes no further than this line.
    pub(super) fn stopped_at(&mut self, _: &Boundary, line: &Line) {
        let why = if self.too_many {
            "there are more explanations than are followed; the rest was not judged"
        } else {
            "nothing that is allowed leads on from here; the rest was not judged"
        };
        self.doubts.push(Doubt { line: line.number, why: why.into() });
    }
}

/// A callback after its call was over.
pub(super) fn late_progress(boundary: &Boundary, line: &Line) -> Rejection {
    let (who, seen) = boundary.said(line);
    let broken = vec![Citation::Rule(rm_core::rule!("RM-CB-07"))];
    Rejection { line: line.number, at: line.at, who, seen, broken, allowed: Vec::new(), others: 0 }
}

pub(super) fn fault(boundary: &Boundary, script: &Script, assumed: &Assumed) -> Fault {
    let made = script.calls.get(assumed.call);
    let line = made.and_then(|made| boundary.lines.get(made.begins)).map_or(0, |line| line.number);
    let function = made.map_or("", |made| made.call.function());
    Fault { line, function, effect: assumed.effect, failure: assumed.failure.name() }
}

pub(super) fn doubt(boundary: &Boundary, next: usize) -> Doubt {
    let line = boundary.lines.get(next);
    let what = match line.map(|line| &line.event) {
        Some(Event::Replied(_, function, _)) => function,
        _ => "the call",
    };
    let why = format!("what {what} comes to depends on the world, which is known only partly");
    Doubt { line: line.map_or(0, |line| line.number), why }
}

/// Whether what was seen of a call says something of the world.
pub(super) fn depends_on_world(call: &Call, seen: Option<&Seen>) -> bool {
    let asks = matches!(call, Call::GetList { .. } | Call::Shutdown { .. } | Call::Restart { .. });
    let refused = |seen: &Seen| {
        [ErrorCode::BAD_ARGUMENTS, ErrorCode::INVALID_HANDLE, ErrorCode::SESSION_CREDENTIAL_CONFLICT]
            .contains(&seen.code)
            || seen.code == ErrorCode::REQUEST_OUT_OF_SEQUENCE
    };
    asks && !seen.is_some_and(refused)
}

/// Why no explanation was left at a line; or what is forgiven, if one differs in nothing else.
pub(super) fn rejected(
    boundary: &Boundary,
    script: &Script,
    next: usize,
    astray: &[Astray],
) -> Result<Rejection, Forgiven> {
    let Some(line) = boundary.lines.get(next) else {
        return Err(Forgiven { line: 0, differs: Vec::new() });
    };
    let replied = |one: &&Astray| matches!(one, Astray::Reply(..));
    let replies: Vec<_> = astray.iter().filter(replied).collect();
    // Where a call would have come back with something else, that tells more than anything else.
    let telling = if replies.is_empty() { astray.iter().collect() } else { replies };
    for one in &telling {
        if let Astray::Reply(_, reply, differences) = one
            && differences.iter().all(|one| is_forgiven(one, reply, line))
        {
            let differs = differences.iter().map(|one| (point(boundary, one, reply), one.because)).collect();
            return Err(Forgiven { line: line.number, differs });
        }
    }
    let all: BTreeSet<_> = telling.iter().filter_map(|one| allowed(boundary, script, one)).collect();
    let mut broken: Option<BTreeSet<Citation>> = None;
    for one in &all {
        let own: BTreeSet<_> = one.differs.iter().map(|(_, because)| *because).collect();
        broken = Some(match broken {
            Some(all) => all.intersection(&own).copied().collect(),
            None => own,
        });
    }
    let (who, seen) = boundary.said(line);
    let broken = broken.unwrap_or_default().into_iter().collect();
    let (allowed, others) = nearest(all);
    Ok(Rejection { line: line.number, at: line.at, who, seen, broken, allowed, others })
}

/// Those of what was allowed that what was seen differs from least; and how many others there are.
fn nearest(all: BTreeSet<Allowed>) -> (Vec<Allowed>, usize) {
    let (mut kept, mut said) = (Vec::new(), BTreeSet::new());
    for one in all {
        // The order of entries makes no other answer of it.
        let mut answer = one.answer.clone();
        answer.sort();
        if said.insert(answer) {
            kept.push(one);
        }
    }
    kept.sort_by_key(|one| one.differs.len());
    let others = kept.len().saturating_sub(NEAREST);
    kept.truncate(NEAREST);
    (kept, others)
}

/// Where the documents permit a failure, success is what they permit as well, and no other failure. What
/// keeps the environment from doing its part is no matter of permission, nor is what a policy answers.
fn is_forgiven(difference: &Difference, reply: &Reply, line: &Line) -> bool {
    let succeeded = matches!(&line.event, Event::Replied(_, _, seen) if seen.code == ErrorCode::SUCCESS);
    let is_environment = matches!(reply.refusal, Some(Refusal::RegistryBusy(_) | Refusal::Machine(..)));
    let is_answered = |rule: Rule| {
        let switches = Latitude::all().map(Latitude::row).filter(|row| row.kind == LatitudeKind::Switch);
        switches.into_iter().any(|row| row.touches().any(|one| one == rule))
    };
    match difference.because {
        Citation::Rule(rule) if difference.point == Point::Code => {
            difference.is_forgiven() && succeeded && !is_environment && !is_answered(rule)
        }
        _ => difference.is_forgiven(),
    }
}

fn allowed(boundary: &Boundary, script: &Script, astray: &Astray) -> Option<Allowed> {
    match astray {
        Astray::Reply(call, reply, differences) => {
            let made = script.calls.get(*call)?;
            let event = Event::Replied(made.who, made.call.function(), Seen::from(reply));
            let (_, answer) = boundary.said(&Line { number: 0, since: None, at: 0, event });
            let differs = differences.iter().map(|one| (point(boundary, one, reply), one.because)).collect();
            Some(Allowed { answer, differs })
        }
        Astray::World(id, is_gone) => {
            let name = app(boundary, id);
            let said = if *is_gone { "would be gone" } else { "would have been started" };
            Some(Allowed { answer: vec![format!("{name} {said}, and nobody saw that")], differs: Vec::new() })
        }
        Astray::Told(id, contact) => {
            let event = Event::Changes(Change::Told(id.clone(), contact.clone()));
            let (_, answer) = boundary.said(&Line { number: 0, since: None, at: 0, event });
            let what = format!("what {} is told", app(boundary, id));
            Some(Allowed { answer, differs: vec![(what, contact.because())] })
        }
        Astray::Waits(call, effect) => {
            let function = script.calls.get(*call)?.call.function();
            let what = effect
                .as_ref()
                .map_or_else(|| "another call on the session".into(), |effect| waits_for(boundary, effect));
            let answer = vec![format!("{function} would still be under way, waiting for {what}")];
            Some(Allowed { answer, differs: Vec::new() })
        }
    }
}

fn waits_for(boundary: &Boundary, effect: &Effect) -> String {
    match effect {
        Effect::Lock(..) => "the registry mutex".into(),
        Effect::Send(process, ..) => format!("an answer of {}", boundary.names.of(*process)),
        Effect::WaitAny(all) => {
            let names: Vec<_> = all.iter().map(|id| app(boundary, id)).collect();
            format!("{} to end", names.join(", "))
        }
        Effect::StartService(name, _) => format!("{name} to run"),
        Effect::AwaitReady(process, _) => format!("{} to be ready", boundary.names.of(*process)),
        other => other.name().into(),
    }
}

fn app(boundary: &Boundary, id: &AppId) -> String {
    boundary.names.app(id)
}

/// A point in words.
fn point(boundary: &Boundary, difference: &Difference, reply: &Reply) -> String {
    let of = |id: &AppId| app(boundary, id);
    match &difference.point {
        Point::Code => match reply.refusal {
            Some(refusal) => format!("the code: {refusal}"),
            None => "the code: nothing is in the way".into(),
        },
        Point::Outputs => "what it writes".into(),
        Point::Handle => "the handle".into(),
        Point::Key => "the session key".into(),
        Point::Terminator => "the NUL behind the key".into(),
        Point::Needed => "how much is needed".into(),
        Point::Count => "the number of entries filled in".into(),
        Point::Reasons => "the reboot reasons".into(),
        Point::Missing(id) => format!("{} is not listed", of(id)),
        Point::Listed(id) => format!("{} is listed", of(id)),
        Point::AppName(id) => format!("the name of {}", of(id)),
        Point::Type(id) => format!("the type of {}", of(id)),
        Point::Status(id) => format!("the status of {}", of(id)),
        Point::TsSession(id) => format!("the terminal session of {}", of(id)),
        Point::Restartable(id) => format!("whether {} can be restarted", of(id)),
        Point::Filters => "the filters".into(),
        Point::Progress => "what the status callback is told".into(),
    }
}
