//! Processes that are known to start later, where somebody has seen them: their ids and creation times
//! are not made up then.

use std::collections::BTreeMap;
use std::sync::Arc;

use rm_core::UniqueProcess;

use super::{ProgramId, World};

/// Who is known to come, and how many have come.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Newcomers {
    known: Option<Arc<BTreeMap<ProgramId, Vec<UniqueProcess>>>>,
    came: BTreeMap<ProgramId, usize>,
}

impl Newcomers {
    /// The process that a program runs in next, if it is known.
    pub(super) fn next(&mut self, program: ProgramId) -> Option<UniqueProcess> {
        let known = self.known.as_ref()?.get(&program)?;
        let came = self.came.entry(program).or_default();
        let next = known.get(*came).copied()?;
        *came += 1;
        Some(next)
    }
}

impl World {
    /// Says which processes will start, in the order in which those of one program do.
    pub fn expect(&mut self, processes: impl IntoIterator<Item = (ProgramId, UniqueProcess)>) {
        let mut known: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (program, process) in processes {
            known.entry(program).or_default().push(process);
        }
        self.scene.newcomers =
            Newcomers { known: (!known.is_empty()).then(|| Arc::new(known)), came: BTreeMap::new() };
    }
}
