//! How names, lists and types are written.

use std::fmt::Write;

use rm_core::{AppType, Filter, FilterAction, FilterTarget, Name, UniqueProcess};

use super::Names;

pub(crate) fn quoted(name: &Name) -> String {
    // A text longer than any path is of interest for its length.
    let length = name.units().len();
    if length > 1000 {
        format!("'{}…' ({length} characters)", name.truncated(20))
    } else {
        format!("'{name}'")
    }
}

pub(crate) fn joined<T>(all: impl IntoIterator<Item = T>, show: impl Fn(T) -> String) -> String {
    let all: Vec<_> = all.into_iter().map(show).collect();
    if all.is_empty() { "nothing".into() } else { all.join(", ") }
}

/// An application type by the name scenarios use.
pub(crate) const fn app_type(app_type: AppType) -> &'static str {
    match app_type {
        AppType::Unknown => "unknown",
        AppType::MainWindow => "main-window",
        AppType::OtherWindow => "other-window",
        AppType::Service => "service",
        AppType::Explorer => "explorer",
        AppType::Console => "console",
        AppType::Critical => "critical",
    }
}

/// A filter: its target and what it prevents.
pub(crate) fn filter(filter: &Filter, names: &Names) -> String {
    let action = match filter.action {
        FilterAction::NO_RESTART => "no-restart".into(),
        FilterAction::NO_SHUTDOWN => "no-shutdown".into(),
        FilterAction(other) => other.to_string(),
    };
    format!("{} {action}", filter_target(&filter.target, names))
}

/// To whom a filter applies.
pub(crate) fn filter_target(target: &FilterTarget, names: &Names) -> String {
    match target {
        FilterTarget::File(path) => format!("file {}", quoted(path)),
        FilterTarget::Process(process) => format!("process {}", names.of(*process)),
        FilterTarget::Service(name) => format!("service {}", quoted(name)),
    }
}

/// How names are written: for a reader, or so that they can be read back.
#[derive(Clone, Copy, Debug)]
pub struct Words<'a> {
    /// What processes are called.
    pub names: &'a Names,
    /// Whether every unit counts.
    pub exact: bool,
}

impl Words<'_> {
    /// A name or path in quotes. Where every unit counts, a quote, a control character, what is no
    /// text, and a backslash that would be taken for the beginning of such a thing are written
    /// `\u{…}`.
    #[must_use]
    pub fn name(&self, name: &Name) -> String {
        if !self.exact {
            return quoted(name);
        }
        let mut text = String::from("'");
        let mut pieces = char::decode_utf16(name.units().iter().copied()).peekable();
        while let Some(piece) = pieces.next() {
            let unit = match piece {
                Ok('\\') if pieces.peek() == Some(&Ok('u')) => 0x5c,
                Ok(letter) if letter != '\'' && !letter.is_control() => {
                    text.push(letter);
                    continue;
                }
                Ok(letter) => u32::from(letter),
                Err(unit) => u32::from(unit.unpaired_surrogate()),
            };
            let _ = write!(text, "\\u{{{unit:x}}}");
        }
        text.push('\'');
        text
    }

    /// A word as it is if it has only letters, digits and `._-`, else in quotes.
    #[must_use]
    pub fn word(&self, word: &str) -> String {
        let is_bare = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
        if !self.exact || (!word.is_empty() && word.chars().all(is_bare)) {
            return word.into();
        }
        self.name(&word.into())
    }

    /// What a process is called; one that has no name is `id:start-time`.
    #[must_use]
    pub fn process(&self, process: UniqueProcess) -> String {
        match self.names.named(process) {
            Some(name) => self.word(name),
            None => self.names.of(process),
        }
    }
}
