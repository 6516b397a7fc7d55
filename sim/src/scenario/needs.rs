//! What a machine has to be able to do for a scenario to be played on it.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use rm_core::Identity;

use super::format::{File, Kind, Program, Step};

/// Something that not every machine can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// Programs run, hold files, and answer as they are told to.
    Programs,
    /// Services run, and their hosts.
    Services,
    /// Several users, terminal sessions, or rights.
    Users,
    /// Console programs, and consoles they share.
    Consoles,
    /// Programs that belong to others: parents, jobs, supervisors.
    Families,
    /// Process ids are chosen.
    ProcessIds,
    /// Programs register for restart, and change it.
    Registration,
    /// Files and directories come and go, and have several names.
    Paths,
    /// Several installers.
    Installers,
    /// Several threads of an installer make calls at once, or a status callback does.
    Threads,
    /// An installer dies in the midst of what it does.
    Deaths,
    /// So much time has to pass that only a clock that can be set gets there.
    Time,
    /// A call is halted at a given moment of what it does inside.
    Moments,
    /// The environment fails when it is told to.
    Faults,
    /// How programs answer is chosen while they are asked.
    Choices,
}

impl Need {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::Programs,
        Self::Services,
        Self::Users,
        Self::Consoles,
        Self::Families,
        Self::ProcessIds,
        Self::Registration,
        Self::Paths,
        Self::Installers,
        Self::Threads,
        Self::Deaths,
        Self::Time,
        Self::Moments,
        Self::Faults,
        Self::Choices,
    ];

    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Programs => "programs",
            Self::Services => "services",
            Self::Users => "users",
            Self::Consoles => "consoles",
            Self::Families => "families",
            Self::ProcessIds => "process-ids",
            Self::Registration => "registration",
            Self::Paths => "paths",
            Self::Installers => "installers",
            Self::Threads => "threads",
            Self::Deaths => "deaths",
            Self::Time => "time",
            Self::Moments => "moments",
            Self::Faults => "faults",
            Self::Choices => "choices",
        }
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Need {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let known = || Self::ALL.map(Self::word).join("`, `");
        let found = Self::ALL.into_iter().find(|need| need.word() == word);
        found.ok_or_else(|| format!("`{word}` is nothing that a case needs; expected one of `{}`", known()))
    }
}

pub(super) fn of(file: &File) -> BTreeSet<Need> {
    let steps = || file.step.iter().map(toml::Spanned::get_ref);
    let programs = || file.program.values();
    let others = file
        .installer
        .values()
        .any(|one| one.service || !one.elevated || one.user() != Identity::USER || one.ts_session() != 1);
    let users = programs().any(|program| {
        program.elevated || program.user != Identity::USER || program.ts_session != 1 || !program.permitted
    });
    let paths = [!file.directories.is_empty(), !file.files.is_empty(), !file.links.is_empty()];
    let needed = [
        (Need::Programs, !file.program.is_empty()),
        (Need::Services, !file.service.is_empty() || !file.host.is_empty()),
        (Need::Users, others || users || !file.logged_on.is_empty()),
        (Need::Consoles, programs().any(|program| matches!(program.kind, Kind::Console))),
        (Need::Families, programs().any(is_of_family)),
        (Need::ProcessIds, programs().any(|program| program.pid.is_some() || program.reuses_pid)),
        (Need::Registration, programs().any(registers) || steps().any(|step| step.app.is_some())),
        (Need::Paths, paths.contains(&true) || steps().any(changes_paths)),
        (Need::Installers, file.installer.len() > 1),
        (Need::Threads, steps().any(is_of_another_thread)),
        (Need::Deaths, steps().any(|step| kills_installer(file, step))),
        (Need::Time, steps().any(takes_time)),
        (Need::Moments, steps().any(halts)),
        (Need::Faults, !file.fault.is_empty()),
        (Need::Choices, steps().any(|step| !step.choices.is_empty())),
    ];
    needed.into_iter().filter(|(_, is_so)| *is_so).map(|(need, _)| need).collect()
}

fn is_of_family(program: &Program) -> bool {
    program.child_of.is_some() || program.dies_with.is_some() || program.respawn.is_some()
}

fn registers(program: &Program) -> bool {
    program.restart.is_some() || program.at_query.is_some() || program.at_end_session.is_some()
}

fn changes_paths(step: &Step) -> bool {
    step.delete.is_some() || step.make_directory.is_some()
}

fn is_of_another_thread(step: &Step) -> bool {
    step.in_callback || step.by.as_ref().is_some_and(|by| by.get_ref().contains('/'))
}

fn kills_installer(file: &File, step: &Step) -> bool {
    let named =
        |name: &toml::Spanned<String>| file.installer.keys().any(|one| one.get_ref() == name.get_ref());
    step.exit.as_ref().is_some_and(named)
}

fn takes_time(step: &Step) -> bool {
    step.wait.is_some() || step.leave.as_ref().is_some_and(|leave| leave.get_ref().after.is_some())
}

fn halts(step: &Step) -> bool {
    step.leave.as_ref().is_some_and(|leave| leave.get_ref().before.is_some())
}
