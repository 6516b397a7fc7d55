//! Who there is in a setting: programs, services and the process that some of them share, and installers.

use std::fmt;

use rm_core::{AppType, Millis, Name};

use crate::world::{Answer, Behavior, InTurn, Reaction, Respawn, Starting, Stopping};

/// A program of a setting. It has no name: by its place in the list it is `app0`, `app1` and so on.
#[derive(Clone, PartialEq)]
pub struct DrawnProgram {
    /// How it is classified.
    pub app_type: AppType,
    /// The files it holds.
    pub uses: Vec<Name>,
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

impl Default for DrawnProgram {
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

impl DrawnProgram {
    /// What the program at this place is called.
    #[must_use]
    pub fn name(at: usize) -> String {
        format!("app{at}")
    }

    /// Its executable.
    #[must_use]
    pub fn image(at: usize) -> String {
        format!(r"C:\Programs\app{at}.exe")
    }

    /// The same with the times changed that it takes for its answers.
    #[must_use]
    pub fn with_delays(&self, change: impl Fn(Millis) -> Millis) -> Self {
        let answer = |answer| match answer {
            Answer::Yes(after) => Answer::Yes(change(after)),
            Answer::No(after) => Answer::No(change(after)),
            Answer::Exits(after) => Answer::Exits(change(after)),
            Answer::Never | Answer::Choose => answer,
        };
        let reaction = |reaction| match reaction {
            Reaction::Exits(after) => Reaction::Exits(change(after)),
            other => other,
        };
        let mut same = self.clone();
        let Behavior { query, end_session, close, control, windows, .. } = &mut same.behavior;
        *query = query.map(answer);
        for reactions in [end_session, close, control] {
            *reactions = reactions.map(reaction);
        }
        for window in windows {
            window.query = window.query.map(answer);
            window.end_session = window.end_session.map(reaction);
            window.close = window.close.map(reaction);
        }
        same
    }
}

/// What is usual goes without saying.
impl fmt::Debug for DrawnProgram {
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

/// A service of a setting. By its place in the list it is `svc0`, `svc1` and so on.
#[derive(Clone, PartialEq)]
pub struct DrawnService {
    /// The files it holds.
    pub uses: Vec<Name>,
    /// The services it needs, by number; only those before it count.
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

impl DrawnService {
    /// What the service at this place is called.
    #[must_use]
    pub fn name(at: usize) -> String {
        format!("svc{at}")
    }

    /// The services that the one at this place needs.
    pub(super) fn needed(&self, at: usize) -> impl Iterator<Item = usize> {
        self.needs.iter().map(|needed| usize::from(*needed)).filter(move |needed| *needed < at)
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
    pub uses: Vec<Name>,
    /// Whether it can be told which of them uses a file.
    pub tagging: bool,
}

impl Default for SharedHost {
    fn default() -> Self {
        Self { uses: Vec::new(), tagging: true }
    }
}

/// Who an installer is.
#[derive(Clone, PartialEq, Eq)]
pub struct DrawnInstaller {
    /// What it is called. `app0`, `svc0` and their like, and [`HOST`](super::HOST), are others.
    pub name: String,
    /// Whether it runs elevated.
    pub elevated: bool,
    /// Whether it runs as another user than most.
    pub of_other_user: bool,
    /// The terminal session it runs in.
    pub ts_session: u32,
}

impl Default for DrawnInstaller {
    /// Elevated, in the terminal session of most programs.
    fn default() -> Self {
        Self { name: "setup".into(), elevated: true, of_other_user: false, ts_session: 1 }
    }
}

impl DrawnInstaller {
    /// The usual one of this name.
    #[must_use]
    pub fn called(name: &str) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// Whether there is nothing to say of it but its name.
    #[must_use]
    pub fn is_usual(&self) -> bool {
        *self == Self::called(&self.name)
    }
}

/// What is usual goes without saying.
impl fmt::Debug for DrawnInstaller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        let others = [
            (!self.elevated, "not elevated"),
            (self.of_other_user, "of another user"),
            (self.ts_session != 1, "in another session"),
        ];
        unusual(f, &others)
    }
}
