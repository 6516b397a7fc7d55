//! Application recovery and restart: the applications' side in kernel32, with which a program says how
//! it wants to be started again.
//!
//! Pure functions over what one process has declared. Restart Manager reads of that only
//! [`Declared::restart`]; Windows Error Reporting, which would call the recovery callback, is not here.

mod recovery;
mod restart;

use alloc::sync::Arc;

use crate::application::RestartSettings;
use crate::name::Name;
use crate::rule;
use crate::rules::{Citation, Rule, Rules, latitude::answers};

/// A result of these functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct HResult(pub u32);

impl HResult {
    /// It worked.
    pub const S_OK: Self = Self(0);
    /// It worked, and there is nothing to tell.
    pub const S_FALSE: Self = Self(1);
    /// Something failed inside.
    pub const E_FAIL: Self = Self(0x8000_4005);
    /// An argument cannot be taken.
    pub const E_INVALIDARG: Self = Self(0x8007_0057);
    /// `HRESULT_FROM_WIN32(ERROR_INSUFFICIENT_BUFFER)`.
    pub const INSUFFICIENT_BUFFER: Self = Self(0x8007_007a);
    /// `HRESULT_FROM_WIN32(ERROR_NOT_FOUND)`.
    pub const NOT_FOUND: Self = Self(0x8007_0490);

    /// Its name in the headers.
    #[must_use]
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::S_OK => "S_OK",
            Self::S_FALSE => "S_FALSE",
            Self::E_FAIL => "E_FAIL",
            Self::E_INVALIDARG => "E_INVALIDARG",
            Self::INSUFFICIENT_BUFFER => "ERROR_INSUFFICIENT_BUFFER",
            Self::NOT_FOUND => "ERROR_NOT_FOUND",
            _ => "?",
        }
    }
}

answers! {
    /// Whether a buffer's size without the buffer is taken for the size query.
    SizeWithoutBuffer = "OQ-140" { AsQuery, Refused }
}
answers! {
    /// Whether an application stays registered that registers with no command line.
    WithoutArguments = "OQ-101.registered" { Registered, NotAnyMore }
}
answers! {
    /// What the settings are of an application that registered with no command line.
    SettingsWithout = "OQ-101.settings" { EmptyString, NotFound }
}
answers! {
    /// A command line of exactly the greatest length.
    LongestLine = "OQ-102" { Accepted, TooLong }
}
answers! {
    /// Flags that are not defined.
    UnknownFlags = "OQ-103" { Accepted, Refused }
}
answers! {
    /// The settings of another process.
    OtherProcess = "OQ-104" { Works, Fails }
}

/// What a process has told the system. It is gone with the process (ARR-21).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Declared {
    /// How it is registered for restart.
    pub restart: Option<Arc<RestartSettings>>,
    /// The flags it gave when it last registered without a command line and that took its registration
    /// away (OQ-101).
    pub cleared: Option<u32>,
    /// The interval of its recovery callback in milliseconds, if it has one.
    pub recovery: Option<u32>,
}

/// A call of one of these functions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum Ask {
    /// `RegisterApplicationRestart`.
    RegisterRestart {
        /// `pwzCommandline`; none is NULL.
        command_line: Option<Name>,
        /// `dwFlags`.
        flags: u32,
    },
    /// `UnregisterApplicationRestart`.
    UnregisterRestart,
    /// `GetApplicationRestartSettings`.
    RestartSettings {
        /// Whether `hProcess` is another process than the caller's own.
        of_another: bool,
        /// Whether `pwzCommandline` is not NULL.
        buffer: bool,
        /// `*pcchSize`, in characters.
        size: u32,
    },
    /// `RegisterApplicationRecoveryCallback`.
    RegisterRecovery {
        /// `dwPingInterval` in milliseconds.
        interval: u32,
    },
    /// `UnregisterApplicationRecoveryCallback`.
    UnregisterRecovery,
    /// `GetApplicationRecoveryCallback`.
    RecoveryCallback,
    /// `ApplicationRecoveryInProgress`.
    RecoveryInProgress {
        /// Whether `pbCancelled` is NULL.
        null: bool,
    },
    /// `ApplicationRecoveryFinished`.
    RecoveryFinished,
}

