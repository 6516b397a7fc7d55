//! `rmsim judge`: whether the documents allow what was seen of an implementation.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use rm_check::boundary::{Boundary, Budget, Damaged, Told};
use rm_check::judge::{Allowed, Learned, Rejection, Report, Verdict};
use rm_check::{judge, profile};
use rm_core::Policy;
use rm_core::rules::Citation;
use rm_sim::scenario::Problem;
use rm_sim::transcript::time;
use serde::Serialize;

use crate::json::{self, Place};
use crate::paint::{BAD, DIM, GOOD};
use crate::sources::{self, Source};
use crate::{Exit, Format, problem};

/// What `rmsim judge` takes.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// Boundary transcripts, those whose name ends in `.json` as JSON; a folder means every `.seen` in it.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Judge under these answers to open questions: `default`, `documented`, or a policy file. Without it
    /// the answers that a transcript says are in force count.
    #[arg(long, value_name = "POLICY", conflicts_with = "open")]
    policy: Option<String>,
    /// Leave every question open, and say which answers remain.
    #[arg(long)]
    open: bool,
    /// Write what remains to this file, as a policy.
    #[arg(long, value_name = "FILE")]
    profile: Option<PathBuf>,
    /// How to print what is found.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Judges the transcripts.
pub(crate) fn run(arguments: &Arguments) -> io::Result<Exit> {
    let given = match &arguments.policy {
        Some(name) => match policy(name)? {
            Ok(policy) => Some(policy),
            Err((problem, source)) => {
                report_bad(&problem, &source, arguments.format)?;
                return Ok(Exit::BadInput);
            }
        },
        None => arguments.open.then(Policy::open),
    };
    let mut worst = None;
    let mut is_bad = false;
    let mut known = given.unwrap_or_else(Policy::open);
    let mut learned: Vec<Learned> = Vec::new();
    let mut presumed = false;
    for source in &mut sources::read(&arguments.paths, "seen")? {
        if let Err(problem) = as_text(source) {
            is_bad = true;
            report_bad(&problem, source, arguments.format)?;
            continue;
        }
        let source = &*source;
        let boundary = match Boundary::parse(&source.text) {
            Ok(boundary) => boundary,
            Err(damaged) => {
                is_bad = true;
                report_bad(&placed(&damaged, &source.text), source, arguments.format)?;
                continue;
            }
        };
        let asked = if arguments.open { known } else { given.unwrap_or(boundary.policy) };
        let report = judge(&boundary, &asked);
        worst = worst.max(Some(report.verdict()));
        if arguments.open && report.verdict() != Verdict::Rejected {
            presumed |= report.presumed;
            if !report.presumed {
                known = narrowed(known, &report);
            }
            learned.retain(|one| report.learned.iter().all(|now| now.latitude != one.latitude));
            learned.extend(report.learned.iter().cloned());
        }
        match arguments.format {
            Format::Text => print_text(source, &boundary, &report)?,
            Format::Json => {
                json::print(&Judged { transcript: &source.path, verdict: report.verdict(), report: &report })?
            }
        }
    }
    if let Some(path) = &arguments.profile {
        learned.sort_by(|one, other| one.latitude.cmp(&other.latitude));
        fs::write(path, profile::written(&learned, presumed)).map_err(sources::at(path))?;
    }
    Ok(match worst {
        _ if is_bad => Exit::BadInput,
        Some(Verdict::Rejected) => Exit::Unmet,
        Some(Verdict::Inconclusive) => Exit::Bound,
        Some(Verdict::Accepted) | None => Exit::AsExpected,
    })
}

/// What several transcripts of one implementation leave.
fn narrowed(policy: Policy, report: &Report) -> Policy {
    report.learned.iter().fold(policy, |policy, one| {
        let latitude = rm_core::rules::Latitude::find(&one.latitude);
        let set = one.remaining.bytes().fold(0, |set, letter| set | 1u8 << (letter - b'a'));
        latitude.and_then(|latitude| policy.with_any(latitude, set)).unwrap_or(policy)
    })
}

/// A policy by its name, or from a file.
pub(crate) fn policy(name: &str) -> io::Result<Result<Policy, (Problem, Source)>> {
    if let Some(policy) = profile::named(name) {
        return Ok(Ok(policy));
    }
    let source = sources::one(PathBuf::from(name))?;
    Ok(profile::read(&source.text).map_err(|problem| (problem, source)))
}

/// What was found, for programs.
#[derive(Serialize)]
struct Judged<'a> {
    transcript: &'a Path,
    verdict: Verdict,
    #[serde(flatten)]
    report: &'a Report,
}

/// A transcript that could not be read, for programs.
#[derive(Serialize)]
struct Bad<'a> {
    transcript: &'a Path,
    error: Place<'a>,
}

pub(crate) fn report_bad(problem: &Problem, source: &Source, format: Format) -> io::Result<()> {
    match format {
        Format::Text => writeln!(anstream::stderr().lock(), "{}\n", problem::shown(problem, source)),
        Format::Json => json::print(&Bad { transcript: &source.path, error: Place::new(problem, source) }),
    }
}

