//! Runs the cases, has them judged, and says of each rule what came of it.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use rm_core::Policy;
use rm_core::rules::{Citation, Rule, RuleKind};
use serde::Serialize;

use super::cases::{self, Case};
use super::drive::{Driven, drive};
use super::implementation::Subject;
use super::stranger::Stranger;
use crate::Boundary;
use crate::judge::{Report, Verdict, judge};

/// The cases to play, and how to judge what comes of them.
#[derive(Clone, Debug, Default)]
pub struct Suite {
    /// The answers to open questions that are allowed; those that each case is about if none are said.
    pub policy: Option<Policy>,
    /// What is known of an implementation of which nobody knows how it answers open questions.
    pub stranger: Option<RefCell<Stranger>>,
    /// Only the cases of this rule.
    pub rule: Option<Rule>,
    /// Only the cases with this in their names.
    pub named: Option<String>,
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
    /// The implementation died or did not come back: what was seen until then, and how.
    Died(Box<Boundary>, String),
    /// The case was not played, for this reason.
    Skipped(String),
}

impl Suite {
    /// The cases it plays.
    pub fn cases(&self) -> impl Iterator<Item = &'static Case> {
        let is_named = |case: &&Case| self.named.as_ref().is_none_or(|text| case.name.contains(text));
        let is_about = |case: &&Case| self.rule.is_none_or(|rule| case.rules.contains(&rule));
        cases::all().iter().filter(is_about).filter(is_named)
    }

    /// Plays a case on an implementation that has done nothing yet.
    #[must_use]
    pub fn play(&self, case: &'static Case, subject: &mut dyn Subject) -> CaseResult {
        match drive(case, subject) {
            Driven::Skipped(why) => CaseResult { case, outcome: Outcome::Skipped(why) },
            Driven::Seen(boundary) => self.judged(case, *boundary),
            Driven::Died(boundary, why) => CaseResult { case, outcome: Outcome::Died(boundary, why) },
            Driven::Partly(boundary, why) => {
                let result = self.judged(case, *boundary);
                match result.outcome {
                    Outcome::Passed => CaseResult { outcome: Outcome::Skipped(why), ..result },
                    _ => result,
                }
            }
        }
    }

    /// What the judge says of what was seen in a case.
    #[must_use]
    pub fn judged(&self, case: &'static Case, mut boundary: Boundary) -> CaseResult {
        // Whoever reads what is wrong looks for the line in the text.
        if let Ok(read) = Boundary::parse(&boundary.text()) {
            boundary = read;
        }
        let report = match (&self.policy, &self.stranger) {
            (Some(policy), _) => judge(&boundary, policy),
            (None, Some(stranger)) => stranger.borrow_mut().judge(&boundary),
            (None, None) => judge(&boundary, &case.policy),
        };
        let outcome = match report.verdict() {
            Verdict::Accepted => Outcome::Passed,
            Verdict::Rejected => Outcome::Failed(Box::new((boundary, report))),
            Verdict::Inconclusive => Outcome::Undecided(Box::new((boundary, report))),
        };
        CaseResult { case, outcome }
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
#[derive(Clone, Debug, Default, Serialize)]
pub struct Summary {
    /// The demands, by rule.
    pub rules: BTreeMap<Rule, RuleResult>,
    /// How many cases passed, failed, were undecided, and were skipped.
    #[serde(skip)]
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
                Outcome::Failed(_) | Outcome::Died(..) => 1,
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
    // What went wrong says more than what was not played.
    let unclear = about.iter().find(|result| !matches!(result.outcome, Outcome::Skipped(_)));
    match unclear.or(about.first()).map(|result| (result, &result.outcome)) {
        Some((_, Outcome::Skipped(why))) => RuleResult::Skipped { why: why.clone() },
        Some((result, _)) => RuleResult::Unclear { case: result.case.name.clone() },
        None => RuleResult::NotExercised,
    }
}
