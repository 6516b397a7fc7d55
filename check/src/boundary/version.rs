//! Versions of the format, and how a transcript of an earlier one is read.

use std::borrow::Cow;

use super::Damaged;

/// What the first line of every boundary transcript begins with; the number of a version follows.
pub const FORMAT: &str = "restart manager boundary transcript";

/// The version that is written, and read as it is.
pub const VERSION: u32 = 1;

/// Makes a transcript of the next version of one. It keeps the number of lines, so that places that are told
/// are places in what was given.
#[doc(hidden)]
pub type Step = fn(&str) -> String;

/// For each earlier version the step to the next one. There has been one version so far, so there is none; when
/// the grammar changes, what it was is lifted here, and nothing else has to know of it.
const STEPS: &[(u32, Step)] = &[];

/// A transcript as one of the current version.
pub(super) fn current(text: &str) -> Result<Cow<'_, str>, Damaged> {
    lifted(text, VERSION, STEPS)
}

/// A transcript as one of a version, by these steps: as long as there has been one version, only a test has any.
///
/// # Errors
/// When no steps lead from its version to that one, or its first line says none.
#[doc(hidden)]
pub fn lifted<'a>(text: &'a str, to: u32, steps: &[(u32, Step)]) -> Result<Cow<'a, str>, Damaged> {
    let first = text.lines().next().unwrap_or_default();
    let said = first.strip_prefix(FORMAT).and_then(|rest| rest.strip_prefix(' '));
    let Some(mut version) = said.and_then(|said| said.parse::<u32>().ok()) else {
        return Err(Damaged::at(1, format!("expected `{FORMAT} {to}`")));
    };
    let mut text = Cow::Borrowed(text);
    while version != to {
        let Some((_, step)) = steps.iter().find(|(from, _)| *from == version) else {
            let message =
                format!("this is version {version} of the format, and version {to} is what can be read");
            return Err(Damaged::at(1, message));
        };
        text = Cow::Owned(step(&text));
        version += 1;
    }
    Ok(text)
}
