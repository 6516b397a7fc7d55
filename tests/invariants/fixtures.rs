//! Cases and fixtures are two forms of the same thing: a case can be written as a scenario, and what holds
//! of cases holds of the scenarios too.

use std::fs;
use std::path::{Path, PathBuf};

use harness::case::Case;
use harness::check::check;
use harness::draw::cases_under_any_policy;
use harness::invariants::{BY_DEFAULT, WHATEVER_THE_POLICY};
use harness::play::{Failure, fails, play};
use harness::played::Played;
use rm_core::Millis;
use rm_sim::packed::Store;
use rm_sim::scenario::{Problem, Run};
use rm_sim::transcript::{Event, Transcript, View};
use rm_sim::{Machine, Scenario};

#[test]
fn a_case_written_as_a_scenario_replays_to_the_same_bytes() {
    check("a_case_written_as_a_scenario_replays_to_the_same_bytes", cases_under_any_policy(), replays);
}

fn replays(case: &Case) -> Result<(), Failure> {
    let played = play(case, |_| Ok(()))?;
    as_scenario(&case.setting.scenario(&played.moves, "it replays"), &played.transcript)
        .map_err(|what| fails(&played, what))
}

/// That a scenario replays to the same bytes.
pub(super) fn as_scenario(text: &str, told: &Transcript) -> Result<(), String> {
    let problem = |problem: Problem| {
        let place = text.get(problem.span.clone()).unwrap_or_default();
        format!("{problem} at {place} of {text}")
    };
    let run = Scenario::parse(text).and_then(|scenario| scenario.run()).map_err(problem)?;
    if let Some(unmet) = run.unmet.into_iter().next() {
        return Err(problem(unmet));
    }
    let (told, replayed) = (bytes(told), bytes(&run.transcript));
    match told.lines().zip(replayed.lines()).find(|(one, other)| one != other) {
        Some((one, other)) => Err(format!("`{one}` is `{other}` when it is replayed")),
        None if told != replayed => Err("one of the two is longer".into()),
        None => Ok(()),
    }
}

/// Every scenario, run.
fn runs() -> Vec<(PathBuf, Run)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures");
    let mut texts = Vec::new();
    for folder in ["scenarios", "clients"] {
        read(&root.join(folder), &mut texts);
    }
    assert!(texts.len() > 100, "only {} scenarios", texts.len());
    let run = |text: String| Scenario::parse(&text).and_then(|scenario| scenario.run());
    texts.into_iter().map(|(path, text)| (path, run(text).expect("a fixture is sound"))).collect()
}

#[test]
fn a_machine_that_was_packed_is_as_it_was_whatever_stands_in_its_place() {
    let mut place = Machine::default();
    for (path, Run { machine, .. }) in runs() {
        let (mut store, mut later) = (Store::default(), machine.clone());
        later.advance(Millis(1000));
        let packed = [&machine, &later].map(|one| store.pack(one));
        for (packed, machine) in packed.iter().zip([&machine, &later]) {
            store.unpack(packed, &mut place);
            assert_eq!(place, *machine, "{}", path.display());
        }
    }
}

#[test]
fn the_invariants_hold_of_every_scenario() {
    let mut broken = Vec::new();
    for (path, run) in runs() {
        let played = Played::from(run);
        let by_default = BY_DEFAULT.iter().filter(|_| played.is_default());
        for (name, invariant) in WHATEVER_THE_POLICY.iter().chain(by_default) {
            if let Err(what) = invariant(&played) {
                broken.push(format!("{name} does not hold of {}: {what}", path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

fn read(folder: &Path, texts: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).expect("a folder of the project") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            read(&path, texts);
        } else {
            let text = fs::read_to_string(&path).expect("text");
            texts.push((path, text));
        }
    }
}

/// What happened, without what a scenario says of the machine before it begins.
fn bytes(transcript: &Transcript) -> String {
    let mut transcript = transcript.clone();
    transcript.lines.retain(|line| !matches!(line.event, Event::Note(_) | Event::Runs(..)));
    transcript.text(View::Full)
}
