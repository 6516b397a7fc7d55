//! What a transcript holds, in the order in which questions are asked of it.

use std::collections::BTreeMap;

use rm_core::rules::{Citation, Latitude};
use rm_core::store::{Data, Record, ResourceKind, ValueName, process_line};
use rm_core::{
    Affected, AppId, Call, Caller, Decision, Effect, Filter, Name, Outcome, Output, Reply, Rules,
    SessionHandle, Settlement, Slot, UniqueProcess,
};

use crate::machine::Machine;
use crate::scenario::Run;
use crate::transcript::words::quoted;
use crate::transcript::{Event, Runs, Transcript};
use crate::world::World;

/// A run, sorted by calls.
pub(super) struct Facts<'a> {
    pub(super) transcript: &'a Transcript,
    pub(super) world: &'a World,
    rules: &'a Rules,
    /// Every call, in the order in which they began.
    pub(super) calls: Vec<Made<'a>>,
    lives: BTreeMap<UniqueProcess, Life>,
}

/// A call that was made.
pub(super) struct Made<'a> {
    pub(super) who: Caller,
    pub(super) call: &'a Call,
    /// When it began.
    pub(super) at: u64,
    /// Its effects, each with its line, time and outcome.
    pub(super) effects: Vec<(usize, u64, &'a Effect, &'a Outcome)>,
    /// Its result; none if it did not come to its end.
    pub(super) reply: Option<&'a Reply>,
    begun: usize,
}

/// When a process ran, by lines of the transcript.
struct Life {
    born: usize,
    died: usize,
}

impl<'a> Facts<'a> {
    pub(super) fn new(run: &'a Run) -> Self {
        let Run { transcript, machine: Machine { world, .. }, rules, .. } = run;
        let mut facts = Self { transcript, world, rules, calls: Vec::new(), lives: BTreeMap::new() };
        let mut open: BTreeMap<Caller, usize> = BTreeMap::new();
        let never = transcript.lines.len();
        for (at, line) in transcript.lines.iter().enumerate() {
            match (&line.event, line.who) {
                (Event::Called(call), Some(who)) => {
                    open.insert(who, facts.calls.len());
                    let (effects, reply) = (Vec::new(), None);
                    facts.calls.push(Made { who, call, at: line.at, effects, reply, begun: at });
                }
                (Event::Did(effect, outcome), Some(who)) => {
                    if let Outcome::Launched(process) = outcome {
                        facts.lives.insert(*process, Life { born: at, died: never });
                    }
                    let made = open.get(&who).and_then(|made| facts.calls.get_mut(*made));
                    if let Some(made) = made {
                        made.effects.push((at, line.at, effect, outcome));
                    }
                }
                (Event::Replied(_, reply), Some(who)) => {
                    if let Some(made) = open.remove(&who).and_then(|made| facts.calls.get_mut(made)) {
                        made.reply = Some(reply);
                    }
                }
                (Event::Runs(Runs { process, .. }) | Event::Started(process), _) => {
                    facts.lives.insert(*process, Life { born: at, died: never });
                }
                (Event::Exited(AppId::Process(process)), _) => {
                    facts.lives.entry(*process).and_modify(|life| life.died = at);
                    open.retain(|who, _| who.process != *process);
                }
                _ => {}
            }
        }
        facts
    }

    /// The answer in force to a latitude that the run asked.
    pub(super) fn answer(&self, id: &str) -> Option<Citation> {
        let latitude = Latitude::find(id).filter(|latitude| self.rules.was_asked(*latitude))?;
        Some(Citation::Latitude(latitude, self.rules.policy.answers(latitude).next()?))
    }

    /// What a process is called.
    pub(super) fn name(&self, process: UniqueProcess) -> String {
        self.transcript.names.of(process)
    }

