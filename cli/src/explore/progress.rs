//! Shows how far a walk is, on a terminal.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressStyle};
use rm_check::explore::{Bounds, Machines, Meter, Walked};

/// Walks, and shows how far it is. Nothing is shown where nobody looks on.
pub(super) fn walk(machines: &Machines, bounds: &Bounds) -> Walked<Machines> {
    let (meter, over) = (Meter::default(), AtomicBool::new(false));
    let bar = ProgressBar::new_spinner();
    if bar.is_hidden() {
        return rm_check::explore::walk(machines, bounds, &meter);
    }
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
        bar.set_style(style);
    }
    let since = Instant::now();
    thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                bar.set_message(told(&meter, since.elapsed()));
                bar.tick();
                thread::sleep(Duration::from_millis(100));
            }
        });
        let walked = rm_check::explore::walk(machines, bounds, &meter);
        over.store(true, Ordering::Relaxed);
        bar.finish_and_clear();
        walked
    })
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "for the eye"
)]
fn told(meter: &Meter, since: Duration) -> String {
    let states = meter.states.load(Ordering::Relaxed);
    let rate = (states as f64 / since.as_secs_f64().max(0.001)) as u64;
    let memory = u64::try_from(meter.bytes.load(Ordering::Relaxed)).unwrap_or(u64::MAX);
    format!(
        "{} states, {} to go on from, depth {}, {} a second, visited set of {}",
        HumanCount(states),
        HumanCount(meter.frontier.load(Ordering::Relaxed)),
        meter.depth.load(Ordering::Relaxed),
        HumanCount(rate),
        HumanBytes(memory),
    )
}
