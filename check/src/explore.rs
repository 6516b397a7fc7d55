//! Visits every state of a bounded world.
//!
//! [`walk()`] goes breadth first over anything that is a [`Model`]: first states, their successors, and
//! [properties](Property). It knows nothing of Restart Manager, and is tested on small graphs that are known.
//!
//! | what | where |
//! | --- | --- |
//! | what can be explored, and held against what | `explore/model.rs` |
//! | the walk, layer by layer, with any number of threads | `explore/walk.rs` |
//! | a thread of it, which finds successors and looks them up | `explore/worker.rs` |
//! | what it has met and not looked up yet | `explore/aside.rs` |
//! | what stands for a state, and what that guarantees | `explore/print.rs` |
//! | the visited set, and what it costs | `explore/seen.rs`; where in it a print is, `explore/table.rs` |
//! | the same by place, for whoever looks back | `explore/visited.rs` |
//! | what a walk came to: counts, verdicts, shortest paths | `explore/walked.rs` |
//! | what must happen in the end | `explore/eventually.rs` |
//! | Restart Manager, as something to explore | `explore/machines.rs`; who moves next, `explore/machines/steps.rs` |

mod aside;
mod eventually;
mod machines;
mod model;
mod print;
mod seen;
mod table;
mod visited;
mod walk;
mod walked;
mod worker;

pub use machines::{
    Blow, Code, Held, Machines, Options, Packed, Position, Reduction, Reductions, Row, Scratch, Step,
    Summary, Tally, Told, Tried, Wrong,
};
pub use model::{Holds, Model, Must, OfState, OfStep, Property};
pub use print::{Exact, Fingerprint, Print};
pub use walk::{Bounds, Meter, walk};
pub use walked::{Bound, Path, Verdict, Walked};
