//! Prints transcripts for people: aligned, in color where the terminal has it.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use rm_sim::transcript::{Transcript, View, time};

pub(crate) const DIM: Style = Style::new().dimmed();
const NOTE: Style = AnsiColor::Cyan.on_default().italic();
pub(crate) const CALL: Style = Style::new().bold();
const MACHINE: Style = AnsiColor::Yellow.on_default();
const FAULT: Style = AnsiColor::Magenta.on_default();
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
pub(crate) const BAD: Style = AnsiColor::Red.on_default();

/// Prints a transcript.
pub(crate) fn transcript(out: &mut impl Write, transcript: &Transcript, view: View) -> io::Result<()> {
    let shown = || transcript.lines.iter().filter(|line| line.is_in(view));
    let width = shown().map(|line| transcript.who(line).chars().count()).max().unwrap_or_default();
    for line in shown() {
        let who = transcript.who(line);
        for (mark, what) in transcript.said(line) {
            let style = style(mark, &what);
            let at = time(line.at);
            writeln!(out, "{DIM}{at}{DIM:#} {who:<width$} {style}{mark} {what}{style:#}")?;
        }
    }
    Ok(())
}

/// Prints what Restart Manager wrote to the event log.
pub(crate) fn event_log(out: &mut impl Write, transcript: &Transcript) -> io::Result<()> {
    for line in transcript.event_log() {
        let (at, said) = (time(line.at), transcript.logged(&line.logged));
        writeln!(out, "{DIM}{at}{DIM:#} {} {said}", transcript.names.caller(line.who))?;
    }
    Ok(())
}

/// The line that tells how a scenario went.
pub(crate) fn verdict(
    out: &mut impl Write,
    path: &str,
    why: &str,
    unmet: usize,
    of: usize,
) -> io::Result<()> {
    if unmet == 0 {
        writeln!(out, "{GOOD}ok{GOOD:#}     {path} {DIM}{why}{DIM:#} ({of} as expected)")
    } else {
        writeln!(out, "{BAD}unmet{BAD:#}  {path} {DIM}{why}{DIM:#} ({unmet} not as expected)")
    }
}

fn style(mark: char, what: &str) -> Style {
    match mark {
        '#' => NOTE,
        '>' => CALL,
        '<' if what.contains(" = 0") => GOOD,
        '<' => BAD,
        '*' => MACHINE,
        '!' => FAULT,
        '.' => DIM,
        _ => Style::new(),
    }
}
