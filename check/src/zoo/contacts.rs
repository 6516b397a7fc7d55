//! Applications that are told something else than the documents have them told: callers see nothing of it,
//! whoever hears what programs are told does.

use std::collections::BTreeSet;

use rm_core::{Call, Caller, Effect, Message, Name, Outcome, Seen, ShutdownFlags};
use rm_sim::World;

use super::kit::{on_effect, unsent};
use super::{Flaw, Member};

/// Sends nothing to anybody where a shutdown is forced: all will be ended by force.
struct Impolite(BTreeSet<Caller>);

impl Flaw for Impolite {
    fn call(&mut self, who: Caller, call: &mut Call) -> Option<Seen> {
        let is_forced = matches!(call, Call::Shutdown { flags, .. } if flags.0 & ShutdownFlags::FORCE.0 != 0);
        if is_forced {
            self.0.insert(who);
        } else {
            self.0.remove(&who);
        }
        None
    }

    fn effect(&mut self, _: &World, who: Caller, effect: &mut Effect) -> Option<Outcome> {
        let silent = match effect {
            Effect::Send(_, Message::Close, _) => Outcome::Done,
            Effect::Send(..) => Outcome::NoAnswer,
            _ => return None,
        };
        self.0.contains(&who).then_some(silent)
    }
}

pub(super) const MEMBERS: &[Member] = &[
    Member {
        name: "windows-get-wm-close-alone",
        story: "Windows get WM_CLOSE, and no message of the end of a session before it.",
        happened: "the fork palginpav/wine-bleeding of Wine sends WM_CLOSE alone",
        flaw: || unsent(|message| message != Message::Close),
    },
    Member {
        name: "who-may-stay-is-not-told",
        story: "Programs that agreed are not told that another one refused, and that they stay.",
        happened: "Electron until #44598 and Zed until #62987 had no answer to these messages, and nobody noticed",
        flaw: || unsent(|message| message == Message::StaySession),
    },
    Member {
        name: "wm-close-is-left-out",
        story: "A window that is still there after WM_ENDSESSION gets no WM_CLOSE.",
        happened: "glpi-agentmonitor#4: a dialog that answered TRUE, and stayed",
        flaw: || unsent(|message| message == Message::Close),
    },
    Member {
        name: "the-arguments-are-lost",
        story: "Programs are started again without the arguments that they registered.",
        happened: "Tailscale starts programs again by itself, with the command line that it found",
        flaw: || {
            on_effect(|_, _, effect| {
                if let Effect::Launch(launch) = effect {
                    launch.command_line = Name::from("");
                }
                None
            })
        },
    },
    Member {
        name: "force-asks-nobody",
        story: "Where a shutdown is forced, programs are ended without a word to them.",
        happened: "the Service Fabric installer and Git for Windows end programs by TerminateProcess",
        flaw: || Box::new(Impolite(BTreeSet::new())),
    },
];
