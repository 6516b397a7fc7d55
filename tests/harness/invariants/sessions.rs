//! Who may do what with a session, and for how long.

use rm_core::{Call, Role};

use super::{Holds, holds};
use crate::play::{Played, role};

/// RM-END-03: no handle answers after its end.
pub fn no_handle_answers_after_its_end(played: &Played) -> Holds {
    for made in &played.made {
        let Some(reply) = &made.reply else { continue };
        if made.call.session().is_some() && played.opened_by(made).is_none() && played.is_alone(made) {
            holds(reply.code.0 == 6, || format!("{made:#?}"))?;
        }
    }
    Ok(())
}

/// RM-JOIN-14, RM-SHUT-56, RM-RST-32, RM-CANCEL-01: a secondary may register and leave, nothing else.
pub fn a_secondary_registers_and_leaves_and_nothing_else(played: &Played) -> Holds {
    for made in &played.made {
        let (Some(opened), Some(reply)) = (played.opened_by(made), &made.reply) else { continue };
        if role(opened) == Role::Secondary && played.is_alone(made) {
            let allowed = matches!(made.call, Call::Register { .. } | Call::End { .. });
            holds(allowed != (reply.code.0 == 1219), || format!("{made:#?}"))?;
        }
    }
    Ok(())
}

/// RM-JOIN-02, RM-JOIN-12: a join succeeds only with the key of a session whose owner runs.
pub fn a_join_needs_the_key_of_a_live_session(played: &Played) -> Holds {
    for made in &played.made {
        let (Call::Join { key: Some(key), .. }, Some(reply)) = (&made.call, &made.reply) else { continue };
        let started = played.made.iter().find(|other| match &other.reply {
            Some(rm_core::Reply { output: rm_core::Output::Started(_, handed, _), .. }) => {
                handed.text() == *key
            }
            _ => false,
        });
        let ended = started.is_some_and(|started| {
            played.made.iter().any(|other| {
                matches!(other.call, Call::End { .. })
                    && other.reply.as_ref().is_some_and(|reply| reply.code.0 == 0)
                    && other.span.1 < made.span.0
                    && played.opened_by(other).is_some_and(|opened| opened.span == started.span)
            })
        });
        let lives = started.is_some() && !ended;
        holds(lives || reply.code.0 != 0, || format!("{made:#?}"))?;
    }
    Ok(())
}

/// RM-START-07, RM-START-14: keys are 32 hexadecimal characters, and no two are the same.
pub fn keys_are_32_hexadecimal_characters_and_differ(played: &Played) -> Holds {
    let mut seen = std::collections::BTreeSet::new();
    for made in &played.made {
        let Some(rm_core::Reply { output: rm_core::Output::Started(_, key, _), .. }) = &made.reply else {
            continue;
        };
        let text = key.text().to_string();
        let is_hexadecimal = text.len() == 32 && text.chars().all(|letter| letter.is_ascii_hexdigit());
        holds(is_hexadecimal && seen.insert(text.clone()), || format!("{text} in {made:#?}"))?;
    }
    Ok(())
}
