//! A simulated machine.

mod backend;
pub mod choice;
pub mod machine;
pub mod scenario;
mod simulation;
pub mod transcript;
pub mod world;

pub use backend::SimBackend;
pub use machine::{Machine, Moved};
pub use scenario::Scenario;
pub use simulation::{Simulation, Stuck, Until};
pub use transcript::Transcript;
pub use world::World;
