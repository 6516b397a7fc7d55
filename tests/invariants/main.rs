//! The invariants over random worlds, calls, interleavings, faults and deaths: one property each.

mod fixtures;
mod sometimes;
mod strategies;

use harness::check::{check, check_any};
use harness::draw::{cases, cases_under_any_policy};
use harness::invariants::neighbours::{self, neighbours};
use harness::invariants::{self as rules, after};
use harness::play::{leave_in_the_midst, play};
use harness::played::Played;
use rm_core::{Limits, Millis};

/// An invariant of stories, and its name.
type Invariant = (&'static str, fn(&Played) -> rules::Holds);

/// A property per invariant, so that what breaks has a name.
macro_rules! properties {
    ($list:ident from $cases:ident: of moments: $($moment:ident)*; of stories: $($story:ident)*) => {
        /// Those of stories, with their names.
        const $list: &[Invariant] = &[$((stringify!($story), rules::$story)),*];

        $(#[test]
        fn $moment() {
            check(stringify!($moment), $cases(), |case| play(case, rules::$moment).map(drop));
        })*

        $(#[test]
        fn $story() {
            check(stringify!($story), $cases(), |case| {
                let played = play(case, |_| Ok(()))?;
                rules::$story(&played).map_err(|what| played.fails(what))
            });
        })*
    };
}

// Whatever the documents leave open: these hold.
properties! {
    WHATEVER_THE_POLICY from cases_under_any_policy:
    of moments:
        the_mutex_is_held_only_by_a_call_in_flight
        the_registry_has_one_key_for_each_open_session
        the_registry_is_whole_unless_a_writer_died;
    of stories:
        classes_are_stopped_in_order
        everybody_is_asked_before_anybody_is_told
        nothing_critical_or_foreign_is_touched
        nobody_outside_the_list_is_touched
        nobody_is_touched_whom_a_filter_protects
        only_force_terminates
        who_needs_a_service_stops_before_it_and_starts_after_it
        a_secondary_stops_nobody
        who_is_stopped_is_gone
        a_restart_starts_only_what_its_session_stopped
        a_restart_starts_only_what_may_be_started
        classes_are_started_the_other_way_round
        a_restart_tries_everybody
        a_shutdown_that_succeeds_leaves_nobody
        whoever_a_shutdown_stops_counts_as_stopped
        a_shutdown_that_is_refused_touches_nobody
        only_a_shutdown_touches_and_only_a_restart_starts
        no_handle_answers_after_its_end
        no_handle_is_given_twice
        a_handle_is_given_exactly_by_success
        a_join_needs_the_key_of_a_live_session
        keys_are_32_hexadecimal_characters_and_differ
        a_damaged_key_is_noticed
        every_group_written_is_followed_by_its_hash
        the_registry_is_used_under_the_mutex
        a_registration_is_all_or_nothing
        what_is_registered_stays
        a_start_is_refused_only_when_all_places_are_taken
        progress_strictly_increases
        a_failure_is_reported
        a_list_names_nobody_twice
        a_list_names_only_the_affected
        a_list_tells_only_what_has_happened
        a_filter_list_has_what_was_added_and_not_removed
        only_a_cancelled_operation_reports_so
        a_cancel_only_asks
}

// The documents leave these open, and the default policy answers them so.
properties! {
    BY_DEFAULT from cases:
    of moments: ;
    of stories:
        a_refused_unforced_query_stops_nobody
        nothing_is_done_to_a_program_twice
        who_cannot_be_stopped_keeps_everybody_running
        nobody_who_agreed_is_left_in_doubt
        only_registered_touches_nobody_who_would_not_come_back
        who_exits_by_itself_was_stopped_by_something_else
        nobody_is_started_whom_a_filter_keeps_down
        a_list_shows_what_filters_keep_from_whom
        restart_is_out_of_sequence_exactly_before_a_shutdown
        a_secondary_registers_and_leaves_and_nothing_else
        a_list_is_234_exactly_when_it_does_not_fit
        whoever_gives_cause_is_named
        only_who_can_be_restarted_is_said_to_be
        what_the_list_has_shown_stays_until_the_next_shutdown
        a_cancelled_operation_begins_nothing_more
}

#[test]
fn every_call_ends() {
    check("every_call_ends", cases_under_any_policy(), |case| {
        let played = play(case, |_| Ok(()))?;
        after::every_call_ends(&played).map_err(|what| played.fails(what))
    });
}

#[test]
fn sessions_stay_usable() {
    check("sessions_stay_usable", cases_under_any_policy(), |case| {
        let played = play(case, |_| Ok(()))?;
        after::sessions_stay_usable(&played).map_err(|what| played.fails(what))
    });
}

#[test]
fn places_of_the_dead_are_usable() {
    check("places_of_the_dead_are_usable", cases_under_any_policy(), |case| {
        let played = play(case, |_| Ok(()))?;
        after::places_of_the_dead_are_usable(&played).map_err(|what| played.fails(what))
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
