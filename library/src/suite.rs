//! Answers the conformance suite, in the words of docs/conform.md.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::child::{Heard, Installer};
use crate::exports::{Steering, load};
use crate::said::{Asked, Order, Process, Told};
use crate::seen;
use crate::simulated::Simulated;
use crate::world::World;

/// How long the threads of a simulated machine may take to come to rest.
const REST: Duration = Duration::from_secs(10);
/// How long to let them, before looking again.
const BREATH: Duration = Duration::from_micros(50);

/// What is asked.
#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
enum Question {
    Hello {},
    SetUp { world: Map<String, Value>, processes: BTreeMap<String, Process> },
    Begin(Box<Asked>),
    Next { patience: u32 },
    Start { name: String },
    Stop { name: String },
    Register {},
    Unregister {},
    Delete {},
    MakeDirectory {},
}

/// Why something was not done.
enum Problem {
    /// It cannot be.
    Unable(String),
    /// What is tested has died, or does what nobody can go on from.
    Died(String),
}

impl From<String> for Problem {
    fn from(why: String) -> Self {
        Self::Unable(why)
    }
}

/// Answers until the standard input ends.
pub(crate) fn run(library: &Path) -> io::Result<()> {
    let mut suite = Suite::new(library);
    for line in io::stdin().lines() {
        let answer = match serde_json::from_str(&line?) {
            Ok(question) => suite.answer(question).unwrap_or_else(|problem| match problem {
                Problem::Unable(why) => json!({ "unable": why }),
                Problem::Died(why) => json!({ "died": why }),
            }),
            Err(error) => json!({ "unable": format!("it is not understood: {error}") }),
        };
        writeln!(io::stdout(), "{answer}")?;
    }
    Ok(())
}

struct Suite {
    library: PathBuf,
    steering: Option<Steering>,
    world: World,
    installers: BTreeMap<String, Installer>,
    heard: (Sender<Heard>, Receiver<Heard>),
    /// Calls that were begun and have not come back, by installer and thread.
    in_flight: BTreeSet<(String, u32)>,
    /// Those of them whose status callback waits until it may go on.
    paused: BTreeSet<(String, u32)>,
    /// What is there to be seen.
    seen: VecDeque<Value>,
}

impl Suite {
    fn new(library: &Path) -> Self {
        Self {
            library: library.into(),
            steering: None,
            world: World::Real(Instant::now()),
            installers: BTreeMap::new(),
            heard: channel(),
            in_flight: BTreeSet::new(),
            paused: BTreeSet::new(),
            seen: VecDeque::new(),
        }
    }

    fn answer(&mut self, question: Question) -> Result<Value, Problem> {
        match question {
            Question::Hello {} => {
                self.steering = load(&self.library)?.1;
                return Ok(json!({ "cannot": World::cannot(self.steering.is_some()) }));
            }
            Question::SetUp { world, processes } => return self.set_up(&world, processes),
            Question::Begin(asked) => self.begin(asked)?,
            Question::Next { patience } => return self.next(patience),
            Question::Start { name } => self.simulated()?.start(&name)?,
            Question::Stop { name } => self.stop(&name)?,
            Question::Register {}
            | Question::Unregister {}
            | Question::Delete {}
            | Question::MakeDirectory {} => {
                return Err(Problem::Unable(
                    "programs and paths cannot be changed while they are used".into(),
                ));
            }
        }
        Ok(json!({ "now": self.world.now()? }))
    }

    fn simulated(&self) -> Result<&Simulated, String> {
        match &self.world {
            World::Simulated(machine) => Ok(machine),
            World::Real(_) => Err("programs of this machine are not started or stopped".into()),
        }
    }

    fn set_up(
        &mut self,
        tables: &Map<String, Value>,
        mut processes: BTreeMap<String, Process>,
    ) -> Result<Value, Problem> {
        self.world = World::set_up(self.steering, tables, &processes)?;
        if let World::Real(_) = self.world {
            for (name, process) in &mut processes {
                *process = Process { pid: self.installer(name)?.id(), start: 0 };
            }
        }
        Ok(json!({ "processes": processes, "now": self.world.now()? }))
    }

    /// The process of an installer, which is started when it is first needed.
    fn installer(&mut self, name: &str) -> Result<&mut Installer, String> {
        if !self.installers.contains_key(name) {
            let environment = match &self.world {
                World::Simulated(machine) => machine.environment(name),
                World::Real(_) => Vec::new(),
            };
            let installer = Installer::start(&self.library, name, environment, self.heard.0.clone())
                .map_err(|error| format!("a process of the installer `{name}` cannot be started: {error}"))?;
            self.installers.insert(name.into(), installer);
        }
        self.installers.get_mut(name).ok_or_else(|| format!("there is no installer `{name}`"))
    }

