//! Which machine a thread's calls go to, and as whom.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::LocalKey;
use std::time::Duration;
use std::{env, fs};

use rm_sim::Scenario;
use windows_sys::Win32::Foundation::{ERROR_FILE_NOT_FOUND, ERROR_NOT_READY, ERROR_NOT_SUPPORTED};

use crate::answered::Answered;
use crate::asked::{Asked, Process};
use crate::failure::Failure;
use crate::host::{Host, Steer, Steered, Token};
use crate::shared::{Client, serve};

/// The environment variable that names the scenario file of the machine.
pub const SCENARIO: &str = "RSTRTMGR_SCENARIO";
/// The environment variable that says which installer of the scenario the process is; else the first.
pub const INSTALLER: &str = "RSTRTMGR_INSTALLER";
/// The environment variable that names the socket of a machine that processes share.
pub const SHARED: &str = "RSTRTMGR_SHARED";

/// A simulated machine, as a process sees it. Clones are the same machine.
#[derive(Clone, Debug)]
pub struct Machine {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    link: Link,
    /// The text of the scenario, to begin again.
    source: String,
    /// Which installer the process is; the first, if no name is given.
    own: Option<String>,
    /// The process that each installer is that this real process acts as.
    processes: Mutex<BTreeMap<Option<String>, Process>>,
}

/// Where the machine is.
#[derive(Debug)]
enum Link {
    /// In this process.
    Here(Arc<Host>),
    /// In another one.
    There(Client),
}

/// The machine of the process, once it is known.
static OF_PROCESS: Mutex<Option<Machine>> = Mutex::new(None);

thread_local! {
    /// The machine of this thread, if it has one of its own.
    static OF_THREAD: RefCell<Option<Machine>> = const { RefCell::new(None) };
    /// The installer that this thread acts as, if it is not that of the process.
    static ACTING: RefCell<Option<String>> = const { RefCell::new(None) };
    /// The number of this thread.
    static TOKEN: Token = TOKENS.fetch_add(1, Ordering::Relaxed);
}

static TOKENS: AtomicU64 = AtomicU64::new(0);

impl Machine {
    /// The machine that a scenario begins with. Its script is not played: whoever calls is the script.
    ///
    /// # Errors
    /// When the text is no scenario, or has no installer.
    pub fn new(scenario: &str) -> Result<Self, Failure> {
        Self::with_installer(scenario, None)
    }

    fn with_installer(scenario: &str, own: Option<String>) -> Result<Self, Failure> {
        let parsed = Scenario::parse(scenario).map_err(|problem| problem_at(scenario, &problem))?;
        let host = Arc::new(Host::new(&parsed)?);
        Ok(Self::of(Link::Here(host), scenario.into(), own))
    }

    fn of(link: Link, source: String, own: Option<String>) -> Self {
        Self { inner: Arc::new(Inner { link, source, own, processes: Mutex::default() }) }
    }

    /// The machine that the environment names.
    fn from_environment() -> Result<Self, Failure> {
        let own = env::var(INSTALLER).ok();
        if let Some(socket) = env::var_os(SHARED) {
            return Ok(Self::of(Link::There(Client::new(socket.into())), String::new(), own));
        }
        let path = env::var_os(SCENARIO).ok_or_else(|| {
            let message = format!("there is no machine: name a scenario file in {SCENARIO}");
            Failure::new(ERROR_NOT_READY, message)
        })?;
        Self::with_installer(&read(Path::new(&path))?, own)
    }

