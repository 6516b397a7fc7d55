//! Machines in little memory, for whoever keeps many: what they have in common is kept once.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hash};

use rm_core::{Installer, Mixer, Part};

use crate::Machine;
use crate::fault::FaultPlan;
use crate::world::Parts;

/// Things that are often the same, each kept once and found by number. They are told apart by what they come
/// down to: two that differ could come down to the same 128 bits, with odds of n² in 2^129 among n things.
#[derive(Debug)]
pub struct Pool<T> {
    numbers: HashMap<u128, u32, BuildHasherDefault<Mixer>>,
    things: Vec<T>,
}

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Self { numbers: HashMap::default(), things: Vec::new() }
    }
}

impl<T: Clone + Hash> Pool<T> {
    /// The number of a thing.
    ///
    /// # Panics
    /// When there are more things than 32 bits can count, which memory does not hold.
    pub fn number(&mut self, thing: &T) -> u32 {
        *self.numbers.entry(Mixer::print(thing)).or_insert_with(|| {
            self.things.push(thing.clone());
            u32::try_from(self.things.len() - 1).expect("there are not so many things")
        })
    }

    /// The thing of a number that was given out.
    ///
    /// # Panics
    /// When it was not.
    #[must_use]
    pub fn get(&self, number: u32) -> &T {
        usize::try_from(number).ok().and_then(|at| self.things.get(at)).expect("the number was given out")
    }
}

/// What the machines of one run are made of: those of another have another cast, which their parts do not tell.
#[derive(Debug, Default)]
pub struct Store {
    worlds: Parts,
    plans: Pool<FaultPlan>,
    installers: Pool<Part<Installer>>,
}

/// A machine, as the numbers of its parts in a [`Store`].
#[derive(Clone, Debug)]
pub struct Packed {
    world: [u32; 3],
    plan: u32,
    installers: Box<[u32]>,
}

impl Store {
    /// Keeps a machine.
    pub fn pack(&mut self, machine: &Machine) -> Packed {
        let Machine { world, faults, installers } = machine;
        Packed {
            world: self.worlds.pack(world),
            plan: self.plans.number(faults),
            installers: installers.values().map(|installer| self.installers.number(installer)).collect(),
        }
    }

    /// Makes a machine equal to one that was kept.
    pub fn unpack(&self, packed: &Packed, machine: &mut Machine) {
        self.worlds.unpack(&packed.world, &mut machine.world);
        machine.faults.clone_from(self.plans.get(packed.plan));
        let kept = || packed.installers.iter().map(|number| self.installers.get(*number));
        if machine.installers.keys().copied().eq(kept().map(|installer| installer.me.process)) {
            machine.installers.values_mut().zip(kept()).for_each(|(one, kept)| one.clone_from(kept));
        } else {
            machine.installers = kept().map(|one| (one.me.process, one.clone())).collect();
        }
    }
}
