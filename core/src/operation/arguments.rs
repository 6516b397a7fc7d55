//! What is wrong with a call before anything is looked at: nulls, zeros and values without meaning.

use super::{join, resources};
use crate::call::{Call, Out, ShutdownFlags, Target};
use crate::refusal::{ErrorCode, Refusal};
use crate::rule;
use crate::rules::{Rule, Rules, latitude::answers};

answers! {
    /// `dwSessionFlags` is not 0.
    StartFlags = "OQ-07.start" { Ignored, Refused }
}
answers! {
    /// `dwRestartFlags` is not 0.
    RestartFlags = "OQ-07.restart" { Ignored, Refused }
}
answers! {
    /// All counts of a registration are 0.
    NothingToRegister = "OQ-26" { Accepted, Refused }
}
answers! {
    /// A filter action that means nothing.
    UnknownAction = "OQ-95" { Refused, Accepted }
}
answers! {
    /// `RmRemoveFilter` with several targets.
    SeveralTargets = "OQ-96.several" { Refused, NoSuchFilter }
}
answers! {
    /// `RmRemoveFilter` without a target.
    NoTarget = "OQ-96.none" { Refused, NoSuchFilter }
}
answers! {
    /// `cbFilterBufNeeded` is null.
    NullNeeded = "OQ-99.needed" { MoreData, Refused }
}
answers! {
    /// A null buffer with a size.
    NullBuffer = "OQ-99.buffer" { Refused, AsksForSize }
}
answers! {
    /// A null array with a positive capacity.
    NullEntries = "OQ-35" { Refused, AsksForSize }
}

answers! {
    /// `lActionFlags` is 0.
    NoFlags = "OQ-55.zero" { Plain, Refused }
}
answers! {
    /// `lActionFlags` has unknown bits.
    UnknownFlags = "OQ-55.bits" { Ignored, Refused }
}

/// The first argument that cannot be taken.
pub(super) fn refused(call: &Call, rules: &Rules) -> Option<Refusal> {
    let bad =
        |is_bad: bool, name: &'static str, rule: Rule| is_bad.then_some(Refusal::BadArgument(name, rule));
    match call {
        Call::Start { handle, flags, key } => {
            bad(*handle == Out::Null, "pSessionHandle", rule!("RM-START-03"))
                .or_else(|| bad(*key == Out::Null, "strSessionKey", rule!("RM-START-04")))
                .or_else(|| {
                    let refused = *flags != 0 && rules.ask::<StartFlags>() == StartFlags::Refused;
                    bad(refused, "dwSessionFlags", rule!("RM-START-08"))
                })
        }
        Call::Join { handle, key } => bad(*handle == Out::Null, "pSessionHandle", rule!("RM-JOIN-03"))
            .or_else(|| bad(key.is_none(), "strSessionKey", rule!("RM-JOIN-03")))
            .or_else(|| {
                join::no_key(call, rules).filter(|refusal| refusal.code(rules) == ErrorCode::BAD_ARGUMENTS)
            }),
        Call::Register { files, processes, services, .. } => {
            bad(files.lacks_elements(), "rgsFileNames", rule!("RM-REG-07"))
                .or_else(|| bad(processes.lacks_elements(), "rgApplications", rule!("RM-REG-07")))
                .or_else(|| bad(services.lacks_elements(), "rgsServiceNames", rule!("RM-REG-07")))
                .or_else(|| {
                    let refuses = || rules.ask::<NothingToRegister>() == NothingToRegister::Refused;
                    let why = "nothing is to be registered";
                    let code = ErrorCode::BAD_ARGUMENTS;
                    let refused = resources::are_none(call) && refuses();
                    refused.then(|| Refusal::answered(why, code, NothingToRegister::Refused))
                })
                .or_else(|| resources::refused(call, rules))
        }
        Call::GetList { needed, capacity, entries, reasons, .. } => {
            let no_array = *entries == Out::Null && capacity.is_some_and(|capacity| capacity > 0);
            bad(*needed == Out::Null, "pnProcInfoNeeded", rule!("RM-LIST-15"))
                .or_else(|| bad(capacity.is_none(), "pnProcInfo", rule!("RM-LIST-15")))
                .or_else(|| bad(*reasons == Out::Null, "lpdwRebootReasons", rule!("RM-LIST-15")))
                .or_else(|| {
                    let refused = no_array && rules.ask::<NullEntries>() == NullEntries::Refused;
                    bad(refused, "rgAffectedApps", rule!("RM-LIST-16"))
                })
        }
        Call::Restart { flags, .. } => {
            let refused = *flags != 0 && rules.ask::<RestartFlags>() == RestartFlags::Refused;
            bad(refused, "dwRestartFlags", rule!("RM-RST-11"))
        }
        Call::Shutdown { flags, .. } => refused_flags(*flags, rules),
        Call::AddFilter { target, action, .. } => {
            bad(target_count(target) > 1, "pProcess", rule!("RM-FILT-06"))
                .or_else(|| bad(target_count(target) == 0, "strModuleName", rule!("RM-FILT-07")))
                .or_else(|| {
                    let refused = action.0 == 0
                        || (!action.is_known() && rules.ask::<UnknownAction>() == UnknownAction::Refused);
                    bad(refused, "FilterAction", rule!("RM-FILT-10"))
                })
        }
        Call::RemoveFilter { target, .. } => {
            let several =
                target_count(target) > 1 && rules.ask::<SeveralTargets>() == SeveralTargets::Refused;
            let none = target_count(target) == 0 && rules.ask::<NoTarget>() == NoTarget::Refused;
            bad(several, "pProcess", rule!("RM-FILT-05"))
                .or_else(|| bad(none, "strModuleName", rule!("RM-FILT-05")))
        }
        Call::GetFilterList { buffer, size, needed, .. } => {
            filter_list_refused(*buffer, *size, *needed, rules)
        }
        Call::Cancel { .. } | Call::End { .. } => None,
    }
}

fn refused_flags(flags: ShutdownFlags, rules: &Rules) -> Option<Refusal> {
    if flags == ShutdownFlags::default() && rules.ask::<NoFlags>() == NoFlags::Refused {
        return Some(Refusal::BadArgument("lActionFlags", rule!("RM-SHUT-22")));
    }
    let unknown = flags.has_unknown() && rules.ask::<UnknownFlags>() == UnknownFlags::Refused;
    unknown.then_some(Refusal::BadArgument("lActionFlags", rule!("RM-SHUT-23")))
}

fn target_count(target: &Target) -> usize {
    let Target { module, process, service } = target;
    [module.is_some(), process.is_some(), service.is_some()].into_iter().filter(|given| *given).count()
}

fn filter_list_refused(buffer: Out, size: u32, needed: Out, rules: &Rules) -> Option<Refusal> {
    if needed == Out::Null {
        return Some(match rules.ask::<NullNeeded>() {
            NullNeeded::MoreData => Refusal::MoreData(rule!("RM-FILT-21")),
            NullNeeded::Refused => Refusal::BadArgument("cbFilterBufNeeded", rule!("RM-FILT-21")),
        });
    }
    let no_buffer = buffer == Out::Null && size > 0;
    let refused = no_buffer && rules.ask::<NullBuffer>() == NullBuffer::Refused;
    refused.then_some(Refusal::BadArgument("pbFilterBuf", rule!("RM-FILT-22")))
}
