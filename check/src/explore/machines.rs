//! Restart Manager as a [`Model`]: a machine, and how far each thread is with its calls.
//!
//! No rule of Restart Manager is here. [`rm_sim::Machine`] moves; this says who may move: a thread that begins
//! its next call, a thread whose call goes on by one effect with whatever answer there is to be chosen,
//! something that happens on the machine; and when nobody can go on, time passes.

mod moment;
mod tally;
mod told;

use rm_core::rules::Policy;
use rm_core::{Call, Caller, Limits, Millis, Output, Rules};
use rm_sim::choice::{Choice, Choose, Odometer, Script};
use rm_sim::scenario::{First, Opened, Problem, Scripted, SmallWorld};
use rm_sim::transcript::Event;
use rm_sim::{Machine, Move, Moved, Scenario, Simulation};

pub use moment::Moment;
pub use tally::Tally;
pub use told::Told;

use super::model::{Model, Property};

/// A small world, as something to explore.
pub struct Machines {
    scenario: Scenario,
    world: SmallWorld,
    policy: Policy,
    limits: Limits,
    first: Moment,
    /// The moves that lead there.
    before: Vec<Move>,
    /// The only property to look at, if there is one.
    only: Option<String>,
}

/// What leads from one moment to the next.
#[derive(Clone, Debug)]
pub enum Step {
    /// A thread begins a call.
    Begins(Caller, Call),
    /// A call goes on, with these answers to what was to be chosen.
    Goes(Caller, Moved, Vec<&'static str>),
    /// Nobody can go on, and time passes.
    Passes(Millis),
    /// Something happens on the machine.
    Happens(Move),
}

/// What a thread of the walk keeps.
pub struct Scratch {
    next: Moment,
    rules: Rules,
    /// What was met so far.
    pub tally: Tally,
}

impl Machines {
    /// The small world of a scenario.
    ///
    /// # Errors
    /// When it is none, or what is to happen first does not come to its end.
    pub fn new(scenario: &Scenario) -> Result<Self, Problem> {
        let (world, mut start) = scenario.small_world()?;
        let (before, opened) = begin(&world, &mut start)?;
        let first = Moment::new(start.machine, &world, opened);
        let Rules { policy, limits, .. } = start.rules;
        Ok(Self { scenario: scenario.clone(), world, policy, limits, first, before, only: None })
    }

    /// The small world.
    #[must_use]
    pub const fn world(&self) -> &SmallWorld {
        &self.world
    }

    /// The same, with this property alone.
    ///
    /// # Errors
    /// When there is no such property: the names of those that there are.
    pub fn only(self, name: &str) -> Result<Self, Vec<String>> {
        let names: Vec<_> = self.all_properties().into_iter().map(|property| property.name).collect();
        if names.iter().any(|known| known == name) {
            return Ok(Self { only: Some(name.into()), ..self });
        }
        Err(names)
    }

    fn all_properties(&self) -> Vec<Property<Self>> {
        let calls = self.world.threads.clone();
        let rests = Property::eventually("every call ends", move |moment: &Moment| moment.is_at_rest(&calls));
        let reaches = self.world.reaches.iter().map(|(function, code)| {
            let (function, code) = (*function, *code);
            Property::some_step(&format!("{function} returns {code}"), move |_, step, _| {
                matches!(step, Step::Goes(_, Moved::Replied(call, reply), _)
                    if call.function() == function && reply.code.0 == code)
            })
        });
        std::iter::once(rests).chain(reaches).collect()
    }

    /// The thread of this number, and the call that it makes next.
    fn next_call(&self, moment: &Moment, thread: usize) -> Option<&Scripted> {
        let (_, calls) = self.world.threads.get(thread)?;
        calls.get(usize::from(*moment.at.get(thread)?))
    }

    fn begins(
        &self,
        moment: &Moment,
        thread: usize,
        scratch: &mut Moment,
        visit: &mut impl FnMut(Step, &Moment),
    ) {
        let Some((who, _)) = self.world.threads.get(thread) else { return };
        let Some(call) = self.next_call(moment, thread).and_then(|next| next.call(&moment.opened)) else {
            return;
        };
        scratch.clone_from(moment);
        scratch.machine.begin(*who, call.clone());
        if let Some(at) = scratch.at.get_mut(thread) {
            *at += 1;
        }
        visit(Step::Begins(*who, call), scratch);
    }

    fn goes(
        &self,
        moment: &Moment,
        thread: usize,
        who: Caller,
        scratch: &mut Scratch,
        visit: &mut impl FnMut(Step, &Moment),
    ) {
        let mut chosen = Chosen::default();
        while chosen.next_round() {
            scratch.next.clone_from(moment);
            let next = &mut scratch.next;
            let Some(moved) = next.machine.step(who, &scratch.rules, &mut chosen) else { return };
            if let Moved::Replied(_, reply) = &moved
                && let Some(opened) = opened(&reply.output)
            {
                let opens = moment.at.get(thread).and_then(|at| usize::from(*at).checked_sub(1));
                let call = self.world.threads.get(thread).zip(opens);
                let slot = call.and_then(|((_, calls), at)| calls.get(at)?.opens());
                if let Some(slot) = slot.and_then(|slot| next.opened.get_mut(slot)) {
                    *slot = Some(opened);
                }
            }
            scratch.tally.add(&moved);
            visit(Step::Goes(who, moved, chosen.answers.clone()), next);
        }
    }

