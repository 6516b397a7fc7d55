//! What the library shows to programs that call it.

#[cfg(test)]
mod boundary;
#[cfg(test)]
mod clients;
#[cfg(all(test, unix))]
mod docs;
#[cfg(test)]
mod drive;
#[cfg(test)]
mod layout;
#[cfg(test)]
mod panics;
#[cfg(test)]
mod random;
#[cfg(all(test, unix))]
mod shared;
#[cfg(test)]
mod shim;
mod steering;
#[cfg(test)]
mod tools;
