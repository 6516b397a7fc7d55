//! The Windows Restart Manager as a pure model.
//!
//! **The model is a pure function of a world, calls and choices.** It reads no clock, no thread, no
//! random number and no environment: this crate is `no_std`, and whatever it wants from the world it
//! asks for as an [`Effect`].
//!
//! # One call, from beginning to end
//!
//! A [`Call`] that is begun on an [`Installer`] becomes an [`Operation`]. It asks for one effect at a
//! time and is told its [`Outcome`], until it has a [`Reply`]. *One effect at a time* is the rule that
//! everything else rests on: between two outcomes of a thread exactly one effect happens, and that is
//! where a cancel, a fault, a death or another thread's move has its place.
//!
//! ```
//! use rm_core::{Effect, Identity, Installer, Next, Outcome, Rules, Thread, UniqueProcess};
//! use rm_core::{Call, ErrorCode, SessionHandle, SessionKey};
//!
//! let rules = Rules::default();
//! let me = Identity::new(UniqueProcess { id: 100, start_time: 1 });
//! let mut setup = Installer::new(me);
//! let thread = Thread(0);
//!
//! setup.begin(thread, Call::Start { handle: Default::default(), flags: 0, key: Default::default() });
//! let reply = loop {
//!     // Asks, and changes nothing.
//!     match setup.poll_effect(thread, &rules) {
//!         Next::Done(reply) => break reply,
//!         Next::Wait => unreachable!("no other thread uses the session"),
//!         Next::Do(effect) => {
//!             // Whoever carries effects out: here a machine on which everything works at once.
//!             let outcome = match &effect {
//!                 Effect::Lock(..) => Outcome::Held,
//!                 Effect::ReadRoot(_) => Outcome::Slots(vec![]),
//!                 Effect::NewKey => Outcome::Key(SessionKey(0x5e55)),
//!                 Effect::NewHandle(lowest) => Outcome::Handle(*lowest),
//!                 _ => Outcome::Done,
//!             };
//!             // Records a fact, and asks nothing.
//!             setup.handle_outcome(thread, &effect, outcome);
//!         }
//!     }
//! };
//! setup.finish(thread);
//!
//! assert_eq!(reply.code, ErrorCode::SUCCESS);
//! assert!(setup.library().sessions.contains_key(&SessionHandle(0)));
//! ```
//!
//! [`run`] is that loop, over any [`Backend`]. The simulator, an explorer and a judge move operations
//! by the same three methods; nobody has a second idea of what Restart Manager does.
//!
//! # Where things go
//!
//! | what | where |
//! | --- | --- |
//! | a rule of a function: what it does next, what it refuses | `operation/`, one file per function; what is decided before anything is done in `operation/plan.rs` |
//! | what is wrong with arguments | `operation/arguments.rs` |
//! | a refusal and its Windows code | [`Refusal`]: one variant per reason, one table |
//! | what an answer refuses, and with which code | `Refusal::Answered`, made where the question is asked |
//! | what is refused by the moment: other threads, the session's course | `operation/gate.rs`; what has to be known later is kept by `operation/course.rs` |
//! | something new that is asked of the world | [`Effect`], its answers in [`Outcome`], the pairs in [`Effect::accepts`] |
//! | the text, evidence and source of a rule | `core/rules/*.txt`; code cites it as `rule!("RM-RST-02")` |
//! | what the documents leave open | `core/latitudes/*.txt`; code asks [`Rules::ask`], and the answers are declared beside the code that asks |
//! | what Windows' event log says | [`EventLog`], read off effects and replies |
//! | what applications say of themselves: `RegisterApplicationRestart` and its kin | [`arr`] |
//! | what a handle stands for, the history of applications | [`Library`] |
//! | what most moves leave as it is, and is shared until something changes it | [`Part`], by the prints of [`Mixer`] |
//! | what installers share: the registry's layout | [`store`] |
//!
//! # Two kinds of state
//!
//! Each installer *process* has its own [`Library`]. What installers share lives in the registry, in
//! the layout Windows uses, and is reached through effects that can fail. So a join from another
//! process, an owner that dies and a write cut short are modelled because they happen, not because a
//! flag says so.
//!
//! # Rules and latitudes
//!
//! ```
//! use rm_core::{Rules, rule};
//! use rm_core::rules::{Latitude, Policy};
//!
//! // Every answer can be traced to a rule …
//! assert!(rule!("RM-RST-02").row().statement.contains("776"));
//! // … or to a question that the documents leave open, with the answer in force.
//! let first_handle = Latitude::find("OQ-02.issued").expect("it is in the catalogue");
//! let documented = Rules::new(Policy::documented());
//! assert_eq!(documented.policy.answers(first_handle).collect::<Vec<_>>(), [0]); // not 0, says the text
//! assert_eq!(Policy::seen().answers(first_handle).collect::<Vec<_>>(), [1]); // 0 was seen
//! ```
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod app_status;
mod application;
pub mod arr;
mod call;
mod decision;
mod driver;
mod effect;
mod event_log;
mod filter;
mod installer;
mod library;
mod limits;
mod mixer;
mod name;
mod operation;
mod outcome;
mod part;
mod path;
mod process;
mod reboot;
mod refusal;
mod reply;
pub mod rules;
mod seen;
mod session;
pub mod store;

pub use app_status::AppStatus;
pub use application::{Affected, AppId, AppType, Class, Description, RestartSettings, Service};
pub use call::{Array, Call, Out, ShutdownFlags, Target};
pub use decision::{Decision, Launch, Settlement, Verdict};
pub use driver::{Backend, Shared, run};
pub use effect::{Effect, Look, Message, Note, Reach};
pub use event_log::{EventLog, LogEvent, Logged};
pub use filter::{Filter, FilterAction, FilterTarget, Filters};
pub use installer::Installer;
pub use library::{Application, Library, Seat, Session};
pub use limits::{Limits, Millis};
pub use mixer::Mixer;
pub use name::Name;
pub use operation::{Next, Operation};
pub use outcome::{Again, Outcome, ServiceQuery, Serving, Tag};
pub use part::Part;
pub use process::{Caller, Identity, Thread, UniqueProcess};
pub use reboot::RebootReasons;
pub use refusal::{ErrorCode, Fault, Refusal};
pub use reply::{Cause, Entry, FilterList, Grounds, List, Output, Reply};
pub use rules::{Policy, Rule, Rules};
pub use seen::{Difference, Point, Seen, SeenEntry, SeenFilters, SeenList, SeenOutput, breaks_progress};
pub use session::{Role, Scope, SessionHandle, SessionKey, Slot};
