//! Small pieces of TOML.

use std::fmt::Write;

/// A text in quotes: single ones, which suit the paths of Windows, wherever they can.
pub(super) fn quoted(text: &str) -> String {
    let is_plain = |letter: char| letter != '\'' && !letter.is_control();
    let needs_no_care = |letter: char| letter.is_ascii_alphanumeric() || " -_.:/;,".contains(letter);
    if text.chars().all(needs_no_care) {
        return format!("\"{text}\"");
    }
    if text.chars().all(is_plain) {
        return format!("'{text}'");
    }
    let mut quoted = String::from('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => {
                quoted.push('\\');
                quoted.push(letter);
            }
            _ if letter.is_control() => drop(write!(quoted, "\\u{:04x}", u32::from(letter))),
            _ => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

/// A name as a key: bare if it can be.
pub(super) fn key(name: &str) -> String {
    let is_bare = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
    if !name.is_empty() && name.chars().all(is_bare) { name.into() } else { quoted(name) }
}

/// A list of values that are written already.
pub(super) fn list(values: impl IntoIterator<Item = String>) -> String {
    format!("[{}]", values.into_iter().collect::<Vec<_>>().join(", "))
}

/// A table in one line.
pub(super) fn table(fields: &[(&str, String)]) -> String {
    if fields.is_empty() {
        return "{}".into();
    }
    let fields: Vec<_> = fields.iter().map(|(name, value)| format!("{name} = {value}")).collect();
    format!("{{ {} }}", fields.join(", "))
}
