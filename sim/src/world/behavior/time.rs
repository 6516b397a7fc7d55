//! Times as scenarios write them, and words that take time.

use std::fmt;

use rm_core::Millis;

use super::NotUnderstood;

pub(super) fn word_and_delay(text: &str) -> Result<(&str, Option<Millis>), NotUnderstood> {
    match text.split_once(" after ") {
        Some((word, delay)) => Ok((word.trim(), Some(parse_millis(delay)?))),
        None => Ok((text.trim(), None)),
    }
}

/// Reads a time: `300ms`, `2s`, `1.5s`.
///
/// # Errors
/// When it is none, or longer than 49 days.
pub fn parse_millis(text: &str) -> Result<Millis, NotUnderstood> {
    let not_understood =
        || NotUnderstood { found: text.into(), expected: "a time such as `300ms` or `2.5s`" };
    let text = text.trim();
    let (number, scale) = match text.strip_suffix("ms") {
        Some(number) => (number, 1.0),
        None => (text.strip_suffix('s').ok_or_else(not_understood)?, 1000.0),
    };
    let number: f64 = number.trim().parse().map_err(|_| not_understood())?;
    let millis = (number * scale).round();
    if !(0.0..=f64::from(u32::MAX)).contains(&millis) {
        return Err(not_understood());
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "within the range just checked"
    )]
    Ok(Millis(millis as u32))
}

/// A time as [`parse_millis`] reads it.
pub struct Shown(pub Millis);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.0 {
            whole if whole % 1000 == 0 => write!(f, "{}s", whole / 1000),
            millis if millis < 1000 => write!(f, "{millis}ms"),
            millis => write!(f, "{}s", f64::from(millis) / 1000.0),
        }
    }
}
