//! The judge is not paranoid: what the simulator does is allowed.

use std::cell::Cell;

use harness::check::check_one_of;
use harness::draw::cases_under_any_policy;
use rm_check::judge::{Report, Verdict};
use rm_check::{Boundary, judge};

use super::sources::{fixtures, heard, of_case};

/// What is not allowed, in words.
fn objection(boundary: &Boundary, report: &Report) -> String {
    format!("{:#?}\n{:#?}\n{}", report.rejections, report.doubts, boundary.text())
}

#[test]
fn every_fixture_is_accepted() {
    let mut objections = Vec::new();
    for (path, boundary) in fixtures().into_iter().chain(heard()) {
        // What is judged is what can be read.
        let boundary = Boundary::parse(&boundary.text()).expect("it reads as it is written");
        let report = judge(&boundary, &boundary.policy);
        if report.verdict() != Verdict::Accepted {
            objections.push(format!("{}: {}", path.display(), objection(&boundary, &report)));
        }
    }
    assert!(objections.is_empty(), "{}", objections.join("\n"));
}

/// Where calls are left in the midst for long, there can be more explanations than are followed; that takes
/// long, which is why these are fewer cases. No run is rejected, and of twenty at least 19 are accepted.
#[test]
fn random_runs_are_accepted_under_their_policy() {
    let (all, undecided) = (Cell::new(0_u32), Cell::new(0_u32));
    check_one_of(32, "random_runs_are_accepted_under_their_policy", cases_under_any_policy(), |case| {
        let boundary = of_case(case)?;
        let report = judge(&boundary, &boundary.policy);
        all.set(all.get() + 1);
        match report.verdict() {
            Verdict::Accepted => Ok(()),
            Verdict::Inconclusive if report.too_many => {
                undecided.set(undecided.get() + 1);
                Ok(())
            }
            _ => Err(objection(&boundary, &report).into()),
        }
    });
    assert!(undecided.get() * 20 <= all.get(), "{} of {} runs are undecided", undecided.get(), all.get());
}
