//! Policies: which answers to the open questions are still allowed.

use super::Citation;
use super::latitude::{COUNT, Kind, Latitude};

/// For every latitude the set of answers still allowed. A policy that allows one answer each is an
/// implementation fully described; one that allows several is a question put to whoever explores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Policy {
    allowed: [u8; COUNT],
}

impl Policy {
    /// What was seen on real Windows, else the default answer of the catalogue.
    #[must_use]
    pub fn seen() -> Self {
        Self::one_each(|latitude| latitude.seen().next().map(|seen| seen.answer).or(latitude.row().default))
    }

    /// The default answers of the catalogue, whatever was seen.
    #[must_use]
    pub fn documented() -> Self {
        Self::one_each(|latitude| latitude.row().default)
    }

    /// Every answer the catalogue allows.
    #[must_use]
    pub fn open() -> Self {
        let mut policy = Self { allowed: [0; COUNT] };
        for (latitude, allowed) in Latitude::all().zip(&mut policy.allowed) {
            *allowed = latitude.row().answers().fold(0, |set, _| set << 1 | 1);
        }
        policy
    }

    /// The same policy, and every answer that the catalogue allows to what can be answered one way or the
    /// other: not to what is only compared ([`Free`](super::LatitudeKind::Free)), nor to what is out of scope.
    #[must_use]
    pub fn opened(mut self) -> Self {
        let open = Self::open();
        for (latitude, (allowed, all)) in Latitude::all().zip(self.allowed.iter_mut().zip(open.allowed)) {
            if matches!(latitude.row().kind, Kind::Switch | Kind::Occasion) {
                *allowed = all;
            }
        }
        self
    }

    /// The same policy, and every answer that the catalogue allows to this latitude.
    #[must_use]
    pub fn asking(mut self, latitude: Latitude) -> Self {
        if let Some(allowed) = self.allowed.get_mut(latitude.index()) {
            *allowed = Self::open().set(latitude);
        }
        self
    }

    /// What is known of an implementation after a step: which answer it gives where it always gives the same
    /// is learned, whatever may differ each time is as open as it was before.
    #[must_use]
    pub fn learned(mut self, before: &Self) -> Self {
        for (latitude, (allowed, was)) in Latitude::all().zip(self.allowed.iter_mut().zip(before.allowed)) {
            if latitude.row().kind != Kind::Switch {
                *allowed = was;
            }
        }
        self
    }

    /// The policy with just this answer to one latitude; `None` if it has no such answer.
    #[must_use]
    pub fn with(mut self, latitude: Latitude, answer: u8) -> Option<Self> {
        let known = usize::from(answer) < latitude.row().answers().count();
        *self.allowed.get_mut(latitude.index())? = known.then_some(1 << answer)?;
        Some(self)
    }

    /// Whether what an answer of the model is traced to is still allowed: a rule always is.
    #[must_use]
    pub fn allows(&self, citation: Citation) -> bool {
        match citation {
            Citation::Rule(_) => true,
            Citation::Latitude(latitude, answer) => self.set(latitude) >> answer & 1 == 1,
        }
    }

    /// The answers still allowed, the lowest first.
    pub fn answers(&self, latitude: Latitude) -> impl Iterator<Item = u8> {
        let allowed = self.set(latitude);
        (0..8).filter(move |answer| allowed >> answer & 1 == 1)
    }

    /// The policy with those of these answers to one latitude that are set, the lowest bit being the
    /// first; `None` if it has none of them.
    #[must_use]
    pub fn with_any(mut self, latitude: Latitude, answers: u8) -> Option<Self> {
        let known = latitude.row().answers().fold(0, |set: u8, _| set << 1 | 1);
        let allowed = self.allowed.get_mut(latitude.index())?;
        *allowed = answers & known;
        (*allowed != 0).then_some(self)
    }

    /// The policy with the answers that another one allows to a latitude.
    #[must_use]
    pub fn answering_as(mut self, other: &Self, latitude: Latitude) -> Self {
        if let Some(allowed) = self.allowed.get_mut(latitude.index()) {
            *allowed = other.set(latitude);
        }
        self
    }

