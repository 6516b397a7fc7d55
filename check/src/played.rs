//! What came of playing: each call with what it did, and what can be asked about the run.

use std::fmt;

use rm_core::rules::Latitude;
use rm_core::{AppId, Call, Caller, Effect, Outcome, Refusal, Reply, Role, Rules, UniqueProcess};
use rm_sim::fault::{Incident, Struck};
use rm_sim::scenario::Run;
use rm_sim::transcript::{Event, Transcript};
use rm_sim::world::Program;
use rm_sim::{Machine, Move};

/// One call, from beginning to end.
#[derive(Clone)]
pub struct Made {
    /// Who made it.
    pub who: Caller,
    /// The call.
    pub call: Call,
    /// What it did, in order.
    pub did: Vec<(Effect, Outcome)>,
    /// What came of it; none if it did not end.
    pub reply: Option<Reply>,
    /// Where it begins and ends in the order of events.
    pub span: (usize, usize),
}

/// In short: the story tells the rest.
impl fmt::Debug for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Caller { process, thread } = self.who;
        write!(f, "{:?} by {process}/{thread}", self.call)?;
        if let Some(Reply { code, refusal, output, .. }) = &self.reply {
            write!(f, " = {code} {refusal:?} {output:?}")?;
        }
        let did = self.did.iter().map(|(effect, _)| effect.name());
        write!(f, ", which did {:?}", did.collect::<Vec<_>>())
    }
}

/// A run that is over: every call that could end has ended.
pub struct Played {
    /// The machine as it was left.
    pub machine: Machine,
    /// What happened.
    pub transcript: Transcript,
    /// The rules it was played by.
    pub rules: Rules,
    /// The calls, in the order in which they began.
    pub made: Vec<Made>,
    /// The moves it was made of.
    pub moves: Vec<Move>,
}

impl From<Run> for Played {
    fn from(run: Run) -> Self {
        Self::new(run.machine, run.transcript, run.rules)
    }
}

impl Played {
    /// What happened, gathered by call.
    #[must_use]
    pub fn new(machine: Machine, transcript: Transcript, rules: Rules) -> Self {
        let made = gather(&transcript);
        Self { machine, transcript, rules, made, moves: Vec::new() }
    }
}

fn gather(transcript: &Transcript) -> Vec<Made> {
    let mut made: Vec<Made> = Vec::new();
    for (at, line) in transcript.lines.iter().enumerate() {
        let Some(who) = line.who else { continue };
        if let Event::Called(call) = &line.event {
            made.push(Made { who, call: call.clone(), did: Vec::new(), reply: None, span: (at, usize::MAX) });
            continue;
        }
        let Some(current) = made.iter_mut().rev().find(|made| made.who == who) else { continue };
        match &line.event {
            Event::Did(effect, outcome) => current.did.push((effect.clone(), outcome.clone())),
            Event::Replied(_, reply) => {
                current.reply = Some(reply.clone());
                current.span.1 = at;
            }
            _ => {}
        }
    }
    made
}

impl Made {
    /// Whether the call was under way at this event.
    #[must_use]
    pub const fn covers(&self, at: usize) -> bool {
        self.span.0 < at && at < self.span.1
    }

    /// The code it returned, if it did.
    #[must_use]
    pub fn code(&self) -> Option<u32> {
        self.reply.as_ref().map(|reply| reply.code.0)
    }
}

impl Played {
    /// Whether the run was played under the default policy.
    #[must_use]
    pub fn is_default(&self) -> bool {
        self.rules.policy == rm_core::Policy::default()
    }

    /// Whether a question was answered so, by letter.
    #[must_use]
    pub fn is_answered(&self, latitude: &str, letter: char) -> bool {
        is_answered(&self.rules, latitude, letter)
    }

    /// What a handle meant to the process of a call when the call began: the call that opened it.
    #[must_use]
    pub fn opened_by(&self, made: &Made) -> Option<&Made> {
        let handle = made.call.session()?;
        let of_process =
            |line: &&rm_sim::transcript::Line| line.who.is_some_and(|who| who.process == made.who.process);
        let earlier = self.transcript.lines.get(..made.span.0)?.iter().enumerate().rev();
        let (at, line) =
            earlier.filter(|(_, line)| of_process(line)).find(|(_, line)| match &line.event {
                Event::Did(Effect::NewHandle(_), Outcome::Handle(opened)) => *opened == handle,
                Event::Did(Effect::ReleaseHandle(released), _) => *released == handle,
                _ => false,
            })?;
        let opens = matches!(line.event, Event::Did(Effect::NewHandle(_), _));
        self.made.iter().find(|other| opens && Some(other.who) == line.who && other.covers(at))
    }

    /// The program that a process runs, or ran.
    #[must_use]
    pub fn program(&self, process: UniqueProcess) -> Option<&Program> {
        let cast = self.machine.world.cast();
        cast.program(cast.find(&self.transcript.names.base_of(process))?)
    }

    /// Every effect in the order in which it happened: when, and the call that asked for it.
    pub fn events(&self) -> impl Iterator<Item = (usize, &Effect, &Outcome, &Made)> {
        self.transcript.lines.iter().enumerate().filter_map(|(at, line)| match &line.event {
            Event::Did(effect, outcome) => {
                let of = |made: &&Made| Some(made.who) == line.who && made.covers(at);
                self.made.iter().find(of).map(|made| (at, effect, outcome, made))
            }
            _ => None,
        })
    }

    /// The cancels that arrived in a process: when, and for whom. One from another process (OQ-80 c) does
    /// not say for whom.
    pub fn cancels(&self) -> impl Iterator<Item = (usize, Caller)> {
        self.transcript.lines.iter().enumerate().filter_map(|(at, line)| match (&line.event, line.who) {
            (Event::Did(Effect::Interrupt(thread) | Effect::Request(thread), Outcome::Done), Some(by)) => {
                Some((at, Caller { thread: *thread, ..by }))
            }
            (Event::Struck(Struck::Before(_, Incident::Cancelled(..))), Some(who)) => Some((at, who)),
            _ => None,
        })
    }

    /// Whether a process was gone before this event.
    #[must_use]
    pub fn was_gone(&self, id: &AppId, at: usize) -> bool {
        self.transcript.lines.iter().take(at).any(|line| line.event == Event::Exited(id.clone()))
    }

    /// Whether no other call of the same process overlaps this one.
    #[must_use]
    pub fn is_alone(&self, made: &Made) -> bool {
        let overlaps = |other: &Made| other.span.0 < made.span.1 && made.span.0 < other.span.1;
        !self
            .made
            .iter()
            .any(|other| other.who.process == made.who.process && other.span != made.span && overlaps(other))
    }
}

/// Whether a question was answered so, by letter.
#[must_use]
pub fn is_answered(rules: &Rules, latitude: &str, letter: char) -> bool {
    let answers = Latitude::find(latitude).map(|id| rules.policy.answers(id));
    answers.into_iter().flatten().any(|answer| char::from(b'a' + answer) == letter)
}

/// Whether the arguments were found wrong: by themselves, or before the handle was (OQ-01).
#[must_use]
pub fn is_bad_argument(reply: &Reply) -> bool {
    match reply.refusal {
        Some(Refusal::BadArgument(..)) => true,
        Some(Refusal::Answered(_, _, by)) => by.to_string().starts_with("OQ-01."),
        _ => false,
    }
}

/// The role of whoever holds the handle of a call.
#[must_use]
pub fn role(opened: &Made) -> Role {
    if matches!(opened.call, Call::Start { .. }) { Role::Primary } else { Role::Secondary }
}
