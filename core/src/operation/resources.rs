//! Which of the resources of a registration are good, and which make it fail.

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::absent;
use crate::application::AppId;
use crate::call::{Array, Call};
use crate::effect::Effect;
use crate::name::Name;
use crate::outcome::{ServiceQuery, Serving};
use crate::path::Form;
use crate::process::UniqueProcess;
use crate::refusal::{ErrorCode, Refusal};
use crate::rule;
use crate::rules::{Answer, Rules, latitude::answers};
use crate::store::{ResourceKind, process_line};

answers! {
    /// A file name in the array is null.
    NullFile = "OQ-27.null" { Refused, Skipped }
}
answers! {
    /// A service name in the array is null.
    NullService = "OQ-27.nullservice" { Refused, Skipped }
}
answers! {
    /// A file name in the array is empty.
    EmptyFile = "OQ-27.empty" { Refused, Skipped }
}
answers! {
    /// A service name in the array is empty.
    EmptyService = "OQ-27.emptyservice" { Refused, Skipped }
}
answers! {
    /// A relative path.
    RelativePath = "OQ-28.relative" { MatchesNothing, Refused, FailsList }
}
answers! {
    /// A path that is too long.
    LongPath = "OQ-28.long" { MatchesNothing, Refused, FailsList }
}
answers! {
    /// What cannot be a path.
    MalformedPath = "OQ-28.malformed" { MatchesNothing, Refused, FailsList }
}
answers! {
    /// A path at which nothing exists.
    MissingPath = "OQ-28.missing" { MatchesNothing, Refused, FailsList }
}
answers! {
    /// What of a call is registered when one of its resources is refused.
    Others = "OQ-30" { None, Before, Good }
}

/// What was looked at of the resources of a registration, where it matters whether they are there.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub(super) struct Seen {
    /// The files that exist.
    pub(super) files: Option<Vec<Name>>,
    /// The processes that have the ids of the registered ones.
    pub(super) processes: Option<Vec<AppId>>,
    /// The services that are installed.
    pub(super) services: Option<Vec<Serving>>,
}

/// What a registration takes in.
pub(super) struct Taken {
    /// Why the call fails, although some of its resources may be registered.
    pub(super) refusal: Option<Refusal>,
    files: Vec<Name>,
    processes: Vec<UniqueProcess>,
    services: Vec<Name>,
}

impl Taken {
    /// Judges the resources of a call, in the order of its arguments.
    pub(super) fn new(call: &Call, seen: &Seen, rules: &Rules) -> Self {
        let mut taken =
            Self { refusal: None, files: Vec::new(), processes: Vec::new(), services: Vec::new() };
        let Call::Register { files, processes, services, .. } = call else { return taken };
        for file in files.elements() {
            if let Some(file) =
                taken.judged(file_refused(file.as_ref(), seen.files.as_deref(), rules), file.as_ref(), rules)
            {
                taken.files.push(file.clone());
            }
        }
        for process in processes.elements() {
            let found = seen.processes.as_deref();
            let refused = found.and_then(|found| absent::process_refused(*process, found, rules));
            if let Some(process) = taken.judged(refused, Some(process), rules) {
                taken.processes.push(*process);
            }
        }
        for service in services.elements() {
            let is_absent = || {
                let name = service.as_ref().filter(|name| !name.is_empty())?;
                absent::service_refused(name, seen.services.as_deref()?, rules)
            };
            let refused = service_refused(service.as_ref(), rules).or_else(is_absent);
            if let Some(service) = taken.judged(refused, service.as_ref(), rules) {
                taken.services.push(service.clone());
            }
        }
        if taken.refusal.is_some() && rules.ask::<Others>() == Others::None {
            (taken.files, taken.processes, taken.services) = Default::default();
        }
        taken
    }

    /// The resource, if it is registered (OQ-30).
    fn judged<'a, T>(
        &mut self,
        refused: Option<Refusal>,
        resource: Option<&'a T>,
        rules: &Rules,
    ) -> Option<&'a T> {
        if refused.is_some() {
            self.refusal = self.refusal.or(refused);
            return None;
        }
        resource.filter(|_| self.refusal.is_none() || rules.ask::<Others>() == Others::Good)
    }

    /// Whether anything is registered of one kind.
    pub(super) fn has(&self, kind: ResourceKind) -> bool {
        let any = |names: &[Name]| names.iter().any(|name| !name.is_empty());
        match kind {
            ResourceKind::Files => any(&self.files),
            ResourceKind::Processes => !self.processes.is_empty(),
            ResourceKind::Services => any(&self.services),
        }
    }

    /// What is registered of one kind, as the registry keeps it. Null and empty names are passed over.
    pub(super) fn strings(&self, kind: ResourceKind) -> Arc<[Name]> {
        let named = |names: &[Name]| names.iter().filter(|name| !name.is_empty()).cloned().collect();
        match kind {
            ResourceKind::Files => named(&self.files),
            ResourceKind::Processes => self.processes.iter().map(|process| process_line(*process)).collect(),
            ResourceKind::Services => named(&self.services),
        }
    }
}

