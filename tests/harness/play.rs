//! Plays a random case and gathers what each call did.

use rm_core::{
    Array, Call, Caller, Effect, Name, Next, Out, Outcome, Reply, Role, Rules, SessionHandle, ShutdownFlags,
    Thread, UniqueProcess,
};
use rm_sim::Simulation;
use rm_sim::choice::NoChoice;
use rm_sim::transcript::{Event, Line, Transcript};
use rm_sim::world::Program;
use rm_sim::{Machine, Moved};

use crate::schedule::{Act, Ask, Case, Who, file, stage};

/// One call, from beginning to end.
#[derive(Clone, Debug)]
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

/// A case that was played to its end: every call that could end has ended.
pub struct Played {
    /// The machine as it was left.
    pub machine: Machine,
    /// What happened.
    pub transcript: Transcript,
    /// The calls, in the order in which they began.
    pub made: Vec<Made>,
}

/// The most effects that one call of a random case can need.
const MANY: usize = 400;

/// Plays a case. After each event `at_every_moment` may object.
///
/// # Errors
/// What was objected; or that a call does not end.
pub fn play(case: &Case, at_every_moment: impl Fn(&Machine) -> Result<(), String>) -> Result<Played, String> {
    play_by(case, Rules::default(), at_every_moment)
}

/// Plays a case by other answers than the default ones.
///
/// # Errors
/// As [`play`].
pub fn play_by(
    case: &Case,
    rules: Rules,
    at_every_moment: impl Fn(&Machine) -> Result<(), String>,
) -> Result<Played, String> {
    let (machine, transcript) = stage(&case.programs);
    let installers: Vec<_> = machine.installers().keys().copied().collect();
    let mut simulation = Simulation { machine, rules, choose: NoChoice, transcript };
    for act in &case.acts {
        perform(&mut simulation, &installers, *act)?;
        at_every_moment(&simulation.machine)?;
    }
    // The turn of a call comes when the one before has ended, so that one round may not be enough.
    while let Some(who) = ready(&simulation, 0) {
        finish(&mut simulation, who)?;
        at_every_moment(&simulation.machine)?;
    }
    let Simulation { machine, transcript, .. } = simulation;
    let made = gather(&transcript);
    Ok(Played { machine, transcript, made })
}

fn perform(
    simulation: &mut Simulation<NoChoice>,
    installers: &[UniqueProcess],
    act: Act,
) -> Result<(), String> {
    match act {
        Act::Begin(who, ask) => {
            if let Some((who, call)) = call(simulation, installers, who, ask) {
                simulation.begin(who, call);
            }
        }
        Act::Step(pick) => {
            if let Some(who) = ready(simulation, pick) {
                simulation.step(who);
            }
        }
        Act::Finish(pick) => {
            if let Some(who) = ready(simulation, pick) {
                finish(simulation, who)?;
            }
        }
        Act::Pass => {
            if let Some(next) = simulation.machine.world.next_event() {
                simulation.pass(next);
            }
        }
        Act::Exit(pick) => {
            let programs: Vec<_> = simulation.machine.world.processes().map(|process| process.id).collect();
            let programs: Vec<_> =
                programs.into_iter().filter(|process| !installers.contains(process)).collect();
            if let Some(process) = picked(&programs, pick) {
                simulation.end(process);
            }
        }
        Act::Cut(installer, effects) => {
            let who = Who { installer, thread: 0 };
            if let Some((who, call)) = call(simulation, installers, who, Ask::Register(0, 0b111, None)) {
                simulation.begin(who, call);
                (0..effects).for_each(|_| drop(simulation.step(who)));
                simulation.end(who.process);
            }
        }
        Act::Die(pick) => simulation.end(installers[usize::from(pick) % installers.len()]),
    }
    Ok(())
}

/// A thread that can move: without waiting for another call, and with all its choices made.
fn ready(simulation: &Simulation<NoChoice>, pick: u8) -> Option<Caller> {
    let waits = |who: &Caller| match simulation.machine.next(*who, &simulation.rules) {
        Some(Next::Wait) => true,
        // What only another thread can end.
        Some(Next::Do(Effect::AwaitPhase(_))) => !simulation.machine.world.is_ready(*who),
        _ => false,
    };
    let threads: Vec<_> = simulation.machine.in_flight().filter(|who| !waits(who)).collect();
    picked(&threads, pick)
}

