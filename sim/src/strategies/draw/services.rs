//! Services, and the process that several of them share.

use proptest::collection::vec;
use proptest::prelude::*;
use rm_core::Name;

use super::programs::{delay, respawn};
use super::some_of;
use crate::strategies::{DrawnService, SharedHost};
use crate::world::{Starting, Stopping};

/// The process that several services share.
pub(in crate::strategies) fn host(files: &[Name]) -> impl Strategy<Value = SharedHost> + use<> {
    let uses = prop_oneof![6 => Just(Vec::new()), 1 => some_of(files, 1)];
    (uses, proptest::bool::weighted(0.8)).prop_map(|(uses, tagging)| SharedHost { uses, tagging })
}

/// A service that may need some of the first so many.
pub(in crate::strategies) fn service(
    files: &[Name],
    others: u8,
) -> impl Strategy<Value = DrawnService> + use<> {
    let uses = prop_oneof![2 => Just(Vec::new()), 3 => some_of(files, 2)];
    let needs = prop_oneof![2 => Just(Vec::new()), 1 => vec(0..others.max(1), 1..=2)];
    let seldom = |weight| proptest::bool::weighted(weight);
    let rights = (seldom(0.4), seldom(0.05), seldom(0.05), seldom(0.05), seldom(0.1));
    (uses, needs, rights, stopping(), starting(), respawn()).prop_map(
        |(uses, needs, (shares_host, critical, deaf, protected, idle), stop, start, respawn)| DrawnService {
            uses,
            needs,
            shares_host,
            critical,
            accepts_stop: !deaf,
            permitted: !protected,
            stop: stop.into(),
            start: start.into(),
            respawn,
            running: !idle,
        },
    )
}

fn stopping() -> impl Strategy<Value = Stopping> {
    prop_oneof![
        8 => delay().prop_map(Stopping::Stops),
        1 => Just(Stopping::Refuses),
        1 => Just(Stopping::Never),
    ]
}

fn starting() -> impl Strategy<Value = Starting> {
    prop_oneof![
        8 => delay().prop_map(Starting::Starts),
        1 => Just(Starting::Fails),
        1 => Just(Starting::Never),
    ]
}
