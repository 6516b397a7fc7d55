//! A way through a small world, written as a scenario, is gone again by whoever runs it.

use std::fs;
use std::path::Path;

use rm_check::explore::{Bounds, Machines, Meter, Options, walk};
use rm_sim::Scenario;

fn world(name: &str) -> Scenario {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/worlds").join(name);
    Scenario::parse(&fs::read_to_string(path).expect("a fixture")).expect("a fixture is sound")
}

#[test]
fn the_shortest_way_to_every_end_replays_to_the_same_machine() {
    let machines = Machines::new(&world("two-installers-and-a-cancel.toml"), Options::default()).unwrap();
    let walked = walk(&machines, &Bounds::default(), &Meter::default());
    assert_eq!(walked.ends(), 16);
    let mut ways: Vec<_> = walked.ways_to_ends(&machines).collect();
    for (property, _) in walked.verdicts() {
        ways.extend(walked.path(&machines, &property.name));
    }
    for way in ways {
        let told = machines.told(&way, "it replays").unwrap();
        let run = Scenario::parse(&told.scenario).and_then(|scenario| scenario.run());
        let run = run.unwrap_or_else(|problem| panic!("{problem} in\n{}", told.scenario));
        assert!(run.unmet.is_empty(), "{:?} in\n{}", run.unmet, told.scenario);
        let (_, last) = way.steps.last().expect("nothing ends where it begins");
        assert_eq!(run.machine, last.machine, "{}", told.scenario);
    }
}
