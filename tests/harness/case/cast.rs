//! Who there is in a case: programs, services and the process that some of them share, and installers.

use std::fmt;

use rm_core::{AppType, Millis};
use rm_sim::world::{Behavior, InTurn, Respawn, Starting, Stopping};

/// A program of a random world.
#[derive(Clone, PartialEq)]
pub struct Drawn {
    /// How it is classified.
    pub app_type: AppType,
    /// The files it holds.
    pub uses: Vec<u8>,
    /// How it answers.
    pub behavior: Behavior,
    /// The flags it registered for restart with, if it did.
    pub registered: Option<u32>,
    /// Whether installers may stop it.
    pub permitted: bool,
    /// Whether it can be started again.
    pub launchable: bool,
    /// The terminal session it runs in.
    pub ts_session: u32,
    /// Whether it runs as another user than most.
    pub of_other_user: bool,
    /// Whether it runs elevated.
    pub elevated: bool,
    /// Whether it is attached to a console that others are attached to as well.
    pub on_shared_console: bool,
    /// How a supervisor brings it back.
    pub respawn: Option<Respawn>,
    /// Whether it runs from the beginning.
    pub running: bool,
}

impl Default for Drawn {
    /// A program that does what it is told and hides from nobody.
    fn default() -> Self {
        Self {
            app_type: AppType::MainWindow,
            uses: Vec::new(),
            behavior: Behavior::default(),
            registered: None,
            permitted: true,
            launchable: true,
            ts_session: 1,
            of_other_user: false,
            elevated: false,
            on_shared_console: false,
            respawn: None,
            running: true,
        }
    }
}

/// What is usual goes without saying.
impl fmt::Debug for Drawn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { app_type, uses, behavior, registered, respawn, .. } = self;
        let usual = Behavior::default();
        write!(f, "{app_type:?} uses {uses:?}")?;
        if let Some(flags) = registered {
            write!(f, ", registered {flags}")?;
        }
        if behavior.query != usual.query {
            write!(f, ", asked {:?}", behavior.query)?;
        }
        let reactions = [
            ("told", &behavior.end_session, &usual.end_session),
            ("closed", &behavior.close, &usual.close),
            ("controlled", &behavior.control, &usual.control),
        ];
        for (when, reaction, _) in reactions.into_iter().filter(|(_, reaction, usual)| reaction != usual) {
            write!(f, ", {when} {reaction:?}")?;
        }
        if !behavior.windows.is_empty() {
            write!(f, ", windows {:?}", behavior.windows)?;
        }
        if let Some(respawn) = respawn {
            write!(f, ", {respawn:?}")?;
        }
        let others = [
            (!self.permitted, "not permitted"),
            (!self.launchable, "not launchable"),
            (self.ts_session != 1, "in another session"),
            (self.of_other_user, "of another user"),
            (self.elevated, "elevated"),
            (self.on_shared_console, "on a shared console"),
            (!self.running, "not running"),
        ];
        unusual(f, &others)
    }
}

fn unusual(f: &mut fmt::Formatter<'_>, what: &[(bool, &str)]) -> fmt::Result {
    what.iter().filter(|(is_so, _)| *is_so).try_for_each(|(_, what)| write!(f, ", {what}"))
}

/// A service of a random world.
#[derive(Clone, PartialEq)]
pub struct DrawnService {
    /// The files it holds.
    pub uses: Vec<u8>,
    /// The services it needs, by number; only those before it.
    pub needs: Vec<u8>,
    /// Whether it lives in the process that several share.
    pub shares_host: bool,
    /// Whether it is critical.
    pub critical: bool,
    /// Whether it can be told to stop at all.
    pub accepts_stop: bool,
    /// Whether installers may stop it.
    pub permitted: bool,
    /// How it answers the stop control.
    pub stop: InTurn<Stopping>,
    /// How it starts.
    pub start: InTurn<Starting>,
    /// Its recovery action.
    pub respawn: Option<Respawn>,
    /// Whether it runs from the beginning.
    pub running: bool,
}

impl Default for DrawnService {
    /// A service that does what it is told.
    fn default() -> Self {
        Self {
            uses: Vec::new(),
            needs: Vec::new(),
            shares_host: false,
            critical: false,
            accepts_stop: true,
            permitted: true,
            stop: Stopping::Stops(Millis(0)).into(),
            start: Starting::Starts(Millis(0)).into(),
            respawn: None,
            running: true,
        }
    }
}

/// What is usual goes without saying.
impl fmt::Debug for DrawnService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let usual = Self::default();
        write!(f, "service uses {:?} needs {:?}", self.uses, self.needs)?;
        if self.stop != usual.stop {
            write!(f, ", {:?}", self.stop)?;
        }
        if self.start != usual.start {
            write!(f, ", {:?}", self.start)?;
        }
        if let Some(respawn) = self.respawn {
            write!(f, ", {respawn:?}")?;
        }
        let others = [
            (self.shares_host, "shares its host"),
            (self.critical, "critical"),
            (!self.accepts_stop, "cannot be told to stop"),
            (!self.permitted, "not permitted"),
            (!self.running, "not running"),
        ];
        unusual(f, &others)
    }
}

/// The process that several services share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedHost {
    /// The files it holds for none of them.
    pub uses: Vec<u8>,
    /// Whether it can be told which of them uses a file.
    pub tagging: bool,
}

impl Default for SharedHost {
    fn default() -> Self {
        Self { uses: Vec::new(), tagging: true }
    }
}

/// Who an installer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setup {
    /// Whether it runs elevated.
    pub elevated: bool,
    /// Whether it runs as another user than most.
    pub of_other_user: bool,
    /// The terminal session it runs in.
    pub ts_session: u32,
}

impl Default for Setup {
    /// Elevated, in the terminal session of most programs.
    fn default() -> Self {
        Self { elevated: true, of_other_user: false, ts_session: 1 }
    }
}
