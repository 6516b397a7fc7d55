//! What most flaws are made of: one function in one place.

use std::sync::Arc;

use rm_core::{
    Call, Caller, Decision, Effect, ErrorCode, Message, Outcome, Refusal, Reply, Seen, SeenOutput, Settlement,
};
use rm_sim::World;

use super::Flaw;
use crate::boundary::Event;

/// Changes calls, or answers them without the model.
pub(super) fn on_call<F>(act: F) -> Box<dyn Flaw>
where
    F: FnMut(Caller, &mut Call) -> Option<Seen> + Send + 'static,
{
    struct OnCall<F>(F);
    impl<F: FnMut(Caller, &mut Call) -> Option<Seen> + Send> Flaw for OnCall<F> {
        fn call(&mut self, who: Caller, call: &mut Call) -> Option<Seen> {
            (self.0)(who, call)
        }
    }
    Box::new(OnCall(act))
}

/// Does something else than the model wants done.
pub(super) fn on_effect<F>(act: F) -> Box<dyn Flaw>
where
    F: FnMut(&World, Caller, &mut Effect) -> Option<Outcome> + Send + 'static,
{
    struct OnEffect<F>(F);
    impl<F: FnMut(&World, Caller, &mut Effect) -> Option<Outcome> + Send> Flaw for OnEffect<F> {
        fn effect(&mut self, world: &World, who: Caller, effect: &mut Effect) -> Option<Outcome> {
            (self.0)(world, who, effect)
        }
    }
    Box::new(OnEffect(act))
}

/// Misunderstands what came of an effect.
pub(super) fn on_outcome<F>(act: F) -> Box<dyn Flaw>
where
    F: FnMut(Caller, &Effect, &mut Outcome) + Send + 'static,
{
    struct OnOutcome<F>(F);
    impl<F: FnMut(Caller, &Effect, &mut Outcome) + Send> Flaw for OnOutcome<F> {
        fn outcome(&mut self, who: Caller, effect: &Effect, outcome: &mut Outcome) {
            (self.0)(who, effect, outcome);
        }
    }
    Box::new(OnOutcome(act))
}

/// Tells the caller something else.
pub(super) fn on_reply<F>(act: F) -> Box<dyn Flaw>
where
    F: FnMut(Caller, &Call, &mut Reply) + Send + 'static,
{
    struct OnReply<F>(F);
    impl<F: FnMut(Caller, &Call, &mut Reply) + Send> Flaw for OnReply<F> {
        fn reply(&mut self, who: Caller, call: &Call, reply: &mut Reply) {
            (self.0)(who, call, reply);
        }
    }
    Box::new(OnReply(act))
}

/// Lets something else be seen.
pub(super) fn on_seen<F>(act: F) -> Box<dyn Flaw>
where
    F: FnMut(Event, &mut Vec<Event>) + Send + 'static,
{
    struct OnSeen<F>(F);
    impl<F: FnMut(Event, &mut Vec<Event>) + Send> Flaw for OnSeen<F> {
        fn seen(&mut self, event: Event, seen: &mut Vec<Event>) {
            (self.0)(event, seen);
        }
    }
    Box::new(OnSeen(act))
}

/// Turns one code into another where a function returns it.
pub(super) fn instead_of(function: &'static str, code: ErrorCode, other: ErrorCode) -> Box<dyn Flaw> {
    on_reply(move |_, call, reply| {
        if call.function() == function && reply.code == code {
            reply.code = other;
        }
    })
}

/// Turns one code into another, whoever returns it.
pub(super) fn everywhere(code: ErrorCode, other: ErrorCode) -> Box<dyn Flaw> {
    on_reply(move |_, _, reply| {
        if reply.code == code {
            reply.code = other;
        }
    })
}

/// Reports success where there is this reason not to.
pub(super) fn forgives(refusal: Refusal) -> Box<dyn Flaw> {
    on_reply(move |_, _, reply| {
        if reply.refusal == Some(refusal) {
            reply.code = ErrorCode::SUCCESS;
        }
    })
}

/// Sends none of these messages, and takes it that all went well.
pub(super) fn unsent(is_unsent: fn(Message) -> bool) -> Box<dyn Flaw> {
    on_effect(move |_, _, effect| match effect {
        Effect::Send(_, message, _) if is_unsent(*message) => Some(match message {
            Message::Close => Outcome::Done,
            _ => Outcome::Agreed,
        }),
        _ => None,
    })
}

/// Changes every decision.
pub(super) fn on_decision<F: FnMut(&mut Decision) + Send + 'static>(mut act: F) -> Box<dyn Flaw> {
    on_effect(move |_, _, effect| {
        if let Effect::Decide(decisions) = effect {
            Arc::make_mut(decisions).iter_mut().for_each(&mut act);
        }
        None
    })
}

/// Changes what becomes of every application.
pub(super) fn on_settlement<F: FnMut(&mut Settlement) + Send + 'static>(mut act: F) -> Box<dyn Flaw> {
    on_effect(move |_, _, effect| {
        if let Effect::Settle(settlements) = effect {
            Arc::make_mut(settlements).iter_mut().for_each(&mut act);
        }
        None
    })
}

/// A code, and nothing written.
pub(super) const fn bare(code: ErrorCode) -> Seen {
    Seen { code, output: SeenOutput::Nothing }
}

/// Success, and nothing written.
pub(super) const SUCCESS: Seen = bare(ErrorCode::SUCCESS);
