//! The invariants over random worlds, calls, interleavings, faults and deaths: one property each.

mod fixtures;
mod sometimes;
mod strategies;

use harness::case::Case;
use harness::check::{Stories, check, check_any, check_stories, play_all};
use harness::draw::{cases, cases_under_any_policy};
use harness::invariants::{self as rules, after};
use harness::neighbours::{self, neighbours};
use harness::play::{leave_in_the_midst, play};
use proptest::strategy::Strategy;
use rm_core::{Limits, Millis};

// A property per invariant, so that what breaks has a name.
macro_rules! properties {
    (of moments: $($moment:ident)*;
     of stories, whatever the documents leave open: $($always:ident)*;
     of stories, by the default policy: $($by_default:ident)*;) => {
        $(#[test]
        fn $moment() {
            check(stringify!($moment), cases_under_any_policy(), |case| play(case, rules::$moment).map(drop));
        })*

        $(#[test]
        fn $always() {
            check_stories(stringify!($always), under_any_policy(), rules::$always);
        })*

        $(#[test]
        fn $by_default() {
            check_stories(stringify!($by_default), by_default(), rules::$by_default);
        })*
    };
}

rm_check::with_invariants!(properties);

/// The cases under any policy, and their stories.
fn under_any_policy() -> (&'static Stories, impl Strategy<Value = Case>) {
    static STORIES: Stories = Stories::new(|| play_all(&cases_under_any_policy()));
    (&STORIES, cases_under_any_policy())
}

/// The cases under the default policy, and their stories.
fn by_default() -> (&'static Stories, impl Strategy<Value = Case>) {
    static STORIES: Stories = Stories::new(|| play_all(&cases()));
    (&STORIES, cases())
}

#[test]
fn every_call_ends() {
    check_stories("every_call_ends", under_any_policy(), after::every_call_ends);
}

#[test]
fn what_stays_stopped_is_named() {
    check_stories("what_stays_stopped_is_named", by_default(), after::what_stays_stopped_is_named);
}

#[test]
fn sessions_stay_usable() {
    check_stories("sessions_stay_usable", under_any_policy(), after::sessions_stay_usable);
}

#[test]
fn places_of_the_dead_are_usable() {
    check_stories("places_of_the_dead_are_usable", under_any_policy(), after::places_of_the_dead_are_usable);
}

#[test]
fn who_is_cancelled_ends() {
    let patience = Millis(u32::MAX);
    let limits = Limits { close: patience, console: patience, ..Limits::default() };
    check("who_is_cancelled_ends", cases_under_any_policy(), |case| {
        Ok(after::who_is_cancelled_ends(&leave_in_the_midst(case, limits)?)?)
    });
}

#[test]
fn sessions_meet_only_in_the_machine() {
    check_any(
        "sessions_meet_only_in_the_machine",
        neighbours(),
        neighbours::sessions_meet_only_in_the_machine,
    );
}

#[test]
fn the_same_case_gives_the_same_bytes() {
    use rm_sim::transcript::View;
    check("the_same_case_gives_the_same_bytes", cases_under_any_policy(), |case| {
        let text = || play(case, |_| Ok(())).map(|played| played.transcript.text(View::Full));
        if text()? == text()? { Ok(()) } else { Err("two runs differ".to_string().into()) }
    });
}
