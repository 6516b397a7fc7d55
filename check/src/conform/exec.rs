//! An implementation in another process, which speaks JSON lines; `docs/conform.md` has the protocol.

mod wire;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use rm_core::arr::Ask;
use rm_core::{Call, Caller, Millis, Name, Thread, UniqueProcess};
use rm_sim::Scenario;
use rm_sim::scenario::Need;
use rm_sim::transcript::Names;
use serde_json::{Value, json};

use super::implementation::{Implementation, Surroundings, Unable};
use crate::boundary::{Change, Event, Line};
use wire::Wire;

/// How long, in milliseconds of the real clock, anything is waited for that should come at once.
const AT_ONCE: u64 = 10_000;
/// How many milliseconds one may take to end when its input has.
const ENDS: u32 = 500;
/// How long a call may take.
const CALL: u32 = 120_000;

/// An implementation in another process.
#[derive(Debug)]
pub struct Exec {
    child: Option<Child>,
    input: Option<ChildStdin>,
    output: Option<Receiver<String>>,
    cannot: BTreeMap<Need, Unable>,
    hears: bool,
    wire: Wire,
    programs: BTreeMap<UniqueProcess, String>,
    now: u64,
    died: Option<String>,
}

impl Exec {
    /// Starts what the shell of the system makes of this text, and asks it what it cannot do.
    #[must_use]
    pub fn new(command: &str) -> Self {
        let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
        let mut shell = Command::new(shell);
        shell.args([flag, command]);
        Self::of(shell)
    }

    /// Starts a command, and asks it what it cannot do.
    #[must_use]
    pub fn of(command: Command) -> Self {
        let mut exec = Self {
            child: None,
            input: None,
            output: None,
            cannot: BTreeMap::new(),
            hears: false,
            wire: Wire::default(),
            programs: BTreeMap::new(),
            now: 0,
            died: None,
        };
        if let Err(why) = exec.start_up(command) {
            exec.died = Some(why);
        }
        exec
    }

    fn start_up(&mut self, mut command: Command) -> Result<(), Unable> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("it cannot be started: {error}"))?;
        self.input = child.stdin.take();
        if let Some(stdout) = child.stdout.take() {
            let (send, receive) = mpsc::channel();
            thread::spawn(move || {
                for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                    if send.send(line).is_err() {
                        return;
                    }
                }
            });
            self.output = Some(receive);
        }
        self.child = Some(child);
        let hello = self.ask(json!({ "do": "hello", "protocol": 1 }), AT_ONCE)?;
        self.hears = hello.get("hears").is_some_and(|hears| hears == true);
        for (word, why) in hello.get("cannot").and_then(Value::as_object).into_iter().flatten() {
            self.cannot.insert(word.parse()?, why.as_str().unwrap_or_default().to_string());
        }
        // Nobody outside can see these, or make them happen.
        for need in [Need::Moments, Need::Faults, Need::Choices] {
            self.cannot
                .entry(need)
                .or_insert_with(|| "a process of its own is only seen from outside".into());
        }
        Ok(())
    }

    /// Asks something, and waits so long for the answer.
    fn ask(&mut self, what: Value, patience: u64) -> Result<Value, Unable> {
        if let Some(why) = &self.died {
            return Err(why.clone());
        }
        let asked = what.get("do").and_then(Value::as_str).unwrap_or_default().to_string();
        let answer = self.exchange(&what, patience).map_err(|why| format!("asked to `{asked}`, {why}"));
        match answer {
            Ok(answer) => {
                let said = |word| answer.get(word).and_then(Value::as_str).map(String::from);
                self.died = said("died");
                self.died.clone().or_else(|| said("unable")).map_or(Ok(answer), Err)
            }
            Err(why) => {
                self.died = Some(why.clone());
                Err(why)
            }
        }
    }

    fn exchange(&mut self, what: &Value, patience: u64) -> Result<Value, String> {
        let input = self.input.as_mut().ok_or("it has no standard input")?;
        writeln!(input, "{what}").and_then(|()| input.flush()).map_err(|_| "it was gone".to_string())?;
        let output = self.output.as_ref().ok_or("it has no standard output")?;
        let line = output.recv_timeout(Duration::from_millis(patience)).map_err(|error| match error {
            RecvTimeoutError::Timeout => format!("it did not answer within {} s", patience / 1_000),
            RecvTimeoutError::Disconnected => "it ended".into(),
        })?;
        serde_json::from_str(&line).map_err(|error| format!("it said what is no JSON: {error}: {line}"))
    }

    fn tell(&mut self, what: Value) -> Result<(), Unable> {
        let answer = self.ask(what, AT_ONCE)?;
        self.clock(&answer);
        Ok(())
    }

    fn clock(&mut self, answer: &Value) {
        if let Some(now) = answer.get("now").and_then(Value::as_u64) {
            self.now = self.now.max(now);
        }
    }
}

