//! Two installers whose files are not the same: what one gets must not depend on what the other does.
//!
//! They share the machine, the places and the mutex, and whatever differs by these is kept out: programs
//! answer at once, so that time changes nothing, and nobody is left in a call while he holds the mutex.

use proptest::collection::vec;
use proptest::prelude::*;
use rm_core::{Caller, Effect, Millis, Output, Reply, Rules, Thread};
use rm_sim::strategies::{DrawnInstaller, DrawnProgram, Setting, Staged, program};
use rm_sim::world::Mutex;
use rm_sim::{Move, Simulation};

use crate::calls::call;
use crate::case::{Aim, Ask, NAMES, file};
use crate::played::Played;

/// What the two do, in turn.
#[derive(Clone, Debug)]
pub struct Neighbours {
    /// The programs, those of the first installer's files before those of the second's.
    setting: Setting,
    turns: Vec<Turn>,
}

/// A call by one of the two. The second may be left in his after so many effects, and is taken up when his
/// next turn comes.
#[derive(Clone, Copy, Debug)]
struct Turn {
    installer: u8,
    ask: Ask,
    effects: u8,
}

/// The files of the first, and of the second.
const FILES: [u8; 2] = [0b011, 0b100];

/// Two programs for each, and what both do.
pub fn neighbours() -> impl Strategy<Value = Neighbours> {
    let programs = (calm_program(0), calm_program(1), calm_program(2), calm_program(2));
    let programs = programs.prop_map(|(one, two, three, four)| vec![one, two, three, four]);
    (programs, vec(turn(), 0..24)).prop_map(|(programs, more)| {
        let open = |installer| {
            let turn = |ask| Turn { installer, ask, effects: u8::MAX };
            [turn(Ask::Start), turn(Ask::Register(0, FILES[usize::from(installer)], None))]
        };
        let installers = NAMES.map(DrawnInstaller::called).into();
        let setting = Setting { programs, installers, ..Setting::default() };
        Neighbours { setting, turns: [&open(0)[..], &open(1)[..], &more[..]].concat() }
    })
}

/// A program that answers at once, whatever it answers, and holds this file or none.
fn calm_program(n: u8) -> impl Strategy<Value = DrawnProgram> {
    (program(&[]), vec(Just(n), 0..=1)).prop_map(|(drawn, uses)| {
        let mut calm = drawn.with_delays(|_| Millis(0));
        calm.uses = uses.into_iter().map(|n| file(n).as_str().into()).collect();
        // What shares a console reaches over to the neighbour.
        calm.on_shared_console = false;
        calm.respawn = None;
        calm.behavior.windows.clear();
        calm
    })
}

fn turn() -> impl Strategy<Value = Turn> {
    (0..2u8, any::<u8>(), 0..2u8, 1..3u32).prop_flat_map(|(installer, on, program, action)| {
        let aim = Aim::Program(2 * installer + program);
        let ask = prop_oneof![
            1 => Just(Ask::Start),
            1 => (0..8u8).prop_map(move |files| {
                Ask::Register(on, files & FILES[usize::from(installer)], None)
            }),
            3 => Just(Ask::List(on, 10)),
            4 => prop_oneof![Just(0), Just(1u32), Just(0x10)].prop_map(move |flags| Ask::Shutdown(on, flags)),
            3 => Just(Ask::Restart(on)),
            1 => Just(Ask::AddFilter(on, aim, action)),
            1 => Just(Ask::RemoveFilter(on, aim)),
            1 => Just(Ask::FilterList(on, 1_000)),
            1 => Just(Ask::Cancel(on)),
            1 => Just(Ask::End(on)),
        ];
        (ask, 0..40u8).prop_map(move |(ask, effects)| Turn { installer, ask, effects })
    })
}

/// RM-FILT-31, RM-LIFE-01, RM-START-16, RM-REG-11: what the first installer gets is the same without the second.
///
/// # Errors
/// When it is not; or a call does not end.
pub fn sessions_meet_only_in_the_machine(both: &Neighbours) -> Result<(), String> {
    let alone: Vec<_> = both.turns.iter().filter(|turn| turn.installer == 0).copied().collect();
    let alone = gets(&both.setting, &alone)?;
    let together = gets(&both.setting, &both.turns)?;
    if alone == together { Ok(()) } else { Err(format!("alone: {alone:#?}\ntogether: {together:#?}")) }
}

/// What the first installer gets.
fn gets(setting: &Setting, turns: &[Turn]) -> Result<Vec<String>, String> {
    let Staged { mut simulation, installers, .. } = setting.stage();
    let make = |simulation: &mut Simulation<_>, made: Move| {
        simulation.make(&made).map(drop).map_err(|stuck| format!("{made:?}: {stuck}"))
    };
    let who = |turn: &Turn| Caller { process: installers[usize::from(turn.installer)], thread: Thread(0) };
    for turn in turns {
        let who = who(turn);
        if simulation.machine.next(who, &simulation.rules).is_some() {
            make(&mut simulation, Move::Finish(who))?;
        }
        let Some(call) = call(&simulation, who, turn.ask) else { continue };
        make(&mut simulation, Move::Begin(who, call))?;
        if turn.installer == 0 {
            make(&mut simulation, Move::Finish(who))?;
            continue;
        }
        let mut left = turn.effects;
        while left > 0 || holds_the_mutex(&simulation, who) {
            make(&mut simulation, Move::Step(who))?;
            left = left.saturating_sub(1);
        }
    }
    let Simulation { machine, transcript, .. } = simulation;
    let played = Played::new(machine, transcript, Rules::default());
    let first = played.made.iter().filter(|made| made.who.process == installers[0]);
    Ok(first
        .map(|made| {
            let told = made.did.iter().filter(|(effect, _)| matches!(effect, Effect::Send(..)));
            format!("{:?} = {} after {} messages", made.call, shown(made.reply.as_ref()), told.count())
        })
        .collect())
}

fn holds_the_mutex<C>(simulation: &Simulation<C>, who: Caller) -> bool {
    simulation.machine.world.registry.mutexes.values().any(|mutex| *mutex == Mutex::Held(who))
}

/// A reply without what the machine makes up: keys, and the ids of processes.
fn shown(reply: Option<&Reply>) -> String {
    let Some(Reply { code, refusal, output, .. }) = reply else { return "nothing".into() };
    let output = match output {
        Output::Started(handle, ..) => format!("handle {handle}"),
        Output::List(list) => {
            let entries = list.entries.iter().map(|entry| {
                format!("{} {} {:?} {}", entry.app_name, entry.status, entry.app_type, entry.restartable)
            });
            let mut entries: Vec<_> = entries.collect();
            entries.sort();
            format!("{} {} {} {entries:?}", list.needed, list.count, list.reasons)
        }
        other => format!("{other:?}"),
    };
    format!("{code} {refusal:?} {output}")
}
