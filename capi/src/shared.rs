//! Several real processes on one simulated machine: one has it, the others send their calls there.
//!
//! The one that has it listens on a Unix socket; on other systems nothing can be shared yet. A process
//! says who it is on a connection that it keeps: when that closes, because the process has ended in
//! whatever way, its process on the machine ends. Each call is a connection of its own, so that threads
//! and callbacks need no more order here than on the machine.

#[cfg(unix)]
mod client;
#[cfg(unix)]
mod server;
#[cfg(unix)]
mod wire;

#[cfg(not(unix))]
mod none;

#[cfg(unix)]
pub(crate) use client::Client;
#[cfg(not(unix))]
pub(crate) use none::{Client, serve};
#[cfg(unix)]
pub(crate) use server::serve;
