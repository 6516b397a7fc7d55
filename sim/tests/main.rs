//! The parts of the simulator, each by itself.

#[cfg(test)]
mod behaviors;
#[cfg(test)]
mod choices;
#[cfg(all(test, feature = "counted"))]
mod costs;
#[cfg(all(test, feature = "counted"))]
#[path = "../benches/list/crowd.rs"]
mod crowd;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod lab;
#[cfg(test)]
mod spec;
#[cfg(test)]
mod written;
