//! What can go wrong before an effect.

use std::iter::once;

use rm_core::{Caller, Next};
use rm_sim::fault::{Failure, Place, Planned, Strike};
use rm_sim::world::ProgramId;

use super::{Blow, Machines, Position, Wrong, about_to_begin};

impl Machines {
    /// What there is to try before the next effect of a thread: that nothing goes wrong, and whatever can.
    pub(super) fn tries(
        &self,
        position: &Position,
        who: Caller,
        next: &Next,
    ) -> impl Iterator<Item = Option<Wrong>> + use<> {
        once(None).chain(self.wrongs(position, who, next).into_iter().map(Some))
    }

    /// Whatever can go wrong before the next effect of a thread.
    fn wrongs(&self, position: &Position, who: Caller, next: &Next) -> Vec<Wrong> {
        if position.progress.struck.len() >= usize::from(self.faults) {
            return Vec::new();
        }
        let Some(effect) = about_to_begin(&position.machine, who, next) else { return Vec::new() };
        let fails = Failure::of(effect).iter().map(|failure| Strike::Fails(*failure));
        let cast = position.machine.world.cast();
        let programs: Vec<_> =
            cast.programs().map(|(id, _)| id).filter(|id| self.is_no_installer(*id)).collect();
        let befall = programs.iter().flat_map(|id| {
            let id = *id;
            [Strike::Exit(id), Strike::Spawn(id), Strike::Replace(id, id)]
        });
        let strikes = fails.chain([Strike::Dies, Strike::Cancel]).chain(befall);
        strikes.map(|strike| Wrong { effect, strike }).collect()
    }

    /// Whether a program is no installer's.
    fn is_no_installer(&self, program: ProgramId) -> bool {
        let machine = &self.first.machine;
        !machine.world.processes_of(program).any(|process| machine.installer(process).is_some())
    }
}

impl Position {
    /// Has something go wrong before the next effect of a thread, or with it.
    pub(super) fn strikes(&mut self, who: Caller, wrong: Wrong) {
        let Wrong { effect, strike } = wrong;
        let at = Place { by: who, effect: Some(effect), nth: 1, within: None };
        self.machine.faults.add(Planned { at, strike });
        self.progress.struck.push(Blow { who, effect, what: name(strike), replied: false });
    }
}

/// The name of what goes wrong.
pub(super) fn name(strike: Strike) -> &'static str {
    match strike {
        Strike::Fails(failure) => failure.name(),
        Strike::Dies => "caller dies",
        Strike::Cancel => "cancel",
        Strike::Exit(_) => "application exits",
        Strike::Spawn(_) => "application appears",
        Strike::Replace(..) => "application is replaced",
    }
}

/// Whether something of this name is an effect that fails.
pub(super) fn is_failure(what: &str) -> bool {
    Failure::ALL.iter().any(|(_, name)| *name == what)
}
