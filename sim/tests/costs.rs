//! What a list costs: in proportion to what is affected, not to the machine.

use rm_core::Output;
use rm_sim::world::touched;

use crate::crowd::Crowd;

#[test]
fn a_list_looks_at_as_many_entries_on_a_machine_of_any_size() {
    let touched = [1_000, 10_000, 100_000].map(|processes| {
        let mut crowd = Crowd::new(processes);
        let before = touched();
        let reply = crowd.list();
        let Output::List(list) = &reply.output else { unreachable!("{reply:?}") };
        assert_eq!(list.needed, 10);
        touched() - before
    });
    let [small, middle, large] = touched;
    assert!(small > 100 && small == middle && middle == large, "{touched:?}");
}
