//! Supervisors: what starts programs and services again when they have gone, so and so often.

use std::collections::BTreeMap;

use rm_core::{Millis, UniqueProcess};

use super::{ProgramId, ServiceId, World};

/// How a supervisor, or the recovery action of a service, brings somebody back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Respawn {
    /// How long after it has gone; more than no time.
    pub after: Millis,
    /// How often at most.
    pub times: u32,
}

/// Somebody who may be brought back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Supervised {
    Program(ProgramId),
    Service(ServiceId),
}

/// What the supervisors know.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Supervisors {
    /// How often each was brought back.
    times: BTreeMap<Supervised, u32>,
    /// Who is to be brought back, in how long, and which process of it has gone.
    due: BTreeMap<Supervised, (Millis, UniqueProcess)>,
}

impl World {
    /// Somebody has gone: whoever looks after it begins to wait, unless it does already.
    pub(super) fn lost(&mut self, who: Supervised, process: UniqueProcess) {
        let respawn = match who {
            Supervised::Program(program) => {
                self.scene.cast.program(program).and_then(|program| program.respawn)
            }
            Supervised::Service(service) => {
                self.scene.cast.service(service).and_then(|service| service.respawn)
            }
        };
        let Some(respawn) = respawn else { return };
        let times = self.scene.supervisors.times.get(&who).copied().unwrap_or(0);
        if times < respawn.times {
            self.scene.supervisors.due.entry(who).or_insert((respawn.after, process));
        }
    }

    /// The times until somebody is brought back.
    pub(super) fn respawns_left(&self) -> impl Iterator<Item = Millis> {
        self.scene.supervisors.due.values().map(|(left, _)| *left)
    }

    /// Lets time pass for supervisors, and tells who is to be brought back now.
    pub(super) fn pass_respawns(&mut self, by: Millis) -> Vec<(Supervised, UniqueProcess)> {
        let mut now = Vec::new();
        self.scene.supervisors.due.retain(|who, (left, process)| {
            left.0 = left.0.saturating_sub(by.0);
            if *left == Millis(0) {
                now.push((*who, *process));
            }
            *left > Millis(0)
        });
        now
    }

    /// Brings somebody back, unless it runs again already. A process gets another id than the one that
    /// has gone, unless ids are reused.
    pub(super) fn bring_back(&mut self, (who, gone): (Supervised, UniqueProcess)) {
        match who {
            Supervised::Program(program) if self.processes_of(program).next().is_none() => {
                let process = self.spawn_other_than(program, None, Some(gone.id));
                self.has_run(process, Millis(0));
            }
            Supervised::Service(service) if self.serving(service).is_none() => {
                self.serve(service);
            }
            Supervised::Program(_) | Supervised::Service(_) => return,
        }
        *self.scene.supervisors.times.entry(who).or_default() += 1;
    }
}
