//! Side by side, in one run: the explorer and stateright, on a toy and on the real model.
//!
//! Each round measures both, one right after the other, by the processor time of one thread; what is quoted is
//! the median of the ratios of rounds, and their least and greatest. Nothing is quoted if the two have not
//! visited the same number of states by the same number of steps. What they allocate is counted by a build with
//! the feature `memory` alone, since counting takes time, and more of whoever allocates more.

mod growth;
mod ours;
mod theirs;
mod toy;

use std::alloc::System;
use std::any::Any;
use std::cell::RefCell;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use cpu_time::ProcessTime;
use peakmem_alloc::{INSTRUMENTED_SYSTEM, PeakMemAlloc, PeakMemAllocTrait};
use rm_check::explore::{Machines, Model, Options, Reductions};
use rm_sim::Scenario;

/// Counts what is allocated, and leaves to the system how: a list that grows is moved by it, not copied.
#[cfg_attr(feature = "memory", global_allocator)]
static MEMORY: &PeakMemAlloc<System> = &INSTRUMENTED_SYSTEM;

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

impl Taken {
    fn seconds(&self) -> f64 {
        self.time.as_secs_f64()
    }

    /// How many times as long it took as the other.
    fn over(&self, other: &Self) -> f64 {
        self.seconds() / other.seconds()
    }
}

fn measure(explore: impl FnOnce() -> Counted) -> Taken {
    MEMORY.reset_peak_memory();
    let (since, wall) = (ProcessTime::now(), Instant::now());
    let counted = explore();
    let (time, wall) = (since.elapsed(), wall.elapsed());
    Taken { counted, time, wall, bytes: MEMORY.get_peak_memory() }
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
fn compare(what: &str, ours: impl Fn() -> Counted, theirs: impl Fn() -> Counted) -> bool {
    let mut rounds = Vec::new();
    for _ in 0..if COUNTS_MEMORY { 1 } else { ROUNDS } {
        let (one, two) = (measure(&ours), measure(&theirs));
        if one.counted != two.counted {
            eprintln!("{what}: not the same was visited: {:?} and {:?}", one.counted, two.counted);
            return false;
        }
        rounds.push((one, two));
    }
    let counted = rounds[0].0.counted;
    println!("{what}: {} states, {} steps", counted.states, counted.steps);
    let mine = rounds.iter().map(|(one, _)| one);
    let other = rounds.iter().map(|(_, two)| two);
    if COUNTS_MEMORY {
        mine.zip(other).for_each(|(one, two)| print_memory(one, two));
    } else {
        let ratios: Vec<_> = mine.clone().zip(other.clone()).map(|(one, two)| two.over(one)).collect();
        print_time("explorer", counted, mine.map(Taken::seconds).collect());
        print_time("stateright", counted, other.map(Taken::seconds).collect());
        println!("  {:.2} times as fast ({})", median(ratios.clone()), spread(&ratios));
    }
    true
}

fn print_time(who: &str, counted: Counted, seconds: Vec<f64>) {
    let seconds = median(seconds);
    let (states, steps) = (counted.states as f64 / seconds / 1e6, counted.steps as f64 / seconds / 1e6);
    println!("  {who:<11} {seconds:>7.2} s, {states:>6.2} M states/s, {steps:>6.2} M steps/s");
}

fn print_memory(one: &Taken, two: &Taken) {
    for (who, taken) in [("explorer", one), ("stateright", two)] {
        let each = taken.bytes as f64 / taken.counted.states as f64;
        println!("  {who:<11} {each:>4.0} B a state at most");
    }
    println!("  {:.2} of the memory", one.bytes as f64 / two.bytes as f64);
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
///
/// By the clock, for which one has to wait for both: more rounds make up for those in which one was not to be had.
fn threads(name: &str) {
    let count = |threads| ours::explore(&world(name, Options::default()), threads);
    let mut ratios = Vec::new();
    for _ in 0..3 * ROUNDS {
        let (one, two) = (measure(|| count(1)), measure(|| count(2)));
        ratios.push(one.wall.as_secs_f64() / two.wall.as_secs_f64());
    }
    println!("two threads on {name}: {:.2} times one ({})", median(ratios.clone()), spread(&ratios));
}

/// The toy with so many moments for each move of an application.
fn toys<const MOMENTS: u64>() -> bool {
    let ours = || ours::explore(&ours::Toy::<MOMENTS>, 1);
    let today = || theirs::today::explore(theirs::today::Toy::<MOMENTS>);
    let before = || theirs::before::explore(theirs::before::Toy::<MOMENTS>);
    compare("toy, stateright 0.31", ours, today) & compare("toy, stateright 0.30.2", ours, before)
}

/// A world without what nobody else can notice taken in every order, against everything.
fn reduced(name: &str) {
    let count = |reduce| ours::explore(&world(name, Options { reduce, ..Options::default() }), 1);
    let mut ratios = Vec::new();
    for _ in 0..ROUNDS {
        let (whole, less) = (measure(|| count(Reductions::NONE)), measure(|| count(Reductions::ALL)));
        ratios.push(whole.over(&less));
    }
    let (whole, less) = (count(Reductions::NONE), count(Reductions::ALL));
    println!("{name}, reduced: {} of {} states", less.states, whole.states);
    println!("  {:.2} times as fast ({})", median(ratios.clone()), spread(&ratios));
}

fn real(name: &str) -> bool {
    // A new model each time: it keeps the parts of states that wait.
    let ours = || ours::explore(&world(name, Options::default()), 1);
    let today = || theirs::today::explore(theirs::today::Adapted(world(name, Options::default())));
    let before = || theirs::before::explore(theirs::before::Adapted(world(name, Options::default())));
    compare(&format!("{name}, stateright 0.31"), ours, today)
        & compare(&format!("{name}, stateright 0.30.2"), ours, before)
}

/// How many rounds are measured.
const ROUNDS: usize = 5;

/// Whether memory is counted, and time is not measured.
const COUNTS_MEMORY: bool = cfg!(feature = "memory");

/// `rm-bench [toy|small-toy|real|reduced|threads|growth]…`: all but the small toy, if nothing is asked for. Memory
/// is counted of the toy and the real model.
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
    if COUNTS_MEMORY {
        eprintln!("What else there is measures time, and is left out.");
        return if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    if is_asked("reduced") {
        reduced(large);
    }
    if is_asked("threads") {
        threads(large);
    }
    if is_asked("growth") {
        growth::table();
    }
    if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
