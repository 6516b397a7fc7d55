//! The conformance suite: plays its cases on an implementation, and has the judge say what it thinks.
//!
//! An implementation is whatever is behind two traits: [`Implementation`] takes calls and tells what is seen,
//! [`Surroundings`] sets up the world as far as it can. Here is one that reports success and does nothing:
//!
//! ```
//! use std::collections::{BTreeMap, VecDeque};
//! use rm_check::boundary::{Event, Line};
//! use rm_check::conform::{Implementation, Outcome, RuleResult, Suite, Summary, Surroundings, Unable};
//! use rm_core::{Call, Caller, ErrorCode, Millis, Rule, Seen, SeenOutput, SessionHandle, SessionKey, Thread};
//! use rm_sim::scenario::Need;
//!
//! #[derive(Default)]
//! struct Stub(VecDeque<Line>);
//!
//! impl Implementation for Stub {
//!     fn begin(&mut self, who: Caller, call: Call, _: Option<Thread>) {
//!         let output = match call {
//!             Call::Start { .. } => SeenOutput::Started(SessionHandle(1), SessionKey(0), true),
//!             _ => SeenOutput::Nothing,
//!         };
//!         let seen = Seen { code: ErrorCode::SUCCESS, output };
//!         self.0.push_back(Line::new(0, Event::Replied(who, call.function(), seen)));
//!     }
//!
//!     fn next(&mut self, _: Millis) -> Option<Line> {
//!         self.0.pop_front()
//!     }
//! }
//!
//! impl Surroundings for Stub {
//!     fn cannot(&self) -> BTreeMap<Need, Unable> {
//!         [Need::Programs, Need::Services].map(|need| (need, "nobody runs here".into())).into()
//!     }
//!
//!     fn set_up(&mut self, _world: &str) -> Result<(), Unable> {
//!         Ok(())
//!     }
//!
//!     fn start(&mut self, name: &str) -> Result<(), Unable> {
//!         Err(format!("`{name}` cannot be started"))
//!     }
//!
//!     fn stop(&mut self, name: &str) -> Result<(), Unable> {
//!         Err(format!("`{name}` cannot be stopped"))
//!     }
//!
//!     fn now(&self) -> u64 {
//!         0
//!     }
//! }
//!
//! let suite = Suite { named: Some("end/".into()), ..Suite::default() };
//! let results: Vec<_> = suite.cases().map(|case| suite.play(case, &mut Stub::default())).collect();
//! assert!(results.iter().any(|result| matches!(result.outcome, Outcome::Failed(_))));
//! let twice = Rule::find("RM-END-02").expect("it is a rule");
//! assert!(matches!(Summary::of(&results).rules[&twice], RuleResult::Failed { .. }));
//! ```

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
