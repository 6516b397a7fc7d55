//! Sets of answers to open questions, mixtures not included.
//!
//! Several ways lead to the same situation, each under other answers. What they leave open together is kept
//! as a decision diagram: a node asks one question and goes on by what is answered, and whatever is not asked
//! on the way is open. Equal sets are one, so that a set is a number.

use std::collections::HashMap;

use rm_core::rules::{Latitude, LatitudeKind};
use rm_core::{Policy, Rules};
use rustc_hash::FxBuildHasher;

type Map<K, V> = HashMap<K, V, FxBuildHasher>;

/// A set of answers: what each question was answered with where something depended on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Answers(u32);

/// What is open after each of some answers.
type Branches = Vec<(u8, Answers)>;

/// A question, and for each of some answers what is open after it; what has no branch is ruled out.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Node {
    latitude: Latitude,
    branches: Branches,
}

/// All sets that were met.
pub(super) struct Diagram {
    /// What is open in the beginning.
    all: Policy,
    nodes: Vec<Node>,
    known: Map<Node, Answers>,
    /// What each allows of each question, whatever it allows of the others.
    hulls: Map<Answers, Policy>,
    united: Map<(Answers, Answers), Answers>,
    shared: Map<(Answers, Answers), Option<Answers>>,
    forgotten: Map<Answers, Answers>,
}

impl Answers {
    /// Whatever is open in the beginning.
    pub(super) const ALL: Self = Self(0);
}

impl Diagram {
    pub(super) fn new(all: Policy) -> Self {
        let (united, shared, forgotten) = (Map::default(), Map::default(), Map::default());
        Self {
            all,
            nodes: Vec::new(),
            known: Map::default(),
            hulls: Map::default(),
            united,
            shared,
            forgotten,
        }
    }

    fn node(&self, of: Answers) -> Option<&Node> {
        self.nodes.get(usize::try_from(of.0).ok()?.checked_sub(1)?)
    }

    /// What a set allows of each question, whatever it allows of the others.
    pub(super) fn hull(&mut self, of: Answers) -> Policy {
        if of == Answers::ALL {
            return self.all;
        }
        if let Some(known) = self.hulls.get(&of) {
            return *known;
        }
        let Some(Node { latitude, branches }) = self.node(of).cloned() else { return self.all };
        let hulls = branches.into_iter().filter_map(|(set, then)| self.hull(then).with_any(latitude, set));
        let hull = hulls.reduce(|one, other| one.united(&other)).unwrap_or(self.all);
        self.hulls.insert(of, hull);
        hull
    }

    /// The branches of two sets at the first question that one of them asks.
    fn beside(&self, one: Answers, other: Answers) -> Option<(Latitude, [Branches; 2])> {
        let asked = [one, other].into_iter().filter_map(|of| self.node(of));
        let latitude = asked.map(|node| node.latitude).min()?;
        let branches = |of| match self.node(of) {
            Some(node) if node.latitude == latitude => node.branches.clone(),
            _ => vec![(self.all.set(latitude), of)],
        };
        Some((latitude, [branches(one), branches(other)]))
    }

    /// What is in one of two sets.
    pub(super) fn united(&mut self, one: Answers, other: Answers) -> Answers {
        if one == other || one == Answers::ALL || other == Answers::ALL {
            return if one == other { one } else { Answers::ALL };
        }
        let key = if one.0 < other.0 { (one, other) } else { (other, one) };
        if let Some(known) = self.united.get(&key) {
            return *known;
        }
        let Some((latitude, [left, right])) = self.beside(one, other) else { return Answers::ALL };
        let only =
            |set: u8, others: &[(u8, Answers)]| others.iter().fold(set, |set, (other, _)| set & !other);
        let mut all: Vec<_> = left.iter().map(|(set, then)| (only(*set, &right), *then)).collect();
        all.extend(right.iter().map(|(set, then)| (only(*set, &left), *then)));
        for (set, then) in left {
            for (others, also) in right.iter().filter(|(others, _)| set & others != 0) {
                all.push((set & others, self.united(then, *also)));
            }
        }
        let united = self.with(latitude, all).unwrap_or(Answers::ALL);
        self.united.insert(key, united);
        united
    }

