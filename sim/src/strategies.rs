//! Strategies for property tests of whoever uses the API: worlds, behaviors, fault plans, policies and schedules that
//! are drawn at random, and shrink to what matters.
//!
//! A [`Setting`] is everything but what the installers do, [`settings`] draws some, and [`Setting::stage`] sets the
//! machine up. A setting that fails shrinks to one of which nothing can be left out; and what was done with the
//! machine is printed as a scenario.
//!
//! ```
//! use proptest::prelude::*;
//! use proptest::test_runner::{Config, RngSeed, TestError, TestRunner};
//! use rm_core::{Array, Call, Out, SessionHandle, ShutdownFlags};
//! use rm_sim::strategies::{Setting, Staged, Who, settings};
//!
//! const FILE: &str = r"C:\App\lib.dll";
//!
//! /// An updater that replaces its file whatever `RmShutdown` says, and whether nobody uses it then.
//! fn updates(setting: &Setting) -> (Staged, bool) {
//!     let mut staged = setting.stage();
//!     let updater = staged.caller(Who::default()).expect("an installer");
//!     let (session, files) = (SessionHandle(0), [Some(FILE.into())].into_iter().collect());
//!     for call in [
//!         Call::Start { handle: Out::Given, flags: 0, key: Out::Given },
//!         Call::Register { session, files, processes: Array::default(), services: Array::default() },
//!         Call::Shutdown { session, flags: ShutdownFlags(0), callback: true },
//!     ] {
//!         let _ = staged.call(updater, call);
//!     }
//!     let free = {
//!         let world = &staged.simulation.machine.world;
//!         let mut running = world.processes().filter_map(|process| world.cast().program(process.program));
//!         !running.any(|program| program.uses.contains(&FILE.into()))
//!     };
//!     (staged, free)
//! }
//!
//! let settings = settings(&[FILE]).installers(&["updater"]).programs(1..=3).services(0).faults(false);
//! let config = Config { rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..Config::default() };
//! let found = TestRunner::new(config).run(&settings.meanwhile(), |setting| {
//!     prop_assert!(updates(&setting).1, "the file is in use");
//!     Ok(())
//! });
//! let Err(TestError::Fail(_, setting)) = found else { panic!("the mistake is not found") };
//! assert_eq!((setting.programs.len(), setting.meanwhile.left.len()), (1, 0), "{setting:?}");
//!
//! // What `rmsim run` replays.
//! let scenario = setting.scenario(&updates(&setting).0.moves, "The updater replaces a file in use.");
//! assert!(rm_sim::Scenario::parse(&scenario)?.run()?.unmet.is_empty());
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
mod schedule;
mod setting;
mod settings;
mod shrunk;
mod smaller;
mod stage;

pub use cast::{DrawnInstaller, DrawnProgram, DrawnService, SharedHost};
pub use schedule::{Happening, Meanwhile, Schedule};
pub use setting::{Mishap, Setting, Who, Wrong};
pub use settings::{
    Settings, answers, behavior, fault_plan, happening, program, schedule, service, settings,
};
pub use shrunk::{Shrinking, Shrunk, each, fewer, shrinking};
pub use stage::{HOST, Staged};
