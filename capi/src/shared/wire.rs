//! What goes over the socket: JSON values, one a line.

use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::answered::Answered;
use crate::asked::{Asked, Process};
use crate::host::{Steer, Steered, Token};

/// What a process sends. A connection is for one of them, but for [`GoOn`](Self::GoOn).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Request {
    /// It is this installer, for as long as the connection is open.
    Claim(Option<String>),
    /// A thread of it makes a call.
    Call(Process, Token, Asked),
    /// The status callback has returned.
    GoOn,
    /// It steers the machine.
    Steer(Steer),
    /// Its boundary has refused a call.
    Note(String),
}

/// What it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Response {
    /// Which process on the machine it is.
    Process(Process),
    /// The status callback is to be called: the only response that is not the last.
    Report(u8),
    /// The call has ended.
    Answered(Answered),
    /// What came of steering.
    Steered(Steered),
    /// Nothing could be done: the code, and why.
    Failed(u32, String),
    /// It was written down.
    Noted,
}

/// One end of a connection.
pub(super) struct Wire {
    stream: UnixStream,
    reader: BufReader<UnixStream>,
}

impl Wire {
    pub(super) fn new(stream: UnixStream) -> io::Result<Self> {
        let reader = BufReader::new(stream.try_clone()?);
        Ok(Self { stream, reader })
    }

    /// The connection itself, for whoever waits for it to close.
    pub(super) fn stream(&self) -> io::Result<UnixStream> {
        self.stream.try_clone()
    }

    pub(super) fn send<T: Serialize>(&mut self, value: &T) -> io::Result<()> {
        let mut line = serde_json::to_vec(value)?;
        line.push(b'\n');
        self.stream.write_all(&line)
    }

    /// The next value; an error when the other end has closed.
    pub(super) fn receive<T: DeserializeOwned>(&mut self) -> io::Result<T> {
        let mut line = String::new();
        if self.reader.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(serde_json::from_str(&line)?)
    }
}
