//! Random worlds and schedules. They draw sensible calls and predict no answer: which handles exist
//! is read off the machine when a call is made.

use std::fmt;
use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;
use rm_core::rules::{Latitude, Policy};
use rm_core::{AppType, Description, Identity, Installer, Millis, RestartSettings, Rules};
use rm_sim::Machine;
use rm_sim::transcript::Transcript;
use rm_sim::world::{Answer, Behavior, Cast, Program, Reaction, World};

/// How many files there are to use and register.
pub const FILES: u8 = 3;

/// A program of a random world.
#[derive(Clone, Debug)]
pub struct Drawn {
    app_type: AppType,
    uses: Vec<u8>,
    behavior: Behavior,
    registered: Option<u32>,
    permitted: bool,
    launchable: bool,
    ts_session: u32,
}

/// Something that happens in a schedule.
#[derive(Clone, Copy, Debug)]
pub enum Act {
    /// An installer's thread begins a call, unless it is in one.
    Begin(Who, Ask),
    /// A thread with a call in flight moves on by one effect.
    Step(u8),
    /// A thread carries its call to the end, time passing where it waits.
    Finish(u8),
    /// Time passes to the next thing that happens by itself.
    Pass,
    /// A program exits by itself.
    Exit(u8),
    /// An installer dies.
    Die(u8),
    /// An installer dies while it registers files, after so many effects.
    Cut(u8, u8),
}

/// A thread of an installer.
#[derive(Clone, Copy, Debug)]
pub struct Who {
    /// Which installer.
    pub installer: u8,
    /// Which of its threads.
    pub thread: u32,
}

/// A call, but for the handle: which of the caller's handles is meant, if there are any.
#[derive(Clone, Copy, Debug)]
pub enum Ask {
    /// `RmStartSession`.
    Start,
    /// `RmJoinSession` with one of the keys handed out so far.
    Join(u8),
    /// `RmRegisterResources` with these files, as bits, and maybe a process.
    Register(u8, u8, Option<u8>),
    /// `RmGetList` with this capacity.
    List(u8, u8),
    /// `RmShutdown` with these flags.
    Shutdown(u8, u32),
    /// `RmRestart`.
    Restart(u8),
    /// `RmCancelCurrentTask`.
    Cancel(u8),
    /// `RmEndSession`.
    End(u8),
}

/// A world and what happens in it.
#[derive(Clone)]
pub struct Case {
    /// The programs.
    pub programs: Vec<Drawn>,
    /// What happens.
    pub acts: Vec<Act>,
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for program in &self.programs {
            writeln!(f, "{program:?}")?;
        }
        for act in &self.acts {
            writeln!(f, "{act:?}")?;
        }
        Ok(())
    }
}

/// Random cases: up to four programs, two installers of two threads each. The first begins with a
/// session in which all files are registered; the second may have joined it.
pub fn cases() -> impl Strategy<Value = Case> {
    let who = |installer| Who { installer, thread: 0 };
    let begun = move |installer, ask| [Act::Begin(who(installer), ask), Act::Finish(0)];
    let opening = any::<bool>().prop_map(move |joined| {
        let alone = [begun(0, Ask::Start), begun(0, Ask::Register(0, 0b111, None))].concat();
        if joined { [&alone[..], &begun(1, Ask::Join(0))].concat() } else { alone }
    });
    (vec(drawn(), 0..=4), opening, vec(act(), 0..60)).prop_map(|(programs, mut acts, more)| {
        acts.extend(more);
        Case { programs, acts }
    })
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        8 => (who(), ask()).prop_map(|(who, ask)| Act::Begin(who, ask)),
        6 => any::<u8>().prop_map(Act::Finish),
        20 => any::<u8>().prop_map(Act::Step),
        3 => Just(Act::Pass),
        1 => any::<u8>().prop_map(Act::Exit),
        1 => (0..2u8).prop_map(Act::Die),
        1 => (0..2u8, 0..8u8).prop_map(|(installer, effects)| Act::Cut(installer, effects)),
    ]
}

fn who() -> impl Strategy<Value = Who> {
    (0..2u8, 0..2u32).prop_map(|(installer, thread)| Who { installer, thread })
}

fn ask() -> impl Strategy<Value = Ask> {
    let flags = prop_oneof![4 => Just(0), 2 => Just(1u32), 1 => Just(0x10u32), 1 => Just(0x11u32)];
    prop_oneof![
        2 => Just(Ask::Start),
        2 => any::<u8>().prop_map(Ask::Join),
        3 => (any::<u8>(), 0..8u8, proptest::option::weighted(0.3, any::<u8>()))
            .prop_map(|(on, files, process)| Ask::Register(on, files, process)),
        4 => (any::<u8>(), 0..6u8).prop_map(|(on, capacity)| Ask::List(on, capacity)),
        6 => (any::<u8>(), flags).prop_map(|(on, flags)| Ask::Shutdown(on, flags)),
        4 => any::<u8>().prop_map(Ask::Restart),
        3 => any::<u8>().prop_map(Ask::Cancel),
        2 => any::<u8>().prop_map(Ask::End),
    ]
}

