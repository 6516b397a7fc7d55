//! The zoo: implementations that are broken, each in a way that really happened.
//!
//! A member is the model with one [`Flaw`]. To add one is to add an entry to a file of `zoo/`; its name tells
//! the story, and `rmsim zoo` demands that the suite catches it.

mod contacts;
mod filters;
mod flaw;
mod hunt;
mod kit;
mod list;
mod restart;
mod sessions;
mod shutdown;
mod stubs;

pub(crate) use flaw::Flawed;
pub use flaw::{Flaw, Sound};
pub use hunt::{Caught, ENOUGH, Hunt, each, policies};

/// A broken implementation.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    /// Its name, which tells the story.
    pub name: &'static str,
    /// What it does.
    pub story: &'static str,
    /// Where this, or what tempts to it, was seen.
    pub happened: &'static str,
    /// What it does otherwise than the model.
    pub flaw: fn() -> Box<dyn Flaw>,
}

impl Member {
    /// Every member.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        let files = [
            stubs::MEMBERS,
            list::MEMBERS,
            shutdown::MEMBERS,
            contacts::MEMBERS,
            restart::MEMBERS,
            filters::MEMBERS,
            sessions::MEMBERS,
        ];
        files.into_iter().flatten()
    }

    /// The member with this name.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        Self::all().find(|member| member.name == name)
    }
}
