//! Sessions: how a caller names one, and what Windows keeps apart.

use core::fmt;

use crate::name::Name;

/// The number that designates a session in the calls of one process. 0 is as good as any (OQ-02).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct SessionHandle(pub u32);

impl fmt::Display for SessionHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// The session key: 16 bytes whose text form lets another installer join (RM-START-07).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionKey(pub u128);

impl SessionKey {
    /// The key that is written so, if it is in 32 hexadecimal digits in lower case.
    #[must_use]
    pub fn written(text: &Name) -> Option<Self> {
        let digit = |bits: u128, unit: &u16| {
            let value = match unit {
                0x30..=0x39 => unit - 0x30,
                0x61..=0x66 => unit - 0x57,
                _ => return None,
            };
            Some(bits << 4 | u128::from(value))
        };
        let bits = text.units().iter().try_fold(0, digit)?;
        (text.units().len() == 32).then_some(Self(bits))
    }

    /// The 32 hexadecimal characters that `RmStartSession` writes.
    #[must_use]
    pub fn text(self) -> Name {
        let digit = |at: u32| {
            let value = u16::try_from(self.0 >> (4 * (31 - at)) & 0xf).unwrap_or_default();
            value + if value < 10 { 0x30 } else { 0x57 }
        };
        let mut units = [0; 32];
        for (at, unit) in (0..).zip(&mut units) {
            *unit = digit(at);
        }
        Name::from_units(&units)
    }
}

impl fmt::Display for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for SessionKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Who shares something with a process: a registry mutex, or the places for sessions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum Scope {
    /// All processes of its user.
    #[default]
    User,
    /// All processes of its terminal session.
    TsSession,
    /// All processes of the machine.
    Machine,
}

/// The place of a session in the registry: `SessionNNNN`, counted among those who share the scope
/// with the process that speaks of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Slot {
    /// Among whom it is counted (OQ-13).
    pub scope: Scope,
    /// Its number.
    pub number: u16,
}

impl Slot {
    /// How many sessions may be open at once in a user session (RM-START-09).
    pub const COUNT: u16 = 64;
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Session{:04}", self.number)
    }
}

/// What a handle allows; it follows from how the handle was obtained (RM-LIFE-12).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum Role {
    /// From `RmStartSession`: everything.
    Primary,
    /// From `RmJoinSession`: registering and leaving (RM-JOIN-14).
    Secondary,
}

#[cfg(test)]
mod tests {
    use super::SessionKey;
    use crate::name::Name;
    use alloc::string::ToString;

    #[test]
    fn the_key_is_written_as_32_hexadecimal_characters() {
        let key = SessionKey(0x0123_4567_89ab_cdef_0000_0000_dead_beef);
        assert_eq!(key.text(), Name::from("0123456789abcdef00000000deadbeef"));
        assert_eq!(key.text(), Name::from(key.to_string().as_str()));
        assert_eq!(SessionKey::written(&key.text()), Some(key));
        for other in ["", "123", "0123456789ABCDEF00000000DEADBEEF", "0123456789abcdef00000000deadbee+"] {
            assert_eq!(SessionKey::written(&Name::from(other)), None);
        }
    }
}
