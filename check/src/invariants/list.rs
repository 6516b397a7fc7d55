//! The invariants by name, each once: for whoever makes a test of each, and for whoever holds all of them
//! against a run.

use super::{self as rules, Holds, Moment};
use crate::played::Played;

/// An invariant of moments, and its name.
pub type OfMoment = (&'static str, fn(&Moment<'_>) -> Holds);

/// An invariant of stories, and its name.
pub type OfStory = (&'static str, fn(&Played) -> Holds);

/// Hands the names of all invariants to a macro.
#[macro_export]
macro_rules! with_invariants {
    ($then:ident) => {
        $then! {
            of moments:
                the_mutex_is_held_only_by_a_call_in_flight
                the_registry_has_one_key_for_each_open_session
                the_registry_is_whole_unless_a_writer_died;
            of stories, whatever the documents leave open:
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
                a_cancel_only_asks;
            of stories, by the default policy:
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
                a_cancelled_operation_begins_nothing_more;
        }
    };
}

macro_rules! list {
    (of moments: $($moment:ident)*;
     of stories, whatever the documents leave open: $($always:ident)*;
     of stories, by the default policy: $($by_default:ident)*;) => {
        /// Those of moments.
        pub const OF_MOMENTS: &[OfMoment] = &[$((stringify!($moment), rules::$moment)),*];

        /// Those of stories that hold whatever the documents leave open.
        pub const WHATEVER_THE_POLICY: &[OfStory] = &[$((stringify!($always), rules::$always)),*];

        /// Those of stories that the documents leave open, and the default policy answers so.
        pub const BY_DEFAULT: &[OfStory] = &[$((stringify!($by_default), rules::$by_default)),*];
    };
}

with_invariants!(list);
