//! What of a scenario to explore.

use serde::Deserialize;
use toml::Spanned;

/// `[explore]`: what `rmsim explore` takes from a scenario besides its machine and its steps.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Explore {
    /// What the world enumerates, in a sentence.
    #[serde(default)]
    pub(in crate::scenario) enumerates: String,
    /// How many of the steps are played first, as they stand.
    #[serde(default)]
    pub(in crate::scenario) after: usize,
    /// Whether it is small enough to be explored for every change.
    #[serde(default)]
    pub(in crate::scenario) ci: bool,
    /// How many things go wrong, if whoever explores does not say.
    #[serde(default)]
    pub(in crate::scenario) faults: u8,
    /// The latitudes to which every answer is taken.
    #[serde(default)]
    pub(in crate::scenario) open: Vec<Spanned<String>>,
    /// What somebody must reach: a function and its code, such as `RmShutdown 351`.
    #[serde(default)]
    pub(in crate::scenario) reaches: Vec<Spanned<String>>,
    /// What nobody may reach, likewise.
    #[serde(default)]
    pub(in crate::scenario) never: Vec<Spanned<String>>,
}
