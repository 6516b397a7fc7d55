//! How worlds grow: with applications, with installers, with questions that are open.

use std::fmt::Write;

use rm_check::explore::{Bounds, Machines, Meter, Options, Reductions, walk};
use rm_sim::Scenario;

/// Questions that a shutdown with a refusal asks.
const OPEN: [&str; 4] = ["OQ-56.others", "OQ-56.agreeing", "OQ-57", "OQ-56.code"];

/// A world of so many applications that answer as they like and so many setups.
fn world(applications: usize, installers: usize, open: usize) -> String {
    let mut text = String::from("why = \"It grows.\"\n");
    let _ = writeln!(text, "[explore]\nopen = {:?}", OPEN.get(..open).unwrap_or_default());
    for n in 0..installers {
        let _ = writeln!(text, "[installer.setup{n}]");
    }
    for n in 0..applications {
        let _ = writeln!(
            text,
            "[program.app{n}]\nkind = \"main-window\"\nuses = ['C:\\a.dll']\nrestart = \"/again\"\nquery = \"choose\""
        );
    }
    for n in 0..installers {
        for call in [
            "start = {}",
            "register = { files = ['C:\\a.dll'] }",
            "shutdown = {}",
            "restart = {}",
            "end = {}",
        ] {
            let _ = writeln!(text, "[[step]]\nby = \"setup{n}\"\n{call}");
        }
    }
    text
}

/// Prints how many states there are, all and with steps that nobody else can notice in one order.
pub fn table() {
    println!("applications  installers  open  states      steps       reduced to");
    let sizes =
        [(1, 1, 0), (2, 1, 0), (3, 1, 0), (4, 1, 0), (1, 2, 0), (2, 2, 0), (2, 1, 1), (2, 1, 2), (2, 1, 4)];
    for (applications, installers, open) in sizes {
        let scenario = Scenario::parse(&world(applications, installers, open)).expect("it is sound");
        let count = |reduce| {
            let options = Options { reduce, ..Options::default() };
            let machines = Machines::new(&scenario, options).expect("it is sound").without_properties();
            let walked =
                walk(&machines, &Bounds { max_states: 2_000_000, ..Bounds::default() }, &Meter::default());
            (walked.states(), walked.transitions)
        };
        let ((states, steps), (less, _)) = (count(Reductions::NONE), count(Reductions::ALL));
        println!("{applications:<12}  {installers:<10}  {open:<4}  {states:<10}  {steps:<10}  {less}");
    }
}
