//! How a transcript is judged: by the likely explanations first, by all only where those do not lead on.

use rm_core::Policy;
use rm_core::rules::{Latitude, LatitudeKind};

use super::idle::closed;
use super::report::{Doubt, Report, Verdict};
use super::script::Script;
use super::{Follow, Judge};
use crate::boundary::{Boundary, Budget};

/// How many faults may be assumed at any moment beyond those that were needed.
const SLACK: usize = 2;

/// Whether no more can be learned of what was asked.
fn nothing_to_learn(report: &Report) -> bool {
    report.learned.iter().all(|one| one.remaining.len() == 1 && one.decided.is_empty())
}

/// A transcript, and how it is judged.
#[derive(Clone, Copy)]
pub(super) struct Case<'a> {
    pub(super) boundary: &'a Boundary,
    pub(super) script: &'a Script,
    pub(super) policy: &'a Policy,
    /// Whether only one of several orders of calls under way is followed where they come to the same.
    pub(super) reduces: bool,
}

impl Case<'_> {
    fn follow(self, follow: Follow) -> Report {
        Judge::new(self, follow).judge()
    }

    /// What may differ each time may do so.
    pub(super) fn judge(self) -> Report {
        let open = self.policy.with_occasions();
        if open != *self.policy {
            // Most often what may differ each time is as usual.
            let usual = self.follow(Follow::Usual);
            if usual.is_plain() && nothing_to_learn(&usual) {
                return usual;
            }
        }
        Case { policy: &open, ..self }.judge_strictly()
    }

    /// Under just the answers that the policy allows.
    pub(super) fn judge_strictly(self) -> Report {
        let report = self.judge_all();
        if report.too_many && report.rejections.is_empty() {
            return self.as_usual().unwrap_or(report);
        }
        report
    }

    /// The same, also where there are too many explanations to come to an end.
    fn judge_all(self) -> Report {
        let likely = self.follow(Follow::Likely);
        if likely.verdict() == Verdict::Rejected {
            return self.unlikely().unwrap_or(likely);
        }
        // Where something is to be learned, no explanation may be left out but those in which a call loses
        // time.
        if nothing_to_learn(&likely) {
            return likely;
        }
        // And where anything may have failed, that may be what happened instead.
        if self.boundary.faults == Budget::None {
            let prompt = self.follow(Follow::Prompt(0));
            if prompt.verdict() == Verdict::Accepted {
                return prompt;
            }
        }
        Report { presumed: !likely.too_many, ..likely }
    }

    /// What is allowed where open questions are answered as usual is allowed, whatever the other answers are;
    /// nothing is learned of that.
    fn as_usual(self) -> Option<Report> {
        let is_open = |latitude: &Latitude| {
            latitude.row().kind == LatitudeKind::Switch && self.policy.set(*latitude).count_ones() > 1
        };
        Latitude::all().find(is_open)?;
        let usual = closed(self.policy, &Latitude::all().collect::<Vec<_>>());
        let report = Case { policy: &usual, ..self }.judge();
        (report.verdict() == Verdict::Accepted).then_some(Report { unlearned: true, ..report })
    }

    /// What comes of following all explanations, where the likely ones do not lead on.
    fn unlikely(self) -> Option<Report> {
        let slack = if self.boundary.faults == Budget::Unstated { SLACK } else { 0 };
        let (mut all, mut undecided) = (None, false);
        for follow in (0..=slack).flat_map(|slack| [Follow::Prompt(slack), Follow::All(slack)]) {
            let report = self.follow(follow);
            if report.verdict() == Verdict::Accepted {
                return Some(report);
            }
            if let Follow::All(slack) = follow {
                // With more faults there might have been an explanation.
                undecided |= slack > 0 && report.too_many;
            }
            if follow == Follow::All(0) {
                all = Some(report);
            }
        }
        let mut all = all?;
        if undecided {
            let first = all.rejections.drain(..).next();
            let line = first.map_or(0, |rejection| rejection.line);
            all.doubts
                .insert(0, Doubt { line, why: "only faults explain it, and there are too many ways".into() });
            all.too_many = true;
        }
        Some(all)
    }
}