/// Why a call is refused for its resources before anything is done: when one that is refused keeps
/// all others from being registered.
pub(super) fn refused(call: &Call, rules: &Rules) -> Option<Refusal> {
    let refusal = Taken::new(call, &Seen::default(), rules).refusal?;
    (rules.ask::<Others>() == Others::None).then_some(refusal)
}

impl Seen {
    /// What still has to be looked at first.
    pub(super) fn next(&self, call: &Call, rules: &Rules) -> Option<Effect> {
        let Call::Register { files, processes, services, .. } = call else { return None };
        let full: Arc<[_]> =
            files.elements().iter().flatten().filter(|name| name.form() == Form::Full).cloned().collect();
        if self.files.is_none() && !full.is_empty() && rules.ask::<MissingPath>() == MissingPath::Refused {
            return Some(Effect::Exist(full));
        }
        let processes = processes.elements();
        if self.processes.is_none() && !processes.is_empty() && absent::processes_are_refused(rules) {
            return Some(Effect::Occupants(processes.iter().copied().collect()));
        }
        let names: Vec<_> = services.elements().iter().flatten().cloned().collect();
        let looks = self.services.is_none() && !names.is_empty() && absent::services_are_refused(rules);
        looks.then(|| Effect::Services(ServiceQuery { names, ..ServiceQuery::default() }.into()))
    }
}

/// Whether counts say that nothing is registered (OQ-26).
pub(super) fn are_none(call: &Call) -> bool {
    fn none<T>(array: &Array<T>) -> bool {
        array.elements().is_empty() && !array.lacks_elements()
    }
    let Call::Register { files, processes, services, .. } = call else { return false };
    none(files) && none(processes) && none(services)
}

fn file_refused(file: Option<&Name>, existing: Option<&[Name]>, rules: &Rules) -> Option<Refusal> {
    let bad = Refusal::BadArgument("rgsFileNames", rule!("RM-REG-07"));
    let Some(file) = file else { return (rules.ask::<NullFile>() == NullFile::Refused).then_some(bad) };
    if file.is_empty() {
        return (rules.ask::<EmptyFile>() == EmptyFile::Refused).then_some(bad);
    }
    let is_missing = || existing.is_some_and(|existing| !existing.iter().any(|one| one.same(file)));
    match file.form() {
        Form::Full if is_missing() => on(MissingPath::Refused, "nothing exists at the path", rules),
        Form::Full => None,
        Form::Relative => on(RelativePath::Refused, "the path is no full path", rules),
        Form::TooLong => on(LongPath::Refused, "the path is too long", rules),
        Form::Malformed => on(MalformedPath::Refused, "this cannot be a path", rules),
    }
}

fn service_refused(service: Option<&Name>, rules: &Rules) -> Option<Refusal> {
    let is_refused = match service {
        None => rules.ask::<NullService>() == NullService::Refused,
        Some(name) => name.is_empty() && rules.ask::<EmptyService>() == EmptyService::Refused,
    };
    is_refused.then_some(Refusal::BadArgument("rgsServiceNames", rule!("RM-REG-07")))
}

fn on<A: Answer + PartialEq>(refusing: A, why: &'static str, rules: &Rules) -> Option<Refusal> {
    (rules.ask::<A>() == refusing).then(|| Refusal::answered(why, ErrorCode::UNSPECIFIED, refusing))
}

/// Whether a registered text can match a file at all. What is no full path never does.
pub(super) fn can_match(file: &Name) -> bool {
    file.form() == Form::Full
}

/// Whether a registered text makes a list fail as a directory does (OQ-28).
pub(super) fn fails_list(file: &Name, rules: &Rules) -> bool {
    match file.form() {
        Form::Full => false,
        Form::Relative => rules.ask::<RelativePath>() == RelativePath::FailsList,
        Form::TooLong => rules.ask::<LongPath>() == LongPath::FailsList,
        Form::Malformed => rules.ask::<MalformedPath>() == MalformedPath::FailsList,
    }
}

/// Whether a list has to look which of the registered files exist.
pub(super) fn missing_fails_list(rules: &Rules) -> bool {
    rules.ask::<MissingPath>() == MissingPath::FailsList
}
