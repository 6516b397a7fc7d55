//! What goes wrong: failures of every effect that can fail, deaths, cancels, and programs that come and go.

use proptest::prelude::*;
use proptest::sample::select;

use super::who;
use crate::fault::{Failure, Within};
use crate::strategies::{Mishap, Who, Wrong};

/// What a function does that can fail.
const MAY_FAIL: [(&str, &[&str]); 8] = [
    ("RmStartSession", &["Lock", "ReadRoot", "NewKey", "WriteValue", "DeleteSession"]),
    ("RmJoinSession", &["Lock", "ReadRoot"]),
    ("RmRegisterResources", &["Lock", "ReadSession", "WriteValue", "DeleteValue"]),
    ("RmGetList", &["Lock", "ReadSession", "Users", "Describe", "Services"]),
    (
        "RmShutdown",
        &["Lock", "ReadSession", "Users", "Describe", "Terminate", "Terminate", "Services", "StopService"],
    ),
    ("RmRestart", &["Lock", "ReadSession", "Launch", "StartService"]),
    ("RmEndSession", &["Lock", "ReadSession", "DeleteSession"]),
    ("RmCancelCurrentTask", &["Interrupt"]),
];

/// What a function does to take back what it wrote.
const TAKEN_BACK: [(&str, &[&str]); 2] =
    [("RmStartSession", &["DeleteSession"]), ("RmRegisterResources", &["DeleteValue", "WriteValue"])];

/// A fault of any kind, by anybody, anywhere; or two that belong together.
pub(in crate::strategies) fn mishap() -> impl Strategy<Value = Vec<Mishap>> {
    prop_oneof![
        5 => failure().prop_map(|mishap| vec![mishap]),
        4 => incident().prop_map(|mishap| vec![mishap]),
        1 => botched(),
    ]
}

/// A write that fails, and then taking back what was written before it.
fn botched() -> impl Strategy<Value = Vec<Mishap>> {
    let failures = || select(&[Failure::WriteFault, Failure::OutOfMemory][..]);
    let back = select(&TAKEN_BACK[..]).prop_flat_map(|(function, effects)| (Just(function), select(effects)));
    (first(), back, 2..=4u32, failures(), failures()).prop_map(|(by, (function, back), nth, one, other)| {
        let within = Some(Within { function, call: None });
        let fails = |effect, nth, failure| Mishap {
            by,
            effect: Some(effect),
            nth,
            within,
            what: Wrong::Fails(failure),
        };
        // What is taken back is written too: it counts with the rest.
        let again = if back == "WriteValue" { nth + 1 } else { 1 };
        vec![fails("WriteValue", nth, one), fails(back, again, other)]
    })
}

/// A function; the longer ones more often.
fn function() -> impl Strategy<Value = (&'static str, &'static [&'static str])> {
    prop_oneof![1 => select(&MAY_FAIL[..]), 1 => select(&MAY_FAIL[2..6])]
}

/// An effect that fails: one by name, or the n-th of a call that can fail so.
fn failure() -> impl Strategy<Value = Mishap> {
    let named = function().prop_flat_map(|(function, effects)| {
        let failing = select(effects).prop_flat_map(|effect| (Just(effect), select(Failure::of(effect))));
        (Just(function), failing)
    });
    let nth = || prop_oneof![4 => Just(1u32), 1 => 2..=4u32];
    let call = proptest::option::weighted(0.3, nth());
    let named =
        (first(), named, nth(), call).prop_map(|(by, (function, (effect, failure)), nth, call)| Mishap {
            by,
            effect: Some(effect),
            nth,
            within: Some(Within { function, call }),
            what: Wrong::Fails(failure),
        });
    let failures = select(&Failure::ALL[..]).prop_map(|(failure, _)| Wrong::Fails(failure));
    prop_oneof![4 => named, 1 => anywhere(failures.boxed(), 12)]
}

/// Something that happens before an effect.
fn incident() -> impl Strategy<Value = Mishap> {
    let program = 0..4u8;
    let what = prop_oneof![
        1 => Just(Wrong::Dies),
        2 => Just(Wrong::Cancel),
        1 => program.clone().prop_map(Wrong::Exit),
        1 => program.clone().prop_map(Wrong::Spawn),
        1 => (program.clone(), program).prop_map(|(old, new)| Wrong::Replace(old, new)),
    ];
    anywhere(what.boxed(), 25)
}

/// Mostly who makes most calls.
fn first() -> impl Strategy<Value = Who> {
    prop_oneof![3 => Just(Who { installer: 0, thread: 0 }), 2 => who()]
}

/// At one of the first so many effects: of a function's calls, or of all.
fn anywhere(what: BoxedStrategy<Wrong>, most: u32) -> impl Strategy<Value = Mishap> {
    let function = function().prop_map(|(function, _)| Within { function, call: None });
    // What is between a session's opening and its end is where most can happen.
    let longest =
        select(&["RmShutdown", "RmRestart"][..]).prop_map(|function| Within { function, call: None });
    let within = prop_oneof![2 => longest.prop_map(Some), 1 => function.prop_map(Some), 1 => Just(None)];
    (first(), 1..=most, within, what).prop_map(|(by, nth, within, what)| Mishap {
        by,
        effect: None,
        nth,
        within,
        what,
    })
}
