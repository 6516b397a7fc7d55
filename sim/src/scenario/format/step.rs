//! The steps of a script.

use std::collections::BTreeMap;

use rm_core::Millis;
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use super::{App, yes};
use crate::world::parse_millis;

/// One step: exactly one of the actions, and what goes with it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Step {
    /// What to tell the reader.
    pub(in crate::scenario) note: Option<String>,
    /// Who makes the call: an installer, or `installer/thread`.
    pub(in crate::scenario) by: Option<Spanned<String>>,

    /// `RmStartSession`.
    pub(in crate::scenario) start: Option<Start>,
    /// `RmJoinSession`.
    pub(in crate::scenario) join: Option<Join>,
    /// `RmRegisterResources`.
    pub(in crate::scenario) register: Option<Register>,
    /// `RmGetList`.
    pub(in crate::scenario) list: Option<List>,
    /// `RmShutdown`.
    pub(in crate::scenario) shutdown: Option<Shutdown>,
    /// `RmRestart`.
    pub(in crate::scenario) restart: Option<Restart>,
    /// `RmAddFilter`.
    pub(in crate::scenario) add_filter: Option<Filtered>,
    /// `RmRemoveFilter`.
    pub(in crate::scenario) remove_filter: Option<Filtered>,
    /// `RmGetFilterList`.
    pub(in crate::scenario) filter_list: Option<FilterList>,
    /// `RmCancelCurrentTask`.
    pub(in crate::scenario) cancel: Option<OnSession>,
    /// `RmEndSession`.
    pub(in crate::scenario) end: Option<OnSession>,
    /// Carries on the call that this thread left unfinished.
    pub(in crate::scenario) finish: Option<Finish>,

    /// An application makes a call of application recovery and restart.
    pub(in crate::scenario) app: Option<Spanned<App>>,

    /// A process exits by itself, or an installer dies in the midst of whatever it does.
    pub(in crate::scenario) exit: Option<Spanned<String>>,
    /// A program starts.
    pub(in crate::scenario) spawn: Option<Spanned<String>>,
    /// What is at a path is deleted.
    pub(in crate::scenario) delete: Option<Spanned<String>>,
    /// A directory is made.
    pub(in crate::scenario) make_directory: Option<Spanned<String>>,
    /// Time passes.
    #[serde(default, deserialize_with = "time")]
    pub(in crate::scenario) wait: Option<Millis>,
    /// What must be so on the machine now.
    pub(in crate::scenario) check: Option<Spanned<Check>>,

    /// Whether the status callback makes the call, on the thread that `by` names; that thread's
    /// operation was left before `Report`.
    #[serde(default)]
    pub(in crate::scenario) in_callback: bool,
    /// How often the call is made, one after the other.
    #[serde(default = "super::one")]
    pub(in crate::scenario) times: u32,
    /// Leaves the call unfinished.
    pub(in crate::scenario) leave: Option<Spanned<Leave>>,
    /// The answers to what is to be chosen, in the order in which they are needed.
    #[serde(default)]
    pub(in crate::scenario) choices: Vec<String>,
    /// What must come of the call; code 0 if left out.
    pub(in crate::scenario) expect: Option<Spanned<Expect>>,
}

/// Where to leave a call unfinished: `before` an effect, or `after` some time.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Leave {
    /// Before an effect of this name.
    pub(in crate::scenario) before: Option<Spanned<String>>,
    /// Which of them, counted from here.
    #[serde(default = "super::one")]
    pub(in crate::scenario) nth: u32,
    /// When this much time has passed.
    pub(in crate::scenario) after: Option<Spanned<String>>,
}

/// `start = { session = "main" }`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Start {
    /// What later steps call the handle.
    #[serde(default = "main")]
    pub(in crate::scenario) session: String,
    /// `dwSessionFlags`.
    #[serde(default)]
    pub(in crate::scenario) flags: u32,
    /// Whether the buffer for the key was zeroed before.
    #[serde(default = "yes")]
    pub(in crate::scenario) zeroed: bool,
    /// Output pointers to pass as null: `handle`, `key`.
    #[serde(default)]
    pub(in crate::scenario) null: Vec<Spanned<String>>,
}

