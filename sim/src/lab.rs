//! A machine to test an installer on: calls that read like the API, and assertions about what came of them.
//!
//! A [`Lab`] is a machine with any number of installer processes. Their calls block, as the real ones do,
//! but what they wait for takes no time: it is the machine's clock that goes on. Whatever is done is
//! written down, so that an assertion that does not hold tells the story, and gives a scenario that
//! `rmsim run` replays.
//!
//! ```
//! use rm_sim::lab::{Error, Lab};
//! use rm_core::{ErrorCode, ShutdownFlags};
//!
//! const FILE: &str = r"C:\App\spelling.dll";
//!
//! fn main() -> Result<(), Error> {
//!     let lab = Lab::of(r#"
//!         why = "An editor refuses once, an indexer does not."
//!         [installer.setup]
//!         [program.editor]
//!         kind    = "main-window"
//!         uses    = ['C:\App\spelling.dll']
//!         restart = "/restore"
//!         query   = "no, yes"
//!         [program.indexer]
//!         kind    = "console"
//!         uses    = ['C:\App\spelling.dll']
//!         restart = "--resume"
//!     "#)?;
//!     let session = lab.installer("setup")?.start_session()?;
//!     session.register_files(&[FILE])?;
//!
//!     let refused = session.shutdown(ShutdownFlags::default()).unwrap_err();
//!     assert_eq!(refused.code(), Some(ErrorCode::FAIL_SHUTDOWN));
//!     assert_eq!(
//!         refused.to_string(),
//!         "RmShutdown of setup returned 351 ERROR_FAIL_SHUTDOWN: an application refused to be closed (RM-SHUT-29)",
//!     );
//!     session.shutdown(ShutdownFlags::default())?;
//!     lab.files_free(&[FILE])?;
//!     session.restart()?;
//!     lab.all_back()?;
//!     session.end()?;
//!     lab.no_session_left()
//! }
//! ```
//!
//! # Step by step
//!
//! Several calls can be in flight: [`Session::begin_shutdown`] and [`Installer::begin`] only begin one, and
//! the test says who moves. [`Pending::step`] moves a call by one effect, which is the smallest thing that
//! happens on the machine; [`Pending::reach`] carries it to a moment; [`Pending::finish`] to its end.
//!
//! ```
//! # use rm_sim::lab::{Error, Lab};
//! # use rm_core::{ErrorCode, ShutdownFlags};
//! # use std::time::Duration;
//! # fn main() -> Result<(), Error> {
//! let lab = Lab::of(r#"
//!     why = "An editor does not go."
//!     [installer.setup]
//!     [program.editor]
//!     kind        = "main-window"
//!     uses        = ['C:\App\core.dll']
//!     end-session = "stays"
//!     close       = "stays"
//! "#)?;
//! let session = lab.installer("setup")?.start_session()?;
//! session.register_files(&[r"C:\App\core.dll"])?;
//!
//! let mut shutdown = session.begin_shutdown(ShutdownFlags::default())?;
//! shutdown.reach("WaitAny")?;         // everybody has been told
//! lab.pass(Duration::from_secs(12));  // the user watches a progress bar …
//! session.on_thread("ui").cancel()?; // … and has enough of it
//! assert_eq!(shutdown.finish().unwrap_err().code(), Some(ErrorCode::CANCELLED));
//! lab.running("editor")
//! # }
//! ```

mod assertions;
mod bench;
mod error;
mod forgotten;
mod installer;
mod pending;
mod session;

use std::cell::{Ref, RefCell, RefMut};
use std::time::Duration;

use rm_core::{Caller, Millis, Thread, UniqueProcess};

pub use error::{Broken, Error, Refused};
pub use installer::Installer;
pub use pending::Pending;
pub use session::Session;

use crate::choice::Choose;
use crate::scenario::Scenario;
use crate::schedule::Schedule;
use crate::simulation::Simulation;
#[cfg(feature = "proptest")]
use crate::strategies::Setting;
use crate::transcript::{Transcript, View};
use crate::world::Named;
use crate::{Machine, Move};
use bench::Bench;

/// A machine, and a record of what is done with it.
#[derive(Debug)]
pub struct Lab {
    bench: RefCell<Bench>,
}

impl Lab {
    /// The machine that a scenario describes. Its steps, if it has any, are not made.
    ///
    /// # Errors
    /// When the text is no scenario, or names something that does not exist.
    pub fn of(scenario: &str) -> Result<Self, Error> {
        let scenario = Scenario::parse(scenario).map_err(Error::scenario)?;
        let simulation = scenario.stage().map_err(Error::scenario)?;
        Ok(Self::on(simulation, scenario.why()))
    }

    /// A machine that was set up otherwise; `why` says what it is there for.
    #[must_use]
    pub fn on<C: Choose>(simulation: Simulation<C>, why: &str) -> Self {
        Self { bench: RefCell::new(Bench::new(simulation, why)) }
    }

