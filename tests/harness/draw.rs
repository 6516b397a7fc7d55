//! Draws random cases: sensible calls in any order and interleaving, on worlds where much goes wrong.

mod acts;
mod answers;
mod mishaps;
mod programs;
mod services;

use proptest::collection::vec;
use proptest::prelude::*;

use crate::case::{Act, Aim, Ask, Case, Who};

pub use answers::answers;
pub use programs::calm_program;

/// Cases under the default policy: one to four programs, two installers of two threads each. The first
/// begins with a session in which all files are registered; the second may have joined it, or may have
/// one of its own. Half of them have faults.
pub fn cases() -> impl Strategy<Value = Case> {
    cases_with(Just(Vec::new()).boxed())
}

/// Cases of which most are played under a policy of their own.
pub fn cases_under_any_policy() -> impl Strategy<Value = Case> {
    cases_with(prop_oneof![1 => Just(Vec::new()), 3 => answers()].boxed())
}

fn cases_with(answers: BoxedStrategy<Vec<(rm_core::rules::Latitude, u8)>>) -> impl Strategy<Value = Case> {
    let programs = vec(programs::drawn(), 1..=4);
    let machine = (programs, services::drawn(), programs::setups());
    let mishaps = prop_oneof![Just(Vec::new()), vec(mishaps::mishap(), 1..=6)];
    let mishaps = mishaps.prop_map(|mishaps| mishaps.concat());
    (machine, mishaps, answers, opening(), vec(acts::phrase(), 0..30)).prop_map(
        |((programs, (services, host), setups), mishaps, answers, mut acts, more)| {
            acts.extend(more.into_iter().flatten());
            Case { programs, services, host, setups, mishaps, answers, acts }
        },
    )
}

/// How a schedule begins.
fn opening() -> impl Strategy<Value = Vec<Act>> {
    let make = |installer, ask| Act::Make(Who { installer, thread: 0 }, ask);
    let alone = [make(0, Ask::Start), make(0, Ask::Register(0, 0b111, None))];
    let serviced = make(0, Ask::Services(0, 0b11));
    let filter = |aim| Just(vec![make(0, Ask::AddFilter(0, aim, 2))]);
    prop_oneof![
        14 => Just(Vec::new()),
        8 => Just(vec![make(1, Ask::Join(0))]),
        5 => Just(vec![make(1, Ask::Start), make(1, Ask::Register(0, 0b011, None))]),
        2 => filter(Aim::Program(0)),
        2 => filter(Aim::Service(0)),
        4 => Just(vec![serviced]),
        // Few: sixty-four sessions are many effects.
        1 => (60..=64u8).prop_map(|many| vec![Act::Crowd(1, many)]),
    ]
    .prop_map(move |more| [&alone[..], &more].concat())
}
