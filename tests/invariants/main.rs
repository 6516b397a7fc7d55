//! The invariants over random worlds, calls, interleavings, faults and deaths: one property each.

mod fixtures;
mod sometimes;
mod strategies;

use harness::case::Case;
use harness::check::{check, check_any};
use harness::draw::{cases, cases_under_any_policy};
use harness::invariants::{self as rules, after};
use harness::neighbours::{self, neighbours};
use harness::play::{Failure, fails, leave_in_the_midst, play};
use harness::played::Played;
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
            check(stringify!($always), cases_under_any_policy(), |case| tells(case, rules::$always));
        })*

        $(#[test]
        fn $by_default() {
            check(stringify!($by_default), cases(), |case| tells(case, rules::$by_default));
        })*
    };
}

rm_check::with_invariants!(properties);

/// Holds the story of a case against an invariant.
fn tells(case: &Case, invariant: fn(&Played) -> rules::Holds) -> Result<(), Failure> {
    let played = play(case, |_| Ok(()))?;
    invariant(&played).map_err(|what| fails(&played, what))
}

#[test]
fn every_call_ends() {
    check("every_call_ends", cases_under_any_policy(), |case| {
        let played = play(case, |_| Ok(()))?;
        after::every_call_ends(&played).map_err(|what| fails(&played, what))
    });
}

#[test]
fn what_stays_stopped_is_named() {
    check("what_stays_stopped_is_named", cases(), |case| {
        let played = play(case, |_| Ok(()))?;
        after::what_stays_stopped_is_named(&played).map_err(|what| fails(&played, what))
    });
}

#[test]
fn sessions_stay_usable() {
    check("sessions_stay_usable", cases_under_any_policy(), |case| {
        let played = play(case, |_| Ok(()))?;
        after::sessions_stay_usable(&played).map_err(|what| fails(&played, what))
    });
}

#[test]
fn places_of_the_dead_are_usable() {
    check("places_of_the_dead_are_usable", cases_under_any_policy(), |case| {
        let played = play(case, |_| Ok(()))?;
        after::places_of_the_dead_are_usable(&played).map_err(|what| fails(&played, what))
    });
}

#[test]
fn who_is_cancelled_ends() {
    let patience = Millis(u32::MAX);
    let limits = Limits { close: patience, console: patience, ..Limits::default() };
    check("who_is_cancelled_ends", cases_under_any_policy(), |case| {
        Ok(after::who_is_cancelled_ends(leave_in_the_midst(case, limits)?)?)
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