    fn begin(&mut self, asked: Box<Asked>) -> Result<(), Problem> {
        let (name, thread) = (asked.by.clone(), asked.thread);
        let told = self.installer(&name)?.order(&Order::Begin(asked));
        told.map_err(|_| Problem::Died(format!("the installer `{name}` has ended")))?;
        self.in_flight.insert((name, thread));
        Ok(())
    }

    fn stop(&mut self, name: &str) -> Result<(), Problem> {
        let Some(mut installer) = self.installers.remove(name) else {
            return Ok(self.simulated()?.stop(name)?);
        };
        installer.kill().map_err(|error| format!("the installer `{name}` cannot be ended: {error}"))?;
        self.in_flight.retain(|(by, _)| by != name);
        self.paused.retain(|(by, _)| by != name);
        if let World::Simulated(machine) = &self.world {
            machine.await_gone(name)?;
        }
        Ok(())
    }

    /// The next thing that is seen, at most so many milliseconds later.
    fn next(&mut self, patience: u32) -> Result<Value, Problem> {
        let end = self.world.now()?.saturating_add(patience.into());
        let mut is_idle = false;
        // Whoever only looks leaves status callbacks where they are.
        if patience > 0 && self.seen.is_empty() {
            self.go_on()?;
        }
        loop {
            self.look()?;
            if let Some(seen) = self.seen.pop_front() {
                return Ok(json!({ "seen": seen, "now": self.world.now()? }));
            }
            let left = end.saturating_sub(self.world.now()?);
            if left == 0 || is_idle {
                return Ok(json!({ "seen": null, "now": self.world.now()?, "idle": is_idle }));
            }
            is_idle = self.pass(left)?;
        }
    }

    /// Lets time pass until something happens, at most so many milliseconds; whether nothing ever will.
    fn pass(&mut self, left: u64) -> Result<bool, Problem> {
        match &self.world {
            World::Real(_) => {
                if let Ok(heard) = self.heard.1.recv_timeout(Duration::from_millis(left)) {
                    self.take(heard)?;
                }
                Ok(false)
            }
            World::Simulated(machine) => {
                let left = u32::try_from(left).unwrap_or(u32::MAX);
                let next = machine.pending()?.next;
                // A call that waits for what does not come by itself may wait for ever.
                if next.is_none() && !self.in_flight.is_empty() {
                    return Ok(true);
                }
                machine.advance(next.map_or(left, |next| next.min(left)))?;
                Ok(false)
            }
        }
    }

    /// Lets those go on who told how far they are.
    fn go_on(&mut self) -> Result<(), Problem> {
        for (name, thread) in std::mem::take(&mut self.paused) {
            let told = self.installer(&name)?.order(&Order::GoOn { thread });
            told.map_err(|_| Problem::Died(format!("the installer `{name}` has ended")))?;
        }
        Ok(())
    }

    /// Takes in what is there to be seen. On a simulated machine that is all there is at this moment.
    fn look(&mut self) -> Result<(), Problem> {
        let since = Instant::now();
        let known = self.seen.len();
        loop {
            let mut is_news = false;
            while let Ok(heard) = self.heard.1.try_recv() {
                self.take(heard)?;
                is_news = true;
            }
            let World::Simulated(machine) = &mut self.world else { return Ok(()) };
            let moving = self.in_flight.difference(&self.paused).count();
            if !is_news && machine.pending()?.blocked >= moving {
                // Whatever is told comes from what has happened in the world.
                let replies = self.seen.split_off(known);
                self.seen.extend(machine.look()?);
                self.seen.extend(replies);
                return Ok(());
            }
            if since.elapsed() > REST {
                return Err(Problem::Died("its simulated machine does not come to rest".into()));
            }
            thread::sleep(BREATH);
        }
    }

    fn take(&mut self, (name, told): Heard) -> Result<(), Problem> {
        let Some(installer) = self.installers.get_mut(&name) else { return Ok(()) };
        match told {
            Some(Told::Reply { thread, reply }) => {
                self.in_flight.remove(&(name.clone(), thread));
                self.seen.push_back(seen::reply(&name, thread, &reply));
            }
            Some(Told::Progress { thread, percent }) => {
                self.seen.push_back(seen::progress(&name, thread, percent));
                self.paused.insert((name, thread));
            }
            Some(Told::Broken { why }) => return Err(Problem::Died(why)),
            None => {
                let how = installer.ended();
                return Err(Problem::Died(format!("the installer `{name}` ended ({how})")));
            }
        }
        Ok(())
    }
}
