//! What is exercised of the demands, and what is not.

use std::ops::Range;

use rm_core::rules::{Rule, RuleKind};
use serde::Serialize;

use super::{Entry, Exercise};
use crate::scenario::Problem;

/// The demands that the simulator can not show yet, each with the reason.
#[derive(Clone, Debug, Default)]
pub struct NotShown {
    /// The entries of the list.
    pub excuses: Vec<Excuse>,
}

/// Why a demand can not be shown yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Excuse {
    /// The demand.
    pub rule: Rule,
    /// Why.
    pub reason: String,
    /// Where the list says so, in bytes.
    #[serde(skip)]
    pub span: Range<usize>,
}

impl NotShown {
    /// Reads the list: an id on a line, below it the reason, indented by blanks. Lines that are
    /// empty or begin with `#` are passed over.
    ///
    /// # Errors
    /// When an id is no demand, is there twice or has no reason.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let mut excuses: Vec<Excuse> = Vec::new();
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let (span, said) = (at..at + line.trim_end().len(), line.trim());
            at += line.len();
            if said.is_empty() || line.starts_with('#') {
                continue;
            }
            if !line.starts_with(' ') {
                reasoned(excuses.last())?;
                let rule = demand(said, &span)?;
                if excuses.iter().any(|excuse| excuse.rule == rule) {
                    return Err(Problem::new(span, format!("`{rule}` is in this list already")));
                }
                excuses.push(Excuse { rule, reason: String::new(), span });
            } else if let Some(excuse) = excuses.last_mut() {
                let blank = if excuse.reason.is_empty() { "" } else { " " };
                excuse.reason.extend([blank, said]);
            } else {
                return Err(Problem::new(span, "a reason has to stand below the demand it is for"));
            }
        }
        reasoned(excuses.last())?;
        Ok(Self { excuses })
    }
}

fn demand(id: &str, span: &Range<usize>) -> Result<Rule, Problem> {
    let rule = Rule::find(id)
        .ok_or_else(|| Problem::new(span.clone(), format!("there is no rule `{id}`; expected a demand")))?;
    match rule.row().kind {
        RuleKind::Demand => Ok(rule),
        kind => Err(Problem::new(span.clone(), format!("`{id}` is of kind {kind}; expected a demand"))),
    }
}

fn reasoned(last: Option<&Excuse>) -> Result<(), Problem> {
    match last.filter(|excuse| excuse.reason.is_empty()) {
        Some(excuse) => {
            Err(Problem::new(excuse.span.clone(), "a line that says why it can not be shown is missing"))
        }
        None => Ok(()),
    }
}

/// How much of the demands is exercised.
#[derive(Clone, Debug, Serialize)]
pub struct Coverage {
    /// The numbers, by area.
    pub areas: Vec<AreaCount>,
    /// The demands that could be shown and that nothing exercises.
    pub bare: Vec<Rule>,
    /// The demands that are excused.
    pub not_shown: Vec<Excuse>,
    /// Excuses of demands that are exercised after all: they are to be taken off the list.
    #[serde(skip)]
    pub outdated: Vec<Problem>,
}

/// The demands of an area, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AreaCount {
    /// The area.
    pub area: &'static str,
    /// How many demands it has.
    pub demands: usize,
    /// How many of them something exercises.
    pub exercised: usize,
    /// How many of them can not be shown yet.
    pub not_shown: usize,
}

impl Coverage {
    /// Counts the demands among these rules.
    #[must_use]
    pub fn new(rules: impl Iterator<Item = Rule>, exercise: &Exercise, list: &NotShown) -> Self {
        let mut coverage = Self { areas: vec![], bare: vec![], not_shown: vec![], outdated: vec![] };
        for rule in rules.filter(|rule| rule.row().kind == RuleKind::Demand) {
            let area = Entry::Rule(rule).area();
            if coverage.areas.last().is_none_or(|last| last.area != area) {
                coverage.areas.push(AreaCount { area, ..AreaCount::default() });
            }
            let Some(count) = coverage.areas.last_mut() else { continue };
            let excuse = list.excuses.iter().find(|excuse| excuse.rule == rule);
            let by = exercise.of(Entry::Rule(rule));
            count.demands += 1;
            match (by.example(), excuse) {
                (Some(example), excuse) => {
                    count.exercised += 1;
                    let message =
                        || format!("`{rule}` is exercised by `{example}`: it can be taken off the list");
                    coverage
                        .outdated
                        .extend(excuse.map(|excuse| Problem::new(excuse.span.clone(), message())));
                }
                (None, Some(excuse)) => {
                    count.not_shown += 1;
                    coverage.not_shown.push(excuse.clone());
                }
                (None, None) => coverage.bare.push(rule),
            }
        }
        coverage
    }

    /// The sum over all areas.
    #[must_use]
    pub fn total(&self) -> AreaCount {
        self.areas.iter().fold(AreaCount { area: "all", ..AreaCount::default() }, |sum, one| AreaCount {
            area: sum.area,
            demands: sum.demands + one.demands,
            exercised: sum.exercised + one.exercised,
            not_shown: sum.not_shown + one.not_shown,
        })
    }

    /// Whether everything that could be shown is exercised, and the list of excuses is up to date.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.bare.is_empty() && self.outdated.is_empty()
    }
}
