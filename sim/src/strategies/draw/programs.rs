//! Programs of every kind, and how they behave.

use proptest::collection::vec;
use proptest::prelude::*;
use rm_core::{AppType, Millis, Name};

use super::some_of;
use crate::strategies::{DrawnInstaller, DrawnProgram};
use crate::world::{Answer, Behavior, Reaction, Respawn, Window};

pub(in crate::strategies) fn drawn(files: &[Name]) -> impl Strategy<Value = DrawnProgram> + use<> {
    let app_type = prop_oneof![
        18 => Just(AppType::MainWindow), 4 => Just(AppType::OtherWindow), 15 => Just(AppType::Console),
        4 => Just(AppType::Explorer), 3 => Just(AppType::Unknown), 1 => Just(AppType::Critical),
    ];
    let registered = proptest::option::weighted(0.8, prop_oneof![5 => Just(0u32), 1 => Just(4u32)]);
    let mostly = |weight| proptest::bool::weighted(weight);
    let rights = (mostly(0.97), mostly(0.85), mostly(0.95));
    let seldom = |weight| proptest::bool::weighted(weight);
    let place = (prop_oneof![40 => Just(1u32), 1 => Just(2u32)], seldom(0.03), seldom(0.05), seldom(0.1));
    let uses = prop_oneof![1 => Just(Vec::new()), 9 => some_of(files, 2)];
    (app_type, uses, behavior(), registered, rights, place, respawn()).prop_map(
        |(app_type, uses, behavior, registered, (permitted, launchable, running), place, respawn)| {
            let (ts_session, of_other_user, elevated, on_shared_console) = place;
            DrawnProgram {
                app_type,
                uses,
                behavior,
                registered,
                permitted,
                launchable,
                ts_session,
                of_other_user,
                elevated,
                on_shared_console: on_shared_console && app_type == AppType::Console,
                respawn,
                running,
            }
        },
    )
}

/// Somebody who brings back what has gone; mostly nobody.
pub(super) fn respawn() -> impl Strategy<Value = Option<Respawn>> {
    let respawn = (1..40_000u32, 1..=2u32).prop_map(|(after, times)| Respawn { after: Millis(after), times });
    proptest::option::weighted(0.05, respawn)
}

/// An installer of this name: mostly elevated, and of the same user as the programs.
pub(in crate::strategies) fn installer(name: String) -> impl Strategy<Value = DrawnInstaller> {
    let other = (any::<bool>(), proptest::bool::weighted(0.3), prop_oneof![4 => Just(1u32), 1 => Just(2u32)]);
    let usual = DrawnInstaller::called(&name);
    let other = other.prop_map(move |(elevated, of_other_user, ts_session)| DrawnInstaller {
        name: name.clone(),
        elevated,
        of_other_user,
        ts_session,
    });
    prop_oneof![9 => Just(usual), 1 => other]
}

pub(in crate::strategies) fn behavior() -> impl Strategy<Value = Behavior> {
    let windows = prop_oneof![8 => Just(Vec::new()), 1 => vec(window(), 1..=2)];
    (window(), reaction(), windows).prop_map(|(own, control, windows)| {
        let Window { query, end_session, close } = own;
        Behavior { query, end_session, close, control: control.into(), windows, ..Behavior::default() }
    })
}

fn window() -> impl Strategy<Value = Window> {
    (answer(), reaction(), reaction()).prop_map(|(query, end_session, close)| Window {
        query: query.into(),
        end_session: end_session.into(),
        close: close.into(),
    })
}

pub(super) fn delay() -> impl Strategy<Value = Millis> {
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
