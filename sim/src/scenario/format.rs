//! The scenario format, field by field. `fixtures/readme.toml` explains it by example.
//!
//! Unknown fields are errors. Names that refer to something are [`Spanned`], so that an error can
//! point at them.

mod fault;
mod step;

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use toml::Spanned;

pub(super) use fault::{At, Fault};
pub(super) use step::{Check, Expect, FilterList, Filtered, Join, List, Register, Step};

use crate::world::{Answer, Reaction};

/// A scenario file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    /// One sentence: what this scenario shows.
    pub(super) why: String,
    /// The rules it checks.
    #[serde(default)]
    pub(super) rules: Vec<Spanned<String>>,
    /// The policy in force: `default` or `documented`.
    #[serde(default)]
    pub(super) policy: Option<Spanned<String>>,
    /// Latitudes answered otherwise than in the policy, by letter.
    #[serde(default)]
    pub(super) answers: BTreeMap<Spanned<String>, Spanned<String>>,
    /// The programs, by name.
    #[serde(default)]
    pub(super) program: BTreeMap<Spanned<String>, Program>,
    /// The installers, by name.
    pub(super) installer: BTreeMap<Spanned<String>, Installer>,
    /// Paths that are directories.
    #[serde(default)]
    pub(super) directories: Vec<String>,
    /// What goes wrong, and where.
    #[serde(default)]
    pub(super) fault: Vec<Spanned<Fault>>,
    /// What happens, in order.
    #[serde(default)]
    pub(super) step: Vec<Spanned<Step>>,
}

/// A program, and its process unless told otherwise.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Program {
    /// Full path of the executable; made up from the name if left out.
    pub(super) image: Option<String>,
    /// The friendly name; the program's name if left out.
    pub(super) title: Option<String>,
    /// How it is classified.
    pub(super) kind: Kind,
    /// The files it holds.
    #[serde(default)]
    pub(super) uses: Vec<String>,
    /// The arguments it registered for restart; not registered if left out.
    pub(super) restart: Option<String>,
    /// `RESTART_NO_…` flags it registered with.
    #[serde(default)]
    pub(super) restart_flags: u32,
    /// The terminal session it runs in.
    #[serde(default = "one")]
    pub(super) ts_session: u32,
    /// Whether installers may stop it.
    #[serde(default = "yes")]
    pub(super) permitted: bool,
    /// Whether it can be started again.
    #[serde(default = "yes")]
    pub(super) launchable: bool,
    /// Whether it runs from the beginning.
    #[serde(default = "yes")]
    pub(super) running: bool,
    /// Its process id; made up if left out.
    pub(super) pid: Option<u32>,
    /// How it answers `WM_QUERYENDSESSION`.
    #[serde(default, deserialize_with = "said")]
    pub(super) query: Option<Answer>,
    /// What `WM_ENDSESSION` makes it do.
    #[serde(default, deserialize_with = "said")]
    pub(super) end_session: Option<Reaction>,
    /// What `WM_CLOSE` makes it do.
    #[serde(default, deserialize_with = "said")]
    pub(super) close: Option<Reaction>,
    /// What a control event makes it do.
    #[serde(default, deserialize_with = "said")]
    pub(super) control: Option<Reaction>,
}

/// How a program is classified.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    /// `RmUnknownApp`.
    Unknown,
    /// `RmMainWindow`.
    MainWindow,
    /// `RmOtherWindow`.
    OtherWindow,
    /// `RmExplorer`.
    Explorer,
    /// `RmConsole`.
    Console,
    /// `RmCritical`.
    Critical,
}

/// An installer.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Installer {
    /// The terminal session it runs in.
    #[serde(default = "one")]
    pub(super) ts_session: u32,
    /// Its process id; made up if left out.
    pub(super) pid: Option<u32>,
    /// The files it holds itself.
    #[serde(default)]
    pub(super) uses: Vec<String>,
}

const fn one() -> u32 {
    1
}

const fn yes() -> bool {
    true
}

fn said<'de, D: Deserializer<'de>, T: std::str::FromStr<Err: std::fmt::Display>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    String::deserialize(deserializer)?.parse().map(Some).map_err(serde::de::Error::custom)
}
