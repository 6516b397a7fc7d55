//! What is said on the wire: calls, what is seen, and processes by the ids of whoever runs them.

use std::collections::BTreeMap;

use rm_core::{
    AppId, AppStatus, Array, Call, Caller, ErrorCode, FilterAction, FilterTarget, Name, Out, RebootReasons,
    Seen, SeenEntry, SeenFilters, SeenList, SeenOutput, SessionHandle, Target, Thread, UniqueProcess,
};
use rm_sim::transcript::Names;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::boundary::{Change, Contact, Event, Line};

/// A process on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
pub(super) struct Process {
    pid: u32,
    start: u64,
}

/// What both sides know of each other.
#[derive(Debug, Default)]
pub(super) struct Wire {
    names: BTreeMap<UniqueProcess, String>,
    /// The processes that the other side calls otherwise.
    theirs: BTreeMap<UniqueProcess, UniqueProcess>,
    /// The calls under way, and their functions.
    under_way: BTreeMap<Caller, &'static str>,
}

/// What the other side has seen.
#[derive(Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case", deny_unknown_fields)]
enum Said {
    Reply {
        by: String,
        #[serde(default)]
        thread: u32,
        code: u32,
        #[serde(default)]
        handle: Option<u32>,
        #[serde(default)]
        key: Option<String>,
        #[serde(default)]
        unterminated: bool,
        #[serde(default)]
        needed: Option<u32>,
        #[serde(default)]
        count: u32,
        #[serde(default)]
        reasons: u32,
        #[serde(default)]
        entries: Vec<Entry>,
        #[serde(default)]
        filters: Vec<Filter>,
    },
    Progress {
        by: String,
        #[serde(default)]
        thread: u32,
        percent: u32,
    },
    Gone {
        process: Process,
    },
    Starts {
        process: Process,
        program: String,
    },
    ServiceStarts {
        service: String,
        process: Process,
    },
    ServiceStopped {
        service: String,
    },
    Told {
        #[serde(default)]
        process: Option<Process>,
        #[serde(default)]
        service: Option<String>,
        told: String,
        #[serde(default)]
        arguments: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    process: Process,
    name: String,
    #[serde(default)]
    service: String,
    #[serde(rename = "type")]
    app_type: u32,
    status: u32,
    session: u32,
    restartable: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Filter {
    #[serde(default)]
    module: Option<String>,
    #[serde(default)]
    process: Option<Process>,
    #[serde(default)]
    service: Option<String>,
    action: u32,
}

impl Wire {
    /// Takes note of what the processes of a world are called.
    pub(super) fn knows(&mut self, names: &Names) {
        self.names = names.processes().map(|(process, name)| (process, name.to_string())).collect();
    }

    /// The processes by name.
    pub(super) fn processes(&self) -> Value {
        self.names
            .iter()
            .map(|(process, name)| (name.clone(), json!(self.process(*process))))
            .collect::<Map<_, _>>()
            .into()
    }

    /// Takes note of processes that the other side calls otherwise.
    pub(super) fn takes(&mut self, answer: &Value) -> Result<(), String> {
        let Some(said) = answer.get("processes") else { return Ok(()) };
        let said: BTreeMap<String, Process> =
            Deserialize::deserialize(said).map_err(|error| error.to_string())?;
        for (name, process) in said {
            let ours = self.names.iter().find(|(_, known)| **known == name).map(|(process, _)| *process);
            let ours = ours.ok_or_else(|| format!("there is no process `{name}`"))?;
            self.theirs.insert(ours, UniqueProcess { id: process.pid, start_time: process.start });
        }
        Ok(())
    }

    /// A process as the other side knows it.
    pub(super) fn process(&self, process: UniqueProcess) -> Process {
        let UniqueProcess { id, start_time } = self.theirs.get(&process).copied().unwrap_or(process);
        Process { pid: id, start: start_time }
    }

    fn ours(&self, process: Process) -> UniqueProcess {
        let theirs = UniqueProcess { id: process.pid, start_time: process.start };
        self.theirs.iter().find(|(_, known)| **known == theirs).map_or(theirs, |(ours, _)| *ours)
    }

    pub(super) fn is_under_way(&self) -> bool {
        !self.under_way.is_empty()
    }

    /// A call that begins.
    pub(super) fn call(&mut self, who: Caller, call: &Call, inside: Option<Thread>) -> Value {
        self.under_way.insert(who, call.function());
        let mut said = match call {
            Call::Start { flags, .. } => json!({ "flags": flags }),
            Call::Join { key, .. } => json!({ "key": text(key.as_ref()) }),
            Call::Register { files, processes, services, .. } => json!({
                "nFiles": count(files),
                "files": array(files, |file| text(file.as_ref())),
                "nApplications": count(processes),
                "processes": array(processes, |process| json!(self.process(*process))),
                "nServices": count(services),
                "services": array(services, |service| text(service.as_ref())),
            }),
            Call::GetList { capacity, .. } => json!({ "capacity": capacity }),
            Call::Shutdown { flags, callback, .. } => json!({ "flags": flags.0, "callback": callback }),
            Call::Restart { flags, callback, .. } => json!({ "flags": flags, "callback": callback }),
            Call::AddFilter { target, action, .. } => {
                let mut said = self.target(target);
                if let Value::Object(said) = &mut said {
                    said.insert("action".into(), json!(action.0));
                }
                said
            }
            Call::RemoveFilter { target, .. } => self.target(target),
            Call::GetFilterList { size, .. } => json!({ "size": size }),
            Call::Cancel { .. } | Call::End { .. } => json!({}),
        };
        if let Value::Object(said) = &mut said {
            said.insert("do".into(), json!("begin"));
            said.insert("by".into(), json!(self.names.get(&who.process)));
            said.insert("thread".into(), json!(who.thread.0));
            said.insert("call".into(), json!(call.function()));
            said.insert("null".into(), json!(nulls(call)));
            said.extend(call.session().map(|session| ("session".into(), json!(session.0))));
            said.extend(inside.map(|thread| ("inside".into(), json!(thread.0))));
        }
        said
    }

    fn target(&self, target: &Target) -> Value {
        json!({
            "module": text(target.module.as_ref()),
            "process": target.process.map(|process| self.process(process)),
            "service": text(target.service.as_ref()),
        })
    }

    /// What was seen, and the program of a process that started.
    pub(super) fn seen(&mut self, seen: &Value, now: u64) -> Result<(Line, Option<String>), String> {
        let mut seen = seen.clone();
        let mut time =
            |name| seen.as_object_mut().and_then(|seen| seen.remove(name)).and_then(|at| at.as_u64());
        let (at, since) = (time("at").unwrap_or(now), time("since"));
        let said: Said = serde_json::from_value(seen).map_err(|error| error.to_string())?;
        let mut program = None;
        let event = match said {
            Said::Progress { by, thread, percent } => Event::Progress(self.caller(&by, thread)?, percent),
            Said::Gone { process } => Event::Changes(Change::Gone(self.ours(process))),
            Said::Starts { process, program: of } => {
                program = Some(of);
                Event::Changes(Change::Starts(self.ours(process)))
            }
            Said::ServiceStarts { service, process } => {
                Event::Changes(Change::Serves(service.as_str().into(), self.ours(process)))
            }
            Said::ServiceStopped { service } => Event::Changes(Change::Stopped(service.as_str().into())),
            Said::Told { process, service, told, arguments } => {
                let id = match (process, service) {
                    (Some(process), None) => self.ours(process).into(),
                    (None, Some(name)) => AppId::Service(name.as_str().into()),
                    _ => return Err("either a `process` or a `service` is told something".into()),
                };
                let contact = match told.as_str() {
                    "arguments" => Some(Contact::Arguments(arguments.as_str().into())),
                    word => Contact::of_word(word),
                };
                let contact = contact.ok_or_else(|| format!("nobody is told `{told}`"))?;
                Event::Changes(Change::Told(id, contact))
            }
            reply @ Said::Reply { .. } => self.reply(reply)?,
        };
        Ok((Line { since, ..Line::new(at, event) }, program))
    }

    fn reply(&mut self, said: Said) -> Result<Event, String> {
        let Said::Reply {
            by,
            thread,
            code,
            handle,
            key,
            unterminated,
            needed,
            count,
            reasons,
            entries,
            filters,
        } = said
        else {
            return Err("it is no reply".into());
        };
        let who = self.caller(&by, thread)?;
        let function = self.under_way.remove(&who).ok_or("no such call is under way")?;
        let output = match (function, handle, needed) {
            ("RmStartSession", Some(handle), _) => {
                let key = key.ok_or("a session has a `key`")?;
                SeenOutput::started(SessionHandle(handle), &Name::from(key.as_str()), !unterminated)
            }
            ("RmJoinSession", Some(handle), _) => SeenOutput::Joined(SessionHandle(handle)),
            ("RmGetList", _, Some(needed)) => SeenOutput::List(SeenList {
                needed,
                count,
                reasons: RebootReasons(reasons),
                entries: entries.into_iter().map(|entry| self.entry(entry)).collect(),
            }),
            ("RmGetFilterList", _, Some(needed)) => {
                let filters: Result<_, String> =
                    filters.into_iter().map(|filter| self.filter(filter)).collect();
                SeenOutput::FilterList(SeenFilters { needed, filters: filters? })
            }
            _ => SeenOutput::Nothing,
        };
        Ok(Event::Replied(who, function, Seen { code: ErrorCode(code), output }))
    }

    fn entry(&self, entry: Entry) -> SeenEntry {
        SeenEntry {
            process: self.ours(entry.process),
            app_name: entry.name.as_str().into(),
            service: entry.service.as_str().into(),
            app_type: entry.app_type,
            status: AppStatus(entry.status),
            ts_session: entry.session,
            restartable: entry.restartable,
        }
    }

    fn filter(&self, filter: Filter) -> Result<(FilterTarget, FilterAction), String> {
        let target = match (filter.module, filter.process, filter.service) {
            (Some(path), None, None) => FilterTarget::File(path.as_str().into()),
            (None, Some(process), None) => FilterTarget::Process(self.ours(process)),
            (None, None, Some(name)) => FilterTarget::Service(name.as_str().into()),
            _ => return Err("a filter has one of `module`, `process` and `service`".into()),
        };
        Ok((target, FilterAction(filter.action)))
    }

    fn caller(&self, by: &str, thread: u32) -> Result<Caller, String> {
        let process = self.names.iter().find(|(_, name)| *name == by).map(|(process, _)| *process);
        let process = process.ok_or_else(|| format!("there is no installer `{by}`"))?;
        Ok(Caller { process, thread: Thread(thread) })
    }
}

fn text(name: Option<&Name>) -> Value {
    name.map(ToString::to_string).into()
}

fn count<T>(array: &Array<T>) -> usize {
    match array {
        Array::Given(elements) => elements.len(),
        Array::Null(count) => usize::try_from(*count).unwrap_or(usize::MAX),
    }
}

fn array<T>(array: &Array<T>, said: impl Fn(&T) -> Value) -> Value {
    match array {
        Array::Given(elements) => elements.iter().map(said).collect(),
        Array::Null(_) => Value::Null,
    }
}

/// The output pointers that are `NULL`.
fn nulls(call: &Call) -> Vec<&'static str> {
    let given: &[(&'static str, Out)] = match call {
        Call::Start { handle, key, .. } => &[("handle", *handle), ("key", *key)],
        Call::Join { handle, .. } => &[("handle", *handle)],
        Call::GetList { needed, entries, reasons, .. } => {
            &[("needed", *needed), ("entries", *entries), ("reasons", *reasons)]
        }
        Call::GetFilterList { buffer, needed, .. } => &[("buffer", *buffer), ("needed", *needed)],
        _ => &[],
    };
    given.iter().filter(|(_, out)| *out == Out::Null).map(|(name, _)| *name).collect()
}
