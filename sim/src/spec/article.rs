//! Everything there is to say about one rule or latitude.

use rm_core::rules::{Evidence, Latitude, LatitudeKind, Policy, Rule, RuleKind};
use serde::Serialize;

use super::{By, Entry, Exercise};

/// Everything about one entry.
#[derive(Clone, Debug, Serialize)]
pub struct Article<'a> {
    /// Its id.
    pub id: &'static str,
    /// The part of the catalogue it belongs to.
    pub area: &'static str,
    /// What it says, and what it has to do with others.
    #[serde(flatten)]
    pub about: About,
    /// What exercises it, if that is known.
    pub exercised_by: Option<&'a By>,
}

/// What an entry says, and what it has to do with others.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "is", rename_all = "lowercase")]
pub enum About {
    /// A rule.
    Rule {
        /// What sort of statement it is.
        kind: RuleKind,
        /// How sure it is.
        evidence: Evidence,
        /// Whether it shows through the API.
        observable: bool,
        /// The rule itself.
        statement: &'static str,
        /// Where it comes from.
        source: &'static str,
        /// What is left open about it.
        latitudes: Vec<Related>,
    },
    /// A latitude.
    Latitude {
        /// How answers to it behave.
        kind: LatitudeKind,
        /// The question.
        question: &'static str,
        /// The answers that are allowed, in order.
        answers: Vec<Possible>,
        /// The rules it touches.
        rules: Vec<Related>,
    },
}

/// Another entry that has to do with this one.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Related {
    /// Its id.
    pub id: Entry,
    /// What it says or asks.
    pub text: &'static str,
}

/// An answer to a latitude.
#[derive(Clone, Debug, Serialize)]
pub struct Possible {
    /// Its letter.
    pub letter: char,
    /// The answer itself.
    pub answer: &'static str,
    /// The policies that take it.
    pub policies: Vec<&'static str>,
    /// When real Windows was seen to give it.
    pub seen: Vec<Sighting>,
}

/// What was seen on real Windows.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Sighting {
    /// What was seen.
    pub what: &'static str,
    /// Where, and of what quality.
    pub place: &'static str,
}

impl<'a> Article<'a> {
    /// The article on an entry; `exercise` is what is known of exercises, if anything.
    #[must_use]
    pub fn new(entry: Entry, exercise: Option<&'a Exercise>) -> Self {
        let about = match entry {
            Entry::Rule(rule) => on_rule(rule),
            Entry::Latitude(latitude) => on_latitude(latitude),
        };
        let exercised_by = exercise.map(|exercise| exercise.of(entry));
        Self { id: entry.id(), area: entry.area(), about, exercised_by }
    }
}

fn on_rule(rule: Rule) -> About {
    let row = rule.row();
    let touching = Latitude::all().filter(|latitude| latitude.row().touches().any(|touched| touched == rule));
    About::Rule {
        kind: row.kind,
        evidence: row.evidence,
        observable: row.observable,
        statement: row.statement,
        source: row.source,
        latitudes: touching.map(|latitude| related(Entry::Latitude(latitude))).collect(),
    }
}

fn on_latitude(latitude: Latitude) -> About {
    let row = latitude.row();
    let answers = ('a'..).zip(0..).zip(row.answers());
    About::Latitude {
        kind: row.kind,
        question: row.question,
        answers: answers.map(|((letter, at), answer)| possible(latitude, letter, at, answer)).collect(),
        rules: row.touches().map(|rule| related(Entry::Rule(rule))).collect(),
    }
}

fn possible(latitude: Latitude, letter: char, at: u8, answer: &'static str) -> Possible {
    let policies = [("default", Policy::default()), ("documented", Policy::documented())];
    let taking = policies.iter().filter(|(_, policy)| policy.answers(latitude).any(|taken| taken == at));
    let seen = latitude.seen().filter(|seen| seen.answer == at);
    Possible {
        letter,
        answer,
        policies: taking.map(|(name, _)| *name).collect(),
        seen: seen.map(|seen| Sighting { what: seen.what, place: seen.place }).collect(),
    }
}

fn related(entry: Entry) -> Related {
    Related { id: entry, text: entry.text() }
}
