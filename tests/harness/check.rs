//! Tries a property on many cases. One that fails is made small, told of, and kept.

use std::fmt;
use std::sync::{LazyLock, Mutex, PoisonError};

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, FileFailurePersistence, RngSeed, TestCaseError, TestError, TestRunner};

use crate::case::Case;
use crate::play::{Failure, fails, play};
use crate::played::Played;
use crate::report;

/// How many cases a property is tried on.
pub const CASES: u32 = 1024;

/// How many cases may be tried in the place of one that fails: enough to come to the smallest.
const SHRINKS: u32 = 1_000_000;

/// The same cases each time, so that a change is what turns a property red. `make seeds` draws others.
/// Seeds of cases that failed are kept, and tried first.
#[must_use]
pub fn config() -> Config {
    let mut config =
        Config { source_file: Some("invariants/main.rs"), max_shrink_iters: SHRINKS, ..Config::default() };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = CASES;
    }
    if std::env::var_os("PROPTEST_RNG_SEED").is_none() {
        config.rng_seed = RngSeed::Fixed(0x524d);
    }
    let kept = concat!(env!("CARGO_MANIFEST_DIR"), "/proptest-regressions/main.txt");
    config.failure_persistence = Some(Box::new(FileFailurePersistence::Direct(kept)));
    config
}

/// Holds random cases against a property.
///
/// # Panics
/// When one fails: with the smallest case that does, its story, and how to replay it.
pub fn check(
    name: &str,
    cases: impl Strategy<Value = Case>,
    property: impl Fn(&Case) -> Result<(), Failure>,
) {
    check_one_of(1, name, cases, property);
}

/// The cases of a property, each played; they are the same for every property, and played once for all of them.
pub struct Stories(LazyLock<Mutex<Vec<Result<Played, Failure>>>>);

impl Stories {
    /// The stories of cases that are drawn so.
    #[must_use]
    pub const fn new(play_all: fn() -> Mutex<Vec<Result<Played, Failure>>>) -> Self {
        Self(LazyLock::new(play_all))
    }
}

/// Plays as many cases as a property is tried on.
pub fn play_all(cases: &impl Strategy<Value = Case>) -> Mutex<Vec<Result<Played, Failure>>> {
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..config() });
    let drawn = (0..config().cases).filter_map(|_| cases.new_tree(&mut runner).ok());
    Mutex::new(drawn.map(|tree| play(&tree.current(), |_| Ok(()))).collect())
}

/// Holds the stories of random cases against a property: those of cases that failed once first. Where one does not
/// hold, its case is looked for and made small.
///
/// # Panics
/// When one fails: with the smallest case that does, its story, and how to replay it.
#[expect(clippy::panic, reason = "a property that does not hold fails its test")]
pub fn check_stories(
    name: &str,
    (stories, cases): (&Stories, impl Strategy<Value = Case>),
    property: impl Fn(&Played) -> Result<(), String>,
) {
    let of_case = |case: &Case| {
        let played = play(case, |_| Ok(()))?;
        property(&played).map_err(|what| fails(&played, what))
    };
    // What `make seeds` draws is too much to keep.
    if config().cases > CASES {
        return check(name, cases, of_case);
    }
    check_some(0, name, &cases, of_case);
    let stories = stories.0.lock().unwrap_or_else(PoisonError::into_inner);
    assert!(stories.len() == config().cases as usize, "only {} cases were drawn", stories.len());
    let is_so = |story: &Result<Played, Failure>| story.as_ref().is_ok_and(|played| property(played).is_ok());
    if !stories.iter().all(is_so) {
        drop(stories);
        check(name, cases, of_case);
        panic!("{name} does not hold of a story, and of no case");
    }
}

/// The same with only one case of so many: for what takes long.
///
/// # Panics
/// When one fails: with the smallest case that does, its story, and how to replay it.
pub fn check_one_of(
    many: u32,
    name: &str,
    cases: impl Strategy<Value = Case>,
    property: impl Fn(&Case) -> Result<(), Failure>,
) {
    check_some(config().cases.div_ceil(many), name, &cases, property);
}

/// The same with so many cases, and with those that failed once.
#[expect(clippy::panic, reason = "a property that does not hold fails its test")]
fn check_some(
    many: u32,
    name: &str,
    cases: &impl Strategy<Value = Case>,
    property: impl Fn(&Case) -> Result<(), Failure>,
) {
    let mut runner = TestRunner::new(Config { cases: many, ..config() });
    let found =
        runner.run(cases, |case| property(&case).map_err(|failure| TestCaseError::fail(failure.what)));
    match found {
        Ok(()) => {}
        Err(TestError::Fail(_, small)) => {
            let failure = property(&small).err().unwrap_or_else(|| String::from("it fails no more").into());
            panic!("{}", report::text(name, &small, &failure));
        }
        Err(TestError::Abort(why)) => panic!("{name}: {why}"),
    }
}

/// Holds other random things than cases against a property.
///
/// # Panics
/// When one fails.
#[expect(clippy::panic, reason = "a property that does not hold fails its test")]
pub fn check_any<T: fmt::Debug>(
    name: &str,
    things: impl Strategy<Value = T>,
    property: impl Fn(&T) -> Result<(), String>,
) {
    let found = TestRunner::new(config()).run(&things, |thing| property(&thing).map_err(TestCaseError::fail));
    if let Err(failure) = found {
        panic!("{name} does not hold: {failure}");
    }
}

/// How many times as much is to be tried as usual.
pub fn times() -> u32 {
    std::env::var("RM_TIMES").ok().and_then(|times| times.parse().ok()).unwrap_or(1).max(1)
}

/// Draws so many cases, the same each time, for what is to be seen in some of them; `RM_TIMES` as many where
/// that is set (`make seeds`).
pub fn each(many: u32, cases: impl Strategy<Value = Case>, mut see: impl FnMut(&Case)) {
    let mut runner =
        TestRunner::new(Config { failure_persistence: None, rng_seed: RngSeed::Fixed(0x524d), ..config() });
    let times = times();
    for _ in 0..many.saturating_mul(times) {
        if let Ok(tree) = cases.new_tree(&mut runner) {
            see(&tree.current());
        }
    }
}
