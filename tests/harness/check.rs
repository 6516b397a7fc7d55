//! Tries a property on many cases. One that fails is made small, told of, and kept.

use std::fmt;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, FileFailurePersistence, RngSeed, TestCaseError, TestError, TestRunner};

use crate::case::Case;
use crate::play::Failure;
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

/// The same with only one case of so many: for what takes long.
///
/// # Panics
/// When one fails: with the smallest case that does, its story, and how to replay it.
#[expect(clippy::panic, reason = "a property that does not hold fails its test")]
pub fn check_one_of(
    many: u32,
    name: &str,
    cases: impl Strategy<Value = Case>,
    property: impl Fn(&Case) -> Result<(), Failure>,
) {
    let config = config();
    let mut runner = TestRunner::new(Config { cases: config.cases.div_ceil(many), ..config });
    let found =
        runner.run(&cases, |case| property(&case).map_err(|failure| TestCaseError::fail(failure.what)));
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
