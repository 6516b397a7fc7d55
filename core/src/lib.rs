//! The Windows Restart Manager as a pure model.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod application;
mod call;
mod driver;
mod effect;
mod installer;
mod library;
mod limits;
mod name;
mod operation;
mod process;
mod reboot;
mod refusal;
mod reply;
pub mod rules;
mod session;
pub mod store;

pub use application::{Affected, AppStatus, AppType, Class, Description, RestartSettings};
pub use call::{Array, Call, Out, ShutdownFlags};
pub use driver::{Backend, Shared, run};
pub use effect::{Decision, Effect, Launch, Message, Outcome, Settlement};
pub use installer::{Installer, Next};
pub use library::{Application, Library, Seat, Session};
pub use limits::{Limits, Millis};
pub use name::Name;
pub use operation::Operation;
pub use process::{Caller, Identity, Thread, UniqueProcess};
pub use reboot::RebootReasons;
pub use refusal::{ErrorCode, Fault, Refusal};
pub use reply::{Entry, List, Output, Reply};
pub use rules::{Policy, Rule, Rules};
pub use session::{Role, SessionHandle, SessionKey, Slot};
