//! The cases of the suite: the scenarios of the project, each with the rules it is about.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use include_dir::{Dir, include_dir};
use rm_core::Policy;
use rm_core::rules::{Citation, Rule};
use rm_sim::Scenario;
use rm_sim::scenario::{Need, head};
use rm_sim::spec::citations;

use crate::boundary::as_far_as_asked;

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/cases");

/// A case: a world, and calls that are made in it.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its name: the area, and a sentence.
    pub name: String,
    /// The text it was read from.
    pub text: &'static str,
    /// The scenario.
    pub scenario: Scenario,
    /// The rules it is about: those it names, and those the model goes back to in it.
    pub rules: BTreeSet<Rule>,
    /// What it needs.
    pub needs: BTreeSet<Need>,
    /// The answers to open questions that it is about, and the usual ones.
    pub policy: Policy,
    /// The world in the beginning, as transcripts tell it.
    pub(super) head: String,
}

/// Every case, by name.
pub fn all() -> &'static [Case] {
    static ALL: LazyLock<Vec<Case>> = LazyLock::new(|| {
        let mut cases: Vec<_> = FILES.dirs().flat_map(Dir::files).filter_map(read).collect();
        cases.sort_by(|one, other| one.name.cmp(&other.name));
        cases
    });
    &ALL
}

fn read(file: &'static include_dir::File<'static>) -> Option<Case> {
    let path = file.path();
    if path.extension()? != "toml" {
        return None;
    }
    let text = file.contents_utf8()?;
    let scenario = Scenario::parse(text).ok()?;
    let (stage, run) = (scenario.stage().ok()?, scenario.run().ok()?);
    let cited = run.transcript.lines.iter().flat_map(|line| citations(&line.event));
    let cited = cited.filter_map(|because| match because {
        Citation::Rule(rule) => Some(rule),
        Citation::Latitude(..) => None,
    });
    Some(Case {
        name: path.with_extension("").to_string_lossy().replace('\\', "/"),
        text,
        rules: scenario.rules().filter_map(Rule::find).chain(cited).collect(),
        needs: scenario.needs(),
        policy: as_far_as_asked(&run.rules),
        head: head(&stage.machine, &run.rules, &stage.transcript.names, scenario.why()),
        scenario,
    })
}
