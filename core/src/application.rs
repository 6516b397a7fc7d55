//! Applications: what Restart Manager lists, stops and starts again.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use crate::name::Name;
use crate::process::UniqueProcess;

/// `RM_APP_TYPE` (RM-TYPE-04).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[repr(u32)]
pub enum AppType {
    /// Not classifiable; only a forced shutdown stops it.
    Unknown = 0,
    /// A stand-alone process that shows a top-level window.
    MainWindow = 1,
    /// A Windows application without a top-level window of its own.
    OtherWindow = 2,
    /// A Windows service.
    Service = 3,
    /// Windows Explorer.
    Explorer = 4,
    /// A stand-alone console application.
    Console = 5,
    /// Not to be stopped: critical, without permission, or the installer itself.
    Critical = 1000,
}

/// The order in which classes are stopped (RM-SHUT-26); restarting goes the other way (RM-RST-06).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum Class {
    /// Applications with windows: asked, told to end, closed.
    Gui,
    /// Console applications: sent a control event.
    Console,
    /// Windows Explorer.
    Explorer,
    /// Everything that only force can stop.
    Unknown,
}

impl AppType {
    /// The class that decides when and how an application of this type is stopped.
    #[must_use]
    pub const fn class(self) -> Class {
        match self {
            // OQ-65: an application with other windows gets the messages too.
            Self::MainWindow | Self::OtherWindow => Class::Gui,
            Self::Console => Class::Console,
            Self::Explorer => Class::Explorer,
            // A process is never a service: the service control manager stops those.
            Self::Unknown | Self::Service | Self::Critical => Class::Unknown,
        }
    }
}

/// `RM_APP_STATUS`: bits that tell the history of an application (RM-TYPE-05, RM-TYPE-06).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct AppStatus(pub u32);

impl AppStatus {
    /// No other state fits.
    pub const UNKNOWN: Self = Self(0);
    /// Running.
    pub const RUNNING: Self = Self(0x1);
    /// Stopped by Restart Manager.
    pub const STOPPED: Self = Self(0x2);
    /// Stopped by something else.
    pub const STOPPED_OTHER: Self = Self(0x4);
    /// Restarted by Restart Manager.
    pub const RESTARTED: Self = Self(0x8);
    /// Could not be stopped.
    pub const ERROR_ON_STOP: Self = Self(0x10);
    /// Could not be restarted.
    pub const ERROR_ON_RESTART: Self = Self(0x20);
    /// Kept from being stopped by a filter.
    pub const SHUTDOWN_MASKED: Self = Self(0x40);
    /// Kept from being restarted by a filter.
    pub const RESTART_MASKED: Self = Self(0x80);

    /// The bits of the lowest order first, each with the name a reader knows it by.
    pub const NAMES: [(Self, &'static str); 8] = [
        (Self::RUNNING, "running"),
        (Self::STOPPED, "stopped"),
        (Self::STOPPED_OTHER, "stopped-other"),
        (Self::RESTARTED, "restarted"),
        (Self::ERROR_ON_STOP, "error-on-stop"),
        (Self::ERROR_ON_RESTART, "error-on-restart"),
        (Self::SHUTDOWN_MASKED, "shutdown-masked"),
        (Self::RESTART_MASKED, "restart-masked"),
    ];

    /// Whether every bit of `bits` is set.
    #[must_use]
    pub const fn contains(self, bits: Self) -> bool {
        self.0 & bits.0 == bits.0
    }

    /// Both histories together.
    #[must_use]
    pub const fn with(self, bits: Self) -> Self {
        Self(self.0 | bits.0)
    }

    /// The history without these bits.
    #[must_use]
    pub const fn without(self, bits: Self) -> Self {
        Self(self.0 & !bits.0)
    }
}

/// The names of the bits, joined by `+`; `unknown` for none.
impl fmt::Display for AppStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::UNKNOWN {
            return f.write_str("unknown");
        }
        let mut separator = "";
        for (bit, name) in Self::NAMES {
            if self.contains(bit) {
                write!(f, "{separator}{name}")?;
                separator = "+";
            }
        }
        Ok(())
    }
}

/// What `RegisterApplicationRestart` left with the system (ARR-01, ARR-06).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct RestartSettings {
    /// The arguments; the system puts the executable's name before them.
    pub command_line: Name,
    /// `RESTART_NO_CRASH` 1, `NO_HANG` 2, `NO_PATCH` 4, `NO_REBOOT` 8.
    pub flags: u32,
}

impl RestartSettings {
    /// `RESTART_NO_PATCH`: not to be restarted after an update.
    pub const NO_PATCH: u32 = 4;

    /// Whether the application allows a restart after an update (RM-RST-20).
    #[must_use]
    pub const fn allows_update(&self) -> bool {
        self.flags & Self::NO_PATCH == 0
    }
}

/// What the machine says of a running process.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Description {
    /// The friendly name shown to a person (`strAppName`, RM-LIST-20).
    pub app_name: Name,
    /// Full path of the executable.
    pub image: Name,
    /// How it is stopped.
    pub app_type: AppType,
    /// The terminal session it runs in.
    pub ts_session: u32,
    /// Its registration for restart, if it has one.
    pub restart: Option<RestartSettings>,
    /// The service's short name, if it is one.
    pub service: Option<Name>,
    /// Full paths of the executables that it was started by, and of the script host it is run by
    /// (OQ-100.children).
    pub ancestors: Vec<Name>,
}

/// A process that is affected: it uses a registered resource or is one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Affected {
    /// Which process.
    pub process: UniqueProcess,
    /// What the machine says of it.
    pub about: Arc<Description>,
    /// Whether the caller may stop it.
    pub permitted: bool,
}
