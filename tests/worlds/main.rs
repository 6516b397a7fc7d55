//! Every small world, visited whole: what can be reached, and what holds of it, is pinned.
//!
//! A change of these numbers is a change of what the model can do, or of what it remembers. Those that take
//! long are visited by `make worlds` alone.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use rm_check::explore::{
    Bounds, Fingerprint, Machines, Meter, Options, Reduction, Reductions, Summary, Verdict, walk,
};
use rm_sim::Scenario;

/// Set to visit the large ones as well.
const ALL: &str = "RM_ALL_WORLDS";

#[test]
fn every_small_world_is_as_it_was() {
    insta::glob!("../../fixtures/worlds", "*.toml", |path| {
        let scenario = read(path);
        let machines = Machines::new(&scenario, Options::default()).expect("a fixture is sound");
        assert!(
            !machines.world().enumerates.is_empty(),
            "{} does not say what it enumerates",
            path.display()
        );
        if !machines.world().ci && std::env::var_os(ALL).is_none() {
            return;
        }
        let summary = visited(&machines, 2);
        insta::assert_snapshot!(summary);
    });
}

/// How many faults, and the worlds that are not visited with them: they have more than ten million states, and one of
/// them, `force-against-cancel`, so many ends that what is tried at each takes minutes.
const FAULTS: [(u8, &str, &[&str]); 2] = [
    (1, "one_fault", &["a-cancel-and-a-setup-that-races"]),
    (
        2,
        "two_faults",
        &[
            "a-cancel-and-a-setup-that-races",
            "force-against-cancel",
            "one-of-each-class",
            "one-refuses-under-every-answer",
            "restart-after-partial-failure",
        ],
    ),
];

/// One fault in every order of the threads, and two in one order: nothing breaks, and what came of them is pinned.
/// Without [`ALL`] one fault in one small world stands for the others.
#[test]
fn faults_anywhere_break_nothing() {
    insta::glob!("../../fixtures/worlds", "*.toml", |path| {
        let scenario = read(path);
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        for (faults, title, too_large) in FAULTS {
            let options = Options { faults: Some(faults), reduce: Reductions::ALL, ..Options::default() };
            let machines = Machines::new(&scenario, options).expect("a fixture is sound");
            let is_asked =
                std::env::var_os(ALL).is_some() || (&*name, faults) == ("the-last-of-64-places", 1);
            if is_asked && machines.world().faults < faults && !too_large.contains(&&*name) {
                insta::assert_snapshot!(title, visited(&machines, 2));
            }
        }
    });
}

/// Visits a world, and shows that nothing depends on the number of threads.
fn visited(machines: &Machines, threads: usize) -> String {
    let walked = walk(machines, &Bounds { threads, ..Bounds::default() }, &Meter::default());
    for (property, verdict) in walked.verdicts() {
        let way = || walked.path(machines, &property.name).map(|path| machines.told(&path, "it fails"));
        let told = |way: Option<Result<rm_check::explore::Told, _>>| {
            way.and_then(Result::ok).map(|told| told.scenario)
        };
        assert!(verdict == Verdict::Holds, "{}: {}", property.name, told(way()).unwrap_or_default());
    }
    let summary = Summary::new(machines, &walked);
    let mut text = String::new();
    for (heading, paragraph) in summary.paragraphs() {
        let _ = writeln!(text, "{heading:<11} {paragraph}");
    }
    text + &summary.end()
}

fn read(path: &Path) -> Scenario {
    let text = std::fs::read_to_string(path).expect("a fixture");
    Scenario::parse(&text).expect("a fixture is sound")
}

#[test]
fn one_thread_and_several_come_to_the_same() {
    for name in ["two-installers-and-a-cancel", "filters-against-faults", "joins-against-a-dying-owner"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/worlds").join(name);
        let machines = Machines::new(&read(&path.with_extension("toml")), Options::default()).unwrap();
        assert_eq!(visited(&machines, 1), visited(&machines, 3), "{name}");
    }
}

#[test]
fn the_invariants_of_stories_hold_of_every_step() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/worlds");
    for name in ["one-of-each-class", "restart-after-partial-failure", "force-against-cancel"] {
        let scenario = read(&path.join(name).with_extension("toml"));
        let options = Options { stories: true, ..Options::default() };
        visited(&Machines::new(&scenario, options).unwrap(), 1);
    }
}

/// Everything that a reduction must not change: where it can end, what is returned, and what holds.
fn seen(
    scenario: &Scenario,
    reduce: Reductions,
) -> (u64, BTreeSet<Fingerprint>, BTreeSet<(&'static str, u32)>) {
    let machines =
        Machines::new(scenario, Options { reduce, ..Options::default() }).expect("a fixture is sound");
    let walked = walk(&machines, &Bounds { threads: 2, ..Bounds::default() }, &Meter::default());
    assert!(walked.verdicts().all(|(_, verdict)| verdict == Verdict::Holds));
    let ends = walked.ways_to_ends(&machines);
    let ends = ends.filter_map(|way| way.steps.last().map(|(_, last)| Fingerprint::of(last))).collect();
    let codes = walked.scratches.iter().flat_map(|scratch| scratch.tally.codes.keys().copied()).collect();
    (walked.states(), ends, codes)
}

#[test]
fn a_reduced_walk_comes_to_the_same_ends_by_fewer_states() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/worlds");
    let mut table = String::new();
    for name in [
        "filters-against-faults",
        "force-against-cancel",
        "joins-against-a-dying-owner",
        "one-of-each-class",
        "one-refuses-under-every-answer",
        "restart-after-partial-failure",
        "the-last-of-64-places",
        "two-installers-and-a-cancel",
        "two-setups-race",
    ] {
        let whole = same_ends(&folder.join(name).with_extension("toml"), &mut table);
        assert!(whole > 0, "{name}");
    }
    insta::assert_snapshot!(table);
    if std::env::var_os(ALL).is_some() {
        same_ends(&folder.join("a-cancel-and-a-setup-that-races.toml"), &mut String::new());
    }
}

/// All kinds of steps taken in one order, and where that leaves out anything each kind by itself: it comes to the same
/// ends, by as many states as is written down. The kinds in worlds of many states wait for `make worlds`.
fn same_ends(path: &Path, table: &mut String) -> u64 {
    let scenario = read(path);
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let whole = seen(&scenario, Reductions::NONE);
    let reduced = |kinds: Reductions| {
        let reduced = seen(&scenario, kinds);
        assert!(reduced.0 <= whole.0, "{name}");
        assert!((&reduced.1, &reduced.2) == (&whole.1, &whole.2), "{name} ends otherwise with {kinds:?}");
        reduced.0
    };
    let all = reduced(Reductions::ALL);
    let _ = write!(table, "{name}: {all} of {} states", whole.0);
    let is_small = whole.0 < 2000;
    if all < whole.0 && (is_small || std::env::var_os(ALL).is_some()) {
        for (kind, what) in Reduction::ALL {
            let alone = reduced([kind].into_iter().collect());
            if is_small {
                let _ = write!(table, ", {what} alone {alone}");
            }
        }
    }
    table.push('\n');
    whole.0
}
