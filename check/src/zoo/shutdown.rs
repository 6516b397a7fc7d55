//! Shutdowns that stop too many, too few, or say something else than they did.

use std::sync::Arc;

use rm_core::{AppStatus, Call, Effect, ErrorCode, Message, Millis, Outcome, ShutdownFlags};

use super::Member;
use super::kit::{instead_of, on_call, on_effect, on_outcome, on_seen, on_settlement, unsent};
use crate::boundary::Event;

/// Changes the flags of shutdowns.
fn on_flags(act: fn(u32) -> u32) -> Box<dyn super::Flaw> {
    on_call(move |_, call| {
        if let Call::Shutdown { flags, .. } = call {
            *flags = ShutdownFlags(act(flags.0));
        }
        None
    })
}

const fn is_query(effect: &Effect) -> bool {
    matches!(effect, Effect::Send(_, Message::QueryEndSession, _))
}

pub(super) const MEMBERS: &[Member] = &[
    Member {
        name: "a-veto-is-ignored",
        story: "A program that refuses to be closed is closed all the same.",
        happened: "GPII/windows#194: a call was ended in the middle",
        flaw: || {
            on_outcome(|_, effect, outcome| {
                if is_query(effect) && *outcome == Outcome::Refused {
                    *outcome = Outcome::Agreed;
                }
            })
        },
    },
    Member {
        name: "nobody-is-asked",
        story: "Windows are closed without being asked first.",
        happened: "the fork palginpav/wine-bleeding of Wine sends WM_CLOSE alone",
        flaw: || unsent(|message| message == Message::QueryEndSession),
    },
    Member {
        name: "success-though-a-program-survives",
        story: "RmShutdown reports success although somebody runs on.",
        happened: "the fork palginpav/wine-bleeding of Wine always returns 0",
        flaw: || instead_of("RmShutdown", ErrorCode::FAIL_SHUTDOWN, ErrorCode::SUCCESS),
    },
    Member {
        name: "success-though-a-reboot-is-needed",
        story: "RmShutdown reports success where it did nothing because only a reboot would help.",
        happened: "meziantou/Meziantou.Framework#2127",
        flaw: || instead_of("RmShutdown", ErrorCode::FAIL_NOACTION_REBOOT, ErrorCode::SUCCESS),
    },
    Member {
        name: "force-is-ignored",
        story: "RmForceShutdown changes nothing: who refuses stays.",
        happened: "jrsoftware/issrc#145 asks for force because programs without windows never go",
        flaw: || on_flags(|flags| flags & !ShutdownFlags::FORCE.0),
    },
    Member {
        name: "force-is-always-meant",
        story: "Every shutdown ends programs by force.",
        happened: "dotnet/installer#17055, dotnet/core-setup#8546",
        flaw: || on_flags(|flags| flags | ShutdownFlags::FORCE.0),
    },
    Member {
        name: "only-registered-is-ignored",
        story: "RmShutdownOnlyRegistered changes nothing.",
        happened: "amidaware/tacticalrmm#262: what nobody would start again was stopped",
        flaw: || on_flags(|flags| flags & !ShutdownFlags::ONLY_REGISTERED.0),
    },
    Member {
        name: "the-classes-come-in-the-wrong-order",
        story: "Explorer goes first and programs with windows last.",
        happened: "Gaoyifei1011/GetStoreApp#65 relies on the order",
        flaw: || {
            on_effect(|_, _, effect| {
                if let Effect::Decide(decisions) = effect {
                    Arc::make_mut(decisions).reverse();
                }
                None
            })
        },
    },
    Member {
        name: "five-seconds-have-to-do",
        story: "Nobody is waited for longer than five seconds.",
        happened: "the fork palginpav/wine-bleeding of Wine",
        flaw: || {
            on_effect(|_, _, effect| {
                if let Effect::Arm(limit) | Effect::ArmFor(_, limit) = effect {
                    *limit = Millis(limit.0.min(5_000));
                }
                None
            })
        },
    },
    Member {
        name: "who-went-by-himself-is-an-error",
        story: "A program that exits before it is asked counts as one that could not be stopped.",
        happened: "Meziantou.Framework#2511: a race nobody could reproduce",
        flaw: || {
            on_settlement(|one| {
                if one.status.contains(AppStatus::STOPPED_OTHER) {
                    one.status = AppStatus::ERROR_ON_STOP;
                }
            })
        },
    },
    Member {
        name: "no-program-is-ended-by-force",
        story: "A program that has to be ended by force is said to be gone, and runs on.",
        happened: "GetStoreApp#65, ExplorerPatcher#529: Explorer did not go",
        flaw: || on_effect(|_, _, effect| matches!(effect, Effect::Terminate(_)).then_some(Outcome::Done)),
    },
    Member {
        name: "no-service-is-stopped",
        story: "A service is said to have been stopped, and runs on.",
        happened: "xenserver/win-installer#337: wrong about a service",
        flaw: || on_effect(|_, _, effect| matches!(effect, Effect::StopService(_)).then_some(Outcome::Gone)),
    },
    Member {
        name: "a-console-program-hears-nothing",
        story: "Console programs get no control event, and are waited for all the same.",
        happened: "a library without a helper process that could attach to a console",
        flaw: || {
            on_effect(|_, _, effect| matches!(effect, Effect::ControlEvent(..)).then_some(Outcome::Done))
        },
    },
    Member {
        name: "nobody-is-told-of-progress",
        story: "The status callback is never called.",
        happened: "P4suta/restart-manager asserts at least one call",
        flaw: || {
            on_seen(|event, seen| {
                if !matches!(event, Event::Progress(..)) {
                    seen.push(event);
                }
            })
        },
    },
    Member {
        name: "progress-repeats-itself",
        story: "The status callback is told every figure twice.",
        happened: "P4suta/restart-manager asserts that progress grows",
        flaw: || {
            on_seen(|event, seen| {
                if let Event::Progress(..) = event {
                    seen.push(event.clone());
                }
                seen.push(event);
            })
        },
    },
    Member {
        name: "progress-counts-down",
        story: "The status callback is told how much is left, not how much is done.",
        happened: "P4suta/restart-manager asserts that progress grows",
        flaw: || {
            on_seen(|event, seen| {
                seen.push(match event {
                    Event::Progress(who, percent) => Event::Progress(who, 100_u32.saturating_sub(percent)),
                    other => other,
                });
            })
        },
    },
    Member {
        name: "progress-passes-a-hundred",
        story: "The status callback is told the number of applications, not percents.",
        happened: "i * 100 / n with the wrong n, as in a fork of Wine",
        flaw: || {
            on_seen(|event, seen| {
                seen.push(match event {
                    Event::Progress(who, percent) => Event::Progress(who, percent * 2),
                    other => other,
                });
            })
        },
    },
    Member {
        name: "a-callback-after-the-return",
        story: "The status callback is called once more after the function has returned.",
        happened: "P4suta/restart-manager guards its one callback against that",
        flaw: || {
            on_seen(|event, seen| {
                let late = match &event {
                    Event::Replied(who, "RmShutdown" | "RmRestart", _) => Some(Event::Progress(*who, 100)),
                    _ => None,
                };
                seen.push(event);
                seen.extend(late);
            })
        },
    },
];
