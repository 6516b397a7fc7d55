//! What exercises a rule or a latitude: scenarios that were run, and tests that say so.

use std::collections::{BTreeMap, BTreeSet};

use rm_core::rules::{Citation, Latitude, Rule};
use rm_core::{Effect, Output, Reply};
use serde::Serialize;

use super::{Entry, find};
use crate::machine::Moved;
use crate::scenario::{Run, Scenario};
use crate::transcript::Event;

/// For every entry what exercises it.
#[derive(Clone, Debug, Default)]
pub struct Exercise {
    by: BTreeMap<Entry, By>,
}

/// What exercises one entry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct By {
    /// Scenarios by their paths, and how each does.
    pub fixtures: BTreeMap<String, BTreeSet<How>>,
    /// Invariants that name it.
    pub tests: BTreeSet<Invariant>,
}

/// How a scenario exercises an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum How {
    /// It says so.
    Named,
    /// A reply, an entry of a list, a decision or a settlement goes back to it.
    Cited,
    /// The model asked the question.
    Asked,
}

impl How {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Named => "named",
            Self::Cited => "cited",
            Self::Asked => "asked",
        }
    }
}

/// An invariant: a test of random worlds that says in its documentation which rules it comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Invariant {
    /// The file.
    pub path: String,
    /// The function.
    pub name: String,
}

impl By {
    /// Whether there is nothing that exercises the entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fixtures.is_empty() && self.tests.is_empty()
    }

    /// The path of something that does.
    #[must_use]
    pub fn example(&self) -> Option<&str> {
        let tests = self.tests.iter().map(|test| &test.path);
        self.fixtures.keys().chain(tests).next().map(String::as_str)
    }
}

impl Exercise {
    /// What exercises an entry.
    #[must_use]
    pub fn of(&self, entry: Entry) -> &By {
        static NOTHING: By = By { fixtures: BTreeMap::new(), tests: BTreeSet::new() };
        self.by.get(&entry).unwrap_or(&NOTHING)
    }

    /// Counts a scenario that was run: what it names, what was cited and what was asked in it.
    pub fn add_scenario(&mut self, path: &str, scenario: &Scenario, run: &Run) {
        for rule in scenario.rules().filter_map(Rule::find) {
            self.add(path, Entry::Rule(rule), How::Named);
        }
        for because in run.transcript.lines.iter().flat_map(|line| citations(&line.event)) {
            let entry = match because {
                Citation::Rule(rule) => Entry::Rule(rule),
                Citation::Latitude(latitude, _) => Entry::Latitude(latitude),
            };
            self.add(path, entry, How::Cited);
        }
        for latitude in Latitude::all().filter(|latitude| run.rules.was_asked(*latitude)) {
            self.add(path, Entry::Latitude(latitude), How::Asked);
        }
    }

    /// Counts the invariants in a Rust source: its public functions whose documentation names entries.
    pub fn add_invariants(&mut self, path: &str, source: &str) {
        let mut documentation = String::new();
        for line in source.lines().map(str::trim_start) {
            if let Some(said) = line.strip_prefix("///") {
                documentation.push_str(said);
            } else if let Some(function) = line.strip_prefix("pub fn ") {
                let name = function.split(['(', '<']).next().unwrap_or(function);
                for entry in named(&documentation) {
                    let invariant = Invariant { path: path.into(), name: name.into() };
                    self.by.entry(entry).or_default().tests.insert(invariant);
                }
                documentation.clear();
            } else if !line.starts_with("#[") {
                documentation.clear();
            }
        }
    }

    fn add(&mut self, path: &str, entry: Entry, how: How) {
        self.by.entry(entry).or_default().fixtures.entry(path.into()).or_default().insert(how);
    }
}

/// What an event goes back to.
#[must_use]
pub fn citations(event: &Event) -> Vec<Citation> {
    match event {
        Event::Declared(_, _, _, told) => vec![told.because],
        Event::Replied(_, reply) => replied(reply).collect(),
        Event::Did(effect, _) => decided(effect),
        _ => Vec::new(),
    }
}

fn decided(effect: &Effect) -> Vec<Citation> {
    match effect {
        Effect::Decide(decisions) => decisions.iter().map(|one| one.because).collect(),
        Effect::Settle(settlements) => settlements.iter().map(|one| one.because).collect(),
        _ => Vec::new(),
    }
}

impl Moved {
    /// What a move goes back to: what it decides, what it settles, what it replies.
    #[must_use]
    pub fn citations(&self) -> Vec<Citation> {
        match self {
            Self::Did(effect, _) => decided(effect),
            Self::Replied(_, reply) => replied(reply).collect(),
            Self::Struck(_) | Self::Blocked(_) | Self::Waits | Self::Open(_) => Vec::new(),
        }
    }
}

/// What a reply goes back to: its code, who gave cause for it, the entries of its list.
fn replied(reply: &Reply) -> impl Iterator<Item = Citation> {
    let entries = match &reply.output {
        Output::List(list) => &*list.entries,
        _ => &[],
    };
    let grounds = entries.iter().map(|entry| entry.grounds);
    let shown = grounds.flat_map(|one| [Some(one.listed), one.critical, Some(one.restartable)]);
    let causes = reply.causes.iter().map(|cause| cause.because);
    reply.because.into_iter().chain(causes).chain(shown.flatten())
}

/// The entries that a text names. A whole area is talked about, not exercised.
fn named(text: &str) -> impl Iterator<Item = Entry> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '.'));
    let ids = words.map(|word| word.trim_matches(['.', '-']));
    let numbered = ids.filter(|id| id.contains('-') && id.contains(|c: char| c.is_ascii_digit()));
    numbered.filter_map(|id| find(id).ok()).flatten()
}
