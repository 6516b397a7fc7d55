//! Applications: what Restart Manager lists, stops and starts again.

use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::name::Name;
use crate::part::Part;
use crate::process::{Identity, UniqueProcess};

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
    /// Services: stopped through the service control manager.
    Service,
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
            // OQ-65 decides whether an application with other windows gets the messages too.
            Self::MainWindow | Self::OtherWindow => Class::Gui,
            Self::Console => Class::Console,
            Self::Explorer => Class::Explorer,
            Self::Service => Class::Service,
            Self::Unknown | Self::Critical => Class::Unknown,
        }
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

/// Which application: what an entry of the list is about, and what is stopped and started as one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub enum AppId {
    /// A process that is no service.
    Process(UniqueProcess),
    /// A service, by its short name as the service control manager has it. Its host process may be
    /// another one each time it runs.
    Service(Name),
}

impl AppId {
    /// What an entry of a list is about: it has the short name of a service, or none.
    pub(crate) fn listed(process: UniqueProcess, service: &Name) -> Self {
        if service.is_empty() { Self::Process(process) } else { Self::Service(service.clone()) }
    }

    /// The process, of what is no service.
    #[must_use]
    pub const fn process(&self) -> Option<UniqueProcess> {
        match self {
            Self::Process(process) => Some(*process),
            Self::Service(_) => None,
        }
    }
}

impl From<UniqueProcess> for AppId {
    fn from(process: UniqueProcess) -> Self {
        Self::Process(process)
    }
}

/// What the machine says of a program or a service, and what stays so while it runs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Description {
    /// The friendly name shown to a person, or the long name of a service (`strAppName`, RM-LIST-20).
    pub app_name: Name,
    /// Full path of the executable.
    pub image: Name,
    /// How it is stopped. A process that hosts services is of type `Service` too, with no
    /// [`Service`] of its own: what it hosts is stopped, one by one.
    pub app_type: AppType,
    /// The terminal session it runs in.
    pub ts_session: u32,
    /// The user it runs as.
    pub user: Name,
    /// Whether it runs elevated.
    pub elevated: bool,
    /// What makes it a service.
    pub service: Option<Service>,
    /// Full paths of the executables that it was started by, and of the script host it is run by
    /// (OQ-100.children).
    pub ancestors: Vec<Name>,
    /// The console that it is attached to, where others may be too (OQ-115).
    pub console: Option<u32>,
}

/// What the service control manager says of a service.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Service {
    /// The short name.
    pub name: Name,
    /// The services that have to run while it does, by short name.
    pub depends_on: Vec<Name>,
    /// Whether it can be told to stop.
    pub accepts_stop: bool,
}

impl Description {
    /// A program of this name, executable and type: not elevated, of the user who is logged on to
    /// terminal session 1.
    #[must_use]
    pub fn new(app_name: impl Into<Name>, image: impl Into<Name>, app_type: AppType) -> Self {
        Self {
            app_name: app_name.into(),
            image: image.into(),
            app_type,
            ts_session: 1,
            user: Identity::USER.into(),
            elevated: false,
            service: None,
            ancestors: Vec::new(),
            console: None,
        }
    }

    /// Whether it is a process that hosts services.
    #[must_use]
    pub const fn is_host(&self) -> bool {
        matches!(self.app_type, AppType::Service) && self.service.is_none()
    }

    /// Whether it is a service that has to run while the other one does.
    #[must_use]
    pub fn is_needed_by(&self, other: &Self) -> bool {
        let needs = |service: &Service| service.depends_on.iter().any(|needed| self.is_called(needed));
        other.service.as_ref().is_some_and(needs)
    }

    /// Whether it is the service of this short name.
    #[must_use]
    pub fn is_called(&self, service: &Name) -> bool {
        self.service.as_ref().is_some_and(|own| own.name.same(service))
    }
}

/// An application that is affected: it uses a registered resource, is one, or has to be stopped
/// along with one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Affected {
    /// Its process; the host of a service.
    pub process: UniqueProcess,
    /// What the machine says of it.
    pub about: Part<Description>,
    /// Its registration for restart, if it has one.
    pub restart: Option<Arc<RestartSettings>>,
    /// Whether the caller may stop it.
    pub permitted: bool,
    /// Whether it has run for less than 60 seconds (ARR-13).
    pub young: bool,
    /// Whether other services live in its process.
    pub shares_process: bool,
    /// Whether its process can only be stopped as a whole: nothing tells which of its services use
    /// the resources (RM-SHUT-43).
    pub whole_process: bool,
}

impl Affected {
    /// A process that the caller may stop, has not registered, and has run for long.
    #[must_use]
    pub const fn new(process: UniqueProcess, about: Part<Description>) -> Self {
        Self {
            process,
            about,
            restart: None,
            permitted: true,
            young: false,
            shares_process: false,
            whole_process: false,
        }
    }

    /// Which application it is.
    #[must_use]
    pub fn id(&self) -> AppId {
        match &self.about.service {
            Some(service) => AppId::Service(service.name.clone()),
            None => AppId::Process(self.process),
        }
    }

    /// Whether it is a service.
    #[must_use]
    pub fn is_service(&self) -> bool {
        self.about.service.is_some()
    }
}
