//! The parts that worlds are made of, each kept once.

use rm_core::Part;

use super::{Registry, Scene, World, wait::Waits};
use crate::packed::Pool;

/// The parts of many worlds.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    registries: Pool<Part<Registry>>,
    scenes: Pool<Part<Scene>>,
    waits: Pool<Part<Waits>>,
}

impl Parts {
    pub(crate) fn pack(&mut self, world: &World) -> [u32; 3] {
        let World { registry, scene, waits } = world;
        [self.registries.number(registry), self.scenes.number(scene), self.waits.number(waits)]
    }

    pub(crate) fn unpack(&self, [registry, scene, waits]: &[u32; 3], world: &mut World) {
        world.registry.clone_from(self.registries.get(*registry));
        world.scene.clone_from(self.scenes.get(*scene));
        world.waits.clone_from(self.waits.get(*waits));
    }
}
