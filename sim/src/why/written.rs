//! What was registered with a session, by whom, and whom it touches.

use rm_core::store::{Data, Record, ResourceKind, ValueName, process_line};
use rm_core::{AppId, Caller, Effect, Name, Outcome, Slot, Tag};

use super::facts::Facts;
use super::made::Made;
use super::{caller, named};
use crate::transcript::words::quoted;

/// How a registered resource touches an application.
enum Touch {
    /// It holds this file.
    Holds(String),
    /// It shares a process, and tags tell that it is the one that holds this file.
    Tagged(String),
    /// Its process holds this file, and nothing tells for which of the services in it.
    MayHold(String),
    /// It is what was registered.
    Is,
    /// It lives in the process that was registered.
    LivesIn,
}

impl<'a> Facts<'a> {
    /// Who wrote a value into a session's key before a line of the transcript.
    fn writer(&self, slot: Slot, name: ValueName, before: usize) -> Option<Caller> {
        self.writes(slot)
            .take_while(|(at, ..)| *at < before)
            .filter(|(_, _, written, _)| *written == name)
            .last()
            .map(|(_, made, ..)| made.who)
    }

    /// Who registers something that touches an application in this slot after a line of the transcript:
    /// what, who, when.
    pub(super) fn registered_later(
        &self,
        slot: Slot,
        id: &AppId,
        after: usize,
    ) -> Option<(String, Caller, u64)> {
        // A session that comes later in the same slot begins with an owner.
        let same = self.writes(slot).skip_while(|(at, ..)| *at < after);
        let same = same.take_while(|(_, _, name, _)| *name != ValueName::Owner);
        same.filter_map(|(at, made, name, data)| {
            let (ValueName::Group(kind, _), Data::Strings(strings)) = (name, data) else { return None };
            let what = match self.touch(id, None, at, kind, strings)? {
                Touch::Holds(file) | Touch::Tagged(file) | Touch::MayHold(file) => file,
                Touch::Is => self.what(id),
                Touch::LivesIn => self.host(id, at),
            };
            Some((what, made.who, made.at))
        })
        .next()
    }

    /// Everything written to a session's key: the line, the call, the value.
    fn writes(&self, slot: Slot) -> impl Iterator<Item = (usize, &Made<'a>, ValueName, &'a Data)> {
        let all = self.calls.iter().flat_map(|made| made.effects.iter().map(move |effect| (made, effect)));
        let mut writes: Vec<_> = all
            .filter_map(|(made, (at, _, effect, outcome))| match (effect, outcome) {
                (Effect::WriteValue(to, name, data), Outcome::Done) if *to == slot => {
                    Some((*at, made, *name, data))
                }
                _ => None,
            })
            .collect();
        writes.sort_by_key(|(at, ..)| *at);
        writes.into_iter()
    }

    /// How these resources touch an application at a line, if they do, as far as tags tell.
    fn touch(
        &self,
        id: &AppId,
        tag: Option<Tag>,
        line: usize,
        kind: ResourceKind,
        strings: &[Name],
    ) -> Option<Touch> {
        let process = self.process_of(id, line);
        match (kind, id) {
            (ResourceKind::Files, _) => match (tag, process) {
                (Some(Tag::DoesNot), _) => None,
                (Some(Tag::Failed), Some(host)) => {
                    let neighbors = self.hosted(host, line).chain([id]);
                    let host = AppId::from(host);
                    let file = neighbors.chain([&host]).find_map(|one| self.held(one, strings))?;
                    Some(Touch::MayHold(file))
                }
                // A service that is alone in its process holds what that holds.
                (Some(Tag::Uses), Some(host)) => {
                    let file = self.held(id, strings).or_else(|| self.held(&host.into(), strings));
                    let shared = self.hosted(host, line).nth(1).is_some();
                    file.map(if shared { Touch::Tagged } else { Touch::Holds })
                }
                _ => self.held(id, strings).map(Touch::Holds),
            },
            (ResourceKind::Services, AppId::Service(name)) => {
                strings.iter().any(|one| one.same(name)).then_some(Touch::Is)
            }
            (ResourceKind::Processes, _) => {
                let touch = if id.process().is_some() { Touch::Is } else { Touch::LivesIn };
                strings.contains(&process_line(process?)).then_some(touch)
            }
            (ResourceKind::Services, AppId::Process(_)) => None,
        }
    }

