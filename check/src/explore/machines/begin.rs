//! What happens first, as it stands; and what happens on the machine.

use rm_core::{Caller, Output};
use rm_sim::choice::Script;
use rm_sim::scenario::{First, Opened, Problem, SmallWorld};
use rm_sim::transcript::Event;
use rm_sim::{Machine, Move, Simulation};

/// Plays what happens first; the moves, and the sessions that were opened.
pub(super) fn begin(
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
            First::Happens(happens) => drop(make(happens.clone())?),
            First::Call(who, scripted) => {
                let Some(call) = scripted.call(&known) else { continue };
                make(Move::Begin(*who, call))?;
                make(Move::Finish(*who))?;
                if let (Some(slot), Some(opened)) = (scripted.opens(), opened_by(start, *who))
                    && let Some(slot) = known.get_mut(slot)
                {
                    *slot = Some(opened);
                }
            }
        }
    }
    Ok((moves, known))
}

/// The session that the last call of a thread has opened.
fn opened_by(start: &Simulation<Script>, who: Caller) -> Option<Opened> {
    let lines = start.transcript.lines.iter().rev();
    let replied = lines.filter(|line| line.who == Some(who)).find_map(|line| match &line.event {
        Event::Replied(_, reply) => Some(&reply.output),
        _ => None,
    });
    replied.and_then(opened)
}

/// The session that a call has opened.
pub(super) const fn opened(output: &Output) -> Option<Opened> {
    match output {
        Output::Started(handle, key, _) => Some((*handle, Some(*key))),
        Output::Joined(handle) => Some((*handle, None)),
        Output::Nothing | Output::List(_) | Output::FilterList(_) => None,
    }
}

/// Whether this can happen now.
pub(super) fn is_possible(machine: &Machine, event: &Move) -> bool {
    match event {
        Move::End(process) => machine.world.is_alive(*process),
        Move::Stop(service) => machine.world.serving(*service).is_some(),
        Move::Spawn(_) | Move::Serve(_) => true,
        Move::Begin(..)
        | Move::BeginInside(..)
        | Move::Step(_)
        | Move::Finish(_)
        | Move::Reach(..)
        | Move::Pass(_) => false,
    }
}

/// Has something happen.
pub(super) fn happen(machine: &mut Machine, event: &Move) {
    match event {
        Move::End(process) => machine.end(*process),
        Move::Stop(service) => machine.world.stop(*service),
        Move::Spawn(program) => drop(machine.world.start(*program, None)),
        Move::Serve(service) => drop(machine.world.serve(*service)),
        Move::Begin(..)
        | Move::BeginInside(..)
        | Move::Step(_)
        | Move::Finish(_)
        | Move::Reach(..)
        | Move::Pass(_) => {}
    }
}
