//! Whoever makes the choices.

use rm_sim::choice::{Choice, Choose, Odometer};

#[test]
fn an_odometer_takes_every_combination_once() {
    let ask = |answers| Choice { program: String::new(), about: "query", answers };
    let mut odometer = Odometer::default();
    let mut seen = Vec::new();
    while odometer.next_round() {
        let first = odometer.choose(&ask(&["a", "b"]));
        // Only one branch asks a second time.
        let second = (first == Some(1)).then(|| odometer.choose(&ask(&["x", "y", "z"])));
        seen.push((first, second.flatten()));
    }
    let (a, b) = (Some(0), Some(1));
    assert_eq!(seen, [(a, None), (b, Some(0)), (b, Some(1)), (b, Some(2))]);
}
