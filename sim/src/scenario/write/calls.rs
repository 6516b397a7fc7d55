//! Calls as the lines of steps: [`calls`](super::super::calls) the other way round.

use rm_core::{Array, Call, FilterAction, Name, Out, ShutdownFlags, Target};

use super::toml::{list, quoted, table};
use crate::transcript::Names;

/// What a call is written with.
pub(super) struct Context<'a> {
    pub(super) names: &'a Names,
    /// What it says of its session, if it is about one and says something.
    pub(super) session: Option<Option<(&'static str, String)>>,
    /// What the session is called that it opens.
    pub(super) opens: Option<&'a str>,
    /// The keys, and whose session they open.
    pub(super) keys: &'a [(Name, String)],
}

type Fields = Vec<(&'static str, String)>;

impl Context<'_> {
    /// The line of the step.
    pub(super) fn line(&self, call: &Call) -> String {
        let (action, more) = self.said(call);
        let mut fields: Fields = self.session.clone().flatten().into_iter().collect();
        fields.extend(self.opens.filter(|name| *name != "main").map(|name| ("session", quoted(name))));
        fields.extend(more);
        format!("{action} = {}", table(&fields))
    }

    fn said(&self, call: &Call) -> (&'static str, Fields) {
        match call {
            Call::Start { handle, flags, key } => {
                let nulls = nulls(&[("handle", *handle), ("key", *key)]);
                ("start", number("flags", *flags).chain(nulls).collect())
            }
            Call::Join { handle, key } => ("join", self.join(*handle, key.as_ref())),
            Call::Register { files, processes, services, .. } => {
                let named = |names: &Array<Option<Name>>| -> Vec<String> {
                    names.elements().iter().flatten().map(|name| quoted(&name.to_string())).collect()
                };
                let null_files = files.elements().iter().filter(|name| name.is_none()).count();
                let processes_named =
                    processes.elements().iter().map(|process| quoted(&self.names.of(*process))).collect();
                let missing = [
                    ("files", missing(files)),
                    ("processes", missing(processes)),
                    ("services", missing(services)),
                ];
                let missing: Fields = missing
                    .into_iter()
                    .filter_map(|(kind, count)| Some((kind, count?.to_string())))
                    .collect();
                let fields = several("files", named(files))
                    .chain(several("processes", processes_named))
                    .chain(several("services", named(services)))
                    .chain((null_files > 0).then(|| ("null-files", null_files.to_string())))
                    .chain((!missing.is_empty()).then(|| ("missing", table(&missing))));
                ("register", fields.collect())
            }
            Call::GetList { needed, capacity, entries, reasons, .. } => {
                let count = if capacity.is_some() { Out::Given } else { Out::Null };
                let pointers =
                    [("needed", *needed), ("count", count), ("entries", *entries), ("reasons", *reasons)];
                let capacity = capacity.map(|capacity| ("capacity", capacity.to_string()));
                ("list", capacity.into_iter().chain(nulls(&pointers)).collect())
            }
            Call::Shutdown { flags, callback, .. } => ("shutdown", shutdown(*flags, *callback)),
            Call::Restart { flags, callback, .. } => {
                ("restart", number("flags", *flags).chain(unless(*callback)).collect())
            }
            Call::AddFilter { target, action, .. } => {
                let action = match *action {
                    FilterAction::NO_RESTART => "no-restart".into(),
                    FilterAction::NO_SHUTDOWN => "no-shutdown".into(),
                    FilterAction(other) => other.to_string(),
                };
                let mut fields = self.target(target);
                fields.push(("action", quoted(&action)));
                ("add-filter", fields)
            }
            Call::RemoveFilter { target, .. } => ("remove-filter", self.target(target)),
            Call::GetFilterList { buffer, size, needed, .. } => {
                let nulls = nulls(&[("buffer", *buffer), ("needed", *needed)]);
                ("filter-list", std::iter::once(("size", size.to_string())).chain(nulls).collect())
            }
            Call::Cancel { .. } => ("cancel", Vec::new()),
            Call::End { .. } => ("end", Vec::new()),
        }
    }

    fn join(&self, handle: Out, key: Option<&Name>) -> Fields {
        let of = key.map(|key| match self.keys.iter().find(|(known, _)| known == key) {
            Some((_, of)) => ("of", quoted(of)),
            None => ("key", quoted(&key.to_string())),
        });
        let key = if key.is_some() { Out::Given } else { Out::Null };
        of.into_iter().chain(nulls(&[("handle", handle), ("key", key)])).collect()
    }

    fn target(&self, target: &Target) -> Fields {
        let Target { module, process, service } = target;
        let module = module.as_ref().map(|path| ("module", quoted(&path.to_string())));
        let process = process.map(|process| ("process", quoted(&self.names.of(process))));
        let service = service.as_ref().map(|name| ("service", quoted(&name.to_string())));
        [module, process, service].into_iter().flatten().collect()
    }
}

fn shutdown(flags: ShutdownFlags, callback: bool) -> Fields {
    let known = ShutdownFlags::FORCE.0 | ShutdownFlags::ONLY_REGISTERED.0;
    let set = |is_set: bool, name| is_set.then(|| (name, "true".to_string()));
    let fields = [set(flags.force(), "force"), set(flags.only_registered(), "only-registered")];
    fields.into_iter().flatten().chain(number("flags", flags.0 & !known)).chain(unless(callback)).collect()
}

fn missing<T>(array: &Array<T>) -> Option<u32> {
    match array {
        Array::Null(count) => Some(*count).filter(|count| *count > 0),
        Array::Given(_) => None,
    }
}

/// What is usual goes without saying.
fn unless(callback: bool) -> impl Iterator<Item = (&'static str, String)> {
    (!callback).then(|| ("callback", "false".to_string())).into_iter()
}

fn number(name: &'static str, number: u32) -> impl Iterator<Item = (&'static str, String)> {
    (number != 0).then(|| (name, number.to_string())).into_iter()
}

fn several(name: &'static str, values: Vec<String>) -> impl Iterator<Item = (&'static str, String)> {
    (!values.is_empty()).then(|| (name, list(values))).into_iter()
}

fn nulls(pointers: &[(&'static str, Out)]) -> std::option::IntoIter<(&'static str, String)> {
    let nulls = pointers.iter().filter(|(_, pointer)| *pointer == Out::Null);
    let nulls: Vec<_> = nulls.map(|(name, _)| quoted(name)).collect();
    (!nulls.is_empty()).then(|| ("null", list(nulls))).into_iter()
}
