//! Boundary transcripts of the simulator's own runs: the inside is left away.

use std::collections::BTreeMap;

use rm_core::arr::{Ask, HResult};
use rm_core::rules::Latitude;
use rm_core::{
    AppId, Call, Caller, Effect, Outcome, Policy, Reply, Rules, Seen, SeenOutput, SessionHandle,
    UniqueProcess,
};
use rm_sim::fault::{Incident, Strike, Struck};
use rm_sim::scenario::{Run, head};
use rm_sim::transcript::{Event as Happened, Line as Told, Names, Transcript, Unsaid};
use rm_sim::{FaultPlan, Machine, Scenario, Simulation};

use super::{Boundary, Budget, Change, Contact, Event, Known, Line};

impl Boundary {
    /// What was seen from outside of a run that began so.
    #[must_use]
    pub fn of<C>(start: &Simulation<C>, transcript: &Transcript, rules: &Rules) -> Self {
        Self::by(Watcher::new(start), start, transcript, rules)
    }

    /// The same, with what applications are told.
    #[must_use]
    pub fn hearing<C>(start: &Simulation<C>, transcript: &Transcript, rules: &Rules) -> Self {
        Self::by(Watcher::new(start).hearing(), start, transcript, rules)
    }

    fn by<C>(mut watcher: Watcher, start: &Simulation<C>, transcript: &Transcript, rules: &Rules) -> Self {
        watcher.watch(transcript);
        let Watcher { names, newcomers, lines, hears: messages, .. } = watcher;
        let mut machine = start.machine.clone();
        machine.faults = FaultPlan::default();
        let why = Self::why_of(start);
        let fails = start.machine.faults.left().any(|(_, fault)| matches!(fault.strike, Strike::Fails(_)));
        Self {
            faults: if fails { Budget::Unstated } else { Budget::None },
            world: Known::Whole,
            messages,
            head: head(&start.machine, rules, &start.transcript.names, &why),
            lines,
            machine,
            policy: as_far_as_asked(rules),
            names,
            newcomers,
        }
    }

    /// What was seen from outside of a scenario's run.
    ///
    /// # Errors
    /// When the scenario has no stage.
    pub fn of_run(scenario: &Scenario, run: &Run) -> Result<Self, rm_sim::scenario::Problem> {
        Ok(Self::of(&scenario.stage()?, &run.transcript, &run.rules))
    }

    fn why_of<C>(start: &Simulation<C>) -> String {
        let first = start.transcript.lines.first().map(|line| &line.event);
        match first {
            Some(Happened::Note(why)) => why.clone(),
            _ => "Seen from outside.".into(),
        }
    }
}

/// Whoever watches a simulator's run from outside, as it goes on.
#[derive(Debug)]
pub(crate) struct Watcher {
    /// The machine in the beginning.
    machine: Machine,
    /// What processes and threads are called.
    pub(crate) names: Names,
    /// The processes that came later, and what their program is called.
    pub(crate) newcomers: Vec<(UniqueProcess, String)>,
    /// What was seen.
    pub(crate) lines: Vec<Line>,
    /// How many lines of the transcript were read, and how much of what no line tells.
    read: usize,
    unsaid: usize,
    /// The session that a thread's call is about.
    on: BTreeMap<Caller, Option<SessionHandle>>,
    /// The threads that nobody has named, and what they are known as here.
    threads: BTreeMap<Caller, Caller>,
    /// Whether what applications are told is seen, too.
    hears: bool,
}

impl Watcher {
    pub(crate) fn new<C>(start: &Simulation<C>) -> Self {
        Self {
            machine: start.machine.clone(),
            names: start.transcript.names.of_processes(),
            newcomers: Vec::new(),
            lines: Vec::new(),
            read: start.transcript.lines.len(),
            unsaid: start.transcript.unsaid().len(),
            on: BTreeMap::new(),
            threads: BTreeMap::new(),
            hears: false,
        }
    }

    /// Sees what applications are told, too.
    pub(crate) fn hearing(self) -> Self {
        Self { hears: true, ..self }
    }

    /// Calls threads as the run does, for whoever names them before they make calls.
    pub(crate) fn knowing_threads<C>(self, start: &Simulation<C>) -> Self {
        Self { names: start.transcript.names.clone(), ..self }
    }

    /// Takes a thread as it is known.
    pub(crate) fn knows(&mut self, who: Caller) {
        self.threads.insert(who, who);
    }

    /// Reads what a transcript has got more by now.
    pub(crate) fn watch(&mut self, transcript: &Transcript) {
        // In the order in which they were named: `agent`, `agent.2`, …, `agent.10`.
        let mut named: Vec<_> = transcript.names.processes().collect();
        named.sort_by_key(|(_, name)| (name.len(), *name));
        for (process, name) in named {
            if self.names.named(process).is_none() {
                self.names.add(process, &transcript.names.base_of(process));
                debug_assert_eq!(self.names.of(process), name);
            }
        }
        let mut unsaid = transcript.unsaid().iter().skip(self.unsaid).peekable();
        for (at, told) in transcript.lines.iter().enumerate().skip(self.read) {
            let mut inside = false;
            while let Some((_, what)) = unsaid.next_if(|(before, _)| *before <= at) {
                self.unsaid += 1;
                match what {
                    Unsaid::Came(process) => self.came(transcript, *process, told.at),
                    Unsaid::Inside(_) => inside = true,
                }
            }
            self.take(transcript, told, inside);
        }
        self.read = transcript.lines.len();
        while let Some((_, Unsaid::Came(process))) =
            unsaid.next_if(|(_, what)| matches!(what, Unsaid::Came(_)))
        {
            self.unsaid += 1;
            self.came(transcript, *process, transcript.now());
        }
    }

