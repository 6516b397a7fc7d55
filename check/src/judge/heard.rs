//! What applications are told, where a transcript tells that.

use rm_core::{Caller, Next};
use rm_sim::Moved;
use rm_sim::choice::Choose;

use super::search::{Astray, Search};
use super::state::State;
use crate::boundary::{Change, Contact};

impl Search<'_> {
    /// Carries out an effect; false when somebody has to make a choice first, none when that cannot be.
    pub(super) fn goes(
        &mut self,
        state: &mut State,
        who: Caller,
        next: Next,
        choose: &mut dyn Choose,
    ) -> Option<bool> {
        self.moves += 1;
        if !self.boundary.messages {
            return state.now.machine.go(who, next, choose);
        }
        let moved = state.now.machine.act(who, next, choose)?;
        if matches!(moved, Moved::Open(_)) {
            return Some(false);
        }
        self.is_heard(state, &moved).then_some(true)
    }

    /// Whether what an application is told by a move was seen to be told to it.
    fn is_heard(&mut self, state: &mut State, moved: &Moved) -> bool {
        let Moved::Did(effect, outcome) = moved else { return true };
        let Some((id, contact)) = Contact::of(effect, outcome) else { return true };
        let now = self.from + state.now.passed;
        let mut possible = self.script.possible(self.boundary, self.next, now);
        let seen = possible.find(|(at, change)| {
            matches!(change, Change::Told(one, what) if *one == id && *what == contact)
                && !state.now.happened.contains(at)
        });
        drop(possible);
        match seen {
            Some((at, _)) => {
                state.now.happened.push(at);
                state.now.happened.sort_unstable();
                true
            }
            None => {
                self.goes_astray(Astray::Told(id, contact));
                self.pass.world || self.partly_known()
            }
        }
    }
}
