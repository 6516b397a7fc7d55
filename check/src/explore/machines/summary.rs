//! What came of exploring a small world, in numbers and words.

use std::fmt::Write;

use serde::Serialize;

use super::{Machines, Tally};
use crate::explore::{Bound, Verdict, Walked};

/// What came of exploring a small world.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    /// What it enumerates.
    pub enumerates: String,
    /// How many states there are.
    pub states: u64,
    /// How many steps.
    pub steps: u64,
    /// How many states nothing leads on from.
    pub ends: usize,
    /// How many states there are at each distance from the first.
    pub depths: Vec<u64>,
    /// Whether every state was visited.
    pub exhaustive: bool,
    /// What stopped it before, if anything did.
    pub bound: Option<String>,
    /// What all states and steps come down to.
    pub digest: String,
    /// What must be so, and whether it is.
    pub properties: Vec<Held>,
    /// The codes that were returned.
    pub codes: Vec<Code>,
    /// The rules that something went back to.
    pub rules: Vec<String>,
    /// The answers that something went back to.
    pub latitudes: Vec<String>,
    /// What came of what went wrong.
    pub matrix: Vec<Row>,
}

/// Something that must be so.
#[derive(Clone, Debug, Serialize)]
pub struct Held {
    /// `always`, `sometimes` or `eventually`.
    pub must: &'static str,
    /// Its name.
    pub name: String,
    /// Whether it is.
    pub verdict: &'static str,
}

/// A code that was returned.
#[derive(Clone, Debug, Serialize)]
pub struct Code {
    /// By this function.
    pub function: &'static str,
    /// The code.
    pub code: u32,
    /// In so many steps.
    pub steps: u64,
}

/// Something that went wrong.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// The effect that was next.
    pub effect: &'static str,
    /// What went wrong.
    pub fault: &'static str,
    /// In how many steps it was tried.
    pub tried: u64,
    /// What the call returned then.
    pub codes: Vec<Code>,
    /// What a caller that died left behind for others, and in how many steps.
    pub left: Vec<(&'static str, u64)>,
}

impl Summary {
    /// The summary of a walk.
    #[must_use]
    pub fn new(machines: &Machines, walked: &Walked<Machines>) -> Self {
        let mut tally = Tally::default();
        walked.scratches.iter().for_each(|scratch| tally.merge(&scratch.tally));
        let held = walked.verdicts().map(|(property, verdict)| Held {
            must: property.must.word(),
            name: property.name.clone(),
            verdict: word(verdict),
        });
        let letter = |answer: u8| char::from(b'a' + answer);
        let row = |((effect, fault), tried): (&(&'static str, &'static str), &super::Tried)| Row {
            effect,
            fault,
            tried: tried.times,
            codes: tried.codes.iter().map(code).collect(),
            left: tried.left.iter().map(|(what, steps)| (*what, *steps)).collect(),
        };
        Self {
            enumerates: machines.world().enumerates.clone(),
            states: walked.states(),
            steps: walked.transitions,
            ends: walked.ends(),
            depths: walked.depths.clone(),
            exhaustive: walked.is_exhaustive(),
            bound: walked.bound.map(|bound| match bound {
                Bound::States(most) => format!("there are more than {most} states"),
                Bound::Violation => "something does not hold".into(),
            }),
            digest: walked.digest.to_string(),
            properties: held.collect(),
            codes: tally.codes.iter().map(code).collect(),
            rules: tally.rules.iter().map(ToString::to_string).collect(),
            latitudes: tally
                .latitudes
                .iter()
                .map(|(id, answer)| format!("{id} {}", letter(*answer)))
                .collect(),
            matrix: tally.matrix.iter().map(row).collect(),
        }
    }

    /// All of it but the end, each paragraph with its heading.
    #[must_use]
    pub fn paragraphs(&self) -> Vec<(&'static str, String)> {
        let depth = self.depths.len().saturating_sub(1);
        let mut all = vec![
            ("takes", self.enumerates.clone()),
            ("states", format!("{}, at most {depth} steps from the first", self.states)),
            ("steps", self.steps.to_string()),
            ("ends", self.ends.to_string()),
            ("by depth", joined(self.depths.iter().map(ToString::to_string))),
            ("codes", codes(&self.codes)),
            ("rules", self.rules.join(", ")),
            ("latitudes", self.latitudes.join(", ")),
        ];
        all.extend(self.matrix.iter().enumerate().map(|(at, row)| {
            let Row { effect, fault, tried, codes: came, left } = row;
            let left = joined(left.iter().map(|(what, steps)| format!("{what} ({steps})")));
            let came = match (came.is_empty(), left.is_empty()) {
                (false, _) => codes(came),
                (true, false) => format!("leaves {left}"),
                (true, true) => "no code".into(),
            };
            (if at == 0 { "faults" } else { "" }, format!("{effect}, {fault} ({tried}): {came}"))
        }));
        let held = self.properties.iter().enumerate();
        all.extend(held.map(|(at, Held { must, name, verdict })| {
            (if at == 0 { "properties" } else { "" }, format!("{must} {name}: {verdict}"))
        }));
        all.push(("digest", self.digest.clone()));
        all.retain(|(_, text)| !text.is_empty());
        all
    }

    /// How far it came, and what that is worth.
    #[must_use]
    pub fn end(&self) -> String {
        match &self.bound {
            None => format!(
                "Exhaustive: every state was visited. A fingerprint of 128 bits stands for each; the odds that two of \
                 them share one are below {} in 10^24.",
                odds(self.states)
            ),
            Some(bound) => format!("Not exhaustive: {bound}, and the rest was not visited."),
        }
    }
}

fn code(((function, code), steps): (&(&'static str, u32), &u64)) -> Code {
    Code { function, code: *code, steps: *steps }
}

fn codes(all: &[Code]) -> String {
    joined(all.iter().map(|Code { function, code, steps }| format!("{function} {code} ({steps})")))
}

fn joined(all: impl Iterator<Item = String>) -> String {
    let mut text = String::new();
    for one in all {
        let comma = if text.is_empty() { "" } else { ", " };
        let _ = write!(text, "{comma}{one}");
    }
    text
}

const fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Holds => "holds",
        Verdict::Fails => "does not hold",
        Verdict::Unknown => "unknown",
    }
}

/// How many in 10^24: the square of the number of states in 2^129, rounded up.
fn odds(states: u64) -> u128 {
    u128::from(states) * u128::from(states) / 680_564_733_841_876 + 1
}