/// Makes text of a transcript that is given as JSON.
fn as_text(source: &mut Source) -> Result<(), Problem> {
    if source.path.extension().is_some_and(|extension| extension == "json") {
        let told: Told = serde_json::from_str(&source.text).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            placed(&Damaged { line, column, message: error.to_string() }, &source.text)
        })?;
        source.text = told.text();
    }
    Ok(())
}

/// A damaged place as a span of the text.
fn placed(damaged: &Damaged, text: &str) -> Problem {
    let start: usize = text.split_inclusive('\n').take(damaged.line.saturating_sub(1)).map(str::len).sum();
    let line = text.get(start..).unwrap_or_default().lines().next().unwrap_or_default();
    let column: usize = line.chars().take(damaged.column.saturating_sub(1)).map(char::len_utf8).sum();
    Problem { message: damaged.message.clone(), span: start + column..start + line.len() }
}

fn print_text(source: &Source, boundary: &Boundary, report: &Report) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    let path = source.path.display();
    let calls = report.calls;
    match report.verdict() {
        Verdict::Accepted => write!(out, "{GOOD}accepted{GOOD:#}      {path} ({calls} calls)")?,
        Verdict::Rejected => {
            let many = report.rejections.len();
            write!(out, "{BAD}rejected{BAD:#}      {path} ({many} of {calls} calls)")?;
        }
        Verdict::Inconclusive => write!(out, "inconclusive  {path} ({calls} calls)")?,
    }
    writeln!(out)?;
    for fault in &report.faults {
        let (function, effect) = (fault.function, fault.effect);
        writeln!(
            out,
            "  assumes that {effect} fails with {} in the {function} of line {}",
            fault.failure, fault.line
        )?;
    }
    for one in &report.forgiven {
        for (what, because) in &one.differs {
            writeln!(out, "  forgives in line {} {what}: {}", one.line, said(because))?;
        }
    }
    for rejection in &report.rejections {
        print_rejection(&mut out, rejection)?;
    }
    for doubt in &report.doubts {
        writeln!(out, "  line {}: {}", doubt.line, doubt.why)?;
    }
    if report.unlearned {
        writeln!(out, "  nothing is learned: there are more explanations than are followed")?;
    } else if report.presumed {
        let why = match boundary.faults {
            Budget::Unstated => "the transcript does not say `faults: none`",
            Budget::None => "there are too many other explanations to follow them all",
        };
        writeln!(out, "  what is learned presumes that nothing failed and that the world changed by what")?;
        writeln!(out, "  Restart Manager did, wherever that explains what was seen: {why}")?;
    }
    print_learned(&mut out, &report.learned)
}

/// Prints an answer that is not allowed.
pub(crate) fn print_rejection(out: &mut impl Write, rejection: &Rejection) -> io::Result<()> {
    let Rejection { line, at, who, seen, broken, allowed, others } = rejection;
    writeln!(out, "\n  line {line}, at {} s, {who}:", time(*at).trim_start())?;
    lines(out, "seen", seen)?;
    for Allowed { answer, differs } in allowed {
        lines(out, "allowed", answer)?;
        for (what, because) in differs {
            writeln!(out, "      {DIM}{what}: {because}{DIM:#}")?;
        }
    }
    if *others > 0 {
        writeln!(out, "    {DIM}or one of {others} other answers{DIM:#}")?;
    }
    for because in broken {
        writeln!(out, "    breaks {}", said(because))?;
    }
    Ok(())
}

fn lines(out: &mut impl Write, label: &str, lines: &[String]) -> io::Result<()> {
    for (at, line) in lines.iter().enumerate() {
        writeln!(out, "    {:<8} {line}", if at == 0 { label } else { "" })?;
    }
    Ok(())
}

/// What is cited, with what it says.
fn said(cited: &Citation) -> String {
    match cited {
        Citation::Rule(rule) => format!("{cited}: {}", rule.row().statement),
        Citation::Latitude(latitude, answer) => {
            let row = latitude.row();
            let text = row.answers().nth(usize::from(*answer)).unwrap_or_default();
            format!("{cited}: {} Assumed: {text}.", row.question)
        }
    }
}

/// Prints what remains of open questions.
pub(crate) fn print_learned(out: &mut impl Write, learned: &[Learned]) -> io::Result<()> {
    for one in learned {
        let many = if one.remaining.len() == 1 { "answered" } else { "still open" };
        writeln!(out, "  {} {many}: {}", one.latitude, one.remaining)?;
        for answer in &one.answers {
            writeln!(out, "      {DIM}{answer}{DIM:#}")?;
        }
        for decided in &one.decided {
            writeln!(out, "      {DIM}line {} rules out {}{DIM:#}", decided.line, decided.ruled_out)?;
        }
    }
    Ok(())
}
