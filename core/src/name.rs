//! Names and paths: sequences of UTF-16 units.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};

use crate::mixer::Mixer;
use crate::path::{Form, form_of};

/// A name or a path as Windows keeps it: UTF-16 units, ill-formed sequences included.
///
/// `==` compares unit by unit. Whether two names mean the same file or service is a different
/// question, answered in one place: [`Name::same`].
#[derive(Clone)]
pub struct Name(Arc<Spelling>);

/// The units of a name, and what is asked of them: names are looked up far more often than they are made.
struct Spelling {
    units: Box<[u16]>,
    form: Form,
    /// What it comes down to.
    print: u128,
    /// `None`: it is its own folding.
    folded: Option<Name>,
}

impl Spelling {
    fn new(units: Box<[u16]>, form: Form, folded: Option<Name>) -> Self {
        let print = Mixer::print(&*units);
        Self { units, form, print, folded }
    }
}

impl Name {
    /// The name with exactly these units.
    #[must_use]
    pub fn from_units(units: &[u16]) -> Self {
        let folded = units.iter().any(|unit| upper(*unit) != *unit).then(|| {
            let folded: Box<[u16]> = units.iter().map(|unit| upper(*unit)).collect();
            Self(Arc::new(Spelling::new(folded, form_of(units), None)))
        });
        Self(Arc::new(Spelling::new(units.into(), form_of(units), folded)))
    }

    /// The units, without a terminator.
    #[must_use]
    pub fn units(&self) -> &[u16] {
        &self.0.units
    }

    /// Whether the name has no units at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.units().is_empty()
    }

    /// Whether both names mean the same thing: equal but for upper and lower case (OQ-31).
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        self.key() == other.key()
    }

    /// The one spelling that every [`Name::same`] name shares; a key for indexes.
    #[must_use]
    pub fn folded(&self) -> Self {
        self.key().clone()
    }

    /// The name with its letters from A to Z in lower case.
    #[must_use]
    pub fn lowered(&self) -> Self {
        let lower = |unit: &u16| if (0x41..=0x5a).contains(unit) { unit + 0x20 } else { *unit };
        Self::from_units(&self.units().iter().map(lower).collect::<Vec<_>>())
    }

    /// The part behind the last separator, as `editor.exe` in `C:\App\editor.exe`.
    #[must_use]
    pub fn file_name(&self) -> Self {
        let units = self.units();
        let after = units.iter().rposition(|unit| matches!(*unit, 0x5c | 0x2f)).map_or(0, |at| at + 1);
        Self::from_units(units.get(after..).unwrap_or_default())
    }

    /// The name cut to `max` units, as a fixed field of a structure can hold it (OQ-44).
    #[must_use]
    pub fn truncated(&self, max: usize) -> Self {
        self.units().get(..max).map_or_else(|| self.clone(), Self::from_units)
    }

    /// What it is as a path.
    pub(crate) fn form(&self) -> Form {
        self.0.form
    }

    fn key(&self) -> &Self {
        self.0.folded.as_ref().unwrap_or(self)
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.units() == other.units()
    }
}

impl Eq for Name {}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Name {
    fn cmp(&self, other: &Self) -> Ordering {
        self.units().cmp(other.units())
    }
}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u128(self.0.print);
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
        Self::from_units(&text.encode_utf16().collect::<Vec<_>>())
    }
}

/// Well-formed text as it is; a unit that is no text, and a control character, as `\u{d800}`.
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in char::decode_utf16(self.units().iter().copied()) {
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
    use crate::Mixer;
    use alloc::format;
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
        assert_eq!(format!("{:?}", Name::from("A\u{7}B")), r"`A\u{7}B`");
    }

    #[test]
    fn names_that_differ_hash_to_different_prints() {
        assert_ne!(Mixer::print(&Name::from("editor")), Mixer::print(&Name::from("viewer")));
    }

    #[test]
    fn file_name_is_what_follows_the_last_separator() {
        assert_eq!(Name::from(r"C:\App\editor.exe").file_name(), Name::from("editor.exe"));
        assert_eq!(Name::from("plain").file_name(), Name::from("plain"));
        assert_eq!(Name::from("abcdef").truncated(3), Name::from("abc"));
    }
}
