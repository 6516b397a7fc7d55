//! Prints what is looked up for people: in columns, wrapped, in color where the terminal has it.

use std::io::{self, IsTerminal, Write};

use anstyle::{AnsiColor, Style};
use rm_core::rules::{LatitudeKind, Rule, RuleKind};
use rm_sim::spec::{self, About, AreaCount, Article, By, Coverage, Entry, Exercise, Possible, Related};

use crate::paint::{BAD, CALL, DIM, GOOD};
use crate::problem;
use crate::sources::Source;
use crate::wrap::{width, wrapped};

const EVIDENCE: Style = AnsiColor::Yellow.on_default();
/// How many fixtures of an entry are named.
const MANY: usize = 12;

/// Prints one line for each entry, and how many there are.
pub(crate) fn list(out: &mut impl Write, entries: &[Entry], exercise: Option<&Exercise>) -> io::Result<()> {
    let widest = |of: fn(Entry) -> &'static str| {
        entries.iter().map(|entry| of(*entry).len()).max().unwrap_or_default()
    };
    let widths = (widest(Entry::id), widest(Entry::kind), widest(evidence));
    // In a pipe the lines stay whole, for whoever searches them.
    let room = io::stdout().is_terminal().then(|| width().saturating_sub(widths.0 + widths.1 + widths.2 + 5));
    let mut area = "";
    for entry in entries {
        if area != entry.area() {
            let between = if area.is_empty() { "" } else { "\n" };
            area = entry.area();
            writeln!(out, "{between}{CALL}{area}{CALL:#} {}", spec::title(area))?;
        }
        let mark = if is_exercised(*entry, exercise) { "*" } else { " " };
        let (id, kind, evidence) = (entry.id(), entry.kind(), evidence(*entry));
        let text = room.map_or(entry.text().into(), |room| cut(entry.text(), room));
        writeln!(
            out,
            "{GOOD}{mark}{GOOD:#} {id:<0$} {DIM}{kind:<1$}{DIM:#} {EVIDENCE}{evidence:<2$}{EVIDENCE:#} {text}",
            widths.0, widths.1, widths.2
        )?;
    }
    if !entries.is_empty() {
        writeln!(out)?;
    }
    let (rules, latitudes): (Vec<_>, Vec<_>) =
        entries.iter().partition(|entry| matches!(entry, Entry::Rule(_)));
    for (what, entries) in [("rules", rules), ("latitudes", latitudes)] {
        if !entries.is_empty() {
            writeln!(out, "{}", counted(what, &entries, exercise))?;
        }
    }
    if entries.is_empty() { writeln!(out, "nothing in the catalogue is so") } else { Ok(()) }
}

fn counted(what: &str, entries: &[Entry], exercise: Option<&Exercise>) -> String {
    let rules = RuleKind::ALL.iter().map(|kind| kind.word());
    let kinds = rules.chain(LatitudeKind::ALL.iter().map(|kind| kind.word()));
    let counts = kinds.map(|kind| (entries.iter().filter(|entry| entry.kind() == kind).count(), kind));
    let counts = counts.filter(|(count, _)| *count > 0).map(|(count, kind)| format!("{count} {kind}"));
    let counts = counts.collect::<Vec<_>>().join(", ");
    let exercised = exercise.map_or_else(String::new, |_| {
        let exercised = entries.iter().filter(|entry| is_exercised(**entry, exercise));
        format!("; exercised (*): {}", exercised.count())
    });
    format!("{what}: {} ({counts}){exercised}", entries.len())
}

fn is_exercised(entry: Entry, exercise: Option<&Exercise>) -> bool {
    exercise.is_some_and(|exercise| !exercise.of(entry).is_empty())
}

/// How sure an entry is; of a latitude, whether real Windows was seen to answer it.
fn evidence(entry: Entry) -> &'static str {
    match entry {
        Entry::Rule(rule) => rule.row().evidence.word(),
        Entry::Latitude(latitude) if latitude.seen().next().is_some() => "seen",
        Entry::Latitude(_) => "",
    }
}

/// Prints everything about one entry.
pub(crate) fn article(out: &mut impl Write, article: &Article<'_>) -> io::Result<()> {
    write!(out, "{CALL}{}{CALL:#} ", article.id)?;
    match &article.about {
        About::Rule { kind, evidence, observable, statement, source, latitudes } => {
            let shows = if *observable { "observable" } else { "inside" };
            writeln!(out, "{kind}, {EVIDENCE}{evidence}{EVIDENCE:#}, {shows}")?;
            sentence(out, statement)?;
            paragraph(out, "source", source)?;
            related(out, "left open", latitudes)?;
        }
        About::Latitude { kind, question, answers, rules } => {
            writeln!(out, "{kind}")?;
            sentence(out, question)?;
            for one in answers {
                answer(out, one)?;
            }
            related(out, "rules", rules)?;
        }
    }
    if let Some(by) = article.exercised_by {
        exercised(out, by)?;
    }
    writeln!(out)
}

