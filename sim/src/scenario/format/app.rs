//! What an application says of itself: a call of application recovery and restart.

use serde::Deserialize;
use toml::Spanned;

/// `app = { of = "editor", register-restart = "/resume", flags = 4 }`: exactly one of the calls, and what
/// goes with it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct App {
    /// The process that makes the call, or whose settings are asked for.
    pub(in crate::scenario) of: Option<Spanned<String>>,
    /// The process that asks for the settings of another.
    pub(in crate::scenario) by: Option<Spanned<String>>,

    /// `RegisterApplicationRestart` with this command line.
    pub(in crate::scenario) register_restart: Option<String>,
    /// `UnregisterApplicationRestart`.
    #[serde(default)]
    pub(in crate::scenario) unregister_restart: bool,
    /// `GetApplicationRestartSettings`.
    pub(in crate::scenario) restart_settings: Option<Settings>,
    /// `RegisterApplicationRecoveryCallback` with this interval in milliseconds.
    pub(in crate::scenario) register_recovery: Option<u32>,
    /// `UnregisterApplicationRecoveryCallback`.
    #[serde(default)]
    pub(in crate::scenario) unregister_recovery: bool,
    /// `GetApplicationRecoveryCallback`.
    #[serde(default)]
    pub(in crate::scenario) recovery_callback: bool,
    /// `ApplicationRecoveryInProgress`.
    #[serde(default)]
    pub(in crate::scenario) recovery_in_progress: bool,
    /// `ApplicationRecoveryFinished`.
    #[serde(default)]
    pub(in crate::scenario) recovery_finished: bool,

    /// The flags to register with.
    pub(in crate::scenario) flags: Option<u32>,
    /// The length to which the command line is filled up with letters.
    pub(in crate::scenario) long: Option<u16>,
    /// Whether the pointer to the command line, or to where to say whether it was cancelled, is NULL.
    #[serde(default)]
    pub(in crate::scenario) null: bool,
    /// Whether something fails inside.
    #[serde(default)]
    pub(in crate::scenario) fails: bool,
}

/// `restart-settings = { buffer = 10 }`: a buffer of so many characters; or `{ size = 10 }`: none, but a
/// size; or `{}`: none and the size 0.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::scenario) struct Settings {
    /// The size of the buffer.
    pub(in crate::scenario) buffer: Option<u32>,
    /// A size without a buffer.
    pub(in crate::scenario) size: Option<u32>,
}
