//! What judging costs: transcripts of twenty calls with nothing hidden, and with the answers of some
//! applications hidden.

use std::fmt::Write;

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use rm_check::{Boundary, judge};
use rm_sim::Scenario;

fn main() {
    divan::main();
}

/// A session of twenty calls, with so many applications.
fn transcript(applications: usize, hidden: bool) -> Boundary {
    let mut text = String::from("why = \"A session of twenty calls.\"\n[installer.setup]\n");
    for n in 0..applications {
        let _ = writeln!(text, "[program.app{n}]\nkind = \"main-window\"\nuses = ['C:\\App\\core.dll']");
    }
    text.push_str("[[step]]\nstart = {}\n");
    for n in 0..6 {
        let _ = writeln!(
            text,
            "[[step]]\nregister = {{ files = ['C:\\App\\file{n}.dll', 'C:\\App\\core.dll'] }}"
        );
    }
    text.push_str(
        "[[step]]\nlist = {}\ntimes = 5\n[[step]]\nshutdown = {}\n[[step]]\nlist = {}\ntimes = 3\n",
    );
    text.push_str("[[step]]\nrestart = {}\n[[step]]\nlist = {}\ntimes = 2\n[[step]]\nend = {}\n");
    let scenario = Scenario::parse(&text).expect("it is a scenario");
    let run = scenario.run().expect("it runs");
    let seen = Boundary::of_run(&scenario, &run).expect("it has a stage").text();
    let choose = "kind = \"main-window\"\nquery = \"choose\"\nend-session = \"choose\"\nclose = \"choose\"";
    let seen = if hidden { seen.replace("kind = \"main-window\"", choose) } else { seen };
    let boundary = Boundary::parse(&seen).expect("it reads as it was written");
    assert_eq!(boundary.calls(), 20);
    boundary
}

#[divan::bench(args = [0, 3, 10])]
fn nothing_hidden(bencher: Bencher<'_, '_>, applications: usize) {
    let boundary = transcript(applications, false);
    bencher.counter(ItemsCount::new(1_usize)).bench(|| judge(black_box(&boundary), &boundary.policy));
}

#[divan::bench(args = [1, 2, 3, 4])]
fn answers_hidden(bencher: Bencher<'_, '_>, applications: usize) {
    let boundary = transcript(applications, true);
    bencher.counter(ItemsCount::new(1_usize)).bench(|| judge(black_box(&boundary), &boundary.policy));
}
