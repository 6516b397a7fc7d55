//! Side by side, in one run: the explorer and stateright, on a toy and on the real model.
//!
//! Each round measures both, one right after the other, by the processor time of one thread; what is quoted is
//! the median of the ratios of rounds, and their least and greatest. Nothing is quoted if the two have not
//! visited the same number of states by the same number of steps.

mod growth;
mod ours;
mod theirs;
mod toy;

use std::any::Any;
use std::cell::RefCell;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use cpu_time::ProcessTime;
use peak_alloc::PeakAlloc;
use rm_check::explore::{Machines, Model, Options, Reductions};
use rm_sim::Scenario;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// What was visited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    states: u64,
    steps: u64,
}

/// What it took.
struct Taken {
    counted: Counted,
    time: Duration,
    wall: Duration,
    bytes: usize,
}

fn measure(explore: impl FnOnce() -> Counted) -> Taken {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let (since, wall) = (ProcessTime::now(), Instant::now());
    let counted = explore();
    let (time, wall) = (since.elapsed(), wall.elapsed());
    Taken { counted, time, wall, bytes: MEMORY.peak_usage().saturating_sub(before) }
}

thread_local! {
    static SCRATCH: RefCell<Option<Box<dyn Any>>> = const { RefCell::new(None) };
}

/// Lends something to make successors in, the same each time.
pub fn with_scratch<M: Model<Scratch: 'static>>(model: &M, act: impl FnOnce(&mut M::Scratch)) {
    SCRATCH.with_borrow_mut(|kept| {
        let kept = kept.get_or_insert_with(|| Box::new(model.scratch()));
        if kept.downcast_mut::<M::Scratch>().is_none() {
            *kept = Box::new(model.scratch());
        }
        if let Some(scratch) = kept.downcast_mut() {
            act(scratch);
        }
    });
}

/// Alternates the two for some rounds, and says how they compare.
fn compare(what: &str, rounds: usize, ours: impl Fn() -> Counted, theirs: impl Fn() -> Counted) -> bool {
    let (mut times, mut memory) = (Vec::new(), Vec::new());
    let (mut mine, mut other) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let (one, two) = (measure(&ours), measure(&theirs));
        if one.counted != two.counted {
            eprintln!("{what}: not the same was visited: {:?} and {:?}", one.counted, two.counted);
            return false;
        }
        times.push(two.time.as_secs_f64() / one.time.as_secs_f64());
        memory.push(one.bytes as f64 / two.bytes as f64);
        mine.push(one);
        other.push(two);
    }
    let Counted { states, steps } = mine[0].counted;
    println!("{what}: {states} states, {steps} steps");
    for (name, all) in [("explorer", &mine), ("stateright", &other)] {
        let seconds = median(all.iter().map(|taken| taken.time.as_secs_f64()).collect());
        let bytes = median(all.iter().map(|taken| taken.bytes as f64).collect());
        println!(
            "  {name:<11} {:>7.2} s, {:>6.2} M states/s, {:>6.2} M steps/s, {:>6.0} B a state at most",
            seconds,
            states as f64 / seconds / 1e6,
            steps as f64 / seconds / 1e6,
            bytes / states as f64,
        );
    }
    println!("  {:.2} times as fast ({})", median(times.clone()), spread(&times));
    println!("  {:.2} of the memory ({})", median(memory.clone()), spread(&memory));
    true
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

fn spread(all: &[f64]) -> String {
    let least = all.iter().copied().fold(f64::INFINITY, f64::min);
    let greatest = all.iter().copied().fold(0.0, f64::max);
    format!("{least:.2} to {greatest:.2} in {} rounds", all.len())
}

fn world(name: &str, options: Options) -> Machines {
    let path = format!("{}/../fixtures/worlds/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).expect("a world");
    let scenario = Scenario::parse(&text).expect("a world is sound");
    Machines::new(&scenario, options).expect("a world is sound").without_properties()
}

/// How much faster two threads are than one.
fn threads(name: &str, rounds: usize) {
    let machines = world(name, Options::default());
    let mut ratios = Vec::new();
    for _ in 0..rounds {
        let one = measure(|| ours::explore(&machines, 1));
        let two = measure(|| ours::explore(&machines, 2));
        ratios.push(one.wall.as_secs_f64() / two.wall.as_secs_f64());
    }
    println!("two threads on {name}: {:.2} times one ({})", median(ratios.clone()), spread(&ratios));
}

/// The toy with so many moments for each move of an application.
fn toys<const MOMENTS: u64>() -> bool {
    let ours = || ours::explore(&ours::Toy::<MOMENTS>, 1);
    let today = || theirs::today::explore(theirs::today::Toy::<MOMENTS>);
    let before = || theirs::before::explore(theirs::before::Toy::<MOMENTS>);
    compare("toy, stateright 0.31", ROUNDS, ours, today)
        & compare("toy, stateright 0.30.2", ROUNDS, ours, before)
}

/// A world without what nobody else can notice taken in every order, against everything.
fn reduced(name: &str) {
    let count = |reduce| ours::explore(&world(name, Options { reduce, ..Options::default() }), 1);
    let mut ratios = Vec::new();
    for _ in 0..ROUNDS {
        let (whole, less) = (measure(|| count(Reductions::NONE)), measure(|| count(Reductions::ALL)));
        ratios.push(whole.time.as_secs_f64() / less.time.as_secs_f64());
    }
    let (whole, less) = (count(Reductions::NONE), count(Reductions::ALL));
    println!("{name}, reduced: {} of {} states", less.states, whole.states);
    println!("  {:.2} times as fast ({})", median(ratios.clone()), spread(&ratios));
}

fn real(name: &str) -> bool {
    let machines = world(name, Options::default());
    let ours = || ours::explore(&machines, 1);
    let today = || theirs::today::explore(theirs::today::Adapted(world(name, Options::default())));
    let before = || theirs::before::explore(theirs::before::Adapted(world(name, Options::default())));
    compare(&format!("{name}, stateright 0.31"), ROUNDS, ours, today)
        & compare(&format!("{name}, stateright 0.30.2"), ROUNDS, ours, before)
}

/// How many rounds are measured.
const ROUNDS: usize = 5;

/// `rm-bench [toy|small-toy|real|reduced|threads|growth]…`: all but the small toy, if nothing is asked for.
fn main() -> ExitCode {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    let is_asked = |what: &str| asked.is_empty() || asked.iter().any(|one| one == what);
    let large = "a-cancel-and-a-setup-that-races";
    let mut sound = true;
    if is_asked("toy") {
        sound &= toys::<5>();
    }
    if asked.iter().any(|one| one == "small-toy") {
        sound &= toys::<2>();
    }
    if is_asked("real") {
        sound &= real("two-installers-and-a-cancel") & real(large);
    }
    if is_asked("reduced") {
        reduced(large);
    }
    if is_asked("threads") {
        threads(large, ROUNDS);
    }
    if is_asked("growth") {
        growth::table();
    }
    if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
