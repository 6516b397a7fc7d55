//! A simulated machine for the Restart Manager model.
//!
//! A [`World`] has programs that use files, answer messages and exit; a registry; and virtual time,
//! which passes only when everybody waits for it. A [`Machine`] is a world with installers on it.
//! Both are plain values: they can be cloned, compared and hashed. A [`Simulation`] is a machine
//! being run, with a [`Transcript`] of what happens; a [`Scenario`] is a machine and a script in one
//! file, with what to expect.
//!
//! ```
//! use rm_sim::Scenario;
//!
//! let scenario = Scenario::parse(r#"
//!     why = "Out of sequence: nothing was shut down yet."
//!     [installer.setup]
//!     [[step]]
//!     start = {}
//!     [[step]]
//!     restart = {}
//!     expect  = { code = 776, cites = "RM-RST-02" }
//! "#)?;
//! let run = scenario.run()?;
//! assert!(run.unmet.is_empty());
//! # Ok::<(), rm_sim::scenario::Problem>(())
//! ```
//!
//! | what | where |
//! | --- | --- |
//! | how an effect is carried out | `world/perform.rs`; those that block in `world/wait.rs` |
//! | how a program answers | [`world::Behavior`] |
//! | what could go either way, and who decides | [`choice`] |
//! | what may go wrong, and when | [`fault`] |
//! | the scenario format, field by field | `scenario/format.rs`; by example in `fixtures/readme.toml` |
//! | a machine to test an installer on, from Rust | [`lab`] |
//! | what is done with a machine, as values | [`Move`] |
//! | what else happens while calls are made | [`schedule`] |
//! | how a run is written as a scenario | `scenario/write.rs` |
//! | what exercises which rule | [`spec`] |
//! | how a transcript is written | `transcript/text.rs` |
//! | what is drawn at random, and how it shrinks (feature `proptest`) | `strategies` |
//! | why an application was listed, stopped or started again, or not | [`why`] |

mod backend;
pub mod choice;
pub mod fault;
pub mod lab;
mod machine;
mod moves;
pub mod packed;
pub mod scenario;
pub mod schedule;
mod simulation;
pub mod spec;
#[cfg(feature = "proptest")]
pub mod strategies;
pub mod transcript;
pub mod why;
pub mod world;

pub use backend::SimBackend;
pub use fault::FaultPlan;
pub use lab::Lab;
pub use machine::{Machine, Moved};
pub use moves::Move;
pub use scenario::Scenario;
pub use schedule::Schedule;
pub use simulation::{Simulation, Stuck, Until};
pub use transcript::Transcript;
pub use world::World;
