//! What must be so of every small world.

use rm_core::{AppStatus, Call, Caller, Description, Entry, Output, Part, Rules, Thread};
use rm_sim::choice::NoChoice;
use rm_sim::world::Process;
use rm_sim::{Moved, Simulation, Transcript, Until};

use super::{Machines, Position, Step, stories};
use crate::explore::model::{Holds, Property};
use crate::invariants::{OF_MOMENTS, OfStory, after};
use crate::played::{Played, is_answered};

/// What is held against a run that is over.
const WHEN_OVER: [OfStory; 3] = [
    ("sessions_stay_usable", after::sessions_stay_usable),
    ("places_of_the_dead_are_usable", after::places_of_the_dead_are_usable),
    ("what_stays_stopped_is_named", after::what_stays_stopped_is_named),
];

/// A thread that makes no call of its own.
const ASKING: Thread = Thread(u32::MAX);

impl Machines {
    /// Every property there is.
    pub(super) fn all_properties(&self) -> Vec<Property<Self>> {
        let mut all = Vec::new();
        let installers = self.first.machine.installers().len();
        for (name, invariant) in OF_MOMENTS {
            let rules = self.rules_of();
            let invariant = *invariant;
            all.push(Property::always(name, move |position: &Position| {
                position.holds(&rules(position), installers, invariant)
            }));
        }
        let calls = self.world.threads.clone();
        let at_rest = move |position: &Position| position.is_at_rest(&calls);
        all.push(Property::eventually("every_call_ends", at_rest.clone()));
        let (rules, transcript) = (self.rules_of(), self.transcript.clone());
        all.push(Property::every_step("what_may_restart_runs_after_a_restart", move |_, step, next| {
            brings_everybody_back(step, next, &rules, &transcript)
        }));
        for (name, invariant) in WHEN_OVER {
            let (rules, transcript, at_rest) = (self.rules_of(), self.transcript.clone(), at_rest.clone());
            all.push(Property::every_step(name, move |before: &Position, _, next: &Position| {
                if !at_rest(next) || at_rest(before) {
                    return Ok(());
                }
                invariant(&Played::new(next.machine.clone(), transcript.clone(), rules(next)))
            }));
        }
        if self.options.stories {
            all.extend(stories::properties(self.policy, self.limits));
        }
        // What a scenario reaches in every order it need not reach in one.
        let in_its_orders = self.faults < 2 || self.world.faults == self.faults;
        let reaches = self.world.reaches.iter().filter(|_| in_its_orders).map(|(function, code)| {
            let (function, code) = (*function, *code);
            let name = format!("{function} {code}");
            Property::some_step(&name, move |_, step, _| returns(step, function, code))
        });
        all.extend(reaches);
        all.extend(self.world.never.iter().map(|(function, code)| {
            let (function, code) = (*function, *code);
            Property::every_step(&format!("never {function} {code}"), move |_, step, _| {
                match returns(step, function, code) {
                    true => Err(format!("{function} returns {code}")),
                    false => Ok(()),
                }
            })
        }));
        all
    }

    /// The rules in force at a position, for whoever outlives this.
    fn rules_of(&self) -> impl Fn(&Position) -> Rules + Clone + Send + Sync + 'static {
        let (policy, limits) = (self.policy, self.limits);
        move |position| {
            let mut rules = Rules::new(position.progress.policy.as_deref().copied().unwrap_or(policy));
            rules.limits = limits;
            rules
        }
    }
}

/// Whether a step is the end of a call that returns this code.
fn returns(step: &Step, function: &str, code: u32) -> bool {
    matches!(step, Step::Goes(_, _, Some(Moved::Replied(call, reply)), _)
        if call.function() == function && reply.code.0 == code)
}

/// After a restart that has succeeded, the list names nobody who was stopped, does not run and is said to be one
/// that can be restarted. Where programs come and go by themselves, that may be; and by OQ-82.restart b whom a
/// cancelled shutdown stopped stays so.
fn brings_everybody_back(
    step: &Step,
    next: &Position,
    rules: &impl Fn(&Position) -> Rules,
    transcript: &Transcript,
) -> Holds {
    let Step::Goes(who, _, Some(Moved::Replied(Call::Restart { session, .. }, reply)), _) = step else {
        return Ok(());
    };
    let is_alone = next.machine.in_flight().all(|other| other.process != who.process);
    if reply.code.0 != 0
        || !is_alone
        || !next.only_calls_happened()
        || next.machine.installer(who.process).is_none()
    {
        return Ok(());
    }
    let (machine, transcript) = (next.machine.clone(), transcript.clone());
    let mut simulation = Simulation { machine, rules: rules(next), choose: NoChoice, transcript };
    let asking = Caller { thread: ASKING, ..*who };
    simulation.begin(asking, after::list(*session));
    let Ok(Some(reply)) = simulation.carry(asking, &Until::End) else { return Ok(()) };
    let Output::List(list) = &reply.output else { return Ok(()) };
    let is_down = |status: AppStatus| {
        status.contains(AppStatus::STOPPED)
            && !status.contains(AppStatus::RESTARTED)
            && !status.contains(AppStatus::RUNNING)
    };
    // Somebody else may have brought it back (OQ-74).
    let is_back = |entry: &Entry| {
        let about =
            |process: &Process| next.machine.world.cast().program(process.program).map(|one| &one.about);
        let is_it =
            |about: &Part<Description>| about.app_name == entry.app_name && about.app_type == entry.app_type;
        next.machine.world.processes().any(|process| about(process).is_some_and(is_it))
    };
    let known = next.machine.installer(who.process).and_then(|one| one.library().sessions.get(session));
    let may_stay = is_answered(&rules(next), "OQ-82.restart", 'b');
    let stays = |entry: &Entry| {
        let mut all = known.iter().flat_map(|known| &known.applications);
        may_stay && all.any(|one| one.stays_stopped && one.id() == entry.id())
    };
    let is_missing =
        |entry: &&Entry| entry.restartable && is_down(entry.status) && !is_back(entry) && !stays(entry);
    match list.entries.iter().find(is_missing) {
        Some(entry) => Err(format!("{entry:?} was not started again")),
        None => Ok(()),
    }
}