/// `join = { of = "setup" }`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Join {
    /// What later steps call the handle.
    #[serde(default = "main")]
    pub(in crate::scenario) session: String,
    /// The installer whose session to join, or `installer:session`.
    pub(in crate::scenario) of: Option<Spanned<String>>,
    /// A key, literally.
    pub(in crate::scenario) key: Option<String>,
    /// Whether to write the key in upper case.
    #[serde(default)]
    pub(in crate::scenario) upper_case: bool,
    /// Pointers to pass as null: `handle`, `key`.
    #[serde(default)]
    pub(in crate::scenario) null: Vec<Spanned<String>>,
}

/// `register = { files = ['C:\App\a.dll'] }`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Register {
    /// Which session; `main` if left out.
    pub(in crate::scenario) session: Option<Spanned<String>>,
    /// A handle, literally.
    pub(in crate::scenario) handle: Option<u32>,
    /// Full paths.
    #[serde(default)]
    pub(in crate::scenario) files: Vec<String>,
    /// Processes, by name.
    #[serde(default)]
    pub(in crate::scenario) processes: Vec<Spanned<String>>,
    /// Short names of services.
    #[serde(default)]
    pub(in crate::scenario) services: Vec<String>,
    /// How many null file names to add.
    #[serde(default)]
    pub(in crate::scenario) null_files: u32,
    /// How many null service names to add.
    #[serde(default)]
    pub(in crate::scenario) null_services: u32,
    /// Lengths of full paths, made up, to add to the files.
    #[serde(default)]
    pub(in crate::scenario) long_files: Vec<u16>,
    /// Counts for null arrays: `files`, `processes`, `services`.
    #[serde(default)]
    pub(in crate::scenario) missing: BTreeMap<Spanned<String>, u32>,
}

/// `list = { capacity = 10 }`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct List {
    /// Which session; `main` if left out.
    pub(in crate::scenario) session: Option<Spanned<String>>,
    /// A handle, literally.
    pub(in crate::scenario) handle: Option<u32>,
    /// How many entries there is room for.
    #[serde(default = "plenty")]
    pub(in crate::scenario) capacity: u32,
    /// Pointers to pass as null: `needed`, `count`, `entries`, `reasons`.
    #[serde(default)]
    pub(in crate::scenario) null: Vec<Spanned<String>>,
}

/// `shutdown = { force = true }`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Shutdown {
    /// Which session; `main` if left out.
    pub(in crate::scenario) session: Option<Spanned<String>>,
    /// A handle, literally.
    pub(in crate::scenario) handle: Option<u32>,
    /// `RmForceShutdown`.
    #[serde(default)]
    pub(in crate::scenario) force: bool,
    /// `RmShutdownOnlyRegistered`.
    #[serde(default)]
    pub(in crate::scenario) only_registered: bool,
    /// `lActionFlags`, literally: added to the two above.
    #[serde(default)]
    pub(in crate::scenario) flags: u32,
    /// Whether a status callback is given.
    #[serde(default = "yes")]
    pub(in crate::scenario) callback: bool,
}

/// `restart = {}`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Restart {
    /// Which session; `main` if left out.
    pub(in crate::scenario) session: Option<Spanned<String>>,
    /// A handle, literally.
    pub(in crate::scenario) handle: Option<u32>,
    /// `dwRestartFlags`.
    #[serde(default)]
    pub(in crate::scenario) flags: u32,
    /// Whether a status callback is given.
    #[serde(default = "yes")]
    pub(in crate::scenario) callback: bool,
}

/// `add-filter = { module = 'C:\App\editor.exe', action = "no-restart" }`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Filtered {
    /// Which session; `main` if left out.
    pub(in crate::scenario) session: Option<Spanned<String>>,
    /// A handle, literally.
    pub(in crate::scenario) handle: Option<u32>,
    /// `strModuleName`.
    pub(in crate::scenario) module: Option<String>,
    /// `pProcess`, by name.
    pub(in crate::scenario) process: Option<Spanned<String>>,
    /// `strServiceShortName`.
    pub(in crate::scenario) service: Option<String>,
    /// `no-restart`, `no-shutdown`, or a number.
    pub(in crate::scenario) action: Option<Spanned<String>>,
}