fn picked<T: Copy>(from: &[T], pick: u8) -> Option<T> {
    (!from.is_empty()).then(|| from[usize::from(pick) % from.len()])
}

/// Carries a call to its end, within a bound that no honest call reaches.
fn finish(simulation: &mut Simulation<NoChoice>, who: Caller) -> Result<(), String> {
    for done in 0..MANY {
        match simulation.step(who) {
            None | Some(Moved::Replied(..)) => return Ok(()),
            Some(Moved::Did(..) | Moved::Struck(_)) => {}
            // An end that cancels a list waits for it only then (OQ-21 b).
            Some(Moved::Waits) if done > 0 => return Ok(()),
            Some(Moved::Waits) => return Err(format!("{who:?} waits although it was ready")),
            Some(Moved::Open(choice)) => return Err(format!("{choice} is open")),
            Some(Moved::Blocked(effect)) => match simulation.machine.world.next_event() {
                Some(next) => simulation.pass(next),
                None if matches!(effect, Effect::AwaitPhase(_)) => return Ok(()),
                None => return Err(format!("{who:?} waits for ever: {effect:?}")),
            },
        }
    }
    Err(format!("{who:?} took more than {MANY} moves"))
}

fn call(
    simulation: &Simulation<NoChoice>,
    installers: &[UniqueProcess],
    who: Who,
    ask: Ask,
) -> Option<(Caller, Call)> {
    let process = installers[usize::from(who.installer) % installers.len()];
    let installer = simulation.machine.installer(process)?;
    let thread = Thread(who.thread);
    if installer.tasks().contains_key(&thread) {
        return None;
    }
    // A handle of the installer, else one that stands for nothing.
    let handles: Vec<_> = installer.library().sessions.keys().copied().collect();
    let session = |pick: u8| picked(&handles, pick).unwrap_or(SessionHandle(u32::from(pick % 3)));
    let call = match ask {
        Ask::Start => Call::Start { handle: Out::Given, flags: 0, key: Out::Given },
        Ask::Join(pick) => Call::Join { handle: Out::Given, key: Some(key(&simulation.transcript, pick)) },
        Ask::Register(on, files, process) => {
            let files = (0..crate::schedule::FILES).filter(|n| files >> n & 1 == 1);
            let files: Vec<_> = files.map(|n| Some(Name::from(file(n).as_str()))).collect();
            let running: Vec<_> = simulation.machine.world.processes().map(|process| process.id).collect();
            Call::Register {
                session: session(on),
                files: files.into_iter().collect(),
                processes: process.and_then(|pick| picked(&running, pick)).into_iter().collect(),
                services: Array::default(),
            }
        }
        Ask::List(on, capacity) => Call::GetList {
            session: session(on),
            needed: Out::Given,
            capacity: Some(u32::from(capacity)),
            entries: Out::Given,
            reasons: Out::Given,
        },
        Ask::Shutdown(on, flags) => {
            Call::Shutdown { session: session(on), flags: ShutdownFlags(flags), callback: true }
        }
        Ask::Restart(on) => Call::Restart { session: session(on), flags: 0, callback: true },
        Ask::Cancel(on) => Call::Cancel { session: session(on) },
        Ask::End(on) => Call::End { session: session(on) },
    };
    Some((Caller { process, thread }, call))
}

/// One of the keys that were handed out; now and then one that was not.
fn key(transcript: &Transcript, pick: u8) -> Name {
    let keys = transcript.lines.iter().filter_map(|line| match &line.event {
        Event::Replied(_, Reply { output: rm_core::Output::Started(_, key, _), .. }) => Some(key.text()),
        _ => None,
    });
    let keys: Vec<_> = keys.chain([Name::from("00000000000000000000000000000000")]).collect();
    keys[usize::from(pick) % keys.len()].clone()
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
}

impl Played {
    /// What a handle meant to the process of a call when the call began: the call that opened it.
    #[must_use]
    pub fn opened_by(&self, made: &Made) -> Option<&Made> {
        let handle = made.call.session()?;
        let of_process = |line: &&Line| line.who.is_some_and(|who| who.process == made.who.process);
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

/// The role of whoever holds the handle of a call.
#[must_use]
pub fn role(opened: &Made) -> Role {
    if matches!(opened.call, Call::Start { .. }) { Role::Primary } else { Role::Secondary }
}
