//! Lists that tell something else than is so.

use std::collections::{BTreeMap, BTreeSet};

use rm_core::{
    AppStatus, AppType, Call, Caller, Effect, ErrorCode, Outcome, Output, RebootReasons, Reply, SessionHandle,
};

use super::Member;
use super::kit::{instead_of, on_effect, on_outcome, on_reply};

/// Changes the lists that callers get.
fn on_list<F>(mut act: F) -> Box<dyn super::Flaw>
where
    F: FnMut(&mut rm_core::List) + Send + 'static,
{
    on_reply(move |_, _, reply: &mut Reply| {
        if let Output::List(list) = &mut reply.output {
            act(list);
        }
    })
}

fn length(entries: &[rm_core::Entry]) -> u32 {
    u32::try_from(entries.len()).unwrap_or(u32::MAX)
}

pub(super) const MEMBERS: &[Member] = &[
    Member {
        name: "a-list-never-says-234",
        story: "RmGetList reports success although the array is too small.",
        happened: "clients ask with no array at all and take 234 as the answer: cline/cline#14175",
        flaw: || instead_of("RmGetList", ErrorCode::MORE_DATA, ErrorCode::SUCCESS),
    },
    Member {
        name: "needed-is-what-was-written",
        story: "What is needed is said to be what had room.",
        happened: "Inno Setup goes on asking while count is less than needed",
        flaw: || on_list(|list| list.needed = list.count),
    },
    Member {
        name: "start-times-are-ignored",
        story: "A registered process is known by its id alone, whoever has the id now.",
        happened: "the fork palginpav/wine-bleeding of Wine; Meziantou.Framework before its rewrite",
        flaw: || {
            on_effect(|world, _, effect| {
                if let Effect::Describe(asked) = effect {
                    let now = |id: u32| world.processes().map(|one| one.id).find(|one| one.id == id);
                    *asked = asked.iter().map(|one| now(one.id).unwrap_or(*one)).collect();
                }
                None
            })
        },
    },
    Member {
        name: "reboot-reasons-are-dropped",
        story: "RmGetList says that no reboot is needed, whatever the reason.",
        happened: "meziantou/Meziantou.Framework#2127",
        flaw: || on_list(|list| list.reasons = RebootReasons::NONE),
    },
    Member {
        name: "the-caller-is-not-listed",
        story: "An installer that uses a file itself is left out of its list.",
        happened: "the fork palginpav/wine-bleeding of Wine",
        flaw: || {
            on_outcome(|who: Caller, _, outcome| {
                if let Outcome::Users(users) = outcome {
                    users.retain(|user| *user != who.process);
                }
            })
        },
    },
    Member {
        name: "services-of-a-host-share-an-entry",
        story: "Several services in one process are listed as one.",
        happened: "Service Fabric folds the entries by process id",
        flaw: || {
            on_list(|list| {
                let mut processes = BTreeSet::new();
                let before = length(&list.entries);
                list.entries.retain(|entry| processes.insert(entry.process));
                let less = before - length(&list.entries);
                (list.count, list.needed) = (list.count - less, list.needed - less);
            })
        },
    },
    Member {
        name: "everybody-can-be-restarted",
        story: "Every entry is said to be restartable.",
        happened: "meziantou/Meziantou.Framework#2126 threw the field away",
        flaw: || on_list(|list| list.entries.iter_mut().for_each(|entry| entry.restartable = true)),
    },
    Member {
        name: "nobody-has-a-type",
        story: "Every application is of the type RmUnknownApp.",
        happened: "meziantou/Meziantou.Framework#2126 threw the field away",
        flaw: || on_list(|list| list.entries.iter_mut().for_each(|entry| entry.app_type = AppType::Unknown)),
    },
    Member {
        name: "who-was-stopped-leaves-the-list",
        story: "An application that the session has stopped is listed no more.",
        happened: "NanoByte.Common reads the list again after a failure, to name the culprits",
        flaw: || {
            on_list(|list| {
                let before = length(&list.entries);
                list.entries.retain(|entry| !entry.status.contains(AppStatus::STOPPED));
                let less = before - length(&list.entries);
                (list.count, list.needed) = (list.count - less, list.needed - less);
            })
        },
    },
    Member {
        name: "a-status-is-one-bit",
        story: "The status of an application is its last one, not what became of it so far.",
        happened: "NanoByte.Common compares the status as if only one bit could be set",
        flaw: || {
            on_list(|list| {
                for entry in &mut list.entries {
                    let AppStatus(bits) = entry.status;
                    entry.status = AppStatus(bits.checked_ilog2().map_or(0, |last| 1 << last));
                }
            })
        },
    },
    Member {
        name: "the-list-is-kept",
        story: "RmGetList looks once, and gives the same list from then on.",
        happened: "the fork palginpav/wine-bleeding of Wine shuts down by the list of the last RmGetList",
        flaw: || {
            let mut kept: BTreeMap<(Caller, SessionHandle), Reply> = BTreeMap::new();
            on_reply(move |who, call, reply| {
                if let (Call::GetList { session, .. }, Output::List(_)) = (call, &reply.output) {
                    *reply = kept.entry((who, *session)).or_insert_with(|| reply.clone()).clone();
                }
            })
        },
    },
    Member {
        name: "a-file-is-known-by-its-name-alone",
        story: "Whoever uses a file of the same name, in whatever folder, is listed.",
        happened: "wixtoolset/issues#5790; the fork palginpav/wine-bleeding compares the ends of paths",
        flaw: || {
            on_effect(|world, _, effect| {
                let Effect::Users(files, _) = effect else { return None };
                let same = |file: &rm_core::Name| {
                    files.iter().any(|asked| asked.file_name().same(&file.file_name()))
                };
                let uses = |process: &&rm_sim::world::Process| {
                    let program = world.cast().program(process.program);
                    program.is_some_and(|program| program.uses.iter().any(same))
                };
                let users: Vec<_> = world.processes().filter(uses).map(|process| process.id).collect();
                (!users.is_empty()).then_some(Outcome::Users(users))
            })
        },
    },
    Member {
        name: "paths-are-compared-letter-by-letter",
        story: "A path that is written in other letters, large or small, is another file.",
        happened: "a port to a system where file names are told apart by case",
        flaw: || {
            on_effect(|world, _, effect| {
                let Effect::Users(files, _) = effect else { return None };
                let known = |path: &rm_core::Name| {
                    let used = world.cast().programs().flat_map(|(_, program)| &program.uses);
                    used.into_iter().any(|file| file == path) || world.users_of(path).is_empty()
                };
                *files = files.iter().filter(|path| known(path)).cloned().collect();
                None
            })
        },
    },
    Member {
        name: "everybody-is-in-the-first-session",
        story: "Every application is said to run in terminal session 0.",
        happened: "Wine has one terminal session",
        flaw: || on_list(|list| list.entries.iter_mut().for_each(|entry| entry.ts_session = 0)),
    },
    Member {
        name: "who-uses-two-files-is-listed-twice",
        story: "The last entry stands in the list twice.",
        happened: "WiX registers the same files several times",
        flaw: || {
            on_list(|list| {
                list.entries.extend(list.entries.last().cloned());
                (list.count, list.needed) = (length(&list.entries), list.needed + 1);
            })
        },
    },
    Member {
        name: "a-directory-has-no-users",
        story: "A directory among the files is passed over without a word.",
        happened: "MicrosoftDocs/sdk-api#1868",
        flaw: || {
            on_outcome(|_, _, outcome| {
                if *outcome == Outcome::Directory {
                    *outcome = Outcome::Users(Vec::new());
                }
            })
        },
    },
];
