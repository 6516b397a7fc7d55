//! Who makes a call, by the name a scenario gives.

use rm_core::Caller;
use toml::Spanned;

use super::Problem;
use super::format::File;
use crate::machine::Machine;
use crate::transcript::Names;

/// The only installer, or the one that is named; with its name.
pub(super) fn caller(
    file: &File,
    by: Option<&Spanned<String>>,
    machine: &Machine,
    names: &mut Names,
) -> Result<(String, Caller), Problem> {
    let (name, thread, span) = match by {
        Some(by) => {
            let (name, thread) = by.get_ref().split_once('/').unwrap_or((by.get_ref(), ""));
            (name, thread, by.span())
        }
        None => match file.installer.first_key_value() {
            Some((only, _)) if file.installer.len() == 1 => (only.get_ref().as_str(), "", 0..0),
            _ => return Err(Problem::new(0..0, "say who makes the call: `by = \"…\"`")),
        },
    };
    let process = names.find(name).filter(|process| machine.installer(*process).is_some());
    let message = || format!("there is no installer `{name}`, or it runs no more");
    let process = process.ok_or_else(|| Problem::new(span, message()))?;
    names.thread(process, "");
    Ok((name.to_string(), Caller { process, thread: names.thread(process, thread) }))
}
