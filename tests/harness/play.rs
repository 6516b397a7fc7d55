//! Plays a random case.

use rm_check::invariants::Moment;
use rm_core::{Caller, Effect, Limits, Next};
use rm_sim::choice::NoChoice;
use rm_sim::fault::Struck;
use rm_sim::schedule::picked;
use rm_sim::strategies::{Happening, Staged, Who};
use rm_sim::transcript::Event;
use rm_sim::{Move, Simulation, Stuck};

use crate::calls::call;
use crate::case::{Act, Ask, Case};
use crate::played::Played;

/// Why a case fails.
#[derive(Clone, Debug)]
pub struct Failure {
    /// What was met.
    pub what: String,
    /// The moves up to then.
    pub moves: Vec<Move>,
}

impl From<String> for Failure {
    fn from(what: String) -> Self {
        Self { what, moves: Vec::new() }
    }
}

/// A run as a failure: this was met.
#[must_use]
pub fn fails(played: &Played, what: String) -> Failure {
    Failure { what, moves: played.moves.clone() }
}

struct Player {
    stage: Staged,
    moves: Vec<Move>,
}

/// Plays a case. After each event `at_every_moment` may object.
///
/// # Errors
/// What was objected; or that a call does not end.
pub fn play(
    case: &Case,
    at_every_moment: impl Fn(&Moment<'_>) -> Result<(), String>,
) -> Result<Played, Failure> {
    let mut player = Player { stage: case.setting.stage(), moves: Vec::new() };
    match player.play(&case.acts, at_every_moment) {
        Ok(()) => {
            let Simulation { machine, transcript, rules, .. } = player.stage.simulation;
            Ok(Played { moves: player.moves, ..Played::new(machine, transcript, rules) })
        }
        Err(what) => Err(Failure { what, moves: player.moves }),
    }
}

/// Plays a case up to its last act, within these limits; calls in flight stay so.
///
/// # Errors
/// When a call does not end that should.
pub fn leave_in_the_midst(case: &Case, limits: Limits) -> Result<Simulation<NoChoice>, Failure> {
    let mut player = Player { stage: case.setting.stage(), moves: Vec::new() };
    player.stage.simulation.rules.limits = limits;
    for act in &case.acts {
        player.perform(*act)?;
    }
    Ok(player.stage.simulation)
}

impl Player {
    fn play(
        &mut self,
        acts: &[Act],
        at_every_moment: impl Fn(&Moment<'_>) -> Result<(), String>,
    ) -> Result<(), String> {
        for act in acts {
            self.perform(*act)?;
            self.look(&at_every_moment)?;
        }
        // The turn of a call comes when the one before has ended, so that one round may not be enough.
        while let Some(who) = self.ready(0) {
            self.make(Move::Finish(who))?;
            self.look(&at_every_moment)?;
        }
        Ok(())
    }

    fn look(&self, at_this_moment: impl Fn(&Moment<'_>) -> Result<(), String>) -> Result<(), String> {
        let Simulation { machine, transcript, rules, .. } = &self.stage.simulation;
        let failed = transcript.lines.iter().filter_map(|line| match &line.event {
            Event::Struck(Struck::Failed(effect, _)) => Some(effect.name()),
            _ => None,
        });
        let (failed, installers) = (failed.collect::<Vec<_>>(), self.stage.installers.len());
        at_this_moment(&Moment { machine, rules, installers, failed: &failed })
    }

    fn make(&mut self, the_move: Move) -> Result<(), String> {
        self.moves.push(the_move);
        let Some(the_move) = self.moves.last() else { return Ok(()) };
        match self.stage.simulation.make(the_move) {
            // It has come to where only another thread helps (OQ-19 d, OQ-21 b, OQ-25 d, OQ-59 c).
            Ok(_) | Err(Stuck::Waits | Stuck::Forever(Effect::AwaitPhase(_))) => Ok(()),
            Err(Stuck::Forever(Effect::WaitAny(_) | Effect::Send(_, _, None))) => Ok(()),
            Err(stuck) => Err(format!("{the_move:?}: {stuck}")),
        }
    }

    fn begin(&mut self, who: Who, ask: Ask) -> Result<Option<Caller>, String> {
        let who = caller(&self.stage, who);
        let Some(call) = call(&self.stage.simulation, who, ask) else { return Ok(None) };
        self.make(Move::Begin(who, call))?;
        Ok(Some(who))
    }

    fn perform(&mut self, act: Act) -> Result<(), String> {
        match act {
            Act::Begin(who, ask) => drop(self.begin(who, ask)?),
            Act::Make(who, ask) => self.call(who, ask)?,
            Act::Step(pick) => {
                if let Some(who) = self.ready(pick) {
                    self.make(Move::Step(who))?;
                }
            }
            Act::Finish(pick) => {
                if let Some(who) = self.ready(pick) {
                    self.make(Move::Finish(who))?;
                }
            }
            Act::Happens(what) => {
                for made in what.moves(&self.stage.simulation.machine) {
                    self.make(made)?;
                }
            }
            Act::Cut(installer, effects) => {
                let who = Who { installer, thread: 0 };
                if let Some(who) = self.begin(who, Ask::Register(0, 0b111, None))? {
                    for _ in 0..effects {
                        self.make(Move::Step(who))?;
                    }
                    self.perform(Act::Happens(Happening::Die(installer)))?;
                }
            }
            Act::Crowd(installer, many) => {
                for _ in 0..many {
                    self.call(Who { installer, thread: 0 }, Ask::Start)?;
                }
            }
        }
        Ok(())
    }

    /// A call from beginning to end, unless it has to wait for another.
    fn call(&mut self, who: Who, ask: Ask) -> Result<(), String> {
        match self.begin(who, ask)? {
            Some(who) if !waits(&self.stage.simulation, who) => self.make(Move::Finish(who)),
            _ => Ok(()),
        }
    }

    /// A thread that can move: without waiting for another call.
    fn ready(&self, pick: u8) -> Option<Caller> {
        let simulation = &self.stage.simulation;
        let threads: Vec<_> = simulation.machine.in_flight().filter(|who| !waits(simulation, *who)).collect();
        picked(&threads, pick)
    }
}

/// The thread that is meant.
///
/// # Panics
/// When a setting has no installer: those of the harness have two.
#[must_use]
pub fn caller(stage: &Staged, who: Who) -> Caller {
    stage.caller(who).expect("an installer")
}

fn waits(simulation: &Simulation<NoChoice>, who: Caller) -> bool {
    let world = &simulation.machine.world;
    // No time that passes ends it.
    let in_vain = || world.blocked_in(who).is_some() && world.next_event().is_none();
    match simulation.machine.next(who, &simulation.rules) {
        Some(Next::Wait) => true,
        // What only another thread can end.
        Some(Next::Do(Effect::AwaitPhase(_))) => !world.is_ready(who),
        Some(Next::Do(_)) => !world.is_ready(who) && in_vain(),
        _ => false,
    }
}
