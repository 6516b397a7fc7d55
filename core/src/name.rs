//! Names and paths: sequences of UTF-16 units.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

/// A name or a path as Windows keeps it: UTF-16 units, ill-formed sequences included.
///
/// `==` compares unit by unit. Whether two names mean the same file or service is a different
/// question, answered in one place: [`Name::same`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(Arc<[u16]>);

impl Name {
    /// The name with exactly these units.
    #[must_use]
    pub fn from_units(units: &[u16]) -> Self {
        Self(Arc::from(units))
    }

    /// The units, without a terminator.
    #[must_use]
    pub fn units(&self) -> &[u16] {
        &self.0
    }

    /// Whether the name has no units at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether both names mean the same thing: equal but for upper and lower case (OQ-31).
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        self.0.len() == other.0.len()
            && self.0.iter().zip(other.0.iter()).all(|(a, b)| upper(*a) == upper(*b))
    }

    /// The one spelling that every [`Name::same`] name shares; a key for indexes.
    #[must_use]
    pub fn folded(&self) -> Self {
        Self(self.0.iter().map(|unit| upper(*unit)).collect())
    }

    /// The name with its letters from A to Z in lower case.
    #[must_use]
    pub fn lowered(&self) -> Self {
        let lower = |unit: &u16| if (0x41..=0x5a).contains(unit) { unit + 0x20 } else { *unit };
        Self(self.0.iter().map(lower).collect())
    }

    /// The part behind the last separator, as `editor.exe` in `C:\App\editor.exe`.
    #[must_use]
    pub fn file_name(&self) -> Self {
        let after = self.0.iter().rposition(|unit| matches!(*unit, 0x5c | 0x2f)).map_or(0, |at| at + 1);
        Self::from_units(self.0.get(after..).unwrap_or_default())
    }

    /// The name cut to `max` units, as a fixed field of a structure can hold it (OQ-44).
    #[must_use]
    pub fn truncated(&self, max: usize) -> Self {
        self.0.get(..max).map_or_else(|| self.clone(), Self::from_units)
    }
}

/// Upper case of one unit. Windows folds unit by unit and one to one, so letters whose upper case
/// is longer or lies outside the basic plane stay as they are.
fn upper(unit: u16) -> u16 {
    if unit < 0x80 {
        return if (0x61..=0x7a).contains(&unit) { unit - 0x20 } else { unit };
    }
    let Some(letter) = char::from_u32(u32::from(unit)) else { return unit };
    let mut upper = letter.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(one), None) => u16::try_from(u32::from(one)).unwrap_or(unit),
        _ => unit,
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Self(text.encode_utf16().collect::<Vec<_>>().into())
    }
}

/// Well-formed text as it is; a unit that is no text, and a control character, as `\u{d800}`.
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in char::decode_utf16(self.0.iter().copied()) {
            match piece {
                Ok(letter) if !letter.is_control() => fmt::Write::write_char(f, letter)?,
                Ok(letter) => write!(f, "\\u{{{:x}}}", u32::from(letter))?,
                Err(unit) => write!(f, "\\u{{{:x}}}", unit.unpaired_surrogate())?,
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{self}`")
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Name {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::Name;
    use alloc::string::ToString;

    #[test]
    fn case_does_not_tell_names_apart() {
        assert!(Name::from(r"C:\App\Ä.DLL").same(&Name::from(r"c:\aPP\ä.dll")));
        assert!(!Name::from("straße").same(&Name::from("STRASSE")));
        assert_eq!(Name::from("editor.exe").folded(), Name::from("EDITOR.EXE"));
    }

    #[test]
    fn ill_formed_units_are_kept_and_shown() {
        let torn = Name::from_units(&[0x41, 0xd800, 0x42]);
        assert_eq!(torn.units().len(), 3);
        assert_eq!(torn.to_string(), r"A\u{d800}B");
    }

    #[test]
    fn file_name_is_what_follows_the_last_separator() {
        assert_eq!(Name::from(r"C:\App\editor.exe").file_name(), Name::from("editor.exe"));
        assert_eq!(Name::from("plain").file_name(), Name::from("plain"));
        assert_eq!(Name::from("abcdef").truncated(3), Name::from("abc"));
    }
}
