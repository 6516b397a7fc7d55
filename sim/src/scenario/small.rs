//! A scenario as a small world: its machine, and what its threads do, in whatever order.
//!
//! The first steps, as many as `explore.after` says, happen as they stand. Of the others each thread makes its
//! calls in the order of the file, and nothing is said of the order of threads. What happens on the machine (a
//! process exits, a program starts) happens at any time, each of these once at most. Expectations, choices and
//! where a call is left are for whoever runs the scenario: whoever explores it takes them all.

use std::collections::BTreeMap;

use rm_core::rules::{Latitude, LatitudeKind};
use rm_core::{Call, Caller, Name, SessionHandle, SessionKey};
use toml::Spanned;

use super::calls::{self, Opened as Known};
use super::faults::FUNCTIONS;
use super::format::{File, Step};
use super::steps::only_one_action;
use super::{Problem, Scenario, caller::caller};
use crate::choice::Script;
use crate::moves::Move;
use crate::simulation::Simulation;
use crate::world::Named;

/// A scenario to be explored: what can happen on its machine.
#[derive(Clone, Debug)]
pub struct SmallWorld {
    /// What it enumerates, in a sentence; empty if it does not say.
    pub enumerates: String,
    /// Whether it is small enough to be explored for every change.
    pub ci: bool,
    /// How many things go wrong, if whoever explores does not say.
    pub faults: u8,
    /// The latitudes to which every answer is taken.
    pub open: Vec<Latitude>,
    /// What somebody must reach: a function, and the code it returns.
    pub reaches: Vec<(&'static str, u32)>,
    /// What nobody may reach, likewise.
    pub never: Vec<(&'static str, u32)>,
    /// What happens first.
    pub first: Vec<First>,
    /// The calls of each thread, in order.
    pub threads: Vec<(Caller, Vec<Scripted>)>,
    /// What can happen on the machine.
    pub events: Vec<Move>,
    /// How many sessions have a name.
    pub sessions: usize,
}

/// Something that happens first.
#[derive(Clone, Debug)]
pub enum First {
    /// A call, to its end.
    Call(Caller, Scripted),
    /// Anything else.
    Happens(Move),
}

/// A session that was opened: its handle, and its key if it was made up here.
pub type Opened = (SessionHandle, Option<SessionKey>);

/// A call of a script. Which sessions it is about turns out when it is made.
#[derive(Clone, Debug)]
pub struct Scripted {
    call: Call,
    on: Option<usize>,
    /// Whose key it takes, and whether in upper case.
    key_of: Option<(usize, bool)>,
    opens: Option<usize>,
}

impl Scripted {
    /// The call, if the sessions it speaks of have been opened.
    #[must_use]
    pub fn call(&self, opened: &[Option<Opened>]) -> Option<Call> {
        let mut call = self.call.clone();
        if let Some(on) = self.on {
            let (handle, _) = opened.get(on).copied().flatten()?;
            call = call.on(handle);
        }
        if let (Some((of, upper)), Call::Join { key, .. }) = (self.key_of, &mut call) {
            let text = opened.get(of).copied().flatten()?.1?.text();
            *key = Some(if upper { text.folded() } else { text });
        }
        Some(call)
    }

    /// Whether it can be made.
    #[must_use]
    pub fn is_possible(&self, opened: &[Option<Opened>]) -> bool {
        let is_open = |at: usize| opened.get(at).copied().flatten();
        self.on.is_none_or(|on| is_open(on).is_some())
            && self.key_of.is_none_or(|(of, _)| is_open(of).is_some_and(|(_, key)| key.is_some()))
    }

    /// The session it opens, by its number.
    #[must_use]
    pub const fn opens(&self) -> Option<usize> {
        self.opens
    }

    /// The function it calls.
    #[must_use]
    pub const fn function(&self) -> &'static str {
        self.call.function()
    }
}

/// What stands for a session until it is opened.
const UNOPENED: u32 = 0xffff_0000;

type Numbers = BTreeMap<(String, String), usize>;

/// The small world, and its machine before anything happened, with the choices of what happens first.
pub(super) fn world(scenario: &Scenario) -> Result<(SmallWorld, Simulation<Script>), Problem> {
    let file = &scenario.file;
    let explore = &file.explore;
    let mut start = scenario.stage()?;
    let numbers = numbers(file, &mut start)?;
    let mut world = SmallWorld {
        enumerates: explore.enumerates.clone(),
        ci: explore.ci,
        faults: explore.faults,
        open: explore.open.iter().map(open).collect::<Result<_, _>>()?,
        reaches: explore.reaches.iter().map(reached).collect::<Result<_, _>>()?,
        never: explore.never.iter().map(reached).collect::<Result<_, _>>()?,
        first: Vec::new(),
        threads: Vec::new(),
        events: Vec::new(),
        sessions: numbers.len(),
    };
    for (at, step) in file.step.iter().enumerate() {
        let is_first = at < explore.after;
        let added = world.add(file, &mut start, step, &numbers, is_first);
        added.map_err(|problem| problem.or_at(step.span()))?;
    }
    Ok((world, start))
}

/// `OQ-56.code`, which has several answers.
fn open(id: &Spanned<String>) -> Result<Latitude, Problem> {
    let can_be_open = |id: &Latitude| matches!(id.row().kind, LatitudeKind::Switch | LatitudeKind::Occasion);
    let message = || format!("there is no latitude `{}` that can be open", id.get_ref());
    let found = Latitude::find(id.get_ref()).filter(can_be_open);
    found.ok_or_else(|| Problem::new(id.span(), message()))
}

/// `RmShutdown 351`.
fn reached(text: &Spanned<String>) -> Result<(&'static str, u32), Problem> {
    let read = |text: &str| {
        let (function, code) = text.split_once(' ')?;
        let (_, function) = FUNCTIONS.iter().find(|(_, name)| *name == function)?;
        Some((*function, code.trim().parse().ok()?))
    };
    let message = || format!("`{}` is no function and its code, such as `RmShutdown 351`", text.get_ref());
    read(text.get_ref()).ok_or_else(|| Problem::new(text.span(), message()))
}

/// A number for each session that a step opens, by installer and name.
fn numbers(file: &File, start: &mut Simulation<Script>) -> Result<Numbers, Problem> {
    let mut numbers = Numbers::new();
    for step in &file.step {
        let opens = step.get_ref().start.as_ref().map(|start| &start.session);
        let opens = opens.or_else(|| step.get_ref().join.as_ref().map(|join| &join.session));
        if let Some(session) = opens {
            let by = step.get_ref().by.as_ref();
            let found = caller(file, by, &start.machine, &mut start.transcript.names);
            let (installer, _) = found.map_err(|problem| problem.or_at(step.span()))?;
            let next = numbers.len();
            numbers.entry((installer, session.clone())).or_insert(next);
        }
    }
    Ok(numbers)
}

impl SmallWorld {
    fn add(
        &mut self,
        file: &File,
        start: &mut Simulation<Script>,
        spanned: &Spanned<Step>,
        numbers: &Numbers,
        is_first: bool,
    ) -> Result<(), Problem> {
        let step = spanned.get_ref();
        only_one_action(step)?;
        if step.app.is_some() || step.delete.is_some() || step.make_directory.is_some() {
            return Err(Problem::new(spanned.span(), "whoever explores takes no such step"));
        }
        if let Some(happens) = happens(start, step)? {
            match is_first {
                true => self.first.push(First::Happens(happens)),
                // Time passes by itself.
                false if matches!(happens, Move::Pass(_)) => {}
                false => self.events.push(happens),
            }
            return Ok(());
        }
        if step.check.is_some() || step.finish.is_some() && !is_first {
            return Ok(());
        }
        let is_inside = step.in_callback;
        if is_inside || is_first && (step.leave.is_some() || step.finish.is_some()) {
            return Err(Problem::new(spanned.span(), "whoever explores takes no such step"));
        }
        let Simulation { machine, transcript, choose, .. } = start;
        let (installer, who) = caller(file, step.by.as_ref(), machine, &mut transcript.names)?;
        let Some(scripted) = scripted(step, &installer, numbers, &transcript.names)? else { return Ok(()) };
        for _ in 0..step.times {
            if is_first {
                choose.left.extend(step.choices.iter().cloned());
                self.first.push(First::Call(who, scripted.clone()));
                continue;
            }
            match self.threads.iter_mut().find(|(thread, _)| *thread == who) {
                Some((_, calls)) => calls.push(scripted.clone()),
                None => self.threads.push((who, vec![scripted.clone()])),
            }
        }
        Ok(())
    }
}

/// What a step has happen on the machine.
fn happens(start: &Simulation<Script>, step: &Step) -> Result<Option<Move>, Problem> {
    let (cast, names) = (start.machine.world.cast(), &start.transcript.names);
    if let Some(name) = &step.exit {
        return Ok(Some(match cast.named(name.get_ref()) {
            Some(Named::Service(service)) => Move::Stop(service),
            _ => Move::End(calls::process(name, names)?),
        }));
    }
    if let Some(name) = &step.spawn {
        let missing = || format!("there is no program or service `{}`", name.get_ref());
        let named = cast.named(name.get_ref()).ok_or_else(|| Problem::new(name.span(), missing()))?;
        return Ok(Some(match named {
            Named::Service(service) => Move::Serve(service),
            Named::Program(program) => Move::Spawn(program),
        }));
    }
    Ok(step.wait.map(Move::Pass))
}

fn scripted(
    step: &Step,
    installer: &str,
    numbers: &Numbers,
    names: &crate::transcript::Names,
) -> Result<Option<Scripted>, Problem> {
    let mut known = Known::default();
    for (session, number) in numbers {
        let stands = SessionHandle(UNOPENED + u32::try_from(*number).unwrap_or_default());
        known.handles.insert(session.clone(), stands);
        known.keys.insert(session.clone(), Name::from(""));
    }
    let Some((call, opens)) = calls::call(step, installer, &known, names)? else { return Ok(None) };
    let number = |session: &(String, String)| numbers.get(session).copied();
    let on = call.session().and_then(|handle| handle.0.checked_sub(UNOPENED));
    let on = on.and_then(|number| usize::try_from(number).ok()).filter(|number| *number < numbers.len());
    let key_of = step.join.as_ref().and_then(|join| {
        let (of, session) =
            join.of.as_ref().map(|of| of.get_ref().split_once(':').unwrap_or((of.get_ref(), "main")))?;
        Some((number(&(of.into(), session.into()))?, join.upper_case))
    });
    let is_null = matches!(call, Call::Join { key: None, .. });
    let opens = opens.and_then(|session| number(&(installer.into(), session)));
    Ok(Some(Scripted { call, on, key_of: key_of.filter(|_| !is_null), opens }))
}
