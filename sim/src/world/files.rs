//! What lies on the disk: files with one name or several, and directories.

use std::collections::BTreeSet;
use std::sync::Arc;

use rm_core::{Look, Name, UniqueProcess};

use super::{Cast, ProgramId, World};

/// The paths at which something is, folded. Shared until somebody changes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Disk {
    files: Arc<BTreeSet<Name>>,
    directories: Arc<BTreeSet<Name>>,
}

impl Disk {
    /// What the cast begins with: what programs hold and are, and what was declared.
    pub(super) fn new(cast: &Cast) -> Self {
        let images = cast.programs.iter().map(|program| program.about.image.folded());
        let links = cast.links.iter().flat_map(|(alias, file)| [alias.folded(), file.folded()]);
        let files = cast.users.keys().chain(cast.served.keys()).cloned().chain(images).chain(links);
        Self {
            files: Arc::new(files.chain(cast.files.iter().cloned()).collect()),
            directories: Arc::new(cast.directories.clone()),
        }
    }
}

impl World {
    /// Whether something is at a path.
    #[must_use]
    pub fn exists(&self, path: &Name) -> bool {
        let path = path.folded();
        self.scene.disk.files.contains(&path) || self.scene.disk.directories.contains(&path)
    }

    /// Deletes what is at a path; whether anything was.
    pub fn delete(&mut self, path: &Name) -> bool {
        let path = path.folded();
        let disk = &mut *self.scene.disk;
        let found = [&mut disk.files, &mut disk.directories].into_iter().find(|set| set.contains(&path));
        found.is_some_and(|set| Arc::make_mut(set).remove(&path))
    }

    /// Makes a directory; whether there was nothing before.
    pub fn make_directory(&mut self, path: &Name) -> bool {
        !self.exists(path) && Arc::make_mut(&mut self.scene.disk.directories).insert(path.folded())
    }

    /// The processes that use a file, under whichever of its names.
    #[must_use]
    pub fn users_of(&self, file: &Name) -> Vec<UniqueProcess> {
        let look = Look { by_identity: true, past_directories: true };
        self.users(std::slice::from_ref(file), look).unwrap_or_default()
    }

    /// The processes that use any of these files, each once; `None` when one is a directory.
    pub(super) fn users(&self, files: &[Name], look: Look) -> Option<Vec<UniqueProcess>> {
        // The same file is often registered many times.
        let (mut programs, mut users) = (Vec::<&[ProgramId]>::new(), Vec::new());
        for file in files {
            if self.scene.disk.directories.contains(&file.folded()) {
                if look.past_directories {
                    continue;
                }
                return None;
            }
            let others = if look.by_identity { self.names_of(file) } else { Vec::new() };
            let names = if others.is_empty() { std::slice::from_ref(file) } else { &others };
            for name in names.iter().map(Name::folded) {
                super::touched::touch();
                programs.extend(self.scene.cast.users.get(&name).map(Vec::as_slice));
                users.extend(self.hosts_using(&name));
            }
        }
        programs.sort_unstable_by_key(|all| all.as_ptr());
        programs.dedup_by_key(|all| all.as_ptr());
        users.extend(programs.into_iter().flatten().flat_map(|program| self.processes_of(*program)));
        users.sort_unstable();
        users.dedup();
        Some(users)
    }

    /// Every path of the file at a path, that path first.
    pub(super) fn names_of(&self, path: &Name) -> Vec<Name> {
        let links = &self.scene.cast.links;
        if links.is_empty() {
            return vec![path.clone()];
        }
        let file = links.iter().find(|(alias, _)| alias.same(path)).map_or(path, |(_, file)| file);
        let aliases = links.iter().filter(|(_, of)| of.same(file)).map(|(alias, _)| alias);
        let others = aliases.chain([file]).filter(|name| !name.same(path));
        std::iter::once(path).chain(others).cloned().collect()
    }
}
