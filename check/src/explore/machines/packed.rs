//! Positions that wait to be gone on from, in little memory.

use std::sync::Arc;

use rm_core::Part;
use rm_sim::Transcript;
use rm_sim::packed::{self, Pool};

use super::Position;
use super::position::Progress;

/// A position, as the numbers of its parts.
pub struct Packed {
    machine: packed::Packed,
    progress: u32,
    story: Option<Arc<Transcript>>,
}

/// What positions are made of.
#[derive(Default)]
pub(super) struct Store {
    machines: packed::Store,
    progresses: Pool<Part<Progress>>,
}

impl Store {
    pub(super) fn pack(&mut self, position: &Position) -> Packed {
        let Position { machine, progress, story } = position;
        let progress = self.progresses.number(progress);
        Packed { machine: self.machines.pack(machine), progress, story: story.clone() }
    }

    pub(super) fn unpack(&self, packed: &Packed, position: &mut Position) {
        self.machines.unpack(&packed.machine, &mut position.machine);
        position.progress.clone_from(self.progresses.get(packed.progress));
        position.story.clone_from(&packed.story);
    }
}