    /// A machine that was drawn at random, and what happens meanwhile; `why` says what it is there for.
    #[cfg(feature = "proptest")]
    #[must_use]
    pub fn with(setting: &Setting, why: &str) -> Self {
        let lab = Self::on(setting.stage().simulation, why);
        lab.meanwhile(setting.meanwhile.clone());
        lab
    }

    /// The main thread of an installer.
    ///
    /// # Errors
    /// When there is no installer of this name, or it runs no more.
    pub fn installer(&self, name: &str) -> Result<Installer<'_>, Error> {
        let process = self.bench().installer(name)?;
        Ok(Installer { lab: self, who: Caller { process, thread: Thread(0) } })
    }

    /// A process by the name that transcripts call it by: the first of a program by the name of the
    /// program, the next `name.2`.
    ///
    /// # Errors
    /// When no process was ever called so.
    pub fn process(&self, name: &str) -> Result<UniqueProcess, Error> {
        self.bench().process(name)
    }

    /// The name of a process, as transcripts call it.
    #[must_use]
    pub fn name_of(&self, process: UniqueProcess) -> String {
        self.bench().simulation.transcript.names.of(process)
    }

    /// Whether a service, or any process of a program, runs.
    ///
    /// # Errors
    /// When there is no program and no service of this name.
    pub fn is_running(&self, name: &str) -> Result<bool, Error> {
        let bench = self.bench();
        Ok(bench.simulation.machine.world.is_up(bench.named(name)?))
    }

    /// Who uses a file, under whichever of its names: the names of processes.
    #[must_use]
    pub fn users(&self, file: &str) -> Vec<String> {
        let bench = self.bench();
        let users = bench.simulation.machine.world.users_of(&file.into());
        users.into_iter().map(|process| bench.simulation.transcript.names.of(process)).collect()
    }

    /// Somebody starts a program or a service.
    ///
    /// # Errors
    /// When there is no program and no service of this name.
    pub fn start(&self, name: &str) -> Result<(), Error> {
        let mut bench = self.bench_mut();
        let start = match bench.named(name)? {
            Named::Program(program) => Move::Spawn(program),
            Named::Service(service) => Move::Serve(service),
        };
        bench.make(start);
        Ok(())
    }

    /// A process exits by itself, or a service stops. An installer dies in the midst of whatever it does.
    ///
    /// # Errors
    /// When there is no process and no service of this name.
    pub fn exit(&self, name: &str) -> Result<(), Error> {
        let mut bench = self.bench_mut();
        let exit = match bench.named(name) {
            Ok(Named::Service(service)) => Move::Stop(service),
            _ => Move::End(bench.process(name)?),
        };
        bench.make(exit);
        Ok(())
    }

    /// Time passes. Calls in flight stay where they are.
    pub fn pass(&self, time: Duration) {
        let millis = u32::try_from(time.as_millis()).unwrap_or(u32::MAX);
        self.bench_mut().make(Move::Pass(Millis(millis)));
    }

    /// How much time has passed on the machine since the beginning.
    #[must_use]
    pub fn now(&self) -> Duration {
        Duration::from_millis(self.bench().simulation.transcript.now())
    }

    /// Answers what is left to be chosen (`query = "choose"` in the scenario), in the order in which the
    /// answers are needed. Further answers are added to those not yet used.
    pub fn choose(&self, answers: &[&str]) {
        let left = &mut self.bench_mut().simulation.choose.left;
        left.extend(answers.iter().map(ToString::to_string));
    }

    /// What else happens from now on, while calls are carried on. What of an earlier schedule has not happened
    /// yet does not happen any more.
    pub fn meanwhile(&self, schedule: Schedule) {
        self.bench_mut().meanwhile = schedule;
    }

    /// The files that installers have replaced so far, in order.
    #[must_use]
    pub fn replaced(&self) -> Vec<String> {
        self.bench().replaced.clone()
    }

    /// The machine as it is now.
    #[must_use]
    pub fn machine(&self) -> Machine {
        self.bench().simulation.machine.clone()
    }

    /// What happened so far.
    #[must_use]
    pub fn transcript(&self) -> Transcript {
        self.bench().simulation.transcript.clone()
    }

    /// What happened so far, for people to read.
    #[must_use]
    pub fn story(&self) -> String {
        self.bench().simulation.transcript.text(View::Story)
    }

    /// What was done so far as a scenario that `rmsim run` replays.
    #[must_use]
    pub fn scenario(&self, why: &str) -> String {
        self.bench().scenario(why)
    }

    fn bench(&self) -> Ref<'_, Bench> {
        self.bench.borrow()
    }

    fn bench_mut(&self) -> RefMut<'_, Bench> {
        self.bench.borrow_mut()
    }
}
