//! Why a join is refused, as far as answers to open questions decide that.

use super::{JoinAgain, JoinDuring, JoinOwn, Opened, held};
use crate::call::Call;
use crate::operation::View;
use crate::refusal::{ErrorCode, Refusal};
use crate::rules::{Rules, latitude::answers};
use crate::session::{Role, SessionHandle};
use crate::store::Phase;

answers! {
    /// A key in the other letter case.
    KeyCase = "OQ-09.case" { Exact, AnyCase }
}
answers! {
    /// The key of no live session.
    UnknownKey = "OQ-14" { CredentialConflict, WriteFault, FileNotFound, InvalidHandle }
}
answers! {
    /// A key that is not 32 characters long.
    KeyLength = "OQ-15.length" { CredentialConflict, BadArgument }
}
answers! {
    /// An empty key.
    EmptyKey = "OQ-15.empty" { CredentialConflict, BadArgument }
}
answers! {
    /// A join in another user context.
    OtherUser = "OQ-16" { CredentialConflict, WriteFault, AccessDenied }
}
answers! {
    /// A process joins again what it has left.
    Rejoin = "OQ-18" { Allowed, Refused }
}
answers! {
    /// A join after the session's shutdown.
    JoinAfter = "OQ-19.after" { Allowed, OutOfSequence, CredentialConflict }
}

/// What is refused because the process has a handle for the session, or had one.
pub(super) fn already(opened: &Opened, new: Option<SessionHandle>, view: &View<'_>) -> Option<Refusal> {
    let why = "the process has joined the session before";
    match held(opened, view).filter(|_| new.is_none()) {
        Some((_, Role::Primary)) => {
            let answer = view.rules.ask::<JoinOwn>();
            (answer == JoinOwn::Refused).then(|| Refusal::answered(why, ErrorCode::UNSPECIFIED, answer))
        }
        Some((_, Role::Secondary)) => {
            let answer = view.rules.ask::<JoinAgain>();
            (answer == JoinAgain::Refused).then(|| Refusal::answered(why, ErrorCode::UNSPECIFIED, answer))
        }
        None if view.library.left.contains(&opened.seat.hash) => {
            let answer = view.rules.ask::<Rejoin>();
            (answer == Rejoin::Refused).then(|| Refusal::answered(why, ErrorCode::UNSPECIFIED, answer))
        }
        None => None,
    }
}

/// What is refused because of how far the primary is (OQ-19).
pub(super) fn out_of_phase(phase: Phase, rules: &Rules) -> Option<Refusal> {
    let why = "the session's installer is too far for a join";
    let (sequence, conflict) = (ErrorCode::REQUEST_OUT_OF_SEQUENCE, ErrorCode::SESSION_CREDENTIAL_CONFLICT);
    match phase {
        Phase::Open => None,
        Phase::Operation => {
            let answer = rules.ask::<JoinDuring>();
            let code = match answer {
                JoinDuring::OutOfSequence => sequence,
                JoinDuring::CredentialConflict => conflict,
                JoinDuring::Allowed | JoinDuring::Waits => return None,
            };
            Some(Refusal::answered(why, code, answer))
        }
        Phase::ShutDown | Phase::Restarted => {
            let answer = rules.ask::<JoinAfter>();
            let code = match answer {
                JoinAfter::OutOfSequence => sequence,
                JoinAfter::CredentialConflict => conflict,
                JoinAfter::Allowed => return None,
            };
            Some(Refusal::answered(why, code, answer))
        }
    }
}

/// The session is another user's (RM-JOIN-10).
pub(super) fn other_user(rules: &Rules) -> Refusal {
    let answer = rules.ask::<OtherUser>();
    let code = match answer {
        OtherUser::CredentialConflict => ErrorCode::SESSION_CREDENTIAL_CONFLICT,
        OtherUser::WriteFault => ErrorCode::WRITE_FAULT,
        OtherUser::AccessDenied => ErrorCode::ACCESS_DENIED,
    };
    Refusal::answered("the session is another user's", code, answer)
}

/// The key opens nothing: it is no key at all, or belongs to no live session (RM-JOIN-02).
pub(super) fn unknown(call: &Call, rules: &Rules) -> Refusal {
    if let Some(refusal) = no_key(call, rules) {
        return refusal;
    }
    let answer = rules.ask::<UnknownKey>();
    let code = match answer {
        UnknownKey::CredentialConflict => ErrorCode::SESSION_CREDENTIAL_CONFLICT,
        UnknownKey::WriteFault => ErrorCode::WRITE_FAULT,
        UnknownKey::FileNotFound => ErrorCode::FILE_NOT_FOUND,
        UnknownKey::InvalidHandle => ErrorCode::INVALID_HANDLE,
    };
    Refusal::answered("the key belongs to no session", code, answer)
}

/// What a key that cannot be one is refused with. Where it is a bad argument, that is seen before
/// anything is done (see `arguments`).
pub(in crate::operation) fn no_key(call: &Call, rules: &Rules) -> Option<Refusal> {
    let Call::Join { key: Some(key), .. } = call else { return None };
    let why = "the key is none";
    let code =
        |is_bad| if is_bad { ErrorCode::BAD_ARGUMENTS } else { ErrorCode::SESSION_CREDENTIAL_CONFLICT };
    match key.units().len() {
        32 => None,
        0 => {
            let answer = rules.ask::<EmptyKey>();
            Some(Refusal::answered(why, code(answer == EmptyKey::BadArgument), answer))
        }
        _ => {
            let answer = rules.ask::<KeyLength>();
            Some(Refusal::answered(why, code(answer == KeyLength::BadArgument), answer))
        }
    }
}
