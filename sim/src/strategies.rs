//! Strategies for property tests of whoever uses the API: worlds, behaviors, fault plans and policies that are
//! drawn at random, and shrink to what matters.
mod cast;
mod draw;
mod setting;
mod settings;
mod shrunk;
mod smaller;
mod stage;

pub use cast::{DrawnInstaller, DrawnProgram, DrawnService, SharedHost};
pub use setting::{Mishap, Setting, Who, Wrong};
pub use settings::{Settings, answers, behavior, fault_plan, program, service, settings};
pub use shrunk::{Shrinking, Shrunk, each, fewer, shrinking};
pub use stage::{HOST, Staged};
