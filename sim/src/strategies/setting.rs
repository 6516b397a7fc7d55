//! Settings: a world, who the installers are, what goes wrong, what else happens, and the policy in force.

use std::fmt;

use rm_core::Name;
use rm_core::rules::{Latitude, Policy};

use super::{DrawnInstaller, DrawnProgram, DrawnService, Schedule, SharedHost};
use crate::fault::{Failure, Within};

/// Everything but what the installers do, as one plain value. Any value is a valid one:
/// a number that points at nobody goes round to one that is there, or is left out.
#[derive(Clone, PartialEq)]
pub struct Setting {
    /// The programs.
    pub programs: Vec<DrawnProgram>,
    /// The services.
    pub services: Vec<DrawnService>,
    /// The process that some of them share.
    pub host: SharedHost,
    /// The installers.
    pub installers: Vec<DrawnInstaller>,
    /// The directories that there are.
    pub directories: Vec<Name>,
    /// What goes wrong.
    pub mishaps: Vec<Mishap>,
    /// Where the policy is not the default one.
    pub answers: Vec<(Latitude, u8)>,
    /// What happens while the installers work, beside what they do.
    pub meanwhile: Schedule,
}

/// A thread of an installer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Who {
    /// Which installer.
    pub installer: u8,
    /// Which of its two threads.
    pub thread: u32,
}

/// Something that goes wrong, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mishap {
    /// Whose effects are counted.
    pub by: Who,
    /// Only those of this name.
    pub effect: Option<&'static str>,
    /// Which of them, counted from 1.
    pub nth: u32,
    /// Where they are counted.
    pub within: Option<Within>,
    /// What goes wrong.
    pub what: Wrong,
}

/// What goes wrong; programs by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// The effect fails.
    Fails(Failure),
    /// The caller dies before it.
    Dies,
    /// A cancel arrives before it.
    Cancel,
    /// A process of the program, or a host of services, exits before it.
    Exit(u8),
    /// A process of the program starts before it.
    Spawn(u8),
    /// A process of the first program is gone before it, and one of the second has its id.
    Replace(u8, u8),
}

impl Default for Setting {
    /// One installer, and nobody else.
    fn default() -> Self {
        Self {
            programs: Vec::new(),
            services: Vec::new(),
            host: SharedHost::default(),
            installers: vec![DrawnInstaller::default()],
            directories: Vec::new(),
            mishaps: Vec::new(),
            answers: Vec::new(),
            meanwhile: Schedule::default(),
        }
    }
}

impl Setting {
    /// The policy in force.
    #[must_use]
    pub fn policy(&self) -> Policy {
        let set = |policy: Policy, (latitude, answer): &(Latitude, u8)| {
            policy.with(*latitude, *answer).unwrap_or(policy)
        };
        self.answers.iter().fold(Policy::default(), set)
    }
}

/// One line a thing; what is usual goes without saying.
impl fmt::Debug for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, program) in self.programs.iter().enumerate() {
            writeln!(f, "{}: {program:?}", DrawnProgram::name(at))?;
        }
        for (at, service) in self.services.iter().enumerate() {
            writeln!(f, "{}: {service:?}", DrawnService::name(at))?;
        }
        if self.host != SharedHost::default() {
            writeln!(f, "{:?}", self.host)?;
        }
        for installer in self.installers.iter().filter(|installer| !installer.is_usual()) {
            writeln!(f, "{installer:?}")?;
        }
        for mishap in &self.mishaps {
            writeln!(f, "{mishap:?}")?;
        }
        for meanwhile in &self.meanwhile.left {
            writeln!(f, "{meanwhile:?}")?;
        }
        for (latitude, answer) in &self.answers {
            writeln!(f, "{latitude} {}", char::from(b'a'.saturating_add(*answer)))?;
        }
        Ok(())
    }
}
