//! Whether the suite catches the members, and lets the model pass.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use rm_core::Policy;
use rm_core::rules::{Latitude, LatitudeKind, Rule};
use serde::Serialize;

use super::Member;
use crate::Boundary;
use crate::conform::{Case, Driven, Model, Outcome, Suite, blamed, drive};

/// How many cases have to catch a member for the search to end.
pub const ENOUGH: usize = 2;

/// A case that catches a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Caught {
    /// The case.
    pub case: String,
    /// The rules that the judge blames.
    pub rules: Vec<Rule>,
}

/// What the sound model does in each case, the shortest case first.
#[derive(Debug)]
pub struct Hunt {
    usual: Vec<(&'static Case, Option<Boundary>)>,
}

impl Hunt {
    /// Plays every case on the sound model.
    #[must_use]
    pub fn new() -> Self {
        let mut cases: Vec<_> = Suite::default().cases().collect();
        cases.sort_by_key(|case| case.text.len());
        let usual = cases.into_iter().map(|case| (case, seen(drive(case, &mut Model::new(None)))));
        Self { usual: usual.collect() }
    }

    /// The first cases that catch a member, as many as are enough.
    #[must_use]
    pub fn catch(&self, member: &Member, enough: usize) -> Vec<Caught> {
        let suite = Suite::default();
        let caught = self.usual.iter().filter_map(|(case, usual)| {
            let seen = seen(drive(case, &mut Model::with((member.flaw)(), None)))?;
            // What the model does is accepted, and needs no judge again.
            if usual.as_ref() == Some(&seen) {
                return None;
            }
            match suite.judged(case, seen).outcome {
                Outcome::Failed(failed) => {
                    Some(Caught { case: case.name.clone(), rules: blamed(&failed.1).into_iter().collect() })
                }
                _ => None,
            }
        });
        caught.take(enough).collect()
    }
}

fn seen(driven: Driven) -> Option<Boundary> {
    match driven {
        Driven::Seen(boundary) | Driven::Partly(boundary, _) | Driven::Died(boundary, _) => Some(*boundary),
        Driven::Skipped(_) => None,
    }
}

impl Default for Hunt {
    fn default() -> Self {
        Self::new()
    }
}

/// Policies that together give every answer to every question that has one answer for an implementation:
/// the usual answers, those of the documents, and each question's first, second, … answer.
#[must_use]
pub fn policies() -> Vec<(String, Policy)> {
    let switches = || Latitude::all().filter(|one| one.row().kind == LatitudeKind::Switch);
    let most = switches().map(|one| one.row().answers().count()).max().unwrap_or_default();
    let rotated = (0..most).map(|nth| {
        let policy = switches().fold(Policy::default(), |policy, latitude| {
            let answers = latitude.row().answers().count().max(1);
            policy.with_any(latitude, 1 << (nth % answers)).unwrap_or(policy)
        });
        (format!("answer {}", nth + 1), policy)
    });
    let named = [("default", Policy::default()), ("documented", Policy::documented())];
    named.into_iter().map(|(name, policy)| (name.into(), policy)).chain(rotated).collect()
}

/// Does something with each, on as many threads as there are processors; the results are in their order.
pub fn each<T: Sync, R: Send>(all: &[T], act: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some((at, one)) = {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    all.get(at).map(|one| (at, one))
                } {
                    let result = act(one);
                    if let Ok(mut done) = done.lock() {
                        done.push((at, result));
                    }
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_default();
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}
