//! Registered directories, and texts that spoil a list as directories do (RM-LIST-14).

use alloc::sync::Arc;

use super::resources::{can_match, fails_list};
use crate::call::Call;
use crate::effect::Look;
use crate::name::Name;
use crate::refusal::{ErrorCode, Refusal};
use crate::rules::{Rules, latitude::answers};

answers! {
    /// When a registered path and a file in use are the same.
    SameFile = "OQ-31" { SamePath, SameFile }
}
answers! {
    /// The code of a list while a directory is registered.
    DirectoryListed = "OQ-108.list" { AccessDenied, Directory }
}
answers! {
    /// Whether a list goes on failing when the directory is gone. That there was one is known from
    /// the first list or shutdown that met it.
    DirectoryGone = "OQ-108.lasting" { FailsOn, Works }
}
answers! {
    /// A shutdown while a directory is registered.
    DirectoryInShutdown = "OQ-108.shutdown" { AccessDenied, FailShutdown, Ignored }
}

/// How to look for the users of the registered files.
pub(super) fn look(call: &Call, rules: &Rules) -> Look {
    let is_shutdown = matches!(call, Call::Shutdown { .. });
    Look {
        by_identity: rules.ask::<SameFile>() == SameFile::SameFile,
        past_directories: is_shutdown && rules.ask::<DirectoryInShutdown>() == DirectoryInShutdown::Ignored,
    }
}

/// The registered texts that can match a file.
pub(super) fn matching(files: &Arc<[Name]>) -> Arc<[Name]> {
    if files.iter().all(can_match) {
        return files.clone();
    }
    files.iter().filter(|file| can_match(file)).cloned().collect()
}

/// Whether some registered text makes the refresh fail as a directory does (OQ-28).
pub(super) fn spoilt(files: &[Name], existing: Option<&[Name]>, rules: &Rules) -> bool {
    let is_missing = |file: &Name| {
        can_match(file) && existing.is_some_and(|existing| !existing.iter().any(|one| one.same(file)))
    };
    files.iter().any(|file| fails_list(file, rules) || is_missing(file))
}

/// Whether a directory that is there no more still makes the refresh fail.
pub(super) fn still_fails(rules: &Rules) -> bool {
    rules.ask::<DirectoryGone>() == DirectoryGone::FailsOn
}

/// What a registered directory makes of a call; `None` when it is ignored.
pub(super) fn refusal(call: &Call, rules: &Rules) -> Option<Refusal> {
    let why = "a registered path is a directory";
    if let Call::Shutdown { .. } = call {
        let answer = rules.ask::<DirectoryInShutdown>();
        let code = match answer {
            DirectoryInShutdown::AccessDenied => ErrorCode::ACCESS_DENIED,
            DirectoryInShutdown::FailShutdown => ErrorCode::FAIL_SHUTDOWN,
            DirectoryInShutdown::Ignored => return None,
        };
        return Some(Refusal::answered(why, code, answer));
    }
    let answer = rules.ask::<DirectoryListed>();
    let code = match answer {
        DirectoryListed::AccessDenied => ErrorCode::ACCESS_DENIED,
        DirectoryListed::Directory => ErrorCode::DIRECTORY,
    };
    Some(Refusal::answered(why, code, answer))
}
