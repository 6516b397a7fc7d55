//! The library `rstrtmgr` over a simulated machine.
//!
//! Its eleven functions have the names, arguments and structures of the Windows Restart Manager. As the
//! shared library `librstrtmgr.so` it takes the place of `Rstrtmgr.dll` for programs in C and whatever
//! calls C; as a crate it takes the place of `windows_sys::Win32::System::RestartManager`, so that code
//! under test changes one `use`.
//!
//! The machine comes from a scenario named in the environment ([`SCENARIO`]), or is loaded by the test;
//! the functions `RmSim…` steer it. `capi/include/rstrtmgr.h` has all of it for C.
//!
//! | what | where |
//! | --- | --- |
//! | the functions, and how their arguments are read and written | `exports.rs`, through `memory.rs` |
//! | what was read, and what is to be written, as plain data | `asked.rs`, `answered.rs` |
//! | how threads move their calls on a machine, and when time passes | `host.rs` |
//! | which machine it is, and who the caller is on it | `machine.rs` |
//! | several processes on one machine | `shared.rs` |
//!
//! It is shown on Linux; macOS goes the same way by construction. On systems without Unix sockets a machine is
//! that of one process.
//!
//! No rule of Restart Manager is here: arguments become a [`rm_core::Call`], which the model judges.

#[cfg(not(target_pointer_width = "64"))]
compile_error!("the layouts of this library are those of 64-bit Windows: build it for a 64-bit system");

mod answered;
mod asked;
mod exports;
mod failure;
mod guard;
mod host;
mod log;
mod machine;
mod memory;
mod shared;
mod sim_exports;
mod types;

pub use exports::*;
pub use failure::Failure;
#[doc(hidden)]
pub use guard::{Planted, caught, plant};
pub use machine::{Entered, INSTALLER, Machine, SCENARIO, SHARED};
pub use sim_exports::*;
pub use types::*;