    /// What is in both of two sets; nothing if that is nothing.
    pub(super) fn shared(&mut self, one: Answers, other: Answers) -> Option<Answers> {
        if one == other || other == Answers::ALL {
            return Some(one);
        }
        if one == Answers::ALL {
            return Some(other);
        }
        let key = if one.0 < other.0 { (one, other) } else { (other, one) };
        if let Some(known) = self.shared.get(&key) {
            return *known;
        }
        let (latitude, [left, right]) = self.beside(one, other)?;
        let mut all = Vec::new();
        for (set, then) in left {
            for (others, also) in right.iter().filter(|(others, _)| set & others != 0) {
                all.extend(self.shared(then, *also).map(|both| (set & others, both)));
            }
        }
        let shared = self.with(latitude, all);
        self.shared.insert(key, shared);
        shared
    }

    /// The set in which whatever may differ each time is open again.
    pub(super) fn without_occasions(&mut self, of: Answers) -> Answers {
        let Some(Node { latitude, branches }) = self.node(of).cloned() else { return of };
        if let Some(known) = self.forgotten.get(&of) {
            return *known;
        }
        let branches: Vec<_> =
            branches.into_iter().map(|(set, then)| (set, self.without_occasions(then))).collect();
        let is_occasion = latitude.row().kind == LatitudeKind::Occasion;
        let forgotten = if is_occasion {
            branches.into_iter().map(|(_, then)| then).reduce(|one, other| self.united(one, other))
        } else {
            self.with(latitude, branches)
        };
        let forgotten = forgotten.unwrap_or(of);
        self.forgotten.insert(of, forgotten);
        forgotten
    }

