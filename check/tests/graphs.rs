//! The walk over small graphs that are known.

use std::collections::BTreeMap;

use rm_check::explore::{
    Bound, Bounds, Fingerprint, Holds, Meter, Model, Print, Property, Verdict, Walked, walk,
};

/// A graph, by the successors of each node; it begins at 0. A node's print is its fingerprint, or what is said.
#[derive(Clone, Debug)]
pub(crate) struct Graph<P = Fingerprint> {
    next: BTreeMap<u32, Vec<u32>>,
    never: Option<u32>,
    comes: Option<u32>,
    no_step: Option<(u32, u32)>,
    print: fn(&u32) -> P,
}

impl Graph {
    pub(crate) fn new(edges: &[(u32, u32)]) -> Self {
        let mut next: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        edges.iter().for_each(|(from, to)| next.entry(*from).or_default().push(*to));
        Self { next, never: None, comes: None, no_step: None, print: Fingerprint::of }
    }

    /// The same, in which a node must not be met.
    pub(crate) fn without(self, node: u32) -> Self {
        Self { never: Some(node), ..self }
    }

    /// The same, with other prints.
    pub(crate) fn printed_by<P>(self, print: fn(&u32) -> P) -> Graph<P> {
        let Self { next, never, comes, no_step, .. } = self;
        Graph { next, never, comes, no_step, print }
    }
}

impl<P: Print> Model for Graph<P> {
    type State = u32;
    type Print = P;
    type Step = (u32, u32);
    type Packed = u32;
    type Scratch = u64;

    fn scratch(&self) -> u64 {
        0
    }

    fn print(&self, state: &u32) -> P {
        (self.print)(state)
    }

    fn initial(&self) -> Vec<u32> {
        vec![0]
    }

    fn pack(&self, state: &u32) -> u32 {
        *state
    }

    fn unpack(&self, packed: &u32, state: &mut u32) {
        *state = *packed;
    }

    fn successors(&self, state: &u32, left: &mut u64, mut visit: impl FnMut((u32, u32), &u32)) {
        *left += 1;
        self.next.get(state).into_iter().flatten().for_each(|next| visit((*state, *next), next));
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let never = self.never.map(|node| {
            Property::always("never", move |state| holds(*state != node, format!("{state} is met")))
        });
        let no_step = self.no_step.map(|edge| {
            Property::every_step("no step", move |_, step, _| holds(*step != edge, format!("{step:?}")))
        });
        let sometimes = self.comes.map(|node| Property::sometimes("sometimes", move |state| *state == node));
        let comes = self.comes.map(|node| Property::eventually("eventually", move |state| *state == node));
        never.into_iter().chain(no_step).chain(sometimes).chain(comes).collect()
    }
}

fn holds(condition: bool, otherwise: String) -> Holds {
    if condition { Ok(()) } else { Err(otherwise) }
}

pub(crate) fn walked<P: Print>(graph: &Graph<P>, threads: usize) -> Walked<Graph<P>> {
    walk(graph, &Bounds { threads, ..Bounds::default() }, &Meter::default())
}

fn verdict(graph: &Graph, name: &str) -> Verdict {
    let walked = walked(graph, 1);
    let found = walked.verdicts().find(|(property, _)| property.name == name);
    found.map(|(_, verdict)| verdict).expect("the graph has this property")
}

/// A binary tree of this depth whose leaves lead to one node, by way of long chains.
pub(crate) fn tree(depth: u32) -> Graph {
    let leaf = 1 << depth;
    let inner = (1..leaf).flat_map(|node| [(node, 2 * node), (node, 2 * node + 1)]);
    let to_one = (leaf..2 * leaf).map(|node| (node, 4 * leaf));
    Graph::new(&inner.chain(to_one).chain([(0, 1)]).collect::<Vec<_>>())
}

#[test]
fn states_steps_depths_and_ends_are_counted() {
    let walked = walked(&tree(3), 1);
    assert_eq!(walked.depths, [1, 1, 2, 4, 8, 1]);
    assert_eq!((walked.states(), walked.transitions, walked.ends()), (17, 23, 1));
    assert!(walked.is_exhaustive());
    assert_eq!(walked.scratches, [17]);
}

#[test]
fn nothing_depends_on_the_number_of_threads() {
    let mut graph = tree(12);
    graph.never = Some(4 << 12);
    let told = |threads| {
        let walked = walked(&graph, threads);
        let path = walked.path(&graph, "never").unwrap();
        (walked.digest, walked.depths.clone(), walked.transitions, walked.ends(), path.steps)
    };
    let alone = told(1);
    for threads in [2, 3, 8] {
        assert_eq!(told(threads), alone);
    }
}

