//! The conformance suite: plays its cases on an implementation, and has the judge say what it thinks.

mod cases;
mod drive;
mod implementation;
mod model;
mod suite;

pub use cases::{Case, all as cases};
pub use drive::{Driven, drive};
pub use implementation::{Implementation, Subject, Surroundings, Unable};
pub use model::Model;
pub use suite::{CaseResult, Outcome, RuleResult, Suite, Summary};