    /// The set that asks a question and goes on so; nothing if it goes on with no answer.
    fn with(&mut self, latitude: Latitude, branches: Branches) -> Option<Answers> {
        let mut joined: Branches = Vec::with_capacity(branches.len());
        for (set, then) in branches.into_iter().filter(|(set, _)| *set != 0) {
            match joined.iter_mut().find(|(_, other)| *other == then) {
                Some((other, _)) => *other |= set,
                None => joined.push((set, then)),
            }
        }
        joined.sort_unstable_by_key(|(set, _)| *set);
        match *joined {
            [] => return None,
            [(set, then)] if set == self.all.set(latitude) => return Some(then),
            _ => {}
        }
        let node = Node { latitude, branches: joined };
        if let Some(known) = self.known.get(&node) {
            return Some(*known);
        }
        self.nodes.push(node.clone());
        let new = Answers(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.known.insert(node, new);
        Some(new)
    }

    /// What something can come to, and the answers under which it does. Questions are opened one by one; one
    /// whose answers all come to the same leaves no trace.
    pub(super) fn ways<T: PartialEq>(
        &mut self,
        of: Answers,
        rules: &mut Rules,
        decide: &impl Fn(&Rules) -> T,
    ) -> Vec<(Answers, T)> {
        let (hull, mut results) = (self.hull(of), Vec::new());
        let ways = self.ways_under(&hull, rules, decide, &mut results);
        let mut ways: Vec<_> =
            ways.into_iter().filter_map(|(at, answers)| Some((at, self.shared(of, answers)?))).collect();
        ways.sort_unstable_by_key(|(at, _)| *at);
        let at_all = (0..).zip(results);
        let mut ways = ways.into_iter().peekable();
        at_all.filter_map(|(at, result)| Some((ways.next_if(|(way, _)| *way == at)?.1, result))).collect()
    }

    /// The same with the answers that a policy allows, each result by its place.
    fn ways_under<T: PartialEq>(
        &mut self,
        policy: &Policy,
        rules: &mut Rules,
        decide: &impl Fn(&Rules) -> T,
        results: &mut Vec<T>,
    ) -> Vec<(usize, Answers)> {
        rules.policy = *policy;
        let open = match rules.decided(decide) {
            Ok(result) => {
                let known = results.iter().position(|other| *other == result);
                if known.is_none() {
                    results.push(result);
                }
                return vec![(known.unwrap_or(results.len() - 1), Answers::ALL)];
            }
            Err(open) => open,
        };
        let mut after = Vec::new();
        for answer in policy.answers(open) {
            let Some(answered) = policy.with(open, answer) else { continue };
            after.push((answer, self.ways_under(&answered, rules, decide, results)));
        }
        if let Some((_, first)) = after.first()
            && after.iter().all(|(_, ways)| ways == first)
        {
            return after.swap_remove(0).1;
        }
        let mut all: Vec<(usize, Answers)> = Vec::new();
        for (answer, ways) in after {
            let Some(answered) = self.with(open, vec![(1 << answer, Answers::ALL)]) else { continue };
            for (at, answers) in ways {
                let Some(answers) = self.shared(answered, answers) else { continue };
                match all.iter_mut().find(|(other, _)| *other == at) {
                    Some((_, others)) => *others = self.united(*others, answers),
                    None => all.push((at, answers)),
                }
            }
        }
        all.sort_unstable_by_key(|(at, _)| *at);
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn latitude(id: &str) -> Latitude {
        Latitude::find(id).expect("it is in the catalogue")
    }

    /// The set in which a question has these answers.
    fn answered(diagram: &mut Diagram, latitude: Latitude, set: u8) -> Answers {
        diagram.with(latitude, vec![(set, Answers::ALL)]).expect("there are answers")
    }

    #[test]
    fn a_set_has_what_was_put_into_it_and_no_mixtures() {
        let (one, other, third) = (latitude("OQ-03.list"), latitude("OQ-38"), latitude("OQ-56.code"));
        let mut diagram = Diagram::new(Policy::open());
        let of = |diagram: &mut Diagram, answers: [(Latitude, u8); 3]| {
            let all = answers.map(|(latitude, answer)| answered(diagram, latitude, 1 << answer));
            all.into_iter().reduce(|one, other| diagram.shared(one, other).expect("questions differ"))
        };
        let of =
            |diagram: &mut Diagram, a, b, c| of(diagram, [(one, a), (other, b), (third, c)]).expect("a set");
        let (first, second) = (of(&mut diagram, 0, 1, 2), of(&mut diagram, 1, 0, 2));
        let both = diagram.united(first, second);
        assert_eq!(diagram.united(second, first), both);
        for (a, b, c) in (0..4).flat_map(|a| (0..3).flat_map(move |b| (0..3).map(move |c| (a, b, c)))) {
            let single = of(&mut diagram, a, b, c);
            let is_in = [(0, 1, 2), (1, 0, 2)].contains(&(a, b, c));
            assert_eq!(diagram.shared(both, single), is_in.then_some(single), "{a} {b} {c}");
        }
        let hull = diagram.hull(both);
        assert_eq!((hull.set(one), hull.set(other), hull.set(third)), (3, 3, 4));
    }

    #[test]
    fn what_has_every_answer_is_open_again() {
        let (one, other) = (latitude("OQ-03.list"), latitude("OQ-38"));
        let mut diagram = Diagram::new(Policy::open());
        let narrow = answered(&mut diagram, other, 0b010);
        let parts = [1, 2, 4, 8].map(|answer| answered(&mut diagram, one, answer));
        let parts = parts.map(|part| diagram.shared(part, narrow).expect("questions differ"));
        assert_eq!(parts.into_iter().reduce(|one, other| diagram.united(one, other)), Some(narrow));
        let rest = answered(&mut diagram, other, 0b101);
        assert_eq!((diagram.united(rest, narrow), diagram.shared(rest, narrow)), (Answers::ALL, None));
    }
}
