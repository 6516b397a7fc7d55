//! Writes a run down as a scenario: what was drawn, explored or met becomes a file that replays it.
//!
//! The run is made again, move by move. Moves of one thread with nothing in between become one step;
//! where somebody else moves before a call has ended, the step says where to leave it, and a later one
//! finishes it.

mod calls;
mod head;
mod toml;

pub use head::head;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use rm_core::{Call, Caller, Millis, Name, Output, Reply, SessionHandle, UniqueProcess};

use crate::choice::Choose;
use crate::fault::Struck;
use crate::machine::Moved;
use crate::moves::Move;
use crate::simulation::{Simulation, Until};
use crate::transcript::Event;
use crate::world::Shown;
use toml::quoted;

/// The scenario of a run that begins here and is made of these moves.
///
/// It replays to the same bytes if its machine is one that a scenario can set up: the installers
/// started first, then one process of each program that runs, in the order of their names; the
/// documented time limits; at most two threads of an installer.
#[must_use]
pub fn written<C: Choose>(start: Simulation<C>, moves: &[Move], why: &str) -> String {
    let (machine, names) = (start.machine.clone(), start.transcript.names.clone());
    let mut writer = Writer::new(start);
    for made in moves {
        writer.write(made);
    }
    writer.close();
    let Writer { simulation, steps, .. } = writer;
    let left: BTreeSet<_> = simulation.machine.faults.left().map(|(number, _)| number).collect();
    let struck = machine.faults.left().filter(|(number, _)| !left.contains(number));
    let struck: Vec<_> = struck.map(|(_, planned)| *planned).collect();
    let mut text = head(&machine, &simulation.rules, &names, why);
    struck.iter().for_each(|planned| head::fault(&mut text, planned, &machine, &names));
    text + &steps
}

struct Writer<C> {
    simulation: Simulation<C>,
    steps: String,
    open: Option<Segment>,
    /// What the handles of processes are called, and all that was ever called so.
    sessions: BTreeMap<(UniqueProcess, SessionHandle), String>,
    called: BTreeSet<(UniqueProcess, String)>,
    /// What a session will be called that a call in flight opens.
    opening: BTreeMap<Caller, String>,
    /// The keys, and whose session they open.
    keys: Vec<(Name, String)>,
}

/// Moves of one thread with nothing in between.
struct Segment {
    who: Caller,
    /// By whom the step is: of a callback, the thread whose operation called back.
    by: Caller,
    /// The call that it begins with; none if it takes one up.
    call: Option<String>,
    /// What came next at first.
    first: Option<&'static str>,
    was_blocked: bool,
    /// How often what came next, as leaving a call counts it.
    met: BTreeMap<&'static str, u32>,
    goes_on: bool,
    has_moved: bool,
    /// How long it has waited.
    passed: Millis,
    /// Where the transcript was.
    from: usize,
}

impl<C: Choose> Writer<C> {
    const fn new(simulation: Simulation<C>) -> Self {
        Self {
            simulation,
            steps: String::new(),
            open: None,
            sessions: BTreeMap::new(),
            called: BTreeSet::new(),
            opening: BTreeMap::new(),
            keys: Vec::new(),
        }
    }

    fn write(&mut self, made: &Move) {
        match made {
            Move::Begin(who, call) => {
                self.close();
                let text = self.call(*who, call);
                self.begin_segment(*who, *who, Some(text));
                self.simulation.begin(*who, call.clone());
                return;
            }
            Move::BeginInside(who, call, outer) => {
                self.close();
                let text = self.call(*who, call) + "\nin-callback = true";
                self.begin_segment(*who, Caller { thread: *outer, ..*who }, Some(text));
                self.simulation.begin_inside(*who, call.clone(), *outer);
                return;
            }
            Move::Step(who) => {
                self.take_up(*who);
                while let Some(Moved::Struck(Struck::Before(..))) = self.one() {}
                return;
            }
            Move::Finish(who) => {
                self.take_up(*who);
                return self.carry(None);
            }
            Move::Reach(who, name) => {
                self.take_up(*who);
                return self.carry(Some(name));
            }
            Move::Pass(_) | Move::End(_) | Move::Spawn(_) | Move::Stop(_) | Move::Serve(_) => self.close(),
        }
        let (names, cast) = (&self.simulation.transcript.names, self.simulation.machine.world.cast());
        let happens = match made {
            Move::Pass(time) => Some(("wait", Shown(*time).to_string())),
            Move::End(process) => Some(("exit", names.of(*process))),
            Move::Spawn(id) => cast.program(*id).map(|program| ("spawn", program.name.clone())),
            Move::Stop(id) => cast.service(*id).map(|service| ("exit", service.name())),
            Move::Serve(id) => cast.service(*id).map(|service| ("spawn", service.name())),
            Move::Begin(..) | Move::BeginInside(..) | Move::Step(_) | Move::Finish(_) | Move::Reach(..) => {
                None
            }
        };
        if let Some((what, whom)) = happens {
            let _ = write!(self.steps, "\n[[step]]\n{what} = {}\n", quoted(&whom));
        }
        // A time or a process that is none changes nothing.
        let _ = self.simulation.make(made);
    }

    fn begin_segment(&mut self, who: Caller, by: Caller, call: Option<String>) {
        self.open = Some(Segment {
            who,
            by,
            call,
            first: self.simulation.comes_next(who),
            was_blocked: self.simulation.machine.world.blocked_in(who).is_some(),
            met: BTreeMap::new(),
            goes_on: false,
            has_moved: false,
            passed: Millis(0),
            from: self.simulation.transcript.lines.len(),
        });
    }

    fn take_up(&mut self, who: Caller) {
        if self.open.as_ref().is_none_or(|segment| segment.who != who) {
            self.close();
            self.begin_segment(who, who, None);
        }
    }

