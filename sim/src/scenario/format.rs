//! The scenario format, field by field. `fixtures/readme.toml` explains it by example.
//!
//! Unknown fields are errors. Names that refer to something are [`Spanned`], so that an error can
//! point at them.

use std::collections::BTreeMap;

use rm_core::Millis;
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use crate::world::{Answer, Reaction, parse_millis};

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

/// One step: exactly one of the actions, and what goes with it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Step {
    /// What to tell the reader.
    pub(super) note: Option<String>,
    /// Who makes the call: an installer, or `installer/thread`.
    pub(super) by: Option<Spanned<String>>,

    /// `RmStartSession`.
    pub(super) start: Option<Start>,
    /// `RmJoinSession`.
    pub(super) join: Option<Join>,
    /// `RmRegisterResources`.
    pub(super) register: Option<Register>,
    /// `RmGetList`.
    pub(super) list: Option<List>,
    /// `RmShutdown`.
    pub(super) shutdown: Option<Shutdown>,
    /// `RmRestart`.
    pub(super) restart: Option<Restart>,
    /// `RmCancelCurrentTask`.
    pub(super) cancel: Option<OnSession>,
    /// `RmEndSession`.
    pub(super) end: Option<OnSession>,
    /// Carries on the call that this thread left unfinished.
    pub(super) finish: Option<Finish>,

    /// A process exits by itself, or an installer dies in the midst of whatever it does.
    pub(super) exit: Option<Spanned<String>>,
    /// A program starts.
    pub(super) spawn: Option<Spanned<String>>,
    /// Time passes.
    #[serde(default, deserialize_with = "time")]
    pub(super) wait: Option<Millis>,
    /// What must be so on the machine now.
    pub(super) check: Option<Spanned<Check>>,

    /// Leaves the call unfinished.
    pub(super) leave: Option<Spanned<Leave>>,
    /// The answers to what is to be chosen, in the order in which they are needed.
    #[serde(default)]
    pub(super) choices: Vec<String>,
    /// What must come of the call; code 0 if left out.
    pub(super) expect: Option<Spanned<Expect>>,
}

/// Where to leave a call unfinished.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) enum Leave {
    /// Before the next effect of this name.
    Before(Spanned<String>),
    /// When this much time has passed.
    After(Spanned<String>),
}

/// `start = { session = "main" }`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Start {
    /// What later steps call the handle.
    #[serde(default = "main")]
    pub(super) session: String,
    /// `dwSessionFlags`.
    #[serde(default)]
    pub(super) flags: u32,
    /// Output pointers to pass as null: `handle`, `key`.
    #[serde(default)]
    pub(super) null: Vec<Spanned<String>>,
}

/// `join = { of = "setup" }`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Join {
    /// What later steps call the handle.
    #[serde(default = "main")]
    pub(super) session: String,
    /// The installer whose session to join, or `installer:session`.
    pub(super) of: Option<Spanned<String>>,
    /// A key, literally.
    pub(super) key: Option<String>,
    /// Pointers to pass as null: `handle`, `key`.
    #[serde(default)]
    pub(super) null: Vec<Spanned<String>>,
}

/// `register = { files = ['C:\App\a.dll'] }`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Register {
    /// Which session; `main` if left out.
    pub(super) session: Option<Spanned<String>>,
    /// A handle, literally.
    pub(super) handle: Option<u32>,
    /// Full paths.
    #[serde(default)]
    pub(super) files: Vec<String>,
    /// Processes, by name.
    #[serde(default)]
    pub(super) processes: Vec<Spanned<String>>,
    /// Short names of services.
    #[serde(default)]
    pub(super) services: Vec<String>,
    /// How many null file names to add.
    #[serde(default)]
    pub(super) null_files: u32,
    /// Counts for null arrays: `files`, `processes`, `services`.
    #[serde(default)]
    pub(super) missing: BTreeMap<Spanned<String>, u32>,
}

/// `list = { capacity = 10 }`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct List {
    /// Which session; `main` if left out.
    pub(super) session: Option<Spanned<String>>,
    /// A handle, literally.
    pub(super) handle: Option<u32>,
    /// How many entries there is room for.
    #[serde(default = "plenty")]
    pub(super) capacity: u32,
    /// Pointers to pass as null: `needed`, `count`, `entries`, `reasons`.
    #[serde(default)]
    pub(super) null: Vec<Spanned<String>>,
}

/// `shutdown = { force = true }`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Shutdown {
    /// Which session; `main` if left out.
    pub(super) session: Option<Spanned<String>>,
    /// A handle, literally.
    pub(super) handle: Option<u32>,
    /// `RmForceShutdown`.
    #[serde(default)]
    pub(super) force: bool,
    /// `RmShutdownOnlyRegistered`.
    #[serde(default)]
    pub(super) only_registered: bool,
    /// `lActionFlags`, literally: added to the two above.
    #[serde(default)]
    pub(super) flags: u32,
    /// Whether a status callback is given.
    #[serde(default = "yes")]
    pub(super) callback: bool,
}

/// `restart = {}`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Restart {
    /// Which session; `main` if left out.
    pub(super) session: Option<Spanned<String>>,
    /// A handle, literally.
    pub(super) handle: Option<u32>,
    /// `dwRestartFlags`.
    #[serde(default)]
    pub(super) flags: u32,
    /// Whether a status callback is given.
    #[serde(default = "yes")]
    pub(super) callback: bool,
}

/// A call with nothing but a session: `end = {}`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct OnSession {
    /// Which session; `main` if left out.
    pub(super) session: Option<Spanned<String>>,
    /// A handle, literally.
    pub(super) handle: Option<u32>,
}

/// `finish = {}`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Finish {}

/// What must come of a call.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Expect {
    /// The return value.
    #[serde(default)]
    pub(super) code: u32,
    /// The rule or latitude cited for a code that is not 0.
    pub(super) cites: Option<String>,
    /// The handle.
    pub(super) handle: Option<u32>,
    /// `*pnProcInfoNeeded`.
    pub(super) needed: Option<u32>,
    /// `*pnProcInfo`.
    pub(super) count: Option<u32>,
    /// The reboot reasons, by name joined by `+`; `none` for none.
    pub(super) reasons: Option<String>,
    /// The whole list: process names with statuses, by name joined by `+`.
    pub(super) apps: Option<BTreeMap<String, String>>,
    /// Everything the callback was told during the call.
    pub(super) progress: Option<Vec<u8>>,
}

/// What must be so on the machine.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Check {
    /// Programs of which a process runs.
    #[serde(default)]
    pub(super) running: Vec<Spanned<String>>,
    /// Programs of which none runs.
    #[serde(default)]
    pub(super) gone: Vec<Spanned<String>>,
    /// How many sessions have a key in the registry.
    pub(super) sessions: Option<usize>,
    /// Whether the registry mutex is free.
    pub(super) mutex_free: Option<bool>,
}

const fn one() -> u32 {
    1
}

const fn plenty() -> u32 {
    100
}

const fn yes() -> bool {
    true
}

fn main() -> String {
    "main".into()
}

fn said<'de, D: Deserializer<'de>, T: std::str::FromStr<Err: std::fmt::Display>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    String::deserialize(deserializer)?.parse().map(Some).map_err(serde::de::Error::custom)
}

fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Millis>, D::Error> {
    parse_millis(&String::deserialize(deserializer)?).map(Some).map_err(serde::de::Error::custom)
}
