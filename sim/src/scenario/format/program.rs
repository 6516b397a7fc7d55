//! The programs of a scenario, and how they behave.
//!
//! A behavior is a text: `no after 1s`. Several with commas between them act in turn, and the last one
//! stays: `no, no, yes`. How often one acted is counted for each process, and for each window of it.

use std::fmt;

use rm_core::Millis;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use super::said;
use super::step::time;
use crate::world::{Answer, InTurn, Reaction};

/// A program, and its process unless told otherwise.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Program {
    /// Full path of the executable; made up from the name if left out.
    pub(in crate::scenario) image: Option<String>,
    /// The friendly name; the program's name if left out.
    pub(in crate::scenario) title: Option<String>,
    /// How it is classified.
    pub(in crate::scenario) kind: Kind,
    /// The files it holds.
    #[serde(default)]
    pub(in crate::scenario) uses: Vec<String>,
    /// The program that starts it, or is the host of the script that it is.
    pub(in crate::scenario) child_of: Option<Spanned<String>>,
    /// The arguments it registered for restart; not registered if left out.
    pub(in crate::scenario) restart: Option<String>,
    /// `RESTART_NO_…` flags it registered with.
    #[serde(default)]
    pub(in crate::scenario) restart_flags: u32,
    /// The terminal session it runs in.
    #[serde(default = "super::one")]
    pub(in crate::scenario) ts_session: u32,
    /// The user it runs as.
    #[serde(default = "super::user")]
    pub(in crate::scenario) user: String,
    /// Whether it runs elevated.
    #[serde(default)]
    pub(in crate::scenario) elevated: bool,
    /// Whether installers may stop it, whoever they are.
    #[serde(default = "super::yes")]
    pub(in crate::scenario) permitted: bool,
    /// Whether it can be started again.
    #[serde(default = "super::yes")]
    pub(in crate::scenario) launchable: bool,
    /// How long after it was started again it is ready for use; none is never.
    #[serde(default = "super::at_once", deserialize_with = "super::ready")]
    pub(in crate::scenario) ready: Option<Millis>,
    /// Whether it runs from the beginning.
    #[serde(default = "super::yes")]
    pub(in crate::scenario) running: bool,
    /// Its process id; made up if left out.
    pub(in crate::scenario) pid: Option<u32>,
    /// How it answers `WM_QUERYENDSESSION`.
    #[serde(default, deserialize_with = "said")]
    pub(in crate::scenario) query: Option<InTurn<Answer>>,
    /// What `WM_ENDSESSION` makes it do.
    #[serde(default, deserialize_with = "said")]
    pub(in crate::scenario) end_session: Option<InTurn<Reaction>>,
    /// What `WM_CLOSE` makes it do.
    #[serde(default, deserialize_with = "said")]
    pub(in crate::scenario) close: Option<InTurn<Reaction>>,
    /// What a control event makes it do.
    #[serde(default, deserialize_with = "said")]
    pub(in crate::scenario) control: Option<InTurn<Reaction>>,
    /// Its top-level windows, where there are several that answer differently. What a window does not
    /// say it has from the program; without any there is one that does as the program says.
    pub(in crate::scenario) windows: Option<Spanned<Vec<Window>>>,
    /// What it does about its registration for restart when the query reaches it.
    pub(in crate::scenario) at_query: Option<Registration>,
    /// What it does about its registration for restart when `WM_ENDSESSION` reaches it.
    pub(in crate::scenario) at_end_session: Option<Registration>,
    /// How long it has run in the beginning, if not for more than a minute.
    #[serde(default, deserialize_with = "time")]
    pub(in crate::scenario) ran: Option<Millis>,
    /// The program that takes it along when it goes: the owner of its job, or a parent.
    pub(in crate::scenario) dies_with: Option<Spanned<String>>,
    /// How a supervisor starts it again when it has gone.
    pub(in crate::scenario) respawn: Option<Spanned<Respawn>>,
    /// Whether the next process started takes the id of one of its processes that has gone.
    #[serde(default)]
    pub(in crate::scenario) reuses_pid: bool,
    /// The console it is attached to, by any name; one of its own if left out.
    pub(in crate::scenario) console: Option<String>,
}

/// One of several windows of a program.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Window {
    /// How it answers `WM_QUERYENDSESSION`.
    #[serde(default, deserialize_with = "said")]
    pub(in crate::scenario) query: Option<InTurn<Answer>>,
    /// What `WM_ENDSESSION` makes it do.
    #[serde(default, deserialize_with = "said")]
    pub(in crate::scenario) end_session: Option<InTurn<Reaction>>,
    /// What `WM_CLOSE` makes it do.
    #[serde(default, deserialize_with = "said")]
    pub(in crate::scenario) close: Option<InTurn<Reaction>>,
}

/// How somebody is brought back: `respawn = { after = "1s", times = 2 }`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Respawn {
    /// How long after it has gone.
    #[serde(deserialize_with = "time")]
    pub(in crate::scenario) after: Option<Millis>,
    /// How often at most.
    #[serde(default = "super::one")]
    pub(in crate::scenario) times: u32,
}

/// What a program does about its registration for restart: `at-query = { restart = "/resume" }`, or
/// `at-query = "unregisters"`.
#[derive(Clone, Debug)]
pub(in crate::scenario) enum Registration {
    /// It registers with these arguments and flags.
    As(String, u32),
    /// It takes its registration back.
    Not,
}

impl<'de> Deserialize<'de> for Registration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RegistrationVisitor)
    }
}

struct RegistrationVisitor;

impl<'de> Visitor<'de> for RegistrationVisitor {
    type Value = Registration;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`\"unregisters\"` or `{ restart = \"arguments\", restart-flags = 0 }`")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Registration, E> {
        if text == "unregisters" {
            Ok(Registration::Not)
        } else {
            Err(E::invalid_value(Unexpected::Str(text), &self))
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Registration, A::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields, rename_all = "kebab-case")]
        struct Given {
            restart: String,
            #[serde(default)]
            restart_flags: u32,
        }
        let given = Given::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Registration::As(given.restart, given.restart_flags))
    }
}

/// How a program is classified.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::scenario) enum Kind {
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