    fn see(&mut self, at: u64, event: Event) {
        self.lines.push(Line::new(at, event));
    }

    fn changes(&mut self, at: u64, change: Change) {
        self.see(at, Event::Changes(change));
    }

    /// A process came.
    fn came(&mut self, transcript: &Transcript, process: UniqueProcess, at: u64) {
        let known = self.machine.world.is_alive(process);
        if !known && !self.newcomers.iter().any(|(one, _)| *one == process) {
            self.newcomers.push((process, transcript.names.base_of(process)));
            self.changes(at, Change::Starts(process));
        }
    }

    /// The thread as it is known here: numbered as it is first met, and with a name.
    fn thread(&mut self, transcript: &Transcript, who: Caller) -> Caller {
        if let Some(known) = self.threads.get(&who) {
            return *known;
        }
        let taken: Vec<_> =
            transcript.names.threads().filter(|(one, _)| one.process == who.process).collect();
        let name = match taken.iter().find(|(one, _)| *one == who) {
            Some((_, name)) => (*name).to_string(),
            None => {
                let is_free = |name: &String| taken.iter().all(|(_, known)| known != name);
                (1..).map(|n: u32| format!("t{n}")).find(is_free).unwrap_or_default()
            }
        };
        self.names.thread(who.process, "");
        let known = Caller { thread: self.names.thread(who.process, &name), ..who };
        self.threads.insert(who, known);
        known
    }

    fn take(&mut self, transcript: &Transcript, told: &Told, inside: bool) {
        let at = told.at;
        match (&told.event, told.who) {
            (Happened::Called(call), Some(who)) => {
                self.on.insert(who, call.session());
                let who = self.thread(transcript, who);
                self.see(at, Event::Begins(who, plain(call), inside));
            }
            (Happened::Replied(function, reply), Some(who)) => {
                let who = self.thread(transcript, who);
                self.see(at, Event::Replied(who, function, seen(reply)));
            }
            (Happened::Did(Effect::Report(percent), _), Some(who)) => {
                let who = self.thread(transcript, who);
                self.see(at, Event::Progress(who, u32::from(*percent)));
            }
            (Happened::Did(effect, outcome), _) => {
                if let (Effect::Launch(_), Outcome::Launched(process)) = (effect, outcome) {
                    self.came(transcript, *process, at);
                }
                if let Some((id, contact)) = Contact::of(effect, outcome).filter(|_| self.hears) {
                    self.changes(at, Change::Told(id, contact));
                }
            }
            (Happened::Struck(Struck::Before(_, incident)), Some(who)) => {
                self.befell(transcript, at, who, *incident);
            }
            (Happened::Started(process), _) => self.came(transcript, *process, at),
            (Happened::Exited(AppId::Process(process)), _) => self.changes(at, Change::Gone(*process)),
            (Happened::Exited(AppId::Service(name)), _) => self.changes(at, Change::Stopped(name.clone())),
            (Happened::Serves(name, host), _) => {
                self.changes(at, Change::Serves(name.as_str().into(), *host));
            }
            (Happened::Declared(by, of, ask, told), _) if by == of => {
                let registers = matches!(ask, Ask::RegisterRestart { .. } | Ask::UnregisterRestart);
                if registers && told.result == Some(HResult::S_OK) {
                    self.changes(at, Change::Declares(*by, ask.clone()));
                }
            }
            (Happened::Changed(path, true), _) => self.changes(at, Change::Deleted(path.clone())),
            (Happened::Changed(path, false), _) => self.changes(at, Change::Directory(path.clone())),
            _ => {}
        }
    }

    /// A cancel that arrives is a call of another thread. What else happens before an effect is told by
    /// lines of its own.
    fn befell(&mut self, transcript: &Transcript, at: u64, who: Caller, incident: Incident) {
        let Incident::Cancelled(thread, came) = incident else { return };
        let Some(session) = self.on.get(&who).copied().flatten() else { return };
        let canceller = self.thread(transcript, Caller { thread, ..who });
        let call = Call::Cancel { session };
        let function = call.function();
        self.see(at, Event::Begins(canceller, call, false));
        if let Some(code) = came {
            self.see(at, Event::Replied(canceller, function, Seen { code, output: SeenOutput::Nothing }));
        }
    }
}

/// The answers that made a difference; the usual ones for the rest.
pub(crate) fn as_far_as_asked(rules: &Rules) -> Policy {
    let asked = Latitude::all().filter(|latitude| rules.was_asked(*latitude));
    asked.fold(Policy::default(), |policy, latitude| policy.answering_as(&rules.policy, latitude))
}

/// What a caller sees.
fn seen(reply: &Reply) -> Seen {
    Seen::from(reply)
}

/// A call with one way to write what has no elements.
fn plain(call: &Call) -> Call {
    match call {
        Call::Register { session, files, processes, services } => Call::Register {
            session: *session,
            files: none_if_empty(files),
            processes: none_if_empty(processes),
            services: none_if_empty(services),
        },
        other => other.clone(),
    }
}

fn none_if_empty<T>(array: &rm_core::Array<T>) -> rm_core::Array<T>
where
    rm_core::Array<T>: Clone,
{
    match array {
        rm_core::Array::Given(elements) if elements.is_empty() => rm_core::Array::Null(0),
        other => other.clone(),
    }
}
