//! Behaviors: how a simulated program answers what Restart Manager sends it.

mod in_turn;
mod program;
mod service;
mod time;

use std::sync::Arc;

use rm_core::{Millis, RestartSettings};

pub use in_turn::InTurn;
pub use program::{Answer, Reaction};
pub use service::{Starting, Stopping};
pub use time::{Shown, parse_millis};

use crate::choice::{Choice, Choose};

/// How a program answers. Written in a scenario as text: `yes`, `no after 2s`, `exits`, `stays`; or
/// several of them, which act in turn: `no, no, yes`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Behavior {
    /// To `WM_QUERYENDSESSION`.
    pub query: InTurn<Answer>,
    /// To `WM_ENDSESSION` with TRUE.
    pub end_session: InTurn<Reaction>,
    /// To `WM_CLOSE`.
    pub close: InTurn<Reaction>,
    /// To a control event.
    pub control: InTurn<Reaction>,
    /// The top-level windows, where there are several that answer differently; else it has one, which
    /// answers as said above.
    pub windows: Vec<Window>,
    /// What it does about its registration for restart when the query reaches it.
    pub at_query: Option<Registers>,
    /// What it does about its registration for restart when it is told that the session ends.
    pub at_end_session: Option<Registers>,
}

/// How one of several top-level windows answers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Window {
    /// To `WM_QUERYENDSESSION`.
    pub query: InTurn<Answer>,
    /// To `WM_ENDSESSION` with TRUE.
    pub end_session: InTurn<Reaction>,
    /// To `WM_CLOSE`.
    pub close: InTurn<Reaction>,
}

/// What a program does about its registration for restart at some moment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Registers {
    /// It registers so, whatever it was before.
    As(Arc<RestartSettings>),
    /// It is not registered any more.
    Not,
}

/// What a program is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum About {
    Query,
    EndSession,
    Close,
    Control,
}

impl About {
    /// What it is called where somebody has to choose.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::EndSession => "end-session",
            Self::Close => "close",
            Self::Control => "control",
        }
    }
}

/// The well-behaved program: it agrees, and ends when it is told to.
impl Default for Behavior {
    fn default() -> Self {
        let exits = || InTurn::from(Reaction::Exits(Millis(0)));
        Self {
            query: Answer::Yes(Millis(0)).into(),
            end_session: exits(),
            close: exits(),
            control: exits(),
            windows: Vec::new(),
            at_query: None,
            at_end_session: None,
        }
    }
}

impl Behavior {
    /// How each window answers the query.
    pub fn queries(&self) -> impl Iterator<Item = &InTurn<Answer>> {
        let own = self.windows.is_empty().then_some(&self.query);
        own.into_iter().chain(self.windows.iter().map(|window| &window.query))
    }

    /// How each window reacts to a message; to a control event the process does, once.
    pub(super) fn reactions(&self, about: About) -> Vec<&InTurn<Reaction>> {
        match about {
            About::Close if self.windows.is_empty() => vec![&self.close],
            About::Close => self.windows.iter().map(|window| &window.close).collect(),
            About::EndSession if self.windows.is_empty() => vec![&self.end_session],
            About::EndSession => self.windows.iter().map(|window| &window.end_session).collect(),
            About::Control | About::Query => vec![&self.control],
        }
    }
}

/// A behavior that somebody else may have to choose.
pub trait Open: Copy + PartialEq + 'static {
    /// What stands for a choice.
    const ANY: Self;
    /// What the choice offers.
    const CHOICES: &'static [Self];
    /// The names of what it offers.
    const NAMES: &'static [&'static str];

    /// What it comes to, once somebody has chosen where that is needed.
    ///
    /// # Errors
    /// With the choice, when nobody makes it.
    fn chosen(self, program: &str, about: &'static str, choose: &mut dyn Choose) -> Result<Self, Choice> {
        if self != Self::ANY {
            return Ok(self);
        }
        let choice = Choice { program: program.into(), about, answers: Self::NAMES };
        let at = choose.choose(&choice).ok_or(choice)?;
        Ok(Self::CHOICES.get(at).copied().unwrap_or(Self::ANY))
    }
}

/// A behavior or a time that was written in a way nobody understands.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is not understood here; expected {expected}")]
pub struct NotUnderstood {
    /// What was written.
    pub found: String,
    /// What could have been.
    pub expected: &'static str,
}
