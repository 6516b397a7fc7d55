//! The side of the process that has the machine.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::wire::{Request, Response, Wire};
use crate::asked::Process;
use crate::failure::Failure;
use crate::host::Host;
use crate::log;

/// Where this process has listened.
static SERVED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// Listens at a path, and lets whoever connects use the machine, on threads of this process.
pub(crate) fn serve(host: Arc<Host>, path: &Path) -> Result<(), Failure> {
    let failed =
        |error: io::Error| Failure::internal(format!("nobody can connect at `{}`: {error}", path.display()));
    // What is in the way is a socket that nobody listens at any more, or that of a machine which this one
    // takes the place of.
    let is_new = SERVED.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_path_buf());
    if path.exists() && (!is_new || UnixStream::connect(path).is_err()) {
        fs::remove_file(path).map_err(failed)?;
    }
    let listener = UnixListener::bind(path).map_err(failed)?;
    let server = Arc::new(Server { host, claims: Mutex::default() });
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let server = Arc::clone(&server);
            thread::spawn(move || {
                // An error here is a process that has ended in the midst of something.
                let _ = Wire::new(stream).and_then(|wire| server.attend(wire));
            });
        }
    });
    Ok(())
}

/// A machine, and the processes that use it.
struct Server {
    host: Arc<Host>,
    /// The connections that are open as long as a process is what it says to be.
    claims: Mutex<Vec<(UnixStream, Process)>>,
}

impl Server {
    /// Does what one connection is for.
    fn attend(&self, mut wire: Wire) -> io::Result<()> {
        let request = wire.receive()?;
        // Whoever had ended when this was sent has ended on the machine before it is done.
        self.bury();
        let host = &self.host;
        let response = match request {
            Request::Claim(installer) => match host.claim(installer.as_deref()) {
                Err(failure) => failed(failure),
                Ok(process) => return self.entered(wire, process),
            },
            Request::Call(process, token, asked) => {
                let result = host.call(process, token, asked, &mut |percent| {
                    let told = wire.send(&Response::Report(percent));
                    if told.and_then(|()| wire.receive::<Request>()).is_err() {
                        log::line("a process has ended in its status callback");
                    }
                });
                result.map_or_else(failed, Response::Answered)
            }
            Request::Steer(steer) => host.steer(steer).map_or_else(failed, Response::Steered),
            Request::Note(text) => {
                host.note(text);
                Response::Noted
            }
            Request::GoOn => return Ok(()),
        };
        wire.send(&response)
    }

    fn claims(&self) -> MutexGuard<'_, Vec<(UnixStream, Process)>> {
        self.claims.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stays with a process until it ends.
    fn entered(&self, mut wire: Wire, process: Process) -> io::Result<()> {
        self.host.entered();
        let mut stream = wire.stream()?;
        self.claims().push((wire.stream()?, process));
        let answered = wire.send(&Response::Process(process));
        // Nothing is sent here any more: a read comes to an end when the process has.
        while answered.is_ok() && !is_closed(&mut stream) {}
        self.left(process);
        answered
    }

    /// Ends on the machine who has ended, and whose thread here has not seen it yet.
    fn bury(&self) {
        let mut claims = self.claims();
        let gone = claims.iter_mut().filter_map(|(stream, process)| {
            let looked = stream.set_nonblocking(true).map(|()| is_closed(stream));
            let _ = stream.set_nonblocking(false);
            looked.unwrap_or(true).then_some(*process)
        });
        let gone: Vec<_> = gone.collect();
        drop(claims);
        gone.into_iter().for_each(|process| self.left(process));
    }

    /// A process has ended; this may be seen twice. It is over for both when the first lets go of the claims.
    fn left(&self, process: Process) {
        let mut claims = self.claims();
        if let Some(at) = claims.iter().position(|(_, other)| *other == process) {
            claims.remove(at);
            self.host.left(process);
        }
    }
}

/// Reads from a connection on which nothing is sent: whether its other end is closed.
fn is_closed(stream: &mut UnixStream) -> bool {
    match stream.read(&mut [0]) {
        Ok(read) => read == 0,
        // The other reader had made it one that does not block, just now.
        Err(error) => !matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted),
    }
}

fn failed(failure: Failure) -> Response {
    Response::Failed(failure.code, failure.message)
}
