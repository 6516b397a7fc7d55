//! Why an application was listed or not, stopped or not, started again or not.
//!
//! An [`Account`] goes through the calls of a run in which something was decided about one application,
//! and says what and why in sentences. It judges nothing: what was decided is in the transcript, with the
//! rule or latitude that made it so; what an application holds and is, the world says.

mod facts;
mod happened;
mod list;
mod made;
mod reasons;
mod restart;
mod shutdown;
mod subject;
mod unaffected;
mod verdict;
mod written;

use rm_core::rules::Citation;
use rm_core::{AppId, Call, Caller, Output, rule};
use serde::{Serialize, Serializer};

pub use subject::Unknown;

use crate::scenario::Run;
use crate::transcript::Transcript;
use facts::Facts;
use made::Made;
use subject::Subject;
use verdict::{Conclusion, Course};

/// Everything that was decided about an application in a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Account {
    /// The program or the one process of it, the service or the process that hosts some, by the name a
    /// scenario uses.
    pub application: String,
    /// The processes that the account is about, or that services lived in.
    pub processes: Vec<String>,
    /// The services that the account is about.
    pub services: Vec<String>,
    /// What there is to know of services beforehand.
    pub about: Option<Statement>,
    /// The calls in which something was decided about it, in order.
    pub sections: Vec<Section>,
    /// What came of it in the end.
    pub verdict: Statement,
}

/// What one call decided, or several calls in a row that decided the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Section {
    /// When the call began, in milliseconds of virtual time.
    pub at: u64,
    /// Who made it.
    pub by: String,
    /// The function.
    pub call: &'static str,
    /// What was special about its arguments; mostly nothing.
    pub asked: &'static str,
    /// The handle of the session.
    pub session: Option<u32>,
    /// What it returned; nothing if it did not come to its end.
    pub returned: Option<u32>,
    /// How many calls in a row decided just this.
    pub times: u32,
    /// What it decided, and what came of that.
    pub statements: Vec<Statement>,
}

/// A sentence, and what it goes back to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Statement {
    /// The sentence.
    pub text: String,
    /// The rules and latitudes that make it so.
    pub because: Vec<Ground>,
}

/// A rule, or a latitude with the answer in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ground(pub Citation);

impl Ground {
    /// What the rule states or the latitude asks.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self.0 {
            Citation::Rule(rule) => rule.row().statement,
            Citation::Latitude(latitude, _) => latitude.row().question,
        }
    }

    /// The answer in force, of a latitude.
    #[must_use]
    pub fn answer(self) -> Option<&'static str> {
        match self.0 {
            Citation::Rule(_) => None,
            Citation::Latitude(latitude, answer) => latitude.row().answers().nth(usize::from(answer)),
        }
    }
}

impl Serialize for Ground {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Shown {
            id: String,
            text: &'static str,
            #[serde(skip_serializing_if = "Option::is_none")]
            answer: Option<&'static str>,
        }
        Shown { id: self.0.to_string(), text: self.text(), answer: self.answer() }.serialize(serializer)
    }
}

impl Statement {
    fn new(text: impl Into<String>, because: impl IntoIterator<Item = Citation>) -> Self {
        let mut grounds: Vec<Ground> = Vec::new();
        for ground in because.into_iter().map(Ground) {
            if !grounds.contains(&ground) {
                grounds.push(ground);
            }
        }
        Self { text: text.into(), because: grounds }
    }
}

/// What a call means to one application: the sentences, and how far that brings it.
struct Told {
    statements: Vec<Statement>,
    conclusion: Conclusion,
}

