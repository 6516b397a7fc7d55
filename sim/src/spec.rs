//! The catalogue as something to look up: its entries, all there is to say about one, and what
//! exercises it.
//!
//! An [`Entry`] is a rule or a latitude, and [`find`] finds it by its id. [`Exercise`] gathers which
//! scenarios and tests exercise what; an [`Article`] is everything about one entry, [`Coverage`]
//! what is left to exercise. Whoever shows them reads the files: nothing here does I/O.

mod article;
mod coverage;
mod exercise;

use std::fmt;

use rm_core::rules::{Latitude, Rule};
use serde::Serialize;

pub use article::{About, Article, Possible, Related, Sighting};
pub use coverage::{AreaCount, Coverage, Excuse, NotShown};
pub use exercise::{By, Exercise, How, Invariant, citations};

/// A rule or a latitude.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Entry {
    /// What must hold.
    Rule(Rule),
    /// What is left open.
    Latitude(Latitude),
}

/// What the parts of the catalogue are about, in its order.
const AREAS: [(&str, &str); 15] = [
    ("RM-START", "starting a session (RmStartSession)"),
    ("RM-JOIN", "joining a session by its key (RmJoinSession)"),
    ("RM-END", "ending or leaving a session (RmEndSession)"),
    ("RM-REG", "registering files, processes and services (RmRegisterResources)"),
    ("RM-LIST", "listing who uses the registered resources (RmGetList)"),
    ("RM-SHUT", "stopping what is affected (RmShutdown)"),
    ("RM-RST", "starting again what was stopped (RmRestart)"),
    ("RM-CANCEL", "cancelling the current operation (RmCancelCurrentTask)"),
    ("RM-FILT", "filters (RmAddFilter, RmRemoveFilter, RmGetFilterList)"),
    ("RM-CB", "the progress callback (RM_WRITE_STATUS_CALLBACK)"),
    ("RM-TYPE", "constants, enumerations, structures and what their values mean"),
    ("RM-LIFE", "the life of a session and what all functions have in common"),
    ("ARR", "application recovery and restart, the applications' side in kernel32"),
    ("RM-MSI", "how Windows Installer uses Restart Manager"),
    ("OQ", "what the documents leave open (latitudes)"),
];

impl Entry {
    /// The rules, then the latitudes, each in the order of the catalogue.
    pub fn all() -> impl Iterator<Item = Self> {
        Rule::all().map(Self::Rule).chain(Latitude::all().map(Self::Latitude))
    }

    /// The id, as `RM-RST-02` or `OQ-56.code`.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Rule(rule) => rule.row().id,
            Self::Latitude(latitude) => latitude.row().id,
        }
    }

    /// What the id begins with: `RM-RST` or `OQ`.
    #[must_use]
    pub fn area(self) -> &'static str {
        let id = self.id();
        id.split_once('.').map_or(id, |(family, _)| family).rsplit_once('-').map_or(id, |(area, _)| area)
    }

    /// The word for its kind.
    #[must_use]
    pub fn kind(self) -> &'static str {
        match self {
            Self::Rule(rule) => rule.row().kind.word(),
            Self::Latitude(latitude) => latitude.row().kind.word(),
        }
    }

    /// What it says or asks.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Rule(rule) => rule.row().statement,
            Self::Latitude(latitude) => latitude.row().question,
        }
    }

    /// Whether it belongs to the area, or is a latitude that touches a rule of the area.
    #[must_use]
    pub fn concerns(self, area: &str) -> bool {
        let touches = |latitude: Latitude| latitude.row().touches().any(|rule| Self::Rule(rule).is_of(area));
        self.is_of(area) || matches!(self, Self::Latitude(latitude) if touches(latitude))
    }

    fn is_of(self, area: &str) -> bool {
        self.area().eq_ignore_ascii_case(area)
    }

    /// Whether this is its id, or the beginning of its id up to a dash or a dot.
    fn answers_to(self, id: &str) -> bool {
        let own = self.id();
        let begins = own.get(..id.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(id));
        begins && matches!(own.as_bytes().get(id.len()), None | Some(b'.' | b'-'))
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

impl Serialize for Entry {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}

/// An id that nothing in the catalogue has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no {what} `{id}`{}", nearest_as_text(.nearest))]
pub struct Unknown {
    what: &'static str,
    /// What was looked for.
    pub id: String,
    /// The ids that are most like it, the nearest first.
    pub nearest: Vec<&'static str>,
}

/// The entries that an id stands for, whatever its case: `OQ-56.code` for one, `OQ-56` for all its
/// parts, `RM-RST` for an area.
///
/// # Errors
/// When there is none.
pub fn find(id: &str) -> Result<Vec<Entry>, Unknown> {
    let found: Vec<_> = Entry::all().filter(|entry| entry.answers_to(id)).collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let whole = Entry::all().map(Entry::id);
    let family = Entry::all().filter_map(|entry| Some(entry.id().split_once('.')?.0));
    let known = whole.chain(family).chain(areas());
    Err(Unknown { what: "rule or latitude", id: id.into(), nearest: nearest(id, known) })
}

/// The area with this name, whatever its case.
///
/// # Errors
/// When there is none.
pub fn area(name: &str) -> Result<&'static str, Unknown> {
    let found = areas().find(|area| area.eq_ignore_ascii_case(name));
    found.ok_or_else(|| Unknown { what: "area", id: name.into(), nearest: nearest(name, areas()) })
}

/// What an area is about.
#[must_use]
pub fn title(area: &str) -> &'static str {
    AREAS.iter().find(|(name, _)| *name == area).map_or("", |(_, title)| title)
}

fn areas() -> impl Iterator<Item = &'static str> {
    AREAS.iter().map(|(name, _)| *name)
}

/// At most three of the known words, those that are most like this one.
fn nearest(word: &str, known: impl Iterator<Item = &'static str>) -> Vec<&'static str> {
    let word = word.to_ascii_uppercase();
    let like = |known: &str| strsim::normalized_damerau_levenshtein(&word, &known.to_ascii_uppercase());
    let mut near: Vec<_> = known.map(|known| (like(known), known)).filter(|(like, _)| *like > 0.5).collect();
    near.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    near.dedup();
    near.into_iter().map(|(_, known)| known).take(3).collect()
}

fn nearest_as_text(nearest: &[&str]) -> String {
    if nearest.is_empty() { String::new() } else { format!("; the nearest: {}", nearest.join(", ")) }
}
