//! Restarts that start the wrong ones, or nobody.

use std::collections::BTreeSet;
use std::sync::Arc;

use rm_core::{AppStatus, Call, Caller, Decision, Effect, ErrorCode, Outcome, Refusal, Verdict};
use rm_sim::World;

use super::kit::{forgives, instead_of, on_outcome, on_settlement};
use super::{Flaw, Member};

/// Changes what a restart decides.
struct Decides(BTreeSet<Caller>, fn(&mut Decision));

impl Flaw for Decides {
    fn call(&mut self, who: Caller, call: &mut Call) -> Option<rm_core::Seen> {
        if matches!(call, Call::Restart { .. }) {
            self.0.insert(who);
        } else {
            self.0.remove(&who);
        }
        None
    }

    fn effect(&mut self, _: &World, who: Caller, effect: &mut Effect) -> Option<Outcome> {
        if let Effect::Decide(decisions) = effect
            && self.0.contains(&who)
        {
            Arc::make_mut(decisions).iter_mut().for_each(self.1);
        }
        None
    }
}

fn decides(act: fn(&mut Decision)) -> Box<dyn Flaw> {
    Box::new(Decides(BTreeSet::new(), act))
}

pub(super) const MEMBERS: &[Member] = &[
    Member {
        name: "a-restart-needs-no-shutdown",
        story: "RmRestart reports success before anything was shut down.",
        happened: "the stubs of Wine; P4suta/restart-manager knows 776",
        flaw: || forgives(Refusal::RestartBeforeShutdown),
    },
    Member {
        name: "a-second-restart-is-fine",
        story: "RmRestart reports success although everything was restarted already.",
        happened: "the stubs of Wine; P4suta/restart-manager knows 776",
        flaw: || forgives(Refusal::RestartAgain),
    },
    Member {
        name: "success-though-a-program-stays-away",
        story: "RmRestart reports success although somebody was not started again.",
        happened: "GPII/windows started Explorer by hand where RmRestart failed",
        flaw: || instead_of("RmRestart", ErrorCode::FAIL_RESTART, ErrorCode::SUCCESS),
    },
    Member {
        name: "everybody-is-started-again",
        story: "A restart starts whatever is in the list, also what the session never stopped.",
        happened: "OpenIdentityPlatform/OpenDJ#701: a service was started again that nobody had stopped",
        flaw: || decides(|decision| decision.verdict = Verdict::Act),
    },
    Member {
        name: "nobody-is-started-again",
        story: "A restart decides that nobody needs it.",
        happened: "amidaware/tacticalrmm#262: services were left stopped",
        flaw: || decides(|decision| decision.verdict = Verdict::Leave),
    },
    Member {
        name: "what-failed-is-left-in-peace",
        story: "A restart passes over what could not be started, and calls that success.",
        happened: "Inno Setup logs 352 and goes on: it has to be there to be logged",
        flaw: || {
            decides(|decision| {
                if decision.verdict == Verdict::Fail {
                    decision.verdict = Verdict::Leave;
                }
            })
        },
    },
    Member {
        name: "who-runs-again-is-started-again",
        story: "A program that came back by itself gets a second instance.",
        happened: "coreybutler/node-windows#327: a supervisor brings back what was stopped",
        flaw: || {
            on_outcome(|_, _, outcome| {
                if let Outcome::Again(again) = outcome {
                    *again = None;
                }
            })
        },
    },
    Member {
        name: "who-was-started-is-not-marked",
        story: "A program that was restarted keeps the status it had.",
        happened: "NanoByte.Common compares the status as if only one bit could be set",
        flaw: || on_settlement(|one| one.status = one.status.without(AppStatus::RESTARTED)),
    },
    Member {
        name: "registrations-are-never-looked-at-again",
        story: "A program counts as not registered for restart, whatever it said.",
        happened: "dotnet/installer#17055: programs did not come back",
        flaw: || {
            on_outcome(|_, _, outcome| {
                if let Outcome::Described(described) = outcome {
                    described.iter_mut().for_each(|one| one.restart = None);
                }
            })
        },
    },
];
