//! What came of a walk, for people and for programs.

use std::fmt::Display;
use std::io::{self, Write};
use std::path::Path;

use rm_check::explore::{Bound, Machines, Tally, Verdict, Walked};
use serde::Serialize;

use crate::wrap;

/// What came of a walk.
#[derive(Serialize)]
pub(super) struct Report<'a> {
    scenario: &'a Path,
    enumerates: &'a str,
    states: u64,
    steps: u64,
    ends: usize,
    depths: &'a [u64],
    exhaustive: bool,
    bound: Option<String>,
    digest: String,
    properties: Vec<Held>,
    codes: Vec<Code>,
    rules: Vec<String>,
    latitudes: Vec<String>,
}

#[derive(Serialize)]
struct Held {
    must: &'static str,
    name: String,
    verdict: &'static str,
}

#[derive(Serialize)]
struct Code {
    function: &'static str,
    code: u32,
    steps: u64,
}

impl<'a> Report<'a> {
    pub(super) fn new(scenario: &'a Path, machines: &'a Machines, walked: &'a Walked<Machines>) -> Self {
        let mut tally = Tally::default();
        walked.scratches.iter().for_each(|scratch| tally.merge(&scratch.tally));
        let held = walked.verdicts().map(|(property, verdict)| Held {
            must: property.must.word(),
            name: property.name.clone(),
            verdict: match verdict {
                Verdict::Holds => "holds",
                Verdict::Fails => "does not hold",
                Verdict::Unknown => "unknown",
            },
        });
        let codes =
            tally.codes.iter().map(|((function, code), steps)| Code { function, code: *code, steps: *steps });
        let letter = |answer: u8| char::from(b'a' + answer);
        Self {
            scenario,
            enumerates: &machines.world().enumerates,
            states: walked.states(),
            steps: walked.transitions,
            ends: walked.ends(),
            depths: &walked.depths,
            exhaustive: walked.is_exhaustive(),
            bound: walked.bound.map(|bound| match bound {
                Bound::States(most) => format!("there are more than {most} states"),
                Bound::Violation => "something does not hold".into(),
            }),
            digest: walked.digest.to_string(),
            properties: held.collect(),
            codes: codes.collect(),
            rules: tally.rules.iter().map(ToString::to_string).collect(),
            latitudes: tally
                .latitudes
                .iter()
                .map(|(id, answer)| format!("{id} {}", letter(*answer)))
                .collect(),
        }
    }

    pub(super) fn print(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "{}", self.scenario.display())?;
        if !self.enumerates.is_empty() {
            writeln!(out, "takes {}", self.enumerates)?;
        }
        let depth = self.depths.len().saturating_sub(1);
        writeln!(out, "\nstates      {}, at most {depth} steps from the first", self.states)?;
        writeln!(out, "steps       {}", self.steps)?;
        writeln!(out, "ends        {}", self.ends)?;
        paragraph(out, "by depth", self.depths)?;
        let codes =
            self.codes.iter().map(|Code { function, code, steps }| format!("{function} {code} ({steps})"));
        paragraph(out, "codes", codes)?;
        paragraph(out, "rules", &self.rules)?;
        paragraph(out, "latitudes", &self.latitudes)?;
        writeln!(out)?;
        for Held { must, name, verdict } in &self.properties {
            writeln!(out, "{verdict:<13} {must} {name}")?;
        }
        writeln!(out, "\ndigest      {}", self.digest)?;
        match &self.bound {
            None => writeln!(
                out,
                "Exhaustive: every state was visited. A fingerprint of 128 bits stands for each; the odds that two \
                 of them share one are below {} in 10^24.",
                odds(self.states)
            ),
            Some(bound) => writeln!(out, "Not exhaustive: {bound}, and the rest was not visited."),
        }
    }
}

/// How many in 10^24: the square of the number of states in 2^129, rounded up.
fn odds(states: u64) -> u128 {
    let squared = u128::from(states) * u128::from(states);
    squared / 680_564_733_841_876 + 1
}

/// Something long, below its heading.
fn paragraph(
    out: &mut impl Write,
    heading: &str,
    all: impl IntoIterator<Item = impl Display>,
) -> io::Result<()> {
    let text: Vec<_> = all.into_iter().map(|one| one.to_string()).collect();
    if text.is_empty() {
        return Ok(());
    }
    wrap::wrapped(out, &format!("{heading:<12}"), &" ".repeat(12), &text.join(", "))
}