impl Implementation for Exec {
    fn begin(&mut self, who: Caller, call: Call, inside: Option<Thread>) {
        let said = self.wire.call(who, &call, inside);
        let _told = self.tell(said);
    }

    fn next(&mut self, patience: Millis) -> Option<Line> {
        let limit = patience.0.min(CALL);
        let asked = json!({ "do": "next", "patience": limit });
        let answer = self.ask(asked, AT_ONCE + u64::from(limit)).ok()?;
        self.clock(&answer);
        let seen = answer.get("seen").filter(|seen| !seen.is_null());
        let Some(seen) = seen else {
            let is_idle = answer.get("idle").is_some_and(|idle| idle == true);
            if patience.0 > CALL && self.wire.is_under_way() && !is_idle {
                self.died = Some(format!("a call did not come back within {} s", CALL / 1_000));
            }
            return None;
        };
        match self.wire.seen(seen, self.now) {
            Ok((line, program)) => {
                if let (Event::Changes(Change::Starts(process)), Some(program)) = (&line.event, program) {
                    self.programs.insert(*process, program);
                }
                self.now = self.now.max(line.at);
                Some(line)
            }
            Err(why) => {
                self.died = Some(format!("it said what is not understood: {why}: {seen}"));
                None
            }
        }
    }
}

impl Surroundings for Exec {
    fn cannot(&self) -> BTreeMap<Need, Unable> {
        self.cannot.clone()
    }

    fn set_up(&mut self, world: &str) -> Result<(), Unable> {
        let mut tables: serde_json::Map<String, Value> =
            toml::from_str(world).map_err(|error| error.message().to_string())?;
        tables.retain(|name, _| {
            ["installer", "program", "service", "host", "logged-on", "directories", "files", "links"]
                .contains(&name.as_str())
        });
        let stage = Scenario::parse(world).and_then(|scenario| scenario.stage());
        let names: Names = stage.map_err(|problem| problem.to_string())?.transcript.names;
        self.wire.knows(&names);
        let set_up = json!({ "do": "set-up", "world": tables, "processes": self.wire.processes() });
        let answer = self.ask(set_up, AT_ONCE)?;
        self.clock(&answer);
        self.wire.takes(&answer).map_err(|why| format!("its processes are not understood: {why}"))
    }

    fn start(&mut self, name: &str) -> Result<(), Unable> {
        self.tell(json!({ "do": "start", "name": name }))
    }

    fn stop(&mut self, name: &str) -> Result<(), Unable> {
        self.tell(json!({ "do": "stop", "name": name }))
    }

    fn now(&self) -> u64 {
        self.now
    }

    fn program(&self, process: UniqueProcess) -> Option<String> {
        self.programs.get(&process).cloned()
    }

    fn hears(&self) -> bool {
        self.hears
    }

    fn died(&self) -> Option<String> {
        self.died.clone()
    }

    fn declare(&mut self, process: UniqueProcess, ask: &Ask) -> Result<(), Unable> {
        let process = self.wire.process(process);
        self.tell(match ask {
            Ask::RegisterRestart { command_line, flags } => {
                let command_line = command_line.as_ref().map(ToString::to_string);
                json!({ "do": "register", "process": process, "restart": command_line, "flags": flags })
            }
            _ => json!({ "do": "unregister", "process": process }),
        })
    }

    fn change(&mut self, path: &Name, deletes: bool) -> Result<(), Unable> {
        let what = if deletes { "delete" } else { "make-directory" };
        self.tell(json!({ "do": what, "path": path.to_string() }))
    }
}

impl Drop for Exec {
    fn drop(&mut self) {
        // Whoever reads to the end of his input ends by himself; others are helped.
        self.input = None;
        if let Some(child) = &mut self.child {
            for _ in 0..ENDS {
                if !matches!(child.try_wait(), Ok(None)) {
                    break;
                }
                thread::sleep(Duration::from_millis(1));
            }
            let _gone = child.kill();
            let _status = child.wait();
        }
    }
}