    /// The first of these files that an application holds.
    fn held(&self, id: &AppId, files: &[Name]) -> Option<String> {
        let uses = self.uses(id);
        files.iter().find(|file| uses.iter().any(|used| used.same(file))).map(quoted)
    }

    /// An application as something that is registered.
    fn what(&self, id: &AppId) -> String {
        let kind = if id.process().is_some() { "process" } else { "service" };
        format!("the {kind} {}", self.name(id))
    }

    /// The process that an application lives in, as a sentence has it.
    fn host(&self, id: &AppId, line: usize) -> String {
        let host = self.process_of(id, line).map(|host| self.process_name(host));
        format!("its process {}", host.unwrap_or_default())
    }
}

/// What makes an application affected: the registered resources that touch it and who registered them; else
/// the services that it needs and that are affected.
pub(super) fn resources(facts: &Facts<'_>, made: &Made<'_>, id: &AppId) -> Vec<String> {
    let touching = touching(facts, made, id);
    if !touching.is_empty() {
        return touching;
    }
    let needed = needed(facts, made, id, &mut vec![id.clone()]);
    if needed.is_empty() {
        return Vec::new();
    }
    let are = if needed.len() == 1 { "is" } else { "are" };
    vec![format!("it needs {}, which {are} affected", named(facts, &needed))]
}

fn touching(facts: &Facts<'_>, made: &Made<'_>, id: &AppId) -> Vec<String> {
    let Some((slot, record, at)) = made.read() else { return Vec::new() };
    let tag = made.served(id).map(|one| one.uses);
    let found = groups(record).filter_map(|(kind, name, strings)| {
        let touch = facts.touch(id, tag, at, kind, strings)?;
        let who = facts.writer(slot, name, at).map_or_else(|| "somebody".into(), |who| caller(facts, who));
        Some(match touch {
            Touch::Holds(file) => format!("it holds {file}, which {who} registered"),
            Touch::Tagged(file) => {
                let host = facts.host(id, at);
                format!("the tags in {host} tell that it holds {file}, which {who} registered")
            }
            Touch::MayHold(file) => {
                let host = facts.host(id, at);
                format!("{host} holds {file}, which {who} registered, and tags do not tell for which service")
            }
            Touch::Is => format!("{who} registered {} itself", facts.what(id)),
            Touch::LivesIn => format!("{who} registered {}", facts.host(id, at)),
        })
    });
    found.collect()
}

/// The services that a service needs and that are affected, themselves or by others that they need.
fn needed(facts: &Facts<'_>, made: &Made<'_>, id: &AppId, seen: &mut Vec<AppId>) -> Vec<AppId> {
    let Some(service) = made.affected(id).and_then(|one| one.about.service.as_ref()) else {
        return Vec::new();
    };
    let mut affected = Vec::new();
    for name in &service.depends_on {
        let Some(id) = facts.service(name).map(crate::world::ServiceProgram::id) else { continue };
        if seen.contains(&id) || made.affected(&id).is_none() {
            continue;
        }
        seen.push(id.clone());
        if !touching(facts, made, &id).is_empty() || !needed(facts, made, &id, seen).is_empty() {
            affected.push(id);
        }
    }
    affected
}

fn groups(record: &Record) -> impl Iterator<Item = (ResourceKind, ValueName, &[Name])> {
    record.values.iter().filter_map(|(name, data)| match (name, data) {
        (ValueName::Group(kind, _), Data::Strings(strings)) => Some((*kind, *name, &**strings)),
        _ => None,
    })
}
