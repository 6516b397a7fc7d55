//! A small updater, and a property test that finds what is wrong with it.
//!
//! The updater closes whoever uses a file, replaces it, and brings them back. It is right as it stands; three
//! mistakes that real ones made can be put in:
//!
//! ```console
//! $ cargo run -p rm-sim --features proptest --example updater                       # nothing is found
//! $ cargo run -p rm-sim --features proptest --example updater -- ignores-reasons    # a scenario of a few lines
//! $ cargo run -p rm-sim --features proptest --example updater -- kills-by-id
//! $ cargo run -p rm-sim --features proptest --example updater -- forgets-restart
//! ```
#![expect(clippy::print_stdout, reason = "it is what an example is for")]

use std::process::ExitCode;

use proptest::test_runner::{Config, RngSeed, TestCaseError, TestError, TestRunner};
use rm_core::{ErrorCode, List, ShutdownFlags};
use rm_sim::lab::{Broken, Error, Installer, Lab, Session};
use rm_sim::strategies::{Setting, settings};

/// What the updater replaces.
const FILE: &str = r"C:\App\core.dll";

/// What it leaves alone.
const OTHER: &str = r"C:\App\help.dll";

/// A mistake that can be put into the updater.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mistake {
    /// The reboot reasons are dropped, and with them the word that nothing was stopped
    /// (meziantou/Meziantou.Framework#2127).
    IgnoresReasons,
    /// Who does not go is killed by the id that the list gave, whoever has it by then.
    KillsById,
    /// After 351 the update is off, and nobody thinks of those who were stopped by then.
    ForgetsRestart,
}

/// What an update came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Update {
    /// The file is replaced.
    Done,
    /// It will be when the system starts the next time.
    AfterRestart,
}

/// Replaces the file.
fn update(setup: Installer<'_>, mistake: Option<Mistake>) -> Result<Update, Error> {
    let session = setup.start_session()?;
    let updated = session.register_files(&[FILE]).and_then(|()| replace(setup, session, mistake));
    session.end()?;
    updated
}

fn replace(setup: Installer<'_>, session: Session<'_>, mistake: Option<Mistake>) -> Result<Update, Error> {
    let list = session.list()?;
    if list.reasons.any() && mistake != Some(Mistake::IgnoresReasons) {
        return Ok(Update::AfterRestart);
    }
    match session.shutdown(ShutdownFlags::default()).map_err(|error| (error.code(), error)) {
        Ok(()) => {}
        Err((Some(ErrorCode::FAIL_SHUTDOWN), _)) => {
            if mistake == Some(Mistake::ForgetsRestart) {
                return Ok(Update::AfterRestart);
            }
            kill(setup, &list, mistake);
        }
        // Nothing was stopped: taken for "there was nothing to stop".
        Err((Some(ErrorCode::FAIL_NOACTION_REBOOT), _)) if mistake == Some(Mistake::IgnoresReasons) => {
            return Ok(Update::Done);
        }
        Err((_, error)) => return bring_back(session).and(Err(error)),
    }
    // Somebody may have come meanwhile.
    let update = if setup.replace(FILE).is_ok() { Update::Done } else { Update::AfterRestart };
    bring_back(session)?;
    Ok(update)
}

/// Ends whoever of the list is still there.
fn kill(setup: Installer<'_>, list: &List, mistake: Option<Mistake>) {
    for process in list.entries.iter().map(|entry| entry.process) {
        // An id alone is no process: it may be another one's by now.
        let is_it = setup.start_time(process.id) == Some(process.start_time);
        if is_it || mistake == Some(Mistake::KillsById) {
            setup.terminate(process.id);
        }
    }
}

/// Starts again whatever was stopped. What does not come back is nothing that an update should fail for.
fn bring_back(session: Session<'_>) -> Result<(), Error> {
    loop {
        match session.restart() {
            // Somebody meant to cancel the update, and met the restart.
            Err(error) if error.code() == Some(ErrorCode::CANCELLED) => {}
            Err(error) if error.code().is_none() => return Err(error),
            _ => return Ok(()),
        }
    }
}