/// `filter-list = { size = 1000 }`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct FilterList {
    /// Which session; `main` if left out.
    pub(in crate::scenario) session: Option<Spanned<String>>,
    /// A handle, literally.
    pub(in crate::scenario) handle: Option<u32>,
    /// The size of the buffer in bytes.
    #[serde(default = "roomy")]
    pub(in crate::scenario) size: u32,
    /// Pointers to pass as null: `buffer`, `needed`.
    #[serde(default)]
    pub(in crate::scenario) null: Vec<Spanned<String>>,
}

/// A call with nothing but a session: `end = {}`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct OnSession {
    /// Which session; `main` if left out.
    pub(in crate::scenario) session: Option<Spanned<String>>,
    /// A handle, literally.
    pub(in crate::scenario) handle: Option<u32>,
}

/// `finish = {}`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::scenario) struct Finish {}

/// What must come of a call.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Expect {
    /// The return value.
    #[serde(default)]
    pub(in crate::scenario) code: u32,
    /// The rule or latitude cited for a code that is not 0.
    pub(in crate::scenario) cites: Option<String>,
    /// The handle.
    pub(in crate::scenario) handle: Option<u32>,
    /// `*pnProcInfoNeeded`.
    pub(in crate::scenario) needed: Option<u32>,
    /// `*pnProcInfo`.
    pub(in crate::scenario) count: Option<u32>,
    /// The reboot reasons, by name joined by `+`; `none` for none.
    pub(in crate::scenario) reasons: Option<String>,
    /// The whole list: process names with statuses, by name joined by `+`.
    pub(in crate::scenario) apps: Option<BTreeMap<String, String>>,
    /// The processes of the list that Restart Manager can restart.
    pub(in crate::scenario) restartable: Option<Vec<String>>,
    /// The terminal sessions that the list gives, by process.
    pub(in crate::scenario) ts_sessions: Option<BTreeMap<String, u32>>,
    /// The whole filter list: target and action of each, as the transcript shows them.
    pub(in crate::scenario) filters: Option<Vec<String>>,
    /// Everything the callback was told during the call.
    pub(in crate::scenario) progress: Option<Vec<u8>>,

    /// What a call of an application returns; 0 if left out.
    pub(in crate::scenario) hresult: Option<u32>,
    /// The command line it gives.
    pub(in crate::scenario) command_line: Option<String>,
    /// The size it says is needed.
    pub(in crate::scenario) size: Option<u32>,
    /// The flags it gives.
    pub(in crate::scenario) flags: Option<u32>,
    /// The interval it gives, in units of 100 ns.
    pub(in crate::scenario) interval: Option<u64>,
}

impl Expect {
    /// Whether it expects something that only a call of an application can give.
    pub(in crate::scenario) const fn speaks_of_an_application(&self) -> bool {
        self.hresult.is_some()
            || self.command_line.is_some()
            || self.size.is_some()
            || self.flags.is_some()
            || self.interval.is_some()
    }

    /// Whether it expects something that only a call of an installer can give.
    pub(in crate::scenario) const fn speaks_of_an_installer(&self) -> bool {
        self.code != 0
            || self.handle.is_some()
            || self.filters.is_some()
            || self.progress.is_some()
            || self.speaks_of_a_list()
    }

    /// Whether it expects something that only a list can give.
    pub(in crate::scenario) const fn speaks_of_a_list(&self) -> bool {
        self.needed.is_some()
            || self.count.is_some()
            || self.reasons.is_some()
            || self.apps.is_some()
            || self.restartable.is_some()
            || self.ts_sessions.is_some()
    }
}

/// What must be so on the machine.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Check {
    /// Programs of which a process runs.
    #[serde(default)]
    pub(in crate::scenario) running: Vec<Spanned<String>>,
    /// Programs of which none runs.
    #[serde(default)]
    pub(in crate::scenario) gone: Vec<Spanned<String>>,
    /// How many sessions have a key in the registry.
    pub(in crate::scenario) sessions: Option<usize>,
    /// Whether the registry mutex is free.
    pub(in crate::scenario) mutex_free: Option<bool>,
    /// Everything in the event log so far, as `rmsim run --view log` shows it.
    pub(in crate::scenario) log: Option<Vec<String>>,
}

const fn plenty() -> u32 {
    100
}

const fn roomy() -> u32 {
    10_000
}

fn main() -> String {
    "main".into()
}

pub(super) fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Millis>, D::Error> {
    parse_millis(&String::deserialize(deserializer)?).map(Some).map_err(serde::de::Error::custom)
}
