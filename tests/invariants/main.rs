//! The invariants over random worlds, calls, interleavings and deaths: one property each.

use harness::invariants as rules;
use harness::play::{play, play_by};
use harness::schedule::{answers, cases, rules as by};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use rm_sim::transcript::View;

/// The same cases each time, so that a change is what turns a property red. `make seeds` draws others.
fn config() -> ProptestConfig {
    let mut config = ProptestConfig::default();
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = 1024;
    }
    if std::env::var_os("PROPTEST_RNG_SEED").is_none() {
        config.rng_seed = RngSeed::Fixed(0x524d);
    }
    config
}

/// A property per invariant, so that what breaks has a name.
macro_rules! properties {
    (of moments: $($moment:ident)+; of stories: $($story:ident)+) => {
        proptest! {
            #![proptest_config(config())]

            $(#[test]
            fn $moment(case in cases()) {
                prop_assert_eq!(play(&case, rules::$moment).err(), None);
            })+

            $(#[test]
            fn $story(case in cases()) {
                prop_assert_eq!(play(&case, |_| Ok(())).and_then(|played| rules::$story(&played)).err(), None);
            })+
        }
    };
}

properties! {
    of moments:
        the_mutex_is_held_only_by_a_call_in_flight
        the_registry_has_one_key_for_each_open_session
        the_registry_is_whole_unless_a_writer_died;
    of stories:
        a_refused_unforced_query_stops_nobody
        classes_are_stopped_in_order
        everybody_is_asked_before_anybody_is_told
        nothing_critical_or_foreign_is_touched
        only_force_terminates
        a_restart_starts_only_what_its_session_stopped
        a_restart_starts_only_what_may_be_started
        restart_is_out_of_sequence_exactly_before_a_shutdown
        no_handle_answers_after_its_end
        a_secondary_registers_and_leaves_and_nothing_else
        a_join_needs_the_key_of_a_live_session
        keys_are_32_hexadecimal_characters_and_differ
        a_damaged_key_is_noticed
        every_group_written_is_followed_by_its_hash
        progress_strictly_increases
        a_list_is_234_exactly_when_it_does_not_fit
        what_the_list_has_shown_stays_until_the_next_shutdown
        only_a_cancelled_operation_reports_so
        a_cancelled_operation_begins_nothing_more
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_call_ends(case in cases()) {
        let played = play(&case, |_| Ok(())).map_err(TestCaseError::fail)?;
        let alive = |process| played.machine.installer(process).is_some();
        for made in played.made.iter().filter(|made| alive(made.who.process)) {
            prop_assert!(made.reply.is_some(), "{:#?}", made);
        }
    }

    /// Whatever is answered: every call ends, and gives the mutex back.
    #[test]
    fn every_call_ends_under_any_answers(case in cases(), answers in answers()) {
        let moment = rules::the_mutex_is_held_only_by_a_call_in_flight;
        let played = play_by(&case, by(&answers), moment).map_err(TestCaseError::fail)?;
        let alive = |process| played.machine.installer(process).is_some();
        for made in played.made.iter().filter(|made| alive(made.who.process)) {
            prop_assert!(made.reply.is_some(), "{:#?}", made);
        }
    }

    #[test]
    fn the_same_case_gives_the_same_bytes(case in cases()) {
        let text = || play(&case, |_| Ok(())).map(|played| played.transcript.text(View::Full));
        prop_assert_eq!(text(), text());
    }
}
