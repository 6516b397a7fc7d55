//! The faults of a scenario.

use serde::Deserialize;
use toml::Spanned;

/// `[[fault]]`: exactly one thing that goes wrong, and where.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Fault {
    /// Whose effects are counted: an installer, or `installer/thread`.
    pub(in crate::scenario) by: Option<Spanned<String>>,
    /// At which of them.
    pub(in crate::scenario) at: At,

    /// The effect fails: `not-free`, `access-denied`, `out-of-memory`, `write-fault`.
    pub(in crate::scenario) fails: Option<Spanned<String>>,
    /// The caller dies before it.
    #[serde(default)]
    pub(in crate::scenario) dies: bool,
    /// A cancel arrives before it.
    #[serde(default)]
    pub(in crate::scenario) cancel: bool,
    /// A process of this program exits before it.
    pub(in crate::scenario) exit: Option<Spanned<String>>,
    /// A process of this program starts before it.
    pub(in crate::scenario) spawn: Option<Spanned<String>>,
    /// A process of this program is gone before it, and another has its id.
    pub(in crate::scenario) replace: Option<Spanned<String>>,
    /// With `replace`: the program of the other one; the same if left out.
    pub(in crate::scenario) with: Option<Spanned<String>>,
}

/// Which effect: `{ effect = "WriteValue", nth = 2, in = "register" }`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct At {
    /// Only effects of this name count.
    pub(in crate::scenario) effect: Option<Spanned<String>>,
    /// Which of them, counted from 1.
    pub(in crate::scenario) nth: Option<Spanned<u32>>,
    /// Counted within a call of this function, by the name of its step.
    #[serde(rename = "in")]
    pub(in crate::scenario) within: Option<Spanned<String>>,
    /// Which call of it, counted from 1; whichever comes so far if left out.
    pub(in crate::scenario) call: Option<Spanned<u32>>,
}
