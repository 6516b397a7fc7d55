//! A policy that is hidden in the simulator is learned back from its transcripts.

use harness::case::Case;
use harness::check::{each, times};
use harness::draw::cases_under_any_policy;
use rm_check::boundary::Budget;
use rm_check::judge::{Learned, Report, Verdict};
use rm_check::{Boundary, judge};
use rm_core::Policy;
use rm_core::rules::Latitude;

use super::sources::{fixtures, of_case};

/// What was learned: how many questions were touched, and how many were answered.
#[derive(Debug, Default)]
struct Tally {
    runs: u32,
    touched: u32,
    answered: u32,
    overwhelmed: u32,
}

impl Tally {
    /// Learns from a transcript with every question open; the answer that was hidden has to remain.
    fn learn(&mut self, boundary: &Boundary, hidden: &Policy) -> Option<Report> {
        let report: Report = judge(boundary, &Policy::open());
        self.runs += 1;
        if report.unlearned || report.presumed || report.too_many {
            self.overwhelmed += 1;
            return None;
        }
        assert_eq!(report.verdict(), Verdict::Accepted, "{report:#?}\n{}", boundary.text());
        for one in &report.learned {
            let latitude = Latitude::find(&one.latitude).expect("it is in the catalogue");
            let hidden: String = hidden.answers(latitude).map(|answer| char::from(b'a' + answer)).collect();
            assert!(
                one.remaining.contains(&hidden),
                "{one:#?}, and {hidden} was hidden\n{}",
                boundary.text()
            );
            self.touched += 1;
            self.answered += u32::from(one.remaining == hidden);
        }
        Some(report)
    }
}

/// An answer that remains cannot be told from the one that was hidden: the transcript is allowed under it, with
/// the other answers that were hidden or, where it only goes with others, with some.
fn is_allowed(boundary: &Boundary, alone: &Policy, same: bool, latitude: Latitude, answer: u8) {
    if judge(boundary, alone).verdict() == Verdict::Accepted {
        return;
    }
    assert!(!same, "{latitude} {answer} does the same\n{}", boundary.text());
    let some = Policy::open().with(latitude, answer).expect("it is an answer");
    let report = judge(boundary, &some);
    let is_one = report.verdict() == Verdict::Accepted || report.too_many;
    assert!(is_one, "{latitude} {answer} remains\n{}", boundary.text());
}

/// The answers to a question that are told apart by a case: one under which the simulator does the same is
/// never ruled out, and under one that was ruled out alone the transcript is rejected.
fn told_apart(case: &Case, boundary: &Boundary, learned: &Learned) -> u32 {
    let latitude = Latitude::find(&learned.latitude).expect("it is in the catalogue");
    let hidden = case.setting.policy();
    let mut apart = 0;
    for answer in Policy::open().answers(latitude) {
        let remains = learned.remaining.contains(char::from(b'a' + answer));
        let mut other = case.clone();
        other.setting.answers.retain(|(one, _)| *one != latitude);
        other.setting.answers.push((latitude, answer));
        let same = of_case(&other).is_ok_and(|other| other.lines == boundary.lines);
        assert!(remains || !same, "{latitude} {answer} is ruled out, and does the same\n{}", boundary.text());
        let alone = hidden.with(latitude, answer).expect("it is an answer");
        if !remains {
            apart += 1;
            let verdict = judge(boundary, &alone).verdict();
            assert_ne!(verdict, Verdict::Accepted, "{latitude} {answer}\n{}", boundary.text());
        } else {
            is_allowed(boundary, &alone, same, latitude, answer);
        }
    }
    apart
}

/// One of so many fixtures in which nothing fails; of more where more is asked for.
#[test]
fn the_answers_hidden_in_fixtures_are_learned_back() {
    const ONE_OF: usize = 16;
    let mut tally = Tally::default();
    let some = fixtures()
        .into_iter()
        .filter(|(_, boundary)| boundary.faults == Budget::None)
        .step_by(ONE_OF / usize::try_from(times()).unwrap_or(1).min(ONE_OF));
    for (_, boundary) in some {
        let Some(report) = tally.learn(&boundary, &boundary.policy) else { continue };
        for one in &report.learned {
            let latitude = Latitude::find(&one.latitude).expect("it is in the catalogue");
            let remains = |answer: &u8| one.remaining.contains(char::from(b'a' + answer));
            for answer in Policy::open().answers(latitude).filter(remains) {
                let alone = boundary.policy.with(latitude, answer).expect("it is an answer");
                is_allowed(&boundary, &alone, false, latitude, answer);
            }
        }
    }
    assert!(tally.runs > 25 && tally.answered > 100, "{tally:?}");
    assert!(tally.overwhelmed * 50 <= tally.runs, "{tally:?}");
}

#[test]
fn a_policy_drawn_at_random_is_learned_back_as_far_as_it_makes_a_difference() {
    let (mut tally, mut apart) = (Tally::default(), 0);
    each(16, cases_under_any_policy(), |case| {
        let mut case = case.clone();
        case.setting.mishaps.clear();
        case.acts.truncate(6);
        let Ok(boundary) = of_case(&case) else { return };
        let Some(report) = tally.learn(&boundary, &case.setting.policy()) else { return };
        apart += report.learned.iter().map(|one| told_apart(&case, &boundary, one)).sum::<u32>();
    });
    assert!(tally.answered > 10 && apart > 10, "{tally:?}, {apart} told apart");
    assert!(tally.overwhelmed * 10 <= tally.runs, "{tally:?}");
}
