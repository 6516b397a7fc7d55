//! Who may do what with a session, and for how long.

use std::collections::BTreeSet;

use rm_core::{Call, Effect, ErrorCode, Outcome, Output, Refusal, Reply, Role};

use super::{Holds, holds};
use crate::played::{Made, Played, is_bad_argument, role};

fn succeeded(made: &Made) -> bool {
    made.code() == Some(0)
}

/// RM-END-03, RM-END-04, RM-END-08, RM-LIFE-01: no handle answers after its end. It is 6 by default, unless
/// the arguments are wrong already.
pub fn no_handle_answers_after_its_end(played: &Played) -> Holds {
    for made in &played.made {
        let Some(reply) = &made.reply else { continue };
        if made.call.session().is_some() && played.opened_by(made).is_none() && played.is_alone(made) {
            let bad = is_bad_argument(reply);
            let refused = reply.code.0 == 6 || bad || (reply.code.0 != 0 && !played.is_default());
            holds(refused && made.did.is_empty(), || format!("{made:?}"))?;
        }
    }
    Ok(())
}

/// RM-JOIN-14, RM-SHUT-56, RM-RST-32, RM-CANCEL-01, RM-FILT-01, RM-FILT-02, RM-FILT-03: a secondary may
/// register and leave, nothing else.
pub fn a_secondary_registers_and_leaves_and_nothing_else(played: &Played) -> Holds {
    for made in &played.made {
        let (Some(opened), Some(reply)) = (played.opened_by(made), &made.reply) else { continue };
        if role(opened) == Role::Secondary && played.is_alone(made) {
            let allowed = matches!(made.call, Call::Register { .. } | Call::End { .. });
            // OQ-03 and OQ-80 leave the code open, where no page names it.
            let conflict = ErrorCode::SESSION_CREDENTIAL_CONFLICT;
            let refused = match reply.refusal {
                Some(Refusal::SecondaryInstaller(_)) => true,
                Some(Refusal::Answered(_, code, _)) => code == conflict,
                _ => false,
            };
            let bad = is_bad_argument(reply);
            holds(bad || allowed != refused, || format!("{made:?}"))?;
            holds(allowed || made.did.is_empty(), || format!("{made:?}"))?;
        }
    }
    Ok(())
}

/// RM-JOIN-01, RM-JOIN-02, RM-JOIN-12: a join succeeds only with the key of a session that has not been ended
/// and whose owner runs. Whether the case of its letters matters is open (OQ-09.case).
pub fn a_join_needs_the_key_of_a_live_session(played: &Played) -> Holds {
    for made in &played.made {
        let (Call::Join { key: Some(key), .. }, Some(reply)) = (&made.call, &made.reply) else { continue };
        let started = played.made.iter().find(|other| match &other.reply {
            Some(Reply { output: Output::Started(_, handed, _), .. }) => {
                let exactly = played.is_answered("OQ-09.case", 'a');
                if exactly { handed.text() == *key } else { handed.text().same(key) }
            }
            _ => false,
        });
        let ended = started.is_some_and(|started| {
            let owner_is_gone = played.was_gone(&started.who.process.into(), made.span.0);
            owner_is_gone
                || played.made.iter().any(|other| {
                    matches!(other.call, Call::End { .. })
                        && succeeded(other)
                        && other.span.1 < made.span.0
                        && played.opened_by(other).is_some_and(|opened| opened.span == started.span)
                })
        });
        let lives = started.is_some() && !ended;
        holds(lives || reply.code.0 != 0, || format!("{made:?}"))?;
    }
    Ok(())
}

/// RM-START-07, RM-START-14: keys are 32 hexadecimal characters, and no two are the same.
pub fn keys_are_32_hexadecimal_characters_and_differ(played: &Played) -> Holds {
    let mut seen = BTreeSet::new();
    for made in &played.made {
        let Some(Reply { output: Output::Started(_, key, _), .. }) = &made.reply else {
            continue;
        };
        let text = key.text().to_string();
        let is_hexadecimal = text.len() == 32 && text.chars().all(|letter| letter.is_ascii_hexdigit());
        holds(is_hexadecimal && seen.insert(text.clone()), || format!("{text} in {made:?}"))?;
    }
    Ok(())
}

/// RM-START-15, RM-START-16, RM-START-02: a handle that is given is one that the process does not hold, and
/// only a call that opens a session gives one.
pub fn no_handle_is_given_twice(played: &Played) -> Holds {
    let mut held = BTreeSet::new();
    for (_, effect, outcome, made) in played.events() {
        let process = made.who.process;
        match (effect, outcome) {
            (Effect::NewHandle(_), Outcome::Handle(handle)) => {
                let opens = matches!(made.call, Call::Start { .. } | Call::Join { .. });
                holds(opens && held.insert((process, *handle)), || format!("{handle} in {made:?}"))?;
            }
            (Effect::ReleaseHandle(handle), _) => {
                let ends = matches!(made.call, Call::End { .. });
                holds(ends && held.remove(&(process, *handle)), || format!("{handle} in {made:?}"))?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// RM-START-01, RM-START-19, RM-JOIN-02, RM-END-01: who fails to open a session gets no handle, and who ends
/// one has it no more. A join may give a handle that the process has already (OQ-17).
pub fn a_handle_is_given_exactly_by_success(played: &Played) -> Holds {
    for made in played.made.iter().filter(|made| made.reply.is_some()) {
        let gave = made.did.iter().any(|(effect, _)| matches!(effect, Effect::NewHandle(_)));
        let opens = matches!(made.call, Call::Start { .. } | Call::Join { .. });
        let same = played.is_answered("OQ-17.own", 'b') || played.is_answered("OQ-17.again", 'b');
        let has_it = same && matches!(made.call, Call::Join { .. }) && succeeded(made);
        holds(gave == (opens && succeeded(made)) || (has_it && !gave), || format!("{made:?}"))?;
        let took = made.did.iter().any(|(effect, _)| matches!(effect, Effect::ReleaseHandle(_)));
        // RM-END-08: the primary may have ended it before; then the handle goes with a 6.
        let ends = matches!(made.call, Call::End { .. }) && (succeeded(made) || made.code() == Some(6));
        holds(if succeeded(made) { took == ends } else { !took || ends }, || format!("{made:?}"))?;
    }
    Ok(())
}
