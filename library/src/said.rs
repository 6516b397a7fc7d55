//! Calls as they are told, and what they gave, in the words of docs/conform.md.

use serde::{Deserialize, Serialize};

/// A process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub(crate) struct Process {
    pub(crate) pid: u32,
    pub(crate) start: u64,
}

/// A call to be made.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Asked {
    pub(crate) by: String,
    pub(crate) thread: u32,
    pub(crate) call: String,
    /// The thread whose status callback makes it.
    #[serde(default)]
    pub(crate) inside: Option<u32>,
    /// The output pointers that are null.
    #[serde(default)]
    pub(crate) null: Vec<String>,
    #[serde(default)]
    pub(crate) session: u32,
    #[serde(default)]
    pub(crate) flags: u32,
    #[serde(default)]
    pub(crate) callback: bool,
    #[serde(default)]
    pub(crate) key: Option<String>,
    #[serde(default, rename = "nFiles")]
    pub(crate) file_count: u32,
    #[serde(default)]
    pub(crate) files: Option<Vec<Option<String>>>,
    #[serde(default, rename = "nApplications")]
    pub(crate) process_count: u32,
    #[serde(default)]
    pub(crate) processes: Option<Vec<Process>>,
    #[serde(default, rename = "nServices")]
    pub(crate) service_count: u32,
    #[serde(default)]
    pub(crate) services: Option<Vec<Option<String>>>,
    #[serde(default)]
    pub(crate) capacity: Option<u32>,
    #[serde(default)]
    pub(crate) module: Option<String>,
    #[serde(default)]
    pub(crate) process: Option<Process>,
    #[serde(default)]
    pub(crate) service: Option<String>,
    #[serde(default)]
    pub(crate) action: u32,
    #[serde(default)]
    pub(crate) size: u32,
}

/// What a call gave.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Reply {
    pub(crate) code: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) handle: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) key: Option<String>,
    pub(crate) unterminated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) needed: Option<u32>,
    pub(crate) count: u32,
    pub(crate) reasons: u32,
    pub(crate) entries: Vec<Entry>,
    pub(crate) filters: Vec<Filter>,
}

/// An entry of a list.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Entry {
    pub(crate) process: Process,
    pub(crate) name: String,
    pub(crate) service: String,
    #[serde(rename = "type")]
    pub(crate) app_type: u32,
    pub(crate) status: u32,
    pub(crate) session: u32,
    pub(crate) restartable: bool,
}

/// A filter of a list.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Filter {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) module: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) process: Option<Process>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) service: Option<String>,
    pub(crate) action: u32,
}

/// What an installer is told.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub(crate) enum Order {
    /// To make a call.
    Begin(Box<Asked>),
    /// To return from the status callback in which a thread is.
    GoOn {
        /// The thread.
        thread: u32,
    },
}

/// What an installer tells.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub(crate) enum Told {
    /// A call came back.
    Reply {
        /// Whose.
        thread: u32,
        /// What it gave.
        #[serde(flatten)]
        reply: Box<Reply>,
    },
    /// The status callback was called, and does not return before it is told to.
    Progress {
        /// In this thread.
        thread: u32,
        /// With this number.
        percent: u32,
    },
    /// Something was written that nobody can read, or the library cannot be used.
    Broken {
        /// What.
        why: String,
    },
}
