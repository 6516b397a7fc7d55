//! A machine that the library simulates, in this process; installers share it through a socket.
#![expect(unsafe_code, reason = "these are calls into a library that was not written in Rust")]

use std::collections::BTreeMap;
use std::ffi::{CStr, CString, OsString, c_char};
use std::path::PathBuf;
use std::ptr::{null, null_mut};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use serde_json::{Map, Value, json};
use windows_sys::Win32::System::RestartManager::RM_UNIQUE_PROCESS;

use crate::calls::process;
use crate::exports::Steering;
use crate::said::Process;

/// The environment variable that names the socket.
const SHARED: &str = "RSTRTMGR_SHARED";
/// The environment variable that says which installer a process is.
const INSTALLER: &str = "RSTRTMGR_INSTALLER";

/// How long it may take until the machine sees that a process has ended.
const NOTICE: Duration = Duration::from_secs(10);

/// A machine that the library simulates.
pub(crate) struct Simulated {
    steering: Steering,
    /// A folder with the socket.
    folder: PathBuf,
    /// The processes that ran when it was last looked at, and their programs.
    running: BTreeMap<(u32, u64), String>,
    services: Vec<Service>,
    /// The processes of the installers, by name.
    installers: BTreeMap<String, Process>,
}

/// A service of the world.
struct Service {
    name: String,
    /// The program that its process runs.
    host: String,
    is_up: bool,
}

/// A moment of the machine.
pub(crate) struct Pending {
    /// How many calls block.
    pub(crate) blocked: usize,
    /// In how many milliseconds something happens by itself.
    pub(crate) next: Option<u32>,
}

/// Says to a shared machine that this process is an installer, if it is one.
pub(crate) fn enter(steering: Option<Steering>) {
    if let Some(steering) = steering.filter(|_| env::var_os(SHARED).is_some()) {
        let mut me = RM_UNIQUE_PROCESS::default();
        // SAFETY: null is the calling process, and `me` can be written to.
        unsafe { (steering.process)(null(), &mut me) };
    }
}

impl Simulated {
    pub(crate) fn set_up(
        steering: Steering,
        tables: &Map<String, Value>,
        processes: &BTreeMap<String, Process>,
    ) -> Result<Self, String> {
        let mut scenario = tables.clone();
        scenario.insert("why".into(), json!("A case of the conformance suite."));
        let scenario = toml::to_string(&scenario).map_err(|error| error.to_string())?;
        let folder = folder().map_err(|error| format!("there is no room for a socket: {error}"))?;
        let (running, installers) = (BTreeMap::new(), processes.clone());
        let mut machine = Self { steering, folder, running, services: Vec::new(), installers };
        let (scenario, socket) = (c(&scenario)?, c(&machine.socket().to_string_lossy())?);
        // SAFETY: each text ends with a NUL.
        let done = unsafe {
            [
                ("RmSimLoad", (machine.steering.load)(scenario.as_ptr())),
                ("RmSimHold", (machine.steering.hold)(1)),
                ("RmSimServe", (machine.steering.serve)(socket.as_ptr())),
            ]
        };
        done.into_iter().try_for_each(|(function, code)| sound(function, code))?;
        machine.services = services(tables);
        for service in &mut machine.services {
            service.is_up = is_running(steering, &service.name)?;
        }
        machine.running = machine.processes()?;
        for (name, Process { pid, start }) in processes {
            if !machine.running.contains_key(&(*pid, *start)) {
                return Err(format!("its simulated machine has no process {pid}:{start}, which is `{name}`"));
            }
        }
        Ok(machine)
    }

    fn socket(&self) -> PathBuf {
        self.folder.join("machine")
    }

    /// What an installer's process has to find in its environment.
    pub(crate) fn environment(&self, name: &str) -> Vec<(&'static str, OsString)> {
        vec![(SHARED, self.socket().into()), (INSTALLER, name.into())]
    }

    pub(crate) fn now(&self) -> Result<u64, String> {
        let mut now = 0;
        // SAFETY: it can be written to.
        sound("RmSimNow", unsafe { (self.steering.now)(&mut now) })?;
        Ok(now)
    }

    pub(crate) fn pending(&self) -> Result<Pending, String> {
        let (mut blocked, mut next) = (0, 0);
        // SAFETY: both can be written to.
        sound("RmSimPending", unsafe { (self.steering.pending)(&mut blocked, &mut next) })?;
        Ok(Pending { blocked: blocked as usize, next: (next != u32::MAX).then_some(next) })
    }

