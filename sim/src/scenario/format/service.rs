//! The services of a scenario, and the processes they live in.

use serde::Deserialize;
use toml::Spanned;

use super::{Respawn, said, yes};
use crate::world::{InTurn, Starting, Stopping};

/// A service, and that it runs unless told otherwise.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Service {
    /// The long name; the short name if left out.
    pub(in crate::scenario) title: Option<String>,
    /// The host that it shares with others; a process of its own, called as it is, if left out.
    pub(in crate::scenario) host: Option<Spanned<String>>,
    /// Full path of the executable of its own process; made up from the name if left out.
    pub(in crate::scenario) image: Option<Spanned<String>>,
    /// The files it holds.
    #[serde(default)]
    pub(in crate::scenario) uses: Vec<String>,
    /// The services it needs, by short name.
    #[serde(default)]
    pub(in crate::scenario) needs: Vec<Spanned<String>>,
    /// Whether it is critical.
    #[serde(default)]
    pub(in crate::scenario) critical: bool,
    /// Whether it can be told to stop at all.
    #[serde(default = "yes")]
    pub(in crate::scenario) accepts_stop: bool,
    /// Whether installers may stop it, whoever they are.
    #[serde(default = "yes")]
    pub(in crate::scenario) permitted: bool,
    /// Whether it runs from the beginning.
    #[serde(default = "yes")]
    pub(in crate::scenario) running: bool,
    /// How it answers the stop control.
    #[serde(default, deserialize_with = "said")]
    pub(in crate::scenario) stop: Option<InTurn<Stopping>>,
    /// How it starts.
    #[serde(default, deserialize_with = "said")]
    pub(in crate::scenario) start: Option<InTurn<Starting>>,
    /// How its recovery action starts it again when it has gone.
    pub(in crate::scenario) respawn: Option<Spanned<Respawn>>,
}

/// A process in which several services live.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Host {
    /// Full path of the executable; that of `svchost.exe` if left out.
    pub(in crate::scenario) image: Option<String>,
    /// The files that the process holds itself, for none of its services.
    #[serde(default)]
    pub(in crate::scenario) uses: Vec<String>,
    /// Whether it can be told which of its services uses a file.
    #[serde(default = "yes")]
    pub(in crate::scenario) tagging: bool,
    /// Its process id; made up if left out.
    pub(in crate::scenario) pid: Option<u32>,
}
