//! The conformance suite: plays its cases on an implementation, and has the judge say what it thinks.

mod backend;
mod cases;
mod drive;
mod exec;
mod implementation;
mod model;
mod stranger;
mod suite;

pub use backend::Backend;
pub use cases::{Case, all as cases};
pub use drive::{Driven, drive};
pub use exec::Exec;
pub use implementation::{Implementation, Subject, Surroundings, Unable};
pub use model::Model;
pub use stranger::Stranger;
pub use suite::{CaseResult, Outcome, RuleResult, Suite, Summary, blamed};

/// The demands that no case can show yet, and why; see [`rm_sim::spec::NotShown`].
pub const NOT_SHOWN: &str = include_str!("../not-shown.txt");
