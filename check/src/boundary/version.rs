//! Versions of the format, and how a transcript of an earlier one is read.

use std::borrow::Cow;

use super::Damaged;

/// What the first line of every boundary transcript begins with; the number of a version follows.
pub const FORMAT: &str = "restart manager boundary transcript";

/// The version that is written, and read as it is.
pub const VERSION: u32 = 1;

/// Makes a transcript of the next version of one. It keeps the number of lines, so that places that are told
/// are places in what was given.
type Step = fn(&str) -> String;

/// For each earlier version the step to the next one. There has been one version so far, so there is none; when
/// the grammar changes, what it was is lifted here, and nothing else has to know of it.
const STEPS: &[(u32, Step)] = &[];

/// A transcript as one of the current version.
pub(super) fn current(text: &str) -> Result<Cow<'_, str>, Damaged> {
    lifted(text, VERSION, STEPS)
}

fn lifted<'a>(text: &'a str, to: u32, steps: &[(u32, Step)]) -> Result<Cow<'a, str>, Damaged> {
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

#[cfg(test)]
mod tests {
    use super::*;

    const OLDER: &[(u32, Step)] =
        &[(1, |text| text.replace("one", "two")), (2, |text| text.replace("two", "three"))];

    #[test]
    fn an_earlier_version_is_lifted_step_by_step() {
        let text = format!("{FORMAT} 1\none\n");
        assert_eq!(lifted(&text, 1, OLDER).as_deref(), Ok(&*text));
        assert_eq!(lifted(&text, 3, OLDER).as_deref(), Ok(&*format!("{FORMAT} 1\nthree\n")));
    }

    #[test]
    fn a_version_that_nobody_knows_is_refused_with_its_number() {
        for (first, said) in [("2", "version 2"), ("0", "version 0"), ("x", "expected"), ("", "expected")] {
            let refused = current(&format!("{FORMAT} {first}\n")).map(|_| ()).expect_err("it is unknown");
            assert!(refused.line == 1 && refused.message.contains(said), "{refused}");
        }
        assert!(current(&format!("{FORMAT} {VERSION}\n")).is_ok());
    }
}
