//! What is written reads as it was.

use harness::check::check;
use harness::draw::cases_under_any_policy;
use rm_check::Boundary;

use super::alter::Dice;
use super::sources::{fixtures, heard, of_case};

#[test]
fn every_fixture_reads_as_it_is_written() {
    for (path, boundary) in fixtures().into_iter().chain(heard()) {
        let text = boundary.text();
        let read =
            Boundary::parse(&text).unwrap_or_else(|damaged| panic!("{}: {damaged}\n{text}", path.display()));
        assert!(read == boundary, "{}:\n{text}\n{}", path.display(), read.text());
        assert_eq!(read.policy, boundary.policy, "{}", path.display());
    }
}

#[test]
fn every_random_run_reads_as_it_is_written() {
    check("every_random_run_reads_as_it_is_written", cases_under_any_policy(), |case| {
        let boundary = of_case(case)?;
        let text = boundary.text();
        let read = Boundary::parse(&text).map_err(|damaged| format!("{damaged}\n{text}"))?;
        if read == boundary { Ok(()) } else { Err(format!("{text}\nreads as\n{}", read.text()).into()) }
    });
}

#[test]
fn a_damaged_transcript_is_refused_with_a_place_or_read_and_never_panics() {
    let mut dice = Dice::new(1);
    for (_, boundary) in fixtures().into_iter().step_by(4) {
        let text: Vec<char> = boundary.text().chars().collect();
        for _ in 0..40 {
            let mut damaged = text.clone();
            for _ in 0..=dice.below(3) {
                if damaged.is_empty() {
                    break;
                }
                let (at, from) = (dice.below(damaged.len()), dice.below(damaged.len()));
                match dice.below(3) {
                    0 => drop(damaged.remove(at)),
                    1 => damaged[at] = text[from],
                    _ => damaged.truncate(at.max(1)),
                }
            }
            let damaged: String = damaged.into_iter().collect();
            if let Err(wrong) = Boundary::parse(&damaged) {
                let lines = damaged.lines().count().max(1);
                assert!((1..=lines).contains(&wrong.line) && wrong.column > 0, "{wrong}\n{damaged}");
            }
        }
    }
}
