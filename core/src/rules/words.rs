//! The words of the catalogue: what kinds and evidence are called in its files, and wherever they are shown.

use core::fmt;

use super::latitude::Kind as LatitudeKind;
use super::reader::same;
use super::rule::{Evidence, Kind as RuleKind};

/// Lists the words once, for reading and for showing.
macro_rules! words {
    ($($of:ident { $($variant:ident = $word:literal),+ $(,)? })+) => { $(
        impl $of {
            /// Every one of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word the catalogue has for it.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The one that has this word.
            pub(super) const fn named(word: &str) -> Option<Self> {
                $(if same(word, $word) {
                    return Some(Self::$variant);
                })+
                None
            }
        }

        impl fmt::Display for $of {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.word())
            }
        }

        #[cfg(feature = "serde")]
        impl serde::Serialize for $of {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.word())
            }
        }
    )+ };
}

words! {
    RuleKind {
        Demand = "demand",
        Permit = "permit",
        Layout = "layout",
        Application = "application",
        Defect = "defect",
        Client = "client",
    }
    Evidence {
        Documented = "documented",
        Observed = "observed",
        Inferred = "inferred",
        Contradictory = "contradictory",
    }
    LatitudeKind {
        Switch = "switch",
        Occasion = "occasion",
        Free = "free",
        OutOfScope = "out-of-scope",
    }
}
