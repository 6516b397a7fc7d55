//! Virtual time: it passes only when asked to, from one thing that happens to the next.

use rm_core::{Millis, UniqueProcess};

use super::World;

impl World {
    /// The time until something happens by itself: a process exits, a wait is over, a limit that
    /// somebody waits for passes. `None` when nothing will.
    #[must_use]
    pub fn next_event(&self) -> Option<Millis> {
        let exits = self.scene.processes.values().filter_map(|process| process.exits_in);
        exits
            .chain(self.times_left())
            .chain(self.services_left())
            .chain(self.respawns_left())
            .filter(|left| *left > Millis(0))
            .min()
    }

    /// The time until anything is different by itself: as [`next_event`](Self::next_event), and until a
    /// process has run for a minute, which nobody waits for.
    #[must_use]
    pub fn next_difference(&self) -> Option<Millis> {
        let young = self.scene.processes.values().map(|process| process.young_for);
        young.filter(|left| *left > Millis(0)).chain(self.next_event()).min()
    }

    /// Lets this much time pass, and tells which processes exited. More than
    /// [`next_event`](Self::next_event) says would pass over things that happen in between.
    pub fn advance(&mut self, by: Millis) -> Vec<UniqueProcess> {
        let back = self.pass_respawns(by);
        self.pass_waits(by);
        self.pass_services(by);
        let pass = |left: &mut Millis| left.0 = left.0.saturating_sub(by.0);
        self.scene.processes.values_mut().filter_map(|process| process.exits_in.as_mut()).for_each(pass);
        self.scene.processes.values_mut().map(|process| &mut process.young_for).for_each(pass);
        self.scene.processes.values_mut().map(|process| &mut process.ready_in).for_each(pass);
        let over = |process: &&super::Process| process.exits_in == Some(Millis(0));
        let exited: Vec<_> = self.scene.processes.values().filter(over).map(|process| process.id).collect();
        for process in &exited {
            self.end(*process);
        }
        back.into_iter().for_each(|gone| self.bring_back(gone));
        exited
    }
}