fn answer(out: &mut impl Write, one: &Possible) -> io::Result<()> {
    let taken = match one.policies.as_slice() {
        [] => String::new(),
        policies => format!(" [{}]", policies.join(", ")),
    };
    paragraph(out, &format!("answer {}", one.letter), &format!("{}{taken}", one.answer))?;
    for seen in &one.seen {
        paragraph(out, "  seen", seen.what)?;
        paragraph(out, "  where", seen.place)?;
    }
    Ok(())
}

fn related(out: &mut impl Write, label: &str, related: &[Related]) -> io::Result<()> {
    for (at, one) in related.iter().enumerate() {
        paragraph(out, if at == 0 { label } else { "" }, &format!("{}: {}", one.id, one.text))?;
    }
    Ok(())
}

fn exercised(out: &mut impl Write, by: &By) -> io::Result<()> {
    if by.is_empty() {
        return paragraph(out, "exercised", "by nothing");
    }
    // Those that say so come first: the others may only pass by.
    let mut fixtures: Vec<_> = by.fixtures.iter().collect();
    fixtures.sort_by_key(|(_, how)| how.first().copied());
    for (at, (path, how)) in fixtures.iter().take(MANY).enumerate() {
        let how: Vec<_> = how.iter().map(|how| how.word()).collect();
        paragraph(out, if at == 0 { "fixtures" } else { "" }, &format!("{path} ({})", how.join(", ")))?;
    }
    if let Some(more @ 1..) = fixtures.len().checked_sub(MANY) {
        paragraph(out, "", &format!("and {more} more, which `--format json` has"))?;
    }
    for (at, test) in by.tests.iter().enumerate() {
        paragraph(out, if at == 0 { "tests" } else { "" }, &format!("{} ({})", test.name, test.path))?;
    }
    Ok(())
}

/// Prints how many demands are exercised, and those that nothing exercises.
pub(crate) fn coverage(out: &mut impl Write, coverage: &Coverage, list: &Source) -> io::Result<()> {
    for one in coverage.areas.iter().chain([&coverage.total()]) {
        let AreaCount { area, demands, exercised, not_shown } = one;
        let bare = demands - exercised - not_shown;
        let style = if bare == 0 { GOOD } else { BAD };
        write!(out, "{area:<9} {exercised:>3} of {demands:>3} demands exercised")?;
        writeln!(out, "{DIM}, {not_shown:>3} can not be shown yet{DIM:#}, {style}{bare:>3} bare{style:#}")?;
    }
    writeln!(out)?;
    for rule in &coverage.bare {
        bare(out, *rule)?;
    }
    if !coverage.bare.is_empty() {
        writeln!(out)?;
    }
    for outdated in &coverage.outdated {
        writeln!(out, "{}\n", problem::shown(outdated, list))?;
    }
    if coverage.is_complete() {
        return writeln!(out, "{GOOD}ok{GOOD:#}     every demand that the simulator can show is exercised");
    }
    let verdicts = [
        ("exercised by nothing, although the simulator could show them", coverage.bare.len()),
        ("exercised, although said not to be shown", coverage.outdated.len()),
    ];
    for (what, count) in verdicts.iter().filter(|(_, count)| *count > 0) {
        writeln!(out, "{BAD}unmet{BAD:#}  {what}: {count}")?;
    }
    Ok(())
}

fn bare(out: &mut impl Write, rule: Rule) -> io::Result<()> {
    let row = rule.row();
    let shows = if row.observable { "observable" } else { "inside" };
    writeln!(out, "{CALL}{rule}{CALL:#} {EVIDENCE}{}{EVIDENCE:#}, {shows}", row.evidence)?;
    sentence(out, row.statement)
}

/// What an entry says, below its id.
fn sentence(out: &mut impl Write, text: &str) -> io::Result<()> {
    wrapped(out, "    ", "    ", text)
}

/// A text with a label before its first line.
fn paragraph(out: &mut impl Write, label: &str, text: &str) -> io::Result<()> {
    wrapped(out, &format!("    {DIM}{label:<10}{DIM:#} "), &" ".repeat(15), text)
}

/// A text that has to fit in one line.
fn cut(text: &str, room: usize) -> String {
    match text.char_indices().nth(room) {
        None => text.into(),
        Some(_) => text.chars().take(room.saturating_sub(1)).chain(['…']).collect(),
    }
}