impl Account {
    /// The account of the service, program or process with this name.
    ///
    /// # Errors
    /// When nothing in the run has the name.
    pub fn new(name: &str, run: &Run) -> Result<Self, Unknown> {
        let facts = Facts::new(run);
        let subject = Subject::find(name, &facts)?;
        let mut course = Course::new(&subject);
        let mut sections: Vec<Section> = Vec::new();
        for made in facts.calls.iter().filter(|made| decides(made)) {
            let mut statements = Vec::new();
            for id in &facts.concerned(&subject.apps, made) {
                let told = match made.call {
                    Call::Shutdown { .. } => shutdown::told(&facts, made, id),
                    Call::Restart { .. } | Call::End { .. } => restart::told(&facts, made, id),
                    _ => list::told(&facts, made, id),
                };
                course.take(made, id, told.conclusion);
                statements.extend(told.statements);
            }
            if statements.is_empty() {
                let (why, because) = unaffected::absent(&facts, made, &subject);
                statements.push(absent(&facts, made, &subject.name, &why, because));
                course.note_absence(why, because);
            }
            add(&mut sections, section(made, statements, &run.transcript));
        }
        let verdict = course.verdict(&facts, &subject);
        let mut processes: Vec<_> = subject.apps.iter().flat_map(|id| facts.processes_of(id)).collect();
        processes.sort_by_key(|process| process.start_time);
        processes.dedup();
        let services = subject.apps.iter().filter(|id| id.process().is_none());
        Ok(Self {
            processes: processes.into_iter().map(|process| facts.process_name(process)).collect(),
            services: services.map(|id| facts.name(id)).collect(),
            about: subject.about(&facts),
            application: subject.name,
            sections,
            verdict,
        })
    }
}

/// What a call meant to an application of which nothing ran.
fn absent(facts: &Facts<'_>, made: &Made<'_>, name: &str, why: &str, because: Citation) -> Statement {
    let refusal = made.reply.filter(|_| !made.has_decided()).and_then(|reply| Some((reply, reply.refusal?)));
    match (made.call, refusal) {
        (Call::Restart { .. }, Some((reply, _))) => restart::refused(facts, made, reply, None).0,
        (Call::Restart { .. } | Call::End { .. }, None) => {
            let text = format!("{name} was not started again: this session has not stopped it.");
            Statement::new(text, [Citation::Rule(rule!("RM-RST-24"))])
        }
        (Call::Shutdown { .. }, Some((reply, _))) => shutdown::refused(facts, made, reply, None).0,
        (Call::Shutdown { .. }, None) => {
            Statement::new(format!("{name} was not affected: {why}."), [because])
        }
        (_, Some((reply, refusal))) if !matches!(reply.output, Output::List(_)) => {
            Statement::new(format!("No list was given: {refusal}."), reply.because)
        }
        _ => Statement::new(format!("{name} is not in the list: {why}."), [because]),
    }
}

/// Whether the call decides about applications; an end does if it brings back what was stopped (OQ-24).
fn decides(made: &Made<'_>) -> bool {
    matches!(made.call, Call::GetList { .. } | Call::Shutdown { .. } | Call::Restart { .. })
        || (matches!(made.call, Call::End { .. }) && made.has_decided())
}

fn section(made: &Made<'_>, statements: Vec<Statement>, transcript: &Transcript) -> Section {
    let asked = match made.call {
        Call::Shutdown { flags, .. } => match (flags.force(), flags.only_registered()) {
            (false, false) => "",
            (true, false) => "forced",
            (false, true) => "only registered",
            (true, true) => "forced, only registered",
        },
        _ => "",
    };
    Section {
        at: made.at,
        by: transcript.names.caller(made.who),
        call: made.call.function(),
        asked,
        session: made.call.session().map(|handle| handle.0),
        returned: made.reply.map(|reply| reply.code.0),
        times: 1,
        statements,
    }
}

/// Adds a section; one that repeats the last only counts.
fn add(sections: &mut Vec<Section>, section: Section) {
    if let Some(last) = sections.last_mut()
        && (Section { at: last.at, times: last.times, ..section.clone() }) == *last
    {
        last.times += 1;
    } else {
        sections.push(section);
    }
}

/// Names of processes as a sentence has them: `editor, reader and viewer`.
fn listed(names: &[String]) -> String {
    match names {
        [] => "nobody".into(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// The names of these applications, as a sentence has them.
fn named<'a>(facts: &Facts<'_>, apps: impl IntoIterator<Item = &'a AppId>) -> String {
    let mut names: Vec<String> = Vec::new();
    for name in apps.into_iter().map(|id| facts.name(id)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    listed(&names)
}

/// Why a call has no result, as a sentence has it.
fn unended(facts: &Facts<'_>, made: &Made<'_>) -> String {
    let who = caller(facts, made.who);
    match facts.ended_at(&made.who.process.into()) {
        Some(_) => format!("{who} was gone before its call ended"),
        None => format!("the call of {who} was left unfinished"),
    }
}

/// Who did something, as a sentence has it.
fn caller(facts: &Facts<'_>, who: Caller) -> String {
    facts.transcript.names.of(who.process)
}