    fn happens(&self, moment: &Moment, scratch: &mut Moment, visit: &mut impl FnMut(Step, &Moment)) {
        for (at, event) in self.world.events.iter().enumerate().filter(|(at, _)| moment.events >> at & 1 == 0)
        {
            if !is_possible(&moment.machine, event) {
                continue;
            }
            scratch.clone_from(moment);
            scratch.events |= 1 << at;
            happen(&mut scratch.machine, event);
            visit(Step::Happens(event.clone()), scratch);
        }
    }
}

impl Model for Machines {
    type State = Moment;
    type Step = Step;
    type Scratch = Scratch;

    fn scratch(&self) -> Scratch {
        let mut rules = Rules::new(self.policy);
        rules.limits = self.limits;
        Scratch { next: self.first.clone(), rules, tally: Tally::default() }
    }

    fn initial(&self) -> Vec<Moment> {
        vec![self.first.clone()]
    }

    fn successors(&self, moment: &Moment, scratch: &mut Scratch, mut visit: impl FnMut(Step, &Moment)) {
        let mut somebody_goes = false;
        for (thread, (who, _)) in self.world.threads.iter().enumerate() {
            let Some(installer) = moment.machine.installer(who.process) else { continue };
            if !installer.tasks().contains_key(&who.thread) {
                self.begins(moment, thread, &mut scratch.next, &mut visit);
            } else if moment.machine.is_ready(*who, &scratch.rules) {
                somebody_goes = true;
                self.goes(moment, thread, *who, scratch, &mut visit);
            }
        }
        self.happens(moment, &mut scratch.next, &mut visit);
        if !somebody_goes {
            scratch.next.clone_from(moment);
            if let Some((by, _)) = scratch.next.machine.pass_time() {
                visit(Step::Passes(by), &scratch.next);
            }
        }
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let is_meant =
            |property: &Property<Self>| self.only.as_ref().is_none_or(|only| *only == property.name);
        self.all_properties().into_iter().filter(is_meant).collect()
    }
}

/// Plays what happens first; the moves, and the sessions that were opened.
fn begin(
    world: &SmallWorld,
    start: &mut Simulation<Script>,
) -> Result<(Vec<Move>, Vec<Option<Opened>>), Problem> {
    let mut moves = Vec::new();
    let mut known = vec![None; world.sessions];
    for first in &world.first {
        let mut make = |made: Move| {
            let done = start.make(&made);
            moves.push(made);
            done.map_err(|stuck| Problem { message: format!("what happens first: {stuck}"), span: 0..0 })
        };
        match first {
            First::Happens(happens) => make(happens.clone())?,
            First::Call(who, scripted) => {
                let Some(call) = scripted.call(&known) else { continue };
                make(Move::Begin(*who, call))?;
                make(Move::Finish(*who))?;
                let output = start.transcript.lines.iter().rev().find_map(|line| match &line.event {
                    Event::Replied(_, reply) if line.who == Some(*who) => Some(&reply.output),
                    _ => None,
                });
                if let (Some(slot), Some(opened)) = (scripted.opens(), output.and_then(opened))
                    && let Some(slot) = known.get_mut(slot)
                {
                    *slot = Some(opened);
                }
            }
        }
    }
    Ok((moves, known))
}

/// The session that a call has opened.
const fn opened(output: &Output) -> Option<Opened> {
    match output {
        Output::Started(handle, key, _) => Some((*handle, Some(*key))),
        Output::Joined(handle) => Some((*handle, None)),
        Output::Nothing | Output::List(_) | Output::FilterList(_) => None,
    }
}

fn is_possible(machine: &Machine, event: &Move) -> bool {
    match event {
        Move::End(process) => machine.world.is_alive(*process),
        Move::Stop(service) => machine.world.serving(*service).is_some(),
        Move::Spawn(_) | Move::Serve(_) => true,
        Move::Begin(..) | Move::Step(_) | Move::Finish(_) | Move::Pass(_) => false,
    }
}

fn happen(machine: &mut Machine, event: &Move) {
    match event {
        Move::End(process) => machine.end(*process),
        Move::Stop(service) => machine.world.stop(*service),
        Move::Spawn(program) => drop(machine.world.start(*program, None)),
        Move::Serve(service) => drop(machine.world.serve(*service)),
        Move::Begin(..) | Move::Step(_) | Move::Finish(_) | Move::Pass(_) => {}
    }
}

/// Takes every combination of answers, and remembers the one it has just taken.
#[derive(Default)]
struct Chosen {
    odometer: Odometer,
    answers: Vec<&'static str>,
}

impl Chosen {
    fn next_round(&mut self) -> bool {
        self.answers.clear();
        self.odometer.next_round()
    }
}

impl Choose for Chosen {
    fn choose(&mut self, choice: &Choice) -> Option<usize> {
        let at = self.odometer.choose(choice)?;
        self.answers.extend(choice.answers.get(at));
        Some(at)
    }
}