/// What came of a call.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Told {
    /// The result; `ApplicationRecoveryFinished` has none.
    pub result: Option<HResult>,
    /// The rule or latitude that made it so.
    pub because: Citation,
    /// `pwzCommandline`.
    pub command_line: Option<Name>,
    /// `*pcchSize`: the characters needed, the terminator among them.
    pub size: Option<u32>,
    /// `*pdwFlags`.
    pub flags: Option<u32>,
    /// `*pdwPingInterval`, in units of 100 ns.
    pub interval: Option<u64>,
}

impl Told {
    const fn new(result: HResult, because: Citation) -> Self {
        let result = Some(result);
        Self { result, because, command_line: None, size: None, flags: None, interval: None }
    }

    const fn by(result: HResult, rule: Rule) -> Self {
        Self::new(result, Citation::Rule(rule))
    }
}

impl Ask {
    /// The function's name.
    #[must_use]
    pub const fn function(&self) -> &'static str {
        match self {
            Self::RegisterRestart { .. } => "RegisterApplicationRestart",
            Self::UnregisterRestart => "UnregisterApplicationRestart",
            Self::RestartSettings { .. } => "GetApplicationRestartSettings",
            Self::RegisterRecovery { .. } => "RegisterApplicationRecoveryCallback",
            Self::UnregisterRecovery => "UnregisterApplicationRecoveryCallback",
            Self::RecoveryCallback => "GetApplicationRecoveryCallback",
            Self::RecoveryInProgress { .. } => "ApplicationRecoveryInProgress",
            Self::RecoveryFinished => "ApplicationRecoveryFinished",
        }
    }

    /// What the function returns when something fails inside; `None` if none of its results says that.
    #[must_use]
    pub const fn fails(&self) -> Option<Told> {
        let rule = match self {
            Self::RegisterRestart { .. } => rule!("ARR-03"),
            Self::UnregisterRestart => rule!("ARR-15"),
            Self::RegisterRecovery { .. } => rule!("ARR-23"),
            Self::UnregisterRecovery => rule!("ARR-30"),
            Self::RestartSettings { .. }
            | Self::RecoveryCallback
            | Self::RecoveryInProgress { .. }
            | Self::RecoveryFinished => return None,
        };
        Some(Told::by(HResult::E_FAIL, rule))
    }
}

impl Declared {
    /// Makes a call: what it comes to, and what the process has declared after it. The settings are
    /// those of the process whose handle is given.
    #[must_use]
    pub fn ask(&self, ask: &Ask, rules: &Rules) -> (Self, Told) {
        match ask {
            Ask::RegisterRestart { command_line, flags } => {
                self.register_restart(command_line.as_ref(), *flags, rules)
            }
            Ask::UnregisterRestart => {
                // ARR-15: nothing says that there had to be a registration.
                let none = Self { restart: None, cleared: None, ..self.clone() };
                (none, Told::by(HResult::S_OK, rule!("ARR-15")))
            }
            Ask::RestartSettings { of_another, buffer, size } => {
                (self.clone(), self.restart_settings(*of_another, *buffer, *size, rules))
            }
            Ask::RegisterRecovery { interval } => self.register_recovery(*interval),
            Ask::UnregisterRecovery => {
                let none = Self { recovery: None, ..self.clone() };
                (none, Told::by(HResult::S_OK, rule!("ARR-30")))
            }
            Ask::RecoveryCallback => (self.clone(), self.recovery_callback()),
            Ask::RecoveryInProgress { null } => (self.clone(), recovery::in_progress(*null)),
            Ask::RecoveryFinished => (self.clone(), recovery::finished()),
        }
    }
}