/// What has to hold of an update on any machine, whatever happens meanwhile.
fn holds(setting: &Setting, mistake: Option<Mistake>) -> Result<(), Error> {
    let lab = Lab::with(setting, "An updater replaces a file.");
    match update(lab.installer("updater")?, mistake) {
        // Whoever dies can keep no promise.
        Err(Error::Died { .. }) => return Ok(()),
        Ok(Update::Done) if lab.replaced() != [FILE] => return Err(lab.broken("the file was not replaced")),
        _ => {}
    }
    lab.killed_only_users(&[FILE])?;
    lab.nobody_forgotten()?;
    lab.no_session_left()
}

/// How many machines an updater is tried on: an id that is used again just between a list and a kill is rare.
const MACHINES: u32 = 20_000;

/// Tries the updater on random machines; what does not hold on the smallest one that was found.
fn found(mistake: Option<Mistake>, seed: RngSeed) -> Option<Broken> {
    let machines =
        settings(&[FILE, OTHER]).installers(&["updater"]).programs(1..=3).services(0..=1).faults(false);
    let config = Config {
        cases: MACHINES,
        rng_seed: seed,
        failure_persistence: None,
        max_shrink_iters: 100_000,
        ..Config::default()
    };
    let mut runner = TestRunner::new(config);
    let tried = runner.run(&machines.meanwhile(), |setting| {
        holds(&setting, mistake).map_err(|error| TestCaseError::fail(error.to_string()))
    });
    let Err(TestError::Fail(_, setting)) = tried else { return None };
    holds(&setting, mistake).err()?.broken().cloned()
}

fn main() -> ExitCode {
    let mistake = match std::env::args().nth(1).as_deref() {
        None => None,
        Some("ignores-reasons") => Some(Mistake::IgnoresReasons),
        Some("kills-by-id") => Some(Mistake::KillsById),
        Some("forgets-restart") => Some(Mistake::ForgetsRestart),
        Some(other) => {
            eprintln!("there is no mistake `{other}`; one of ignores-reasons, kills-by-id, forgets-restart");
            return ExitCode::from(2);
        }
    };
    match found(mistake, RngSeed::Random) {
        Some(broken) => {
            println!("{broken}");
            ExitCode::FAILURE
        }
        None => {
            println!("{MACHINES} machines, and nothing was found");
            ExitCode::SUCCESS
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::test_runner::RngSeed;
    use rm_sim::Scenario;

    use super::{Mistake, found};

    /// The mistake is found, for this reason, and shrinks to a scenario of so many programs and so many
    /// steps at most, which replays.
    #[track_caller]
    fn is_found(mistake: Mistake, what: &str, programs: usize, steps: usize) {
        let broken = found(Some(mistake), RngSeed::Fixed(1)).expect("the mistake is found");
        assert!(broken.what.contains(what), "{broken}");
        let many = |header: &str| broken.scenario.lines().filter(|line| line.starts_with(header)).count();
        assert!(many("[program.") <= programs && many("[[step]]") <= steps, "{broken}");
        let run = Scenario::parse(&broken.scenario).and_then(|scenario| scenario.run()).expect("it runs");
        assert!(run.unmet.is_empty(), "{:?}", run.unmet);
    }

    #[test]
    fn without_a_mistake_nothing_is_found() {
        assert_eq!(found(None, RngSeed::Fixed(1)), None);
    }

    #[test]
    fn ignored_reboot_reasons_are_found_by_one_program_out_of_reach() {
        is_found(Mistake::IgnoresReasons, "the file was not replaced", 1, 6);
    }

    #[test]
    fn a_kill_by_an_id_that_is_another_ones_by_now_is_found_when_ids_are_used_again() {
        is_found(Mistake::KillsById, "ended by force without using any of the files", 3, 12);
    }

    #[test]
    fn a_restart_forgotten_after_351_is_found_by_one_who_stays_and_one_who_goes() {
        is_found(Mistake::ForgetsRestart, "RmRestart would have brought it back", 2, 7);
    }
}
