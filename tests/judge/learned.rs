//! A policy that is hidden in the simulator is learned back from its transcripts.

use harness::check::each;
use harness::draw::cases_under_any_policy;
use rm_check::boundary::Budget;
use rm_check::judge::{Report, Verdict};
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
    fn learn(&mut self, boundary: &Boundary, hidden: &Policy) {
        let report: Report = judge(boundary, &Policy::open());
        self.runs += 1;
        if report.unlearned || report.too_many {
            self.overwhelmed += 1;
            return;
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
    }
}

#[test]
fn the_answers_hidden_in_short_fixtures_are_learned_back() {
    let mut tally = Tally::default();
    let is_short = |boundary: &Boundary| boundary.calls() <= 3 && boundary.faults == Budget::None;
    for (_, boundary) in fixtures().into_iter().filter(|(_, boundary)| is_short(boundary)).take(40) {
        tally.learn(&boundary, &boundary.policy);
    }
    assert!(tally.runs > 20 && tally.answered > 20, "{tally:?}");
    assert!(tally.overwhelmed * 10 <= tally.runs, "{tally:?}");
}

#[test]
fn a_policy_drawn_at_random_is_learned_back() {
    let mut tally = Tally::default();
    each(60, cases_under_any_policy(), |case| {
        let mut case = case.clone();
        case.setting.mishaps.clear();
        case.acts.truncate(4);
        if let Ok(boundary) = of_case(&case) {
            tally.learn(&boundary, &case.setting.policy());
        }
    });
    assert!(tally.answered > 20, "{tally:?}");
    assert!(tally.overwhelmed * 10 <= tally.runs, "{tally:?}");
}
