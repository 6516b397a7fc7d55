//! Which application an account is about: all processes of a program, or one of them.

use rm_core::UniqueProcess;

use crate::transcript::Transcript;
use crate::world::World;

/// The application that was asked about.
pub(super) struct Subject {
    /// The name that was asked for.
    pub(super) name: String,
    /// Its processes, the oldest first.
    pub(super) processes: Vec<UniqueProcess>,
}

/// A name that no program and no process of the run has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("nothing in this scenario is called `{name}`{}; there {}", nearest_is(.nearest.as_ref()), there_is(.known))]
pub struct Unknown {
    /// What was looked for.
    pub name: String,
    /// What there is that is most like it, if anything is.
    pub nearest: Option<String>,
    /// What there is.
    pub known: Vec<String>,
}

impl Subject {
    /// The program with this name, else the process. A program's first process has the program's name, and
    /// the program is meant.
    pub(super) fn find(name: &str, transcript: &Transcript, world: &World) -> Result<Self, Unknown> {
        let names = &transcript.names;
        let program = world.cast().find(name);
        let is_meant = |(process, called): &(UniqueProcess, &str)| {
            if program.is_some() { names.base_of(*process) == name } else { *called == name }
        };
        let mut processes: Vec<_> = names.processes().filter(is_meant).map(|(process, _)| process).collect();
        processes.sort_by_key(|process| process.start_time);
        if program.is_none() && processes.is_empty() {
            return Err(Unknown::new(name, transcript, world));
        }
        Ok(Self { name: name.into(), processes })
    }
}

impl Unknown {
    fn new(name: &str, transcript: &Transcript, world: &World) -> Self {
        let programs = world.cast().programs().map(|(_, program)| program.name.clone());
        let processes = transcript.names.processes().map(|(_, name)| name.to_string());
        let mut known: Vec<_> = programs.chain(processes).collect();
        known.sort();
        known.dedup();
        let folded = name.to_lowercase();
        let like = |known: &str| strsim::normalized_damerau_levenshtein(&folded, &known.to_lowercase());
        let nearest = known.iter().filter(|known| like(known) > 0.5);
        let nearest = nearest.max_by(|a, b| like(a).total_cmp(&like(b))).cloned();
        Self { name: name.into(), nearest, known }
    }
}

fn nearest_is(nearest: Option<&String>) -> String {
    nearest.map_or_else(String::new, |nearest| format!("; the nearest: `{nearest}`"))
}

fn there_is(known: &[String]) -> String {
    let quoted: Vec<_> = known.iter().map(|name| format!("`{name}`")).collect();
    match quoted.as_slice() {
        [one] => format!("is {one}"),
        _ => format!("are {}", super::listed(&quoted)),
    }
}
