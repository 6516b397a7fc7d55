//! What the library shows to programs that call it.

mod clients;
mod tools;
