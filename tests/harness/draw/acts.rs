//! What happens in a schedule, and which calls are made.

use proptest::prelude::*;
use rm_sim::strategies::{Happening, Who, happening};

use crate::case::{Act, Aim, Ask, DIRECTORY, INSTALLERS, SERVICES};

/// What often comes together, so that the longer ways are gone too; mostly a single act.
pub(super) fn phrase() -> impl Strategy<Value = Vec<Act>> {
    let setup = |thread| Who { installer: 0, thread };
    let make = move |ask| Act::Make(setup(0), ask);
    let list = move || make(Ask::List(0, 9));
    let course = flags()
        .prop_map(move |flags| vec![make(Ask::Shutdown(0, flags)), list(), make(Ask::Restart(0)), list()]);
    let filtered = (aim(), action(), flags(), any::<bool>()).prop_map(move |(aim, action, flags, goes)| {
        let add = [make(Ask::AddFilter(0, aim, action)), list(), make(Ask::Shutdown(0, flags))];
        let removed = goes.then(|| make(Ask::RemoveFilter(0, aim)));
        let rest = [make(Ask::FilterList(0, 10_000)), make(Ask::Restart(0)), list()];
        add.into_iter().chain(removed).chain(rest).collect()
    });
    let operation = prop_oneof![
        3 => flags().prop_map(|flags| Ask::Shutdown(0, flags)),
        2 => Just(Ask::Restart(0)),
        1 => Just(Ask::List(0, 9)),
    ];
    // Somebody looks, cancels, or does something else while an operation is at work.
    let meanwhile = prop_oneof![
        3 => Just(Act::Make(setup(1), Ask::Cancel(0))),
        1 => Just(Act::Make(setup(1), Ask::List(0, 9))),
        1 => Just(Act::Happens(Happening::Pass)),
        1 => any::<u8>().prop_map(|pick| Act::Happens(Happening::Exit(pick))),
        1 => act(),
    ];
    let interrupted = (operation, 4..24usize, meanwhile).prop_map(move |(operation, effects, meanwhile)| {
        let steps = std::iter::repeat_n(Act::Step(0), effects);
        let begun = std::iter::once(Act::Begin(setup(0), operation)).chain(steps);
        begun.chain([meanwhile, Act::Finish(0), list()]).collect()
    });
    let ended = vec![make(Ask::End(0)), make(Ask::Start), make(Ask::Register(0, 0b111, None)), list()];
    prop_oneof![
        12 => act().prop_map(|act| vec![act]),
        1 => Just(ended),
        2 => course,
        1 => filtered,
        2 => interrupted,
    ]
}

fn act() -> impl Strategy<Value = Act> {
    let call = || (who(), ask());
    prop_oneof![
        24 => call().prop_map(|(who, ask)| Act::Begin(who, ask)),
        36 => call().prop_map(|(who, ask)| Act::Make(who, ask)),
        20 => any::<u8>().prop_map(Act::Finish),
        48 => any::<u8>().prop_map(Act::Step),
        21 => happening().prop_map(Act::Happens),
        1 => (0..INSTALLERS, 0..8u8).prop_map(|(installer, effects)| Act::Cut(installer, effects)),
    ]
}

fn who() -> impl Strategy<Value = Who> {
    // The first thread of the first installer holds the session that most cases are about.
    let installer = prop_oneof![2 => Just(0u8), 1 => Just(1u8)];
    let thread = prop_oneof![2 => Just(0u32), 1 => Just(1u32)];
    (installer, thread).prop_map(|(installer, thread)| Who { installer, thread })
}

fn ask() -> impl Strategy<Value = Ask> {
    let on = any::<u8>;
    let files = prop_oneof![30 => 0..1u8 << DIRECTORY, 1 => Just(1u8 << DIRECTORY)];
    let size = prop_oneof![1 => Just(0u32), 1 => Just(40u32), 3 => Just(10_000u32)];
    prop_oneof![
        2 => Just(Ask::Start),
        2 => any::<u8>().prop_map(Ask::Join),
        4 => (on(), files, proptest::option::weighted(0.3, any::<u8>()))
            .prop_map(|(on, files, process)| Ask::Register(on, files, process)),
        2 => (on(), 1..32u8).prop_map(|(on, services)| Ask::Services(on, services)),
        4 => (on(), 0..9u8).prop_map(|(on, capacity)| Ask::List(on, capacity)),
        7 => (on(), flags()).prop_map(|(on, flags)| Ask::Shutdown(on, flags)),
        4 => on().prop_map(Ask::Restart),
        3 => (on(), aim(), action()).prop_map(|(on, aim, action)| Ask::AddFilter(on, aim, action)),
        2 => (on(), aim()).prop_map(|(on, aim)| Ask::RemoveFilter(on, aim)),
        2 => (on(), size).prop_map(|(on, size)| Ask::FilterList(on, size)),
        3 => on().prop_map(Ask::Cancel),
        2 => on().prop_map(Ask::End),
        2 => (on(), any::<u8>()).prop_map(|(on, which)| Ask::Odd(on, which)),
    ]
}

fn flags() -> impl Strategy<Value = u32> {
    prop_oneof![4 => Just(0), 2 => Just(1u32), 1 => Just(0x10u32), 1 => Just(0x11u32)]
}

fn action() -> impl Strategy<Value = u32> {
    prop_oneof![1 => Just(1u32), 1 => Just(2u32)]
}

fn aim() -> impl Strategy<Value = Aim> {
    prop_oneof![2 => (0..4u8).prop_map(Aim::Program), 1 => any::<u8>().prop_map(Aim::Process), 1 => (0..SERVICES).prop_map(Aim::Service)]
}
