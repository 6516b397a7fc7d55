//! Turns the calls of a script into calls of the API.

use std::collections::BTreeMap;

use rm_core::{
    Array, Call, FilterAction, Name, Out, SeenOutput, SessionHandle, ShutdownFlags, Target, UniqueProcess,
};
use toml::Spanned;

use super::Problem;
use super::format::{self, Step};
use crate::transcript::Names;

/// What the steps so far have opened.
#[derive(Clone, Debug, Default)]
pub(super) struct Opened {
    /// Handles by installer and the name of the session.
    pub(super) handles: BTreeMap<(String, String), SessionHandle>,
    /// Keys, likewise.
    pub(super) keys: BTreeMap<(String, String), Name>,
}

/// A call of a step, and the name its handle gets if it opens a session.
pub(super) type Built = (Call, Option<String>);

/// The call that a step makes; `None` when it makes none.
pub(super) fn call(
    step: &Step,
    installer: &str,
    opened: &Opened,
    names: &Names,
) -> Result<Option<Built>, Problem> {
    let on =
        |session: &Option<Spanned<String>>, handle: Option<u32>| opened.handle(installer, session, handle);
    let built = if let Some(start) = &step.start {
        let null = |name| is_null(&start.null, name, &["handle", "key"]);
        let call = Call::Start { handle: null("handle")?, flags: start.flags, key: null("key")? };
        (call, Some(start.session.clone()))
    } else if let Some(join) = &step.join {
        (joining(join, opened)?, Some(join.session.clone()))
    } else if let Some(register) = &step.register {
        (registering(register, on(&register.session, register.handle)?, names)?, None)
    } else if let Some(list) = &step.list {
        (listing(list, on(&list.session, list.handle)?)?, None)
    } else if let Some(shutdown) = &step.shutdown {
        let flag = |set: bool, flag: ShutdownFlags| if set { flag.0 } else { 0 };
        let flags = flag(shutdown.force, ShutdownFlags::FORCE)
            | flag(shutdown.only_registered, ShutdownFlags::ONLY_REGISTERED)
            | shutdown.flags;
        let session = on(&shutdown.session, shutdown.handle)?;
        (Call::Shutdown { session, flags: ShutdownFlags(flags), callback: shutdown.callback }, None)
    } else if let Some(restart) = &step.restart {
        let session = on(&restart.session, restart.handle)?;
        (Call::Restart { session, flags: restart.flags, callback: restart.callback }, None)
    } else if let Some(filter) = &step.add_filter {
        let session = on(&filter.session, filter.handle)?;
        (Call::AddFilter { session, target: target(filter, names)?, action: action(filter)? }, None)
    } else if let Some(filter) = &step.remove_filter {
        let session = on(&filter.session, filter.handle)?;
        (Call::RemoveFilter { session, target: target(filter, names)? }, None)
    } else if let Some(list) = &step.filter_list {
        (listing_filters(list, on(&list.session, list.handle)?)?, None)
    } else if let Some(cancel) = &step.cancel {
        (Call::Cancel { session: on(&cancel.session, cancel.handle)? }, None)
    } else if let Some(end) = &step.end {
        (Call::End { session: on(&end.session, end.handle)? }, None)
    } else {
        return Ok(None);
    };
    Ok(Some(built))
}

impl Opened {
    /// Takes note of what a call opened for an installer, under the name of the session; whether the buffer
    /// for the key was zeroed before.
    pub(super) fn note(&mut self, installer: String, session: String, output: &SeenOutput, zeroed: bool) {
        let opened = (installer, session);
        // Where nobody puts a NUL, a caller reads on into what was there before.
        let rest: &[u16] = if zeroed { &[] } else { &[0xcdcd, 0xcdcd] };
        let read = |key: &Name, terminated| match terminated {
            true => key.clone(),
            false => Name::from_units(&[key.units(), rest].concat()),
        };
        match output {
            SeenOutput::Started(handle, key, terminated) => {
                self.keys.insert(opened.clone(), read(&key.text(), *terminated));
                self.handles.insert(opened, *handle);
            }
            SeenOutput::StartedAs(handle, key, terminated) => {
                self.keys.insert(opened.clone(), read(key, *terminated));
                self.handles.insert(opened, *handle);
            }
            SeenOutput::Joined(handle) => drop(self.handles.insert(opened, *handle)),
            SeenOutput::Nothing | SeenOutput::List(_) | SeenOutput::FilterList(_) => {}
        }
    }

    fn handle(
        &self,
        installer: &str,
        session: &Option<Spanned<String>>,
        handle: Option<u32>,
    ) -> Result<SessionHandle, Problem> {
        if let Some(handle) = handle {
            return Ok(SessionHandle(handle));
        }
        let (name, span) = match session {
            Some(name) => (name.get_ref().as_str(), name.span()),
            None => ("main", 0..0),
        };
        let known = self.handles.get(&(installer.to_string(), name.to_string()));
        known.copied().ok_or_else(|| {
            let message =
                format!("`{installer}` has opened no session called `{name}`; a number goes in `handle`");
            Problem::new(span, message)
        })
    }
}

