//! Rules, latitudes and policies: what must hold, what may differ, and what is assumed.
//!
//! The catalogue is data: `core/rules/*.txt` and `core/latitudes/*.txt`, read while compiling. Code
//! cites a rule as `rule!("RM-RST-02")` and asks a latitude through [`Rules::ask`].

pub(crate) mod latitude;
mod policy;
mod reader;
pub(crate) mod rule;
mod words;

use alloc::vec::Vec;
use core::cell::Cell;
use core::fmt;

pub use latitude::{Answer, Kind as LatitudeKind, Latitude, Row as LatitudeRow, Seen};
pub use policy::Policy;
pub use rule::{Evidence, Kind as RuleKind, Row as RuleRow, Rule};

use crate::limits::Limits;

/// What an answer of the model can be traced to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Citation {
    /// A rule made it so.
    Rule(Rule),
    /// The documents leave it open, and this answer (counted from 0) was in force.
    Latitude(Latitude, u8),
}

impl Citation {
    /// The citation of an answer to a latitude.
    #[must_use]
    pub fn answer<A: Answer + PartialEq>(answer: A) -> Self {
        let at = A::ALL.iter().position(|one| *one == answer).unwrap_or_default();
        Self::Latitude(A::LATITUDE, u8::try_from(at).unwrap_or_default())
    }
}

/// `RM-RST-02`, or `OQ-56.code a`.
impl fmt::Display for Citation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rule(rule) => write!(f, "{rule}"),
            Self::Latitude(latitude, answer) => write!(f, "{latitude} {}", char::from(b'a' + answer)),
        }
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Citation {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Everything a decision may depend on besides state: the answers in force and the time limits.
///
/// The model asks only while it decides what to do next ([`Installer::poll_effect`] and the pure
/// functions it calls), never while it records what happened. So whoever explores can decide the
/// same step again under another answer: see [`Rules::alternatives`].
///
/// [`Installer::poll_effect`]: crate::Installer::poll_effect
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// The answers still allowed.
    pub policy: Policy,
    /// The time limits in force.
    pub limits: Limits,
    open: Cell<Option<Latitude>>,
    asked: Cell<Asked>,
}

/// A set of latitudes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Asked([u64; 4]);

impl Asked {
    fn with(mut self, latitude: Latitude) -> Self {
        let at = latitude.index();
        if let Some(word) = self.0.get_mut(at / 64) {
            *word |= 1 << (at % 64);
        }
        self
    }

    fn and(mut self, other: Self) -> Self {
        self.0.iter_mut().zip(other.0).for_each(|(own, others)| *own |= others);
        self
    }
}

impl Rules {
    /// Rules with this policy and the documented limits.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        Self { policy, limits: Limits::default(), open: Cell::default(), asked: Cell::default() }
    }

    /// The lowest answer still allowed. That a question was open is noted.
    pub fn ask<A: Answer>(&self) -> A {
        let allowed = self.policy.set(A::LATITUDE);
        self.asked.set(self.asked.get().with(A::LATITUDE));
        if allowed.count_ones() > 1 && self.open.get().is_none() {
            self.open.set(Some(A::LATITUDE));
        }
        let lowest = usize::try_from(allowed.trailing_zeros()).unwrap_or_default();
        // A policy without an answer cannot be built; the first answer keeps the function total.
        *A::ALL.get(lowest).or(A::ALL.first()).expect("a latitude has at least one answer")
    }

    /// Whether a latitude has been asked since these rules were made.
    #[must_use]
    pub fn was_asked(&self, latitude: Latitude) -> bool {
        let asked = self.asked.get();
        asked.with(latitude) == asked
    }

    /// What `decide` comes to, if it meets nothing open.
    pub fn settled<T>(&self, decide: impl FnOnce(&Self) -> T) -> Option<T> {
        self.decided(decide).ok()
    }

    /// What `decide` comes to, or the open question that it meets first.
    ///
    /// # Errors
    /// When it meets one.
    pub fn decided<T>(&self, decide: impl FnOnce(&Self) -> T) -> Result<T, Latitude> {
        self.open.set(None);
        let result = decide(self);
        self.open.take().map_or(Ok(result), Err)
    }

    /// Takes over what was asked of other rules.
    pub fn note_asked(&self, other: &Self) {
        let (own, others) = (self.asked.get(), other.asked.get());
        self.asked.set(own.and(others));
    }

    /// Everything `decide` can come to: asked again with each answer of each open question it
    /// meets, until nothing open is met. With each result come the rules that led to it.
    pub fn alternatives<T>(&self, decide: impl Fn(&Self) -> T) -> Vec<(Self, T)> {
        let mut found = Vec::new();
        let mut left = alloc::vec![self.clone()];
        while let Some(rules) = left.pop() {
            rules.open.set(None);
            let result = decide(&rules);
            match rules.open.take() {
                None => found.push((rules, result)),
                Some(open) => left.extend(
                    rules
                        .policy
                        .answers(open)
                        .filter_map(|answer| rules.policy.with(open, answer))
                        .map(|policy| Self { policy, ..rules.clone() }),
                ),
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    latitude::answers! {
        /// Two answers.
        Others = "OQ-56.others" { Left, Stopped }
    }
    latitude::answers! {
        /// Three answers.
        Code = "OQ-56.code" { FailShutdown, Cancelled, NoActionReboot }
    }

    #[test]
    fn every_alternative_is_met_once_and_what_is_not_asked_is_not_split() {
        let rules = Rules::new(Policy::open());
        // Only one branch asks the second question.
        let decide = |rules: &Rules| match rules.ask::<Others>() {
            Others::Left => (Others::Left, None),
            Others::Stopped => (Others::Stopped, Some(rules.ask::<Code>())),
        };
        let mut found: Vec<_> = rules.alternatives(decide).into_iter().map(|(_, result)| result).collect();
        found.sort_by_key(|(others, code)| (*others as u8, code.map(|code| code as u8)));
        let stopped = |code| (Others::Stopped, Some(code));
        let (first, second, third) = (Code::FailShutdown, Code::Cancelled, Code::NoActionReboot);
        assert_eq!(found, [(Others::Left, None), stopped(first), stopped(second), stopped(third)]);
    }

    #[test]
    fn a_policy_with_one_answer_each_leaves_nothing_open() {
        let rules = Rules::default();
        assert_eq!(rules.alternatives(|rules| rules.ask::<Code>()).len(), 1);
        assert!(!rules.was_asked(Others::LATITUDE));
        assert_eq!(rules.ask::<Others>(), Others::Left);
        assert!(rules.was_asked(Others::LATITUDE));
    }

    #[test]
    fn what_is_decided_without_an_open_question_is_settled() {
        let rules = Rules::new(Policy::open());
        assert_eq!(rules.settled(|rules| rules.limits), Some(rules.limits));
        assert_eq!(rules.settled(|rules| rules.ask::<Code>()), None);
        assert_eq!(rules.decided(|rules| rules.ask::<Code>()), Err(Code::LATITUDE));
        assert_eq!(Rules::default().settled(|rules| rules.ask::<Code>()), Some(Code::FailShutdown));
        assert!(rules.was_asked(Code::LATITUDE) && !rules.was_asked(Others::LATITUDE));
        rules.note_asked(&{
            let other = Rules::default();
            other.ask::<Others>();
            other
        });
        assert!(rules.was_asked(Code::LATITUDE) && rules.was_asked(Others::LATITUDE));
    }
}