fn drawn() -> impl Strategy<Value = Drawn> {
    let app_type = prop_oneof![
        6 => Just(AppType::MainWindow), 1 => Just(AppType::OtherWindow), 5 => Just(AppType::Console),
        1 => Just(AppType::Explorer), 1 => Just(AppType::Unknown), 1 => Just(AppType::Critical),
    ];
    let registered = proptest::option::weighted(0.7, prop_oneof![3 => Just(0u32), 1 => Just(4u32)]);
    let mostly = |weight| proptest::bool::weighted(weight);
    let ts_session = prop_oneof![15 => Just(1u32), 1 => Just(2u32)];
    (app_type, vec(0..FILES, 0..=2), behavior(), registered, mostly(0.95), mostly(0.9), ts_session).prop_map(
        |(app_type, uses, behavior, registered, permitted, launchable, ts_session)| Drawn {
            app_type,
            uses,
            behavior,
            registered,
            permitted,
            launchable,
            ts_session,
        },
    )
}

fn behavior() -> impl Strategy<Value = Behavior> {
    (answer(), reaction(), reaction(), reaction()).prop_map(|(query, end_session, close, control)| Behavior {
        query,
        end_session,
        close,
        control,
    })
}

fn delay() -> impl Strategy<Value = Millis> {
    prop_oneof![3 => Just(Millis(0)), 1 => (1..40_000u32).prop_map(Millis)]
}

fn answer() -> impl Strategy<Value = Answer> {
    prop_oneof![
        8 => delay().prop_map(Answer::Yes),
        3 => delay().prop_map(Answer::No),
        1 => Just(Answer::Never),
        1 => delay().prop_map(Answer::Exits),
    ]
}

fn reaction() -> impl Strategy<Value = Reaction> {
    prop_oneof![6 => delay().prop_map(Reaction::Exits), 2 => Just(Reaction::Stays), 1 => Just(Reaction::Never)]
}

/// The name of a file.
#[must_use]
pub fn file(n: u8) -> String {
    format!(r"C:\App\file{n}.dll")
}

/// The machine a case begins with; the two installers come last in the cast.
#[must_use]
pub fn stage(programs: &[Drawn]) -> (Machine, Transcript) {
    let mut cast = Cast::default();
    for (at, drawn) in programs.iter().enumerate() {
        cast.add(program(&format!("app{at}"), drawn));
    }
    let well_behaved = Drawn {
        app_type: AppType::MainWindow,
        uses: Vec::new(),
        behavior: Behavior::default(),
        registered: None,
        permitted: true,
        launchable: true,
        ts_session: 1,
    };
    let setups = ["setup0", "setup1"].map(|name| cast.add(program(name, &well_behaved)));
    let all: Vec<_> = cast.programs().map(|(id, program)| (id, program.name.clone())).collect();
    let mut machine = Machine::new(World::new(cast));
    let mut transcript = Transcript::default();
    for (id, name) in all {
        let process = machine.world.spawn(id, None);
        transcript.names.add(process, &name);
        if setups.contains(&id) {
            machine.add(Installer::new(Identity::new(process)));
        }
    }
    (machine, transcript)
}

fn program(name: &str, drawn: &Drawn) -> Program {
    Program {
        name: name.into(),
        about: Arc::new(Description {
            app_name: name.into(),
            image: format!(r"C:\App\{name}.exe").as_str().into(),
            app_type: drawn.app_type,
            ts_session: drawn.ts_session,
            restart: drawn.registered.map(|flags| RestartSettings { command_line: "/again".into(), flags }),
            service: None,
            ancestors: Vec::new(),
        }),
        uses: drawn.uses.iter().map(|n| file(*n).as_str().into()).collect(),
        behavior: drawn.behavior.clone(),
        permitted: drawn.permitted,
        launchable: drawn.launchable,
    }
}

/// A few answers to open questions, other than the default ones: the latitude and the answer, each
/// taken as far round as there are some.
pub fn answers() -> impl Strategy<Value = Vec<(usize, u8)>> {
    vec((0..1000_usize, 0..8_u8), 0..40)
}

/// The rules with these answers.
#[must_use]
pub fn rules(answers: &[(usize, u8)]) -> Rules {
    let open: Vec<_> = Latitude::all().filter(|latitude| latitude.row().default.is_some()).collect();
    let with = |policy: Policy, (latitude, answer): &(usize, u8)| {
        let latitude = open[latitude % open.len()];
        let count = u8::try_from(latitude.row().answers().count()).unwrap_or(1);
        policy.with(latitude, answer % count).unwrap_or(policy)
    };
    Rules::new(answers.iter().fold(Policy::default(), with))
}
