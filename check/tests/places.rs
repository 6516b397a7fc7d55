//! The visited set: who has which place, and whose parent counts, where layers are wide and prints alike.

use rm_check::explore::{Fingerprint, Print};

use crate::graphs::{Graph, tree, walked};

/// Of several nodes the one that counts as the parent of what they lead to: its print begins with the least.
fn least(nodes: &[u32]) -> u32 {
    nodes.iter().copied().min_by_key(|node| Fingerprint::of(node).half() >> 32).unwrap_or_default()
}

/// Six hundred nodes, more than a thread takes at a time, each of which leads to as many of the next layer as are said,
/// half of them shared with the node before it, half with the node after it.
fn wide(each: u32) -> (Graph, impl Fn(u32) -> Vec<u32>) {
    let nodes = 1..=600;
    let to = |node: u32| (node * each / 2..(node + 2) * each / 2).map(move |next| (node, 1000 + next));
    let graph =
        Graph::new(&nodes.clone().map(|node| (0, node)).chain(nodes.flat_map(to)).collect::<Vec<_>>());
    let parents = move |node: u32| {
        let last = (node - 1000) / (each / 2);
        [last.saturating_sub(1), last].into_iter().filter(|one| (1..=600).contains(one)).collect()
    };
    (graph, parents)
}

/// Layers that fit into what is put aside, and one that does not.
#[test]
fn a_wide_layer_is_counted_once_and_its_ways_are_by_the_least_parent() {
    for each in [40, 1000] {
        let (graph, parents) = wide(each);
        let all = u64::from(601 * each / 2);
        for (threads, node) in [(1, 500), (1, 299), (2, 500), (2, 301), (2, 7)] {
            let node = 1000 + node * each / 2;
            let graph = graph.clone().without(node);
            let walked = walked(&graph, threads);
            assert_eq!(
                (walked.depths.clone(), walked.transitions),
                (vec![1, 600, all], u64::from(600 * each) + 600)
            );
            let parent = least(&parents(node));
            let path = walked.path(&graph, "never").unwrap();
            assert_eq!(path.steps, [((0, parent), parent), ((parent, node), node)]);
        }
    }
}

/// Two nodes lead to more than is put aside: what the first leads to is looked up before the second is gone on from.
#[test]
fn who_is_met_again_after_it_was_looked_up_has_its_least_parent() {
    let to_all = |from| (10..300_010).map(move |node| (from, node));
    let parent = least(&[1, 2]);
    for (first, second) in [(1, 2), (2, 1)] {
        let edges = [(0, first), (0, second)].into_iter().chain(to_all(1)).chain(to_all(2));
        let graph = Graph::new(&edges.collect::<Vec<_>>()).without(10);
        let walked = walked(&graph, 1);
        assert_eq!((walked.depths.clone(), walked.transitions), (vec![1, 2, 300_000], 600_002));
        let path = walked.path(&graph, "never").unwrap();
        assert_eq!(path.steps, [((0, parent), parent), ((parent, 10), 10)]);
    }
}

/// A print of which the bits that say a place are all the same; those that say which part are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Alike(u32);

impl Print for Alike {
    fn half(self) -> u64 {
        u64::MAX >> 7 | u64::from(self.0) << 57
    }

    fn bits(self) -> u128 {
        self.0.into()
    }
}

#[test]
fn states_are_told_apart_by_all_of_their_prints() {
    let graph = tree(8);
    let crowded = graph.clone().printed_by(|node| Alike(*node));
    for threads in [1, 2] {
        let crowded = walked(&crowded, threads);
        let counts = (crowded.depths.clone(), crowded.transitions, crowded.ends());
        let walked = walked(&graph, threads);
        assert_eq!(counts, (walked.depths.clone(), walked.transitions, walked.ends()));
    }
}