    /// The files a process holds while it runs.
    pub(super) fn uses(&self, process: UniqueProcess) -> &'a [Name] {
        let cast = self.world.cast();
        let program = cast.find(&self.transcript.names.base_of(process)).and_then(|id| cast.program(id));
        program.map_or(&[], |program| &program.uses)
    }

    /// The processes of the application that ran during a call, or that it speaks of.
    pub(super) fn concerned(&self, processes: &[UniqueProcess], made: &Made<'_>) -> Vec<UniqueProcess> {
        let runs = |process: &UniqueProcess| {
            let life = self.lives.get(process);
            life.is_some_and(|life| life.born < made.begun && life.died > made.begun)
        };
        // A restart looks at those that are gone: what became of them last is what counts.
        let is_gone = |process: &UniqueProcess| {
            let mut earlier = self.earlier(made).filter_map(|earlier| earlier.settlement(*process));
            matches!(made.call, Call::Restart { .. })
                && earlier.next().is_some_and(|settled| settled.restarted_as.is_none())
        };
        let is_concerned =
            |process: &UniqueProcess| runs(process) || made.speaks_of(*process) || is_gone(process);
        processes.iter().copied().filter(is_concerned).collect()
    }

    /// Whether a process had begun to run when the call was made.
    pub(super) fn has_run(&self, process: UniqueProcess, made: &Made<'_>) -> bool {
        self.lives.get(&process).is_some_and(|life| life.born < made.begun)
    }

    /// When a process exited, if it has.
    pub(super) fn exited_at(&self, process: UniqueProcess) -> Option<u64> {
        self.transcript.lines.get(self.lives.get(&process)?.died).map(|line| line.at)
    }

    /// Who wrote a value into a session's key before a line of the transcript, and when.
    pub(super) fn writer(&self, slot: Slot, name: ValueName, before: usize) -> Option<Caller> {
        self.writes(slot)
            .take_while(|(at, ..)| *at < before)
            .filter(|(_, _, written, _)| *written == name)
            .last()
            .map(|(_, made, ..)| made.who)
    }

    /// Who registers a file of a process in this slot after a line of the transcript: the file, who, when.
    pub(super) fn registered_later(
        &self,
        slot: Slot,
        process: UniqueProcess,
        after: usize,
    ) -> Option<(String, Caller, u64)> {
        // A session that comes later in the same slot begins with an owner.
        let same = self.writes(slot).skip_while(|(at, ..)| *at < after);
        let same = same.take_while(|(_, _, name, _)| *name != ValueName::Owner);
        same.filter_map(|(_, made, name, data)| {
            let (ValueName::Group(kind, _), Data::Strings(strings)) = (name, data) else { return None };
            let what = self.resource_of(process, kind, strings)?;
            Some((what, made.who, made.at))
        })
        .next()
    }

    /// Which of these resources makes a process affected.
    pub(super) fn resource_of(
        &self,
        process: UniqueProcess,
        kind: ResourceKind,
        strings: &[Name],
    ) -> Option<String> {
        match kind {
            ResourceKind::Files => {
                let uses = self.uses(process);
                let file = strings.iter().find(|file| uses.iter().any(|used| used.same(file)))?;
                Some(quoted(file))
            }
            ResourceKind::Processes => {
                let line = process_line(process);
                strings.contains(&line).then(|| format!("the process {}", self.name(process)))
            }
            ResourceKind::Services => None,
        }
    }

    /// Everything written to a session's key: the line, the call, the value.
    fn writes(&self, slot: Slot) -> impl Iterator<Item = (usize, &Made<'a>, ValueName, &'a Data)> {
        let all = self.calls.iter().flat_map(|made| made.effects.iter().map(move |effect| (made, effect)));
        let mut writes: Vec<_> = all
            .filter_map(|(made, (at, _, effect, outcome))| match (effect, outcome) {
                (Effect::WriteValue(to, name, data), Outcome::Done) if *to == slot => {
                    Some((*at, made, *name, data))
                }
                _ => None,
            })
            .collect();
        writes.sort_by_key(|(at, ..)| *at);
        writes.into_iter()
    }

    /// The filters of a caller's session that mean an application, when the call is made.
    pub(super) fn filters(&self, made: &Made<'_>, application: &Affected) -> Vec<&'a Filter> {
        let mut filters: Vec<&Filter> = Vec::new();
        let same = self.calls.iter().filter(|other| other.who.process == made.who.process);
        for other in same.take_while(|other| other.begun < made.begun) {
            if other.opened() == made.call.session() {
                filters.clear();
            }
            if other.call.session() != made.call.session() {
                continue;
            }
            for (_, _, effect, _) in &other.effects {
                match effect {
                    Effect::KeepFilter(filter) => {
                        filters.retain(|kept| !kept.target.same(&filter.target));
                        filters.push(filter);
                    }
                    Effect::DropFilter(target) => filters.retain(|kept| !kept.target.same(target)),
                    _ => {}
                }
            }
        }
        filters.retain(|filter| filter.hits(application, self.rules));
        filters
    }

    /// The calls of the same session before this one, the latest first.
    pub(super) fn earlier(&self, made: &Made<'_>) -> impl Iterator<Item = &Made<'a>> {
        let session = made.call.session();
        let (process, begun) = (made.who.process, made.begun);
        let own = self.calls.iter().rev().filter(move |other| other.who.process == process);
        let before = own.filter(move |other| other.begun < begun);
        before
            .take_while(move |other| other.opened() != session)
            .filter(move |other| other.call.session() == session)
    }
}

impl<'a> Made<'a> {
    /// The handle of the session that the call opened.
    fn opened(&self) -> Option<SessionHandle> {
        match self.reply?.output {
            Output::Started(handle, ..) | Output::Joined(handle) => Some(handle),
            _ => None,
        }
    }

    /// Whether a decision, a fate or the result names the process.
    pub(super) fn speaks_of(&self, process: UniqueProcess) -> bool {
        let listed = match self.reply.map(|reply| &reply.output) {
            Some(Output::List(list)) => list.entries.iter().any(|entry| entry.process == process),
            _ => false,
        };
        listed
            || self.decision(process).is_some()
            || self.settlement(process).is_some()
            || self.described(process).is_some()
    }

    /// The session's key as the call read it, its slot, and the line where it did.
    pub(super) fn read(&self) -> Option<(Slot, &'a Record, usize)> {
        self.effects.iter().find_map(|(at, _, effect, outcome)| match (effect, outcome) {
            (Effect::ReadSession(slot), Outcome::Session(Some(record))) => Some((*slot, record, *at)),
            _ => None,
        })
    }

    /// What the machine said of a process.
    pub(super) fn described(&self, process: UniqueProcess) -> Option<&'a Affected> {
        self.effects.iter().find_map(|(_, _, _, outcome)| match outcome {
            Outcome::Described(described) => described.iter().find(|one| one.process == process),
            _ => None,
        })
    }

    /// Whether the call decided what to do, with whomever.
    pub(super) fn has_decided(&self) -> bool {
        self.effects.iter().any(|(_, _, effect, _)| matches!(effect, Effect::Decide(_)))
    }

    /// Everything that was decided.
    pub(super) fn decisions(&self) -> impl Iterator<Item = &'a Decision> {
        self.effects.iter().flat_map(|(_, _, effect, _)| match effect {
            Effect::Decide(decisions) => decisions.iter(),
            _ => [].iter(),
        })
    }

    /// What was decided of a process.
    pub(super) fn decision(&self, process: UniqueProcess) -> Option<&'a Decision> {
        self.decisions().find(|decision| decision.application.process == process)
    }

    /// Every fate that was sealed.
    pub(super) fn settlements(&self) -> impl Iterator<Item = &'a Settlement> {
        self.effects.iter().flat_map(|(_, _, effect, _)| match effect {
            Effect::Settle(settlements) => settlements.iter(),
            _ => [].iter(),
        })
    }

    /// The fate of a process.
    pub(super) fn settlement(&self, process: UniqueProcess) -> Option<&'a Settlement> {
        self.settlements().find(|settled| settled.id == process.into())
    }
}
