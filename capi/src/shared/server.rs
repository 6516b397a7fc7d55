//! The side of the process that has the machine.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::wire::{Request, Response, Wire};
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
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let host = Arc::clone(&host);
            thread::spawn(move || {
                // An error here is a process that has ended in the midst of something.
                let _ = Wire::new(stream).and_then(|wire| attend(&host, wire));
            });
        }
    });
    Ok(())
}

/// Does what one connection is for.
fn attend(host: &Host, mut wire: Wire) -> io::Result<()> {
    let response = match wire.receive()? {
        Request::Claim(installer) => match host.claim(installer.as_deref()) {
            Err(failure) => failed(failure),
            Ok(process) => {
                host.entered();
                let answered = wire.send(&Response::Process(process));
                // Nothing more is sent: this returns when the process has ended.
                let ended = answered.and_then(|()| wire.receive::<Request>());
                host.left(process);
                return ended.map(drop);
            }
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

fn failed(failure: Failure) -> Response {
    Response::Failed(failure.code, failure.message)
}
