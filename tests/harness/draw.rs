//! Draws random cases: sensible calls in any order and interleaving, on worlds where much goes wrong.

mod acts;

use proptest::collection::vec;
use proptest::prelude::*;
use rm_sim::strategies::{Settings, Who, settings, shrinking};

use crate::case::{Act, Aim, Ask, Case, DIRECTORY, FILES, NAMES, SERVICES, file};

/// Cases under the default policy: one to four programs, two installers of two threads each. The first
/// begins with a session in which all files are registered; the second may have joined it, or may have
/// one of its own. Half of them have faults.
pub fn cases() -> impl Strategy<Value = Case> {
    cases_in(worlds())
}

/// Cases of which most are played under a policy of their own.
pub fn cases_under_any_policy() -> impl Strategy<Value = Case> {
    cases_in(worlds().any_policy())
}

fn worlds() -> Settings {
    let files: Vec<_> = (0..FILES).map(file).collect();
    let files: Vec<_> = files.iter().map(String::as_str).collect();
    settings(&files).directories(&[&file(DIRECTORY)]).services(0..=usize::from(SERVICES)).installers(&NAMES)
}

fn cases_in(settings: Settings) -> impl Strategy<Value = Case> {
    let drawn = (settings, opening(), vec(acts::phrase(), 0..30));
    let cases = drawn.prop_map(|(setting, mut acts, more)| {
        acts.extend(more.into_iter().flatten());
        Case { setting, acts }
    });
    shrinking(cases, Case::smaller)
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