    /// The machine that a scenario file begins with.
    ///
    /// # Errors
    /// When it cannot be read, or is no scenario with an installer.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, Failure> {
        Self::new(&read(path.as_ref())?)
    }

    /// The machine of the calling thread: its own, else that of the process, which the environment
    /// names unless another was loaded.
    pub(crate) fn current() -> Result<Self, Failure> {
        if let Some(own) = of_thread(&OF_THREAD) {
            return Ok(own);
        }
        let mut of_process = OF_PROCESS.lock().unwrap_or_else(PoisonError::into_inner);
        match &*of_process {
            Some(machine) => Ok(machine.clone()),
            None => Ok(of_process.insert(Self::from_environment()?).clone()),
        }
    }

    /// Makes it the machine of the process; in a thread that has [entered](Self::enter) one of its own, it
    /// takes the place of that. Calls in flight on the one before come to an end.
    pub fn install(self) {
        let _ = ACTING.try_with(RefCell::take);
        let before = if of_thread(&OF_THREAD).is_some() {
            OF_THREAD.replace(Some(self))
        } else {
            OF_PROCESS.lock().unwrap_or_else(PoisonError::into_inner).replace(self)
        };
        if let Some(Link::Here(host)) = before.as_ref().map(|machine| &machine.inner.link) {
            host.close();
        }
    }

    /// Makes it the machine of the calling thread until the guard is dropped, whatever the process has.
    #[must_use]
    pub fn enter(&self) -> Entered {
        Entered { before: OF_THREAD.replace(Some(self.clone())), acted: ACTING.take(), stays: PhantomData }
    }

    /// The same scenario from its beginning.
    pub(crate) fn again(&self) -> Result<Self, Failure> {
        match self.inner.link {
            Link::Here(_) => Self::with_installer(&self.inner.source, self.inner.own.clone()),
            Link::There(_) => {
                let message = "the machine is in another process, and others use it";
                Err(Failure::new(ERROR_NOT_SUPPORTED, message))
            }
        }
    }

    /// Lets other processes use this machine, through a socket at this path: each says by
    /// [`SHARED`] where it is, and by [`INSTALLER`] who it is.
    ///
    /// # Errors
    /// When nothing can listen there, or the machine is in another process itself.
    pub fn serve(&self, path: impl AsRef<Path>) -> Result<(), Failure> {
        match &self.inner.link {
            Link::Here(host) => serve(Arc::clone(host), path.as_ref()),
            Link::There(_) => {
                Err(Failure::new(ERROR_NOT_SUPPORTED, "the machine is in another process already"))
            }
        }
    }

    /// Has the calling thread act as another installer; `None` for that of the process. If that one has
    /// ended, a new process of it is run.
    pub(crate) fn act_as(&self, installer: Option<&str>) -> Result<(), Failure> {
        let installer = installer.map(String::from).or_else(|| self.inner.own.clone());
        let process = self.process_of(installer.as_ref())?;
        if self.steer(Steer::IsAlive(process))? == Steered::Is(false) {
            self.processes().remove(&installer);
            self.process_of(installer.as_ref())?;
        }
        ACTING.set(installer);
        Ok(())
    }

    /// The process on the machine that the calling thread is one of.
    pub(crate) fn me(&self) -> Result<Process, Failure> {
        let acting = of_thread(&ACTING).or_else(|| self.inner.own.clone());
        self.process_of(acting.as_ref())
    }

    fn process_of(&self, installer: Option<&String>) -> Result<Process, Failure> {
        let mut processes = self.processes();
        if let Some(process) = processes.get(&installer.cloned()) {
            return Ok(*process);
        }
        let process = match &self.inner.link {
            Link::Here(host) => host.claim(installer.map(String::as_str))?,
            Link::There(client) => client.claim(installer.map(String::as_str))?,
        };
        processes.insert(installer.cloned(), process);
        Ok(process)
    }

    fn processes(&self) -> MutexGuard<'_, BTreeMap<Option<String>, Process>> {
        self.inner.processes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a call for the calling thread.
    pub(crate) fn call(&self, asked: Asked, report: &mut dyn FnMut(u8)) -> Result<Answered, Failure> {
        let (process, token) = (self.me()?, TOKEN.with(|token| *token));
        match &self.inner.link {
            Link::Here(host) => host.call(process, token, asked, report),
            Link::There(client) => client.call(process, token, asked, report),
        }
    }

    /// Writes down what the model does not hear of.
    pub(crate) fn note(&self, text: String) {
        match &self.inner.link {
            Link::Here(host) => host.note(text),
            Link::There(client) => client.note(text),
        }
    }

    /// Waits until the real processes that use the machine have ended, for at most this long.
    pub fn await_left(&self, patience: Duration) {
        if let Link::Here(host) = &self.inner.link {
            host.await_left(patience);
        }
    }

    /// What happened so far, as text: the story, or every effect.
    ///
    /// # Errors
    /// When the machine is in another process that is gone.
    pub fn transcript(&self, full: bool) -> Result<String, Failure> {
        match self.steer(Steer::Transcript(full))? {
            Steered::Text(text) => Ok(text),
            other => Err(Failure::internal(format!("{other:?} is no transcript"))),
        }
    }

    /// Has time pass only when the test says so, or whenever nobody can move.
    ///
    /// # Errors
    /// When the machine is in another process that is gone.
    pub fn hold(&self, held: bool) -> Result<(), Failure> {
        self.steer(Steer::Hold(held)).map(drop)
    }

    /// Whether a program, a service or a process of this name runs.
    ///
    /// # Errors
    /// When there is nothing of this name.
    pub fn is_running(&self, name: &str) -> Result<bool, Failure> {
        Ok(self.steer(Steer::IsRunning(name.into()))? == Steered::Is(true))
    }

    /// Lets so much time pass; every call moves on as far as it can meanwhile.
    ///
    /// # Errors
    /// When the machine is in another process that is gone.
    pub fn advance(&self, milliseconds: u32) -> Result<(), Failure> {
        self.steer(Steer::Advance(milliseconds)).map(drop)
    }

    /// Waits until so many calls block and nobody else moves, for at most so many milliseconds of real
    /// time.
    ///
    /// # Errors
    /// When that does not come to be.
    pub fn await_blocked(&self, calls: u32, milliseconds: u32) -> Result<(), Failure> {
        self.steer(Steer::AwaitBlocked(calls, milliseconds)).map(drop)
    }

    /// Does something with the machine besides calling the API.
    pub(crate) fn steer(&self, steer: Steer) -> Result<Steered, Failure> {
        match &self.inner.link {
            Link::Here(host) => host.steer(steer),
            Link::There(client) => client.steer(steer),
        }
    }
}

/// What a thread has; nothing, if it ends and has lost it already: calls come from destructors too.
fn of_thread<T: Clone>(what: &'static LocalKey<RefCell<Option<T>>>) -> Option<T> {
    what.try_with(|what| what.borrow().clone()).ok().flatten()
}

fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| {
        Failure::new(ERROR_FILE_NOT_FOUND, format!("`{}` cannot be read: {error}", path.display()))
    })
}

/// What is wrong with a scenario, with its line.
fn problem_at(text: &str, problem: &rm_sim::scenario::Problem) -> Failure {
    let before = text.get(..problem.span.start).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    Failure::parameter(format!("line {line} of the scenario: {}", problem.message))
}

/// While it lives, a thread has a machine of its own.
#[derive(Debug)]
pub struct Entered {
    before: Option<Machine>,
    acted: Option<String>,
    /// It is dropped by the thread that entered.
    stays: PhantomData<*const ()>,
}

impl Drop for Entered {
    fn drop(&mut self) {
        OF_THREAD.set(self.before.take());
        ACTING.set(self.acted.take());
    }
}
