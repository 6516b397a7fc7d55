//! Programs and services by the names that scenarios and transcripts know them by.

use super::{Cast, ProgramId, ServiceId, World};

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// A service, by its short name.
    Service(ServiceId),
    /// A program.
    Program(ProgramId),
}

impl Cast {
    /// What a name stands for. The process of a service's own goes by the name of the service, which is
    /// meant then.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<Named> {
        let service = self.find_service(&name.into()).map(Named::Service);
        service.or_else(|| self.find(name).map(Named::Program))
    }
}

impl World {
    /// Whether a service runs, or any process of a program.
    #[must_use]
    pub fn is_up(&self, named: Named) -> bool {
        match named {
            Named::Service(service) => self.serving(service).is_some(),
            Named::Program(program) => self.processes_of(program).next().is_some(),
        }
    }
}
