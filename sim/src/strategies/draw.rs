//! How what is in a setting is drawn: whatever is allowed, and what is usual more often.

mod answers;
mod mishaps;
mod programs;
mod services;

use proptest::collection::vec;
use proptest::prelude::*;
use rm_core::Name;

use super::{Happening, Meanwhile, Schedule, Who};

pub(super) use answers::answers;
pub(super) use mishaps::mishap;
pub(super) use programs::{behavior, drawn as program, installer};
pub(super) use services::{host, service};

/// From one to so many of these files, if there are any.
fn some_of(files: &[Name], most: usize) -> BoxedStrategy<Vec<Name>> {
    let files = files.to_vec();
    match u8::try_from(files.len()).unwrap_or(u8::MAX) {
        0 => Just(Vec::new()).boxed(),
        many => {
            let file = (0..many).prop_map(move |at| files.get(usize::from(at)).cloned());
            vec(file, 1..=most).prop_map(|some| some.into_iter().flatten().collect()).boxed()
        }
    }
}

/// Mostly the first thread of the first installer: its session is what most cases are about.
pub(super) fn who() -> impl Strategy<Value = Who> {
    let installer = prop_oneof![2 => Just(0u8), 1 => Just(1u8)];
    let thread = prop_oneof![2 => Just(0u32), 1 => Just(1u32)];
    (installer, thread).prop_map(|(installer, thread)| Who { installer, thread })
}

/// What happens beside the calls.
pub(super) fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        6 => Just(Happening::Pass),
        4 => any::<u8>().prop_map(Happening::Exit),
        4 => any::<u8>().prop_map(Happening::Spawn),
        2 => any::<u8>().prop_map(Happening::Stop),
        2 => any::<u8>().prop_map(Happening::Serve),
        1 => any::<u8>().prop_map(Happening::Die),
        2 => any::<u8>().prop_map(Happening::Cancel),
    ]
}

/// Up to eight things that happen; most calls take some dozens of moves.
pub(super) fn schedule() -> impl Strategy<Value = Schedule> {
    let meanwhile = (0..40u32, happening()).prop_map(|(after, what)| Meanwhile { after, what });
    vec(meanwhile, 0..=8).prop_map(|left| Schedule { left })
}
