//! Makes calls of what was drawn: with the handles, keys and processes that there are just then.

use rm_core::{
    Array, Call, Caller, FilterAction, Name, Out, Output, Reply, SessionHandle, ShutdownFlags, Target,
};
use rm_sim::Simulation;
use rm_sim::schedule::picked;
use rm_sim::strategies::{DrawnProgram, DrawnService};
use rm_sim::transcript::{Event, Transcript};

use crate::case::{Aim, Ask, DIRECTORY, SERVICES, file};

/// The call that a thread makes; none when its process is gone or it is in a call.
#[must_use]
pub fn call<C>(simulation: &Simulation<C>, who: Caller, ask: Ask) -> Option<Call> {
    let installer = simulation.machine.installer(who.process)?;
    if installer.tasks().contains_key(&who.thread) {
        return None;
    }
    // A handle of the installer, else one that stands for nothing.
    let handles: Vec<_> = installer.library().sessions.keys().copied().collect();
    let session = |pick: u8| picked(&handles, pick).unwrap_or(SessionHandle(u32::from(pick % 3)));
    let running: Vec<_> = simulation.machine.world.processes().map(|process| process.id).collect();
    let target = |aim: Aim| match aim {
        Aim::Program(n) => {
            Target { module: Some(Name::from(DrawnProgram::image(n.into()).as_str())), ..Target::default() }
        }
        Aim::Process(pick) => Target { process: picked(&running, pick), ..Target::default() },
        Aim::Service(n) => {
            Target { service: Some(Name::from(DrawnService::name(n.into()).as_str())), ..Target::default() }
        }
    };
    Some(match ask {
        Ask::Start => Call::Start { handle: Out::Given, flags: 0, key: Out::Given },
        Ask::Join(pick) => Call::Join { handle: Out::Given, key: Some(key(&simulation.transcript, pick)) },
        Ask::Register(on, files, process) => {
            let files = (0..=DIRECTORY).filter(|n| files >> n & 1 == 1);
            let files: Vec<_> = files.map(|n| Some(Name::from(file(n).as_str()))).collect();
            Call::Register {
                session: session(on),
                files: files.into_iter().collect(),
                processes: process.and_then(|pick| picked(&running, pick)).into_iter().collect(),
                services: Array::default(),
            }
        }
        Ask::Services(on, services) => {
            let services = (0..SERVICES).filter(|n| services >> n & 1 == 1);
            Call::Register {
                session: session(on),
                files: Array::default(),
                processes: Array::default(),
                services: services.map(|n| Some(Name::from(DrawnService::name(n.into()).as_str()))).collect(),
            }
        }
        Ask::List(on, capacity) => Call::GetList {
            session: session(on),
            needed: Out::Given,
            capacity: Some(u32::from(capacity)),
            entries: Out::Given,
            reasons: Out::Given,
        },
        Ask::Shutdown(on, flags) => {
            Call::Shutdown { session: session(on), flags: ShutdownFlags(flags), callback: true }
        }
        Ask::Restart(on) => Call::Restart { session: session(on), flags: 0, callback: true },
        Ask::AddFilter(on, aim, action) => {
            Call::AddFilter { session: session(on), target: target(aim), action: FilterAction(action) }
        }
        Ask::RemoveFilter(on, aim) => Call::RemoveFilter { session: session(on), target: target(aim) },
        Ask::FilterList(on, size) => {
            Call::GetFilterList { session: session(on), buffer: Out::Given, size, needed: Out::Given }
        }
        Ask::Cancel(on) => Call::Cancel { session: session(on) },
        Ask::End(on) => Call::End { session: session(on) },
        Ask::Odd(on, which) => odd(session(on), which),
    })
}

/// Calls with a null, a zero or a number without meaning where something else is needed.
fn odd(session: SessionHandle, which: u8) -> Call {
    let (given, null) = (Out::Given, Out::Null);
    let target = Target::default();
    let odd = [
        Call::Start { handle: null, flags: 0, key: given },
        Call::Start { handle: given, flags: 7, key: given },
        Call::Join { handle: given, key: None },
        Call::Register {
            session,
            files: Array::Null(2),
            processes: Array::default(),
            services: Array::default(),
        },
        Call::Register {
            session,
            files: [Some("".into())].into_iter().collect(),
            processes: Array::default(),
            services: Array::default(),
        },
        Call::GetList { session, needed: null, capacity: Some(5), entries: given, reasons: given },
        Call::GetList { session, needed: given, capacity: Some(5), entries: null, reasons: given },
        Call::Shutdown { session, flags: ShutdownFlags(0x100), callback: false },
        Call::Restart { session, flags: 1, callback: false },
        Call::AddFilter { session, target: target.clone(), action: FilterAction::NO_RESTART },
        Call::AddFilter {
            session,
            target: Target { module: Some(r"C:\Programs\app0.exe".into()), ..target.clone() },
            action: FilterAction(7),
        },
        Call::RemoveFilter { session, target },
        Call::GetFilterList { session, buffer: null, size: 100, needed: given },
        Call::GetFilterList { session, buffer: null, size: 0, needed: given },
    ];
    odd[usize::from(which) % odd.len()].clone()
}

/// One of the keys that were handed out; now and then one that was not.
fn key(transcript: &Transcript, pick: u8) -> Name {
    let keys = transcript.lines.iter().filter_map(|line| match &line.event {
        Event::Replied(_, Reply { output: Output::Started(_, key, _), .. }) => Some(key.text()),
        _ => None,
    });
    let keys: Vec<_> = keys.chain([Name::from("00000000000000000000000000000000")]).collect();
    keys[usize::from(pick) % keys.len()].clone()
}
