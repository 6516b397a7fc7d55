//! Wraps texts to the width of the terminal.

use std::io::{self, Write};

use textwrap::{Options, WordSplitter};

/// Prints a text in lines: the first behind `first`, the others behind `next`.
pub(crate) fn wrapped(out: &mut impl Write, first: &str, next: &str, text: &str) -> io::Result<()> {
    // Ids and paths have dashes and are never divided.
    let options = Options::new(width())
        .initial_indent(first)
        .subsequent_indent(next)
        .word_splitter(WordSplitter::NoHyphenation)
        .break_words(false);
    for line in textwrap::wrap(text, options) {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// How wide the lines may be: as the terminal, or what the environment says of it.
pub(crate) fn width() -> usize {
    let said = || std::env::var("COLUMNS").ok()?.parse().ok();
    let seen = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    seen().or_else(said).unwrap_or(100).max(40)
}
