//! Programs of every kind, and how they behave.

use proptest::collection::vec;
use proptest::prelude::*;
use rm_core::{AppType, Millis};
use rm_sim::world::{Answer, Behavior, Reaction};

use crate::case::{Drawn, FILES};

pub(super) fn drawn() -> impl Strategy<Value = Drawn> {
    let app_type = prop_oneof![
        18 => Just(AppType::MainWindow), 4 => Just(AppType::OtherWindow), 15 => Just(AppType::Console),
        4 => Just(AppType::Explorer), 3 => Just(AppType::Unknown), 1 => Just(AppType::Critical),
    ];
    let registered = proptest::option::weighted(0.8, prop_oneof![5 => Just(0u32), 1 => Just(4u32)]);
    let mostly = |weight| proptest::bool::weighted(weight);
    let rights = (mostly(0.97), mostly(0.85), mostly(0.95));
    let uses = prop_oneof![1 => Just(Vec::new()), 9 => vec(0..FILES, 1..=2)];
    let ts_session = prop_oneof![40 => Just(1u32), 1 => Just(2u32)];
    (app_type, uses, behavior(), registered, rights, ts_session).prop_map(
        |(app_type, uses, behavior, registered, (permitted, launchable, running), ts_session)| Drawn {
            app_type,
            uses,
            behavior,
            registered,
            permitted,
            launchable,
            ts_session,
            running,
        },
    )
}

/// A program that answers at once, whatever it answers, and holds these files.
pub fn calm_program(uses: BoxedStrategy<Vec<u8>>) -> impl Strategy<Value = Drawn> {
    (drawn(), uses).prop_map(|(mut drawn, uses)| {
        drawn.uses = uses;
        let Behavior { query, end_session, close, control, .. } = &mut drawn.behavior;
        *query = query.map(|answer| match answer {
            Answer::Yes(_) => Answer::Yes(Millis(0)),
            Answer::No(_) => Answer::No(Millis(0)),
            Answer::Exits(_) => Answer::Exits(Millis(0)),
            Answer::Never | Answer::Choose => answer,
        });
        for reactions in [end_session, close, control] {
            *reactions = reactions.map(|reaction| match reaction {
                Reaction::Exits(_) => Reaction::Exits(Millis(0)),
                other => other,
            });
        }
        drawn
    })
}

fn behavior() -> impl Strategy<Value = Behavior> {
    (answer(), reaction(), reaction(), reaction()).prop_map(|(query, end_session, close, control)| Behavior {
        query: query.into(),
        end_session: end_session.into(),
        close: close.into(),
        control: control.into(),
        ..Behavior::default()
    })
}

fn delay() -> impl Strategy<Value = Millis> {
    prop_oneof![3 => Just(Millis(0)), 1 => (1..40_000u32).prop_map(Millis)]
}

fn answer() -> impl Strategy<Value = Answer> {
    prop_oneof![
        12 => delay().prop_map(Answer::Yes),
        2 => delay().prop_map(Answer::No),
        1 => Just(Answer::Never),
        1 => delay().prop_map(Answer::Exits),
    ]
}

fn reaction() -> impl Strategy<Value = Reaction> {
    prop_oneof![6 => delay().prop_map(Reaction::Exits), 3 => Just(Reaction::Stays), 1 => Just(Reaction::Never)]
}
