//! Judges an implementation whose answers to open questions nobody knows: what it does is taken as usual
//! until it is not, and then only the questions are opened that could explain it.

use std::collections::BTreeMap;

use rm_core::Policy;
use rm_core::rules::{Citation, Latitude, LatitudeKind};

use crate::Boundary;
use crate::judge::{Learned, Report, Verdict, judge};

/// How often more questions are opened for one case.
const ROUNDS: usize = 3;
/// How many questions are opened at most for one case.
const MANY: usize = 12;

/// What is known of an implementation so far.
#[derive(Clone, Debug, Default)]
pub struct Stranger {
    policy: Policy,
    learned: BTreeMap<String, Learned>,
}

impl Stranger {
    /// What was learned so far.
    pub fn learned(&self) -> impl Iterator<Item = &Learned> {
        self.learned.values()
    }

    /// Judges what was seen, and learns from it if it is allowed.
    pub fn judge(&mut self, boundary: &Boundary) -> Report {
        let usual = judge(boundary, &self.policy);
        let (mut report, mut opened) = (usual.clone(), Vec::new());
        for _ in 0..ROUNDS {
            if report.verdict() != Verdict::Rejected {
                break;
            }
            let before = opened.len();
            for suspect in suspects(&report) {
                let is_known = self.learned.contains_key(suspect.row().id) || opened.contains(&suspect);
                if !is_known && opened.len() < MANY {
                    opened.push(suspect);
                }
            }
            if opened.len() == before {
                break;
            }
            let policy = opened.iter().fold(self.policy, |policy, latitude| policy.asking(*latitude));
            report = judge(boundary, &policy);
        }
        if report.verdict() == Verdict::Rejected {
            // No answer makes it right: what is told is how it differs from the usual.
            return usual;
        }
        let certain = report.learned.iter().filter(|one| !report.presumed && !one.decided.is_empty());
        for one in certain {
            self.learn(one);
        }
        report
    }

    fn learn(&mut self, one: &Learned) {
        let Some(latitude) = Latitude::find(&one.latitude) else { return };
        let set = one.remaining.bytes().fold(0, |set, letter| set | 1u8 << (letter.saturating_sub(b'a') & 7));
        if let Some(policy) = self.policy.with_any(latitude, set) {
            self.policy = policy;
            self.learned.insert(one.latitude.clone(), one.clone());
        }
    }
}

/// The questions that could explain what was rejected: those that have to do with the rules it breaks.
fn suspects(report: &Report) -> Vec<Latitude> {
    let mut rules = Vec::new();
    let mut suspects = Vec::new();
    for rejection in &report.rejections {
        let differs =
            rejection.allowed.iter().flat_map(|allowed| &allowed.differs).map(|(_, because)| because);
        for cited in rejection.broken.iter().chain(differs) {
            match cited {
                Citation::Rule(rule) => rules.push(*rule),
                Citation::Latitude(latitude, _) => suspects.push(*latitude),
            }
        }
    }
    let touches = |latitude: &Latitude| latitude.row().touches().any(|rule| rules.contains(&rule));
    suspects.extend(Latitude::all().filter(touches));
    suspects.retain(|latitude| latitude.row().kind == LatitudeKind::Switch);
    suspects.dedup();
    suspects
}
