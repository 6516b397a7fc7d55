//! Implementations that are not there yet, and do not say so.

use rm_core::{
    Array, Call, Effect, ErrorCode, Outcome, RebootReasons, Seen, SeenList, SeenOutput, SessionHandle,
    SessionKey,
};

use super::Member;
use super::kit::{SUCCESS, bare, on_call, on_effect, on_outcome};

const EMPTY: SeenList = SeenList { needed: 0, count: 0, reasons: RebootReasons::NONE, entries: Vec::new() };

pub(super) const MEMBERS: &[Member] = &[
    Member {
        name: "every-call-succeeds",
        story: "Every function is a stub that reports success; the handle is a constant, and nobody touches the buffer for the key.",
        happened: "dlls/rstrtmgr of wine-mirror/wine",
        flaw: || {
            on_call(|_, call| {
                let output = match call {
                    Call::Start { .. } => {
                        SeenOutput::Started(SessionHandle(0xdead_beef), SessionKey(0), true)
                    }
                    Call::GetList { .. } => SeenOutput::List(EMPTY),
                    _ => SeenOutput::Nothing,
                };
                Some(Seen { code: ErrorCode::SUCCESS, output })
            })
        },
    },
    Member {
        name: "a-join-gives-no-handle",
        story: "RmJoinSession reports success and writes no handle.",
        happened: "the fork retrochristian5000/water of Wine",
        flaw: || on_call(|_, call| matches!(call, Call::Join { .. }).then_some(SUCCESS)),
    },
    Member {
        name: "the-list-is-always-empty",
        story: "RmGetList finds nobody, whoever uses the files.",
        happened: "RmGetList of wine-mirror/wine",
        flaw: || {
            on_call(|_, call| {
                let list = Seen { code: ErrorCode::SUCCESS, output: SeenOutput::List(EMPTY) };
                matches!(call, Call::GetList { .. }).then_some(list)
            })
        },
    },
    Member {
        name: "a-shutdown-stops-nobody",
        story: "RmShutdown reports success and does nothing.",
        happened: "the fork ttv20/wine4office of Wine",
        flaw: || on_call(|_, call| matches!(call, Call::Shutdown { .. }).then_some(SUCCESS)),
    },
    Member {
        name: "a-restart-starts-nobody",
        story: "RmRestart reports success and does nothing.",
        happened: "the fork ttv20/wine4office of Wine",
        flaw: || on_call(|_, call| matches!(call, Call::Restart { .. }).then_some(SUCCESS)),
    },
    Member {
        name: "filters-are-taken-and-forgotten",
        story: "RmAddFilter reports success and keeps nothing.",
        happened: "the fork ttv20/wine4office of Wine",
        flaw: || on_call(|_, call| matches!(call, Call::AddFilter { .. }).then_some(SUCCESS)),
    },
    Member {
        name: "no-cancel-is-there",
        story: "RmCancelCurrentTask is not implemented, and says so by a code of its own.",
        happened: "RmCancelCurrentTask is left out in palginpav/wine-bleeding",
        flaw: || on_call(|_, call| matches!(call, Call::Cancel { .. }).then_some(bare(ErrorCode(120)))),
    },
    Member {
        name: "services-are-ignored",
        story: "Registered services and services in hosts are not looked for.",
        happened: "the fork ttv20/wine4office of Wine",
        flaw: || {
            on_outcome(|_, _, outcome| {
                if let Outcome::Services(services) = outcome {
                    services.clear();
                }
            })
        },
    },
    Member {
        name: "registered-processes-are-ignored",
        story: "Only files are looked at; processes that are registered themselves are dropped.",
        happened: "the wrapper mirrors of cklutz/LockCheck, which only know files",
        flaw: || {
            on_call(|_, call| {
                if let Call::Register { processes, .. } = call {
                    *processes = Array::Null(0);
                }
                None
            })
        },
    },
    Member {
        name: "a-restart-starts-services-only",
        story: "RmRestart has services started and no program.",
        happened: "the fork palginpav/wine-bleeding of Wine",
        flaw: || {
            on_effect(|_, _, effect| matches!(effect, Effect::Launch(_)).then_some(Outcome::NotStartable))
        },
    },
];
