//! The scenario format, field by field. `fixtures/readme.toml` explains it by example.
//!
//! Unknown fields are errors. Names that refer to something are [`Spanned`], so that an error can
//! point at them.

mod app;
mod explore;
mod fault;
mod program;
mod service;
mod step;

use std::collections::BTreeMap;

use rm_core::{Identity, Millis};
use serde::{Deserialize, Deserializer};
use toml::Spanned;

pub(super) use app::App;
pub(super) use explore::Explore;
pub(super) use fault::{At, Fault};
pub(super) use program::{Kind, Program, Registration, Respawn};
pub(super) use service::{Host, Service};
pub(super) use step::{Check, Expect, FilterList, Filtered, Join, List, Register, Step};

use crate::world::parse_millis;

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
    /// The services, by short name.
    #[serde(default)]
    pub(super) service: BTreeMap<Spanned<String>, Service>,
    /// The processes in which several services live, by name.
    #[serde(default)]
    pub(super) host: BTreeMap<Spanned<String>, Host>,
    /// The installers, by name.
    pub(super) installer: BTreeMap<Spanned<String>, Installer>,
    /// Who is logged on to a terminal session, by its number; `user` where nobody is named.
    #[serde(default, rename = "logged-on")]
    pub(super) logged_on: BTreeMap<Spanned<String>, String>,
    /// Paths that are directories.
    #[serde(default)]
    pub(super) directories: Vec<String>,
    /// Files that nobody holds.
    #[serde(default)]
    pub(super) files: Vec<String>,
    /// Other names of files: the name, and the file's own.
    #[serde(default)]
    pub(super) links: BTreeMap<String, String>,
    /// What goes wrong, and where.
    #[serde(default)]
    pub(super) fault: Vec<Spanned<Fault>>,
    /// What of it to explore, for `rmsim explore`.
    #[serde(default)]
    pub(super) explore: Explore,
    /// What happens, in order.
    #[serde(default)]
    pub(super) step: Vec<Spanned<Step>>,
}

/// An installer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Installer {
    /// The terminal session it runs in: 1, or 0 for a service.
    pub(super) ts_session: Option<u32>,
    /// The user it runs as: `user`, or `SYSTEM` for a service.
    pub(super) user: Option<String>,
    /// Whether it runs elevated.
    #[serde(default = "yes")]
    pub(super) elevated: bool,
    /// Whether it is a service.
    #[serde(default)]
    pub(super) service: bool,
    /// Its process id; made up if left out.
    pub(super) pid: Option<u32>,
    /// The files it holds itself.
    #[serde(default)]
    pub(super) uses: Vec<String>,
}

impl Installer {
    /// The terminal session it runs in.
    pub(super) fn ts_session(&self) -> u32 {
        self.ts_session.unwrap_or(u32::from(!self.service))
    }

    /// The user it runs as.
    pub(super) fn user(&self) -> &str {
        let usual = if self.service { "SYSTEM" } else { Identity::USER };
        self.user.as_deref().unwrap_or(usual)
    }
}

impl File {
    /// The user who is logged on to a terminal session.
    pub(super) fn logged_on(&self, ts_session: u32) -> &str {
        let found = self.logged_on.iter().find(|(number, _)| number.get_ref().parse() == Ok(ts_session));
        found.map_or(Identity::USER, |(_, user)| user)
    }
}

fn user() -> String {
    Identity::USER.into()
}

const fn one() -> u32 {
    1
}

const fn yes() -> bool {
    true
}

const fn at_once() -> Option<Millis> {
    Some(Millis(0))
}

fn ready<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Millis>, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text == "never" {
        return Ok(None);
    }
    let unknown = || serde::de::Error::custom(format!("`{text}` is not `after` some time, or `never`"));
    let time = text.strip_prefix("after ").ok_or_else(unknown)?;
    parse_millis(time).map(Some).map_err(serde::de::Error::custom)
}

/// Something that is written as text, and how it is read.
fn said<'de, D: Deserializer<'de>, T: std::str::FromStr<Err: std::fmt::Display>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    String::deserialize(deserializer)?.parse().map(Some).map_err(serde::de::Error::custom)
}
