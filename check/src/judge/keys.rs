//! Session keys that are not written in hexadecimal digits (OQ-09): the model's are, so each is given one that
//! stands for it.

use rm_core::{Call, Name, Seen, SeenOutput, SessionKey};

/// How many characters a key has (RM-START-07).
const UNITS: usize = 32;

/// The keys that were seen, in the order in which they were.
#[derive(Default)]
pub(super) struct Keys {
    seen: Vec<Name>,
}

impl Keys {
    /// What was seen of a call, with the key that stands for the one it gave. One that can be no key stays.
    pub(super) fn in_reply(&mut self, seen: &Seen) -> Seen {
        match &seen.output {
            SeenOutput::StartedAs(handle, key, terminated) if can_be_one(key) => {
                let at = self.seen.iter().position(|one| one == key).unwrap_or_else(|| {
                    self.seen.push(key.clone());
                    self.seen.len() - 1
                });
                Seen { code: seen.code, output: SeenOutput::Started(*handle, standing(at), *terminated) }
            }
            _ => seen.clone(),
        }
    }

    /// A call, with the key that stands for the one it names; one in the other letter case stays that.
    pub(super) fn in_call(&self, call: &Call) -> Call {
        let mut call = call.clone();
        if let Call::Join { key: Some(key), .. } = &mut call {
            let of = |is_it: &dyn Fn(&Name) -> bool| self.seen.iter().position(is_it).map(standing);
            if let Some(same) = of(&|one| one == key) {
                *key = same.text();
            } else if let Some(alike) = of(&|one| one.lowered() == key.lowered()) {
                *key = alike.text().folded();
            }
        }
        call
    }
}

/// 32 characters, and none of them a control character.
fn can_be_one(key: &Name) -> bool {
    key.units().len() == UNITS && key.units().iter().all(|unit| !matches!(unit, 0..0x20 | 0x7f))
}

/// A key that no environment makes up, with letters in it.
fn standing(at: usize) -> SessionKey {
    SessionKey(0xabad_1dea_abad_1dea_abad_1dea << 32 | at as u128)
}
