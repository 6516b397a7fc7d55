//! Runs the cases, has them judged, and says of each rule what came of it.

use std::collections::{BTreeMap, BTreeSet};

use rm_core::Policy;
use rm_core::rules::{Citation, Rule, RuleKind};
use serde::Serialize;

use super::cases::{self, Case};
use super::drive::{Driven, drive};
use super::implementation::Subject;
use crate::Boundary;
use crate::judge::{Report, Verdict, judge};

/// The cases to play, and how to judge what comes of them.
#[derive(Clone, Debug, Default)]
pub struct Suite {
    /// The answers to open questions that are allowed; those that each case is about if none are said.
    pub policy: Option<Policy>,
    /// Only the cases of this rule.
    pub rule: Option<Rule>,
}

/// What came of a case.
#[derive(Clone, Debug)]
pub struct CaseResult {
    /// The case.
    pub case: &'static Case,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a case.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The judge has nothing against what was seen.
    Passed,
    /// It has.
    Failed(Box<(Boundary, Report)>),
    /// It cannot tell.
    Undecided(Box<(Boundary, Report)>),
    /// The case was not played, for this reason.
    Skipped(String),
}

impl Suite {
    /// The cases it plays.
    pub fn cases(&self) -> impl Iterator<Item = &'static Case> {
        let rule = self.rule;
        cases::all().iter().filter(move |case| rule.is_none_or(|rule| case.rules.contains(&rule)))
    }

    /// Plays a case on an implementation that has done nothing yet.
    #[must_use]
    pub fn play(&self, case: &'static Case, subject: &mut dyn Subject) -> CaseResult {
        let outcome = match drive(case, subject) {
            Driven::Skipped(why) => Outcome::Skipped(why),
            Driven::Seen(boundary) => self.judged(case, *boundary),
        };
        CaseResult { case, outcome }
    }

    /// What the judge says of what was seen in a case.
    #[must_use]
    pub fn judged(&self, case: &Case, boundary: Boundary) -> Outcome {
        let policy = self.policy.unwrap_or(case.policy);
        let report = judge(&boundary, &policy);
        match report.verdict() {
            Verdict::Accepted => Outcome::Passed,
            Verdict::Rejected => Outcome::Failed(Box::new((boundary, report))),
            Verdict::Inconclusive => Outcome::Undecided(Box::new((boundary, report))),
        }
    }
}

/// What is known of a rule after the cases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "result")]
pub enum RuleResult {
    /// Every case about it passed.
    Passed {
        /// How many there were.
        cases: usize,
    },
    /// An answer broke it.
    Failed {
        /// The shortest case that shows it.
        case: String,
        /// How many show it.
        cases: usize,
    },
    /// The cases about it went wrong otherwise, or could not be decided.
    Unclear {
        /// One of them.
        case: String,
    },
    /// No case about it could be played.
    Skipped {
        /// Why.
        why: String,
    },
    /// No case is about it.
    NotExercised,
}

/// What is known of each rule, and of the cases together.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// The demands, by rule.
    pub rules: BTreeMap<Rule, RuleResult>,
    /// How many cases passed, failed, were undecided, and were skipped.
    pub counts: [usize; 4],
}

impl Summary {
    /// Sums up what came of the cases.
    #[must_use]
    pub fn of(results: &[CaseResult]) -> Self {
        let mut counts = [0; 4];
        for result in results {
            let at = match &result.outcome {
                Outcome::Passed => 0,
                Outcome::Failed(_) => 1,
                Outcome::Undecided(_) => 2,
                Outcome::Skipped(_) => 3,
            };
            if let Some(count) = counts.get_mut(at) {
                *count += 1;
            }
        }
        let demands = Rule::all().filter(|rule| rule.row().kind == RuleKind::Demand);
        Self { rules: demands.map(|rule| (rule, of_rule(rule, results))).collect(), counts }
    }
}

/// The rules that an answer broke.
#[must_use]
pub fn blamed(report: &Report) -> BTreeSet<Rule> {
    let broken = report.rejections.iter().flat_map(|rejection| &rejection.broken);
    broken
        .filter_map(|cited| match cited {
            Citation::Rule(rule) => Some(*rule),
            Citation::Latitude(..) => None,
        })
        .collect()
}

fn of_rule(rule: Rule, results: &[CaseResult]) -> RuleResult {
    let shows = |result: &&CaseResult| match &result.outcome {
        Outcome::Failed(failed) => blamed(&failed.1).contains(&rule),
        _ => false,
    };
    let failed: Vec<_> = results.iter().filter(shows).collect();
    if let Some(shortest) = failed.iter().min_by_key(|result| result.case.text.len()) {
        return RuleResult::Failed { case: shortest.case.name.clone(), cases: failed.len() };
    }
    let about: Vec<_> = results.iter().filter(|result| result.case.rules.contains(&rule)).collect();
    let passed = about.iter().filter(|result| matches!(result.outcome, Outcome::Passed)).count();
    if passed > 0 {
        return RuleResult::Passed { cases: passed };
    }
    for result in about {
        match &result.outcome {
            Outcome::Skipped(why) => return RuleResult::Skipped { why: why.clone() },
            _ => return RuleResult::Unclear { case: result.case.name.clone() },
        }
    }
    RuleResult::NotExercised
}
