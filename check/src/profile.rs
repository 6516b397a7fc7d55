//! Policies as files: the answers that are allowed to the questions that the documents leave open.
//!
//! ```toml
//! policy = "default"        # what the answers change: `default`, `documented`, or `open` for all
//!
//! [answers]
//! "OQ-56.code" = "a"
//! "OQ-14" = "ac"            # several are still allowed
//! ```

use std::collections::BTreeMap;
use std::fmt::Write;

use rm_core::Policy;
use rm_core::rules::Latitude;
use rm_sim::scenario::Problem;
use serde::Deserialize;
use toml::Spanned;

use crate::judge::{Learned, letters};

/// A policy file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    policy: Option<Spanned<String>>,
    #[serde(default)]
    answers: BTreeMap<Spanned<String>, Spanned<String>>,
}

/// What is said of answers that were learned of the likely explanations alone.
const PRESUMED: &str = "\
# Some of it presumes that nothing failed and that the world changed by what Restart Manager did, wherever that
# explains what was seen.
";

/// The policies that have a name.
#[must_use]
pub fn named(name: &str) -> Option<Policy> {
    match name {
        "default" => Some(Policy::seen()),
        "documented" => Some(Policy::documented()),
        "open" => Some(Policy::open()),
        _ => None,
    }
}

/// Reads a policy file.
///
/// # Errors
/// When it is no TOML, or names a question or an answer that does not exist.
pub fn read(text: &str) -> Result<Policy, Problem> {
    let wrong = |span: std::ops::Range<usize>, message: String| Problem { message, span };
    let file: File = toml::from_str(text)
        .map_err(|error| wrong(error.span().unwrap_or_default(), error.message().to_string()))?;
    let mut policy = Policy::default();
    if let Some(name) = &file.policy {
        let missing = || {
            let name = name.get_ref();
            format!("there is no policy `{name}`; expected `default`, `documented` or `open`")
        };
        policy = named(name.get_ref()).ok_or_else(|| wrong(name.span(), missing()))?;
    }
    for (id, given) in &file.answers {
        let Some(latitude) = Latitude::find(id.get_ref()) else {
            return Err(wrong(id.span(), format!("there is no latitude `{}`", id.get_ref())));
        };
        let count = latitude.row().answers().count();
        let answers = given.get_ref().bytes().map(|letter| match letter {
            b'a'..=b'h' if usize::from(letter - b'a') < count => Some(1u8 << (letter - b'a')),
            _ => None,
        });
        let set = answers.reduce(|all, one| Some(all? | one?)).flatten();
        let last = letters(1 << count.saturating_sub(1));
        policy = set.and_then(|set| policy.with_any(latitude, set)).ok_or_else(|| {
            let message = format!(
                "`{latitude}` has no answer `{}`; expected letters from `a` to `{last}`",
                given.get_ref()
            );
            wrong(given.span(), message)
        })?;
    }
    Ok(policy)
}

/// Writes what was learned as a policy file, and whether some of it is presumed.
#[must_use]
pub fn written(learned: &[Learned], presumed: bool) -> String {
    let mut text = String::from("# What was learned; several letters are answers that remain.\n");
    if presumed {
        text.push_str(PRESUMED);
    }
    text.push_str("policy = \"default\"\n\n[answers]\n");
    for one in learned {
        let _ = writeln!(text, "\"{}\" = \"{}\"", one.latitude, one.remaining);
    }
    text
}
