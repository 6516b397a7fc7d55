//! How many explanations are kept, and how long that takes: by applications whose answers nobody saw, by
//! calls under way at once, and by switches that are open. Prints a table.

mod made;

use std::time::{Duration, Instant};

use made::Session;
use rm_check::{Boundary, judge};
use rm_core::Policy;
use rm_core::rules::Latitude;

fn main() {
    // What cargo gives a benchmark besides is of no interest; in a test there is nothing to measure.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    println!("| applications | answers | lists at once | open switches | explanations | moves | time |");
    println!("| ---: | --- | ---: | ---: | ---: | ---: | ---: |");
    for applications in [0, 1, 3, 10] {
        row(Session::of(applications), 0);
    }
    for applications in 1..=5 {
        row(Session { hidden: true, ..Session::of(applications) }, 0);
    }
    for overlap in 2..=5 {
        row(Session { overlap, ..Session::of(1) }, 0);
    }
    for open in [1, 2, 4, 8, 16, 32] {
        row(Session::of(1), open);
    }
    row(Session::of(1), usize::MAX);
}

/// Measures one transcript, with so many of the switches open that it touches, in the order of the catalogue.
fn row(session: Session, open: usize) {
    let boundary = session.transcript();
    let touched = touched(&boundary);
    let opened = touched.iter().take(open).fold(boundary.policy, |policy, one| policy.asking(*one));
    let (report, time) = fastest(|| judge(&boundary, &opened));
    let answers = if session.hidden { "unseen" } else { "seen" };
    println!(
        "| {} | {answers} | {} | {} | {} | {} | {} |",
        session.applications,
        session.overlap,
        open.min(touched.len()),
        report.explanations,
        report.moves,
        shown(time),
    );
}

/// The switches that a transcript touches.
fn touched(boundary: &Boundary) -> Vec<Latitude> {
    let learned = judge(boundary, &Policy::open()).learned;
    learned.iter().filter_map(|one| Latitude::find(&one.latitude)).collect()
}

/// What something comes to, and the shortest of some times that it took.
fn fastest<T>(work: impl Fn() -> T) -> (T, Duration) {
    let timed = || {
        let begun = Instant::now();
        let done = work();
        (done, begun.elapsed())
    };
    let mut best = timed();
    let end = Instant::now() + Duration::from_millis(300);
    while Instant::now() < end {
        let next = timed();
        if next.1 < best.1 {
            best = next;
        }
    }
    best
}

fn shown(time: Duration) -> String {
    let micros = time.as_micros();
    if micros < 10_000 { format!("{micros} µs") } else { format!("{} ms", micros / 1000) }
}