#[test]
fn another_graph_has_another_digest() {
    let square = [(0, 1), (0, 2), (1, 3), (2, 3)];
    let digest = |edges: &[(u32, u32)]| walked(&Graph::new(edges), 1).digest;
    let all = digest(&square);
    for at in 0..square.len() {
        let mut less = square.to_vec();
        less.remove(at);
        assert_ne!(digest(&less), all);
    }
    assert_ne!(digest(&[(0, 1), (0, 2), (1, 3), (2, 3), (1, 2)]), all);
    assert_ne!(digest(&[(0, 1), (0, 2), (1, 4), (2, 4)]), all);
}

#[test]
fn a_path_is_a_shortest_one() {
    let long = (10..20).map(|node| (node, node + 1)).chain([(0, 10), (20, 3)]);
    let graph =
        Graph { never: Some(3), ..Graph::new(&long.chain([(0, 1), (1, 2), (2, 3)]).collect::<Vec<_>>()) };
    let walked = walked(&graph, 1);
    let path = walked.path(&graph, "never").unwrap();
    assert_eq!(path.steps, [((0, 1), 1), ((1, 2), 2), ((2, 3), 3)]);
    assert_eq!(path.what, "3 is met");
    assert_eq!(walked.bound, Some(Bound::Violation));
}

/// Steps that lead back come after the first way to a state, and may come from a state whose print is less.
#[test]
fn a_way_stays_the_shortest_when_steps_lead_back_to_where_it_goes() {
    let on = (0..30).map(|node| (node, node + 1));
    let back = (1..=30).flat_map(|node| (0..node).map(move |to| (node, to)));
    let graph = Graph { never: Some(30), ..Graph::new(&on.chain(back).collect::<Vec<_>>()) };
    let walked = walk(&graph, &Bounds { past_violations: true, ..Bounds::default() }, &Meter::default());
    let path = walked.path(&graph, "never").unwrap();
    assert_eq!(path.steps, (0..30).map(|node| ((node, node + 1), node + 1)).collect::<Vec<_>>());
}

#[test]
fn a_step_is_found_that_leads_to_where_others_lead_too() {
    let graph =
        Graph { no_step: Some((2, 3)), ..Graph::new(&[(0, 1), (1, 3), (0, 2), (2, 3), (3, 4), (4, 5)]) };
    let path = walked(&graph, 1).path(&graph, "no step").unwrap();
    assert_eq!(path.steps, [((0, 2), 2), ((2, 3), 3)]);
}

#[test]
fn sometimes_fails_where_nobody_comes() {
    let graph = |comes| Graph { comes: Some(comes), ..Graph::new(&[(0, 1), (1, 2)]) };
    assert_eq!(verdict(&graph(2), "sometimes"), Verdict::Holds);
    assert_eq!(verdict(&graph(7), "sometimes"), Verdict::Fails);
}

#[test]
fn eventually_fails_at_an_end_and_in_a_circle_that_can_be_reached_before() {
    let eventually = |comes, edges: &[(u32, u32)]| {
        verdict(&Graph { comes: Some(comes), ..Graph::new(edges) }, "eventually")
    };
    // Both ways lead there.
    assert_eq!(eventually(3, &[(0, 1), (0, 2), (1, 3), (2, 3)]), Verdict::Holds);
    // One of them ends before, though it meets the other again.
    assert_eq!(eventually(3, &[(0, 1), (0, 2), (1, 3), (2, 4)]), Verdict::Fails);
    assert_eq!(eventually(1, &[(0, 1), (0, 2), (1, 3), (2, 3)]), Verdict::Fails);
    // It can go round before; it may go round afterwards.
    assert_eq!(eventually(3, &[(0, 1), (1, 2), (2, 1), (2, 3)]), Verdict::Fails);
    assert_eq!(eventually(1, &[(0, 1), (1, 2), (2, 1), (2, 3)]), Verdict::Holds);
    // It leads to itself.
    assert_eq!(eventually(2, &[(0, 1), (1, 1), (1, 2)]), Verdict::Fails);
    assert_eq!(eventually(0, &[(0, 1), (1, 1)]), Verdict::Holds);
}

#[test]
fn a_bound_is_told_and_leaves_open_what_it_must() {
    let graph = Graph { never: Some(9999), comes: Some(2), ..tree(10) };
    let walked = walk(&graph, &Bounds { max_states: 100, ..Bounds::default() }, &Meter::default());
    assert_eq!(walked.bound, Some(Bound::States(100)));
    assert!(!walked.is_exhaustive());
    let verdicts: Vec<_> = walked.verdicts().map(|(_, verdict)| verdict).collect();
    assert_eq!(verdicts, [Verdict::Unknown, Verdict::Holds, Verdict::Unknown]);
}
