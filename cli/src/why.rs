//! `rmsim run --why`: prints why an application was listed, stopped and started again, or not.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::Path;

use rm_core::ErrorCode;
use rm_sim::Scenario;
use rm_sim::scenario::Run;
use rm_sim::transcript::time;
use rm_sim::why::{Account, Ground, Section, Statement, Unknown};
use serde::Serialize;

use crate::json::{self, Place};
use crate::paint::{BAD, CALL, DIM, GOOD};
use crate::run::print_verdict;
use crate::sources::Source;
use crate::wrap::wrapped;
use crate::{Exit, Format};

/// Where the sentences begin: below the name of the caller.
const SENTENCE: &str = "         ";
/// Where their grounds do.
const GROUND: &str = "           ";

/// Prints the account of an application, and how the scenario went.
pub(crate) fn print(
    application: &str,
    source: &Source,
    scenario: &Scenario,
    run: &Run,
    format: Format,
) -> io::Result<Exit> {
    let account = match Account::new(application, run) {
        Ok(account) => account,
        Err(unknown) => return report_unknown(&unknown, source, format),
    };
    match format {
        Format::Text => {
            let mut out = anstream::stdout().lock();
            text(&mut out, &account)?;
            writeln!(out)?;
            print_verdict(&mut out, source, scenario, run)?;
        }
        Format::Json => json::print(&Report {
            scenario: &source.path,
            why: scenario.why(),
            expectations: run.expectations,
            unmet: run.unmet.iter().map(|unmet| Place::new(unmet, source)).collect(),
            account: &account,
        })?,
    }
    Ok(Exit::AsExpected)
}

/// The account of an application in a scenario, for programs.
#[derive(Serialize)]
struct Report<'a> {
    scenario: &'a Path,
    why: &'a str,
    expectations: usize,
    unmet: Vec<Place<'a>>,
    account: &'a Account,
}

/// A scenario that knows no such application, for programs.
#[derive(Serialize)]
struct NotFound<'a> {
    scenario: &'a Path,
    error: String,
    nearest: Option<&'a str>,
    known: &'a [String],
}

fn report_unknown(unknown: &Unknown, source: &Source, format: Format) -> io::Result<Exit> {
    let (scenario, error) = (&*source.path, unknown.to_string());
    let (nearest, known) = (unknown.nearest.as_deref(), &*unknown.known);
    match format {
        Format::Text => anstream::eprintln!("error: {}: {error}", scenario.display()),
        Format::Json => json::print(&NotFound { scenario, error, nearest, known })?,
    }
    Ok(Exit::BadInput)
}

/// Each rule is quoted where it is cited first, and named where it is cited again.
#[derive(Default)]
struct Quoted(BTreeSet<Ground>);

fn text(out: &mut impl Write, account: &Account) -> io::Result<()> {
    let mut quoted = Quoted::default();
    if let Some(about) = &account.about {
        sentence(out, about, &mut quoted)?;
        writeln!(out)?;
    }
    for section in &account.sections {
        heading(out, section)?;
        for statement in &section.statements {
            sentence(out, statement, &mut quoted)?;
        }
        writeln!(out)?;
    }
    let Account { verdict, .. } = account;
    let named: Vec<_> = verdict.because.iter().map(|ground| ground.0.to_string()).collect();
    let named = if named.is_empty() { String::new() } else { format!(" {DIM}({}){DIM:#}", named.join(", ")) };
    wrapped(
        out,
        &format!("{CALL}in short{CALL:#} "),
        SENTENCE,
        &format!("{CALL}{}{CALL:#}{named}", verdict.text),
    )
}

fn heading(out: &mut impl Write, section: &Section) -> io::Result<()> {
    let Section { at, by, call, asked, session, returned, times, .. } = section;
    let session = session.map(|handle| format!("session {handle}"));
    let about: Vec<_> =
        session.iter().map(String::as_str).chain([*asked]).filter(|one| !one.is_empty()).collect();
    let about = about.join(", ");
    let came = match returned.map(ErrorCode) {
        None => format!(" {BAD}not ended{BAD:#}"),
        Some(ErrorCode::SUCCESS) => format!(" {GOOD}= 0{GOOD:#}"),
        Some(code) => format!(" {BAD}= {code} {}{BAD:#}", code.symbol().unwrap_or_default()),
    };
    let times = if *times == 1 { String::new() } else { format!(", {times} times") };
    writeln!(out, "{DIM}{}{DIM:#} {CALL}{by} {call}{CALL:#} {DIM}({about}){DIM:#}{came}{times}", time(*at))
}

fn sentence(out: &mut impl Write, statement: &Statement, quoted: &mut Quoted) -> io::Result<()> {
    let (new, old): (Vec<_>, Vec<_>) =
        statement.because.iter().copied().partition(|ground: &Ground| !quoted.0.contains(ground));
    let old: Vec<_> = old.into_iter().map(|ground| ground.0.to_string()).collect();
    let old = if old.is_empty() { String::new() } else { format!(" {DIM}({}){DIM:#}", old.join(", ")) };
    wrapped(out, SENTENCE, SENTENCE, &format!("{}{old}", statement.text))?;
    for ground in new {
        quoted.0.insert(ground);
        let answer = ground.answer().map_or_else(String::new, |answer| format!(" Assumed: {answer}."));
        let (first, next) = (format!("{GROUND}{DIM}"), GROUND);
        wrapped(out, &first, next, &format!("{}: {}{answer}{DIM:#}", ground.0, ground.text()))?;
    }
    Ok(())
}