    /// The policy with every answer to what may differ each time.
    #[must_use]
    pub fn with_occasions(mut self) -> Self {
        let open = Self::open();
        for (latitude, (allowed, all)) in Latitude::all().zip(self.allowed.iter_mut().zip(open.allowed)) {
            if latitude.row().kind == Kind::Occasion {
                *allowed = all;
            }
        }
        self
    }

    /// Everything that one of the two allows, mixtures too.
    #[must_use]
    pub fn united(mut self, other: &Self) -> Self {
        self.allowed.iter_mut().zip(&other.allowed).for_each(|(own, others)| *own |= others);
        self
    }

    /// The answers allowed, as bits; the lowest is the first.
    #[must_use]
    pub fn set(&self, latitude: Latitude) -> u8 {
        self.allowed.get(latitude.index()).copied().unwrap_or_default()
    }

    fn one_each(answer: impl Fn(Latitude) -> Option<u8>) -> Self {
        let mut policy = Self { allowed: [0; COUNT] };
        for (latitude, allowed) in Latitude::all().zip(&mut policy.allowed) {
            *allowed = answer(latitude).map_or(0, |answer| 1 << answer);
        }
        policy
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::seen()
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    #[test]
    fn an_opened_policy_learns_what_is_always_the_same_and_nothing_else() {
        let opened = Policy::default().opened();
        for latitude in Latitude::all() {
            let kind = latitude.row().kind;
            let open = opened.answers(latitude).count() > 1;
            assert_eq!(open, matches!(kind, Kind::Switch | Kind::Occasion), "{latitude}");
            let Some(answered) = opened.with(latitude, 0) else { continue };
            let answered = answered.learned(&opened);
            let left: Vec<_> = answered.answers(latitude).collect();
            assert_eq!(left == [0], kind == Kind::Switch || opened.set(latitude) == 1, "{latitude}");
        }
    }

    #[test]
    fn the_answers_of_a_policy_are_a_set() {
        let policy = Policy::default();
        let three = |latitude: &Latitude| latitude.row().answers().count() == 3;
        let latitude = Latitude::all().find(three).expect("a question with three answers");
        let set = |policy: Policy| {
            let allowed = |answer| policy.allows(Citation::Latitude(latitude, answer));
            let answers: Vec<_> = policy.answers(latitude).collect();
            assert_eq!(answers, (0..8).filter(|answer| allowed(*answer)).collect::<Vec<_>>());
            answers
        };
        let some = |answers| policy.with_any(latitude, answers);
        assert_eq!(some(0b101).map(set), Some(alloc::vec![0, 2]));
        assert_eq!(some(0b1110).map(set), Some(alloc::vec![1, 2]));
        assert_eq!(some(0b1000), None);
        assert_eq!(policy.with(latitude, 1).map(set), Some(alloc::vec![1]));
        assert_eq!(policy.with(latitude, 3), None);
        let (one, other) = (policy.with(latitude, 0), policy.with(latitude, 2));
        let (Some(one), Some(other)) = (one, other) else { panic!("both are answers") };
        assert_eq!(set(one.united(&other)), [0, 2]);
        assert_eq!(set(one.answering_as(&other, latitude)), [2]);
        assert_eq!(set(Policy::open()), [0, 1, 2]);
        assert_eq!(set(one.asking(latitude)), [0, 1, 2]);
        assert_eq!(one.asking(latitude).answering_as(&one, latitude), one);
        assert!(policy.allows(Citation::Rule(crate::rule!("RM-LIST-01"))));
    }

    #[test]
    fn what_may_differ_each_time_can_be_opened_alone() {
        let (usual, open) = (Policy::default(), Policy::default().with_occasions());
        for latitude in Latitude::all() {
            let is_open = open.set(latitude) == Policy::open().set(latitude);
            let is_usual = open.set(latitude) == usual.set(latitude);
            assert!(if latitude.row().kind == Kind::Occasion { is_open } else { is_usual }, "{latitude}");
        }
    }
}
