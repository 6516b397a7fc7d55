//! What is written reads as it was.

use harness::check::check;
use harness::draw::cases_under_any_policy;
use rm_check::Boundary;

use super::sources::{fixtures, of_case};

#[test]
fn every_fixture_reads_as_it_is_written() {
    for (path, boundary) in fixtures() {
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
