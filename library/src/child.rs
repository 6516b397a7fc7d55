//! The processes of installers, from the side of whoever tells them what to do.

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::Sender;
use std::thread;

use crate::said::{Order, Told};
use crate::{Role, arguments};

/// What an installer tells, or that it has ended.
pub(crate) type Heard = (String, Option<Told>);

/// An installer's process.
pub(crate) struct Installer {
    child: Child,
    orders: Option<ChildStdin>,
}

impl Installer {
    /// Starts one; what it tells goes to `heard`, under its name.
    pub(crate) fn start(
        library: &Path,
        name: &str,
        environment: Vec<(&'static str, OsString)>,
        heard: Sender<Heard>,
    ) -> io::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(arguments(library, Role::Installer))
            .envs(environment)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let orders = child.stdin.take();
        if let Some(told) = child.stdout.take() {
            let name = name.to_string();
            thread::spawn(move || {
                for line in BufReader::new(told).lines().map_while(Result::ok) {
                    // What a library prints itself is none of our lines.
                    if let Ok(told) = serde_json::from_str(&line) {
                        let _gone = heard.send((name.clone(), Some(told)));
                    }
                }
                let _gone = heard.send((name, None));
            });
        }
        Ok(Self { child, orders })
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn order(&mut self, order: &Order) -> io::Result<()> {
        let orders = self.orders.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        writeln!(orders, "{}", serde_json::to_string(order)?)
    }

    /// Has it die, in the midst of whatever it does.
    pub(crate) fn kill(&mut self) -> io::Result<()> {
        self.child.kill()?;
        self.child.wait().map(drop)
    }

    /// How it ended.
    pub(crate) fn ended(&mut self) -> String {
        self.child.wait().map_or_else(|error| error.to_string(), |status| status.to_string())
    }
}

impl Drop for Installer {
    fn drop(&mut self) {
        // Its input ends, and so does it; one that is in a call is helped.
        self.orders = None;
        let _gone = self.kill();
    }
}
