//! The report for people.

use std::collections::BTreeMap;
use std::io::{self, Write};

use rm_check::conform::{CaseResult, Outcome, RuleResult, Summary};
use rm_check::judge::Learned;
use rm_core::rules::Rule;

use super::Arguments;
use crate::judge::{print_learned, print_rejection};
use crate::paint::{BAD, CALL, DIM, GOOD};

/// Prints what was found: the failures first, each with what to mend.
pub(super) fn print(
    out: &mut impl Write,
    arguments: &Arguments,
    results: &[CaseResult],
    summary: &Summary,
    learned: &[Learned],
) -> io::Result<()> {
    let [passed, failed, undecided, skipped] = summary.counts;
    failures(out, results, summary)?;
    reasons(out, results)?;
    if arguments.rule.is_none() && arguments.case.is_none() {
        not_exercised(out, summary)?;
    }
    if !learned.is_empty() {
        writeln!(out, "{CALL}What it has answered{CALL:#}")?;
        print_learned(out, learned)?;
        writeln!(out)?;
    }
    let backend = &arguments.backend;
    let version = env!("CARGO_PKG_VERSION");
    writeln!(out, "{backend}, by the rules of version {version}")?;
    writeln!(out, "cases    {passed} passed, {failed} failed, {undecided} undecided, {skipped} skipped")?;
    let count = |is: fn(&RuleResult) -> bool| summary.rules.values().filter(|result| is(result)).count();
    let good = count(|result| matches!(result, RuleResult::Passed { .. }));
    let bad = count(|result| matches!(result, RuleResult::Failed { .. }));
    let unclear = count(|result| matches!(result, RuleResult::Unclear { .. }));
    let left = count(|result| matches!(result, RuleResult::Skipped { .. }));
    let none = count(|result| matches!(result, RuleResult::NotExercised));
    let paint = if failed == 0 { GOOD } else { BAD };
    writeln!(
        out,
        "demands  {paint}{good} passed, {bad} failed{paint:#}, {unclear} unclear, {left} skipped, {none} not exercised"
    )
}

/// The rules that were broken, with the shortest case of each; and the cases that broke no rule by name.
fn failures(out: &mut impl Write, results: &[CaseResult], summary: &Summary) -> io::Result<()> {
    let mut by_case: BTreeMap<&str, Vec<Rule>> = BTreeMap::new();
    for (rule, result) in &summary.rules {
        if let RuleResult::Failed { case, .. } = result {
            by_case.entry(case).or_default().push(*rule);
        }
    }
    for result in results {
        if let Outcome::Died(_, why) = &result.outcome {
            writeln!(
                out,
                "{BAD}failed{BAD:#}  {}\n  {DIM}{}{DIM:#}\n\n  {why}\n",
                result.case.name,
                result.case.scenario.why()
            )?;
        }
        let Outcome::Failed(judged) = &result.outcome else { continue };
        let blamed = rm_check::conform::blamed(&judged.1);
        let shown = by_case.get(result.case.name.as_str());
        if shown.is_none() && !blamed.is_empty() {
            continue;
        }
        writeln!(out, "{BAD}failed{BAD:#}  {}", result.case.name)?;
        writeln!(out, "  {DIM}{}{DIM:#}", result.case.scenario.why())?;
        for rejection in judged.1.rejections.iter().take(1) {
            print_rejection(out, rejection)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// Why cases were skipped or could not be decided, each reason once.
fn reasons(out: &mut impl Write, results: &[CaseResult]) -> io::Result<()> {
    let mut skipped: BTreeMap<&str, usize> = BTreeMap::new();
    for result in results {
        match &result.outcome {
            Outcome::Skipped(why) => *skipped.entry(why).or_default() += 1,
            Outcome::Undecided(judged) => {
                let why = judged.1.doubts.first().map_or("", |doubt| doubt.why.as_str());
                writeln!(out, "undecided  {}: {why}", result.case.name)?;
            }
            Outcome::Passed | Outcome::Failed(_) | Outcome::Died(..) => {}
        }
    }
    for (why, cases) in skipped {
        writeln!(out, "skipped  {cases:>3} cases: {why}")?;
    }
    Ok(())
}

fn not_exercised(out: &mut impl Write, summary: &Summary) -> io::Result<()> {
    let excuses = super::excuses();
    for rule in summary.rules.iter().filter(|(_, result)| **result == RuleResult::NotExercised) {
        let excuse = excuses.excuses.iter().find(|excuse| excuse.rule == *rule.0);
        let why = excuse.map_or("no case is about it", |excuse| excuse.reason.as_str());
        writeln!(out, "not exercised  {}: {DIM}{why}{DIM:#}", rule.0)?;
    }
    Ok(())
}
