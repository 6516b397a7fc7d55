//! A boundary transcript for programs: its lines taken apart as far as the mark. `docs/schemas/transcript.json`
//! describes it, and [`Told::text`] is the transcript again.

use std::fmt::Write;

use rm_sim::transcript::time;
use serde::{Deserialize, Serialize};

use super::{Boundary, Budget, Event, Known, RULE, VERSION};

/// A transcript in plain data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// The version of the format.
    pub version: u32,
    /// What the environment may have done wrong.
    pub faults: Budget,
    /// How much of the world the head tells.
    pub world: Known,
    /// Whether it tells what applications are told.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub messages: bool,
    /// The world in the beginning, in the tables of a scenario.
    pub head: String,
    /// What happened.
    pub lines: Vec<ToldLine>,
}

/// A line taken apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToldLine {
    /// From when on it may have been, if that is earlier; in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<u64>,
    /// When it was seen.
    pub at: u64,
    /// Whose call it is about; nobody's, if the world changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
    /// What kind of line it is.
    pub mark: char,
    /// What stands behind the mark.
    pub what: String,
    /// The entries of a list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<String>,
}

impl Boundary {
    /// The transcript in plain data.
    #[must_use]
    pub fn told(&self) -> Told {
        let lines = self.lines.iter().map(|line| {
            let (who, said) = self.said(line);
            let mut said = said.into_iter();
            let first = said.next().unwrap_or_default();
            let mark = first.chars().next().unwrap_or_default();
            let behind = |text: &str| text.get(2..).unwrap_or_default().to_string();
            ToldLine {
                since: line.since,
                at: line.at,
                who: (!matches!(line.event, Event::Changes(_))).then_some(who),
                mark,
                what: behind(&first),
                entries: said.map(|entry| behind(&entry)).collect(),
            }
        });
        let head = self.head.trim_end().into();
        Told {
            version: VERSION,
            faults: self.faults,
            world: self.world,
            messages: self.messages,
            head,
            lines: lines.collect(),
        }
    }
}

impl Told {
    /// The transcript as text, which [`Boundary::parse`] reads.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("{} {}\n", super::FORMAT, self.version);
        if self.faults == Budget::None {
            text.push_str("faults: none\n");
        }
        if self.world == Known::Partly {
            text.push_str("world: partly known\n");
        }
        if self.messages {
            text.push_str("messages: told\n");
        }
        let _ = write!(text, "\n{}\n{RULE}\n", self.head.trim_end());
        for line in &self.lines {
            let times = match line.since {
                Some(since) => format!("{}..{}", time(since), time(line.at).trim_start()),
                None => time(line.at),
            };
            let who = line.who.as_deref().unwrap_or("-");
            let _ = writeln!(text, "{times} {who:<12} {} {}", line.mark, line.what);
            for entry in &line.entries {
                let _ = writeln!(text, "{times} {who:<12} : {entry}");
            }
        }
        text
    }
}
