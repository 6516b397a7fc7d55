//! What came of an application in the end, in one line.

use std::collections::BTreeMap;

use rm_core::rules::Citation;
use rm_core::{AppId, SessionHandle, UniqueProcess};

use super::Statement;
use super::facts::Facts;
use super::happened::own;
use super::made::Made;
use super::subject::Subject;
use super::unaffected::moment;

/// How far a call brings an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Nowhere.
    Nothing,
    /// It turned out that it has nothing to do with the session.
    Unaffected,
    /// It was listed, or would have been.
    Listed,
    /// It was stopped, or should have been.
    Stopped,
    /// It was started again, or should have been.
    Restarted,
}

/// What came of one call for one application.
pub(super) struct Conclusion {
    stage: Stage,
    /// What follows its name in a sentence; of one that is not affected, why.
    pub(super) text: String,
    pub(super) because: Vec<Citation>,
    gone: bool,
}

impl Conclusion {
    pub(super) fn new(
        stage: Stage,
        text: impl Into<String>,
        because: impl IntoIterator<Item = Citation>,
    ) -> Self {
        Self { stage, text: text.into(), because: because.into_iter().collect(), gone: false }
    }

    /// Whether the application is gone after it.
    pub(super) fn gone(self, gone: bool) -> Self {
        Self { gone, ..self }
    }

    /// A sentence that goes back to the same.
    pub(super) fn statement(&self, text: String) -> Statement {
        Statement::new(text, self.because.iter().copied())
    }
}

/// What became so far of what was asked about. A process that was started again goes on under the one that
/// it was.
pub(super) struct Course {
    fates: BTreeMap<AppId, Fate>,
    first: BTreeMap<AppId, AppId>,
    absence: Option<(String, Citation)>,
    alone: bool,
}

#[derive(Default)]
struct Fate {
    unaffected: Option<Conclusion>,
    listed: Option<Conclusion>,
    stopped: Option<Conclusion>,
    restarted: Option<Conclusion>,
    /// The session that stopped it, or should have.
    session: Option<(UniqueProcess, Option<SessionHandle>)>,
    /// The application that it is, or was last.
    last: Option<AppId>,
}

impl Course {
    pub(super) fn new(subject: &Subject) -> Self {
        let alone = subject.apps.len() < 2 && !subject.is_host();
        Self { fates: BTreeMap::new(), first: BTreeMap::new(), absence: None, alone }
    }

    /// Takes in what came of a call.
    pub(super) fn take(&mut self, made: &Made<'_>, id: &AppId, conclusion: Conclusion) {
        let first = self.first.get(id).unwrap_or(id).clone();
        // A service is the same in whatever process it was started.
        let new = made.settlement(id).and_then(|settled| settled.restarted_as);
        let new = new.filter(|_| id.process().is_some()).map(AppId::from);
        if let Some(new) = &new {
            self.first.insert(new.clone(), first.clone());
        }
        let session = Some((made.who.process, made.call.session()));
        let fate = self.fates.entry(first).or_default();
        fate.last = new.or_else(|| fate.last.take()).or_else(|| Some(id.clone()));
        match conclusion.stage {
            Stage::Nothing => {}
            Stage::Unaffected => fate.unaffected = Some(conclusion),
            Stage::Listed => fate.listed = Some(conclusion),
            Stage::Stopped => {
                (fate.stopped, fate.restarted, fate.session) = (Some(conclusion), None, session);
            }
            // What another session has to say of it does not matter.
            Stage::Restarted if fate.session == session => fate.restarted = Some(conclusion),
            Stage::Restarted => {}
        }
    }

    /// Notes that nothing of the application ran when a call was made.
    pub(super) fn note_absence(&mut self, why: String, because: Citation) {
        self.absence = Some((why, because));
    }

    /// The last line of an account.
    pub(super) fn verdict(&self, facts: &Facts<'_>, subject: &Subject) -> Statement {
        let affected = |fate: &&Fate| fate.listed.is_some() || fate.stopped.is_some();
        let mut fates: Vec<_> = self.fates.iter().filter(|(_, fate)| affected(fate)).collect();
        if fates.is_empty() {
            fates = self.fates.iter().filter(|(_, fate)| fate.unaffected.is_some()).take(1).collect();
        }
        let name = |id| if self.alone { subject.name.clone() } else { facts.name(id) };
        let told: Vec<_> = fates.into_iter().map(|(id, fate)| fate.told(facts, &name(id))).collect();
        if told.is_empty() {
            let name = &subject.name;
            return match &self.absence {
                Some((why, because)) => {
                    Statement::new(format!("{name} was never affected: {why}."), [*because])
                }
                None => Statement::new(
                    format!("{name} was never affected: no list and no shutdown was made."),
                    [],
                ),
            };
        }
        let (texts, because): (Vec<_>, Vec<_>) = told.into_iter().unzip();
        Statement::new(format!("{}.", texts.join("; ")), because.into_iter().flatten())
    }
}

impl Fate {
    fn told(&self, facts: &Facts<'_>, name: &str) -> (String, Vec<Citation>) {
        let last = |one: &Option<Conclusion>| one.as_ref().map_or_else(Vec::new, |one| one.because.clone());
        match (&self.stopped, &self.restarted) {
            (Some(stopped), Some(restarted)) if stopped.gone => {
                let because = [stopped.because.clone(), restarted.because.clone()].concat();
                (format!("{name} {}, and {}", stopped.text, restarted.text), because)
            }
            (Some(stopped), None) if stopped.gone => (
                format!("{name} {}, and no RmRestart came after that", stopped.text),
                stopped.because.clone(),
            ),
            (Some(stopped), _) => {
                let gone = self.last.as_ref().and_then(|last| Some((last, facts.ended_at(last)?)));
                let gone = gone.map_or_else(String::new, |(last, at)| {
                    format!("; it {} at {}", own(last, "was gone", "had stopped"), moment(at))
                });
                (format!("{name} {}{gone}", stopped.text), stopped.because.clone())
            }
            (None, _) if self.listed.is_some() => {
                (format!("{name} was affected, and no RmShutdown came after that"), last(&self.listed))
            }
            _ => {
                let why = self.unaffected.as_ref().map_or("", |one| &one.text);
                (format!("{name} was never affected: {why}"), last(&self.unaffected))
            }
        }
    }
}
