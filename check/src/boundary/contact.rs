//! What applications are told: messages, control events, the arguments they are started with.

use rm_core::rules::Citation;
use rm_core::{AppId, Effect, Message, Name, Outcome, rule};

/// What an application is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contact {
    /// A message to its windows.
    Message(Message),
    /// `CTRL_C_EVENT`.
    ControlC,
    /// `SERVICE_CONTROL_STOP`.
    Stop,
    /// Nothing: its process is ended by force.
    Force,
    /// The arguments that it is started with.
    Arguments(Name),
}

impl Contact {
    /// What can be told, but for arguments; by the words for it.
    pub(super) const WORDS: [(&'static str, Self); 7] = [
        ("is told WM_QUERYENDSESSION", Self::Message(Message::QueryEndSession)),
        ("is told WM_ENDSESSION TRUE", Self::Message(Message::EndSession)),
        ("is told WM_ENDSESSION FALSE", Self::Message(Message::StaySession)),
        ("is told WM_CLOSE", Self::Message(Message::Close)),
        ("is told CTRL_C_EVENT", Self::ControlC),
        ("is told SERVICE_CONTROL_STOP", Self::Stop),
        ("is ended by force", Self::Force),
    ];

    /// The words for it; for arguments, those that come before them.
    #[must_use]
    pub(crate) fn words(&self) -> &'static str {
        let known = Self::WORDS.iter().find(|(_, one)| one == self);
        known.map_or("is given", |(words, _)| words)
    }

    /// What is told by this name: that of a message or a control, or `force`.
    pub(crate) fn of_word(word: &str) -> Option<Self> {
        let is_it = |words: &str| match words.strip_prefix("is told ") {
            Some(told) => told == word,
            None => word == "force",
        };
        Self::WORDS.iter().find(|(words, _)| is_it(words)).map(|(_, contact)| contact.clone())
    }

    /// Whether an effect may tell somebody something.
    pub(crate) const fn may_come_of(effect: &Effect) -> bool {
        matches!(
            effect,
            Effect::Send(..)
                | Effect::ControlEvent(..)
                | Effect::StopService(_)
                | Effect::Terminate(_)
                | Effect::Launch(_)
        )
    }

    /// What an effect tells whom, if it came to that.
    #[must_use]
    pub fn of(effect: &Effect, outcome: &Outcome) -> Option<(AppId, Self)> {
        if matches!(outcome, Outcome::Gone | Outcome::Failed(_)) {
            return None;
        }
        Some(match (effect, outcome) {
            (Effect::Send(process, message, _), _) => ((*process).into(), Self::Message(*message)),
            (Effect::ControlEvent(process, _), _) => ((*process).into(), Self::ControlC),
            (Effect::StopService(name), _) => (AppId::Service(name.clone()), Self::Stop),
            (Effect::Terminate(process), _) => ((*process).into(), Self::Force),
            (Effect::Launch(launch), Outcome::Launched(process)) => {
                ((*process).into(), Self::Arguments(launch.command_line.clone()))
            }
            _ => return None,
        })
    }

    /// The rule that has it told.
    pub(crate) const fn because(&self) -> Citation {
        Citation::Rule(match self {
            Self::Message(Message::QueryEndSession) => rule!("RM-SHUT-27"),
            Self::Message(Message::EndSession) => rule!("RM-SHUT-28"),
            Self::Message(Message::StaySession) => rule!("RM-SHUT-49"),
            Self::Message(Message::Close) => rule!("RM-SHUT-31"),
            Self::ControlC => rule!("RM-SHUT-34"),
            Self::Stop => rule!("RM-SHUT-38"),
            Self::Force => rule!("RM-SHUT-37"),
            Self::Arguments(_) => rule!("RM-RST-22"),
        })
    }
}