    pub(crate) fn advance(&self, milliseconds: u32) -> Result<(), String> {
        // SAFETY: a number needs no memory.
        sound("RmSimAdvance", unsafe { (self.steering.advance)(milliseconds) })
    }

    pub(crate) fn start(&self, name: &str) -> Result<(), String> {
        let name = c(name)?;
        // SAFETY: the text ends with a NUL, and the process may be null.
        sound("RmSimSpawn", unsafe { (self.steering.spawn)(name.as_ptr(), null_mut()) })
    }

    pub(crate) fn stop(&self, name: &str) -> Result<(), String> {
        let name = c(name)?;
        // SAFETY: the text ends with a NUL.
        sound("RmSimExit", unsafe { (self.steering.exit)(name.as_ptr()) })
    }

    /// Waits until the machine has seen that an installer's process has ended.
    pub(crate) fn await_gone(&self, installer: &str) -> Result<(), String> {
        let Some(Process { pid, start }) = self.installers.get(installer) else { return Ok(()) };
        let since = Instant::now();
        while self.processes()?.contains_key(&(*pid, *start)) {
            if since.elapsed() > NOTICE {
                return Err(format!("its simulated machine does not notice that `{installer}` has ended"));
            }
            thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    /// What has changed since it was last looked at.
    pub(crate) fn look(&mut self) -> Result<Vec<Value>, String> {
        let running = self.processes()?;
        let mut changes = Vec::new();
        let mut started = Vec::new();
        for service in &mut self.services {
            let is_up = is_running(self.steering, &service.name)?;
            let host = running.iter().find(|(_, program)| **program == service.host);
            match (std::mem::replace(&mut service.is_up, is_up), is_up, host) {
                (true, false, _) => {
                    changes.push(json!({ "what": "service-stopped", "service": service.name }));
                }
                (false, true, Some((process, _))) => {
                    let process = told(*process);
                    started.push(
                        json!({ "what": "service-starts", "service": service.name, "process": process }),
                    );
                }
                _ => {}
            }
        }
        let gone = self.running.keys().filter(|process| !running.contains_key(process));
        changes.extend(gone.map(|process| json!({ "what": "gone", "process": told(*process) })));
        let new = running.iter().filter(|(process, _)| !self.running.contains_key(process));
        changes.extend(new.map(
            |(process, program)| json!({ "what": "starts", "process": told(*process), "program": program }),
        ));
        changes.extend(started);
        self.running = running;
        Ok(changes)
    }

    fn processes(&self) -> Result<BTreeMap<(u32, u64), String>, String> {
        let mut found = BTreeMap::new();
        for at in 0.. {
            let (mut one, mut program) = (RM_UNIQUE_PROCESS::default(), null::<c_char>());
            // SAFETY: both can be written to.
            sound("RmSimProcessAt", unsafe { (self.steering.process_at)(at, &mut one, &mut program) })?;
            if program.is_null() {
                break;
            }
            // SAFETY: it ends with a NUL, and stays until the next call.
            let program = unsafe { CStr::from_ptr(program) }.to_string_lossy().into_owned();
            let Process { pid, start } = process(one);
            found.insert((pid, start), program);
        }
        Ok(found)
    }
}

impl Drop for Simulated {
    fn drop(&mut self) {
        let _gone = fs::remove_dir_all(&self.folder);
    }
}

fn is_running(steering: Steering, name: &str) -> Result<bool, String> {
    let (name, mut running) = (c(name)?, 0);
    // SAFETY: the text ends with a NUL, and `running` can be written to.
    sound("RmSimIsRunning", unsafe { (steering.is_running)(name.as_ptr(), &mut running) })?;
    Ok(running != 0)
}

fn services(tables: &Map<String, Value>) -> Vec<Service> {
    let tables = tables.get("service").and_then(Value::as_object).into_iter().flatten();
    tables
        .map(|(name, table)| {
            let host = table.get("host").and_then(Value::as_str).unwrap_or(name);
            Service { name: name.clone(), host: host.into(), is_up: false }
        })
        .collect()
}

fn told((pid, start): (u32, u64)) -> Process {
    Process { pid, start }
}

/// A new folder that only this process uses. Paths of sockets have to be short.
fn folder() -> std::io::Result<PathBuf> {
    let folder = env::temp_dir().join(format!("rm-library-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn c(text: &str) -> Result<CString, String> {
    CString::new(text).map_err(|_| "a name has a NUL".into())
}

fn sound(function: &str, code: u32) -> Result<(), String> {
    if code == 0 { Ok(()) } else { Err(format!("{function} of the library gave {code}")) }
}
