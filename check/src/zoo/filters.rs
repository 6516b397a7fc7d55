//! Filters that reach too far, or not far enough.

use std::collections::{BTreeMap, BTreeSet};

use rm_core::{
    AppStatus, Call, Caller, Effect, ErrorCode, Filter, FilterAction, Outcome, Output, Refusal, Reply,
    SessionHandle, Verdict,
};
use rm_sim::World;

use super::kit::{SUCCESS, forgives, instead_of, on_call, on_decision, on_reply};
use super::{Flaw, Member};

/// Keeps the filters of sessions that ended.
#[derive(Default)]
struct Leak {
    /// The session that a thread's call is about.
    on: BTreeMap<Caller, SessionHandle>,
    kept: BTreeMap<SessionHandle, Vec<Filter>>,
    leaked: Vec<Filter>,
}

impl Flaw for Leak {
    fn call(&mut self, who: Caller, call: &mut Call) -> Option<rm_core::Seen> {
        if let Some(session) = call.session() {
            self.on.insert(who, session);
        }
        None
    }

    fn effect(&mut self, _: &World, who: Caller, effect: &mut Effect) -> Option<Outcome> {
        if let (Effect::KeepFilter(filter), Some(session)) = (effect, self.on.get(&who)) {
            self.kept.entry(*session).or_default().push(filter.clone());
        }
        None
    }

    fn reply(&mut self, _: Caller, call: &Call, reply: &mut Reply) {
        match (call, &mut reply.output) {
            (Call::End { session }, _) => self.leaked.extend(self.kept.remove(session).unwrap_or_default()),
            (_, Output::FilterList(list)) if reply.code == ErrorCode::SUCCESS => {
                list.filters.extend(self.leaked.iter().cloned());
            }
            _ => {}
        }
    }
}

/// Has filters with these bits decide nothing.
fn unmasked(bits: AppStatus) -> Box<dyn Flaw> {
    on_decision(move |one| {
        if one.verdict == Verdict::Leave && one.masks.contains(bits) {
            one.verdict = Verdict::Act;
        }
    })
}

pub(super) const MEMBERS: &[Member] = &[
    Member {
        name: "filters-leak-into-the-next-session",
        story: "The filters of a session that has ended are in force in the next one of the process.",
        happened: "one list of filters for the whole process, as the slots of a fork of Wine invite",
        flaw: || Box::new(Leak::default()),
    },
    Member {
        name: "the-first-filter-stays",
        story: "A second filter for the same target is taken and changes nothing.",
        happened: "RmAddFilter replaces; P4suta/restart-manager documents it",
        flaw: || {
            let mut known = BTreeSet::new();
            on_call(move |who, call| match call {
                Call::AddFilter { session, target, .. } => {
                    let is_new = known.insert((who.process, *session, target.clone()));
                    (!is_new).then_some(SUCCESS)
                }
                Call::RemoveFilter { session, target } => {
                    known.remove(&(who.process, *session, target.clone()));
                    None
                }
                _ => None,
            })
        },
    },
    Member {
        name: "a-filter-that-is-not-there-is-removed",
        story: "RmRemoveFilter reports success where there is no filter.",
        happened: "the stub of Wine; P4suta/restart-manager maps 2",
        flaw: || forgives(Refusal::NoSuchFilter),
    },
    Member {
        name: "a-removed-filter-stays",
        story: "RmRemoveFilter reports success and removes nothing.",
        happened: "the stub of Wine",
        flaw: || on_call(|_, call| matches!(call, Call::RemoveFilter { .. }).then_some(SUCCESS)),
    },
    Member {
        name: "filters-have-room-in-any-buffer",
        story: "RmGetFilterList reports success although the buffer is too small.",
        happened: "P4suta/restart-manager asks for the size with no buffer",
        flaw: || instead_of("RmGetFilterList", ErrorCode::MORE_DATA, ErrorCode::SUCCESS),
    },
    Member {
        name: "no-shutdown-is-a-remark",
        story: "RmNoShutdown shows in the status, and the program is stopped all the same.",
        happened: "OpenIdentityPlatform/OpenDJ#701: shutdown was disabled, and things happened",
        flaw: || unmasked(AppStatus::SHUTDOWN_MASKED),
    },
    Member {
        name: "no-restart-is-a-remark",
        story: "RmNoRestart shows in the status, and the program is started again all the same.",
        happened: "OpenIdentityPlatform/OpenDJ#701",
        flaw: || unmasked(AppStatus::RESTART_MASKED),
    },
    Member {
        name: "any-action-is-taken",
        story: "RmAddFilter takes actions that mean nothing, as RmNoRestart.",
        happened: "a stub that does not look at its arguments, as in Wine",
        flaw: || {
            on_call(|_, call| {
                if let Call::AddFilter { action, .. } = call
                    && !action.is_known()
                {
                    *action = FilterAction::NO_RESTART;
                }
                None
            })
        },
    },
    Member {
        name: "a-filter-may-have-two-targets",
        story: "RmAddFilter takes the first of several targets.",
        happened: "P4suta/restart-manager has to refuse that itself",
        flaw: || {
            on_call(|_, call| {
                if let Call::AddFilter { target, .. } = call
                    && target.module.is_some()
                {
                    (target.process, target.service) = (None, None);
                }
                None
            })
        },
    },
    Member {
        name: "filters-do-not-show",
        story: "Filters act, and no list shows that they do.",
        happened: "NanoByte.Common reads the status to name the culprits",
        flaw: || {
            on_reply(|_, _, reply| {
                if let Output::List(list) = &mut reply.output {
                    for entry in &mut list.entries {
                        let status = entry.status.without(AppStatus::SHUTDOWN_MASKED);
                        entry.status = status.without(AppStatus::RESTART_MASKED);
                    }
                }
            })
        },
    },
];
