//! Shows what is wrong with an input, at its place.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use rm_sim::scenario::Problem;

use crate::sources::Source;

/// A problem with its place shown in the source.
pub(crate) fn shown(problem: &Problem, source: &Source) -> String {
    let path = source.path.display().to_string();
    let end = source.text.len();
    let span = problem.span.start.min(end)..first_line(&source.text, problem.span.clone()).min(end);
    let snippet = Snippet::source(&source.text).path(&path).annotation(AnnotationKind::Primary.span(span));
    let report = [Level::ERROR.primary_title(&problem.message).element(snippet)];
    Renderer::styled().render(&report)
}

/// The line and column of a problem, both counted from 1.
pub(crate) fn place(problem: &Problem, source: &Source) -> (usize, usize) {
    let before = source.text.get(..problem.span.start).unwrap_or(&source.text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
    (line, column)
}

/// The end of the first line of a span: a whole step is too much to show.
fn first_line(text: &str, span: std::ops::Range<usize>) -> usize {
    let length = text.get(span.clone()).and_then(|inside| inside.find('\n'));
    length.map_or(span.end, |length| span.start + length)
}