    /// Moves the thread of the open segment by one.
    fn one(&mut self) -> Option<Moved> {
        let segment = self.open.as_mut()?;
        if let Some(name) = self.simulation.comes_next(segment.who).filter(|_| !segment.goes_on) {
            *segment.met.entry(name).or_default() += 1;
        }
        let moved = self.simulation.step(segment.who)?;
        segment.goes_on = matches!(moved, Moved::Blocked(_) | Moved::Struck(Struck::Before(..)));
        segment.has_moved |= matches!(moved, Moved::Did(..) | Moved::Struck(_));
        if let Moved::Replied(_, reply) = &moved {
            self.replied(reply);
        }
        Some(moved)
    }

    /// Carries the call of the open segment on: to its end, or before an effect of this name or its reply.
    fn carry(&mut self, until: Option<&str>) {
        for _ in 0..Move::MANY {
            let next = self.open.as_ref().and_then(|segment| self.simulation.comes_next(segment.who));
            if until.is_some() && next.is_some_and(|next| Some(next) == until || next == Until::REPLY) {
                return;
            }
            match self.one() {
                Some(Moved::Did(..) | Moved::Struck(_)) => {}
                Some(Moved::Blocked(_)) => match self.simulation.machine.world.next_event() {
                    Some(next) => {
                        self.simulation.pass(next);
                        if let Some(Segment { passed, .. }) = &mut self.open {
                            passed.0 = passed.0.saturating_add(next.0);
                        }
                    }
                    None => return,
                },
                None | Some(Moved::Replied(..) | Moved::Waits | Moved::Open(_)) => return,
            }
        }
    }

    fn replied(&mut self, reply: &Reply) {
        let Some(segment) = self.open.take() else { return };
        let process = segment.who.process;
        if let Some(name) = self.opening.remove(&segment.who) {
            if let Output::Started(_, key, _) = &reply.output {
                let installer = self.simulation.transcript.names.of(process);
                let of = if name == "main" { installer } else { format!("{installer}:{name}") };
                self.keys.push((key.text(), of));
            }
            if let Output::Started(handle, ..) | Output::Joined(handle) = &reply.output {
                self.sessions.insert((process, *handle), name);
            }
        }
        let code = reply.code.0;
        let expect = if code == 0 { String::new() } else { format!("expect = {{ code = {code} }}\n") };
        self.step(&segment, &expect);
    }

    /// Writes the open segment as a step that leaves its call where it is.
    fn close(&mut self) {
        let Some(segment) = self.open.take() else { return };
        let blocked = self.simulation.machine.world.blocked_in(segment.who).is_some();
        if segment.call.is_none()
            && !segment.has_moved
            && blocked == segment.was_blocked
            && segment.passed == Millis(0)
        {
            return;
        }
        if self.simulation.machine.installer(segment.who.process).is_none() {
            return self.step(&segment, "");
        }
        let next = self.simulation.comes_next(segment.who);
        let leave = match next {
            _ if blocked => format!(r#"after = "{}""#, Shown(segment.passed)),
            // It waits for another call: it comes no further, wherever it is to be left.
            None => format!(r#"before = "{}""#, Until::REPLY),
            Some(name) => {
                let met = segment.met.get(name).copied().unwrap_or_default() + 1;
                // A call that was left before such an effect goes past it first.
                let nth = met - u32::from(segment.call.is_none() && segment.first == next);
                let nth = if nth == 1 { String::new() } else { format!(", nth = {nth}") };
                format!(r#"before = "{name}"{nth}"#)
            }
        };
        self.step(&segment, &format!("leave = {{ {leave} }}\n"));
    }

    fn step(&mut self, segment: &Segment, more: &str) {
        let by = quoted(&self.simulation.transcript.names.caller(segment.by));
        let call = segment.call.as_deref().unwrap_or("finish = {}");
        let lines = self.simulation.transcript.lines.get(segment.from..).unwrap_or_default();
        let chosen = lines.iter().filter_map(|line| match &line.event {
            Event::Chose(_, answer) if line.who == Some(segment.who) => Some(quoted(answer)),
            _ => None,
        });
        let chosen: Vec<_> = chosen.collect();
        let choices =
            if chosen.is_empty() { String::new() } else { format!("choices = [{}]\n", chosen.join(", ")) };
        let _ = write!(self.steps, "\n[[step]]\nby = {by}\n{call}\n{choices}{more}");
    }

    /// The line of a step that makes a call.
    fn call(&mut self, who: Caller, call: &Call) -> String {
        let opens = matches!(call, Call::Start { .. } | Call::Join { .. }).then(|| self.new_name(who));
        let context = calls::Context {
            names: &self.simulation.transcript.names,
            session: call.session().map(|handle| self.on(who, handle)),
            opens: opens.as_deref(),
            keys: &self.keys,
        };
        let line = context.line(call);
        if let Some(name) = opens {
            self.opening.insert(who, name);
        }
        line
    }

    /// A name for a session that is being opened.
    fn new_name(&mut self, who: Caller) -> String {
        let unused = |name: &String| !self.called.contains(&(who.process, name.clone()));
        let names = std::iter::once(String::from("main")).chain((2..).map(|n: u32| format!("s{n}")));
        let name = names.into_iter().find(unused).unwrap_or_default();
        self.called.insert((who.process, name.clone()));
        name
    }

    /// What a call says of its session: nothing for the main one, a name, or else the handle itself.
    fn on(&self, who: Caller, handle: SessionHandle) -> Option<(&'static str, String)> {
        match self.sessions.get(&(who.process, handle)).map(String::as_str) {
            Some("main") => None,
            Some(name) => Some(("session", quoted(name))),
            None => Some(("handle", handle.to_string())),
        }
    }
}