fn joining(join: &format::Join, opened: &Opened) -> Result<Call, Problem> {
    let null = |name| is_null(&join.null, name, &["handle", "key"]);
    let key = match (&join.of, &join.key) {
        _ if null("key")? == Out::Null => None,
        (None, Some(key)) => Some(Name::from(key.as_str())),
        (Some(of), None) => {
            let (installer, session) = of.get_ref().split_once(':').unwrap_or((of.get_ref(), "main"));
            let key = opened.keys.get(&(installer.to_string(), session.to_string()));
            let missing = || format!("`{installer}` has started no session called `{session}`");
            Some(key.cloned().ok_or_else(|| Problem::new(of.span(), missing()))?)
        }
        (Some(of), Some(_)) => return Err(Problem::new(of.span(), "`of` and `key` exclude each other")),
        (None, None) => return Err(Problem::new(0..0, "`join` takes `of` or `key`")),
    };
    let upper = |key: Name| if join.upper_case { key.folded() } else { key };
    Ok(Call::Join { handle: null("handle")?, key: key.map(upper) })
}

fn registering(register: &format::Register, session: SessionHandle, names: &Names) -> Result<Call, Problem> {
    let some = |text: &String| Some(Name::from(text.as_str()));
    let nulls = (0..register.null_files).map(|_| None);
    let null_services = (0..register.null_services).map(|_| None);
    let long = |length: &u16| Some(Name::from(format!("{:a<1$}", r"C:\", usize::from(*length)).as_str()));
    let files = register.files.iter().map(some).chain(register.long_files.iter().map(long));
    let files: Vec<_> = files.chain(nulls).collect();
    let mut processes = Vec::new();
    for name in &register.processes {
        processes.push(process(name, names)?);
    }
    let missing = |kind: &str| {
        register.missing.iter().find(|(name, _)| name.get_ref() == kind).map(|(_, count)| *count)
    };
    for name in register.missing.keys() {
        known(name, &["files", "processes", "services"])?;
    }
    Ok(Call::Register {
        session,
        files: array(files, missing("files")),
        processes: array(processes, missing("processes")),
        services: array(
            register.services.iter().map(some).chain(null_services).collect(),
            missing("services"),
        ),
    })
}

fn array<T>(elements: Vec<T>, missing: Option<u32>) -> Array<T> {
    match missing {
        Some(count) => Array::Null(count),
        None if elements.is_empty() => Array::Null(0),
        None => elements.into_iter().collect(),
    }
}

fn listing(list: &format::List, session: SessionHandle) -> Result<Call, Problem> {
    let null = |name| is_null(&list.null, name, &["needed", "count", "entries", "reasons"]);
    let capacity = (null("count")? == Out::Given).then_some(list.capacity);
    Ok(Call::GetList {
        session,
        needed: null("needed")?,
        capacity,
        entries: null("entries")?,
        reasons: null("reasons")?,
    })
}

fn listing_filters(list: &format::FilterList, session: SessionHandle) -> Result<Call, Problem> {
    let null = |name| is_null(&list.null, name, &["buffer", "needed"]);
    Ok(Call::GetFilterList { session, buffer: null("buffer")?, size: list.size, needed: null("needed")? })
}

fn target(filter: &format::Filtered, names: &Names) -> Result<Target, Problem> {
    Ok(Target {
        module: filter.module.as_deref().map(Name::from),
        process: filter.process.as_ref().map(|name| process(name, names)).transpose()?,
        service: filter.service.as_deref().map(Name::from),
    })
}

fn action(filter: &format::Filtered) -> Result<FilterAction, Problem> {
    let Some(action) = &filter.action else { return Ok(FilterAction::default()) };
    match (action.get_ref().as_str(), action.get_ref().parse()) {
        ("no-restart", _) => Ok(FilterAction::NO_RESTART),
        ("no-shutdown", _) => Ok(FilterAction::NO_SHUTDOWN),
        (_, Ok(number)) => Ok(FilterAction(number)),
        (other, Err(_)) => {
            let message = format!(
                "there is no filter action `{other}`; expected `no-restart`, `no-shutdown` or a number"
            );
            Err(Problem::new(action.span(), message))
        }
    }
}

/// The process with this name; `id:start-time` names one that may not exist.
pub(super) fn process(name: &Spanned<String>, names: &Names) -> Result<UniqueProcess, Problem> {
    if let Some(process) = names.find(name.get_ref()) {
        return Ok(process);
    }
    let literal = name.get_ref().split_once(':').and_then(|(id, start_time)| {
        Some(UniqueProcess { id: id.parse().ok()?, start_time: start_time.parse().ok()? })
    });
    literal.ok_or_else(|| {
        let message = format!(
            "there is no process `{}`; one that does not exist is written `id:start-time`",
            name.get_ref()
        );
        Problem::new(name.span(), message)
    })
}

fn is_null(nulls: &[Spanned<String>], name: &str, allowed: &[&str]) -> Result<Out, Problem> {
    for null in nulls {
        known(null, allowed)?;
    }
    let is_null = nulls.iter().any(|null| null.get_ref() == name);
    Ok(if is_null { Out::Null } else { Out::Given })
}

fn known(name: &Spanned<String>, allowed: &[&str]) -> Result<(), Problem> {
    if allowed.contains(&name.get_ref().as_str()) {
        return Ok(());
    }
    let message = format!("`{}` is not one of `{}`", name.get_ref(), allowed.join("`, `"));
    Err(Problem::new(name.span(), message))
}
