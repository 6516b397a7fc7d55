//! The report for systems that show the results of tests.

use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use rm_check::conform::{CaseResult, Outcome};

/// Prints one test for each case; a suite for each area.
pub(super) fn print(out: &mut impl Write, backend: &str, results: &[CaseResult]) -> io::Result<()> {
    let mut report = Report::new(format!("Restart Manager: {backend}"));
    for area in results.chunk_by(|one, other| area(one).0 == area(other).0) {
        let Some(first) = area.first() else { continue };
        let mut suite = TestSuite::new(self::area(first).0);
        suite.add_test_cases(area.iter().map(test));
        report.add_test_suite(suite);
    }
    let text = report.to_string().map_err(io::Error::other)?;
    out.write_all(text.as_bytes())
}

fn area(result: &CaseResult) -> (&str, &str) {
    result.case.name.split_once('/').unwrap_or(("", &result.case.name))
}

fn test(result: &CaseResult) -> TestCase {
    let status = match &result.outcome {
        Outcome::Passed => TestCaseStatus::success(),
        Outcome::Skipped(why) => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(why.as_str());
            status
        }
        Outcome::Failed(judged) => {
            let rules: Vec<_> =
                rm_check::conform::blamed(&judged.1).iter().map(ToString::to_string).collect();
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(format!("breaks {}", rules.join(", "))).set_description(judged.0.text());
            status
        }
        Outcome::Died(seen, why) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(why.as_str()).set_description(seen.text());
            status
        }
        Outcome::Undecided(judged) => {
            let why = judged.1.doubts.first().map_or("", |doubt| doubt.why.as_str());
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_message(format!("undecided: {why}"));
            status
        }
    };
    TestCase::new(area(result).1, status)
}
