//! Strategies for property tests of whoever uses the API: worlds, behaviors, fault plans, policies and schedules that
//! are drawn at random, and shrink to what matters.
//!
//! A [`Setting`] is everything but what the installers do, [`settings`] draws some, and a [`Lab`](crate::Lab) plays
//! them. A setting that fails shrinks to one of which nothing can be left out; and what was done with the machine is
//! printed as a scenario.
//!
//! ```
//! use proptest::prelude::*;
//! use proptest::test_runner::{Config, RngSeed, TestError, TestRunner};
//! use rm_core::ShutdownFlags;
//! use rm_sim::lab::{Error, Lab};
//! use rm_sim::strategies::{Setting, settings};
//!
//! const FILE: &str = r"C:\App\lib.dll";
//!
//! /// An updater that goes on whatever `RmShutdown` says. Nobody should use the file then.
//! fn update(setting: &Setting) -> Result<(), Error> {
//!     let lab = Lab::with(setting, "An updater replaces a file.");
//!     let session = lab.installer("updater")?.start_session()?;
//!     session.register_files(&[FILE])?;
//!     let _ = session.shutdown(ShutdownFlags::default());
//!     lab.files_free(&[FILE])
//! }
//!
//! let settings = settings(&[FILE]).installers(&["updater"]).programs(1..=3).services(0).faults(false);
//! let config = Config { rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..Config::default() };
//! let found = TestRunner::new(config).run(&settings.meanwhile(), |setting| Ok(update(&setting)?));
//! let Err(TestError::Fail(_, setting)) = found else { panic!("the mistake is not found") };
//! assert_eq!((setting.programs.len(), setting.meanwhile.left.len()), (1, 0), "{setting:?}");
//!
//! // What does not hold, what happened, and what `rmsim run` replays.
//! let error = update(&setting).unwrap_err();
//! let broken = error.broken().expect("an assertion that does not hold");
//! assert!(rm_sim::Scenario::parse(&broken.scenario)?.run()?.unmet.is_empty());
//! # Ok::<(), rm_sim::scenario::Problem>(())
//! ```
//!
//! Inside `proptest!` the strategies stand where any other would: `fn holds(setting in settings(&[FILE]))`.
//!
//! | to draw | strategy | how it gets smaller |
//! | --- | --- | --- |
//! | all of it | [`settings`] | [`Setting::smaller`] |
//! | one program, how it answers, one service | [`program`], [`behavior`], [`service`] | [`DrawnProgram::smaller`], [`DrawnService::smaller`] |
//! | what goes wrong at an effect | [`fault_plan`] | [`Mishap::smaller`] |
//! | answers to open questions | [`answers`] | |
//! | what happens meanwhile | [`schedule`] | [`Schedule::smaller`] |
//! | anything of your own that has these in it | [`shrinking`] | [`fewer`], [`each`] |

mod cast;
mod draw;
mod setting;
mod settings;
mod shrunk;
mod smaller;
mod stage;

pub use crate::schedule::{Happening, Meanwhile, Schedule};
pub use cast::{DrawnInstaller, DrawnProgram, DrawnService, SharedHost};
pub use setting::{Mishap, Setting, Who, Wrong};
pub use settings::{
    Settings, answers, behavior, fault_plan, happening, program, schedule, service, settings,
};
pub use shrunk::{Shrinking, Shrunk, each, fewer, shrinking};
pub use stage::{HOST, Staged};
