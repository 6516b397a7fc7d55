//! What a cancel does to an operation, and what only a cancel does.

use rm_core::{Call, Effect, Message, Note, Outcome, Refusal};

use super::{Holds, holds};
use crate::played::{Made, Played};

/// RM-CANCEL-05, RM-CANCEL-06: 1223 only for an operation that somebody asked to cancel: before it began,
/// where that counts (OQ-79 b), or from another process, where it may (OQ-80 c).
pub fn only_a_cancelled_operation_reports_so(played: &Played) -> Holds {
    let is_cancelled = |made: &&Made| {
        matches!(made.reply.as_ref().and_then(|reply| reply.refusal), Some(Refusal::Cancelled(_)))
    };
    for made in played.made.iter().filter(is_cancelled) {
        let can_be = matches!(made.call, Call::GetList { .. } | Call::Shutdown { .. } | Call::Restart { .. });
        let here = played.cancels().any(|(at, who)| who.process == made.who.process && at < made.span.1);
        let otherwise = played.events().any(|(at, effect, _, by)| {
            let counts = match effect {
                Effect::Remember(Note::CancelNext) => by.who.process == made.who.process,
                Effect::InterruptOwner(_) => true,
                _ => false,
            };
            counts && at < made.span.1
        });
        let asked = here || otherwise;
        holds(asked && can_be, || format!("{made:?}"))?;
    }
    Ok(())
}

/// RM-CANCEL-05, RM-CANCEL-06, RM-CANCEL-13: an operation that was asked to cancel begins nothing more
/// that stops or starts an application. What it was in the midst of may still come to its end.
pub fn a_cancelled_operation_begins_nothing_more(played: &Played) -> Holds {
    let begins = |effect: &Effect| {
        matches!(
            effect,
            Effect::Send(_, Message::QueryEndSession | Message::EndSession | Message::Close, _)
                | Effect::ControlEvent(..)
                | Effect::Terminate(_)
                | Effect::Launch(_)
        )
    };
    for (at, who) in played.cancels() {
        let of_target = |made: &Made| made.who == who && made.covers(at);
        let later =
            played.events().filter(|(when, effect, _, made)| *when > at && of_target(made) && begins(effect));
        let begun: Vec<_> = later.map(|(_, effect, outcome, _)| (effect, outcome)).collect();
        holds(begun.len() <= 1, || format!("{begun:#?}"))?;
    }
    Ok(())
}

/// RM-CANCEL-03, RM-CANCEL-09, RM-CANCEL-11: a cancel through a handle of the primary succeeds, whatever
/// there is to cancel, and touches nothing but a thread. Where nothing runs it may count for the next
/// operation, or be refused (OQ-79).
pub fn a_cancel_only_asks(played: &Played) -> Holds {
    for made in played.made.iter().filter(|made| matches!(made.call, Call::Cancel { .. })) {
        let asks = |effect: &Effect| {
            matches!(effect, Effect::Interrupt(_) | Effect::Request(_) | Effect::InterruptOwner(_))
        };
        let remembers = |effect: &Effect| *effect == Effect::Remember(Note::CancelNext);
        let asked = made.did.iter().filter(|(effect, _)| asks(effect)).count();
        let remembered = made.did.iter().filter(|(effect, _)| remembers(effect)).count();
        let only_asks = asked <= 1 && remembered <= 1 && asked + remembered == made.did.len();
        holds(only_asks, || format!("{made:?}"))?;
        let counts_later = played.is_answered("OQ-79", 'b');
        holds(remembered == 0 || counts_later, || format!("{made:?}"))?;
        let primary = played.opened_by(made).is_some_and(|opened| matches!(opened.call, Call::Start { .. }));
        // RM-CANCEL-10: unless there is no memory for the request.
        let failed = made.did.iter().any(|(_, outcome)| matches!(outcome, Outcome::Failed(_)));
        let succeeds = made.code().is_none_or(|code| code == if failed { 14 } else { 0 });
        let refused = played.is_answered("OQ-79", 'c') && made.did.is_empty();
        holds(!primary || succeeds || refused || !played.is_alone(made), || format!("{made:?}"))?;
    }
    Ok(())
}
