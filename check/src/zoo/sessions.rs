//! Sessions that are not what they should be: handles, keys, places, registrations, cancels.

use std::collections::BTreeSet;

use rm_core::store::{ResourceKind, ValueName};
use rm_core::{Call, Caller, Effect, ErrorCode, Outcome, Output, Refusal, Seen, SessionHandle};

use super::kit::{SUCCESS, bare, everywhere, instead_of, on_call, on_effect, on_reply};
use super::{Flaw, Member};

/// Takes whoever owns a place for alive while it looks for a free one.
#[derive(Default)]
struct Abandoned(BTreeSet<Caller>);

impl Flaw for Abandoned {
    fn call(&mut self, who: Caller, call: &mut Call) -> Option<Seen> {
        if matches!(call, Call::Start { .. }) {
            self.0.insert(who);
        } else {
            self.0.remove(&who);
        }
        None
    }

    fn outcome(&mut self, who: Caller, effect: &Effect, outcome: &mut Outcome) {
        if let Effect::AreAlive(asked) = effect
            && self.0.contains(&who)
        {
            *outcome = Outcome::Alive(asked.to_vec());
        }
    }
}

pub(super) const MEMBERS: &[Member] = &[
    Member {
        name: "handle-0-is-none",
        story: "Handles count from 0, and the session with handle 0 cannot be used.",
        happened: "meziantou/Meziantou.Framework#2090, PowerToys and NanoByte.Common take 0 for no session",
        flaw: || {
            on_call(|_, call| {
                (call.session() == Some(SessionHandle(0))).then_some(bare(ErrorCode::INVALID_HANDLE))
            })
        },
    },
    Member {
        name: "a-session-ends-twice",
        story: "RmEndSession reports success for a session that has ended.",
        happened: "meziantou/Meziantou.Framework#2090; Inno Setup ends some sessions twice",
        flaw: || {
            on_reply(|_, call, reply| {
                if matches!(call, Call::End { .. })
                    && matches!(reply.refusal, Some(Refusal::UnknownSession(_)))
                {
                    reply.code = ErrorCode::SUCCESS;
                }
            })
        },
    },
    Member {
        name: "an-ended-session-can-be-used",
        story: "RmRegisterResources takes any handle.",
        happened: "the stub of Wine",
        flaw: || instead_of("RmRegisterResources", ErrorCode::INVALID_HANDLE, ErrorCode::SUCCESS),
    },
    Member {
        name: "eight-sessions-have-to-do",
        story: "The ninth session is refused.",
        happened: "64 is the documented number; Tailscale stops its own tests at what it measured",
        flaw: || {
            let mut open = BTreeSet::new();
            on_reply(move |who, call, reply| match (call, &reply.output) {
                (Call::End { session }, _) => drop(open.remove(&(who.process, *session))),
                (_, Output::Started(session, ..)) => {
                    open.insert((who.process, *session));
                    if open.len() > 8 {
                        reply.code = ErrorCode::MAX_SESSIONS_REACHED;
                        reply.output = Output::Nothing;
                    }
                }
                _ => {}
            })
        },
    },
    Member {
        name: "the-sixty-fifth-session-is-fine",
        story: "No number of sessions is too many.",
        happened: "LockCheck and Meziantou.Framework disagree about the scope of the limit",
        flaw: || {
            on_reply(|_, _, reply| {
                if reply.code == ErrorCode::MAX_SESSIONS_REACHED {
                    reply.code = ErrorCode::SUCCESS;
                    reply.output = Output::Started(SessionHandle(99), rm_core::SessionKey(99), true);
                }
            })
        },
    },
    Member {
        name: "abandoned-places-are-never-taken",
        story: "The place of an installer that died stays taken.",
        happened: "Hunt & Hackett saw Windows take the first abandoned place",
        flaw: || Box::new(Abandoned::default()),
    },
    Member {
        name: "any-key-will-do",
        story: "RmJoinSession gives a handle for a key that no session has.",
        happened: "the fork retrochristian5000/water of Wine reports success for every key",
        flaw: || {
            on_reply(|_, call, reply| {
                if matches!(call, Call::Join { key: Some(_), .. }) && reply.code != ErrorCode::SUCCESS {
                    reply.code = ErrorCode::SUCCESS;
                    reply.output = Output::Joined(SessionHandle(77));
                }
            })
        },
    },
    Member {
        name: "who-started-it-may-not-join",
        story: "A process cannot join a session that it has started.",
        happened: "P4suta/restart-manager has a test on Windows that it can",
        flaw: || {
            let mut started = BTreeSet::new();
            on_reply(move |who, call, reply| match (call, &reply.output) {
                (_, Output::Started(_, key, _)) => drop(started.insert((who.process, key.text()))),
                (Call::Join { key: Some(key), .. }, Output::Joined(_))
                    if started.contains(&(who.process, key.clone())) =>
                {
                    reply.code = ErrorCode::SESSION_CREDENTIAL_CONFLICT;
                    reply.output = Output::Nothing;
                }
                _ => {}
            })
        },
    },
    Member {
        name: "whoever-joined-may-do-everything",
        story: "A secondary installer may do what only the primary one may.",
        happened: "Tailscale explains 1219 to its users",
        flaw: || {
            on_reply(|_, _, reply| {
                if matches!(reply.refusal, Some(Refusal::SecondaryInstaller(_))) {
                    reply.code = ErrorCode::SUCCESS;
                }
            })
        },
    },
    Member {
        name: "null-is-87",
        story: "What is NULL and must not be gives ERROR_INVALID_PARAMETER.",
        happened: "the fork palginpav/wine-bleeding of Wine",
        flaw: || everywhere(ErrorCode::BAD_ARGUMENTS, ErrorCode(87)),
    },
    Member {
        name: "only-the-first-registration-counts",
        story: "What is registered by a second call is lost.",
        happened: "one array of files for each session, filled once",
        flaw: || {
            let mut registered = BTreeSet::new();
            on_call(move |who, call| match call {
                Call::Start { .. } | Call::Join { .. } => {
                    registered.clear();
                    None
                }
                Call::Register { session, .. } => {
                    (!registered.insert((who.process, *session))).then_some(SUCCESS)
                }
                _ => None,
            })
        },
    },
    Member {
        name: "a-hash-is-never-written",
        story: "The groups of a registration are written without the hash that guards them.",
        happened: "RestartManagerArtifacts shows the hash on Windows",
        flaw: || {
            on_effect(|_, _, effect| {
                let is_hash =
                    matches!(effect, Effect::WriteValue(_, ValueName::GroupsHash(ResourceKind::Files), _));
                is_hash.then_some(Outcome::Done)
            })
        },
    },
    Member {
        name: "a-failed-write-is-a-success",
        story: "RmRegisterResources reports success although the registry could not be written.",
        happened: "meziantou/Meziantou.Framework#2512",
        flaw: || instead_of("RmRegisterResources", ErrorCode::WRITE_FAULT, ErrorCode::SUCCESS),
    },
    Member {
        name: "a-cancel-changes-nothing",
        story: "RmCancelCurrentTask reports success, and the operation goes on.",
        happened: "PowerToys waits with a clock of its own and kills what is left",
        flaw: || on_call(|_, call| matches!(call, Call::Cancel { .. }).then_some(SUCCESS)),
    },
    Member {
        name: "who-was-cancelled-says-success",
        story: "An operation that was cancelled ends, and reports success.",
        happened: "Service Fabric goes on if RmShutdown returns 0",
        flaw: || everywhere(ErrorCode::CANCELLED, ErrorCode::SUCCESS),
    },
    Member {
        name: "ended-while-somebody-is-joined",
        story: "RmEndSession of a session that was joined ends nothing.",
        happened: "WiX leaves joined handles open",
        flaw: || {
            let mut joined = false;
            on_call(move |_, call| {
                joined |= matches!(call, Call::Join { .. });
                (joined && matches!(call, Call::End { .. })).then_some(SUCCESS)
            })
        },
    },
];
